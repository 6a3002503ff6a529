import type { NamedRef, Ref, Text } from '../types.ts'
import type { Decision, JournaledEvent } from './cases.ts'
import type { PrecisionEffect } from './enforcement.ts'
import type { FileInfo, RegionMark } from './files.ts'

/** Answers about actions, notices to the party and appeals. */

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
  evidence: { kind: 'text' | 'reference' | 'file'; value: string }[]
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
  files: FileInfo[]
  marks: RegionMark[]
  /** What those who decided before marked. */
  case_marks: RegionMark[]
  suggestions: { kind: string; title: Text; suggested: boolean; excessive: boolean }[]
  precision: PrecisionEffect[]
  actions: ActionRow[]
  notice: NoticeRow | null
  event: JournaledEvent | null
  decision: Decision | null
  what_would_be_restored: { title: Text }[]
}
