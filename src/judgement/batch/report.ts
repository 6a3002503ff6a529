import { problemOf } from '../../kernel/problems.ts'
import { formatTime, hour } from '../../kernel/time.ts'
import type { Text } from '../../kernel/values.ts'
import type { Hit } from '../decisions/index.ts'
import type { BatchStrategy } from '../strategies/index.ts'
import type { Measured } from './measure.ts'
import { type Fault, type FoundHit, type RunReport, type RunStatus, statusAfter } from './model.ts'
import type * as store from './store.ts'

/** Longest that a start may lag behind its time before it is late, and before it is missed. */
export const grace = hour / 4

/** A run as it is shown: its row, where it stands and what it found out. */
export interface RunView extends Omit<store.StoredRun, 'events'> {
  readonly status: RunStatus
  readonly report: RunReport | null
  readonly late: boolean
  readonly events: readonly store.RunEventRow[]
}

export function viewOf(run: store.StoredRun): RunView {
  const ended = run.events.find((event) => ['failed', 'finished', 'held'].includes(event.type))
  const report = ended ? (JSON.parse(ended.data) as RunReport) : null
  const started = run.events.find((event) => event.type === 'started')
  return {
    ...run,
    status: statusAfter(run.events),
    report: report && 'inputs' in report ? report : null,
    late: run.kind !== 'manual' && run.kind !== 'first' && (started?.at ?? run.at) > run.due + grace,
  }
}

export const faultTitles: Readonly<Record<Fault['kind'], Text>> = {
  off: { zh: '已被停用', en: 'switched off' },
  missed: { zh: '没有按计划运行', en: 'a planned run is missing' },
  failed: { zh: '运行失败', en: 'a run failed' },
  empty_input: { zh: '输入为空', en: 'the input is empty' },
  thin_input: { zh: '输入行数过少', en: 'the input is too small' },
  stale_input: { zh: '输入过期', en: 'the input is stale' },
  null_input: { zh: '输入缺值', en: 'the input misses values' },
  canary_missed: { zh: '未命中哨兵对象', en: 'a planted subject was not found' },
  output_range: { zh: '命中数超出合理范围', en: 'the number of hits is implausible' },
  over_cap: { zh: '超过上限，等待批准', en: 'over its cap, waits for approval' },
  hit_decay: { zh: '命中骤减', en: 'hits have fallen away' },
  drift: { zh: '总体分布漂移', en: 'the population has shifted' },
  slow: { zh: '运行过慢', en: 'it has become slow' },
  no_owner: { zh: '无人负责', en: 'nobody owns it' },
  expired: { zh: '已到期', en: 'it has expired' },
  gone: { zh: '已从规则包中消失', en: 'it has vanished from the packs' },
}

/** Why a run that found something may not act by itself. */
export function holdReasons(
  strategy: BatchStrategy,
  found: Pick<Measured, 'hits' | 'missed'>,
  fresh: number,
): Omit<Fault, 'key'>[] {
  const { min = 0, max } = strategy.output
  const count = found.hits.length
  const reasons: Omit<Fault, 'key'>[] = []
  if (found.missed.length > 0)
    reasons.push({
      kind: 'canary_missed',
      detail: { zh: `没有命中 ${found.missed.join('、')}`, en: `it did not return ${found.missed.join(', ')}` },
    })
  if (count < min || count > max)
    reasons.push({
      kind: 'output_range',
      detail: {
        zh: `命中 ${count} 个，合理范围 ${min} 到 ${max}`,
        en: `${count} hits, ${min} to ${max} are plausible`,
      },
    })
  if (fresh > strategy.cap)
    reasons.push({
      kind: 'over_cap',
      detail: {
        zh: `将判定 ${fresh} 个对象，上限 ${strategy.cap}`,
        en: `${fresh} subjects would be decided, the cap is ${strategy.cap}`,
      },
    })
  return reasons
}

/** What a run found out about itself. */
export function reportOf(
  strategy: BatchStrategy,
  found: Pick<Measured, 'hits' | 'missed' | 'inputs' | 'asked'>,
  { seconds, fresh, faults }: { seconds: number; fresh: readonly FoundHit[]; faults: RunReport['faults'] },
): RunReport {
  const indexes = found.inputs.flatMap(({ psi }) => (psi === null ? [] : [psi]))
  return {
    seconds,
    rows_in: found.inputs.reduce((sum, { rows }) => sum + rows, 0),
    inputs: found.inputs,
    hits: found.hits.length,
    fresh: fresh.length,
    repeats: found.hits.length - fresh.length,
    canaries: { expected: found.asked ? strategy.canaries.length : 0, missed: found.missed },
    psi: indexes.length > 0 ? Math.max(...indexes) : null,
    faults,
  }
}

/** The report of a run that got no answer. */
export function failureOf(error: unknown, began: number): RunReport {
  const message = error instanceof Error ? error.message : String(error)
  return {
    seconds: (performance.now() - began) / 1000,
    rows_in: 0,
    inputs: [],
    hits: 0,
    fresh: 0,
    repeats: 0,
    canaries: { expected: 0, missed: [] },
    psi: null,
    faults: [{ kind: 'failed', detail: problemOf(error)?.detail ?? { zh: message, en: message } }],
  }
}

/** A stored hit as it is journaled. */
export function hitOf(run: RunView, hit: store.HitRow): Hit {
  return {
    strategy: run.strategy,
    version: run.version,
    run_id: run.run_id,
    window_from: formatTime(run.window_from),
    window_to: formatTime(run.window_to),
    subject_type: hit.subject_type,
    subject_id: hit.subject_id,
    party_type: hit.party_type,
    party_id: hit.party_id,
    score: hit.score,
    evidence: JSON.parse(hit.evidence) as Hit['evidence'],
  }
}
