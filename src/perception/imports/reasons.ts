import { type Problem, problem, shorten } from '../../kernel/problems.ts'
import type { Text } from '../../kernel/values.ts'
import { importLimits } from './model.ts'

/** Reasons that no recipe states: rows that are broken whatever they mean. */
export const builtInReasons = {
  column_count: { zh: '列数与表头不符', en: 'the number of columns differs from the header' },
  unclosed_quote: { zh: '引号没有闭合', en: 'a quote is opened and never closed' },
  text_after_quote: {
    zh: '闭合引号之后还有内容（字段内的引号要写成两个）',
    en: 'text follows a closing quote; double the quotes inside a field',
  },
  record_too_long: {
    zh: `一条记录超过 ${importLimits.recordBytes} 字节`,
    en: `the record is longer than ${importLimits.recordBytes} bytes`,
  },
  field_too_long: {
    zh: `有字段超过 ${importLimits.fieldBytes} 字节`,
    en: `a field is longer than ${importLimits.fieldBytes} bytes`,
  },
  nul_byte: { zh: '含有 NUL 字节', en: 'contains a NUL byte' },
  bad_encoding: { zh: '有字节不符合文件的编码', en: 'has bytes that do not fit the encoding of the file' },
  not_json: { zh: '不是合法的 JSON', en: 'is not valid JSON' },
  not_an_object: { zh: '不是 JSON 对象', en: 'is JSON but not an object' },
  too_deep: { zh: `嵌套超过 ${importLimits.depth} 层`, en: `is nested more than ${importLimits.depth} levels deep` },
  no_id: { zh: '事件没有 id', en: 'the event has no id' },
  no_source: { zh: '事件没有 source', en: 'the event has no source' },
  no_time: { zh: '时间缺失或无法识别', en: 'the time is missing or unreadable' },
  not_a_number: { zh: '映射得到了 NaN 或无穷大', en: 'a mapping yields NaN or infinity' },
} as const satisfies Record<string, Text>

export type BuiltInReason = keyof typeof builtInReasons

interface Refusal {
  /** Why in one word, e.g. `truncated_gzip`. */
  readonly refusal: string
  readonly field?: string
  readonly value?: unknown
  readonly zh: string
  readonly en: string
  readonly fix: Text
}

/** The error of a file that cannot be imported at all; nothing of it was imported. */
export function refuseFile({ refusal, field = 'file', value, zh, en, fix }: Refusal): Error & { problem: Problem } {
  return problem({
    code: 'invalid_input',
    field,
    value,
    refusal,
    fix,
    detail: { zh: `${zh}。没有导入任何内容。`, en: `${en}. Nothing was imported.` },
  })
}

/** Refuses a file whose header lacks columns; guesses the delimiter where another one would fit. */
export function refuseColumns(input: {
  missing: readonly string[]
  expected: readonly string[]
  found: readonly string[]
  delimiter: string | null
}): Error {
  const { missing, expected, found, delimiter } = input
  const name = (d: string) => (d === '\t' ? 'TAB' : d)
  const list = (names: readonly string[]) => names.map((n) => `"${shorten(n, 60)}"`).join(', ')
  const guess: Text = delimiter
    ? {
        zh: `分隔符看起来是 '${name(delimiter)}'；用 --delimiter '${name(delimiter)}' 再试`,
        en: `the delimiter looks like '${name(delimiter)}'; try again with --delimiter '${name(delimiter)}'`,
      }
    : {
        zh: '改正表头，或在配方的 file.columns 里写上这个文件用的列名（from）',
        en: 'correct the header, or name this file’s header under file.columns (from) in the recipe',
      }
  const columns = found.length === 1 ? 'one column' : `${found.length} columns`
  return refuseFile({
    refusal: delimiter ? 'wrong_delimiter' : 'missing_column',
    field: missing[0] ?? 'header',
    value: found.slice(0, 40),
    zh: `缺少列 ${list(missing)}：应有 [${list(expected)}]，找到 ${found.length} 列：${list(found.slice(0, 20))}${delimiter ? `；${guess.zh}` : ''}`,
    en: `column ${list(missing)} is missing: expected columns [${list(expected)}], found ${columns}: ${list(found.slice(0, 20))}${delimiter ? `; ${guess.en}` : ''}`,
    fix: guess,
  })
}
