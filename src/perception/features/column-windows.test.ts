import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Value } from '../../kernel/values.ts'
import { aggregates, createColumnWindow, createFeatureStore } from './index.ts'
import { allPlans, type Event, eventStream, observeAll, rowOf } from './test-streams.ts'

const seed = Number(process.env['AEDILE_SEED'] ?? 20261122)
const plans = allPlans

/** The same stream as columns, in batches of `size` rows, through one window. */
function sweptOf(plan: (typeof plans)[number], events: readonly Event[], size: number): Value[] {
  const codes = new Map<string, number>()
  const codeOf = (text: string) => codes.get(text) ?? codes.set(text, codes.size).size - 1
  const rows = events.map((event) => {
    const row = rowOf(event)
    const value = plan.value ? plan.value(row, () => null) : null
    const key = codeOf(`key ${plan.key(row, () => null)}`)
    const takesNull = plan.aggregate === 'first' || plan.aggregate === 'last'
    const passes = !plan.filter || plan.filter(row, () => null) === true
    const enters = passes && (!plan.value || value !== null || takesNull)
    // Pairs by value, as DuckDB groups them: 0 is -0, NaN is NaN.
    const pair = codeOf(`pair ${key} ${typeof value} ${value === 0 ? 0 : value}`)
    const number = typeof value === 'number' ? value : 0
    return { time: event.t, code: enters ? key : ~key, number, isNull: value === null ? 1 : 0, value, pair }
  })
  const { aggregate, distinct, rangeMicros, sql } = plan
  const ordered = aggregate === 'min' || aggregate === 'max' || aggregate === 'first' || aggregate === 'last'
  const isNumber = !ordered || sql.argument === 'x'
  const window = createColumnWindow({
    ...{ aggregate, distinct, rangeMicros, isNumber, keys: codes.size, pairs: codes.size },
  })
  const found: Value[] = []
  for (let from = 0; from < rows.length; from += size) {
    const part = rows.slice(from, from + size)
    const { values, empty, cells } = window({
      rows: part.length,
      time: Float64Array.from(part, ({ time }) => time),
      codes: Int32Array.from(part, ({ code }) => code),
      values: Float64Array.from(part, ({ number }) => number),
      nulls: Int32Array.from(part, ({ isNull }) => isNull),
      cells: isNumber ? null : part.map(({ value }) => value),
      pairs: Int32Array.from(part, ({ pair }) => pair),
    })
    for (let row = 0; row < part.length; row++) found.push(empty[row] === 1 ? null : ((cells ?? values)[row] ?? null))
  }
  return found
}

const normal = (value: unknown): unknown => (Object.is(value, -0) ? 0 : value)

it('windows over columns equal the live windows bit for bit, whatever the batches', () => {
  expect(new Set(plans.map(({ aggregate }) => aggregate))).toEqual(new Set(aggregates))
  fc.assert(
    fc.property(eventStream, fc.integer({ min: 1, max: 70 }), (events, size) => {
      const live = observeAll(createFeatureStore(plans), events)
      for (const [index, plan] of plans.entries()) {
        const expected = live.map((values) => normal(values[index]))
        expect(sweptOf(plan, events, size).map(normal), plan.id).toEqual(expected)
      }
    }),
    { seed, numRuns: 300 },
  )
}, 60_000)

it('sums beyond what two numbers hold stay exact, also when they shrink again', () => {
  const amounts = [3e11, 0.1, 1e12, -2.5, 2 ** 49, 0.2, -(2 ** 49), 7, 1e-9, 68_719_476_735.5]
  const events = Array.from({ length: 400 }, (_, index) => ({
    ...{ t: 1_000_000 * (index + 1), k: index % 2 ? 'a' : 'b', n: null, b: null, s: null, f: true },
    x: amounts[(index * 7) % amounts.length] ?? 0,
  }))
  const sums = plans.filter(({ aggregate }) => aggregate === 'sum' || aggregate === 'avg')
  const live = observeAll(createFeatureStore(sums), events)
  for (const [index, plan] of sums.entries())
    expect(sweptOf(plan, events, 64)).toEqual(live.map((values) => values[index]))
})

it('the least, greatest and first of a frame stay right as thousands of rows enter and leave it', () => {
  const shape = { distinct: false, rangeMicros: 5_000, keys: 3, pairs: 0, isNumber: true } as const
  const rows = Array.from({ length: 20_000 }, (_, index) => ({
    ...{ time: index + 1, key: (index * index) % 3, value: (index * 7919) % 1000 },
  }))
  for (const aggregate of ['min', 'max', 'first'] as const) {
    const window = createColumnWindow({ ...shape, aggregate })
    const { values } = window({
      ...{ rows: rows.length, nulls: null, cells: null, pairs: null },
      time: Float64Array.from(rows, ({ time }) => time),
      codes: Int32Array.from(rows, ({ key }) => key),
      values: Float64Array.from(rows, ({ value }) => value),
    })
    for (let row = 0; row < rows.length; row += 997) {
      const now = rows[row]
      const frame = rows.filter(({ time, key }) => key === now?.key && time <= now.time && time >= now.time - 5_000)
      const of = frame.map(({ value }) => value)
      const expected = aggregate === 'first' ? of[0] : aggregate === 'min' ? Math.min(...of) : Math.max(...of)
      expect(values[row], `${aggregate} at row ${row}`).toBe(expected)
    }
  }
})
