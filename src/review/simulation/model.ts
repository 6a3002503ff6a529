import { day, hour, second } from '../../kernel/time.ts'
import type { CaseRow, CredibilityOf, eventFacts } from '../cases/index.ts'
import type { Reviewer, Routing } from '../queues/index.ts'

/** A case that arrives, with what nobody on the floor knows: whether it is a violation. */
export interface Arrival {
  readonly row: CaseRow
  readonly facts: ReturnType<typeof eventFacts>
  /** 1 a violation, 0 none, between them the chance where the truth is not known. */
  readonly truth: number
}

export const policies = ['priority', 'fifo', 'severity'] as const
export type SimulatedPolicy = (typeof policies)[number]

export interface Staff extends Reviewer {
  readonly id: string
  /** Hour of the day (UTC) at which the shift of eight hours begins. */
  readonly from: number
  /** Which two of seven days are free. */
  readonly free: number
}

export interface Assumptions {
  readonly reviewers: number
  /** Median handling time and its spread (σ of the logarithm). */
  readonly handlingMedian: number
  readonly handlingSpread: number
  /** Half of those who ever see a thing have seen it after this long. */
  readonly halfLife: number
  /** Error of the forecast of reach (σ of the logarithm): the floor sees the forecast, harm is done by the real number. */
  readonly reachError: number
  /** Share of their time that reviewers are meant to work on cases: each arrival stands for as many as fill it. */
  readonly occupancy: number
}

export const defaultAssumptions: Assumptions = {
  reviewers: 4,
  handlingMedian: 240 * second,
  handlingSpread: 0.6,
  halfLife: day,
  reachError: 0.8,
  occupancy: 0.7,
}

export const shiftLength = 8 * hour

export interface SimulationInput {
  readonly arrivals: readonly Arrival[]
  readonly routing: Routing
  readonly credibilityOf: CredibilityOf
  readonly assumptions: Assumptions
}

/** What became of one case: when it was decided, or when the simulation ended. */
export interface Outcome {
  readonly severity: string
  readonly queue: string
  readonly wait: number
  readonly inTime: boolean
  /** Harm that the case could do, and the part that the decision came in time for, in units of the priority's harm × people. */
  readonly harm: number
  readonly prevented: number
}
