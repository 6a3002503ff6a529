import type { Severity, Text } from '../types.ts'

/** Answers of /v1/quality, /v1/golden, /v1/calibrations and /v1/care. Shares are 0 to 1. */
export interface Measured {
  value: number | null
  low: number | null
  high: number | null
  n: number
}

export interface Outcome {
  outcome: string
  title: Text
}

interface Figures {
  decided: number
  handling_s: number | null
  golden: Measured
  agreement: { same: Measured; kappa: Measured; alpha: Measured }
  overturned: Measured
}

export interface Overview extends Figures {
  from: string
  to: string
  golden_s1: Measured
  automatic: {
    strata: { stratum: string; population: number; sampled: number; right: number; share: Measured }[]
    restrictions: Measured & { unseen: number }
    passed: Measured & { unseen: number }
  }
  repeated: { golden: number; second: number; sample: number; different: number }
}

export type ReviewerRow = Figures & { id: string; actor: string }
export type PolicyRow = Figures & { policy: string; title: Text; automatic: Measured }

export interface Repeated {
  case_id: string
  purpose: 'golden' | 'second' | 'sample'
  title: string
  severity: Severity
  policies: { id: string; title: Text }[]
  verdict: string
  expected: Outcome | null
  answer: Outcome
  actor: string
  by: string | null
  decided_at: string
  different: boolean | null
}

export interface Golden {
  golden_id: string
  case_id: string
  title: string
  outcome: Outcome
  policy: string | null
  reason: string
  at: string
  actor: string
}

export interface Settings {
  golden_share: number
  double_share: number
  sample: Record<string, number>
  budgets: Record<string, number>
  rotate_after: number
  break_after_minutes: number
}

export interface Session {
  calibration_id: string
  title: string
  cases: number
  at: string
  actor: string
}

interface Answer extends Outcome {
  note: string
  actor: string
  at: string
}

export interface SessionDetail {
  calibration_id: string
  title: string
  at: string
  actor: string
  alpha: Measured | null
  items: {
    case_id: string
    title: string
    severity: Severity
    event: { type: string; data: Record<string, unknown> }
    answered: number
    mine: Answer | null
    agreed: Answer | null
    answers: Answer[]
  }[]
}

export interface CareState {
  exposures: { harm: string; title: Text; seen: number; budget: number }[]
  streak: { harm: string; cases: number } | null
  minutes: number
  pause: Text | null
  care: { blur: boolean; grey: boolean; mute: boolean }
}
