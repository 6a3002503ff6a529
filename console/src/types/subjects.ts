import type { Data, NamedRef, Text } from '../types.ts'
import type { ActionRow, AppealRow, NoticeRow } from './appeals.ts'
import type { CaseRow, Layer, TimelineItem } from './cases.ts'
import type { Standing } from './enforcement.ts'

/** Answers about subjects, their traces and statements of reasons. */

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

export interface Statement {
  puid: string
  applies_from: string
  valid: boolean
  delivery: string | null
  payload: Data
}
