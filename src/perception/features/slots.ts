/**
 * The keys of one partition and their state: fixed numbers of floats and ints per key, in pages. A key is the number of
 * its text, and the slot of a number stands in an array, so that no window hashes a text of its own.
 */
export interface Slots {
  /** A slot is this many floats; its ints stand behind its floats, in the same line of memory where they fit. */
  readonly stride: number
  readonly floatsPerSlot: number
  /** The slot of `key`, or -1. */
  find(key: number): number
  /** The slot that the next key will get. */
  next(): number
  /** Gives `key` a slot whose state is all zeros. */
  create(key: number): number
  remove(slot: number): void
  /** The key of a slot, 0 = not in use. */
  keyOf(slot: number): number
  floats(slot: number): Float64Array
  /** The same memory as `floats`. */
  ints(slot: number): Int32Array
  /** Slots in use or once used are below this. */
  end(): number
  size(): number
  bytes(): number
}

export const slotPageBits = 8
export const slotPageSize = 1 << slotPageBits
export const slotPageMask = slotPageSize - 1

const keyPageBits = 12
const keyPageMask = (1 << keyPageBits) - 1

export function createSlots(floatsPerSlot: number, intsPerSlot: number): Slots {
  /** By key: its slot plus 1, 0 = none. */
  const places: (Int32Array | undefined)[] = []
  const floatPages: Float64Array[] = []
  const intPages: Int32Array[] = []
  const keys: Int32Array[] = []
  const free: number[] = []
  const stride = floatsPerSlot + ((intsPerSlot + 1) >> 1)
  let placePages = 0
  let end = 0
  let size = 0
  const addPage = (): void => {
    const page = new Float64Array(slotPageSize * stride)
    floatPages.push(page)
    intPages.push(new Int32Array(page.buffer))
    keys.push(new Int32Array(slotPageSize))
  }
  const placesOf = (key: number): Int32Array => {
    const page = key >> keyPageBits
    const known = places[page]
    if (known) return known
    placePages++
    while (places.length < page) places.push(undefined)
    const made = new Int32Array(1 << keyPageBits)
    places[page] = made
    return made
  }
  return {
    stride,
    floatsPerSlot,
    find(key) {
      const page = places[key >> keyPageBits]
      return page === undefined ? -1 : page[key & keyPageMask]! - 1
    },
    next: () => free[free.length - 1] ?? end,
    create(key) {
      const slot = free.pop() ?? end++
      const page = slot >> slotPageBits
      if (page === keys.length) addPage()
      const within = slot & slotPageMask
      floatPages[page]!.fill(0, within * stride, (within + 1) * stride)
      keys[page]![within] = key
      placesOf(key)[key & keyPageMask] = slot + 1
      size++
      return slot
    },
    remove(slot) {
      const page = keys[slot >> slotPageBits]!
      const key = page[slot & slotPageMask]!
      if (key === 0) return
      placesOf(key)[key & keyPageMask] = 0
      page[slot & slotPageMask] = 0
      free.push(slot)
      size--
    },
    keyOf: (slot) => keys[slot >> slotPageBits]?.[slot & slotPageMask] ?? 0,
    floats: (slot) => floatPages[slot >> slotPageBits]!,
    ints: (slot) => intPages[slot >> slotPageBits]!,
    end: () => end,
    size: () => size,
    bytes: () =>
      floatPages.length * slotPageSize * (stride * 8 + 4) + placePages * (4 << keyPageBits) + free.length * 8,
  }
}
