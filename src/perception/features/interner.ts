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

/** Copies a text out of the larger one it may be a slice of, which it would otherwise keep in memory. */
export function detachText(text: string): string {
  return text.length < 13 ? text : Buffer.from(text, 'utf16le').toString('utf16le')
}

/** Cheap hash that sees both ends of a text, where identifiers differ. */
export function hashText(text: string): number {
  let hash = text.length
  const start = text.length > 24 ? text.length - 24 : 0
  for (let index = start; index < text.length; index++) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
}

export function createInterner(): Interner {
  const ids: Map<string, number>[] = Array.from({ length: shards }, () => new Map())
  // Number 0 is never given out: in a column of text numbers it is free to mean NULL.
  const texts: string[] = ['']
  const references: number[] = [1]
  const free: number[] = []
  const loose: number[] = []
  let size = 0
  let characters = 0
  const shardOf = (text: string): Map<string, number> => ids[(hashText(text) >>> 8) & (shards - 1)]!
  const forget = (id: number): void => {
    const text = texts[id]!
    shardOf(text).delete(text)
    characters -= text.length
    size--
    texts[id] = ''
    references[id] = -1
    free.push(id)
  }
  return {
    idOf(text) {
      const shard = shardOf(text)
      const known = shard.get(text)
      if (known !== undefined) return known
      const id = free.pop() ?? texts.length
      const own = detachText(text)
      shard.set(own, id)
      texts[id] = own
      references[id] = 0
      loose.push(id)
      size++
      characters += own.length
      return id
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
    // Map entry 40, two array cells 16, string header 24, one byte a character for Latin text, two for others: 1.5.
    bytes: () => size * 80 + Math.ceil(characters * 1.5),
  }
}
