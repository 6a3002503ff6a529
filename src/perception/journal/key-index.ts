/** Where each key's entry stands: 64-bit key hash → position. Equal hashes may stand several times. */
export interface KeyIndex {
  readonly size: number
  readonly bytes: number
  add(lo: number, hi: number, position: number): void
  /** The first position under this hash that `matches` accepts, or -1. */
  find(lo: number, hi: number, matches: (position: number) => boolean): number
  /** Makes room for `more` keys at once, so that loading does not rehash. */
  reserve(more: number): void
}

interface Shard {
  count: number
  capacity: number
  lo: Uint32Array
  hi: Uint32Array
  /** Position + 1; 0 = free. */
  position: Float64Array
}

const shardCount = 256
const maxLoad = 0.8
const growth = 1.3

/**
 * Open addressing in 256 shards. A shard grows alone (a 256th of the keys move), and the shards start at staggered
 * sizes so that they do not grow together: no pause grows with the journal in one piece.
 */
export function createKeyIndex(): KeyIndex {
  const shards = Array.from({ length: shardCount }, (_, number) =>
    createShard(Math.ceil(16 * growth ** (number / shardCount))),
  )
  let size = 0
  return {
    get size() {
      return size
    },
    get bytes() {
      return shards.reduce((sum, shard) => sum + shard.capacity * 16, 0)
    },
    add(lo, hi, position) {
      let shard = shards[lo & 255]!
      if (shard.count >= shard.capacity * maxLoad)
        shards[lo & 255] = shard = resize(shard, Math.ceil(shard.capacity * growth))
      put(shard, lo, hi, position + 1)
      size++
    },
    find(lo, hi, matches) {
      const shard = shards[lo & 255]!
      for (let slot = home(hi, shard.capacity); shard.position[slot] !== 0; slot = after(slot, shard.capacity))
        if (shard.lo[slot] === lo && shard.hi[slot] === hi && matches(shard.position[slot]! - 1))
          return shard.position[slot]! - 1
      return -1
    },
    reserve(more) {
      shards.forEach((shard, number) => {
        const wanted = Math.ceil(((size + more) / shardCount / maxLoad) * 1.03 * (1 + (number / shardCount) * 0.25))
        if (wanted > shard.capacity) shards[number] = resize(shard, wanted)
      })
    },
  }
}

function createShard(capacity: number): Shard {
  return {
    count: 0,
    capacity,
    lo: new Uint32Array(capacity),
    hi: new Uint32Array(capacity),
    position: new Float64Array(capacity),
  }
}

function home(hi: number, capacity: number): number {
  return Math.floor((hi / 4294967296) * capacity)
}

function after(slot: number, capacity: number): number {
  return slot + 1 === capacity ? 0 : slot + 1
}

function put(shard: Shard, lo: number, hi: number, stored: number): void {
  let slot = home(hi, shard.capacity)
  while (shard.position[slot] !== 0) slot = after(slot, shard.capacity)
  shard.lo[slot] = lo
  shard.hi[slot] = hi
  shard.position[slot] = stored
  shard.count++
}

function resize(from: Shard, capacity: number): Shard {
  const to = createShard(capacity)
  for (let slot = 0; slot < from.capacity; slot++)
    if (from.position[slot] !== 0) put(to, from.lo[slot]!, from.hi[slot]!, from.position[slot]!)
  return to
}
