/**
 * For count(DISTINCT): the running number of the last event of a key that carried a value. One table serves all windows
 * of a stream: a value is new to a window when its last number lies before the window, and it leaves the window with
 * that event. Open addressing in typed arrays, cut in shards so that growing one takes no noticeable time.
 */
export interface LastSeen {
  /** The last number of `value` under `slot`, or -1. */
  get(slot: number, value: number): number
  set(slot: number, value: number, sequence: number): void
  /** Sets the number and returns the one before, or -1. */
  swap(slot: number, value: number, sequence: number): number
  delete(slot: number, value: number): void
  size(): number
  bytes(): number
}

const shards = 256
const smallest = 8

interface Shard {
  mask: number
  used: number
  slots: Int32Array
  /** value, sequence, value, sequence … */
  pairs: Float64Array
}

const emptyShard = (capacity: number): Shard => ({
  mask: capacity - 1,
  used: 0,
  slots: new Int32Array(capacity).fill(-1),
  pairs: new Float64Array(capacity * 2),
})

const float = new Float64Array(1)
const words = new Int32Array(float.buffer)

function hashOf(slot: number, value: number): number {
  float[0] = value
  let hash = Math.imul(words[0]! ^ Math.imul(words[1]!, 0x85ebca6b), 0x9e3779b1) ^ Math.imul(slot, 0xc2b2ae35)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  hash = Math.imul(hash ^ (hash >>> 13), 0x297a2d39)
  return (hash ^ (hash >>> 16)) >>> 0
}

const same = (a: number, b: number): boolean => a === b || (Number.isNaN(a) && Number.isNaN(b))

/** Index of the entry, or of the hole where it would go. */
function locate(shard: Shard, hash: number, slot: number, value: number): number {
  let index = (hash >>> 8) & shard.mask
  while (shard.slots[index] !== -1) {
    if (shard.slots[index] === slot && same(shard.pairs[index * 2]!, value)) return index
    index = (index + 1) & shard.mask
  }
  return index
}

function resize(shard: Shard, capacity: number): void {
  const { slots, pairs } = shard
  Object.assign(shard, emptyShard(capacity))
  for (let index = 0; index < slots.length; index++) {
    const slot = slots[index]!
    if (slot === -1) continue
    const value = pairs[index * 2]!
    const to = locate(shard, hashOf(slot, value), slot, value)
    shard.used++
    shard.slots[to] = slot
    shard.pairs[to * 2] = value
    shard.pairs[to * 2 + 1] = pairs[index * 2 + 1]!
  }
}

/** Closes the hole at `hole` by moving later entries of the same run forward. */
function closeHole(shard: Shard, start: number): void {
  let hole = start
  let index = (hole + 1) & shard.mask
  while (shard.slots[index] !== -1) {
    const home = (hashOf(shard.slots[index]!, shard.pairs[index * 2]!) >>> 8) & shard.mask
    if (((index - home) & shard.mask) >= ((index - hole) & shard.mask)) {
      shard.slots[hole] = shard.slots[index]!
      shard.pairs[hole * 2] = shard.pairs[index * 2]!
      shard.pairs[hole * 2 + 1] = shard.pairs[index * 2 + 1]!
      hole = index
    }
    index = (index + 1) & shard.mask
  }
  shard.slots[hole] = -1
}

export function createLastSeen(): LastSeen {
  const all = Array.from({ length: shards }, () => emptyShard(smallest))
  let size = 0
  let capacity = shards * smallest
  const adjust = (shard: Shard): void => {
    const before = shard.mask + 1
    const after = shard.used * 4 > before * 3 ? before * 2 : shard.used * 8 < before ? before / 2 : before
    if (after === before || after < smallest) return
    resize(shard, after)
    capacity += after - before
  }
  const swap = (slot: number, value: number, sequence: number): number => {
    const hash = hashOf(slot, value)
    const shard = all[hash & (shards - 1)]!
    const index = locate(shard, hash, slot, value)
    const known = shard.slots[index] === slot
    const before = known ? shard.pairs[index * 2 + 1]! : -1
    shard.pairs[index * 2 + 1] = sequence
    if (known) return before
    shard.slots[index] = slot
    shard.pairs[index * 2] = value
    shard.used++
    size++
    adjust(shard)
    return -1
  }
  return {
    swap,
    set: (slot, value, sequence) => void swap(slot, value, sequence),
    get(slot, value) {
      const hash = hashOf(slot, value)
      const shard = all[hash & (shards - 1)]!
      const index = locate(shard, hash, slot, value)
      return shard.slots[index] === -1 ? -1 : shard.pairs[index * 2 + 1]!
    },
    delete(slot, value) {
      const hash = hashOf(slot, value)
      const shard = all[hash & (shards - 1)]!
      const index = locate(shard, hash, slot, value)
      if (shard.slots[index] === -1) return
      closeHole(shard, index)
      shard.used--
      size--
      adjust(shard)
    },
    size: () => size,
    bytes: () => capacity * 20,
  }
}
