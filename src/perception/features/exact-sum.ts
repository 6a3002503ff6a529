/**
 * Sums that do not depend on the order of addition, so that a value may leave the window again and both engines agree.
 *
 * A value below 2^50 is rounded to a multiple of 2^-60 (every double from 2^-8 up is one already), and the multiples are
 * added as a 128-bit integer: `high * 2^64 + middle * 2^32 + low`. The total is rounded to DOUBLE once. DuckDB does the
 * same with HUGEINT (docs/decisions/0010-window-sums.md says why its own sum of DOUBLE cannot be the reference).
 */
export const exactLimit = 2 ** 50

const scale = 2 ** 60
const word = 2 ** 32
const wide = 2 ** 64

/** The arrays that hold sums. */
export interface SumAt {
  readonly floats: Float64Array
  readonly ints: Int32Array
}

/**
 * Adds `value` (magnitude below `exactLimit`); adding its negative takes it away. `high` is at `f` of the floats, `middle`
 * and `low` at `i` and `i + 1` of the ints.
 */
export function addExact(at: SumAt, f: number, i: number, value: number): void {
  const scaled = roundHalfEven(Math.abs(value) * scale)
  const sign = value < 0 ? -1 : 1
  const top = Math.floor(scaled / wide)
  const rest = scaled - top * wide
  const middle = Math.floor(rest / word)
  const low = (at.ints[i + 1]! >>> 0) + sign * (rest - middle * word)
  const lowCarry = low >= word ? 1 : low < 0 ? -1 : 0
  const mid = (at.ints[i]! >>> 0) + sign * middle + lowCarry
  const midCarry = mid >= word ? 1 : mid < 0 ? -1 : 0
  at.ints[i + 1] = (low - lowCarry * word) | 0
  at.ints[i] = (mid - midCarry * word) | 0
  at.floats[f] = at.floats[f]! + sign * top + midCarry
}

/** The total as the nearest DOUBLE. */
export function readExact(at: SumAt, f: number, i: number): number {
  const high = at.floats[f]!
  const middle = at.ints[i]! >>> 0
  const low = at.ints[i + 1]! >>> 0
  const upper = high * word + middle
  if (Math.abs(upper) < 2 ** 53) return (upper * word + low) / scale
  // The low word is now far below half a unit of the result: only whether it is zero can matter (round to odd), so
  // high and the rest are both exact doubles and their sum is rounded once.
  const sticky = (low >>> 29) | ((low & 0x1fffffff) === 0 ? 0 : 1)
  return ((high * 2 ** 35 + (middle * 8 + sticky)) * 2 ** 29) / scale
}

/** Integer nearest to a `value` from 0 up, ties to even, as DuckDB casts DOUBLE to HUGEINT. */
function roundHalfEven(value: number): number {
  if (value >= 2 ** 52) return value
  return value + 2 ** 52 - 2 ** 52
}

/** Values that no fixed-point sum can hold: NaN, infinities, magnitudes from `exactLimit` up. */
export interface Special {
  nan: number
  plus: number
  minus: number
  /** Oldest first; finite. */
  readonly huge: number[]
}

export const isSpecial = (value: number): boolean => !(Math.abs(value) < exactLimit)

/** Notes a special value of `slot`, or takes the oldest such one away when `sign` is -1. */
export function addSpecial(all: Map<number, Special>, slot: number, change: { value: number; sign: 1 | -1 }): void {
  const { value, sign } = change
  const known = all.get(slot)
  const special = known ?? { nan: 0, plus: 0, minus: 0, huge: [] }
  if (!known) all.set(slot, special)
  if (Number.isNaN(value)) special.nan += sign
  else if (value === Number.POSITIVE_INFINITY) special.plus += sign
  else if (value === Number.NEGATIVE_INFINITY) special.minus += sign
  else if (sign === 1) special.huge.push(value)
  else special.huge.splice(special.huge.indexOf(value), 1)
  if (!special.nan && !special.plus && !special.minus && special.huge.length === 0) all.delete(slot)
}

/** The DOUBLE sum of the special values. */
export function readSpecial(special: Special): number {
  if (special.nan > 0 || (special.plus > 0 && special.minus > 0)) return Number.NaN
  if (special.plus > 0) return Number.POSITIVE_INFINITY
  if (special.minus > 0) return Number.NEGATIVE_INFINITY
  return special.huge.reduce((sum, value) => sum + value, 0)
}
