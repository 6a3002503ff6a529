import type { Text } from '../types.ts'

export interface RightRow {
  right_id: string
  type: string
  type_title: Text
  office: string
  number: string
  owner: string
  brand: string
  aliases: string[]
  classes: string[]
  territory: string[]
  valid_to: string | null
  documents: string[]
  ended: boolean
}

export interface AuthorisationRow {
  authorisation_id: string
  brand: string
  seller: string
  parent: string | null
  classes: string[]
  territory: string[]
  channels: string[]
  from: string | null
  until: string | null
  ended: boolean
}

export interface AuthorisationAnswer {
  authorised: boolean
  chain: string[]
  reason: Text
  owners: string[]
  /** Registered writings that the asked one looks like, when it is not registered itself. */
  suggestions?: { right_id: string; brand: string; writing: string; by: 'look-alike' | 'near'; score: number }[]
}

export interface ClaimRow {
  notice_id: string
  source: string
  reason: string
  subject: { type: string; id: string; title: string | null }
  party: { type: string; id: string } | null
  markets: string[]
  case_id: string | null
  status: string
  received_at: string
  timer: { rule: string; proof_until: string; restore_by: string } | null
  events: { at: string; type: string; text: string; actor: string }[]
}

export interface NotifierRow {
  source: string
  status: string
  decided: number
  success: number | null
  countered: number | null
  locked_until: string | null
}

export interface InfringerRow {
  party_type: string
  party_id: string
  violations: number
  repeat: boolean
}
