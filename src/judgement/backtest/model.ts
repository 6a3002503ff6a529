/** Which history a backtest covers: events after `since` (microseconds since 1970 UTC, by `logged_at`). */
export interface Scope {
  readonly since: number
  readonly until: number
}

/** Most hits that the impact card looks at one by one; the counts always cover all. */
export const mostHits = 200_000
/** Nearest misses that are listed. */
export const mostMisses = 20

/** What an engine found: the counts, and hits and nearest misses by journal position, newest first. */
export interface Found {
  readonly events: number
  readonly hits: number
  /** Events for which the condition was NULL: data was missing. */
  readonly unknown: number
  readonly positions: readonly number[]
  /** Events that are no hits: most true parts first, then nearest to their thresholds, then newest. */
  readonly misses: readonly Miss[]
}

export interface Miss {
  readonly position: number
  /** The parts that were not true. */
  readonly missing: readonly MissedPart[]
}

/** A part that was not true; `value` and `limit` where it compares numbers that are there. */
export interface MissedPart {
  readonly part: number
  readonly value: number | null
  readonly limit: number | null
}
