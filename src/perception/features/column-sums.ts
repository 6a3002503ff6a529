import { addExact, addSpecial, isSpecial, readExact, readSpecial, type Special } from './exact-sum.ts'

/** Sums of many keys with the law of `exact-sum.ts`: multiples of 2^-60, added exactly, rounded once. */
export interface Sums {
  /** Adds `value` to the key's sum, or takes it away when `sign` is -1. */
  add(key: number, value: number, sign: 1 | -1): void
  /** How many values are in the sum. */
  count(key: number): number
  total(key: number): number
}

// Adding and subtracting 1.5 * 2^n rounds to the unit of the last place of a number that size, ties to even.
const toCoarse = 1.5 * 2 ** 38 // multiples of 2^-14
const toFine = 1.5 * 2 ** -8 // multiples of 2^-60
const mostValue = 2 ** 36
const mostCoarse = 2 ** 38
const mostFine = 2 ** -8

/** Places of one key, so that it touches one line of the cache: coarse part, fine part, count. */
const stride = 4

/**
 * A sum is kept as two DOUBLE: multiples of 2^-14 below 2^39, and multiples of 2^-60 below 2^-7. Both hold exactly, so
 * their one addition is the total rounded once. Sums from 2^38 (2.7 * 10^11) up move all keys to 128-bit integers.
 */
export function createSums(keys: number): Sums {
  const state = new Float64Array(stride * keys)
  const specials = new Map<number, Special>()
  let wide: ReturnType<typeof createWideSums> | null = null

  /** The key's parts and all others as integers; from here on sums may have any size. */
  function widen(): ReturnType<typeof createWideSums> {
    const made = createWideSums(keys)
    for (let key = 0; key < keys; key++) {
      made.add(key, state[stride * key]!)
      made.add(key, state[stride * key + 1]!)
    }
    return made
  }

  function addWide(key: number, value: number): void {
    wide ??= widen()
    wide.add(key, value)
  }

  return {
    add(key, value, sign) {
      const at = stride * key
      state[at + 2]! += sign
      if (!(Math.abs(value) < mostValue)) {
        if (isSpecial(value)) addSpecial(specials, key, { value, sign })
        else addWide(key, sign * value)
        return
      }
      if (wide !== null) return wide.add(key, sign * value)
      const coarse = value + toCoarse - toCoarse
      let large = state[at]! + sign * coarse
      let small = state[at + 1]! + sign * (value - coarse + toFine - toFine)
      if (small >= mostFine || small <= -mostFine) {
        const carried = small + toCoarse - toCoarse
        large += carried
        small -= carried
      }
      if (large >= mostCoarse || large <= -mostCoarse) return addWide(key, sign * value)
      state[at] = large
      state[at + 1] = small
    },
    count: (key) => state[stride * key + 2]!,
    total(key) {
      const special = specials.size > 0 ? specials.get(key) : undefined
      const sum = wide === null ? state[stride * key]! + state[stride * key + 1]! : wide.total(key)
      return special ? sum + readSpecial(special) : sum
    },
  }
}

function createWideSums(keys: number) {
  const at = { floats: new Float64Array(keys), ints: new Int32Array(2 * keys) }
  return {
    add: (key: number, value: number): void => addExact(at, key, 2 * key, value),
    total: (key: number): number => readExact(at, key, 2 * key),
  }
}
