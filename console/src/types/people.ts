/** Answers about people, tokens and what they did. */

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
