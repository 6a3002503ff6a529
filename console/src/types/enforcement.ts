import type { Data, Ref, Severity, Text } from '../types.ts'

/** Answers about actions, webhooks, standing, links, appeals and complaints. */

export interface ActionKindRow {
  kind: string
  title: Text
  inverse: string
  inverse_title: Text
  restrictive: boolean
  scope: string[]
  strength: 1 | 2 | 3 | 4 | 5
  usual_days: number | null
  most_days: number | null
  call: string
  call_back: string
}

export interface SuggestionReply {
  asked_strength: number
  repeats: number
  items: (ActionKindRow & { suggested: boolean; excessive: boolean })[]
}

export interface EndpointRow {
  endpoint_id: string
  title: string
  url: string
  kinds: string[] | null
  active: boolean
  changed_at: string
  waiting: number
  sent: number
  dead: number
}

export interface DeliveryRow {
  attempt: number
  endpoint_id: string
  action_id: string
  outcome: 'sent' | 'failed' | 'dead' | 'requeued'
  status: number | null
  detail: string
  at: string
}

export interface ActionDeliveries {
  waiting: { endpoint_id: string; failures: number; next_at: string }[]
  attempts: DeliveryRow[]
}

export interface StandingEntry {
  id: string
  at: string
  type: 'violation' | 'credit'
  class: string
  title: Text
  points: number
  quantity: number | null
  cause: string | null
  expires_at: string | null
  reversed: boolean
  cured: boolean
  joint_of: string | null
  pending_until: string | null
  quiz: { state: 'open' | 'passed' | 'failed' | 'closed'; points: number; deadline: string | null } | null
}

export interface Standing {
  ledger: string
  title: Text
  score: number
  /** Up: points add up towards a threshold. Down: they are lost from a start, or earned. */
  scale: 'up' | 'down'
  caution: number | null
  thresholds: { at: number; title: Text }[]
  tier: { id: string; title: Text; rights: { id: string; title: Text; active: boolean }[] } | null
  next_tier: { id: string; title: Text; from: number } | null
  sanctions: { kind: string; title: Text; from: string; until: string | null }[]
  entries: StandingEntry[]
}

export interface LinkRow {
  link_id: string
  kind: string
  title: Text
  other: Ref
  evidence: string
  since: string
  until: string | null
  ended_at: string | null
  mistaken: boolean
  reason: string | null
}

export interface QuizReply {
  entry_id: string
  title: Text
  points: number
  deadline: string | null
  questions: { id: string; text: Text; options: { id: string; text: Text }[] }[]
}

export interface QuizResult {
  right: number
  total: number
  perfect: boolean
  points_returned: number
  questions: { id: string; right: boolean; why: Text }[]
}

export interface Precision {
  violations: number
  labelled: number
  value: number | null
  low: number | null
  high: number | null
}
export interface PrecisionEffect {
  strategy: string
  before: Precision
  after: Precision
}

export interface BulkReply {
  applied: boolean
  confirm: string
  decidable: number
  restored: number
  points: number
  items: { appeal_id: string; restored: number; points: number; refused: { code: string; detail: Text } | null }[]
}

export interface ComplaintRow {
  complaint_id: string
  at: string
  source: string
  complainant: string
  subject: Ref | null
  text: string
  severity: Severity
  status: string
  due_at: string
  overdue: boolean
  missing: { step: string; title: Text }[]
  events: { id: string; at: string; type: string; text: string; refs: string[]; by: string }[]
}

export type { Data }
