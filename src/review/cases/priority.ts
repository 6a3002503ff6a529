import { hour } from '../../kernel/time.ts'
import type { Severity } from '../../vocabulary/verdicts.ts'

/** What the priority of a case is made from. Times in microseconds. */
export interface PriorityInput {
  readonly severity: Severity
  /** People that the subject is expected to reach; 1 when nothing is known. */
  readonly reach: number
  /** How likely who brought the case is right, 0 to 1. */
  readonly credibility: number
  readonly dueAt: number
  /** Working time that the service level allows for this severity. */
  readonly window: number
  readonly now: number
}

/** A priority and its four factors; the score is their product. */
export interface Priority {
  readonly score: number
  readonly harm: number
  readonly reach: number
  readonly credibility: number
  readonly urgency: number
}

/**
 * Harm to one person that the subject reaches, in units of an S4 matter: each step is worth about three of the step below.
 * A platform default; the order of the steps is the severity table's, the ratio is ours.
 */
export const harmOf: Readonly<Record<Severity, number>> = { S1: 30, S2: 10, S3: 3, S4: 1 }

/** How much more a case counts when its time is up than when there is plenty. */
const pressure = 1
/** Share of the window before the end in which the pressure builds up. */
const lookAhead = 0.25
/** How much the pressure grows with every window that an overdue case waits: little, so that what can still be kept is not given up for what is lost. */
const patience = 0.1
const shortestWindow = hour / 60

/**
 * Which case is first: the harm that every hour of waiting does, times the pressure of the service level.
 *
 * score = harm × √reach × credibility × urgency
 *
 * harm × reach × credibility is the expected rate of harm, so that ordering by it is the cμ rule, which does the least
 * weighted waiting when cases take about the same time to handle (W. E. Smith 1956, Naval Research Logistics 3:59).
 * The root damps reach: a forecast of an audience is the less certain the larger it is.
 * The urgency is the slack term of the Apparent Tardiness Cost rule (Vepsalainen and Morton 1987, Management Science 33:1035),
 * 1 + exp(−slack / (¼ window)) before the due time; after it, it grows by 0.1 for every window that
 * has passed, so nothing waits for ever.
 */
export function priorityOf({ severity, reach, credibility, dueAt, window, now }: PriorityInput): Priority {
  const factors = { harm: harmOf[severity], reach: reachFactor(reach), urgency: urgencyOf(dueAt - now, window) }
  return { ...factors, credibility, score: factors.harm * factors.reach * credibility * factors.urgency }
}

/** The part of the score that does not change while the case waits and that no outcome changes: harm × √reach. */
export const impactOf = (severity: Severity, reach: number): number => harmOf[severity] * reachFactor(reach)

const reachFactor = (reach: number): number => Math.sqrt(Math.max(1, reach))

/** 1 with plenty of time, 2 at the due time, and then 0.1 more for every window that has passed. Falls as the slack grows. */
export function urgencyOf(slack: number, window: number): number {
  const span = Math.max(window, shortestWindow)
  return slack >= 0 ? 1 + pressure * Math.exp(-slack / (lookAhead * span)) : 1 + pressure - (patience * slack) / span
}

/** How far a source of cases can be trusted, before its outcomes are known: platform defaults by kind of source. */
const priors: readonly [prefix: string, credibility: number][] = [
  ['report:authority', 0.95],
  ['report:trusted', 0.9],
  ['report:rights', 0.8],
  ['strategy:', 0.6],
  ['report:seller', 0.4],
  ['report:', 0.35],
]

/** The credibility of a source that nothing is known about; unknown kinds get one half. */
export const priorCredibility = (source: string): number =>
  priors.find(([prefix]) => source.startsWith(prefix))?.[1] ?? 0.5
