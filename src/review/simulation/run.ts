import type { Severity } from '../../vocabulary/verdicts.ts'
import { harmOf, inOrder, placeOf, type Ranked, rank, type Waiting } from '../cases/index.ts'
import { refusalOf } from '../queues/index.ts'
import type { Outcome, SimulatedPolicy, SimulationInput, Staff } from './model.ts'
import { chance, normal } from './random.ts'
import { hire, onShift } from './staff.ts'

interface Simulated extends Waiting {
  readonly handling: number
  readonly harm: number
}

/** Replicas of an arrival come within this time after it. */
const spreadOf = 2 * 3_600_000_000

/**
 * Plays the arrivals through the floor under one policy. Where a case waits, until when, who may take it and its priority are
 * worked out by the code that the product runs; only people and clock are made up. The same seed gives the same result.
 */
export function simulate(
  input: SimulationInput,
  { seed, policy, copies }: { seed: number; policy: SimulatedPolicy; copies: number },
): { outcomes: Outcome[]; end: number; busy: number } {
  const cases = arrivalsOf(input, seed, copies)
  const staff = hire(input.assumptions.reviewers, input)
  const ready = staff.map((person) => ({ person, at: onShift(person, cases[0]?.opened_at ?? 0) }))
  const end = (cases.at(-1)?.opened_at ?? 0) + 24 * 3_600_000_000
  const outcomes: Outcome[] = []
  const waiting: Simulated[] = []
  let arrived = 0
  let busy = 0
  for (;;) {
    const [first] = ready.sort((a, b) => a.at - b.at)
    if (!first || first.at >= end) break
    const now = first.at
    for (let next = cases[arrived]; next && next.opened_at <= now; next = cases[++arrived]) waiting.push(next)
    const index = choose(waiting, first.person, { input, policy, now })
    const taken = waiting[index]
    if (!taken) {
      const next = cases[arrived]?.opened_at ?? end
      first.at = onShift(first.person, Math.max(next, now + 1))
      continue
    }
    waiting[index] = waiting.at(-1) as Simulated
    waiting.pop()
    const decided = now + taken.handling
    busy += taken.handling
    outcomes.push(outcomeOf(taken, decided, input.assumptions.halfLife))
    first.at = onShift(first.person, decided)
  }
  for (const left of [...waiting, ...cases.slice(arrived)])
    outcomes.push(outcomeOf(left, end, input.assumptions.halfLife))
  return { outcomes, end, busy }
}

/** Index of the case that this person is given, -1 for none. */
function choose(
  waiting: readonly Simulated[],
  person: Staff,
  { input, policy, now }: { input: SimulationInput; policy: SimulatedPolicy; now: number },
): number {
  const { routing, credibilityOf } = input
  let best = -1
  let bestRanked: Ranked | null = null
  for (const [index, found] of waiting.entries()) {
    if (refusalOf(routing.queue(found.queue), found.language, person)) continue
    const top = best < 0 ? undefined : waiting[best]
    if (policy === 'priority') {
      const ranked = { ...found, priority: rank(found, { routing, credibilityOf, now }) }
      if (bestRanked && inOrder(bestRanked, ranked) <= 0) continue
      bestRanked = ranked
      best = index
    } else if (!top || before(policy, found, top)) best = index
  }
  return best
}

function before(policy: SimulatedPolicy, a: Simulated, b: Simulated): boolean {
  if (policy === 'severity' && a.severity !== b.severity) return a.severity < b.severity
  return a.opened_at - b.opened_at < 0 || (a.opened_at === b.opened_at && a.case_id < b.case_id)
}

/** Every arrival as often as it stands for, with the luck of this seed. */
function arrivalsOf({ arrivals, routing, assumptions }: SimulationInput, seed: number, copies: number): Simulated[] {
  const made: Simulated[] = []
  for (const [index, { row, facts, truth }] of arrivals.entries())
    for (let copy = 0; copy < copies; copy++) {
      const key = [seed, index, copy] as const
      const opened = row.at + (copy === 0 ? 0 : Math.floor(chance(...key, 3) * spreadOf))
      const moved = { ...row, case_id: `${row.case_id}.${copy}`, at: opened, due_at: row.due_at + opened - row.at }
      const { impact, opened_at: _at, ...place } = placeOf(moved, facts, { routing: () => routing })
      const error = Math.exp(normal(...key, 5) * assumptions.reachError - assumptions.reachError ** 2 / 2)
      made.push({
        ...place,
        impact,
        decision_id: row.decision_id,
        opened_at: opened,
        severity: row.severity,
        holder: null,
        policies: row.policies,
        only_by: null,
        not_by: null,
        handling: Math.round(assumptions.handlingMedian * Math.exp(normal(...key, 4) * assumptions.handlingSpread)),
        harm: truth * harmOf[row.severity as Severity] * facts.reach * error,
      })
    }
  return made.sort((a, b) => a.opened_at - b.opened_at || (a.case_id < b.case_id ? -1 : 1))
}

function outcomeOf(found: Simulated, decided: number, halfLife: number): Outcome {
  const wait = decided - found.opened_at
  return {
    severity: found.severity,
    queue: found.queue,
    wait,
    inTime: decided <= found.due_at,
    harm: found.harm,
    prevented: found.harm * 2 ** (-wait / halfLife),
  }
}
