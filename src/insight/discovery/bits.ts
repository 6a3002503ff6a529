/** Sets of rows, a bit each. */
const emptyBits = (rows: number): Uint32Array => new Uint32Array(Math.ceil(rows / 32))

function setBit(bits: Uint32Array, row: number): void {
  bits[row >>> 5]! |= 1 << (row & 31)
}

export function bitsWhere(rows: number, holds: (row: number) => boolean): Uint32Array {
  const bits = emptyBits(rows)
  for (let row = 0; row < rows; row++) if (holds(row)) setBit(bits, row)
  return bits
}

export const bothBits = (a: Uint32Array, b: Uint32Array): Uint32Array => a.map((word, index) => word & b[index]!)
export const withoutBits = (a: Uint32Array, b: Uint32Array): Uint32Array => a.map((word, index) => word & ~b[index]!)

export function countBits(bits: Uint32Array): number {
  let count = 0
  for (const word of bits) count += ones(word)
  return count
}

/** How many rows are in both. */
export function countBoth(a: Uint32Array, b: Uint32Array): number {
  let count = 0
  for (let index = 0; index < a.length; index++) count += ones(a[index]! & b[index]!)
  return count
}

/** How many rows are in all three. */
export function countAll(a: Uint32Array, b: Uint32Array, c: Uint32Array): number {
  let count = 0
  for (let index = 0; index < a.length; index++) count += ones(a[index]! & b[index]! & c[index]!)
  return count
}

function ones(word: number): number {
  let n = word - ((word >>> 1) & 0x55555555)
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333)
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
