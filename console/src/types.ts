import type { PrecisionEffect, Standing } from './types/enforcement.ts'

/** The HTTP contract as the console reads it: one type per answer of `/v1`. Times are ISO 8601 in UTC. */
import type { CasePriority } from './types/operations.ts'

export interface Text {
  zh: string
  en: string
}

export interface Page<T> {
  items: T[]
  next: string | null
  total?: number
}

export interface Problem {
  code: string
  status: number
  title?: Text
  detail?: Text
  fix?: Text
  field?: string
  value?: unknown
  request_id?: string
  /** Refused SQL: the expression with a caret under the place, the offset of it, and what may have been meant. */
  caret?: string
  position?: number
  suggestion?: Text | string
  candidates?: string[]
}

export type Language = 'zh' | 'en'
export type Theme = 'system' | 'light' | 'dark'
export type Severity = 'S1' | 'S2' | 'S3' | 'S4'
export type Layer = 'perceived' | 'identified' | 'decided' | 'enforced' | 'reviewed' | 'appealed'
export const layers: readonly Layer[] = ['perceived', 'identified', 'decided', 'enforced', 'reviewed', 'appealed']

export interface Ref {
  type: string
  id: string
}
export interface NamedRef extends Ref {
  name?: string
  title?: string
}
export interface Person {
  id: string
  name: string
}

export interface Session {
  user: {
    id: string
    login: string
    name: string
    roles: string[]
    preferences: { language?: Language; theme?: Theme; single_keys?: boolean }
  }
  permissions: string[]
  /** The merchant or creator that this person is; null for everybody inside. */
  party: { type: string; id: string } | null
}

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

export interface Overview {
  my_cases: CaseRow[]
  my_open: number
  queues: { queue: string; title: Text; open: number; overdue: number; oldest_at: string | null }[]
  alarms: { id: string; level: 'watch' | 'warn'; title: Text; detail: Text; at: string; link: string | null }[]
  changes: { at: string; kind: string; title: Text; link: string | null; actor: string | null }[]
  totals: {
    events: number
    decisions: number
    findings: number
    open_cases: number
    open_appeals: number
    events_per_second: number
  }
  ingest: { streaming: boolean; done: number; total: number; source: Text } | null
  sample: { generated: true; seed: number; note: Text } | null
  packs: { live: number; invalid: { pack: string; message: Text }[] }
}

export type Data = Record<string, unknown>

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

export interface ActionRow {
  action_id: string
  kind: string
  title: Text
  target: Ref
  party: Ref | null
  markets: string[] | null
  at: string
  until: string | null
  in_force: boolean
  reversed_by: string | null
  cause: string | null
  policy: string | null
  strategy: string | null
  actor: string | null
  appealable: boolean
  appeal_until: string | null
  /** It ran out by itself. */
  expired: boolean
  /** What the kind leaves open; a sanction of a ladder names it. */
  detail: { ladder?: string } | null
}

export interface AppealRow {
  appeal_id: string
  status: 'open' | 'upheld' | 'reduced' | 'overturned'
  action_ids: string[]
  case_id: string | null
  subject: NamedRef
  party: NamedRef | null
  by: string | null
  text: string
  filed_at: string
  due_at: string | null
  decided_at: string | null
  decided_by: string | null
  not_you: boolean
  side: 'subject' | 'reporter'
  level: number
  chance: number
  evidence: { kind: 'text' | 'reference'; value: string }[]
  overdue: boolean
}

export interface NoticeText {
  title: string
  body: string
  why: string
  evidence: string
  law: string
  fix: string
  appeal: string
}
export interface NoticeRow {
  notice_id: string
  to: Ref
  at: string
  text: { zh: NoticeText; en: NoticeText }
  action_ids: string[]
  deadline: string | null
}

export interface AppealDetail extends AppealRow {
  earlier: AppealRow[]
  suspended: { action_id: string; title: Text }[]
  suggestions: { kind: string; title: Text; suggested: boolean; excessive: boolean }[]
  precision: PrecisionEffect[]
  actions: ActionRow[]
  notice: NoticeRow | null
  event: JournaledEvent | null
  decision: Decision | null
  what_would_be_restored: { title: Text }[]
}

export interface SubjectHit {
  type: string
  id: string
  title: string
  site: string | null
  last_at: string | null
  open_cases: number
  actions_in_force: number
}

export interface SubjectDetail {
  type: string
  id: string
  title: string
  site: string | null
  facts: Data
  standing: Standing[]
  actions: ActionRow[]
  cases: CaseRow[]
  appeals: AppealRow[]
  decisions: {
    decision_id: string
    at: string
    event_id: string
    type: string
    verdict: string
    strategies: string[]
  }[]
  notices: NoticeRow[]
  related: { type: string; id: string; title: string; why: Text }[]
  timeline: TimelineItem[]
}

export interface Trace {
  subject: NamedRef
  layers: Record<Layer, TimelineItem[]>
  links: { from: string; to: string }[]
}

export interface PackRow {
  pack: string
  version: number | string | null
  title: Text
  owner: string | null
  status: 'live' | 'invalid'
  problems: { file: string; line: number | null; message: Text; fix: Text | null }[]
  strategies: number
  live: number
  shadow: number
  cases: { total: number; traps: number }
  loaded_at: string | null
}

export interface Estimate {
  value: number
  low: number
  high: number
  n: number
}

export interface StrategyRow {
  strategy: string
  version: number | string
  pack: string
  title: Text
  policy: string
  severity: Severity
  verdict: string
  mode: 'live' | 'shadow' | 'canary'
  /** Percent of subjects that a canary acts on. */
  canary: number | null
  /** What pulls the brake. */
  limits: Record<string, number> | null
  on: string[]
  markets: string[] | null
  when: string
  owner: string | null
  hits: number
  hits_24h: number
  hits_7d: number
  unknown_24h: number
  precision: Estimate | null
  spark: number[]
}

/** The count of strategies is replaced by the strategies themselves. */
export interface PackDetail extends Omit<PackRow, 'strategies'> {
  policies: (Partial<PolicyText> & { id: string; title: Text })[]
  strategies: StrategyRow[]
  signals: { id: string; kind: string; title?: Text }[]
  features: { id: string; title: Text; sql: string }[]
  lists: { id: string; title: Text; owner: string; entries: number }[]
  warnings?: { code: string; file: string; line: number | null; message: Text; fix: Text | null }[]
  /** Work that one event of each type costs at most. */
  costs: { type: string; strategies: number; own: number; reads: number }[]
  case_list: { name: string; trap: boolean; expected: unknown }[]
}

export interface PackTest {
  passed: number
  failed: number
  failures: { case: string; trap: boolean; diff: string[] }[]
}

export interface StrategyDetail extends StrategyRow {
  policy_detail?: PolicyText | null
  columns: { name: string; type: string; kind: 'field' | 'signal' | 'feature' }[]
  recent: {
    decision_id: string
    at: string
    version: number
    mode: string
    subject: NamedRef
    verdict: string
    evidence: Evidence[]
  }[]
  daily: { day: string; hits: number; unknown: number }[]
  cases: { name: string; trap: boolean; expected: unknown }[]
  /** Units of work of one evaluation; a comparison is 1. */
  cost: { own: number; reads: number }
  brake: {
    held: 'brake' | 'recall' | null
    last_hour: number
    last_day: number
    limits: { per_hour: number; per_day: number; share: number; jump: number }
  }
  /** Static findings about it. */
  warnings: { code: string; file: string; line: number | null; message: Text; fix: Text | null }[]
  file: string | null
  duck_sql: string
}

export interface RecallReply {
  decisions: number
  actions: { reversed: number; narrowed: number; kept: number }
  points: { entries: number; points: number }
  cases_open: number
  by_kind: { kind: string; title: Text; count: number }[]
  by_party: { party: string; count: number }[]
}

export interface AlertRow {
  alert_id: string
  at: string
  strategy: string
  version: number
  title: Text
  detail: Text
  since: string | null
}

export interface Statement {
  puid: string
  applies_from: string
  valid: boolean
  delivery: string | null
  payload: Data
}

export interface ListRow {
  list: string
  title: Text
  owner: string | null
  reason: string | Text | null
  entries: number
  expiring_7d: number
  source: string | null
}
export interface ListEntry {
  value: string
  reason: string | null
  at: string | null
  actor: string
  expires_at: string | null
}
export interface ListDetail extends Pick<ListRow, 'list' | 'title' | 'owner' | 'reason'> {
  items: ListEntry[]
  next: string | null
  total?: number
}

export interface IndicatorRow {
  indicator: string
  title: Text
  unit: Text
  owner: string | null
  direction: 'up_is_good' | 'down_is_good'
  value: number | null
  low: number | null
  high: number | null
  n: number | null
  previous: number | null
  at: string | null
  target: number | null
  spark: (number | null)[]
}
export interface SeriesPoint {
  at: string
  value: number | null
  low: number | null
  high: number | null
  n: number | null
  key?: string | null
}
export interface IndicatorDetail extends IndicatorRow {
  formula: Text
  pitfall: Text | null
  sql: string
  dimensions: string[]
  series: SeriesPoint[]
  fresh_at: string | null
  annotations: { at: string; title: Text }[]
}

export type Cell = string | number | boolean | null | unknown[]
export interface SqlReply {
  columns: { name: string; type: string }[]
  rows: Cell[][]
  rows_total_known: boolean
  truncated: boolean
  seconds: number
  bytes?: number
}
export interface SqlTable {
  name: string
  title: Text
  columns: { name: string; type: string; title: Text | null }[]
  rows: number | null
}
export interface SqlCheck {
  ok: boolean
  error?: { message: string | Text; position: number | null; candidates?: string[] }
}

export interface Recipe {
  recipe: string
  title: Text
  publication?: { name: string; url?: string; licence: string; attribution: string } | null
  columns?: (string | { name: string })[]
  types?: string[]
  problems?: unknown[]
}
export interface ImportRow {
  import_id: string
  recipe: string
  file: string
  status: 'running' | 'done' | 'failed'
  rows_read: number
  accepted: number
  duplicates: number
  quarantined: { reason: Text; count: number }[]
  decisions: { verdict: string; count: number }[]
  strategies: { strategy: string; count: number }[]
  seconds: number
  events_per_second: number
  progress: number
  error: Text | null
  started_at: string
  by: string | null
}
export interface QuarantineRow {
  at: string
  source: string
  reason: Text
  field: string | null
  value: unknown
  fix: Text | null
  raw: unknown
}

export interface AuditRow {
  at: string
  actor: string
  operation: string
  target: string | null
  outcome: string
  request_id: string | null
  detail: unknown
}

export interface UserRow {
  user_id: string
  login: string
  name: string
  roles: string[]
  disabled: boolean
  created_at: string
}
export interface TokenRow {
  token_id: string
  name: string
  roles: string[]
  created_at: string
  expires_at: string | null
  revoked_at: string | null
}

export interface Vocabulary {
  subject_types: { id: string; title: Text }[]
  event_types: { type: string; title: Text; fields: { name: string; type: string }[] }[]
  markets: { id: string; title: Text; group: string | null }[]
  verdicts: { id: string; title: Text }[]
  severities: { id: string; title: Text }[]
  roles: { id: string; title: Text; permissions: string[] }[]
  queues: { id: string; title: Text }[]
  action_kinds: { id: string; title: Text; inverse: string | null }[]
  policies: { id: string; title: Text; severity: Severity; pack: string }[]
  batch_strategies: { id: string; title: Text }[]
}
