import { loadavg } from 'node:os'
import { performance } from 'node:perf_hooks'
import { Engine } from 'json-rules-engine'
import { openDuck } from '../../src/edge/duckdb.ts'
import { bitsOfWord, type SweepInput, sweep } from '../../src/judgement/backtest/index.ts'
import {
  type Checked,
  checkExpression,
  compileSet,
  parseExpression,
  parseFeature,
  quoteName,
  toDuckSql,
} from '../../src/judgement/language/index.ts'
import { featurePlan, featureSql } from '../../src/judgement/strategies/feature-plan.ts'
import type { Row } from '../../src/kernel/values.ts'
import { createFeatureStore } from '../../src/perception/features/index.ts'
import { type Comparison, type Rule, toJsonRule, toSql } from './conditions-input.ts'
import { type History, historyFields, historyLayout, historyWindows, openHistory } from './history.ts'
import { cpuSeconds, growth, type Measure, measure, megabytes, type Options, randomOf, shown } from './measure.ts'

function makeRules(): Rule[] {
  const random = randomOf(5)
  const whole = (below: number) => Math.floor(random() * below)
  const features: readonly (() => Comparison)[] = [
    () => ({ field: 'buyer_orders_1h', operator: '>', value: whole(2) }),
    () => ({ field: 'buyer_spend_24h', operator: '>', value: whole(1500) }),
    () => ({ field: 'device_orders_24h', operator: '>', value: whole(3) }),
    () => ({ field: 'ip_orders_10m', operator: '>', value: whole(3) }),
    () => ({ field: 'seller_sales_24h', operator: '>', value: whole(50_000) }),
  ]
  const fields: readonly (() => Comparison)[] = [
    () => ({ field: 'amount', operator: '>', value: whole(900) }),
    () => ({ field: 'category', operator: '=', value: `goods/${whole(200)}` }),
    () => ({ field: 'currency', operator: '<>', value: 'EUR' }),
    () => ({ field: 'quantity', operator: '>', value: whole(5) }),
    () => ({ field: 'weight_g', operator: '<', value: whole(5000) }),
  ]
  const one = (from: readonly (() => Comparison)[]) => (from[whole(from.length)] ?? from[0])?.() as Comparison
  return Array.from({ length: 50 }, () => [one(fields), one(fields), one(features)])
}

async function checkedOf(rules: readonly Rule[]) {
  const duck = await openDuck()
  const conditions: Checked[] = []
  for (const rule of rules)
    conditions.push(checkExpression(await parseExpression(duck.parse, toSql(rule)), historyLayout))
  const features = []
  for (const { id, sql } of historyWindows)
    features.push({ id, on: ['order.placed'], checked: await parseFeature(duck.parse, sql, historyLayout) })
  duck.close()
  const input: SweepInput = {
    ...{ layout: historyLayout, conditions, features, on: ['order.placed'] },
    ...{ since: 0, until: Date.parse('2027-01-01') * 1000, table: 'history', column: quoteName },
  }
  return input
}

/** Hits by condition: how many, and a sum over their positions that tells two sets of the same size apart. */
interface Hits {
  readonly counts: number[]
  readonly sums: number[]
}

function collect(conditions: number): Hits & { add(condition: number, position: number): void } {
  const counts = Array.from({ length: conditions }, () => 0)
  const sums = Array.from({ length: conditions }, () => 0)
  return {
    ...{ counts, sums },
    add(condition, position) {
      counts[condition]!++
      sums[condition] = (sums[condition]! + Math.imul(position + 1, 0x9e3779b1)) | 0
    },
  }
}

async function swept(input: SweepInput, { store }: History): Promise<Hits> {
  const hits = collect(input.conditions.length)
  await sweep(input, store, (position, trues) => {
    for (let word = 0; word < trues.length; word++)
      for (let open = trues[word]!; open !== 0; open &= open - 1)
        hits.add(word * bitsOfWord + 31 - Math.clz32(open & -open), position)
  })
  return hits
}

/** The rows of the history in order, with the values of the windows as DuckDB computes them. */
function windowedRows({ features }: SweepInput, table = 'history') {
  const windows = features.map(({ id, checked }) => `${featureSql(checked)} AS ${quoteName(id)}`)
  return `SELECT *, ${windows.join(', ')} FROM ${table} ORDER BY logged_at`
}

/** The live way: window store and compiled conditions, row by row; the windows come from its own state. */
function live(input: SweepInput, rows: readonly Record<string, unknown>[]): Hits {
  const { features, conditions } = input
  const store = createFeatureStore(features.map(({ id, checked }) => featurePlan(id, checked, historyLayout)))
  const run = compileSet(conditions, historyLayout)
  const hits = collect(conditions.length)
  const marks = new Int8Array(conditions.length)
  for (const given of rows) {
    const row: Row = historyLayout.columns.map(({ name, type }) =>
      type === 'TIMESTAMP' ? (given[name] as Date).getTime() * 1000 : (given[name] as string | number),
    )
    const values = store.observe(row, () => null, Number(given['micros']))
    for (const [index, { id }] of features.entries()) row[historyLayout.slot(id) ?? -1] = values[index] ?? null
    run(row, () => null, marks)
    for (const [condition, mark] of marks.entries()) if (mark === 1) hits.add(condition, Number(given['position']))
  }
  return hits
}

async function jsonRules(rules: readonly Rule[], rows: readonly Record<string, unknown>[]) {
  const engine = new Engine(rules.map(toJsonRule))
  const hits = collect(rules.length)
  const started = performance.now()
  for (const row of rows)
    for (const { type } of (await engine.run(row)).events) hits.add(Number(type), Number(row['position']))
  return { rate: rows.length / ((performance.now() - started) / 1000), hits }
}

/** One DuckDB query with SQL's own windows, for comparison. */
async function queried(input: SweepInput, history: History): Promise<number[]> {
  const counts = input.conditions.map((condition, index) => `count_if(${toDuckSql(condition)}) AS r${index}`)
  const [row] = await history.rows(`SELECT ${counts.join(', ')} FROM (${windowedRows(input)})`)
  return input.conditions.map((_, index) => Number(row?.[`r${index}`]))
}

function demandEqual(what: string, found: Hits, expected: Hits): void {
  for (const [condition, count] of found.counts.entries())
    if (count !== expected.counts[condition] || found.sums[condition] !== expected.sums[condition])
      throw new Error(`condition ${condition}: ${count} hits by sweep, ${expected.counts[condition]} by ${what}`)
}

const checkRows = 4000

/** Before anything is timed: the same hit sets by sweep, DuckDB's windows, the live engine and json-rules-engine. */
async function checkHits(input: SweepInput, rules: readonly Rule[], history: History): Promise<string> {
  await history.fill(checkRows, 250)
  const found = await swept(input, history)
  const rows = await history.rows(`SELECT *, epoch_us(logged_at) AS micros FROM (${windowedRows(input)})`)
  demandEqual('the live engine', found, live(input, rows))
  const peer = await jsonRules(
    rules,
    rows.map(({ logged_at, ...row }) => row),
  )
  demandEqual('json-rules-engine', found, peer.hits)
  const counts = await queried(input, history)
  const wrong = counts.findIndex((count, index) => count !== found.counts[index])
  if (wrong >= 0) throw new Error(`condition ${wrong}: ${found.counts[wrong]} hits by sweep, ${counts[wrong]} by SQL`)
  const total = counts.reduce((sum, count) => sum + count, 0)
  return `hit sets equal first, condition by condition, on ${shown(checkRows)} events (${shown(total)} hits): sweep, live engine, DuckDB's windows, json-rules-engine`
}

export async function backtestMeasures({ quick, say }: Options): Promise<Measure[]> {
  const rows = quick ? 1_000_000 : 10_000_000
  const rules = makeRules()
  const input = await checkedOf(rules)
  const history = await openHistory()
  try {
    const checked = await checkHits(input, rules, history)
    say(checked)
    const points: { size: number; cost: number; cpu: number }[] = []
    let hits: Hits = { counts: [], sums: [] }
    for (const size of [rows / 8, rows / 4, rows / 2, rows]) {
      await history.fill(size)
      const before = cpuSeconds()
      const started = performance.now()
      hits = await swept(input, history)
      points.push({ size, cost: (performance.now() - started) / 1000, cpu: cpuSeconds() - before })
      say(`backtest, ${shown(size)} events: ${shown(points.at(-1)?.cost ?? 0)} s`)
    }
    const memory = megabytes()
    const sqlStarted = cpuSeconds()
    const counts = await queried(input, history)
    const sqlCpu = cpuSeconds() - sqlStarted
    if (counts.some((count, index) => count !== hits.counts[index]))
      throw new Error('the hit counts of the whole history differ between sweep and SQL')
    const sample = await history.rows(
      `SELECT * EXCLUDE (logged_at) FROM (${windowedRows(input, `(SELECT * FROM history WHERE position >= ${rows - 5000})`)}) LIMIT ${quick ? 1000 : 3000}`,
    )
    const peer = await jsonRules(rules, sample)
    const { cost = Number.NaN, cpu = Number.NaN } = points.at(-1) ?? {}
    const rate = rows / cost
    const notes = [
      `50 conditions, 5 windows, ${shown(rows)} events of ${historyFields.length} fields in a store on disk with 2 GB; ${checked}`,
      `${shown(cpu)} CPU-s: ${shown((2 * rows) / cpu)} events/s where two cores are free; load ${loadavg()[0]?.toFixed(1)} during this run; ${shown(memory)} MB resident at the end`,
      `the same history by one DuckDB query with SQL windows: ${shown(sqlCpu)} CPU-s, the same hit counts`,
      growth('seconds by events', 's', points),
      growth(
        'CPU-seconds by events',
        's',
        points.map(({ size, cpu: spent }) => ({ size, cost: spent })),
      ),
      'the peer is given the values of the windows and does no more than its conditions',
    ]
    const row = { value: rate, unit: 'events/s', notes }
    return [
      measure({ ...row, name: 'backtest', target: '≥ 1,000,000 events/s', pass: rate >= 1e6 }),
      measure({
        ...{ ...row, name: 'backtest-vs-json-rules-engine', peer: 'json-rules-engine', peer_value: peer.rate },
        ...{ ratio: rate / peer.rate, target: '≥ 100×', pass: rate / peer.rate >= 100 },
      }),
    ]
  } finally {
    history.close()
  }
}
