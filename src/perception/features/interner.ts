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

/*
 * What is known of a number stands in 8 words: hash, references, and the text itself when it has 1 to 24 characters of
 * Latin-1 without NUL, four to a word, as identifiers mostly do. Such a text costs no object, and telling it from another
 * reads one line of memory. The first of its words is 0 for any other text, which is kept as a string.
 */
const wordsPerId = 8
const pageBits = 12
const pageMask = (1 << pageBits) - 1
const longest = 24
const wordsOfText = 6

/** The text at hand: its words when it is a short one. */
const words = new Int32Array(wordsOfText)
let isShort = false

const [seed = 1, factor = 1] = crypto.getRandomValues(new Int32Array(2))
const multiplier = factor | 1

/** Hash of a text; leaves its words at hand. Signed 32 bits. */
function scan(text: string): number {
  const { length } = text
  isShort = length > 0 && length <= longest
  if (!isShort) return hashText(text)
  let hash = seed ^ length
  let word = 0
  for (let at = 0; at < length; at += 4) {
    const packed = at + 4 <= length ? fourUnits(text, at) : lastUnits(text, at)
    if (packed === notLatin) {
      isShort = false
      return hashText(text)
    }
    words[word++] = packed
    hash = Math.imul(hash ^ packed, multiplier)
    hash ^= hash >>> 15
  }
  while (word < wordsOfText) words[word++] = 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x2c1b3c6d)
  return hash ^ (hash >>> 15)
}

/** Stands for four units of which one is NUL or not Latin-1: four Latin-1 units without NUL never make it. */
const notLatin = 0

function fourUnits(text: string, at: number): number {
  const a = text.charCodeAt(at)
  const b = text.charCodeAt(at + 1)
  const c = text.charCodeAt(at + 2)
  const d = text.charCodeAt(at + 3)
  if ((a | b | c | d) > 255 || a === 0 || b === 0 || c === 0 || d === 0) return notLatin
  return a | (b << 8) | (c << 16) | (d << 24)
}

function lastUnits(text: string, at: number): number {
  let packed = 0
  for (let index = at, shift = 0; index < text.length; index++, shift += 8) {
    const unit = text.charCodeAt(index)
    if (unit === 0 || unit > 255) return notLatin
    packed |= unit << shift
  }
  return packed
}

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
  const pages: Int32Array[] = []
  const strings = new Map<number, string>()
  const free: number[] = []
  const loose: number[] = []
  // Number 0 is never given out: in a column of text numbers it is free to mean NULL.
  let next = 1
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

  /** Whether a number stands for the text that was scanned last. */
  function isText(id: number, text: string): boolean {
    if (!isShort) return strings.get(id) === text
    const page = pages[id >> pageBits]!
    const at = (id & pageMask) * wordsPerId + 2
    return (
      page[at] === words[0] &&
      page[at + 1] === words[1] &&
      page[at + 2] === words[2] &&
      page[at + 3] === words[3] &&
      page[at + 4] === words[4] &&
      page[at + 5] === words[5]
    )
  }

  function add(text: string, hash: number): number {
    const number = hash & (shards - 1)
    if (all[number]!.used * 4 >= (all[number]!.mask + 1) * 3) resize(number, (all[number]!.mask + 1) * 2)
    const id = free.pop() ?? next++
    if (id >> pageBits === pages.length) pages.push(new Int32Array(wordsPerId << pageBits))
    const page = pages[id >> pageBits]!
    const at = (id & pageMask) * wordsPerId
    page[at] = hash
    page[at + 1] = 0
    for (let word = 0; word < wordsOfText; word++) page[at + 2 + word] = isShort ? words[word]! : 0
    if (!isShort) {
      strings.set(id, detachText(text))
      characters += text.length
    }
    put(all[number]!, id, hash)
    all[number]!.used++
    loose.push(id)
    size++
    return id
  }

  /** Takes the number out of its shard and closes the hole by moving later ones of the same run forward. */
  function forget(id: number): void {
    const page = pages[id >> pageBits]!
    const hash = page[(id & pageMask) * wordsPerId]!
    const shard = all[hash & (shards - 1)]!
    const { pairs, mask } = shard
    let hole = (hash >>> 6) & mask
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
    size--
    const text = strings.get(id)
    if (text !== undefined) {
      characters -= text.length
      strings.delete(id)
    }
    page[(id & pageMask) * wordsPerId + 1] = -1
    free.push(id)
    if (shard.used * 8 < mask + 1 && mask + 1 > smallest) resize(hash & (shards - 1), (mask + 1) / 2)
  }

  return {
    idOf(text) {
      const hash = scan(text)
      const { pairs, mask } = all[hash & (shards - 1)]!
      let index = (hash >>> 6) & mask
      for (let id = pairs[index * 2]!; id !== 0; id = pairs[index * 2]!) {
        if (pairs[index * 2 + 1] === hash && isText(id, text)) return id
        index = (index + 1) & mask
      }
      return add(text, hash)
    },
    textOf(id) {
      const known = strings.get(id)
      if (known !== undefined) return known
      const page = pages[id >> pageBits]!
      const start = (id & pageMask) * wordsPerId + 2
      let text = ''
      for (let at = 0; at < longest; at++) {
        const unit = (page[start + (at >> 2)]! >>> ((at & 3) * 8)) & 255
        if (unit === 0) break
        text += String.fromCharCode(unit)
      }
      return text
    },
    retain(id) {
      const at = (id & pageMask) * wordsPerId + 1
      pages[id >> pageBits]![at]!++
    },
    release(id) {
      const at = (id & pageMask) * wordsPerId + 1
      const left = --pages[id >> pageBits]![at]!
      if (left === 0) loose.push(id)
    },
    settle() {
      for (let id = loose.pop(); id !== undefined; id = loose.pop())
        if (pages[id >> pageBits]![(id & pageMask) * wordsPerId + 1] === 0) forget(id)
    },
    size: () => size,
    // Pages and tables exactly. A string: Map entry 48, header 24, one byte a character for Latin text, two for others: 1.5.
    bytes: () =>
      capacity * 8 + pages.length * (wordsPerId << pageBits) * 4 + strings.size * 72 + Math.ceil(characters * 1.5),
  }
}
