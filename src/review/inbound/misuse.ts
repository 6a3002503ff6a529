import { day } from '../../kernel/time.ts'

/**
 * When frequent manifestly unfounded notices bring a warning and then a suspension (DSA art. 23(2) to (4): frequency, share,
 * gravity; a prior warning; a reasonable period). The numbers are the platform's, and belong into its terms.
 */
export interface MisuseLimits {
  readonly windowDays: number
  /** Least number of manifestly unfounded notices in the window. */
  readonly least: number
  /** Least share of them among the decided notices of the window. */
  readonly share: number
  readonly suspensionDays: number
  /** A warning counts for this long. */
  readonly warningDays: number
}

export const misuseLimits: MisuseLimits = { windowDays: 90, least: 3, share: 0.5, suspensionDays: 30, warningDays: 365 }

export interface Judged {
  readonly at: number
  /** A person said that it was manifestly unfounded. */
  readonly manifest: boolean
}
export interface Measure {
  readonly measure_id: string
  readonly kind: string
  readonly at: number
  readonly until: number | null
  readonly ref: string | null
}

/** What is due against a source now: nothing, a warning, or, when the misuse goes on after a warning, a suspension. */
export function measureDue(
  judged: readonly Judged[],
  measures: readonly Measure[],
  now: number,
  limits: MisuseLimits = misuseLimits,
): 'warned' | 'suspended' | null {
  const lifted = new Set(measures.flatMap((row) => (row.kind === 'lifted' && row.ref ? [row.ref] : [])))
  const standing = measures.filter(
    (row) => (row.kind === 'warned' || row.kind === 'suspended') && !lifted.has(row.measure_id),
  )
  if (suspendedUntil(measures, now) !== null) return null
  const last = standing.at(-1)
  // Each measure answers for what came before it; only what came after counts towards the next.
  const since = Math.max(now - limits.windowDays * day, last?.at ?? 0)
  const recent = judged.filter((found) => found.at > since && found.at <= now)
  const manifest = recent.filter((found) => found.manifest).length
  if (manifest < limits.least || manifest / recent.length < limits.share) return null
  return last !== undefined && last.at >= now - limits.warningDays * day ? 'suspended' : 'warned'
}

/** Until when a source is suspended, or null when it is not. A suspension that was lifted is over. */
export function suspendedUntil(measures: readonly Measure[], now: number): number | null {
  const lifted = new Set(measures.flatMap((row) => (row.kind === 'lifted' && row.ref ? [row.ref] : [])))
  const ends = measures.flatMap((row) =>
    row.kind === 'suspended' && !lifted.has(row.measure_id) && row.at <= now && (row.until ?? 0) > now
      ? [row.until ?? 0]
      : [],
  )
  return ends.length === 0 ? null : Math.max(...ends)
}
