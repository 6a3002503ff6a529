/**
 * Rings of numbers cut from shared pages by size class, so that a million small windows cost no objects and a freed ring
 * serves the next key. A ring holds `width` numbers per entry and `2 << class` entries; an entry's place is its running
 * number modulo that size.
 */
export interface Arena {
  readonly width: number
  /** Entries in use, kept by those who add and remove them. */
  entries: number
  /** Takes a ring of class `size`, contents undefined. */
  take(size: number): number
  free(ref: number): void
  /** The page that holds the ring; its first number is at `offset(ref)`. */
  page(ref: number): Float64Array
  offset(ref: number): number
  bytes(): number
}

/** Bits of a ring reference that number the ring within its class; the class sits above them. */
const indexBits = 26
const indexMask = (1 << indexBits) - 1
const pageNumbers = 8192

export const noRing = -1

/** Class of the ring: it has room for `2 << ringClass(ref)` entries. */
export const ringClass = (ref: number): number => ref >> indexBits

export const ringCapacity = (ref: number): number => 2 << (ref >> indexBits)

/** The class above the largest; a ring of it would be 1 GiB. */
const classes = 26

interface SizeClass {
  readonly perPageBits: number
  readonly pages: (Float64Array | undefined)[]
  readonly used: number[]
  readonly free: number[]
  next: number
}

/** Creates an arena for entries of `width` numbers. A page whose rings are all free is given back. */
export function createArena(width: number): Arena {
  const pools: SizeClass[] = []
  for (let size = 0; size < classes; size++) {
    const rings = Math.max(1, Math.floor(pageNumbers / ((2 << size) * width)))
    pools.push({ perPageBits: 31 - Math.clz32(rings), pages: [], used: [], free: [], next: 0 })
  }
  const length = (size: number): number => ((2 << size) << (pools[size]?.perPageBits ?? 0)) * width
  let allocated = 0
  return {
    width,
    entries: 0,
    take(size) {
      const pool = pools[size]
      if (!pool) throw new Error(`a window of one key holds more than ${2 << (classes - 1)} events; narrow its range`)
      const index = pool.free.pop() ?? pool.next++
      if (index > indexMask)
        throw new Error(`more than ${indexMask} windows of one size; split the tenants over processes`)
      const page = index >> pool.perPageBits
      if (!pool.pages[page]) {
        pool.pages[page] = new Float64Array(length(size))
        pool.used[page] = 0
        allocated += length(size) * 8
      }
      pool.used[page] = pool.used[page]! + 1
      return (size << indexBits) | index
    },
    free(ref) {
      const size = ref >> indexBits
      const pool = pools[size]!
      const index = ref & indexMask
      const page = index >> pool.perPageBits
      pool.free.push(index)
      pool.used[page] = pool.used[page]! - 1
      if (pool.used[page] === 0) {
        pool.pages[page] = undefined
        allocated -= length(size) * 8
      }
    },
    page: (ref) => pools[ref >> indexBits]!.pages[(ref & indexMask) >> pools[ref >> indexBits]!.perPageBits]!,
    offset(ref) {
      const size = ref >> indexBits
      const within = ref & indexMask & ((1 << pools[size]!.perPageBits) - 1)
      return within * (2 << size) * width
    },
    bytes: () => allocated,
  }
}
