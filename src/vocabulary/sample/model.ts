import type { Text } from '../../kernel/values.ts'

export type Site = 'aurora' | 'harbor' | 'lotus'
export type Data = Readonly<Record<string, unknown>>

/** One CloudEvents 1.0 event in JSON form; `(source, id)` is its idempotency key. */
export interface SampleEvent {
  readonly specversion: '1.0'
  readonly id: string
  readonly source: string
  readonly type: string
  readonly time: string
  readonly subject: string
  readonly site: Site
  /** The market of an event whose data names no markets of its own. */
  readonly market?: string
  readonly data: Data
}

export type Expected = 'violation' | 'trap' | 'ring' | 'incident' | 'campaign'
export type Severity = 'S1' | 'S2' | 'S3' | 'S4' | 'none'
export type Verdict = 'pass' | 'label' | 'evidence' | 'review' | 'geo-block' | 'block'

/**
 * What is true about one planted thing.
 * With `event_id` it speaks about one event; without, about a group (`members`, `from`, `to`).
 * `min_verdict` is the mildest right answer; for a trap, incident or campaign `pass` also means "nothing harsher than a label".
 */
export interface Truth {
  readonly event_id?: string
  readonly subject: string
  readonly kind: string
  readonly expected: Expected
  readonly policy_hint: string
  readonly severity: Severity
  readonly markets: readonly string[]
  readonly min_verdict: Verdict
  readonly note: Text
  readonly ring?: string
  readonly members?: readonly string[]
  readonly from?: string
  readonly to?: string
}

export interface SampleItem {
  readonly event: SampleEvent
  readonly truth?: Truth
}

export interface SampleOptions {
  readonly seed: number
  /** Length of the history; traffic is proportional to it. At least 20. */
  readonly days?: number
  /** ISO time at which the history ends. */
  readonly endAt?: string
}

/** What a planter writes about an event; the rest comes from the table of kinds. */
export interface TruthSeed {
  readonly kind: string
  readonly markets?: readonly string[]
  readonly ring?: string
  readonly note?: Text
}

export interface PlannedEvent {
  readonly type: string
  readonly site: Site
  readonly subject: string
  readonly data: Data | (() => Data)
  readonly truth?: TruthSeed | undefined
}

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
