import type { Text } from '../types.ts'

/** Answers about lists. */

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
