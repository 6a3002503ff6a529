/** A number in [0, 1) that depends on its keys alone: the same case has the same luck under every policy. */
export function chance(...keys: readonly number[]): number {
  let hash = 0x9e3779b9
  for (const key of keys) {
    hash = Math.imul(hash ^ (key | 0), 0x85ebca6b)
    hash ^= hash >>> 13
    hash = Math.imul(hash, 0xc2b2ae35)
    hash ^= hash >>> 16
  }
  return (hash >>> 0) / 4_294_967_296
}

/** A draw of the standard normal distribution (Box and Muller 1958, Annals of Mathematical Statistics 29:610). */
export function normal(...keys: readonly number[]): number {
  const radius = Math.sqrt(-2 * Math.log(1 - chance(...keys, 1)))
  return radius * Math.cos(2 * Math.PI * chance(...keys, 2))
}
