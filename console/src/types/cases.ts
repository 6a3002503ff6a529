import type { Data, NamedRef, Person, Severity, Text } from '../types.ts'
import type { Box, FileInfo, FoundBox, RegionMark } from './files.ts'
import type { CasePriority } from './operations.ts'

/** Answers about cases, the decisions behind them and their events. */

export type Layer = 'perceived' | 'identified' | 'decided' | 'enforced' | 'reviewed' | 'appealed'

export const layers: readonly Layer[] = ['perceived', 'identified', 'decided', 'enforced', 'reviewed', 'appealed']

export interface CaseRow {
  case_id: string
  queue: string
  status: 'open' | 'leased' | 'decided'
  severity: Severity
  subject: NamedRef
  party: NamedRef | null
  markets: string[]
  /** Null while a blind queue hides it. */
  verdict: string | null
  blind?: boolean
  priority?: CasePriority | null
  policies: { id: string; title: Text }[]
  opened_at: string
  due_at: string | null
  overdue: boolean
  /** Open cases of the queue: why it will miss its due time at the pace of the last hour. */
  will_be_late?: { due_until_then: number; done_until_then: number; per_hour: number } | null
  leased_by: Person | null
  leased_until: string | null
  site: string | null
}

/** A CloudEvents 1.0 envelope as it was journaled. */
export interface JournaledEvent {
  id: string
  source: string
  type: string
  time: string
  subject?: string | null
  logged_at?: string
  site?: string | null
  data: Data
}

export interface Evidence {
  field?: string | null
  start?: number | null
  end?: number | null
  text?: string | null
  term?: string | null
  tag?: string | null
  value?: unknown
  image?: string | null
  box?: Box | null
}

export interface Finding {
  strategy: string
  version: number | string
  policy: string
  severity: Severity
  verdict: string
  mode: 'live' | 'shadow'
  markets: string[]
  evidence: Evidence[]
}

export interface Decision {
  decision_id: string
  event: {
    id: string
    source: string
    type: string
    subject_type: string
    subject: string
    time: string
    logged_at: string
  }
  verdict: string
  markets: Record<string, string>
  findings: Finding[]
  unknown: string[]
  /** Signals and features that were computed for this decision. */
  saw?: Data
}

export interface TimelineItem {
  at: string
  layer: Layer
  kind: string
  title: Text
  id: string
  cause: string | null
  actor: string | null
  data?: Data | null
}

export interface Span {
  field: string
  start: number
  end: number
  strategy: string
  term: string | null
  tag: string | null
}

export interface PolicyText {
  id: string
  title: Text
  text: Text
  severity: Severity
  legal_basis: { instrument: string; article?: string; url?: string | null } | null
  fix: Text | null
}

export interface Choice {
  key: string
  outcome: string
  title: Text
  actions: { kind: string; title: Text }[]
  points: number | null
}

export interface CaseDetail extends CaseRow {
  event: JournaledEvent
  decision: Decision
  now: JournaledEvent | null
  spans: Span[]
  /** What strategies found on images. */
  boxes: FoundBox[]
  /** What reviewers marked on images, and the files that they added. */
  marks: RegionMark[]
  files: FileInfo[]
  policies: PolicyText[]
  similar: { case_id: string; title: string; outcome: string; decided_at: string | null; policy: string | null }[]
  timeline: TimelineItem[]
  choices: Choice[]
  outcome: { outcome: string; title?: Text; at?: string; by?: string; note?: string | null } | null
  undo_until: string | null
}

export interface DecideReply {
  decision_id: string
  effective_at: string
  notice_preview: Text
}
