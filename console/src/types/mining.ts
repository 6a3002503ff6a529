import type { Estimate, Text } from '../types.ts'

/** Backtests and mining, as `/v1/strategies/backtest` and `/v1/mining` answer. */

export interface BacktestLine {
  position: number
  type: string
  subject_type: string
  subject_id: string
  title: string | null
  missing?: { part: string; value: number | null; limit: number | null }[]
}

export interface BacktestReply {
  /** False: the newest events were not in the facts yet. */
  caught_up: boolean
  engine: 'sql' | 'sweep' | 'stream'
  days: number
  events: number
  hits: number
  hits_per_day: number
  unknown: number
  increment: number
  sellers: number
  labels: { violation: number; ok: number; overturned: number; unlabelled: number }
  precision: Estimate | null
  overlap: { strategy: string; findings: number; both: number; increment: number }[]
  by_day: { day: string; hits: number }[]
  by_market: { market: string; hits: number }[]
  by_category: { category: string; hits: number }[]
  by_tier: { tier: string; hits: number; sellers: number }[]
  blocked_gmv: { currency: string; amount: number; orders: number }[]
  sample: BacktestLine[]
  nearest_misses: BacktestLine[]
}

export interface MinableLabel {
  type: string
  label: 'violation' | 'ok'
  policy: string | null
  n: number
}

export interface Proposal {
  when: string
  on: string
  support: number
  precision: Estimate
  trained: { support: number; precision: Estimate }
  recall: number
  increment: number
  card: BacktestReply
  policy: string
  draft: string
}

export interface MiningReply {
  type: string
  label: string
  rows: number
  positives: number
  split_at: string | null
  older: { rows: number; positives: number }
  newer: { rows: number; positives: number }
  known: number
  unproven: number
  tried: { conditions: number; rules: number; proved: number }
  proposals: Proposal[]
  why: Text | null
}
