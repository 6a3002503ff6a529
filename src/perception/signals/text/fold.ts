import traditional from 'opencc-js/dict/TSCharacters'
import { alwaysLatin } from './homoglyphs.ts'

const simplified = new Map<string, string>()
for (const line of traditional.split('|')) {
  const [from, to] = line.split(' ')
  if (from && to) simplified.set(from, to)
}

// biome-ignore lint/suspicious/noMisleadingCharacterClass: the marks themselves are meant
const strippedMark = /[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]/gu

function foldOnce(cluster: string): string {
  let text = cluster.normalize('NFKC')
  text = text
    .normalize('NFD')
    .replace(/(\p{Script=Latin})\p{M}+/gu, '$1')
    .normalize('NFKC')
  let out = ''
  for (const point of text) {
    const lower = point.toLowerCase()
    const latin = alwaysLatin.get(lower) ?? lower
    out += simplified.get(latin) ?? latin
  }
  return out.replace(strippedMark, '').replace(/[\s\u2028\u2029]+/gu, ' ')
}

const cache = new Map<string, string>()

/** NFKC, lower case, marks off Latin, traditional → simplified of one cluster (a base with its marks), to its fixed point. */
export function foldCluster(cluster: string): string {
  const known = cache.get(cluster)
  if (known !== undefined) return known
  let text = cluster
  for (let round = 0; round < 6; round++) {
    const next = foldOnce(text)
    if (next === text) break
    text = next
  }
  if (cluster.length <= 2 && cache.size < 70_000) cache.set(cluster, text)
  return text
}

/** What the fast path may do with a UTF-16 unit. */
export const unitClass = { plain: 0, slow: 1, joins: 2, dropped: 3 } as const

/** Unit → its folded unit, where class is `plain`. */
export const foldedUnit = new Uint16Array(65536)
/** Unit → class: `joins` combines with what stands before it, `dropped` is invisible. */
export const classOfUnit = new Uint8Array(65536)

// biome-ignore lint/suspicious/noMisleadingCharacterClass: the invisible characters themselves are meant
const dropped = /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\u00ad\u034f\u180b-\u180f\ufeff\ufff9-\ufffb]/u
const joining = /[\p{M}\u3099\u309a\uff9e\uff9f\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff\u3131-\u318e\uffa0-\uffdc]/u

function classify(unit: number): number {
  const text = String.fromCharCode(unit)
  if (unit >= 0xd800 && unit <= 0xdfff) return unitClass.slow
  // Hangul fillers are invisible and count as letters, so they must go before jamo are composed
  if (dropped.test(text) || unit === 0x3164 || unit === 0xffa0) return unitClass.dropped
  if (joining.test(text)) return unitClass.joins
  const folded = foldCluster(text)
  if (folded.length !== 1) return unitClass.slow
  foldedUnit[unit] = folded.charCodeAt(0)
  return unitClass.plain
}

for (let unit = 0; unit < 65536; unit++) {
  // ideographs beyond the dictionary and Hangul syllables fold to themselves; testing each costs start-up time
  if (unit >= 0xac00 && unit <= 0xd7a3) foldedUnit[unit] = unit
  else if (unit >= 0x3400 && unit <= 0x9fff) {
    const to = simplified.get(String.fromCharCode(unit))
    if (to !== undefined && to.length !== 1) classOfUnit[unit] = unitClass.slow
    foldedUnit[unit] = to?.length === 1 ? (simplified.get(to) ?? to).charCodeAt(0) : unit
  } else if (unit >= 0xe000 && unit <= 0xf8ff) foldedUnit[unit] = unit
  else classOfUnit[unit] = classify(unit)
}

/** True for a code point that is invisible in running text (zero width, bidi control, variation selector, tag). */
export function isDroppedPoint(point: number): boolean {
  if (point < 65536) return classOfUnit[point] === unitClass.dropped
  return dropped.test(String.fromCodePoint(point))
}

/** True for a code point that combines with the one before it. */
export function isJoiningPoint(point: number): boolean {
  if (point < 65536) return classOfUnit[point] === unitClass.joins
  return /\p{M}/u.test(String.fromCodePoint(point))
}
