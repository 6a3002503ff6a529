/** FNV-1a over UTF-16 units with the finaliser of MurmurHash3, so that near texts fall far apart. 32 bits, unsigned; the same on every machine. */
export function stableHash(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Whether `text` falls into a share (0..1) of all texts; a larger share keeps what a smaller one had. Steps of 2^-32. */
export function inShare(text: string, share: number): boolean {
  return stableHash(text) < share * 2 ** 32
}

/** A stream of numbers in [0, 1) that is the same for the same seed (mulberry32); not for secrets. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
