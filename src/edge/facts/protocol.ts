import type { Found, SweepRequest } from '../../judgement/backtest/index.ts'
import type { Problem } from '../../kernel/problems.ts'

/** How a query may run. */
export interface QueryOptions {
  /** Most rows in the answer. */
  readonly limit: number
  readonly timeoutMs: number
  /** True for our own queries: no check of the text, parameters allowed. Analysts' SQL is always checked. */
  readonly trusted: boolean
  readonly params?: readonly (string | number | boolean | null)[]
}

export interface QueryResult {
  readonly columns: readonly { name: string; type: string }[]
  readonly rows: readonly (readonly unknown[])[]
  readonly truncated: boolean
  readonly seconds: number
}

/** Messages to the process that holds the facts. */
export type ToFacts =
  | { readonly kind: 'follow' }
  | { readonly kind: 'query'; readonly id: number; readonly sql: string; readonly options: QueryOptions }
  | { readonly kind: 'sweep'; readonly id: number; readonly request: SweepRequest; readonly options: QueryOptions }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'stop' }

/** Messages from it. */
export type FromFacts =
  | { readonly kind: 'ready'; readonly position: number; readonly seq: number }
  | { readonly kind: 'progress'; readonly position: number; readonly seq: number }
  | { readonly kind: 'result'; readonly id: number; readonly result: QueryResult }
  | { readonly kind: 'swept'; readonly id: number; readonly found: Found }
  | { readonly kind: 'refused'; readonly id: number; readonly problem: Problem }
  | { readonly kind: 'failed'; readonly message: string; readonly code: string }
