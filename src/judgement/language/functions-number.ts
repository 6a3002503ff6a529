import { reason } from './errors.ts'
import type { Overload, Parameter } from './model.ts'
import { compareNumber, roundHalfAway, roundTo } from './numbers.ts'

const double: Parameter = { type: 'DOUBLE' }
const bigint: Parameter = { type: 'BIGINT' }
const number = { group: 'number', cost: 1 } as const

type Binary = (a: number, b: number) => number

function arithmetic(name: '+' | '-' | '*', call: Binary, example: string): Overload {
  return {
    ...number,
    name,
    parameters: [double, double],
    result: 'DOUBLE',
    keepsIntegral: true,
    call,
    emit: ([a = '', b = '']) => `(${a}${name} ${b})`,
    sql: ([a, b]) => `(${a} ${name} ${b})`,
    syntax: `a ${name} b`,
    doc: {
      en: 'Computed in DOUBLE. Whole operands give a whole number, exact inside ±2^53.',
      zh: '按 DOUBLE 计算。两个整数的结果是整数,在 ±2^53 内精确。',
    },
    example,
  }
}

function simple(
  name: string,
  call: (a: number) => number,
  more: Pick<Overload, 'doc' | 'example'> & Partial<Overload>,
): Overload {
  return { ...number, name, parameters: [double], result: 'DOUBLE', call, sql: ([a]) => `${name}(${a})`, ...more }
}

const remainderDoc = {
  en: 'Remainder with the sign of the dividend. Whole numbers: NULL when b is 0. DOUBLE: NaN when b is 0.',
  zh: '余数,符号随被除数。整数:b 为 0 时是 NULL;DOUBLE:b 为 0 时是 NaN。',
}

export const numberFunctions: readonly Overload[] = [
  arithmetic('+', (a, b) => a + b, 'price + 1.5'),
  arithmetic('-', (a, b) => a - b, 'list_price - price'),
  arithmetic('*', (a, b) => a * b, 'price * quantity'),
  {
    ...number,
    name: '-',
    parameters: [bigint],
    result: 'BIGINT',
    call: (a: number) => 0 - a,
    emit: ([a = '']) => `(0- ${a})`,
    sql: ([a]) => `(- ${a})`,
    syntax: '- a',
    doc: { en: 'Negation.', zh: '取负。' },
    example: '-quantity',
  },
  {
    ...number,
    name: '-',
    parameters: [double],
    result: 'DOUBLE',
    keepsIntegral: true,
    call: (a: number) => -a,
    emit: ([a = '']) => `(- ${a})`,
    sql: ([a]) => `(- ${a})`,
    syntax: '- a',
    doc: { en: 'Negation.', zh: '取负。' },
    example: '-price',
  },
  {
    ...number,
    name: '/',
    parameters: [double, double],
    result: 'DOUBLE',
    call: (a: number, b: number) => a / b,
    emit: ([a = '', b = '']) => `(${a}/ ${b})`,
    sql: ([a, b]) => `(${a} / ${b})`,
    syntax: 'a / b',
    doc: {
      en: 'Division in DOUBLE: 1 / 2 is 0.5, 1 / 0 is Infinity, 0 / 0 is NaN.',
      zh: '按 DOUBLE 相除:1 / 2 是 0.5,1 / 0 是 Infinity,0 / 0 是 NaN。',
    },
    example: 'price / list_price',
  },
  {
    ...number,
    name: '//',
    parameters: [bigint, bigint],
    result: 'BIGINT',
    partial: true,
    call: (a: number, b: number) => (b === 0 ? null : Math.trunc(a / b) + 0),
    emit: ([a = '', b = '']) => `(${b}===0?null:Math.trunc(${a}/ ${b})+0)`,
    sql: ([a, b]) => `(${a} // ${b})`,
    syntax: 'a // b',
    doc: {
      en: 'Whole division toward zero, only of whole numbers; NULL when b is 0.',
      zh: '整除,向零取整,只用于整数;b 为 0 时是 NULL。',
    },
    example: 'quantity // 12',
  },
  {
    ...number,
    name: '%',
    aliases: ['mod'],
    parameters: [bigint, bigint],
    result: 'BIGINT',
    partial: true,
    call: (a: number, b: number) => (b === 0 ? null : (a % b) + 0),
    emit: ([a = '', b = '']) => `(${b}===0?null:(${a}% ${b})+0)`,
    sql: ([a, b]) => `(${a} % ${b})`,
    syntax: 'a % b',
    doc: remainderDoc,
    example: 'quantity % 12',
  },
  {
    ...number,
    name: '%',
    aliases: ['mod'],
    parameters: [double, double],
    result: 'DOUBLE',
    call: (a: number, b: number) => a % b,
    emit: ([a = '', b = '']) => `(${a}% ${b})`,
    sql: ([a, b]) => `(${a} % ${b})`,
    syntax: 'a % b',
    doc: remainderDoc,
    example: 'price % 0.25',
  },
  {
    ...number,
    name: 'abs',
    aliases: ['@'],
    parameters: [bigint],
    result: 'BIGINT',
    call: (a: number) => Math.abs(a),
    emit: ([a]) => `Math.abs(${a})`,
    sql: ([a]) => `abs(${a})`,
    doc: { en: 'Absolute value.', zh: '绝对值。' },
    example: 'abs(quantity)',
  },
  simple('abs', (a) => Math.abs(a), {
    aliases: ['@'],
    emit: ([a]) => `Math.abs(${a})`,
    doc: { en: 'Absolute value.', zh: '绝对值。' },
    example: 'abs(price - list_price)',
  }),
  simple('round', roundHalfAway, {
    doc: { en: 'Nearest whole number, half away from zero.', zh: '四舍五入到整数,一半时远离零。' },
    example: 'round(price)',
  }),
  {
    ...number,
    name: 'round',
    parameters: [double, { type: 'BIGINT', constant: true }],
    result: 'DOUBLE',
    call: roundTo,
    bind: ([, digits]) => {
      if (typeof digits !== 'number') return undefined
      if (Math.abs(digits) > 15)
        throw reason({ en: 'the number of digits must be a constant from -15 to 15', zh: '位数须为 -15 到 15 的常量' })
      return { call: (value: number) => roundTo(value, digits) }
    },
    sql: ([a, digits]) => `round(${a}, CAST(${digits} AS INTEGER))`,
    doc: {
      en: 'Rounds half away from zero to n digits after the point (n from -15 to 15, constant).',
      zh: '四舍五入到小数点后 n 位(n 为 -15 到 15 的常量)。',
    },
    example: 'round(price, 2)',
  },
  simple('floor', (a) => Math.floor(a), {
    emit: ([a]) => `Math.floor(${a})`,
    doc: { en: 'Largest whole number not above.', zh: '向下取整。' },
    example: 'floor(price)',
  }),
  simple('ceil', (a) => Math.ceil(a), {
    aliases: ['ceiling'],
    emit: ([a]) => `Math.ceil(${a})`,
    doc: { en: 'Smallest whole number not below.', zh: '向上取整。' },
    example: 'ceil(price)',
  }),
  simple('trunc', (a) => Math.trunc(a), {
    emit: ([a]) => `Math.trunc(${a})`,
    doc: { en: 'Cuts the fraction off.', zh: '去掉小数部分。' },
    example: 'trunc(price)',
  }),
  simple('sqrt', (a) => Math.sqrt(a), {
    partial: true,
    call: (a: number) => (a < 0 ? null : Math.sqrt(a)),
    emit: ([a]) => `(${a}<0?null:Math.sqrt(${a}))`,
    sql: ([a]) => `TRY(sqrt(${a}))`,
    doc: {
      en: 'Square root; NULL for negative numbers (plain DuckDB stops with an error).',
      zh: '平方根;负数得 NULL(DuckDB 原生会报错中断)。',
    },
    example: 'sqrt(price)',
  }),
  {
    ...number,
    name: 'sign',
    parameters: [double],
    result: 'BIGINT',
    call: (a: number) => (a > 0 ? 1 : a < 0 ? -1 : 0),
    emit: ([a]) => `(${a}>0?1:${a}<0?-1:0)`,
    sql: ([a]) => `CAST(sign(${a}) AS BIGINT)`,
    doc: { en: '-1, 0 or 1; 0 for NaN.', zh: '-1、0 或 1;NaN 得 0。' },
    example: 'sign(price)',
  },
  {
    ...number,
    name: 'isnan',
    parameters: [double],
    result: 'BOOLEAN',
    call: (a: number) => Number.isNaN(a),
    emit: ([a]) => `${a}!==${a}`,
    sql: ([a]) => `isnan(${a})`,
    doc: { en: 'True for NaN.', zh: '是否为 NaN。' },
    example: 'isnan(price)',
  },
  {
    ...number,
    name: 'isfinite',
    parameters: [double],
    result: 'BOOLEAN',
    call: (a: number) => Number.isFinite(a),
    emit: ([a]) => `Number.isFinite(${a})`,
    sql: ([a]) => `isfinite(${a})`,
    doc: { en: 'True unless NaN or Infinity.', zh: '不是 NaN 也不是 Infinity。' },
    example: 'isfinite(price)',
  },
  {
    ...number,
    name: 'isinf',
    parameters: [double],
    result: 'BOOLEAN',
    call: (a: number) => compareNumber(Math.abs(a), Infinity) === 0,
    sql: ([a]) => `isinf(${a})`,
    doc: { en: 'True for Infinity and -Infinity.', zh: '是否为 Infinity 或 -Infinity。' },
    example: 'isinf(price)',
  },
]
