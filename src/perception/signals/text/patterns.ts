import { foldText } from './normalise.ts'
import { isAsciiWord } from './words.ts'

/** One string that a pattern can match; the flags ask for an ASCII word boundary (`\b`) at that end. */
export interface Piece {
  readonly text: string
  readonly startBoundary: boolean
  readonly endBoundary: boolean
}

/**
 * What a pattern's shape tells before it is run.
 * `exact`: every string that it matches, most preferred first (RE2's leftmost-first order), when there are few.
 * `needs`: for each set, one of its strings occurs in every match; empty when nothing is known.
 */
export interface PatternShape {
  readonly exact: readonly Piece[] | null
  readonly needs: readonly (readonly string[])[]
  /** The longest match in UTF-16 units; Infinity when unbounded, or when a match depends on the ends of the text. */
  readonly longest: number
}

const mostPieces = 1500
const mostNeeded = 600
const unknown: PatternShape = { exact: null, needs: [], longest: Number.POSITIVE_INFINITY }
/** Any one character. */
const anyPoint: PatternShape = { exact: null, needs: [], longest: 2 }
const unsupported = Symbol('the pattern uses syntax whose shape is not analysed')

interface Reader {
  readonly source: string
  at: number
}

const nothing: PatternShape = { exact: [{ text: '', startBoundary: false, endBoundary: false }], needs: [], longest: 0 }
const boundary: PatternShape = { exact: [{ text: '', startBoundary: true, endBoundary: true }], needs: [], longest: 0 }

function literals(texts: readonly string[]): PatternShape {
  const distinct = [...new Set(texts.map((text) => text.toLowerCase()))]
  return { exact: distinct.map((text) => ({ text, startBoundary: false, endBoundary: false })), needs: [], longest: 2 }
}

function joinPieces(a: Piece, b: Piece): Piece | null {
  if (a.text !== '' && b.text !== '' && (a.endBoundary || b.startBoundary)) {
    const left = isAsciiWord(a.text.charCodeAt(a.text.length - 1))
    if (left === isAsciiWord(b.text.charCodeAt(0))) return null
  }
  return {
    text: a.text + b.text,
    startBoundary: a.startBoundary || (a.text === '' && b.startBoundary),
    endBoundary: b.endBoundary || (b.text === '' && a.endBoundary),
  }
}

function product(a: readonly Piece[], b: readonly Piece[]): Piece[] | null {
  if (a.length * b.length > mostPieces) return null
  const all: Piece[] = []
  for (const left of a)
    for (const right of b) {
      const piece = joinPieces(left, right)
      if (piece !== null && piece.text.length > 120) return null
      if (piece !== null) all.push(piece)
    }
  return all
}

function needOf(pieces: readonly Piece[]): string[][] {
  const texts = [...new Set(pieces.map((piece) => piece.text))]
  return texts.length === 0 || texts.length > mostNeeded || texts.includes('') ? [] : [texts]
}

function needsOf(shape: PatternShape): readonly (readonly string[])[] {
  return shape.exact === null ? shape.needs : needOf(shape.exact)
}

function sequence(parts: readonly PatternShape[]): PatternShape {
  const needs: (readonly string[])[] = []
  let run: readonly Piece[] | null = nothing.exact
  let whole = true
  for (const part of parts) {
    const joined: readonly Piece[] | null = run !== null && part.exact !== null ? product(run, part.exact) : null
    if (joined !== null) {
      run = joined
      continue
    }
    whole = false
    if (run !== null) needs.push(...needOf(run))
    if (part.exact === null) needs.push(...part.needs)
    run = part.exact === null ? nothing.exact : part.exact
  }
  const longest = parts.reduce((sum, part) => sum + part.longest, 0)
  if (whole) return { exact: run, needs: [], longest }
  if (run !== null) needs.push(...needOf(run))
  return { exact: null, needs, longest }
}

/** The most telling set: the one whose shortest string is longest. */
function best(needs: readonly (readonly string[])[]): readonly string[] | null {
  let chosen: readonly string[] | null = null
  let score = 0
  for (const set of needs) {
    const shortest = Math.min(...set.map((text) => text.length)) - set.length / 10_000
    if (shortest > score) {
      chosen = set
      score = shortest
    }
  }
  return chosen
}

function choice(options: readonly PatternShape[]): PatternShape {
  if (options.length === 1) return options[0]!
  const longest = Math.max(...options.map((option) => option.longest))
  if (options.every((option) => option.exact !== null)) {
    const all = options.flatMap((option) => option.exact ?? [])
    if (all.length <= mostPieces) return { exact: all, needs: [], longest }
  }
  const union = new Set<string>()
  for (const option of options) {
    const set = best(needsOf(option))
    if (set === null) return { exact: null, needs: [], longest }
    for (const text of set) union.add(text)
  }
  return { exact: null, needs: union.size > mostNeeded ? [] : [[...union]], longest }
}

interface Count {
  readonly least: number
  readonly most: number
  readonly lazy: boolean
}

function repeated(shape: PatternShape, count: Count): PatternShape {
  const once = shape.exact
  const longest = shape.longest === 0 || count.most === 0 ? 0 : shape.longest * count.most
  const withEmpty = once?.some((piece) => piece.text === '') ?? true
  if (once !== null && !(withEmpty && count.most > 1) && count.most <= 8) {
    let tail: readonly Piece[] | null = nothing.exact
    for (let i = count.least; i < count.most && tail !== null; i++) {
      const more: readonly Piece[] | null = product(once, tail)
      tail = more === null ? null : count.lazy ? [...nothing.exact!, ...more] : [...more, ...nothing.exact!]
    }
    for (let i = 0; i < count.least && tail !== null; i++) tail = product(once, tail)
    if (tail !== null) return { exact: tail, needs: [], longest }
  }
  return { exact: null, needs: count.least > 0 ? needsOf(shape) : [], longest }
}

function readCount(reader: Reader): Count | null {
  const rest = reader.source.slice(reader.at, reader.at + 24)
  const found = /^(?:([*+?])|\{(\d+)(,?)(\d*)\})(\??)/.exec(rest)
  if (found === null) return null
  reader.at += found[0].length
  const lazy = found[5] === '?'
  if (found[1] === '?') return { least: 0, most: 1, lazy }
  if (found[1] !== undefined) return { least: found[1] === '+' ? 1 : 0, most: Number.POSITIVE_INFINITY, lazy }
  const least = Number(found[2])
  const most = found[3] === '' ? least : found[4] === '' ? Number.POSITIVE_INFINITY : Number(found[4])
  return { least, most, lazy }
}

function readGroup(reader: Reader): PatternShape {
  const open = /^\((?:\?:|\?P?<\w+>|\?i:)?/.exec(reader.source.slice(reader.at, reader.at + 64))![0]
  reader.at += open.length
  if (open === '(' && reader.source[reader.at] === '?') throw unsupported
  const inner = readChoice(reader)
  if (reader.source[reader.at] !== ')') throw unsupported
  reader.at++
  return inner
}

const controls: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v' }

/** A character after a backslash, or null when the escape is a class. */
function readEscaped(reader: Reader): string | null {
  const letter = reader.source[reader.at + 1]
  if (letter === undefined) throw unsupported
  const hex = /^\\x(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]{1,6})\})/.exec(reader.source.slice(reader.at, reader.at + 12))
  if (hex !== null) {
    reader.at += hex[0].length
    return String.fromCodePoint(Number.parseInt(hex[1] ?? hex[2] ?? '0', 16))
  }
  if (letter === 'p' || letter === 'P') {
    const name = /^\\[pP](?:\{[^}]*\}|\w)/.exec(reader.source.slice(reader.at, reader.at + 64))
    if (name === null) throw unsupported
    reader.at += name[0].length
    return null
  }
  reader.at += 2
  if (/[dDwWsS]/.test(letter)) return null
  if (letter in controls) return controls[letter]!
  if (/[a-zA-Z0-9]/.test(letter)) throw unsupported
  return letter
}

function readClassPoint(reader: Reader): string | null {
  if (reader.source[reader.at] === '\\') return readEscaped(reader)
  if (reader.source.startsWith('[:', reader.at)) throw unsupported
  const point = String.fromCodePoint(reader.source.codePointAt(reader.at)!)
  reader.at += point.length
  return point
}

function readClass(reader: Reader): PatternShape {
  reader.at++
  const negated = reader.source[reader.at] === '^'
  if (negated) reader.at++
  const points: string[] = []
  let open = negated
  for (let first = true; first || reader.source[reader.at] !== ']'; first = false) {
    if (reader.at >= reader.source.length) throw unsupported
    const from = readClassPoint(reader)
    if (from === null) open = true
    else if (reader.source[reader.at] === '-' && reader.source[reader.at + 1] !== ']') {
      reader.at++
      const to = readClassPoint(reader)
      if (to === null) throw unsupported
      const last = to.codePointAt(0)!
      if (last - from.codePointAt(0)! > 64) open = true
      else for (let point = from.codePointAt(0)!; point <= last; point++) points.push(String.fromCodePoint(point))
    } else points.push(from)
  }
  reader.at++
  return open || points.length > 64 ? anyPoint : literals(points)
}

function readAtom(reader: Reader): PatternShape {
  const letter = reader.source[reader.at]!
  if (letter === '(') return readGroup(reader)
  if (letter === '[') return readClass(reader)
  if (letter === '\\') {
    if (reader.source[reader.at + 1] === 'b') {
      reader.at += 2
      return boundary
    }
    const point = readEscaped(reader)
    return point === null ? anyPoint : literals([point])
  }
  const point = String.fromCodePoint(reader.source.codePointAt(reader.at)!)
  reader.at += point.length
  if (letter === '.') return anyPoint
  if (letter === '^' || letter === '$') return unknown
  if (letter === '*' || letter === '+' || letter === '?') throw unsupported
  return literals([point])
}

function readSequence(reader: Reader): PatternShape {
  const parts: PatternShape[] = []
  while (reader.at < reader.source.length && reader.source[reader.at] !== '|' && reader.source[reader.at] !== ')') {
    let atom = readAtom(reader)
    for (let count = readCount(reader); count !== null; count = readCount(reader)) atom = repeated(atom, count)
    parts.push(atom)
  }
  return sequence(parts)
}

function readChoice(reader: Reader): PatternShape {
  const options = [readSequence(reader)]
  while (reader.source[reader.at] === '|') {
    reader.at++
    options.push(readSequence(reader))
  }
  return choice(options)
}

/** Reads the shape of an RE2 pattern that is run without regard to case; `unknown` needs when it cannot be told. */
export function shapeOf(source: string): PatternShape {
  const reader: Reader = { source: source.replace(/^\(\?i\)/, ''), at: 0 }
  try {
    const shape = readChoice(reader)
    if (reader.at !== reader.source.length) return unknown
    // a preferred empty match hides longer ones; only RE2 itself can tell where
    return shape.exact?.some((piece) => piece.text === '') ? { ...shape, exact: null } : shape
  } catch (error) {
    if (error === unsupported) return unknown
    throw error
  }
}

/** Writes the non-ASCII characters of a pattern the way the views write them (traditional, full width …). */
export function foldPattern(source: string): string {
  let out = ''
  let inClass = false
  let escaped = false
  for (const point of source) {
    if (point <= '\x7f') {
      if (!escaped && point === '[') inClass = true
      else if (!escaped && point === ']') inClass = false
      escaped = !escaped && point === '\\'
      out += point
      continue
    }
    const folded = foldText(point).replace(/[\\^$.|?*+()[\]{}-]/g, '\\$&')
    out += inClass || [...folded].length <= 1 ? folded : `(?:${folded})`
    escaped = false
  }
  return out
}
