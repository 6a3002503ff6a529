import type { Value } from '../../kernel/values.ts'
import type { Evidence } from '../../vocabulary/evidence.ts'
import type { Severity, Verdict } from '../../vocabulary/verdicts.ts'

export type { Evidence }

/** Why a brake was pulled: which limit, what it allows, what was there, and since when the run of hits goes. */
export interface Tripped {
  readonly limit: 'per_hour' | 'per_day' | 'share' | 'jump'
  readonly allowed: number
  readonly observed: number
  /** ISO time of the first hit of the run. */
  readonly since: string
}

export interface Finding {
  /** `<pack>/<strategy id>` */
  readonly strategy: string
  readonly version: number
  readonly policy: string
  readonly policy_version: number
  readonly severity: Severity
  readonly verdict: Verdict
  readonly mode: 'live' | 'shadow'
  readonly markets: readonly string[]
  readonly evidence: readonly Evidence[]
  /** Why a strategy that is not in shadow did not act: outside its canary share, braked, or its version was recalled. */
  readonly held?: 'canary' | 'brake' | 'recall'
  readonly tripped?: Tripped
}

/** Everything that was decided about one event, and what the decision saw. Stored as it is; never changed. */
export interface Decision {
  readonly decision_id: string
  readonly event: {
    id: string
    source: string
    type: string
    subject_type: string
    subject: string
    party_type: string | null
    party: string | null
    site: string | null
    time: string
    logged_at: string
  }
  readonly verdict: Verdict
  readonly markets: Readonly<Record<string, Verdict>>
  readonly findings: readonly Finding[]
  /** Strategies whose condition was NULL: data was missing. */
  readonly unknown: readonly string[]
  /** Signals and features that were computed, by column. */
  readonly saw: Readonly<Record<string, Value>>
  /** Fingerprint of the packs and lists that decided. */
  readonly engine: string
}
