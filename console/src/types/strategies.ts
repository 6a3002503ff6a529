import type { Estimate, NamedRef, Severity, Text } from '../types.ts'
import type { Evidence, PolicyText } from './cases.ts'

/** Answers about packs and their strategies. */

export interface PackRow {
  pack: string
  version: number | string | null
  title: Text
  owner: string | null
  status: 'live' | 'invalid'
  problems: { file: string; line: number | null; message: Text; fix: Text | null }[]
  strategies: number
  live: number
  shadow: number
  cases: { total: number; traps: number }
  loaded_at: string | null
}

export interface StrategyRow {
  strategy: string
  version: number | string
  pack: string
  title: Text
  policy: string
  severity: Severity
  verdict: string
  mode: 'live' | 'shadow' | 'canary'
  /** Percent of subjects that a canary acts on. */
  canary: number | null
  /** What pulls the brake. */
  limits: Record<string, number> | null
  on: string[]
  markets: string[] | null
  when: string
  owner: string | null
  hits: number
  hits_24h: number
  hits_7d: number
  unknown_24h: number
  precision: Estimate | null
  spark: number[]
}

/** The count of strategies is replaced by the strategies themselves. */
export interface PackDetail extends Omit<PackRow, 'strategies'> {
  policies: (Partial<PolicyText> & { id: string; title: Text })[]
  strategies: StrategyRow[]
  signals: { id: string; kind: string; title?: Text }[]
  features: { id: string; title: Text; sql: string }[]
  lists: { id: string; title: Text; owner: string; entries: number }[]
  warnings?: { code: string; file: string; line: number | null; message: Text; fix: Text | null }[]
  /** Work that one event of each type costs at most. */
  costs: { type: string; strategies: number; own: number; reads: number }[]
  case_list: { name: string; trap: boolean; expected: unknown }[]
}

export interface PackTest {
  passed: number
  failed: number
  failures: { case: string; trap: boolean; diff: string[] }[]
}

export interface StrategyDetail extends StrategyRow {
  policy_detail?: PolicyText | null
  columns: { name: string; type: string; kind: 'field' | 'signal' | 'feature' }[]
  recent: {
    decision_id: string
    at: string
    version: number
    mode: string
    subject: NamedRef
    verdict: string
    evidence: Evidence[]
  }[]
  daily: { day: string; hits: number; unknown: number }[]
  cases: { name: string; trap: boolean; expected: unknown }[]
  /** Units of work of one evaluation; a comparison is 1. */
  cost: { own: number; reads: number }
  brake: {
    held: 'brake' | 'recall' | null
    last_hour: number
    last_day: number
    limits: { per_hour: number; per_day: number; share: number; jump: number }
  }
  /** Static findings about it. */
  warnings: { code: string; file: string; line: number | null; message: Text; fix: Text | null }[]
  file: string | null
  duck_sql: string
}

export interface RecallReply {
  decisions: number
  actions: { reversed: number; narrowed: number; kept: number }
  points: { entries: number; points: number }
  cases_open: number
  by_kind: { kind: string; title: Text; count: number }[]
  by_party: { party: string; count: number }[]
}

export interface AlertRow {
  alert_id: string
  at: string
  strategy: string
  version: number
  title: Text
  detail: Text
  since: string | null
}
