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
  ids: Int32Array
}

const emptyShard = (capacity: number): Shard => ({ mask: capacity - 1, used: 0, ids: new Int32Array(capacity) })

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

  function put(shard: Shard, id: number): void {
    let index = (hashes[id]! >>> 6) & shard.mask
    while (shard.ids[index] !== 0) index = (index + 1) & shard.mask
    shard.ids[index] = id
    shard.used++
  }

  function resize(number: number, wanted: number): void {
    const before = all[number]!
    const after = emptyShard(wanted)
    for (const id of before.ids) if (id !== 0) put(after, id)
    all[number] = after
    capacity += wanted - before.ids.length
  }

  function add(text: string, hash: number): number {
    const number = hash & (shards - 1)
    if (all[number]!.used * 4 >= all[number]!.ids.length * 3) resize(number, all[number]!.ids.length * 2)
    const id = free.pop() ?? texts.length
    const own = detachText(text)
    texts[id] = own
    hashes[id] = hash
    references[id] = 0
    put(all[number]!, id)
    loose.push(id)
    size++
    characters += own.length
    return id
  }

  /** Takes the number out of its shard and closes the hole by moving later ones of the same run forward. */
  function forget(id: number): void {
    const number = hashes[id]! & (shards - 1)
    const { ids, mask } = all[number]!
    let hole = (hashes[id]! >>> 6) & mask
    while (ids[hole] !== id) hole = (hole + 1) & mask
    for (let index = (hole + 1) & mask; ids[index] !== 0; index = (index + 1) & mask) {
      const home = (hashes[ids[index]!]! >>> 6) & mask
      if (((index - home) & mask) < ((index - hole) & mask)) continue
      ids[hole] = ids[index]!
      hole = index
    }
    ids[hole] = 0
    all[number]!.used--
    characters -= texts[id]!.length
    size--
    texts[id] = ''
    references[id] = -1
    free.push(id)
    if (all[number]!.used * 8 < ids.length && ids.length > smallest) resize(number, ids.length / 2)
  }

  return {
    idOf(text) {
      const hash = hashText(text)
      const { ids, mask } = all[hash & (shards - 1)]!
      let index = (hash >>> 6) & mask
      for (let id = ids[index]!; id !== 0; id = ids[index]!) {
        if (hashes[id] === hash && texts[id] === text) return id
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
    bytes: () => capacity * 4 + texts.length * 24 + size * 24 + Math.ceil(characters * 1.5),
  }
}
