import type { Person, Problem, Text } from '../types.ts'

/** Why a case stands where it stands: score = harm × reach × credibility × urgency. */
export interface CasePriority {
  score: number
  harm: number
  reach: number
  credibility: number
  urgency: number
  people: number
  source: string | null
  /** The right of the party's tier by which half the service level holds; null = none. */
  lane?: string | null
  slack_s: number
}

export interface PresentRow {
  person: Person
  case_id: string
  title: string
  since: string | null
  on_screen: boolean
}

export interface FloorQueue {
  queue: string
  title: Text
  blind: boolean
  skills: string[]
  languages: 'any' | 'case' | string[]
  calendar: Text
  working: boolean
  open: number
  overdue: number
  oldest_at: string | null
  due_next_hour: number
  arrivals_per_hour: number
  throughput_per_hour: number
  handling_s: number
  handling_measured: number
  forecast: { hour: number; demand: number; supply: number; breaches: number }[]
  staffing: { load: number; people: number; occupancy: number; in_time: number }
  present: PresentRow[]
}

export interface BulkPreview {
  cases: number
  done: number
  refused: { case_id: string; title: string | null; problem: Problem }[]
  actions: { kind: string; title: Text; count: number }[]
  points: number
  notices: number
  parties: number
  confirm: string
}

export interface BulkReply {
  decided: string[]
  refused: BulkPreview['refused']
  effective_at: string
}

export interface ReviewerRow {
  user_id: string
  name: string
  skills: string[] | null
  languages: string[] | null
  changed_at: string | null
}
