import { createOfflineDecider, loadOffline } from '../../src/edge/offline.ts'
import type { Decision } from '../../src/judgement/decisions/index.ts'
import { generateSample, SAMPLE_RECALLS, type Truth } from '../../src/vocabulary/sample/index.ts'
import { type Share, share } from './figures.ts'
import type { Measure } from './measure.ts'

/** How the shipped packs do on the generated marketplace, against what was planted in it. */
export interface SampleResult {
  readonly events: number
  readonly microsPerEvent: number
  readonly refused: number
  readonly packs: readonly string[]
  /** By planted kind: found (violations) or left alone (traps and the like). */
  readonly kinds: readonly { kind: string; expected: Truth['expected']; right: Share }[]
  /** Events stopped although nothing or a trap was planted there, by strategy. */
  readonly wrong: ReadonlyMap<string, number>
  /** Stopped events that are planted violations or members of rings, out of all stopped. */
  readonly precision: Share
  /** Ordinary events that were stopped, out of all ordinary events. */
  readonly falseAlarms: Share
}

interface Tally {
  expected: Truth['expected']
  right: number
  whole: number
}

const mild = ['pass', 'label']

interface State {
  readonly kinds: Map<string, Tally>
  readonly wrong: Map<string, number>
  stopped: number
  rightlyStopped: number
  ordinary: number
  ordinaryStopped: number
}

function note(state: State, decision: Decision, truth: Truth | undefined): void {
  const flagged = !mild.includes(decision.verdict)
  const guilty = truth?.expected === 'violation' || truth?.expected === 'ring'
  if (truth) {
    const tally = state.kinds.get(truth.kind) ?? { expected: truth.expected, right: 0, whole: 0 }
    tally.whole++
    if (flagged === guilty) tally.right++
    state.kinds.set(truth.kind, tally)
  } else {
    state.ordinary++
    if (flagged) state.ordinaryStopped++
  }
  if (!flagged) return
  state.stopped++
  if (guilty) state.rightlyStopped++
  else
    for (const { strategy, verdict, mode } of decision.findings)
      if (mode === 'live' && !mild.includes(verdict)) state.wrong.set(strategy, (state.wrong.get(strategy) ?? 0) + 1)
}

/** Generates the sample from a seed, decides every event in order with all shipped packs and scores it. */
export async function measureSample(options: { seed: number; days: number }): Promise<SampleResult> {
  const recalled = SAMPLE_RECALLS.map(({ brand, model }) => `${brand} ${model}`.toLowerCase())
  const { built, packs } = await loadOffline({ lists: { 'recalled-products': recalled } })
  const decider = createOfflineDecider(built)
  const state: State = {
    kinds: new Map(),
    wrong: new Map(),
    stopped: 0,
    rightlyStopped: 0,
    ordinary: 0,
    ordinaryStopped: 0,
  }
  let events = 0
  let refused = 0
  let spent = 0
  for (const { event, truth } of generateSample(options)) {
    events++
    const began = performance.now()
    const answer = decider.decide(event)
    spent += performance.now() - began
    if ('problem' in answer) refused++
    else note(state, answer.decision, truth)
  }
  return {
    events,
    refused,
    microsPerEvent: (spent * 1000) / Math.max(1, events),
    packs: packs.map((pack) => pack.header.id),
    kinds: [...state.kinds]
      .map(([kind, { expected, right, whole }]) => ({ kind, expected, right: share(right, whole) }))
      .sort((a, b) => (a.kind < b.kind ? -1 : 1)),
    wrong: state.wrong,
    precision: share(state.rightlyStopped, state.stopped),
    falseAlarms: share(state.ordinaryStopped, state.ordinary),
  }
}

/** Targets by family of kinds: what the packs of the closed loop promise on planted things. */
const floors: Readonly<Record<string, number>> = {
  ugc: 0.85,
  ads: 0.85,
  cosmetics: 0.9,
  gpsr: 0.9,
  ce: 0.9,
  goods: 0.7,
  trap: 0.95,
}

export function sampleMeasures(result: SampleResult): Measure[] {
  const line = (name: string, { value, low, high, whole }: Share, target: number | null, ceiling = false): Measure => ({
    name: `evaluate.sample.${name}`,
    value,
    unit: 'share',
    low,
    high,
    n: whole,
    peer: null,
    peer_value: null,
    ratio: null,
    target,
    pass: value === null || target === null ? null : ceiling ? value <= target : value >= target,
  })
  return [
    line('precision', result.precision, 0.9),
    line('false_alarms', result.falseAlarms, 0.002, true),
    ...result.kinds.map(({ kind, expected, right }) =>
      line(
        `${expected === 'violation' || expected === 'ring' ? 'recall' : 'left_alone'}.${kind}`,
        right,
        floors[kind.split('.')[0] ?? ''] ?? null,
      ),
    ),
  ]
}
