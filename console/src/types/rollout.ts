import type { Estimate, Severity, Text } from '../types.ts'
import type { BacktestReply } from './mining.ts'

/** Answers about drafts, publication and rollout of strategies. */

export type RolloutState = 'shadow' | 'canary' | 'live' | 'retired'

/** A strategy as it is written; a draft may lack fields or hold wrong ones. */
export interface StrategyFields {
  id: string
  version: number
  title: Text
  policy: string
  on: string[]
  markets: string[]
  when: string
  verdict: string
  owner: string
  evidence?: string[]
  actions?: string[]
  limits?: Record<string, number>
  note?: Text
  [other: string]: unknown
}

export interface DraftCase {
  name: string
  trap?: boolean
  event: Record<string, unknown>
  expect: { verdict?: string; strategies?: string[]; not_strategies?: string[]; [other: string]: unknown }
  [other: string]: unknown
}

export interface Fault {
  code?: string
  file: string
  line: number | null
  message: Text
  fix: Text | null
}

export interface DraftRow {
  draft_id: string
  revision: number
  pack: string
  at: string
  actor: string
  note: string
  id: string | null
  version: number | null
  title: Text | null
}

export interface Draft extends DraftRow {
  text: string
  cases: string
  strategy: Partial<StrategyFields> | null
  case_list: DraftCase[] | null
  check: {
    problems: Fault[]
    warnings: Fault[]
    severity: Severity | null
    second_person: Text | null
    needs_backtest: boolean
    cost: { own: number; reads: number } | null
  }
  obstacles: { code: string; message: Text; fix: Text }[]
  revisions: { revision: number; at: string; actor: string }[]
  /** The newest impact card of the condition as it is now. */
  card: KeptCard | null
  requests: (Approval & { card: KeptCard | null })[]
  published: { strategy: string; version: number } | null
}

/** The figures of an impact card, as they were when somebody saw them. */
export interface KeptCard {
  card_id: string
  at: string
  actor: string
  revision: number
  condition: string
  hash: string
  figures: BacktestReply
}

/** A request that waits, or waited, for a second person. */
export interface Approval {
  approval_id: string
  status: 'open' | 'over' | 'approved' | 'refused' | 'withdrawn'
  operation: string
  /** In the list of all requests: what the operation does. */
  title?: Text
  /** In the list of all requests: the name of the person whom it would change. */
  person?: string | null
  /** What it is about: for strategies `<pack>/<strategy>@<version>`. */
  about: string
  input: Record<string, unknown>
  why: Text | null
  by: string
  at: string
  until: string
  mine: boolean
  may_decide: boolean
}

export interface ApprovalReply {
  outcome: string
  result?: { running?: string | null }
}

/** What a publication or a step came to: done, or it waits for a second person. */
export interface RolloutReply {
  status: 'done' | 'waiting'
  strategy: string
  version: number
  running: string | null
}

export interface DraftTest {
  passed: number
  failed: number
  failures: { case: string; trap: boolean; diff: string[]; before: boolean }[]
}

export interface ConditionCheck {
  ok: boolean
  error: { detail: Text; fix: Text; position: number; caret: string } | null
  columns: { name: string; type: string; kind: 'field' | 'signal' | 'feature' }[]
  cost: { own: number; reads: number } | null
  always: boolean | null
}

export interface EditorWords {
  columns: {
    name: string
    type: string
    kind: 'field' | 'signal' | 'feature' | 'list'
    pack: string | null
    title: Text | null
    list: string | null
  }[]
  functions: { name: string; doc: Text; example: string }[]
  packs: {
    pack: string
    title: Text
    owner: string
    policies: { id: string; title: Text; severity: Severity; points: number }[]
  }[]
}

export interface VersionView {
  version: number
  standing: RolloutState
  canary: number | null
  running: 'live' | 'shadow' | 'canary' | null
  origin: 'console' | 'files'
  strategy: Partial<StrategyFields> | null
  draft_id: string | null
  approved: boolean
  next: { to: RolloutState; second_person: Text | null }[]
  steps: {
    at: string
    from: string
    to: RolloutState
    canary: number | null
    reason: string
    cause: string
    actor: string
  }[]
}

export interface Versions {
  strategy: string
  versions: VersionView[]
  requests: Approval[]
}

export type Side = 'champion' | 'challenger' | 'both'

export interface Comparison {
  champion: number
  challenger: number
  events: number
  sides: Record<Side, { hits: number; violation: number; ok: number; unlabelled: number }>
  precision: { champion: Estimate | null; challenger: Estimate | null }
}

export interface ComparedEvent {
  position: number
  decision_id: string
  at: string
  side: Side
  event_type: string
  subject: { type: string; id: string }
  label: 'violation' | 'ok' | null
}
