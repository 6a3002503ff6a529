import { RE2JS } from 're2js'
import { compileRegex, type LinearRegex } from '../../kernel/regex.ts'
import { reason } from './errors.ts'
import { nestedRepeat } from './regex-shape.ts'

const longestPattern = 2000

/** A pattern that does not fit the subset; `message` is for the author. */
export function readRegex(source: string, options: string): LinearRegex {
  if (source.length > longestPattern)
    throw reason({
      en: `the pattern is longer than ${longestPattern} characters`,
      zh: `模式超过 ${longestPattern} 个字符`,
    })
  const unsupported = /\\C|\\Q|\\E|\(\?P?<|\[\[:(?:word):\]\]/.exec(stripEscaped(source))
  if (unsupported !== null)
    throw reason({ en: `"${unsupported[0]}" is not supported`, zh: `不支持 "${unsupported[0]}"` })
  const nested = nestedRepeat(source)
  if (nested !== undefined)
    throw reason({
      en: `the repeat ${nested} holds nothing but another unlimited repeat; one of the two is enough`,
      zh: `重复 ${nested} 里面只有另一个无限重复,保留其中一个即可`,
    })
  const flags = optionFlags(options)
  const size = repeatSize(source)
  // DuckDB's RE2 takes repeats up to 1000 in all, fewer of the large Unicode classes, before it calls a pattern too large.
  const limit = /\\[pP]/.test(source) ? 200 : 1000
  if (size > limit)
    throw reason({
      en: `the counted repeats {n,m} multiply to more than ${limit}`,
      zh: `计数重复 {n,m} 的乘积超过 ${limit}`,
    })
  return compileRegex(flags === '' ? source : `(?${flags})${source}`)
}

function stripEscaped(source: string): string {
  return source.replaceAll('\\\\', '')
}

/** Product of the counted repeats: bounds the size of the automaton. */
function repeatSize(source: string): number {
  let size = 1
  for (const found of source.matchAll(/\{(\d+)(?:,(\d*))?\}/g)) size *= Math.max(1, Number(found[2] || found[1]))
  return size
}

/** RE2 flags for DuckDB's options: c, i, s, and l, n, m, p only where they mean the default. */
function optionFlags(options: string): string {
  let flags = ''
  for (const option of options) {
    if (option === 'i') flags += 'i'
    else if (option === 's') flags += 's'
    else if (option !== 'c' && option !== 'g')
      throw reason({
        en: `the option "${option}" is not supported; use i (ignore case), s (. matches newline) or c`,
        zh: `不支持选项 "${option}";可用 i(忽略大小写)、s(. 匹配换行)或 c`,
      })
  }
  if (flags.includes('i') && options.includes('c'))
    throw reason({ en: 'the options c and i contradict each other', zh: '选项 c 与 i 互相矛盾' })
  return flags
}

/** The pattern that must match a whole text. */
export function readFullRegex(source: string, options: string): LinearRegex {
  readRegex(source, options)
  const flags = optionFlags(options)
  return compileRegex(`\\A(?${flags}:${source})\\z`)
}

/** Size of a regular expression in units of cost. */
export function regexCost(source: string): number {
  return 20 + Math.ceil((source.length * Math.min(repeatSize(source), 200)) / 20)
}

/**
 * A replacement may hold `\0` … `\9` for groups and no other backslash.
 * @throws Error that says what is wrong.
 */
export function checkReplacement(replacement: string, groups: number): void {
  for (const found of replacement.matchAll(/\\(.?)(.?)/gsu)) {
    const [, digit = '', after = ''] = found
    if (!/[0-9]/.test(digit))
      throw reason({
        en: 'a backslash in the replacement must be followed by a group number 0 to 9',
        zh: '替换文本中的反斜杠后必须是组号 0 到 9',
      })
    if (/[0-9]/.test(after))
      throw reason({
        en: 'a group number in the replacement must not be followed by a digit',
        zh: '替换文本中的组号后不能再跟数字',
      })
    if (Number(digit) > groups)
      throw reason({
        en: `the pattern has ${groups} groups, the replacement uses \\${digit}`,
        zh: `模式有 ${groups} 个组,替换文本用了 \\${digit}`,
      })
  }
}

/**
 * Replaces the first or every match as RE2 does: an empty match right after a match does not count.
 * Groups are read from the matcher itself, so `\0` and `$` in the replacement mean what they mean in DuckDB.
 */
export function bindReplacement(source: string, replacement: string, options: string): (text: string) => string {
  readRegex(source, options)
  const flags = optionFlags(options)
  const regex = RE2JS.compile(flags === '' ? source : `(?${flags})${source}`)
  const parts = replacement.split(/\\([0-9])/)
  const all = options.includes('g')
  return (text) => replaceMatches(text, regex.matcher(text), { parts, all })
}

interface Replacing {
  /** Literal texts at even places, group numbers at odd ones. */
  readonly parts: readonly string[]
  readonly all: boolean
}

function replaceMatches(text: string, matcher: ReturnType<RE2JS['matcher']>, { parts, all }: Replacing): string {
  let result = ''
  let at = 0
  let lastEnd = -1
  while (at <= text.length && matcher.find(at)) {
    const start = matcher.start()
    const end = matcher.end()
    result += text.slice(at, start)
    if (start === end && start === lastEnd) {
      const point = String.fromCodePoint(text.codePointAt(start) ?? 0)
      if (start < text.length) result += point
      at = start + point.length
      continue
    }
    result += parts.map((part, index) => (index % 2 === 0 ? part : (matcher.group(Number(part)) ?? ''))).join('')
    at = end
    lastEnd = end
    if (!all) break
  }
  return result + text.slice(at)
}
