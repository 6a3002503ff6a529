import { loadavg } from 'node:os'
import { performance } from 'node:perf_hooks'
import { Engine } from 'json-rules-engine'
import { openDuck } from '../../src/edge/duckdb.ts'
import {
  checkExpression,
  parseExpression,
  parseFeature,
  quoteName,
  toDuckSql,
} from '../../src/judgement/language/index.ts'
import { featureSql } from '../../src/judgement/strategies/feature-plan.ts'
import { type Column, createLayout } from '../../src/kernel/values.ts'
import { type Comparison, type Rule, toJsonRule, toSql } from './conditions-input.ts'
import { cpuSeconds, growth, type Measure, measure, type Options, randomOf, shown } from './measure.ts'
import { windowSqlOf } from './shop.ts'

type Duck = Awaited<ReturnType<typeof openDuck>>

const plain: readonly Column[] = [
  ...(['buyer_id', 'device_id', 'ip', 'seller_id', 'category', 'currency'] as const).map((name) => ({
    name,
    type: 'VARCHAR' as const,
    cost: 0,
  })),
  ...(['amount', 'quantity', 'weight_g'] as const).map((name) => ({ name, type: 'DOUBLE' as const, cost: 0 })),
  { name: 'logged_at', type: 'TIMESTAMP', cost: 0 },
]
const wanted = new Set(['buyer_orders_1h', 'buyer_spend_24h', 'device_orders_24h', 'ip_orders_10m', 'seller_sales_24h'])
const windows = windowSqlOf(20).filter(({ id }) => wanted.has(id))

/** A history of orders over ten days in columns, the same on every machine. */
function historySql(rows: number): string {
  const pick = (salt: number, below: number) => `(hash(i, ${salt}) % ${below})`
  return `CREATE OR REPLACE TABLE history AS SELECT
    'buyer_' || ${pick(1, 200_000)} AS buyer_id, 'device_' || ${pick(2, 150_000)} AS device_id, '10.0.' || ${pick(3, 50_000)} AS ip, 'seller_' || ${pick(4, 5000)} AS seller_id,
    'goods/' || ${pick(5, 200)} AS category, ['EUR', 'USD', 'GBP', 'CNY'][(${pick(6, 4)} + 1)::BIGINT] AS currency,
    ${pick(7, 100_000)} / 100.0::DOUBLE AS amount, (1 + ${pick(8, 5)})::DOUBLE AS quantity, ${pick(9, 5000)}::DOUBLE AS weight_g,
    TIMESTAMP '2026-03-01' + to_microseconds((i * ${Math.floor((10 * 86_400e6) / rows)})::BIGINT) AS logged_at
    FROM range(${rows}) AS numbers(i)`
}

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

/** The backtest as SQL: windows below, the conditions as counters above, printed by the same compiler that runs live. */
async function backtestSql(duck: Duck, rules: readonly Rule[]): Promise<{ inner: string; sql: string }> {
  const layout = createLayout([...plain, ...windows.map(({ id }) => ({ name: id, type: 'DOUBLE' as const, cost: 1 }))])
  const features: string[] = []
  for (const { id, sql } of windows)
    features.push(`${featureSql(await parseFeature(duck.parse, sql, layout))} AS ${quoteName(id)}`)
  const inner = `SELECT ${plain.map(({ name }) => name).join(', ')}, ${features.join(', ')} FROM history`
  const counts: string[] = []
  for (const [index, rule] of rules.entries())
    counts.push(
      `count_if(${toDuckSql(checkExpression(await parseExpression(duck.parse, toSql(rule)), layout))}) AS r${index}`,
    )
  return { inner, sql: `SELECT ${counts.join(', ')} FROM (${inner})` }
}

interface Peer {
  readonly rate: number
  readonly hits: readonly number[]
}

async function jsonRules(rules: readonly Rule[], rows: readonly Record<string, unknown>[]): Promise<Peer> {
  const engine = new Engine(rules.map(toJsonRule))
  const hits = rules.map(() => 0)
  const started = performance.now()
  for (const row of rows)
    for (const { type } of (await engine.run(row)).events) hits[Number(type)] = (hits[Number(type)] ?? 0) + 1
  return { rate: rows.length / ((performance.now() - started) / 1000), hits }
}

export async function backtestMeasures({ quick, say }: Options): Promise<Measure[]> {
  const rows = quick ? 1_000_000 : 10_000_000
  const duck = await openDuck(':memory:', { memory_limit: '12GB' })
  const rules = makeRules()
  const { inner, sql } = await backtestSql(duck, rules)
  let cpu = 0
  const points = []
  for (const size of [rows / 8, rows / 4, rows / 2, rows]) {
    await duck.run(historySql(size))
    const before = cpuSeconds()
    const started = performance.now()
    await duck.rows(sql)
    cpu = cpuSeconds() - before
    points.push({ size, cost: (performance.now() - started) / 1000 })
    say(`backtest, ${shown(size)} events: ${shown(points.at(-1)?.cost ?? 0)} s`)
  }
  const seconds = points.at(-1)?.cost ?? Number.NaN
  const windowsStarted = performance.now()
  await duck.rows(`SELECT ${windows.map(({ id }) => `sum(${id})`).join(', ')} FROM (${inner})`)
  const windowSeconds = (performance.now() - windowsStarted) / 1000
  await duck.run(
    `CREATE TABLE sample AS SELECT * FROM (${inner}) USING SAMPLE reservoir(${quick ? 1000 : 3000} ROWS) REPEATABLE (1)`,
  )
  const sample = await duck.rows('SELECT * EXCLUDE (logged_at) FROM sample')
  const [ours] = await duck.rows(sql.replace(`(${inner})`, 'sample'))
  const peer = await jsonRules(rules, sample)
  duck.close()
  const different = peer.hits.findIndex((hits, index) => hits !== Number(ours?.[`r${index}`]))
  if (different >= 0)
    throw new Error(
      `condition ${different} has ${ours?.[`r${different}`]} hits in SQL, ${peer.hits[different]} in json-rules-engine`,
    )
  const rate = rows / seconds
  const notes = [
    `50 conditions, 5 windows, ${shown(rows)} events; the windows alone take ${shown(windowSeconds)} of ${shown(seconds)} s`,
    `${shown(cpu)} CPU-s: ${shown((2 * rows) / cpu)} events/s where two cores are free; load ${loadavg()[0]?.toFixed(1)} during this run`,
    `hit counts of all conditions equal on a sample of ${sample.length} events of the same history (the peer is given the windows' values)`,
    growth('seconds by events', 's', points),
  ]
  return [
    measure({
      name: 'backtest',
      value: rate,
      unit: 'events/s',
      target: '≥ 1,000,000 events/s',
      pass: rate >= 1e6,
      notes,
    }),
    measure({
      name: 'backtest-vs-json-rules-engine',
      value: rate,
      unit: 'events/s',
      peer: 'json-rules-engine',
      peer_value: peer.rate,
      ratio: rate / peer.rate,
      target: '≥ 100×',
      pass: rate / peer.rate >= 100,
      notes,
    }),
  ]
}
