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

/** What is believed of a source of which nothing is known: one right and one wrong notice, so 0.5 with a wide interval. */
export const prior = { founded: 1, unfounded: 1 } as const

/**
 * Credibility of a source from the outcomes of its notices: the posterior of a rate with a Beta prior,
 * Beta(a, b) with a = 1 + founded, b = 1 + unfounded; mean a / (a + b), and the central 95 % interval of that distribution
 * (Gelman et al., Bayesian Data Analysis, 3rd ed., §2.4). Notices whose outcome says nothing are not counted.
 */
export function credibility({ founded, unfounded }: Tally): Credibility {
  const a = prior.founded + founded
  const b = prior.unfounded + unfounded
  const { low, high } = betaInterval(a, b)
  return { mean: a / (a + b), low, high, decided: founded + unfounded }
}
