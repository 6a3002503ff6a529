/** Chosen anew by every process, so that nobody can make up texts that all fall on one place. */
const [seed = 1, factor = 1] = crypto.getRandomValues(new Int32Array(2))
const multiplier = factor | 1

/** Hash of the whole text for tables in memory, two UTF-16 units at a time. Signed 32 bits; another one in every process. */
export function hashText(text: string): number {
  const even = text.length & ~1
  let hash = seed ^ text.length
  for (let at = 0; at < even; at += 2) {
    hash = Math.imul(hash ^ text.charCodeAt(at) ^ (text.charCodeAt(at + 1) << 16), multiplier)
    hash ^= hash >>> 15
  }
  if (even < text.length) hash = Math.imul(hash ^ text.charCodeAt(even), multiplier)
  hash = Math.imul(hash ^ (hash >>> 16), 0x2c1b3c6d)
  return hash ^ (hash >>> 15)
}
