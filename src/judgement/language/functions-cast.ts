import type { Value } from '../../kernel/values.ts'
import type { Overload, Type } from './model.ts'
import {
  booleanFromText,
  doubleFromText,
  doublePattern,
  doubleText,
  integerFromText,
  integerOf,
  integerPattern,
} from './numbers.ts'
import { timestampFromText, timestampPattern, timestampText } from './time.ts'

/** A conversion: `safe` ones never fail and may be written CAST or x::TYPE, the others only TRY_CAST. */
export interface Cast extends Overload {
  readonly from: Type
  readonly to: Type
  readonly safe: boolean
}

type Entry = Pick<Cast, 'from' | 'to' | 'safe' | 'doc'> & {
  call: (value: never) => Value
  emit?: Overload['emit']
  sql: (value: string) => string
}

function cast({ from, to, safe, doc, call, sql, emit }: Entry): Cast {
  const syntax = safe ? `CAST(${from} AS ${to}), x::${to}` : `TRY_CAST(${from} AS ${to})`
  return {
    name: `${from} → ${to}`,
    group: 'cast',
    from,
    to,
    safe,
    parameters: [],
    result: to,
    cost: 2,
    partial: !safe,
    call,
    sql: ([value = '']) => sql(value),
    syntax,
    doc,
    example: safe ? `CAST(${sample[from] ?? 'x'} AS ${to})` : `TRY_CAST(${sample[from] ?? 'x'} AS ${to})`,
    ...(emit === undefined ? {} : { emit }),
  }
}

const sample: Readonly<Partial<Record<Type, string>>> = {
  VARCHAR: 'attributes.power',
  DOUBLE: 'price',
  BIGINT: 'quantity',
  BOOLEAN: 'refurbished',
  TIMESTAMP: 'time',
}

const quoted = (pattern: string) => `'${pattern}'`
const extracted = (value: string, pattern: string) => `regexp_extract(${value}, ${quoted(pattern)})`
const outsideIsNull = (value: string) =>
  `nullif(nullif(greatest(least(${value}, 9007199254740992), -9007199254740992), 9007199254740992), -9007199254740992)`

export const casts: readonly Cast[] = [
  cast({
    from: 'BIGINT',
    to: 'DOUBLE',
    safe: true,
    call: (value: number) => value,
    emit: ([value = '']) => value,
    sql: (value) => `CAST(${value} AS DOUBLE)`,
    doc: { en: 'The same number.', zh: '同一个数。' },
  }),
  cast({
    from: 'BIGINT',
    to: 'VARCHAR',
    safe: true,
    call: (value: number) => String(value),
    emit: ([value]) => `(''+${value})`,
    sql: (value) => `CAST(${value} AS VARCHAR)`,
    doc: { en: 'Its digits.', zh: '数字文本。' },
  }),
  cast({
    from: 'DOUBLE',
    to: 'VARCHAR',
    safe: true,
    call: doubleText,
    sql: (value) => `replace(CAST(${value} AS VARCHAR), '-nan', 'nan')`,
    doc: {
      en: "Shortest digits: '2.0', '0.1', '1e+16', 'nan', 'inf'.",
      zh: "最短写法:'2.0'、'0.1'、'1e+16'、'nan'、'inf'。",
    },
  }),
  cast({
    from: 'BOOLEAN',
    to: 'VARCHAR',
    safe: true,
    call: (value: boolean) => (value ? 'true' : 'false'),
    sql: (value) => `CAST(${value} AS VARCHAR)`,
    doc: { en: "'true' or 'false'.", zh: "'true' 或 'false'。" },
  }),
  cast({
    from: 'TIMESTAMP',
    to: 'VARCHAR',
    safe: true,
    call: timestampText,
    sql: (value) => `CAST(${value} AS VARCHAR)`,
    doc: { en: "'2026-01-31 08:00:00.5' in UTC.", zh: "UTC 的 '2026-01-31 08:00:00.5'。" },
  }),
  cast({
    from: 'BOOLEAN',
    to: 'BIGINT',
    safe: true,
    call: (value: boolean) => (value ? 1 : 0),
    emit: ([value]) => `(${value}?1:0)`,
    sql: (value) => `CAST(${value} AS BIGINT)`,
    doc: { en: '1 or 0.', zh: '1 或 0。' },
  }),
  cast({
    from: 'BOOLEAN',
    to: 'DOUBLE',
    safe: true,
    call: (value: boolean) => (value ? 1 : 0),
    emit: ([value]) => `(${value}?1:0)`,
    sql: (value) => `CAST(${value} AS DOUBLE)`,
    doc: { en: '1 or 0.', zh: '1 或 0。' },
  }),
  cast({
    from: 'BIGINT',
    to: 'BOOLEAN',
    safe: true,
    call: (value: number) => value !== 0,
    emit: ([value]) => `${value}!==0`,
    sql: (value) => `CAST(${value} AS BOOLEAN)`,
    doc: { en: 'False for 0.', zh: '0 为假。' },
  }),
  cast({
    from: 'DOUBLE',
    to: 'BOOLEAN',
    safe: true,
    call: (value: number) => value !== 0,
    emit: ([value]) => `${value}!==0`,
    sql: (value) => `CAST(${value} AS BOOLEAN)`,
    doc: { en: 'False for 0, true for NaN.', zh: '0 为假,NaN 为真。' },
  }),
  cast({
    from: 'DOUBLE',
    to: 'BIGINT',
    safe: false,
    call: integerOf,
    sql: (value) => outsideIsNull(`TRY_CAST(${value} AS BIGINT)`),
    doc: { en: 'Half to even; NULL for NaN and outside ±(2^53-1).', zh: '一半时取偶;NaN 和 ±(2^53-1) 之外为 NULL。' },
  }),
  cast({
    from: 'VARCHAR',
    to: 'DOUBLE',
    safe: false,
    call: doubleFromText,
    sql: (value) => `TRY_CAST(${extracted(value, doublePattern)} AS DOUBLE)`,
    doc: {
      en: "Decimal digits, sign, point, exponent; anything else, 'nan' and '1_000' too, is NULL.",
      zh: "十进制数字、符号、小数点、指数;其他(包括 'nan'、'1_000')为 NULL。",
    },
  }),
  cast({
    from: 'VARCHAR',
    to: 'BIGINT',
    safe: false,
    call: integerFromText,
    sql: (value) => `TRY_CAST(${extracted(value, integerPattern)} AS BIGINT)`,
    doc: {
      en: 'At most 15 digits, a fraction is rounded half away from zero; anything else is NULL.',
      zh: '最多 15 位,小数四舍五入;其他为 NULL。',
    },
  }),
  cast({
    from: 'VARCHAR',
    to: 'BOOLEAN',
    safe: false,
    call: booleanFromText,
    sql: (value) => `TRY_CAST(${value} AS BOOLEAN)`,
    doc: {
      en: 'true, t, 1, yes, y and false, f, 0, no, n in any case; anything else is NULL.',
      zh: 'true、t、1、yes、y 与 false、f、0、no、n,不分大小写;其他为 NULL。',
    },
  }),
  cast({
    from: 'VARCHAR',
    to: 'TIMESTAMP',
    safe: false,
    call: timestampFromText,
    sql: (value) => `TRY_CAST(${extracted(value, timestampPattern)} AS TIMESTAMP)`,
    doc: {
      en: 'ISO dates and times of 1700 to 2199 without an offset (Z is allowed); anything else is NULL.',
      zh: '1700 至 2199 年、不带时差的 ISO 日期时间(可带 Z);其他为 NULL。',
    },
  }),
]

export function findCast(from: Type, to: Type): Cast | undefined {
  return casts.find((entry) => entry.from === from && entry.to === to)
}
