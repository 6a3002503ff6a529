/**
 * Whether a canary acts on a subject: the same answer for the same strategy and subject, on every machine and after
 * every restart; a larger share keeps the subjects of a smaller one. Another strategy picks other subjects.
 */
export function inCanary(
  strategy: { readonly name: string; readonly canary?: number | undefined },
  subject: string,
): boolean {
  return stableHash(`${strategy.name}\0${subject}`) % 10_000 < (strategy.canary ?? 0) * 100
}

/** FNV-1a over UTF-16 units with the finaliser of MurmurHash3, so that near texts fall far apart. 32 bits, unsigned. */
function stableHash(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
