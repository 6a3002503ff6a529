/** The HTTP contract as the console reads it: one type per answer of `/v1`, by area in `types/`. Here is what all areas share. Times are ISO 8601 in UTC. */

export interface Text {
  zh: string
  en: string
}

export interface Page<T> {
  items: T[]
  next: string | null
  total?: number
}

export interface Problem {
  code: string
  status: number
  title?: Text
  detail?: Text
  fix?: Text
  field?: string
  value?: unknown
  request_id?: string
  /** Refused SQL: the expression with a caret under the place, the offset of it, and what may have been meant. */
  caret?: string
  position?: number
  suggestion?: Text | string
  candidates?: string[]
}

export type Language = 'zh' | 'en'

export type Theme = 'system' | 'light' | 'dark'

export type Severity = 'S1' | 'S2' | 'S3' | 'S4'

export interface Ref {
  type: string
  id: string
}

export interface NamedRef extends Ref {
  name?: string
  title?: string
}

export interface Person {
  id: string
  name: string
}

export interface Session {
  user: {
    id: string
    login: string
    name: string
    roles: string[]
    preferences: { language?: Language; theme?: Theme; single_keys?: boolean }
  }
  permissions: string[]
  /** The merchant or creator that this person is; null for everybody inside. */
  party: { type: string; id: string } | null
}

export type Data = Record<string, unknown>

export interface Estimate {
  value: number
  low: number
  high: number
  n: number
}

export interface Vocabulary {
  subject_types: { id: string; title: Text }[]
  event_types: { type: string; title: Text; fields: { name: string; type: string }[] }[]
  markets: { id: string; title: Text; group: string | null }[]
  verdicts: { id: string; title: Text }[]
  severities: { id: string; title: Text }[]
  roles: { id: string; title: Text; permissions: string[] }[]
  queues: { id: string; title: Text }[]
  action_kinds: { id: string; title: Text; inverse: string | null }[]
  policies: { id: string; title: Text; severity: Severity; pack: string }[]
  batch_strategies: { id: string; title: Text }[]
  /** Origins whose images may be loaded. */
  image_hosts: string[]
}
