import { meanInterval } from '../../kernel/statistics.ts'
import { day } from '../../kernel/time.ts'
import { type Outcome, policies, type SimulatedPolicy, type SimulationInput } from './model.ts'
import { simulate } from './run.ts'

export interface Interval {
  readonly mean: number
  readonly low: number
  readonly high: number
}

/** The measures of one group of cases: shares of 0 to 1, waits in seconds. */
export interface Measures {
  readonly prevented: Interval
  readonly kept: Interval
  readonly wait: Interval
}

export interface Comparison {
  readonly cases: number
  readonly copies: number
  readonly seeds: readonly number[]
  readonly occupancy: Interval
  readonly policies: Record<SimulatedPolicy, Measures>
  /** Differences priority minus the other, seed by seed: the same cases, people and luck. */
  readonly against: Record<Exclude<SimulatedPolicy, 'priority'>, Measures>
  /** By severity and by queue: differences priority minus first in, first out. */
  readonly groups: readonly { group: string; cases: number; fifo: Measures; priority: Measures; difference: Measures }[]
}

interface Figures {
  readonly prevented: number
  readonly kept: number
  readonly wait: number
}

/** Runs every policy with every seed on the same cases and compares them in pairs. */
export function compare(input: SimulationInput, seeds: readonly number[]): Comparison {
  const copies = copiesFor(input)
  const runs = new Map<SimulatedPolicy, Outcome[][]>()
  const occupancies: number[] = []
  for (const policy of policies)
    runs.set(
      policy,
      seeds.map((seed) => {
        const { outcomes, busy } = simulate(input, { seed, policy, copies })
        occupancies.push(busy / capacityOf(input))
        return outcomes
      }),
    )
  const figures = (policy: SimulatedPolicy, keep: (outcome: Outcome) => boolean = () => true) =>
    (runs.get(policy) ?? []).map((outcomes) => figuresOf(outcomes.filter(keep)))
  const first = runs.get('fifo')?.[0] ?? []
  const groups = [
    ...[...new Set(first.map((outcome) => outcome.severity))]
      .sort()
      .map((id) => ({ group: id, keep: (outcome: Outcome) => outcome.severity === id })),
    ...[...new Set(first.map((outcome) => outcome.queue))]
      .sort()
      .map((id) => ({ group: id, keep: (outcome: Outcome) => outcome.queue === id })),
  ]
  return {
    cases: first.length,
    copies,
    seeds,
    occupancy: meanInterval(occupancies),
    policies: {
      priority: measures(figures('priority')),
      fifo: measures(figures('fifo')),
      severity: measures(figures('severity')),
    },
    against: {
      fifo: difference(figures('priority'), figures('fifo')),
      severity: difference(figures('priority'), figures('severity')),
    },
    groups: groups.map(({ group, keep }) => ({
      group,
      cases: first.filter(keep).length,
      fifo: measures(figures('fifo', keep)),
      priority: measures(figures('priority', keep)),
      difference: difference(figures('priority', keep), figures('fifo', keep)),
    })),
  }
}

/** Working time of the whole floor between the first and the last arrival: eight hours on five days of seven. */
function capacityOf({ arrivals, assumptions }: SimulationInput): number {
  const times = arrivals.map((arrival) => arrival.row.at)
  const length = Math.max(day, Math.max(...times) - Math.min(...times))
  return (assumptions.reviewers * length * 8 * 5) / (24 * 7)
}

/** How many cases each arrival stands for, so that the floor is as busy as it is meant to be. */
export function copiesFor(input: SimulationInput): number {
  const { handlingMedian, handlingSpread, occupancy } = input.assumptions
  const mean = handlingMedian * Math.exp(handlingSpread ** 2 / 2)
  return Math.max(1, Math.round((capacityOf(input) * occupancy) / (mean * Math.max(1, input.arrivals.length))))
}

function figuresOf(outcomes: readonly Outcome[]): Figures {
  const sum = (of: (outcome: Outcome) => number) => outcomes.reduce((total, outcome) => total + of(outcome), 0)
  const count = Math.max(1, outcomes.length)
  const harm = sum((outcome) => outcome.harm)
  return {
    prevented: harm === 0 ? 0 : sum((outcome) => outcome.prevented) / harm,
    kept: sum((outcome) => (outcome.inTime ? 1 : 0)) / count,
    wait: sum((outcome) => outcome.wait) / count / 1e6,
  }
}

const fields = ['prevented', 'kept', 'wait'] as const

function measures(figures: readonly Figures[]): Measures {
  const [prevented, kept, wait] = fields.map((field) => meanInterval(figures.map((one) => one[field])))
  const none = { mean: 0, low: 0, high: 0 }
  return { prevented: prevented ?? none, kept: kept ?? none, wait: wait ?? none }
}

const difference = (a: readonly Figures[], b: readonly Figures[]): Measures =>
  measures(
    a.map((one, index) => {
      const other = b[index] ?? one
      return { prevented: one.prevented - other.prevented, kept: one.kept - other.kept, wait: one.wait - other.wait }
    }),
  )
