import type { Text } from '../types.ts'

/** Answers about imports and quarantine. */

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
