import { reason } from './errors.ts'
import type { Bound } from './model.ts'
import { lower } from './text.ts'

/** A LIKE pattern in parts: texts between `%`, where null stands for `_`. */
interface Pattern {
  readonly parts: readonly (readonly (string | null)[])[]
}

/** One Code point of a pattern or `%`, `_`. */
type Token = { readonly literal: string } | '%' | '_'

/**
 * Reads a LIKE pattern. Without `escape` no character escapes, as in DuckDB.
 * @throws Error when the pattern ends with the escape character.
 */
function tokenize(pattern: string, escaper: string): Token[] {
  const tokens: Token[] = []
  const points = [...pattern]
  for (let index = 0; index < points.length; index++) {
    const point = points[index] ?? ''
    if (escaper !== '' && point === escaper) {
      const next = points[++index]
      if (next === undefined)
        throw reason({ en: 'the pattern must not end with the escape character', zh: '模式不能以转义字符结尾' })
      tokens.push({ literal: next })
    } else tokens.push(point === '%' || point === '_' ? point : { literal: point })
  }
  return tokens
}

function readPattern(pattern: string, escaper: string): Pattern {
  const parts: (string | null)[][] = [[]]
  for (const token of tokenize(pattern, escaper)) {
    const part = parts[parts.length - 1] ?? []
    if (token === '%') parts.push([])
    else part.push(token === '_' ? null : token.literal)
  }
  return { parts }
}

/** Where the part ends when it matches at `start`, or -1. Every `_` takes one code point. */
function matchPart(text: string, start: number, part: readonly (string | null)[]): number {
  let at = start
  for (const wanted of part) {
    if (at >= text.length) return -1
    if (wanted === null) {
      const unit = text.charCodeAt(at)
      at += unit >= 0xd800 && unit <= 0xdbff ? 2 : 1
    } else {
      if (!text.startsWith(wanted, at)) return -1
      at += wanted.length
    }
  }
  return at
}

function matchPattern(text: string, { parts }: Pattern): boolean {
  const last = parts.length - 1
  let at = matchPart(text, 0, parts[0] ?? [])
  if (at < 0) return false
  if (last === 0) return at === text.length
  for (let index = 1; index < last; index++) {
    at = findPart(text, at, parts[index] ?? [])
    if (at < 0) return false
  }
  return endsWithPart(text, at, parts[last] ?? [])
}

function findPart(text: string, from: number, part: readonly (string | null)[]): number {
  for (let start = from; start <= text.length; start++) {
    if (start < text.length && isLow(text.charCodeAt(start))) continue
    const end = matchPart(text, start, part)
    if (end >= 0) return end
  }
  return -1
}

function endsWithPart(text: string, from: number, part: readonly (string | null)[]): boolean {
  let start = text.length
  for (let index = part.length - 1; index >= 0; index--) {
    const wanted = part[index] ?? null
    start -= wanted === null ? (isLow(text.charCodeAt(start - 1)) ? 2 : 1) : wanted.length
    if (start < from) return false
    if (wanted !== null && !text.startsWith(wanted, start)) return false
  }
  return true
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff
}

/** LIKE with a pattern that is only known row by row. */
export function like(text: string, pattern: string): boolean {
  return matchPattern(text, readPattern(pattern, ''))
}

export function ilike(text: string, pattern: string): boolean {
  return like(lower(text), lower(pattern))
}

export interface LikeOptions {
  readonly escaper?: string
  readonly ignoreCase?: boolean
  readonly negated?: boolean
}

/**
 * LIKE with a constant pattern: equality, prefix, suffix and infix become single string operations.
 * @throws Error when the escape is longer than one character or ends the pattern.
 */
export function bindLike(source: string, { escaper = '', ignoreCase = false, negated = false }: LikeOptions): Bound {
  if ([...escaper].length > 1) throw reason({ en: 'the escape must be one character', zh: '转义字符必须是一个字符' })
  const pattern = readPattern(ignoreCase ? lower(source) : source, ignoreCase ? lower(escaper) : escaper)
  const fold = ignoreCase ? lower : (text: string) => text
  const simple = simpleForm(pattern)
  const plain = simple === undefined ? (text: string) => matchPattern(text, pattern) : simple.test
  const matches = ignoreCase ? (text: string) => plain(fold(text)) : plain
  return {
    call: (text: string) => matches(text) !== negated,
    emit: ([text = ''], constant) => {
      const folded = ignoreCase ? `${constant(lower)}(${text})` : text
      const code = simple === undefined ? `${constant(plain)}(${folded})` : simple.emit(folded)
      return negated ? `!(${code})` : code
    },
    cost: simple === undefined ? 4 : ignoreCase ? 2 : 0,
  }
}

interface SimpleForm {
  readonly test: (text: string) => boolean
  readonly emit: (text: string) => string
}

function simpleForm({ parts }: Pattern): SimpleForm | undefined {
  if (parts.some((part) => part.includes(null))) return undefined
  const [first = '', ...rest] = parts.map((part) => part.join(''))
  const last = rest.pop()
  const middle = rest.filter((part) => part !== '')
  if (last === undefined) return method('===', first)
  if (middle.length === 0 && last === '') return method('startsWith', first)
  if (middle.length === 0 && first === '') return method('endsWith', last)
  const [infix] = middle
  if (middle.length === 1 && infix !== undefined && first === '' && last === '') return method('includes', infix)
  return undefined
}

function method(name: '===' | 'startsWith' | 'endsWith' | 'includes', wanted: string): SimpleForm {
  const literal = JSON.stringify(wanted)
  if (name === '===') return { test: (text) => text === wanted, emit: (text) => `${text}===${literal}` }
  return { test: (text) => text[name](wanted), emit: (text) => `${text}.${name}(${literal})` }
}
