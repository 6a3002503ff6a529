import type { Text, Value } from '../../kernel/values.ts'

/** The period of a run in microseconds since 1970 UTC: rows after `from`, up to `to`. */
export interface Window {
  readonly from: number
  readonly to: number
}

export type RunStatus =
  | 'planned'
  | 'running'
  | 'failed'
  | 'finished'
  | 'held'
  | 'approved'
  | 'refused'
  | 'superseded'
  | 'applied'
export type RunEventType =
  | 'started'
  | 'failed'
  | 'finished'
  | 'held'
  | 'approved'
  | 'refused'
  | 'superseded'
  | 'applied'

/** The state machine: the next status by status and event; what is not listed is refused. */
export const transitions: Readonly<Record<RunStatus, Partial<Record<RunEventType, RunStatus>>>> = {
  planned: { started: 'running', failed: 'failed' },
  running: { failed: 'failed', finished: 'finished', held: 'held' },
  failed: {},
  /** `superseded`: another version is in charge by now, so this one may not act any more. */
  finished: { applied: 'applied', superseded: 'superseded' },
  held: { approved: 'approved', refused: 'refused', superseded: 'superseded' },
  approved: { applied: 'applied', superseded: 'superseded' },
  refused: {},
  superseded: {},
  applied: {},
}

/** The status that a list of events leads to. @throws Error for an event that the status does not allow. */
export function statusAfter(events: readonly { readonly type: RunEventType }[]): RunStatus {
  let status: RunStatus = 'planned'
  for (const { type } of events) {
    const next: RunStatus | undefined = transitions[status][type]
    if (next === undefined) throw new Error(`a run that is ${status} cannot be ${type}`)
    status = next
  }
  return status
}

/** Whether the query of a run was answered and its input kept the contract. */
export const answered: ReadonlySet<RunStatus> = new Set<RunStatus>([
  'finished',
  'held',
  'approved',
  'refused',
  'superseded',
  'applied',
])

/** `first` = the last window that the data reached when the strategy appeared; `catch_up` = missed while nothing ran. */
export type RunKind = 'first' | 'scheduled' | 'catch_up' | 'manual'

/** How the values of a population fell into bins. `edges` are upper bounds; `values` are the most frequent texts. */
export interface Histogram {
  readonly edges: readonly number[] | null
  readonly values: readonly string[] | null
  readonly counts: readonly number[]
}

/** One input of the contract, measured over the window. */
export interface InputMeasure {
  readonly table: string
  readonly where: string | null
  readonly rows: number
  /** Age of the newest row at the end of the window, in seconds; null without rows. */
  readonly age_s: number | null
  readonly nulls: Readonly<Record<string, number>>
  readonly population: Histogram | null
  readonly psi: number | null
  readonly psi_noise: number | null
}

export type FaultKind =
  | 'off'
  | 'missed'
  | 'failed'
  | 'empty_input'
  | 'thin_input'
  | 'stale_input'
  | 'null_input'
  | 'canary_missed'
  | 'output_range'
  | 'over_cap'
  | 'hit_decay'
  | 'drift'
  | 'slow'
  | 'no_owner'
  | 'expired'
  | 'gone'

/** Something that is wrong with the deployment of a strategy. `key` tells one occurrence from the next. */
export interface Fault {
  readonly kind: FaultKind
  readonly key: string
  readonly detail: Text
}

/** What a run found out about itself; kept with the event that ended it. */
export interface RunReport {
  readonly seconds: number
  readonly rows_in: number
  readonly inputs: readonly InputMeasure[]
  readonly hits: number
  /** Hits that are decided now; the others were decided in an overlapping window. */
  readonly fresh: number
  readonly repeats: number
  readonly canaries: { readonly expected: number; readonly missed: readonly string[] }
  /** Largest stability index of the inputs. */
  readonly psi: number | null
  readonly faults: readonly Omit<Fault, 'key'>[]
}

/** A subject that the query returned. */
export interface FoundHit {
  readonly subject_type: string
  readonly subject_id: string
  readonly party_type: string | null
  readonly party_id: string | null
  readonly score: number
  readonly evidence: Readonly<Record<string, Value>>
}

export const subjectKey = (hit: { readonly subject_type: string; readonly subject_id: string }): string =>
  `${hit.subject_type}:${hit.subject_id}`

/** Who entered, left and stayed from one run to the next, by subject. */
export function difference<Hit extends { readonly subject_type: string; readonly subject_id: string }>(
  before: readonly Hit[],
  after: readonly Hit[],
): { entered: Hit[]; left: Hit[]; stayed: Hit[] } {
  const [was, is] = [new Set(before.map(subjectKey)), new Set(after.map(subjectKey))]
  return {
    entered: after.filter((hit) => !was.has(subjectKey(hit))),
    left: before.filter((hit) => !is.has(subjectKey(hit))),
    stayed: after.filter((hit) => was.has(subjectKey(hit))),
  }
}
