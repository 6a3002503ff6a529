import type { Value } from '../../kernel/values.ts'
import { reason } from './errors.ts'
import type { Overload, Parameter } from './model.ts'
import {
  left,
  lengthOf,
  lower,
  pad,
  positionOf,
  replaceAll,
  right,
  splitPart,
  substring,
  trimEnd,
  trimStart,
  upper,
} from './text.ts'

const varchar: Parameter = { type: 'VARCHAR' }
const bigint: Parameter = { type: 'BIGINT' }
const textual: Parameter = { type: 'TEXTUAL' }

/** DuckDB stops the query at positions of 2^32 and more; here the result is NULL, in all engines. */
const farthest = 4294967296
const cut = (value = '') =>
  /^CAST\(-?[0-9]{1,9} AS BIGINT\)$/.test(value)
    ? value
    : `nullif(nullif(greatest(least(${value}, ${farthest}), -${farthest}), ${farthest}), -${farthest})`

/** In two steps, because DuckDB's own three-argument form differs between ASCII and other columns for far starts. */
function substringSql(value = '', start = '', count = ''): string {
  const constant = /^CAST\([0-9]{1,9} AS BIGINT\)$/
  if (constant.test(start) && constant.test(count)) return `substr(${value}, ${start}, ${count})`
  return `substr(substr(${value}, ${cut(start)}), CASE WHEN ${start} = 0 THEN 0 ELSE 1 END, ${count})`
}

type Positional = (value: string, ...positions: number[]) => string

/** NULL where a position is out of DuckDB's range. */
function within(call: Positional): (value: string, ...positions: number[]) => string | null {
  return (value, ...positions) =>
    positions.some((position) => Math.abs(position) >= farthest) ? null : call(value, ...positions)
}

type Entry = Pick<Overload, 'name' | 'parameters' | 'call' | 'doc' | 'example'> & Partial<Overload>

function text(entry: Entry): Overload {
  return {
    group: 'text',
    cost: 2,
    result: 'VARCHAR',
    sql: (args) => `${entry.name}(${args.join(', ')})`,
    ...entry,
  }
}

function padFunction(name: 'lpad' | 'rpad', side: 'left' | 'right'): Overload {
  return text({
    name,
    parameters: [varchar, { type: 'BIGINT', constant: true }, { type: 'VARCHAR', constant: true }],
    call: (value: string, size: number, filler: string) => pad(value, size, filler, side),
    bind: ([, size, filler]) => {
      if (typeof size !== 'number' || typeof filler !== 'string') return undefined
      if (size < 0 || size > 10_000)
        throw reason({ en: 'the length must be a constant from 0 to 10000', zh: '长度须为 0 到 10000 的常量' })
      if (filler === '') throw reason({ en: 'the fill text must not be empty', zh: '填充文本不能为空' })
      return { call: (value: string) => pad(value, size, filler, side) }
    },
    sql: ([value, size, filler]) => `${name}(${value}, CAST(${size} AS INTEGER), ${filler})`,
    doc: {
      en: `Fills up to n code points on the ${side}; longer texts are cut. n and fill are constants.`,
      zh: `在${side === 'left' ? '左' : '右'}侧补足到 n 个字符;更长的文本被截断。n 和填充文本是常量。`,
    },
    example: `${name}(brand, 8, '.')`,
  })
}

function trimFunctions(
  name: string,
  call: (value: string, characters: string) => string,
  where: { en: string; zh: string },
) {
  return [
    text({
      name,
      parameters: [varchar],
      call: (value: string) => call(value, ' '),
      doc: { en: `Removes spaces (only U+0020) ${where.en}.`, zh: `去掉${where.zh}的空格(只限 U+0020)。` },
      example: `${name}(title)`,
    }),
    text({
      name,
      parameters: [varchar, varchar],
      call,
      doc: { en: `Removes all of the given characters ${where.en}.`, zh: `去掉${where.zh}所有给定的字符。` },
      example: `${name}(title, '*-')`,
    }),
  ]
}

function testFunction(
  entry: Pick<Overload, 'name' | 'aliases' | 'doc' | 'example'> & { method: 'includes' | 'startsWith' | 'endsWith' },
) {
  const { method, ...rest } = entry
  return text({
    ...rest,
    parameters: [varchar, varchar],
    result: 'BOOLEAN',
    call: (value: string, wanted: string) => value[method](wanted),
    emit: ([value, wanted]) => `${value}.${method}(${wanted})`,
  })
}

function join(separator: string, values: readonly Value[]): string {
  return values.filter((value) => value !== null).join(separator)
}

const substringDoc = {
  en: 'Code points from position a (1 = first, negative counts from the end), at most n; empty when n is negative. substr(x, 0, 2) is one character.',
  zh: '从第 a 个字符起(1 是第一个,负数从末尾数)取最多 n 个字符,n 为负则为空。substr(x, 0, 2) 只有一个字符。',
}

export const textFunctions: readonly Overload[] = [
  text({
    name: '||',
    parameters: [textual, textual],
    call: (a: string, b: string) => a + b,
    emit: ([a, b]) => `(${a}+${b})`,
    sql: ([a, b]) => `(${a} || ${b})`,
    syntax: 'a || b',
    doc: { en: 'Joins two texts; NULL when one is NULL.', zh: '连接两段文本;有一个是 NULL 则为 NULL。' },
    example: "brand || ' ' || title",
  }),
  text({
    name: 'concat',
    parameters: [textual],
    variadic: true,
    nulls: 'handled',
    call: (...values: Value[]) => join('', values),
    doc: { en: 'Joins all arguments; NULL counts as an empty text.', zh: '连接所有参数;NULL 当作空文本。' },
    example: 'concat(brand, title)',
  }),
  text({
    name: 'concat_ws',
    parameters: [varchar, textual],
    variadic: true,
    nulls: 'handled',
    partial: true,
    call: (separator: string | null, ...values: Value[]) => (separator === null ? null : join(separator, values)),
    doc: {
      en: 'Joins the arguments with a separator and skips NULL; NULL only when the separator is.',
      zh: '用分隔符连接参数并跳过 NULL;只有分隔符为 NULL 时才是 NULL。',
    },
    example: "concat_ws(' ', brand, title)",
  }),
  text({
    name: 'lower',
    aliases: ['lcase'],
    parameters: [varchar],
    call: lower,
    doc: { en: "Lower case by simple folding: lower('İ') is 'i'.", zh: "转小写(简单折叠):lower('İ') 是 'i'。" },
    example: 'lower(title)',
  }),
  text({
    name: 'upper',
    aliases: ['ucase'],
    parameters: [varchar],
    call: upper,
    doc: { en: "Upper case by simple folding: upper('ß') is 'ẞ'.", zh: "转大写(简单折叠):upper('ß') 是 'ẞ'。" },
    example: 'upper(currency)',
  }),
  ...trimFunctions('trim', (value, characters) => trimEnd(trimStart(value, characters), characters), {
    en: 'at both ends',
    zh: '两端',
  }),
  ...trimFunctions('ltrim', trimStart, { en: 'at the start', zh: '开头' }),
  ...trimFunctions('rtrim', trimEnd, { en: 'at the end', zh: '末尾' }),
  text({
    name: 'length',
    aliases: ['char_length', 'character_length', 'len'],
    parameters: [varchar],
    result: 'BIGINT',
    call: lengthOf,
    doc: { en: "Number of code points: length('👍') is 1.", zh: "字符(码点)数:length('👍') 是 1。" },
    example: 'length(title)',
  }),
  text({
    name: 'substr',
    aliases: ['substring'],
    parameters: [varchar, bigint],
    partial: true,
    call: within((value, start = 0) => substring(value, start, undefined)),
    sql: ([value, start]) => `substr(${value}, ${cut(start)})`,
    doc: substringDoc,
    example: 'substr(title, 3)',
  }),
  text({
    name: 'substr',
    aliases: ['substring'],
    parameters: [varchar, bigint, bigint],
    partial: true,
    call: within((value, start = 0, count = 0) => substring(value, start, count)),
    bind: ([, , count]) => {
      if (typeof count === 'number' && count < 0)
        throw reason({ en: 'the length must not be negative', zh: '长度不能为负' })
      return undefined
    },
    consumes: [2],
    sql: ([value, start, count]) => substringSql(value, start, cut(count)),
    doc: substringDoc,
    example: 'substr(title, 1, 10)',
  }),
  text({
    name: 'left',
    parameters: [varchar, bigint],
    partial: true,
    call: within((value, count = 0) => left(value, count)),
    sql: ([value, count]) => `left(${value}, ${cut(count)})`,
    doc: {
      en: 'First n code points; negative n leaves -n out at the end.',
      zh: '前 n 个字符;n 为负则去掉末尾 -n 个。',
    },
    example: 'left(category, 4)',
  }),
  text({
    name: 'right',
    parameters: [varchar, bigint],
    partial: true,
    call: within((value, count = 0) => right(value, count)),
    sql: ([value, count]) => `right(${value}, ${cut(count)})`,
    doc: {
      en: 'Last n code points; negative n leaves -n out at the start.',
      zh: '后 n 个字符;n 为负则去掉开头 -n 个。',
    },
    example: 'right(phone, 4)',
  }),
  text({
    name: 'replace',
    parameters: [varchar, varchar, varchar],
    call: replaceAll,
    doc: {
      en: 'Replaces every occurrence; an empty search text changes nothing.',
      zh: '替换所有出现;查找文本为空则不变。',
    },
    example: "replace(title, '-', '')",
  }),
  text({
    name: 'instr',
    aliases: ['strpos', 'position'],
    parameters: [varchar, varchar],
    result: 'BIGINT',
    call: positionOf,
    syntax: 'instr(text, wanted), strpos(text, wanted), position(wanted IN text)',
    doc: {
      en: 'Position of the first occurrence in code points, 0 when absent.',
      zh: '首次出现的位置(按字符),没有则为 0。',
    },
    example: "instr(title, 'sale')",
  }),
  text({
    name: 'split_part',
    parameters: [varchar, varchar, bigint],
    call: splitPart,
    doc: {
      en: "The n-th part between separators, '' when absent; negative n counts from the end.",
      zh: "按分隔符取第 n 段,没有则为 '';n 为负从末尾数。",
    },
    example: "split_part(category, '/', 1)",
  }),
  padFunction('lpad', 'left'),
  padFunction('rpad', 'right'),
  testFunction({
    name: 'contains',
    method: 'includes',
    doc: { en: 'True when the text holds the other text.', zh: '文本是否包含另一文本。' },
    example: "contains(title, 'sale')",
  }),
  testFunction({
    name: 'starts_with',
    aliases: ['prefix', '^@'],
    method: 'startsWith',
    doc: { en: 'True when the text begins with the other text.', zh: '是否以另一文本开头。' },
    example: "starts_with(category, 'toys/')",
  }),
  testFunction({
    name: 'ends_with',
    aliases: ['suffix'],
    method: 'endsWith',
    doc: { en: 'True when the text ends with the other text.', zh: '是否以另一文本结尾。' },
    example: "ends_with(email, '.test')",
  }),
]
