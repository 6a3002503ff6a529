import { reason } from './errors.ts'
import { bindLike, ilike, like } from './like.ts'
import type { Bound, Overload, Parameter } from './model.ts'
import { bindReplacement, checkReplacement, readFullRegex, readRegex, regexCost } from './pattern.ts'
import { countGroups } from './regex-shape.ts'

const varchar: Parameter = { type: 'VARCHAR' }
const constantText: Parameter = { type: 'VARCHAR', constant: true }

type Entry = Pick<Overload, 'name' | 'parameters' | 'call' | 'doc' | 'example' | 'sql'> & Partial<Overload>

function pattern(entry: Entry): Overload {
  return { group: 'pattern', cost: 2, result: 'BOOLEAN', ...entry }
}

const likeDoc = {
  en: 'Pattern over the whole text: % is any text, _ one code point. No escape character unless ESCAPE names one.',
  zh: '匹配整段文本:% 为任意文本,_ 为一个字符。只有写了 ESCAPE 才有转义字符。',
}
const ilikeDoc = { en: 'LIKE on the lower case of both sides.', zh: '两侧转小写后的 LIKE。' }

interface LikeForm {
  readonly name: string
  readonly keyword: string
  readonly ignoreCase: boolean
  readonly negated: boolean
}

function likeFunctions({ name, keyword, ignoreCase, negated }: LikeForm): Overload[] {
  const matches = ignoreCase ? ilike : like
  // DuckDB 1.5.6 misreads ILIKE on texts whose lower case has another length, so history uses LIKE on lower().
  const fold = (sql = '') => (ignoreCase ? `lower(${sql})` : sql)
  const plain = negated ? 'NOT LIKE' : 'LIKE'
  const shared = { doc: ignoreCase ? ilikeDoc : likeDoc, example: `title ${keyword} '%sale%'` }
  return [
    pattern({
      ...shared,
      name,
      parameters: [varchar, varchar],
      cost: 3,
      syntax: `text ${keyword} pattern`,
      consumes: [1],
      call: (text: string, wanted: string) => matches(text, wanted) !== negated,
      bind: ([, wanted]) => (typeof wanted === 'string' ? bindLike(wanted, { ignoreCase, negated }) : undefined),
      sql: ([text, wanted]) => `(${fold(text)} ${plain} ${fold(wanted)})`,
    }),
    pattern({
      ...shared,
      name: `${negated ? 'not_' : ''}${ignoreCase ? 'ilike' : 'like'}_escape`,
      parameters: [varchar, constantText, constantText],
      cost: 3,
      syntax: `text ${keyword} pattern ESCAPE character`,
      call: () => null,
      bind: ([, wanted, escaper]) => {
        if (typeof wanted !== 'string' || typeof escaper !== 'string') return undefined
        return bindLike(wanted, { escaper, ignoreCase, negated })
      },
      sql: ([text, wanted, escaper]) => `(${fold(text)} ${plain} ${fold(wanted)} ESCAPE ${fold(escaper)})`,
      example: `title ${keyword} '50#%' ESCAPE '#'`,
    }),
  ]
}

type Read = (source: string, options: string) => { test(text: string): boolean }

function bindTest(read: Read, source: unknown, options: unknown): Bound | undefined {
  if (typeof source !== 'string' || (options !== undefined && typeof options !== 'string')) return undefined
  const regex = read(source, options ?? '')
  return {
    call: (text: string) => regex.test(text),
    emit: ([text], constant) => `${constant(regex)}.test(${text})`,
    cost: regexCost(source),
  }
}

const regexNote = {
  en: 'RE2 syntax, linear time, constant pattern; . does not match a newline. Options: i, s, c.',
  zh: 'RE2 语法,线性时间,模式须为常量;. 不匹配换行。选项:i、s、c。',
}

function regexTest(name: string, read: Read, example: string, aliases: readonly string[] = []): Overload[] {
  const whole = name === 'regexp_full_match'
  const doc = {
    en: `${whole ? 'True when the whole text matches' : 'True when the pattern occurs in the text'}. ${regexNote.en}`,
    zh: `${whole ? '整段文本是否匹配' : '文本中是否出现该模式'}。${regexNote.zh}`,
  }
  const shared = {
    name,
    aliases,
    doc,
    example,
    call: () => null,
    sql: (args: readonly string[]) => `${name}(${args.join(', ')})`,
  }
  return [
    pattern({
      ...shared,
      parameters: [varchar, constantText],
      bind: ([, source]) => bindTest(read, source, undefined),
    }),
    pattern({
      ...shared,
      parameters: [varchar, constantText, constantText],
      bind: ([, source, options]) => (options === undefined ? undefined : bindTest(read, source, options)),
    }),
  ]
}

function bindExtract(source: unknown, group: unknown): Bound | undefined {
  if (typeof source !== 'string' || typeof group !== 'number') return undefined
  const groups = countGroups(source)
  if (group < 0 || group > Math.min(groups, 9))
    throw reason({
      en: `the pattern has ${groups} groups; group ${group} is not there (0 is the whole match, 9 the highest)`,
      zh: `模式有 ${groups} 个组,没有第 ${group} 组(0 为整个匹配,最大 9)`,
    })
  const regex = readRegex(source, '')
  return { call: (text: string) => regex.extract(text, group) ?? '', cost: regexCost(source) + 10 }
}

function bindReplace(source: unknown, replacement: unknown, options: unknown): Bound | undefined {
  if (typeof source !== 'string' || typeof replacement !== 'string' || typeof options !== 'string') return undefined
  const call = bindReplacement(source, replacement, options)
  checkReplacement(replacement, countGroups(source))
  return { call, cost: regexCost(source) + 10 }
}

export const patternFunctions: readonly Overload[] = [
  ...likeFunctions({ name: '~~', keyword: 'LIKE', ignoreCase: false, negated: false }),
  ...likeFunctions({ name: '!~~', keyword: 'NOT LIKE', ignoreCase: false, negated: true }),
  ...likeFunctions({ name: '~~*', keyword: 'ILIKE', ignoreCase: true, negated: false }),
  ...likeFunctions({ name: '!~~*', keyword: 'NOT ILIKE', ignoreCase: true, negated: true }),
  ...regexTest('regexp_matches', readRegex, "regexp_matches(title, 'sale|discount')"),
  ...regexTest('regexp_full_match', readFullRegex, "title SIMILAR TO '[0-9]+'"),
  pattern({
    name: 'regexp_extract',
    parameters: [varchar, constantText],
    result: 'VARCHAR',
    call: () => null,
    bind: ([, source]) => bindExtract(source, 0),
    sql: ([text, source]) => `regexp_extract(${text}, ${source})`,
    doc: { en: `First match, '' when there is none. ${regexNote.en}`, zh: `首个匹配,没有则为 ''。${regexNote.zh}` },
    example: "regexp_extract(title, '[0-9]+')",
  }),
  pattern({
    name: 'regexp_extract',
    parameters: [varchar, constantText, { type: 'BIGINT', constant: true }],
    result: 'VARCHAR',
    call: () => null,
    bind: ([, source, group]) => bindExtract(source, group),
    sql: ([text, source, group]) => `regexp_extract(${text}, ${source}, CAST(${group} AS INTEGER))`,
    doc: { en: 'Group n of the first match.', zh: '首个匹配的第 n 组。' },
    example: "regexp_extract(title, '([0-9]+) ?ml', 1)",
  }),
  pattern({
    name: 'regexp_replace',
    parameters: [varchar, constantText, constantText],
    result: 'VARCHAR',
    call: () => null,
    bind: ([, source, replacement]) => bindReplace(source, replacement, ''),
    sql: ([text, source, replacement]) => `regexp_replace(${text}, ${source}, ${replacement})`,
    doc: { en: 'Replaces the first match; \\1 is group 1.', zh: '替换首个匹配;\\1 为第 1 组。' },
    example: "regexp_replace(title, '[0-9]+', '#')",
  }),
  pattern({
    name: 'regexp_replace',
    parameters: [varchar, constantText, constantText, constantText],
    result: 'VARCHAR',
    call: () => null,
    bind: ([, source, replacement, options]) => bindReplace(source, replacement, options),
    sql: ([text, source, replacement, options]) => `regexp_replace(${text}, ${source}, ${replacement}, ${options})`,
    doc: { en: 'Option g replaces every match, i ignores case.', zh: '选项 g 替换所有匹配,i 忽略大小写。' },
    example: "regexp_replace(phone, '[^0-9]', '', 'g')",
  }),
]
