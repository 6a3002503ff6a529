import type { Value } from '../../kernel/values.ts'
import type { Aggregate } from './model.ts'

/** Rows in time order, as columns; `logged_at` in microseconds. */
export interface WindowBatch {
  readonly rows: number
  readonly time: Float64Array
  /** Code of the row's key, from 0 up; `~code` (below 0) where the row only asks and does not enter the window. */
  readonly codes: Int32Array
  /** The argument of sum and avg; of min, max, first and last where it is a number or a time. */
  readonly values: Float64Array | null
  /** Where first and last may meet NULL: 1 = the number is NULL. */
  readonly nulls: Int32Array | null
  /** The argument of min, max, first and last where it is a text or a boolean. */
  readonly cells: readonly Value[] | null
  /** For DISTINCT: code of the pair of key and argument. */
  readonly pairs: Int32Array | null
}

/** What a window said for each row of a batch; `empty[i]` = 1 where the value is NULL. */
export interface WindowValues {
  readonly values: Float64Array
  readonly empty: Uint8Array
  /** Texts and booleans; null for a window of numbers. */
  readonly cells: Value[] | null
}

export interface ColumnWindowShape {
  readonly aggregate: Aggregate
  readonly distinct: boolean
  /** Width of the closed frame in microseconds; null = everything before. */
  readonly rangeMicros: number | null
  /** Whether the values are numbers (times too), and not texts or booleans. */
  readonly isNumber: boolean
  /** How many keys, and pairs of key and argument, have codes. */
  readonly keys: number
  readonly pairs: number
}

/** How rows change and are read from the state of their keys. */
export interface Tally {
  enter(batch: WindowBatch, row: number, key: number): void
  leave(batch: WindowBatch, row: number, key: number): void
  read(batch: WindowBatch, out: WindowValues, row: number, key: number): void
}
