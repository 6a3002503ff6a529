import { Type } from '@sinclair/typebox'
import { operation } from '../../kernel/operation.ts'
import { anything, listOf } from '../../kernel/paging.ts'
import { problem } from '../../kernel/problems.ts'
import { formatTime, parseTime } from '../../kernel/time.ts'
import type { Text } from '../../kernel/values.ts'
import { scheduleOf } from '../../vocabulary/packs/index.ts'
import type { BatchStrategy } from '../strategies/index.ts'
import { type FoundHit, subjectKey, type Window } from './model.ts'
import { faultTitles, type RunView } from './report.ts'
import type { Batch } from './service.ts'
import type { HitRow } from './store.ts'

/** Runs on the strip of the board. */
const stripLength = 14
const shownRuns = 40
const mostHits = 1000

const strategyPath = { pack: Type.String(), strategy: Type.String() }
const time = (what: string) => Type.Optional(Type.String({ maxLength: 40, description: `${what}, ISO 8601` }))
const windowInput = { window_from: time('rows after this time'), window_to: time('rows up to this time') }
const reason = Type.String({ minLength: 1, maxLength: 400, description: 'why' })

/** The board of batch strategies, their runs, dry runs, approval. */
export function batchOperations(batch: Batch) {
  return [
    operation({
      name: 'batch.list',
      summary: { zh: '批量策略运行看板', en: 'Run board of batch strategies' },
      method: 'GET',
      path: '/v1/batch',
      permission: 'pack.read',
      scope: 'whole',
      input: Type.Object({}),
      output: listOf,
      run: async ({ now }) => {
        const alerts = await batch.openAlerts()
        const items = []
        for (const strategy of batch.strategies()) items.push(await boardRow(batch, strategy, { now, alerts }))
        return { items, next: null }
      },
    }),
    operation({
      name: 'batch.get',
      summary: { zh: '批量策略详情', en: 'One batch strategy' },
      method: 'GET',
      path: '/v1/batch/:pack/:strategy',
      permission: 'pack.read',
      scope: 'whole',
      errors: ['not_found'],
      input: Type.Object(strategyPath),
      output: anything,
      run: async ({ now }, { pack, strategy: id }) => {
        const strategy = batch.mustFind(`${pack}/${id}`)
        const row = await boardRow(batch, strategy, { now, alerts: await batch.openAlerts() })
        const labels = await batch.precision(strategy)
        return {
          ...row,
          note: strategy.note ?? null,
          query: strategy.query,
          contract: strategy.contract,
          output: strategy.output,
          actions: strategy.actions ?? null,
          markets: strategy.markets ?? ['*'],
          canaries: strategy.canaries.map(subjectKey),
          cases: strategy.cases.map(({ name, trap = false, expect }) => ({ name, trap, expect })),
          all_runs: (await batch.runs(strategy.name, shownRuns)).map(runView),
          labels: { violation: labels.violation, ok: labels.ok, unlabelled: labels.unlabelled },
          precision: labels.precision,
        }
      },
    }),
    operation({
      name: 'batch.dryRun',
      summary: { zh: '试运行：只看结果，不写入', en: 'Dry run: looks, writes nothing' },
      method: 'POST',
      path: '/v1/batch/:pack/:strategy/dry-run',
      permission: 'strategy.try',
      scope: 'whole',
      audited: false,
      errors: ['not_found', 'invalid_input', 'sql_refused', 'sql_timeout'],
      input: Type.Object({ ...strategyPath, ...windowInput }),
      output: anything,
      run: async ({ now }, { pack, strategy, ...asked }) => {
        const found = await batch.dryRun(`${pack}/${strategy}`, { window: windowOf(asked), now })
        const label = (hit: FoundHit) => found.labels.bySubject.get(subjectKey(hit)) ?? null
        return {
          strategy: found.strategy,
          version: found.version,
          mode: found.mode,
          window_from: formatTime(found.window.from),
          window_to: formatTime(found.window.to),
          report: found.report,
          against: found.against,
          difference: counts(found.difference),
          labels: { violation: found.labels.violation, ok: found.labels.ok, unlabelled: found.labels.unlabelled },
          precision: found.labels.precision,
          hits: found.hits.slice(0, mostHits).map((hit) => ({
            ...hit,
            standing: found.fresh.has(subjectKey(hit)) ? 'fresh' : 'repeat',
            label: label(hit),
          })),
          entered: found.difference.entered.slice(0, mostHits).map(subjectKey),
          left: found.difference.left.slice(0, mostHits).map(subjectKey),
        }
      },
    }),
    operation({
      name: 'batch.run',
      summary: { zh: '立即运行一个窗口', en: 'Run one window now' },
      method: 'POST',
      path: '/v1/batch/:pack/:strategy/run',
      permission: 'batch.run',
      scope: 'whole',
      errors: ['not_found', 'invalid_input'],
      input: Type.Object({ ...strategyPath, ...windowInput }),
      output: anything,
      run: async ({ principal, now }, { pack, strategy, ...asked }) =>
        runView(await batch.run(`${pack}/${strategy}`, { window: windowOf(asked), actor: principal.id, now })),
    }),
    operation({
      name: 'batch.runs.get',
      summary: {
        zh: '一次运行：结果、对象、与上次之差',
        en: 'One run: report, subjects, difference against the run before',
      },
      method: 'GET',
      path: '/v1/batch-runs/:run_id',
      permission: 'pack.read',
      scope: 'whole',
      errors: ['not_found'],
      input: Type.Object({ run_id: Type.String() }),
      output: anything,
      run: async (_context, { run_id }) => {
        const { run, against, ...difference } = await batch.diff(run_id)
        const hits = await batch.hitRows(run_id)
        const strategy = batch.strategies().find((found) => found.name === run.strategy)
        const labels = strategy ? await batch.labelsOf(strategy, hits) : null
        return {
          ...runView(run),
          inputs: run.report?.inputs ?? [],
          events: run.events.map(({ type, at, actor, data }) => ({
            type,
            at: formatTime(at),
            actor,
            note: ['approved', 'refused', 'applied', 'superseded'].includes(type) ? JSON.parse(data) : null,
          })),
          against,
          difference: counts(difference),
          left: difference.left.slice(0, mostHits).map(hitView),
          entered: difference.entered.slice(0, mostHits).map(subjectKey),
          hit_list: hits
            .slice(0, mostHits)
            .map((hit) => ({ ...hitView(hit), label: labels?.bySubject.get(subjectKey(hit)) ?? null })),
        }
      },
    }),
    operation({
      name: 'batch.approve',
      summary: { zh: '批准暂停的运行', en: 'Approve a run that was held' },
      method: 'POST',
      path: '/v1/batch-runs/:run_id/approve',
      permission: 'batch.approve',
      scope: 'whole',
      errors: ['not_found', 'conflict', 'same_reviewer'],
      input: Type.Object({
        run_id: Type.String(),
        reason,
        subjects: Type.Optional(Type.Integer({ minimum: 0, description: 'how many subjects you expect it to decide' })),
      }),
      output: anything,
      run: async ({ principal, now }, { run_id, reason: why, subjects }) =>
        runView(await batch.approve(run_id, { principal, now, subjects, reason: why })),
    }),
    operation({
      name: 'batch.refuse',
      summary: { zh: '拒绝暂停的运行', en: 'Turn down a run that was held' },
      method: 'POST',
      path: '/v1/batch-runs/:run_id/refuse',
      permission: 'batch.approve',
      scope: 'whole',
      errors: ['not_found', 'conflict'],
      input: Type.Object({ run_id: Type.String(), reason }),
      output: anything,
      run: async ({ principal, now }, { run_id, reason: why }) =>
        runView(await batch.refuse(run_id, { principal, now, reason: why })),
    }),
  ]
}

type Alerts = Awaited<ReturnType<Batch['openAlerts']>>

async function boardRow(batch: Batch, strategy: BatchStrategy, { now, alerts }: { now: number; alerts: Alerts }) {
  const runs = await batch.runs(strategy.name, stripLength)
  const { cron, timezone, after } = scheduleOf(strategy)
  const next = batch.next(strategy, now)
  return {
    strategy: strategy.name,
    pack: strategy.pack,
    version: strategy.version,
    title: strategy.title,
    policy: strategy.policy,
    severity: strategy.severity,
    verdict: strategy.verdict,
    mode: strategy.mode,
    enabled: strategy.enabled !== false,
    owner: strategy.owner ?? null,
    cron,
    timezone,
    after_s: after / 1e6,
    window: strategy.window,
    cap: strategy.cap,
    expires: strategy.expires,
    next_run: next === null ? null : formatTime(next.due),
    expectation: await batch.expectation(strategy, now),
    runs: runs.map(runView),
    alerts: alerts
      .filter((alert) => alert.strategy === strategy.name)
      .map((alert) => ({
        alert_id: alert.alert_id,
        at: formatTime(alert.at),
        fault: alert.fault,
        level: alert.level,
        title: faultTitles[alert.fault as keyof typeof faultTitles],
        detail: JSON.parse(alert.detail) as Text,
      })),
  }
}

/** A run as the API shows it; newest figures without the histograms. */
export function runView(run: RunView) {
  const { report } = run
  return {
    run_id: run.run_id,
    at: formatTime(run.at),
    strategy: run.strategy,
    version: run.version,
    mode: run.mode,
    kind: run.kind,
    attempt: run.attempt,
    window_from: formatTime(run.window_from),
    window_to: formatTime(run.window_to),
    due: formatTime(run.due),
    actor: run.actor,
    status: run.status,
    late: run.late,
    seconds: report?.seconds ?? null,
    rows_in: report?.rows_in ?? null,
    hits: report?.hits ?? null,
    fresh: report?.fresh ?? null,
    repeats: report?.repeats ?? null,
    canaries: report?.canaries ?? null,
    psi: report?.psi ?? null,
    faults: (report?.faults ?? []).map((fault) => ({ ...fault, title: faultTitles[fault.kind] })),
  }
}

const hitView = (hit: HitRow | FoundHit) => ({
  subject_type: hit.subject_type,
  subject_id: hit.subject_id,
  party_type: hit.party_type,
  party_id: hit.party_id,
  score: hit.score,
  evidence: typeof hit.evidence === 'string' ? (JSON.parse(hit.evidence) as FoundHit['evidence']) : hit.evidence,
  standing: 'standing' in hit ? hit.standing : null,
})

const counts = (found: { entered: readonly unknown[]; left: readonly unknown[]; stayed: readonly unknown[] }) => ({
  entered: found.entered.length,
  left: found.left.length,
  stayed: found.stayed.length,
})

/** @throws invalid_input for a half window, a text that is no time, or an end before the start. */
function windowOf(asked: { window_from?: string; window_to?: string }): Window | undefined {
  if (asked.window_from === undefined && asked.window_to === undefined) return undefined
  const [from, to] = [parseTime(asked.window_from ?? ''), parseTime(asked.window_to ?? '')]
  if (from !== null && to !== null && from < to) return { from, to }
  const field = from === null ? 'window_from' : 'window_to'
  throw problem({
    code: 'invalid_input',
    field,
    value: asked[field],
    detail: { zh: '窗口需要两个时间，起点早于终点', en: 'a window needs two times, the start before the end' },
    fix: {
      zh: '例如 2026-10-01T00:00:00Z 到 2026-10-08T00:00:00Z',
      en: 'e.g. 2026-10-01T00:00:00Z to 2026-10-08T00:00:00Z',
    },
  })
}
