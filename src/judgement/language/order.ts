import type { Value } from '../../kernel/values.ts'
import { compareNumber } from './numbers.ts'
import { compareText } from './text.ts'

/** DuckDB's order of two values of one scalar type: below 0, 0 or above 0. */
export function compareValues(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') return compareNumber(a, b)
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  return Number(a) - Number(b)
}
