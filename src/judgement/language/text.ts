/** Text functions with DuckDB's results: code points, simple case folding, order of UTF-8 bytes. Texts are well-formed. */

const surrogate = /[\ud800-\udfff]/
const ascii = /^[\0-\x7f]*$/

/** Order of the UTF-8 bytes, which is the order of code points: below 0, 0 or above 0. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  const shorter = Math.min(a.length, b.length)
  for (let index = 0; index < shorter; index++) {
    const left = a.charCodeAt(index)
    const right = b.charCodeAt(index)
    if (left === right) continue
    const leftHigh = left >= 0xd800 && left <= 0xdfff
    const rightHigh = right >= 0xd800 && right <= 0xdfff
    if (leftHigh === rightHigh) return left - right
    return leftHigh ? 1 : -1
  }
  return a.length - b.length
}

/** Number of code points. */
export function lengthOf(text: string): number {
  if (!surrogate.test(text)) return text.length
  let count = 0
  for (let index = 0; index < text.length; index++) if (!isHigh(text.charCodeAt(index))) count++
  return count
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}

/** Code points `[from, to)` of a text, both already clipped to 0 … length. */
function slicePoints(text: string, from: number, to: number): string {
  if (!surrogate.test(text)) return text.slice(from, to)
  return [...text].slice(from, to).join('')
}

/**
 * Code points from `start`: 1-based, negative counts from the end (and stops at the first), a start of 0 is the place
 * before the first. A negative length is an empty text: DuckDB itself has two answers for it, one for ASCII columns.
 */
export function substring(text: string, start: number, length: number | undefined): string {
  const size = lengthOf(text)
  const from = start > 0 ? start - 1 : start < 0 ? Math.max(size + start, 0) : 0
  if (length === undefined) return slicePoints(text, clip(from, size), size)
  const to = from + Math.max(start === 0 ? length - 1 : length, 0)
  return slicePoints(text, clip(from, size), clip(to, size))
}

function clip(value: number, size: number): number {
  return Math.max(0, Math.min(value, size))
}

/** The first `count` code points; a negative count leaves that many out at the end. */
export function left(text: string, count: number): string {
  return slicePoints(text, 0, count >= 0 ? count : Math.max(lengthOf(text) + count, 0))
}

/** The last `count` code points; a negative count leaves that many out at the start. */
export function right(text: string, count: number): string {
  const size = lengthOf(text)
  return slicePoints(text, count >= 0 ? Math.max(size - count, 0) : Math.min(-count, size), size)
}

/** 1-based code point index of the first occurrence, 0 when there is none. */
export function positionOf(text: string, wanted: string): number {
  const index = text.indexOf(wanted)
  return index < 0 ? 0 : lengthOf(text.slice(0, index)) + 1
}

export function replaceAll(text: string, from: string, to: string): string {
  return from === '' ? text : text.split(from).join(to)
}

/** The n-th part between separators; negative counts from the end; '' when there is none. */
export function splitPart(text: string, separator: string, index: number): string {
  const parts = separator === '' ? [...text] : text.split(separator)
  return (index > 0 ? parts[index - 1] : parts[parts.length + index]) ?? ''
}

export function trimStart(text: string, characters: string): string {
  const set = new Set(characters)
  let index = 0
  while (index < text.length) {
    const point = String.fromCodePoint(text.codePointAt(index) ?? 0)
    if (!set.has(point)) break
    index += point.length
  }
  return text.slice(index)
}

export function trimEnd(text: string, characters: string): string {
  const set = new Set(characters)
  let end = text.length
  while (end > 0) {
    const low = text.charCodeAt(end - 1)
    const size = low >= 0xdc00 && low <= 0xdfff ? 2 : 1
    if (!set.has(text.slice(end - size, end))) break
    end -= size
  }
  return text.slice(0, end)
}

/** Pads or cuts to `count` code points. The pad is never empty. */
export function pad(text: string, count: number, filler: string, side: 'left' | 'right'): string {
  const size = lengthOf(text)
  if (count <= size) return left(text, Math.max(count, 0))
  const points = [...filler]
  const missing = count - size
  let fill = ''
  for (let index = 0; index < missing; index++) fill += points[index % points.length]
  return side === 'left' ? fill + text : text + fill
}

export function lower(text: string): string {
  return ascii.test(text) ? text.toLowerCase() : mapPoints(text, lowerPoint)
}

export function upper(text: string): string {
  return ascii.test(text) ? text.toUpperCase() : mapPoints(text, upperPoint)
}

function mapPoints(text: string, map: (point: string) => string): string {
  let result = ''
  for (const point of text) result += map(point)
  return result
}

/** Letters that newer Unicode versions gave a case and DuckDB 1.5.6 does not know: they stay as they are. */
const caseless: readonly (readonly [number, number])[] = [
  [0x1c89, 0x1c8a],
  [0xa7cb, 0xa7cf],
  [0xa7d2, 0xa7d5],
  [0xa7da, 0xa7dc],
  [0x10d50, 0x10d85],
  [0x16ea0, 0x16ed3],
]

function isCaseless(code: number): boolean {
  if (code < 0x1c89) return false
  return caseless.some(([from, to]) => code >= from && code <= to && code !== 0xa7d0 && code !== 0xa7d1)
}

function lowerPoint(point: string): string {
  if (point === 'İ') return 'i'
  const code = point.codePointAt(0) ?? 0
  return isCaseless(code) ? point : point.toLowerCase()
}

function upperPoint(point: string): string {
  const code = point.codePointAt(0) ?? 0
  if (code === 0xdf) return 'ẞ'
  if (code === 0x19b || code === 0x264 || isCaseless(code)) return point
  const full = point.toUpperCase()
  if (full.length === point.length) return full
  const single = [...full].length === 1
  return single ? full : (titlePoint(code) ?? point)
}

/** Greek letters with iota: their simple upper case is the title form. */
function titlePoint(code: number): string | undefined {
  if (code >= 0x1f80 && code <= 0x1faf && (code & 8) === 0) return String.fromCodePoint(code + 8)
  if (code === 0x1fb3 || code === 0x1fc3 || code === 0x1ff3) return String.fromCodePoint(code + 9)
  return undefined
}
