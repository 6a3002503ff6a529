import { type Column, createLayout, type Row } from '../../kernel/values.ts'

/** Random well-typed expressions and rows for the property tests, read off a tape of numbers so that failures shrink. */
export type Pick = (count: number) => number

/** Reads choices from a tape; after its end every choice is 0, the simplest one. */
export function readTape(tape: readonly number[]): Pick {
  let next = 0
  return (count) => (tape[next++] ?? 0) % count
}

const columns: readonly Column[] = [
  { name: 's1', type: 'VARCHAR', cost: 0 },
  { name: 's2', type: 'VARCHAR', cost: 0 },
  { name: 'n.text', type: 'VARCHAR', cost: 4 },
  { name: 'ascii', type: 'VARCHAR', cost: 0 },
  { name: 'd1', type: 'DOUBLE', cost: 0 },
  { name: 'd2', type: 'DOUBLE', cost: 2 },
  { name: 'i1', type: 'BIGINT', cost: 0 },
  { name: 'i2', type: 'BIGINT', cost: 3 },
  { name: 'b1', type: 'BOOLEAN', cost: 0 },
  { name: 'b2', type: 'BOOLEAN', cost: 9 },
  { name: 't1', type: 'TIMESTAMP', cost: 0 },
  { name: 't2', type: 'TIMESTAMP', cost: 0 },
  { name: 'l1', type: 'VARCHAR[]', cost: 0 },
  { name: 'l2', type: 'DOUBLE[]', cost: 5 },
]
export const testLayout = createLayout(columns)

const characters = [
  ...'aAbBzZ09 %_\\.\'"/-,éÉİıßẞſKςΣ中ﬁ｡\u0301\u0000\t\n\u{1f44d}\u{1f1e9}\u{10ffff}\ufeff\ufffd\u2028',
]
const texts = [
  '',
  'a',
  'A',
  'ab',
  'abc',
  '%',
  '_',
  '10',
  '-2.5',
  ' 7 ',
  '1e3',
  'nan',
  'true',
  'F',
  '2026-01-31',
  '2024-02-29 23:59:59.5',
  'İstanbul',
  'STRASSE ß',
]
const doubles = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  2.5,
  0.1,
  1e16,
  1e-5,
  123456.789,
  1e308,
  -1e308,
  5e-324,
  Number.NaN,
  Infinity,
  -Infinity,
  9007199254740991,
  4.35,
  -2.675,
]
const integers = [0, 1, -1, 2, 3, 7, -7, 10, 100, 12345, -1000000, 9007199254740991, -9007199254740991]
const instants = [
  0, 1, -1, 951782400000000, 1709251199999999, 1767225600000000, -2208988800000000, 4102444800000000, 1735603200000000,
  1609459199000000,
]

export function randomText(pick: Pick): string {
  if (pick(3) === 0) return texts[pick(texts.length)] ?? ''
  return Array.from({ length: pick(7) }, () => characters[pick(characters.length)]).join('')
}

function randomDouble(pick: Pick): number {
  const kind = pick(3)
  if (kind === 0) return doubles[pick(doubles.length)] ?? 0
  return kind === 1 ? (pick(20001) - 10000) / 100 : (pick(2 ** 31) - 2 ** 30) * 10 ** (pick(30) - 15)
}

function randomInteger(pick: Pick): number {
  return pick(2) === 0 ? (integers[pick(integers.length)] ?? 0) : pick(41) - 20
}

function randomInstant(pick: Pick): number {
  if (pick(2) === 0) return instants[pick(instants.length)] ?? 0
  return (pick(2 ** 31) - 2 ** 29) * 1_000_000 + pick(3) * 123_456
}

export function randomRow(pick: Pick): Row {
  return columns.map(({ name, type }) => {
    if (pick(5) === 0) return null
    if (name === 'ascii') return ['', 'a', 'abc', 'Sale 50%', '12', 'x_y'][pick(6)] ?? ''
    if (type === 'VARCHAR') return randomText(pick)
    if (type === 'DOUBLE') return randomDouble(pick)
    if (type === 'BIGINT') return randomInteger(pick)
    if (type === 'BOOLEAN') return pick(2) === 0
    if (type === 'TIMESTAMP') return randomInstant(pick)
    const length = pick(4)
    return type === 'VARCHAR[]'
      ? Array.from({ length }, () => randomText(pick))
      : Array.from({ length }, () => randomDouble(pick))
  })
}

function quoted(text: string): string {
  return `'${text.replaceAll('\0', '').replaceAll("'", "''")}'`
}

function choose(pick: Pick, makers: readonly (() => string)[]): string {
  return makers[pick(makers.length)]?.() ?? 'NULL'
}

/** A text expression. */
export function textSql(pick: Pick, depth: number): string {
  const leaf = [() => 's1', () => 's2', () => '"n.text"', () => 'ascii', () => quoted(randomText(pick))]
  if (depth <= 0) return choose(pick, leaf)
  const s = () => textSql(pick, depth - 1)
  const n = () => numberSql(pick, depth - 1)
  const i = () => wholeSql(pick, depth - 1)
  const b = () => conditionSql(pick, depth - 1)
  const name = (names: readonly string[]) => names[pick(names.length)] ?? ''
  return choose(pick, [
    ...leaf,
    () => `${name(['lower', 'upper', 'trim', 'ltrim', 'rtrim'])}(${s()})`,
    () => `${name(['trim', 'ltrim', 'rtrim'])}(${s()}, ${s()})`,
    () => `substr(${s()}, ${i()})`,
    () => `substring(${s()}, ${i()}, ${i()})`,
    () => `${name(['left', 'right'])}(${s()}, ${i()})`,
    () => `replace(${s()}, ${s()}, ${s()})`,
    () => `(${s()} || ${choose(pick, [s, n, b, i])})`,
    () => `concat(${s()}, ${choose(pick, [s, n, b, i])}, ${s()})`,
    () => `concat_ws(${s()}, ${s()}, ${choose(pick, [s, n])})`,
    () => `split_part(${s()}, ${s()}, ${i()})`,
    () => `${name(['lpad', 'rpad'])}(${s()}, ${pick(8)}, ${quoted(`${randomText(pick)}x`)})`,
    () => `CASE WHEN ${b()} THEN ${s()} WHEN ${b()} THEN NULL ELSE ${s()} END`,
    () => `CASE ${s()} WHEN ${s()} THEN ${s()} END`,
    () => `coalesce(${s()}, ${s()})`,
    () => `nullif(${s()}, ${s()})`,
    () => `${name(['greatest', 'least'])}(${s()}, ${s()}, NULL)`,
    () => `CAST(${choose(pick, [n, i, b, () => instantSql(pick, depth - 1)])} AS VARCHAR)`,
    () => `regexp_extract(${s()}, ${regexSql(pick)})`,
    () =>
      `regexp_replace(${s()}, ${regexSql(pick)}, ${name(["''", "'-'", "'<\\0>'"])}${name(['', ", 'g'", ", 'gi'"])})`,
    () => `l1[${pick(5) - 2}]`,
  ])
}

const patterns = [
  'a',
  '[ab]+',
  '^a',
  'b$',
  '(a|ab)(c|bcd)*',
  '.',
  'a.b',
  '(?i)A',
  '\\d+',
  '\\s',
  '[^a]',
  'é',
  '.*',
  'x*',
  '\\pL+',
  '[[:alpha:]]',
  '\\w\\b',
  '(?s)a.*b',
  '中|👍',
  'a{1,3}?',
  '\\.',
  '',
]

function regexSql(pick: Pick): string {
  return quoted(patterns[pick(patterns.length)] ?? '')
}

/** A whole number. */
export function wholeSql(pick: Pick, depth: number): string {
  const leaf = [() => String(pick(9) - 3), () => 'i1', () => 'i2', () => String(randomInteger(pick))]
  if (depth <= 0) return choose(pick, leaf)
  const s = () => textSql(pick, depth - 1)
  const i = () => wholeSql(pick, depth - 1)
  const t = () => instantSql(pick, depth - 1)
  const units = ['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second', 'millisecond', 'microsecond']
  const unit = () => units[pick(units.length)] ?? 'day'
  const part = () => [...units, 'dow', 'isodow', 'doy'][pick(units.length + 3)] ?? 'day'
  return choose(pick, [
    ...leaf,
    () => `(${i()} + ${i()})`,
    () => `(${i()} - ${i()})`,
    () => `(${i()} * ${i()})`,
    () => `(${i()} // ${i()})`,
    () => `(${i()} % ${i()})`,
    () => `(- ${i()})`,
    () => `abs(${i()})`,
    () => `length(${s()})`,
    () => `instr(${s()}, ${s()})`,
    () => `len(${pick(2) === 0 ? 'l1' : 'l2'})`,
    () => `sign(${numberSql(pick, depth - 1)})`,
    () => `TRY_CAST(${choose(pick, [s, () => numberSql(pick, depth - 1)])} AS BIGINT)`,
    () => `date_diff('${unit()}', ${t()}, ${t()})`,
    () => `extract(${part()} FROM ${t()})`,
    () => `CASE WHEN ${conditionSql(pick, depth - 1)} THEN ${i()} ELSE ${i()} END`,
    () => `coalesce(${i()}, ${i()})`,
    () => `CAST(${conditionSql(pick, depth - 1)} AS BIGINT)`,
  ])
}

/** Any number. */
export function numberSql(pick: Pick, depth: number): string {
  const leaf = [() => 'd1', () => 'd2', () => String((pick(4001) - 2000) / 8), () => wholeSql(pick, 0)]
  if (depth <= 0) return choose(pick, leaf)
  const n = () => numberSql(pick, depth - 1)
  return choose(pick, [
    ...leaf,
    () => wholeSql(pick, depth),
    () => `(${n()} ${['+', '-', '*', '/', '%'][pick(5)]} ${n()})`,
    () => `(- ${n()})`,
    () => `${['abs', 'round', 'floor', 'ceil', 'trunc', 'sqrt'][pick(6)]}(${n()})`,
    () => `round(${n()}, ${pick(7) - 2})`,
    () => `TRY_CAST(${textSql(pick, depth - 1)} AS DOUBLE)`,
    () => `${['greatest', 'least'][pick(2)]}(${n()}, ${n()})`,
    () => `nullif(${n()}, ${n()})`,
    () => `coalesce(${n()}, ${n()})`,
    () => `CASE WHEN ${conditionSql(pick, depth - 1)} THEN ${n()} ELSE ${n()} END`,
    () => `epoch(${instantSql(pick, depth - 1)})`,
    () => `epoch(${instantSql(pick, depth - 1)} - ${instantSql(pick, depth - 1)})`,
    () => `l2[${pick(5) - 2}]`,
  ])
}

/** A timestamp. */
export function instantSql(pick: Pick, depth: number): string {
  const leaf = [() => 't1', () => 't2', () => "TIMESTAMP '2024-02-29 12:34:56.789'"]
  if (depth <= 0) return choose(pick, leaf)
  const t = () => instantSql(pick, depth - 1)
  const units = ['YEAR', 'MONTH', 'WEEK', 'DAY', 'HOUR', 'MINUTE', 'SECOND']
  return choose(pick, [
    ...leaf,
    () => `(${t()} ${pick(2) === 0 ? '+' : '-'} INTERVAL (${pick(14)}) ${units[pick(units.length)]})`,
    () => `date_trunc('${units[pick(units.length)]?.toLowerCase()}', ${t()})`,
    () => `TRY_CAST(${textSql(pick, depth - 1)} AS TIMESTAMP)`,
    () => `coalesce(${t()}, ${t()})`,
    () => `greatest(${t()}, ${t()})`,
    () => `CASE WHEN ${conditionSql(pick, depth - 1)} THEN ${t()} END`,
  ])
}

/** A condition. */
export function conditionSql(pick: Pick, depth: number): string {
  const compare = () => ['=', '<>', '<', '<=', '>', '>=', 'IS DISTINCT FROM', 'IS NOT DISTINCT FROM'][pick(8)]
  const leaf = [
    () => 'b1',
    () => 'b2',
    () => `s1 ${compare()} ${textSql(pick, 0)}`,
    () => `d1 ${compare()} ${numberSql(pick, 0)}`,
    () => ['TRUE', 'FALSE', 'NULL'][pick(3)] ?? 'NULL',
  ]
  if (depth <= 0) return `(${choose(pick, leaf)})`
  const s = () => textSql(pick, depth - 1)
  const n = () => numberSql(pick, depth - 1)
  const t = () => instantSql(pick, depth - 1)
  const b = () => conditionSql(pick, depth - 1)
  const not = () => (pick(2) === 0 ? '' : 'NOT ')
  return `(${choose(pick, [
    ...leaf,
    () => `${s()} ${compare()} ${s()}`,
    () => `${n()} ${compare()} ${n()}`,
    () => `${t()} ${compare()} ${t()}`,
    () => `${b()} ${compare()} ${b()}`,
    () => `${b()} AND ${b()}${pick(2) === 0 ? '' : ` AND ${b()}`}`,
    () => `${b()} OR ${b()}${pick(2) === 0 ? '' : ` OR ${b()}`}`,
    () => `NOT ${b()}`,
    () => `${choose(pick, [s, n, t, b])} IS ${not()}NULL`,
    () => `${b()} IS ${not()}TRUE`,
    () => `${s()} ${not()}IN (${s()}, ${quoted(randomText(pick))}, ${quoted(randomText(pick))})`,
    () => `${s()} ${not()}IN (${quoted(randomText(pick))}, 'a', 'ab', 'A', '', NULL)`,
    () => `${n()} ${not()}IN (0, 1, ${randomInteger(pick)}, 2.5, 10, -1, 7)`,
    () => `${n()} ${not()}BETWEEN ${n()} AND ${n()}`,
    () => `${s()} ${not()}${pick(2) === 0 ? 'LIKE' : 'ILIKE'} ${likeSql(pick, depth)}`,
    () => `${s()} ${not()}LIKE ${quoted(`${randomText(pick).replaceAll('#', '')}#%%`)} ESCAPE '#'`,
    () => `regexp_matches(${s()}, ${regexSql(pick)}${pick(2) === 0 ? '' : ", 'i'"})`,
    () => `${s()} SIMILAR TO ${regexSql(pick)}`,
    () => `${['contains', 'starts_with', 'ends_with'][pick(3)]}(${s()}, ${s()})`,
    () => `list_contains(l1, ${s()})`,
    () => `${n()} IN l2`,
    () => `list_has_any(l1, ['a', 'ab', ''])`,
    () => `list_has_all(l2, [0, 1.5])`,
    () => `isnan(${n()})`,
    () => `isinf(${n()})`,
    () => `isfinite(${n()})`,
    () => `${t()} - ${t()} ${['<', '>=', '='][pick(3)]} INTERVAL (${pick(40)}) ${['DAY', 'MONTH', 'HOUR'][pick(3)]}`,
    () => `CASE WHEN ${b()} THEN ${b()} ELSE ${b()} END`,
    () => `coalesce(${b()}, ${b()})`,
    () => `TRY_CAST(${s()} AS BOOLEAN)`,
    () => `CAST(${n()} AS BOOLEAN)`,
  ])})`
}

function likeSql(pick: Pick, depth: number): string {
  if (pick(5) === 0) return textSql(pick, depth - 1)
  const pieces = ['%', '_', 'a', 'A', 'b', '%', 'é', '中', '\u{1f44d}', 'İ', '\\', '.']
  return quoted(Array.from({ length: pick(6) }, () => pieces[pick(pieces.length)]).join(''))
}

/** An expression of any type. */
export function anySql(pick: Pick): string {
  const depth = 1 + pick(4)
  return choose(pick, [
    () => conditionSql(pick, depth),
    () => textSql(pick, depth),
    () => numberSql(pick, depth),
    () => wholeSql(pick, depth),
    () => instantSql(pick, depth),
    () => conditionSql(pick, depth),
  ])
}
