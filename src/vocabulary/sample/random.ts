/** A small seeded generator (mulberry32); the same seed gives the same numbers on every machine. */
export interface Random {
  /** A number in [0, 1). */
  next(): number
  /** A whole number in [0, bound). */
  below(bound: number): number
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number
  chance(probability: number): boolean
  pick<T>(items: readonly T[]): T
  /** An independent generator whose numbers depend only on the seed and `label`. */
  fork(label: string): Random
}

/** FNV-1a over UTF-16 units, mixed with `seed`. */
export function hashText(text: string, seed: number): number {
  let hash = (2166136261 ^ seed) >>> 0
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 16777619)
  }
  hash ^= hash >>> 15
  return Math.imul(hash, 2246822519) >>> 0
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const below = (bound: number): number => Math.floor(next() * bound)
  return {
    next,
    below,
    between: (low, high) => low + below(high - low + 1),
    chance: (probability) => next() < probability,
    pick: (items) => {
      const item = items[below(items.length)]
      if (item === undefined) throw new Error('cannot pick from an empty list; give the list at least one item')
      return item
    },
    fork: (label) => createRandom(hashText(label, seed)),
  }
}

/** A picker that draws `items` with the given weights. */
export function weighted<T>(items: readonly (readonly [T, number])[]): (random: Random) => T {
  const total = items.reduce((sum, [, weight]) => sum + weight, 0)
  return (random) => {
    let left = random.next() * total
    for (const [item, weight] of items) {
      left -= weight
      if (left < 0) return item
    }
    const last = items.at(-1)
    if (last === undefined) throw new Error('cannot draw from an empty table; give it at least one row')
    return last[0]
  }
}

/** `number` as eight characters that do not show in which order things were created (a bijection on 32 bits). */
export function scramble(number: number): string {
  return (Math.imul(number + 1, 2654435761) >>> 0).toString(36).toUpperCase().padStart(7, '0')
}
