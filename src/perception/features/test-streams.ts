import fc from 'fast-check'
import type { Row, Value } from '../../kernel/values.ts'
import { type Aggregate, type FeaturePlan, type FeatureStore, partitionKey } from './index.ts'
import { windowSql } from './window-sql.ts'

/** An event of the tests: logged_at, two key columns, a boolean, a number, a text, a filter. */
export interface Event {
  readonly t: number
  readonly k: string | null
  readonly n: number | null
  readonly b: boolean | null
  readonly x: number | null
  readonly s: string | null
  readonly f: boolean | null
}

const columns = ['k', 'n', 'b', 'x', 's', 'f'] as const
type ColumnName = (typeof columns)[number]

export const rowOf = (event: Event): Row => columns.map((column) => event[column])

const read = (column: ColumnName) => {
  const slot = columns.indexOf(column)
  return (row: Row): Value => row[slot] ?? null
}

const second = 1_000_000
const ranges = [0, second, 90 * second, 3600 * second, 86_400 * second, 90 * 86_400 * second, null]
const partitions: ColumnName[][] = [['k'], ['k', 'n'], ['b'], []]

interface TestPlan extends FeaturePlan {
  readonly sql: {
    readonly argument: ColumnName | null
    readonly filter: string | null
    readonly partition: ColumnName[]
  }
}

const functions = new Map<string, (row: Row) => Value>()
const shared = (column: ColumnName): ((row: Row) => Value) => {
  const known = functions.get(column) ?? read(column)
  functions.set(column, known)
  return known
}

interface Shape {
  readonly aggregate: Aggregate
  readonly argument: ColumnName | null
  readonly distinct?: boolean
}

const shapes: Shape[] = [
  { aggregate: 'count', argument: null },
  { aggregate: 'count', argument: 'x' },
  { aggregate: 'sum', argument: 'x' },
  { aggregate: 'avg', argument: 'x' },
  { aggregate: 'min', argument: 'x' },
  { aggregate: 'max', argument: 'x' },
  { aggregate: 'min', argument: 's' },
  { aggregate: 'max', argument: 's' },
  { aggregate: 'max', argument: 'b' },
  { aggregate: 'first', argument: 'x' },
  { aggregate: 'first', argument: 's' },
  { aggregate: 'last', argument: 's' },
  { aggregate: 'last', argument: 'b' },
  { aggregate: 'count', argument: 's', distinct: true },
  { aggregate: 'count', argument: 'x', distinct: true },
  { aggregate: 'count', argument: 'b', distinct: true },
  { aggregate: 'sum', argument: 'n', distinct: true },
  { aggregate: 'seconds_since_last', argument: null },
  { aggregate: 'seconds_since_last', argument: 'x' },
]

function planOf(shape: Shape, index: number): TestPlan {
  const partition = partitions[index % partitions.length] ?? []
  const range = ranges[index % ranges.length] ?? null
  const filter = index % 3 === 1 ? 'f' : null
  const { aggregate, argument, distinct } = shape
  const text =
    aggregate === 'count' || aggregate === 'sum' || aggregate === 'avg' || argument === 'x' ? 'DOUBLE' : 'VARCHAR'
  return {
    id: `${index} ${aggregate}(${distinct ? 'DISTINCT ' : ''}${argument ?? '*'}) by ${partition.join()} over ${range} where ${filter}`,
    ...{ aggregate, distinct: distinct ?? false, rangeMicros: range, type: text },
    key: (row) => partitionKey(partition.map((column) => read(column)(row))),
    ...(argument ? { value: shared(argument) } : {}),
    ...(filter ? { filter: shared('f') } : {}),
    partitionId: partition.join(),
    sql: { argument, filter, partition },
  }
}

/** Every aggregate several times, each time with another range, partition and filter. */
export const allPlans: readonly TestPlan[] = Array.from({ length: shapes.length * 3 }, (_, index) =>
  planOf(shapes[index % shapes.length] ?? { aggregate: 'count', argument: null }, index),
)

export const sqlOf = (plan: TestPlan, stream: string): string =>
  windowSql({
    ...{ aggregate: plan.aggregate, distinct: plan.distinct, rangeMicros: plan.rangeMicros, wholeNumbers: false },
    ...{ argument: plan.sql.argument, filter: plan.sql.filter, partition: [stream, ...plan.sql.partition] },
  })

const literal = (value: number | string | boolean | null): string => {
  if (value === null) return 'NULL'
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`
  return typeof value === 'boolean' ? String(value) : `'${Object.is(value, -0) ? '-0.0' : value}'::DOUBLE`
}

export const valuesSql = (stream: number, event: Event): string =>
  `(${stream}, make_timestamp(${event.t}), ${columns.map((column) => literal(event[column])).join(',')})`

export const observeAll = (store: FeatureStore, events: readonly Event[]): Value[][] =>
  events.map((event) => store.observe(rowOf(event), () => null, event.t))

const number = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -500_000, max: 500_000 }).map((cents) => cents / 100) },
  { weight: 3, arbitrary: fc.double({ min: -1e12, max: 1e12, noNaN: true }) },
  { weight: 1, arbitrary: fc.double({ min: -1e-6, max: 1e-6, noNaN: true }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(Number.NaN, 1 / 0, -1 / 0, -0, 2 ** 50, 2 ** 61, -(2 ** 60), 2 ** 50 - 1, 5e-324),
  },
)

const text = fc.oneof(
  fc.constantFrom('', 'a', 'b', 'B', '👍', '｡', '\u{10ffff}', 'é', 'a longer text than thirteen'),
  fc.string({ unit: 'grapheme', maxLength: 4 }).filter((value) => !value.includes('\0')),
)

const gap = fc.oneof(
  { weight: 4, arbitrary: fc.constant(1) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(second - 1, second, second + 1, 90 * second, 3600 * second, 86_400 * second),
  },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 2 * second }) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 3600 * second }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 100 * 86_400 * second }) },
)

/** A stream with bursts, idle spells, gaps that hit the ends of frames, NULLs, few keys and repeated values. */
export const eventStream: fc.Arbitrary<Event[]> = fc
  .tuple(
    fc.array(
      fc.record({
        gap,
        k: fc.option(fc.constantFrom('a', 'b', '', 'c:1'), { freq: 6 }),
        n: fc.option(fc.constantFrom(0, -0, 1, Number.NaN, 2.5), { freq: 6 }),
        b: fc.option(fc.boolean(), { freq: 5 }),
        x: fc.option(number, { freq: 5 }),
        s: fc.option(text, { freq: 5 }),
        f: fc.option(fc.boolean(), { freq: 4 }),
      }),
      { maxLength: 60 },
    ),
    fc.integer({ min: 1, max: 2_000_000_000_000_000 }),
  )
  .map(([steps, start]) => {
    let t = start
    return steps.map(({ gap: step, ...rest }) => {
      t += step
      return { t, ...rest }
    })
  })
