import { createOfflineDecider, loadOffline } from '../../src/edge/offline.ts'
import { trainBayes } from './bayes.ts'
import { type Counts, counted, f1, falseAlarms, noCounts, precision, recall, type Share } from './figures.ts'
import type { LabelledRow, Rows } from './rows.ts'
import type { EvaluationSet, Target } from './sets.ts'
import { type Part, partOf } from './split.ts'

/** Results of one set on one part. */
export interface PartResult {
  readonly part: Part
  readonly counts: Counts
  /** What flagging everything would give. */
  readonly flagAll: Counts
  /** Naive Bayes trained on the dev rows; null where the set has one class only. */
  readonly bayes: Counts | null
}

export interface SetResult {
  readonly set: EvaluationSet
  readonly parts: readonly PartResult[]
  /** Test rows by the publication's own class: flagged out of all. */
  readonly kinds: ReadonlyMap<string, Counts>
  readonly microsPerEvent: number
  readonly refused: number
}

export interface Outcome {
  readonly row: LabelledRow
  readonly flagged: boolean
}

/** Decides every row in order with the set's pack alone. @throws Error when the pack is not valid. */
export async function decideRows(
  set: EvaluationSet,
  { rows, lists }: Rows,
  root?: string,
): Promise<{ outcomes: Outcome[]; micros: number; refused: number }> {
  const { built, problems } = await loadOffline({ root, only: [set.pack], lists })
  const wrong = problems.get(set.pack)?.[0]
  if (wrong) throw new Error(`pack ${set.pack} is not valid: ${wrong.file}:${wrong.line} ${wrong.message.en}`)
  const decider = createOfflineDecider(built)
  const outcomes: Outcome[] = []
  let refused = 0
  const began = performance.now()
  for (const row of rows) {
    const answer = decider.decide(row.event)
    if ('problem' in answer) refused++
    else outcomes.push({ row, flagged: set.flagged(answer.decision) })
  }
  return { outcomes, micros: ((performance.now() - began) * 1000) / Math.max(1, rows.length), refused }
}

function tally(rows: readonly LabelledRow[], flagged: (row: LabelledRow) => boolean): Counts {
  return rows.reduce((counts, row) => counted(counts, row.positive, flagged(row)), noCounts)
}

/** Runs one set; null with the reason when its files are not here. */
export async function measureSet(set: EvaluationSet): Promise<SetResult | { readonly absent: string }> {
  const read = await set.read()
  if ('absent' in read) return read
  const { outcomes, micros, refused } = await decideRows(set, read)
  const flags = new Map(outcomes.map(({ row, flagged }) => [row, flagged]))
  const keyOf = (row: LabelledRow) => set.splitKey?.(row.event) ?? row.id
  const byPart = (part: Part) => outcomes.map(({ row }) => row).filter((row) => partOf(keyOf(row)) === part)
  const dev = byPart('dev')
  const twoClasses = dev.some((row) => row.positive) && dev.some((row) => !row.positive)
  const bayes = twoClasses ? trainBayes(dev) : null
  const parts = (['dev', 'test'] as const).map((part) => {
    const rows = byPart(part)
    return {
      part,
      counts: tally(rows, (row) => flags.get(row) === true),
      flagAll: tally(rows, () => true),
      bayes: bayes === null ? null : tally(rows, bayes),
    }
  })
  const kinds = new Map<string, Counts>()
  for (const row of byPart('test')) {
    const kind = row.kind ?? '(none)'
    kinds.set(kind, counted(kinds.get(kind) ?? noCounts, row.positive, flags.get(row) === true))
  }
  return { set, parts, kinds, microsPerEvent: micros, refused }
}

/** One line of `--json`. */
export interface Measure {
  readonly name: string
  readonly value: number | null
  readonly unit: string
  readonly low?: number
  readonly high?: number
  readonly n?: number
  readonly peer: string | null
  readonly peer_value: number | null
  readonly ratio: number | null
  readonly target: number | null
  readonly pass: boolean | null
}

const figures: Readonly<Record<Target['figure'], (counts: Counts) => Share | number>> = {
  precision,
  recall,
  f1,
  false_alarms: falseAlarms,
}

/** A figure beside its peer and target; a target of false alarms is a ceiling, every other one a floor. */
export function measure(
  name: string,
  figure: Target['figure'],
  at: { mine: Counts; peer: Counts | null; peerName: string; target?: number },
): Measure {
  const mine = figures[figure](at.mine)
  const value = typeof mine === 'number' ? mine : mine.value
  const peer = at.peer === null ? null : figures[figure](at.peer)
  const peerValue = peer === null ? null : typeof peer === 'number' ? peer : peer.value
  const target = at.target ?? null
  const reached =
    value === null || target === null ? null : figure === 'false_alarms' ? value <= target : value >= target
  return {
    name,
    value,
    unit: 'share',
    ...(typeof mine === 'number' ? {} : { low: mine.low, high: mine.high, n: mine.whole }),
    peer: at.peer === null ? null : at.peerName,
    peer_value: peerValue,
    ratio: value === null || !peerValue ? null : value / peerValue,
    target,
    pass: reached,
  }
}

/** Every figure of a set on the test part. */
export function measuresOf(result: SetResult): Measure[] {
  const test = result.parts.find(({ part }) => part === 'test')
  if (!test) return []
  const whole = test.counts.hit + test.counts.miss
  const healthy = test.counts.falseAlarm + test.counts.pass
  const names: Target['figure'][] = [
    ...(whole > 0 && healthy > 0 ? (['precision', 'f1'] as const) : []),
    ...(whole > 0 ? (['recall'] as const) : []),
    ...(healthy > 0 ? (['false_alarms'] as const) : []),
  ]
  return names.map((figure) => {
    const target = result.set.targets.find((found) => found.figure === figure)?.at
    return measure(`evaluate.${result.set.id}.${figure}`, figure, {
      mine: test.counts,
      peer: test.bayes ?? test.flagAll,
      peerName: test.bayes ? 'naive Bayes on the dev rows' : 'flag everything',
      ...(target === undefined ? {} : { target }),
    })
  })
}
