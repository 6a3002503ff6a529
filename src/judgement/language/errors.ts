import type { Text } from '../../kernel/values.ts'
import type { ErrorCode, LanguageError } from './model.ts'

interface Report {
  readonly code: ErrorCode
  readonly expression: string
  readonly position: number
  readonly text: Text
  readonly suggestion: Text
}

/** Builds the error that every refusal throws; its message is the English text, the caret and the suggestion. */
export function languageError(report: Report): LanguageError {
  const caret = drawCaret(report.expression, report.position)
  const message = [report.text.en, caret, report.suggestion.en].filter((line) => line !== '').join('\n')
  return Object.assign(new Error(message), { ...report, caret, name: 'LanguageError' })
}

/** Why a constant cannot be used, in both languages; the checker adds place and suggestion. */
export function reason(text: Text): Error & { readonly text: Text } {
  return Object.assign(new Error(text.en), { text })
}

export function isLanguageError(error: unknown): error is LanguageError {
  return error instanceof Error && error.name === 'LanguageError'
}

const contextBefore = 60
const contextLength = 100

/** The line that holds `position` and a line with `^` under it; long lines are cut around the position. */
export function drawCaret(expression: string, position: number): string {
  if (position < 0) return shorten(expression.split('\n', 1)[0] ?? '')
  const at = Math.min(position, expression.length)
  const start = expression.lastIndexOf('\n', at - 1) + 1
  const end = expression.indexOf('\n', at)
  const line = expression.slice(start, end < 0 ? expression.length : end)
  const column = at - start
  const from = column > contextBefore ? column - contextBefore : 0
  const shown = line.slice(from, from + contextLength).toWellFormed()
  const prefix = from > 0 ? '…' : ''
  const suffix = from + contextLength < line.length ? '…' : ''
  const pad = [...prefix, ...line.slice(from, column).toWellFormed()].map(blank).join('')
  return `${prefix}${shown}${suffix}\n${pad}^`
}

function shorten(line: string): string {
  return line.length > contextLength ? `${line.slice(0, contextLength).toWellFormed()}…` : line
}

function blank(character: string): string {
  if (character === '\t') return '\t'
  const code = character.codePointAt(0) ?? 0
  if ((code >= 0x300 && code < 0x370) || (code >= 0xfe00 && code <= 0xfe0f) || code === 0x200d) return ''
  const wide =
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  return wide ? '  ' : ' '
}

/** The names nearest to `wanted`, best first; at most `count`. */
export function nearestNames(wanted: string, names: readonly string[], count = 3): string[] {
  const target = wanted.toLowerCase()
  const limit = Math.max(2, Math.floor(target.length / 2))
  return names
    .map((name) => ({ name, distance: similarity(target, name.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, count)
    .map(({ name }) => name)
}

function similarity(a: string, b: string): number {
  if (a.length > 2 && (b.includes(a) || a.includes(b))) return 0.5
  const tail = b.slice(b.lastIndexOf('.') + 1)
  return Math.min(editDistance(a, b), tail === b ? Infinity : editDistance(a, tail))
}

function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 40) return Infinity
  let older: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const swap = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const crossed = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const turned = crossed ? (older[j - 2] ?? 0) + 1 : swap
      current.push(Math.min(swap, turned, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1))
    }
    older = previous
    previous = current
  }
  return previous[b.length] ?? Infinity
}
