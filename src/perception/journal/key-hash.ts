/** A 64-bit hash in two unsigned words. */
export interface Hash64 {
  lo: number
  hi: number
}

/** Secret of the hash, so that nobody can choose ids that collide. */
export type HashSeed = readonly [number, number]

/**
 * HalfSipHash-1-3 with 64 bits (Aumasson & Bernstein) over the UTF-16 units of both parts.
 * The returned object is reused by the next call.
 */
export function createKeyHash(seed: HashSeed): (source: string, id: string) => Hash64 {
  const state = new Int32Array(4)
  const out: Hash64 = { lo: 0, hi: 0 }
  return (source, id) => {
    state[0] = seed[0]
    state[1] = seed[1] ^ 0xee
    state[2] = 0x6c796765 ^ seed[0]
    state[3] = 0x74656462 ^ seed[1]
    absorb(state, source.length)
    absorbText(state, source)
    absorbText(state, id)
    absorb(state, id.length)
    state[2] = state[2]! ^ 0xee
    for (let turn = 0; turn < 3; turn++) round(state)
    out.lo = (state[1]! ^ state[3]!) >>> 0
    state[1] = state[1]! ^ 0xdd
    for (let turn = 0; turn < 3; turn++) round(state)
    out.hi = (state[1]! ^ state[3]!) >>> 0
    return out
  }
}

function absorbText(state: Int32Array, text: string): void {
  const even = text.length & ~1
  for (let at = 0; at < even; at += 2) absorb(state, text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16))
  if (even < text.length) absorb(state, text.charCodeAt(even))
}

function absorb(state: Int32Array, word: number): void {
  state[3] = state[3]! ^ word
  round(state)
  state[0] = state[0]! ^ word
}

function round(state: Int32Array): void {
  let v0 = state[0]!
  let v1 = state[1]!
  let v2 = state[2]!
  let v3 = state[3]!
  v0 = (v0 + v1) | 0
  v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
  v0 = (v0 << 16) | (v0 >>> 16)
  v2 = (v2 + v3) | 0
  v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
  v0 = (v0 + v3) | 0
  v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
  v2 = (v2 + v1) | 0
  v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
  v2 = (v2 << 16) | (v2 >>> 16)
  state[0] = v0
  state[1] = v1
  state[2] = v2
  state[3] = v3
}
