import { detachText, hashText } from './interner.ts'

/**
 * The keys of one partition and their state: fixed numbers of floats and ints per key, in pages. Maps are cut in shards
 * so that growing one never stops the process for long.
 */
export interface Slots {
  readonly floatsPerSlot: number
  readonly intsPerSlot: number
  /** The slot of `key`, or -1. */
  find(key: string): number
  /** The slot that the next key will get. */
  next(): number
  /** Gives `key` a slot whose state is all zeros. */
  create(key: string): number
  remove(slot: number): void
  keyOf(slot: number): string | undefined
  floats(slot: number): Float64Array
  ints(slot: number): Int32Array
  /** Slots in use or once used are below this. */
  end(): number
  size(): number
  bytes(): number
}

export const slotPageBits = 8
export const slotPageSize = 1 << slotPageBits
export const slotPageMask = slotPageSize - 1
const shards = 256

export function createSlots(floatsPerSlot: number, intsPerSlot: number): Slots {
  const maps: Map<string, number>[] = Array.from({ length: shards }, () => new Map())
  const floatPages: Float64Array[] = []
  const intPages: Int32Array[] = []
  const keys: (string | undefined)[][] = []
  const free: number[] = []
  let end = 0
  let size = 0
  let characters = 0
  const mapOf = (key: string): Map<string, number> => maps[(hashText(key) >>> 8) & (shards - 1)]!
  const addPage = (): void => {
    floatPages.push(new Float64Array(slotPageSize * floatsPerSlot))
    intPages.push(new Int32Array(slotPageSize * intsPerSlot))
    keys.push(new Array<string | undefined>(slotPageSize).fill(undefined))
  }
  return {
    floatsPerSlot,
    intsPerSlot,
    find: (key) => mapOf(key).get(key) ?? -1,
    next: () => free[free.length - 1] ?? end,
    create(key) {
      const slot = free.pop() ?? end++
      const page = slot >> slotPageBits
      if (page === keys.length) addPage()
      const own = detachText(key)
      const within = slot & slotPageMask
      floatPages[page]!.fill(0, within * floatsPerSlot, (within + 1) * floatsPerSlot)
      intPages[page]!.fill(0, within * intsPerSlot, (within + 1) * intsPerSlot)
      keys[page]![within] = own
      mapOf(own).set(own, slot)
      size++
      characters += own.length
      return slot
    },
    remove(slot) {
      const page = keys[slot >> slotPageBits]!
      const key = page[slot & slotPageMask]
      if (key === undefined) return
      mapOf(key).delete(key)
      page[slot & slotPageMask] = undefined
      free.push(slot)
      size--
      characters -= key.length
    },
    keyOf: (slot) => keys[slot >> slotPageBits]?.[slot & slotPageMask],
    floats: (slot) => floatPages[slot >> slotPageBits]!,
    ints: (slot) => intPages[slot >> slotPageBits]!,
    end: () => end,
    size: () => size,
    // Pages exactly; per key a Map entry of about 48 bytes (V8 doubles its table) and a string header of 24.
    bytes: () => floatPages.length * slotPageSize * (floatsPerSlot * 8 + intsPerSlot * 4 + 8) + size * 72 + characters,
  }
}
