import type { Text } from '../types.ts'
import type { StandingEntry } from './enforcement.ts'
import type { FileInfo } from './files.ts'

export interface Party {
  type: string
  id: string
}

export interface MyStanding {
  ledger: string
  title: Text
  score: number
  crossed: number[]
  thresholds: { at: number; title: Text }[]
  sanctions: { kind: string; title: Text; from: string; until: string | null }[]
  entries: {
    id: string
    at: string
    title: Text
    points: number
    expires_at: string | null
    reversed: boolean
    quiz: StandingEntry['quiz']
  }[]
}

export interface MyOverview {
  party: Party
  standing: MyStanding[]
  violations: number
  appeals_open: number
  documents_open: number
}

export interface MyViolation {
  notice_id: string
  at: string
  title: Text
  subject: Party
  status: 'in_force' | 'appealed' | 'asked' | 'restored' | 'over'
  points: number
  actions: { action_id: string; title: Text; markets: string[]; until: string | null; lifted_at: string | null }[]
  appeal: { status: string; filed_at: string; due_at: string; decided_at: string | null; note: string | null } | null
  appeal_until: string | null
  may_appeal: boolean
  /** A further chance at the same level needs something new. */
  needs_evidence: boolean
  chances_left: number
  why_not: string | null
}

interface Statement {
  title: string
  body: string
  what: string
  why: string
  evidence: string
  law: string
  fix: string
}

export interface MyViolationDetail extends MyViolation {
  /** Notices that a restriction ran out by itself. */
  ended: { at: string; text: { zh: Statement; en: Statement } }[]
  statement: { zh: Statement; en: Statement }
  appeal_text: string | null
  appeal_files: FileInfo[]
  answer: { zh: { body: string }; en: { body: string } } | null
}

export interface MyRequest {
  action_id: string
  at: string
  subject: Party
  what: Text
  open: boolean
  answers: {
    answer_id: string
    at: string
    text: string
    documents: { kind: string; number: string }[]
    files: FileInfo[]
  }[]
}

export interface InvitationFor {
  name: string
  role: string
  party: Party
  until: string
}
