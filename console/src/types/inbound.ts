import type { Text } from '../types.ts'
import type { FileInfo } from './files.ts'

export interface Credibility {
  mean: number
  low: number
  high: number
  decided: number
}

export interface NoticeRow {
  notice_id: string
  kind: string
  kind_title: Text
  channel: string
  channel_title: Text
  source: string
  subject: { type: string; id: string }
  class: string
  class_title: Text
  reason: string
  markets: string[]
  status: string
  outcome: string | null
  case_id: string | null
  received_at: string
  due_at: string
  deadline_rule: string
  overdue: boolean
  decided_at: string | null
}

export interface Told {
  at: string
  kind: string
  text: Text
}

/** Complaints of the notifier about the outcome, and whether there can be another. */
export interface ComplaintState {
  open: boolean
  until: string | null
  level: number | null
  left: number
  why: string | null
  filed: { appeal_id: string; filed_at: string; due_at: string; status: string }[]
}

export interface NoticeDetail extends NoticeRow {
  complaint: ComplaintState
  text: string | null
  evidence: string[]
  files: FileInfo[]
  details: Record<string, unknown>
  history: { at: string; type: string; case_id: string | null; outcome: string | null; actor: string }[]
  replies: Told[]
  duplicates: NoticeRow[]
  credibility: { all: Credibility; reason: Credibility }
}

export interface ChannelRow {
  channel: string
  title: Text
  kind: string
  all: number
  open: number
  late: number
  last_at: string | null
  last_decided_at: string | null
  oldest_open_at: string | null
  silent_after_hours: number | null
  declared_hours: number | null
  live: boolean
  troubles: ('silent' | 'stuck' | 'late')[]
}

export interface SourceRow {
  source_id: string
  name: string
  kinds: string[]
  country: string | null
  token_id: string | null
  ended: boolean
  credibility: Credibility
}

export interface MeasureRow {
  measure_id: string
  at: string
  source: string
  kind: string
  until: string | null
  reason: string
  ref: string | null
  cause: string
  actor: string
}

export interface NoticeForm {
  kinds: {
    kind: string
    title: Text
    requires: { markets: string[]; fields: string[]; basis: Text; verification: string }[]
  }[]
  fields: Record<string, { title: Text; fix: Text }>
  classes: { id: string; title: Text; route: string; reasons: string[] }[]
  markets: { id: string; title: Text; groups: string[] }[]
  targets: { id: string; title: Text }[]
}

export interface NoticeReceipt {
  notice_id: string
  token: string
  due_at: string
  text: Text
}

export interface NoticeStatus {
  notice_id: string
  kind_title: Text
  status: string
  outcome: string | null
  subject: { type: string; id: string } | null
  received_at: string
  due_at: string | null
  can_withdraw: boolean
  complaint: ComplaintState
  replies: Told[]
  suspended_until: string | null
  measures: MeasureRow[]
}
