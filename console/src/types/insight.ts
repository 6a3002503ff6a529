import type { Text } from '../types.ts'

/** Answers about indicators and from the SQL workbench. */

export interface IndicatorRow {
  indicator: string
  title: Text
  unit: Text
  owner: string | null
  direction: 'up_is_good' | 'down_is_good'
  value: number | null
  low: number | null
  high: number | null
  n: number | null
  previous: number | null
  at: string | null
  target: number | null
  spark: (number | null)[]
}

export interface SeriesPoint {
  at: string
  value: number | null
  low: number | null
  high: number | null
  n: number | null
  key?: string | null
}

export interface IndicatorDetail extends IndicatorRow {
  formula: Text
  pitfall: Text | null
  sql: string
  dimensions: string[]
  series: SeriesPoint[]
  fresh_at: string | null
  annotations: { at: string; title: Text }[]
}

export type Cell = string | number | boolean | null | unknown[]

export interface SqlReply {
  columns: { name: string; type: string }[]
  rows: Cell[][]
  rows_total_known: boolean
  truncated: boolean
  seconds: number
  bytes?: number
}

export interface SqlTable {
  name: string
  title: Text
  columns: { name: string; type: string; title: Text | null }[]
  rows: number | null
}

export interface SqlCheck {
  ok: boolean
  error?: { message: string | Text; position: number | null; candidates?: string[] }
}
