import { betaInterval } from '../../kernel/statistics.ts'

/** How often a source has been right so far. */
export interface Tally {
  readonly founded: number
  readonly unfounded: number
}

export interface Credibility {
  /** Mean of the posterior, 0..1. */
  readonly mean: number
  readonly low: number
  readonly high: number
  /** Decided notices that it rests on. */
  readonly decided: number
}

/** What is believed of a source of which nothing is known weighs as much as this many decided notices. */
export const priorWeight = 2

/**
 * Credibility of a source from the outcomes of its notices: the posterior of a rate with a Beta prior,
 * Beta(a, b) with a = 2p + founded, b = 2(1 − p) + unfounded for a prior mean p; mean a / (a + b), and the central 95 % interval
 * of that distribution (Gelman et al., Bayesian Data Analysis, 3rd ed., §2.4). Notices whose outcome says nothing are not counted.
 * With p = 0.5, which is the default, nothing known is Beta(1, 1): 0.5 and a wide interval.
 */
export function credibility({ founded, unfounded }: Tally, prior = 0.5): Credibility {
  const a = priorWeight * prior + founded
  const b = priorWeight * (1 - prior) + unfounded
  const { low, high } = betaInterval(a, b)
  return { mean: a / (a + b), low, high, decided: founded + unfounded }
}
