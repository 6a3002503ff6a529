import type { Estimate, Severity, Text } from '../types.ts'

export type RunStatus =
  | 'planned'
  | 'running'
  | 'failed'
  | 'finished'
  | 'held'
  | 'approved'
  | 'refused'
  | 'superseded'
  | 'applied'

export interface BatchFault {
  kind: string
  title: Text
  detail: Text
}

export interface BatchRun {
  run_id: string
  at: string
  strategy: string
  version: number
  mode: string
  kind: string
  attempt: number
  window_from: string
  window_to: string
  due: string
  actor: string
  status: RunStatus
  late: boolean
  seconds: number | null
  rows_in: number | null
  hits: number | null
  fresh: number | null
  repeats: number | null
  canaries: { expected: number; missed: string[] } | null
  psi: number | null
  faults: BatchFault[]
}

export interface BatchAlert {
  alert_id: string
  at: string
  fault: string
  level: 'watch' | 'warn'
  title: Text
  detail: Text
}

export interface BatchRow {
  strategy: string
  pack: string
  version: number
  title: Text
  policy: string
  severity: Severity
  verdict: string
  mode: string
  enabled: boolean
  owner: string | null
  cron: string
  timezone: string
  after_s: number
  window: string
  cap: number
  expires: string
  next_run: string | null
  expectation: { expected: number; actual: number }
  /** Newest first. */
  runs: BatchRun[]
  alerts: BatchAlert[]
}

export interface BatchInputMeasure {
  table: string
  where: string | null
  rows: number
  age_s: number | null
  nulls: Record<string, number>
  psi: number | null
  psi_noise: number | null
}

export interface BatchLabels {
  violation: number
  ok: number
  unlabelled: number
}

export interface BatchDetail extends BatchRow {
  note: Text | null
  query: string
  contract: {
    table: string
    where?: string
    min_rows: number
    max_age: string
    not_null?: string[]
    population?: string
  }[]
  output: { min?: number; max: number; score?: [number, number] }
  actions: string[] | null
  markets: string[]
  canaries: string[]
  cases: { name: string; trap: boolean; expect: string[] }[]
  all_runs: BatchRun[]
  labels: BatchLabels
  precision: Estimate | null
}

export interface BatchHit {
  subject_type: string
  subject_id: string
  party_type: string | null
  party_id: string | null
  score: number
  evidence: Record<string, unknown>
  standing: 'fresh' | 'repeat' | null
  label?: 'violation' | 'ok' | null
}

export interface BatchDifference {
  entered: number
  left: number
  stayed: number
}

export interface BatchRunDetail extends BatchRun {
  inputs: BatchInputMeasure[]
  events: { type: string; at: string; actor: string; note: Record<string, unknown> | null }[]
  against: string | null
  difference: BatchDifference
  entered: string[]
  left: BatchHit[]
  hit_list: BatchHit[]
}

export interface BatchDryRun {
  strategy: string
  version: number
  window_from: string
  window_to: string
  report: Pick<BatchRun, 'seconds' | 'rows_in' | 'hits' | 'fresh' | 'repeats' | 'canaries' | 'psi'> & {
    faults: { kind: string; detail: Text }[]
  }
  against: string | null
  difference: BatchDifference
  labels: BatchLabels
  precision: Estimate | null
  hits: BatchHit[]
  entered: string[]
  left: string[]
}
