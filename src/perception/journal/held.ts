import type { Hash64 } from './key-hash.ts'
import type { Bytes, JournalRefused, Receipt } from './model.ts'

/** An admitted entry until it is durable or refused. */
export interface Held {
  readonly source: string
  readonly id: string
  readonly lo: number
  readonly hi: number
  fingerprint: Uint8Array | (() => Bytes)
  state: 'admitted' | 'queued' | 'done'
  loggedAt: number
  /** Position; until commit, the offset within its group. */
  position: number
  waiting: PromiseWithResolvers<Receipt> | null
  /** Resolves when it is known what became of the entry; set when it is queued. Never rejects. */
  landed: Promise<void> | null
  /** Why it was not written. */
  refused: JournalRefused | null
  /** The next one with the same `lo`. */
  chained: Held | null
}

/** Everything admitted and not yet durable, by key. */
export interface HeldTable {
  find(hash: Hash64, source: string, id: string): Held | null
  add(held: Held): void
  remove(held: Held): void
}

/** Keyed by 32 bits of the hash, which costs a third of a map by text; equal ones form a chain. */
export function createHeldTable(): HeldTable {
  const table = new Map<number, Held>()
  return {
    find(hash, source, id) {
      let held = table.get(hash.lo | 0) ?? null
      while (held !== null && (held.hi !== hash.hi || held.id !== id || held.source !== source)) held = held.chained
      return held
    },
    add(held) {
      held.chained = table.get(held.lo | 0) ?? null
      table.set(held.lo | 0, held)
    },
    remove(held) {
      const first = table.get(held.lo | 0)
      if (first === undefined) return
      if (first === held) {
        if (held.chained === null) table.delete(held.lo | 0)
        else table.set(held.lo | 0, held.chained)
      } else
        for (let before = first; before.chained !== null; before = before.chained)
          if (before.chained === held) {
            before.chained = held.chained
            break
          }
      held.chained = null
    },
  }
}

/** The promise of a held entry's receipt; everybody who waits shares it. */
export function waitFor(held: Held): Promise<Receipt> {
  held.waiting ??= Promise.withResolvers<Receipt>()
  return held.waiting.promise
}
