import { createPause } from '../../kernel/pause.ts'
import type { Value } from '../../kernel/values.ts'
import { bitsWhere, countBits, countBoth } from './bits.ts'
import type { LabelledTable, Literal, TableColumn } from './model.ts'

/** Most values, thresholds and words of one column that are tried. */
const mostValues = 40
const mostCuts = 16
const mostWords = 120
const mostSame = 6
/** Characters of a text whose words are counted. */
const mostRead = 2000
/** A text column with more different values than this is read by its words. */
const mostCategories = 200
/** Numbers that are compared with each other. */
const mostPaired = 14

interface Making {
  readonly rows: number
  readonly positives: Uint32Array
  /** Fewest positives that a literal must hit. */
  readonly support: number
}

/** Every atomic condition worth trying over these rows, each with the rows on which it is true. Others have the loop between two. */
export async function makeLiterals(table: LabelledTable, support: number): Promise<Literal[]> {
  const rows = table.positive.length
  const making: Making = { rows, support, positives: bitsWhere(rows, (row) => table.positive[row] === true) }
  const pause = createPause()
  const found: Literal[] = []
  const seen = new Set<string>()
  for (const literal of everyLiteral(table, making)) {
    await pause()
    if (literal === null) continue
    const { bits } = literal
    const count = countBits(bits)
    if (count === 0 || count === rows || countBoth(bits, making.positives) < support) continue
    // Two literals that hit the same rows say the same thing: the first, simpler one stays.
    const key = digest(bits)
    if (seen.has(key)) continue
    seen.add(key)
    found.push(literal)
  }
  return found
}

/** One literal after the other; null where a long step has come some way. */
function* everyLiteral(table: LabelledTable, making: Making): Generator<Literal | null> {
  for (const column of table.columns) yield* ofColumn(column, making)
  yield* pairs(table.columns, making)
}

const digest = (bits: Uint32Array): string => {
  let [a, b] = [17, 31]
  for (const word of bits) {
    a = (Math.imul(a, 0x01000193) ^ word) | 0
    b = (Math.imul(b ^ word, 0x5bd1e995) + 1) | 0
  }
  return `${a} ${b}`
}

function* ofColumn(column: TableColumn, making: Making): Generator<Literal | null> {
  const { sql, values, type } = column
  if (type === 'number') yield* cuts(column, making)
  else if (type === 'boolean') yield* truths(column, making)
  else if (type === 'list') yield* members(column, making)
  else {
    const different = new Set(values.filter((value) => value !== null))
    const isText = different.size > mostCategories || different.size > values.length / 4
    if (!isText) yield* categories(column, making)
    else {
      yield* words(column, making)
      yield* lengths(column, making)
    }
  }
  yield literal(`${sql} IS NULL`, `${sql} null`, 2, making, (row) => values[row] === null)
  yield literal(`${sql} IS NOT NULL`, `${sql} null`, 2, making, (row) => values[row] !== null)
}

function literal(
  sql: string,
  family: string,
  weight: number,
  { rows }: Pick<Making, 'rows'>,
  holds: (row: number) => boolean,
): Literal {
  return { sql, family, weight, bits: bitsWhere(rows, holds) }
}

const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`

function truths({ sql, values }: TableColumn, making: Making): Literal[] {
  return [
    literal(sql, sql, 1, making, (row) => values[row] === true),
    literal(`NOT ${sql}`, sql, 1, making, (row) => values[row] === false),
  ]
}

/** Values that are frequent among the positives. */
function categories({ sql, values }: TableColumn, making: Making): Literal[] {
  return frequent(values, making).map((value) =>
    literal(`${sql} = ${quoted(String(value))}`, sql, 1, making, (row) => values[row] === value),
  )
}

function members({ sql, values }: TableColumn, making: Making): Literal[] {
  const lists = values.map((value) => (Array.isArray(value) ? (value as readonly Value[]) : []))
  const all = making.rows
  const counts = new Map<Value, number>()
  for (let row = 0; row < all; row++)
    for (const item of new Set(lists[row])) counts.set(item, (counts.get(item) ?? 0) + 1)
  const items = [...counts].filter(([item, count]) => typeof item === 'string' && count >= making.support)
  return [
    literal(`len(${sql}) = 0`, `${sql} len`, 1, making, (row) => values[row] !== null && lists[row]?.length === 0),
    ...items
      .sort((a, b) => b[1] - a[1])
      .slice(0, mostValues)
      .map(([item]) =>
        literal(`list_contains(${sql}, ${quoted(String(item))})`, `${sql} ${item}`, 1, making, (row) =>
          lists[row]!.includes(item),
        ),
      ),
  ]
}

/** The values that most positives have. */
function frequent(values: readonly Value[], { rows, positives, support }: Making): Value[] {
  const counts = new Map<Value, number>()
  for (let row = 0; row < rows; row++) {
    const value = values[row] ?? null
    if (value !== null && isIn(positives, row)) counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  return [...counts]
    .filter(([, count]) => count >= support)
    .sort((a, b) => b[1] - a[1])
    .slice(0, mostValues)
    .map(([value]) => value)
}

const isIn = (bits: Uint32Array, row: number): boolean => ((bits[row >>> 5]! >>> (row & 31)) & 1) === 1

/** Thresholds at the quantiles of the positives and of all, and numbers that occur again and again. */
function* cuts({ sql, values }: TableColumn, making: Making): Generator<Literal> {
  const numbers = Float64Array.from(values, (value) => (typeof value === 'number' ? value : Number.NaN))
  for (const value of frequent(values, making).slice(0, mostSame))
    if (Number.isFinite(value)) yield literal(`${sql} = ${value}`, sql, 1, making, (row) => numbers[row] === value)
  for (const cut of thresholds(numbers, making)) {
    yield literal(`${sql} >= ${cut}`, `${sql} >=`, 1, making, (row) => numbers[row]! >= cut)
    yield literal(`${sql} < ${cut}`, `${sql} <`, 1, making, (row) => numbers[row]! < cut)
  }
}

function thresholds(numbers: Float64Array, { positives }: Making): number[] {
  const sorted = numbers.filter(Number.isFinite).sort()
  const marked = numbers.filter((value, row) => Number.isFinite(value) && isIn(positives, row)).sort()
  const at = (from: Float64Array, share: number) => from[Math.floor(share * (from.length - 1))]
  const found = new Set<number>()
  for (const from of [marked, sorted])
    for (let step = 0; step <= mostCuts; step++) {
      const value = at(from, step / mostCuts)
      if (value !== undefined) found.add(readable(value))
    }
  return [...found]
}

/** Three significant digits: a threshold that a person would write. */
const readable = (value: number): number => Number(value.toPrecision(3))

function lengths({ sql, values }: TableColumn, making: Making): Generator<Literal> {
  const counted = values.map((value) => (typeof value === 'string' ? [...value].length : null))
  return cuts({ sql: `length(${sql})`, type: 'number', values: counted }, making)
}

/** Words (pairs of characters in Chinese) that many positives have, best separated first. */
function* words({ sql, values }: TableColumn, making: Making): Generator<Literal | null> {
  const { rows, positives, support } = making
  const lower = values.map((value) => (typeof value === 'string' ? value.toLowerCase() : ''))
  const counts = new Map<string, [positive: number, other: number]>()
  for (let row = 0; row < rows; row++) {
    if (row % 500 === 0) yield null
    const side = isIn(positives, row) ? 0 : 1
    for (const word of wordsOf(lower[row]!.slice(0, mostRead))) {
      const known = counts.get(word)
      if (known) known[side]++
      // A word that no positive has needs no count.
      else if (side === 0) counts.set(word, [1, 0])
    }
  }
  const all = countBits(positives)
  const lift = ([hit, other]: [number, number]) => hit / all - other / Math.max(1, rows - all)
  const best = [...counts].filter(([, [hit]]) => hit >= support).sort((a, b) => lift(b[1]) - lift(a[1]))
  for (const [word] of best.slice(0, mostWords))
    yield literal(`${sql} ILIKE ${quoted(`%${word}%`)}`, `${sql} ${word}`, 1, making, (row) =>
      lower[row]!.includes(word),
    )
}

const latin = /[a-z][a-z0-9']{2,}|[a-z0-9-]+\.(?:com|net|org|ly|me|cn|ru|io|co)\b/g
const chinese = /\p{Script=Han}+/gu

function wordsOf(lower: string): Set<string> {
  const single = lower.match(latin) ?? []
  const found = new Set<string>(single)
  for (const [index, word] of single.entries()) {
    const pair = `${word} ${single[index + 1]}`
    if (index + 1 < single.length && lower.includes(pair)) found.add(pair)
  }
  for (const [run] of lower.matchAll(chinese))
    for (let at = 0; at + 2 <= run.length; at++) found.add(run.slice(at, at + 2))
  for (const part of ['http', 'www.', '$', '!!']) if (lower.includes(part)) found.add(part)
  return found
}

/** Numbers of an event against each other: an amount that equals a balance says more than either. */
function* pairs(columns: readonly TableColumn[], making: Making): Generator<Literal> {
  const numbers = columns.filter(({ type }) => type === 'number').slice(0, mostPaired)
  for (const [index, left] of numbers.entries())
    for (const right of numbers.slice(index + 1))
      for (const [operator, holds] of comparisons)
        yield literal(`${left.sql} ${operator} ${right.sql}`, `${left.sql} ~ ${right.sql}`, 2, making, (row) => {
          const [a, b] = [left.values[row], right.values[row]]
          return typeof a === 'number' && typeof b === 'number' && holds(a, b)
        })
}

const comparisons: readonly [string, (a: number, b: number) => boolean][] = [
  ['=', (a, b) => a === b],
  ['<', (a, b) => a < b],
  ['>', (a, b) => a > b],
]
