import type { Value } from '../../kernel/values.ts'

export type ColumnKind = 'number' | 'integer' | 'value'
export type ColumnValues = Float64Array | Int32Array | readonly Value[]

/** The facts as a sweep reads them: a connection of its own, on which temporary tables may be made. */
export interface ColumnStore {
  run(sql: string): Promise<void>
  /** The rows of a SELECT as columns; `number` = DOUBLE and `integer` = INTEGER, both without NULL; `value` = anything. */
  columns(sql: string, kinds: readonly ColumnKind[]): Promise<Rows>
}

/**
 * Receives each event in scope: bits of the conditions that are TRUE, and of those that are NULL, 30 to a word. The
 * arrays are used again for the next event.
 */
export type Visit = (position: number, trues: Int32Array, nulls: Int32Array, measure: Measure) => void

/** A measure of the event that is being visited; NaN where it is NULL. */
export type Measure = (index: number) => number

export interface Rows {
  readonly rows: number
  readonly columns: readonly ColumnValues[]
}
