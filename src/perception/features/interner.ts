import { hashText } from '../../kernel/hash.ts'

/** Texts as numbers, with reference counts: a text that no window holds any more is forgotten. */
export interface Interner {
  /** The number of `text`; a new one has no reference yet. */
  idOf(text: string): number
  textOf(id: number): string
  retain(id: number): void
  release(id: number): void
  /** Forgets texts that were looked up but never retained. Call once after every event. */
  settle(): void
  size(): number
  bytes(): number
}

const shards = 64
const smallest = 16

/** Copies a text out of the larger one it may be a slice of, which it would otherwise keep in memory. */
function detachText(text: string): string {
  return text.length < 13 ? text : Buffer.from(text, 'utf16le').toString('utf16le')
}

/** Numbers of the texts of one part of the hashes, by open addressing; 0 = free. */
interface Shard {
  mask: number
  used: number
  /** number, hash, number, hash … */
  pairs: Int32Array
}

const emptyShard = (capacity: number): Shard => ({ mask: capacity - 1, used: 0, pairs: new Int32Array(capacity * 2) })

export function createInterner(): Interner {
  const all = Array.from({ length: shards }, () => emptyShard(smallest))
  // Number 0 is never given out: in a column of text numbers it is free to mean NULL.
  const texts: string[] = ['']
  const hashes: number[] = [0]
  const references: number[] = [1]
  const free: number[] = []
  const loose: number[] = []
  let size = 0
  let capacity = shards * smallest
  let characters = 0

  function put({ pairs, mask }: Shard, id: number, hash: number): void {
    let index = (hash >>> 6) & mask
    while (pairs[index * 2] !== 0) index = (index + 1) & mask
    pairs[index * 2] = id
    pairs[index * 2 + 1] = hash
  }

  function resize(number: number, wanted: number): void {
    const { pairs, used, mask } = all[number]!
    const after = emptyShard(wanted)
    for (let at = 0; at < pairs.length; at += 2) if (pairs[at] !== 0) put(after, pairs[at]!, pairs[at + 1]!)
    after.used = used
    all[number] = after
    capacity += wanted - mask - 1
  }

  function add(text: string, hash: number): number {
    const number = hash & (shards - 1)
    if (all[number]!.used * 4 >= (all[number]!.mask + 1) * 3) resize(number, (all[number]!.mask + 1) * 2)
    const id = free.pop() ?? texts.length
    const own = detachText(text)
    texts[id] = own
    hashes[id] = hash
    references[id] = 0
    put(all[number]!, id, hash)
    all[number]!.used++
    loose.push(id)
    size++
    characters += own.length
    return id
  }

  /** Takes the number out of its shard and closes the hole by moving later ones of the same run forward. */
  function forget(id: number): void {
    const number = hashes[id]! & (shards - 1)
    const shard = all[number]!
    const { pairs, mask } = shard
    let hole = (hashes[id]! >>> 6) & mask
    while (pairs[hole * 2] !== id) hole = (hole + 1) & mask
    for (let index = (hole + 1) & mask; pairs[index * 2] !== 0; index = (index + 1) & mask) {
      const home = (pairs[index * 2 + 1]! >>> 6) & mask
      if (((index - home) & mask) < ((index - hole) & mask)) continue
      pairs[hole * 2] = pairs[index * 2]!
      pairs[hole * 2 + 1] = pairs[index * 2 + 1]!
      hole = index
    }
    pairs[hole * 2] = 0
    shard.used--
    characters -= texts[id]!.length
    size--
    texts[id] = ''
    references[id] = -1
    free.push(id)
    if (shard.used * 8 < mask + 1 && mask + 1 > smallest) resize(number, (mask + 1) / 2)
  }

  return {
    idOf(text) {
      const hash = hashText(text)
      const { pairs, mask } = all[hash & (shards - 1)]!
      let index = (hash >>> 6) & mask
      for (let id = pairs[index * 2]!; id !== 0; id = pairs[index * 2]!) {
        if (pairs[index * 2 + 1] === hash && texts[id] === text) return id
        index = (index + 1) & mask
      }
      return add(text, hash)
    },
    textOf: (id) => texts[id]!,
    retain(id) {
      references[id] = references[id]! + 1
    },
    release(id) {
      references[id] = references[id]! - 1
      if (references[id] === 0) loose.push(id)
    },
    settle() {
      for (let id = loose.pop(); id !== undefined; id = loose.pop()) if (references[id] === 0) forget(id)
    },
    size: () => size,
    // Three array cells of 8, string header 24, one byte a character for Latin text, two for others: 1.5.
    bytes: () => capacity * 8 + texts.length * 24 + size * 24 + Math.ceil(characters * 1.5),
  }
}
