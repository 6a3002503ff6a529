import { quarter } from './model.ts'

/** What became of a notice of one notifier. `countered` = taken down, and put back after a counter-notice or an appeal. */
export interface NotifierOutcome {
  readonly at: number
  readonly kind: 'upheld' | 'refused' | 'countered'
}

export interface TrustLimits {
  /** Least share of decided notices that led to a measure, those put back later included. */
  readonly success: number
  /** Largest share of measures that were put back. */
  readonly countered: number
  /** Least decided notices in three months: fewer say nothing. */
  readonly least: number
}

/** Alibaba's good-faith mechanism: success ≥ 90 %, successful counter-notices ≤ 5 % over three months; the least number is ours. */
export const trustLimits: TrustLimits = { success: 0.9, countered: 0.05, least: 10 }

export interface Trust {
  readonly status: 'standard' | 'trusted' | 'locked_out'
  readonly decided: number
  readonly success: number | null
  readonly countered: number | null
  /** Until when a notifier that lost its trust cannot get it back. */
  readonly lockedUntil: number | null
}

interface Rates {
  readonly decided: number
  readonly success: number | null
  readonly countered: number | null
}

/** Success and counter-notice rates over the three months before `now`. */
export function ratesOf(outcomes: readonly NotifierOutcome[], now: number): Rates {
  const recent = outcomes.filter((found) => found.at <= now && found.at > now - quarter)
  const measures = recent.filter((found) => found.kind !== 'refused').length
  const back = recent.filter((found) => found.kind === 'countered').length
  return {
    decided: recent.length,
    success: recent.length === 0 ? null : measures / recent.length,
    countered: measures === 0 ? null : back / measures,
  }
}

const meets = (rates: Rates, limits: TrustLimits): boolean =>
  (rates.success ?? 0) >= limits.success && (rates.countered ?? 0) <= limits.countered

/**
 * Trust of a notifier at `now`, from its whole history: gained when three months meet the limits; lost as soon as they do not, by
 * a new outcome or because old ones are past, and then locked out for three months. With too few notices in three months it
 * lapses without a lock-out. Depends only on outcomes up to `now`.
 */
export function trustOf(history: readonly NotifierOutcome[], now: number, limits: TrustLimits = trustLimits): Trust {
  const outcomes = history.filter((found) => found.at <= now).toSorted((a, b) => a.at - b.at)
  let trusted = false
  let lockedUntil = Number.NEGATIVE_INFINITY
  // The rates change when an outcome comes and when it is three months past, at no other time.
  const moments = outcomes.flatMap((found) => [found.at, found.at + quarter]).filter((at) => at <= now)
  for (const at of new Set(moments.toSorted((a, b) => a - b))) {
    const rates = ratesOf(outcomes, at)
    const good = meets(rates, limits)
    if (rates.decided < limits.least) trusted = false
    else if (trusted && !good) {
      trusted = false
      lockedUntil = at + quarter
    } else if (good && at >= lockedUntil) trusted = true
  }
  const locked = lockedUntil > now
  return {
    status: trusted ? 'trusted' : locked ? 'locked_out' : 'standard',
    ...ratesOf(outcomes, now),
    lockedUntil: locked ? lockedUntil : null,
  }
}
