import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestPack, testPackFiles } from '../../tests/fixtures/trial-pack.ts'
import { nowMicros } from '../kernel/time.ts'
import { type App, openApp } from './app.ts'
import { runReplay } from './cli/replay.ts'
import { openDuck } from './duckdb.ts'
import { allOperations } from './http/operations.ts'
import { operator } from './serve.ts'

const root = mkdtempSync(join(tmpdir(), 'aedile-safeguards-'))
const folder = join(root, 'data')
const packs = join(root, 'packs')
const log = () => undefined
let app: App

function writePack(pack: TestPack): void {
  mkdirSync(join(packs, 'trial'), { recursive: true })
  for (const [file, text] of testPackFiles(pack)) writeFileSync(join(packs, 'trial', file), text)
}

const window = (aggregate: string, interval: string) =>
  `${aggregate} OVER (PARTITION BY seller_id ORDER BY logged_at RANGE BETWEEN INTERVAL ${interval} PRECEDING AND CURRENT ROW)`
const base: TestPack = {
  strategies: [
    { id: 'cheap', when: 'price < 3', markets: ['*'] },
    { id: 'cheap-de', when: "price < 3 AND title LIKE '%lamp%'", policy: 'P2', markets: ['DE'] },
    { id: 'odd', when: "title LIKE 'odd%'", verdict: 'review' },
    { id: 'both-review', when: "title = 'odd lamp'", verdict: 'review' },
    { id: 'quota', when: "seller_id = 'Q'", limits: { per_hour: 5 }, policy: 'P2' },
    { id: 'watch', when: 'seen_hour > 2', mode: 'shadow' },
  ],
  features: [
    { id: 'seen_hour', sql: window('count(*)', '1 HOUR') },
    { id: 'spent', sql: window('sum(price) FILTER (WHERE quantity > 1)', '2 HOUR') },
  ],
  signals: [{ id: 'reachable', kind: 'contacts', fields: ['title'] }],
}

const start = Date.UTC(2026, 4, 1)
let clock = start

async function submit(data: Record<string, unknown>, seconds = 60): Promise<string> {
  clock += seconds * 1000
  const id = `e${clock}-${Math.round(Math.random() * 1e9)}`
  const submitted = app.pipeline.submit(
    {
      id,
      source: 'test',
      type: 'listing.submitted',
      time: new Date(clock).toISOString(),
      data: {
        listing_id: `L${id}`,
        seller_id: 'S1',
        title: 'thing',
        price: 10,
        quantity: 1,
        ship_to: ['DE', 'FR'],
        ...data,
      },
    },
    { history: true },
  )
  if (submitted.status !== 'accepted') throw new Error(JSON.stringify(submitted))
  await submitted.durable
  return submitted.decision.decision_id
}

const counts = async () => ({
  actions: await app.db.selectFrom('actions').selectAll().execute(),
  points: await app.db.selectFrom('points').selectAll().execute(),
  recalls: await app.db.selectFrom('recalls').selectAll().execute(),
  alerts: await app.db.selectFrom('alerts').selectAll().execute(),
  notices: await app.db.selectFrom('notices').selectAll().execute(),
})

/** What is in force now: kind and markets of every action that nobody took back, by decision; points that stand. */
async function inForce() {
  const { actions, points } = await counts()
  const reversed = new Set(actions.map((row) => row.inverse_of))
  const returned = new Set(points.map((row) => row.ref))
  return {
    actions: actions
      .filter((row) => row.inverse_of === null && !reversed.has(row.action_id))
      .map((row) => `${row.cause} ${row.kind} ${(JSON.parse(row.markets) as string[]).sort().join('+')}`)
      .sort(),
    points: points
      .filter((row) => row.type === 'violation' && !returned.has(row.entry_id))
      .map((row) => `${row.cause} ${row.policy}`)
      .sort(),
  }
}

beforeAll(async () => {
  writePack(base)
  app = await openApp({ folder, packs, log })
})
afterAll(async () => {
  await app.close()
  rmSync(root, { recursive: true, force: true })
})

test('a recall shows first, then takes back what the version alone caused, narrows what others justify in fewer markets, and running it again changes nothing', async () => {
  const only = await submit({ price: 1 })
  const shared = await submit({ price: 1, title: 'lamp' })
  const other = await submit({ price: 5, title: 'odd thing' })
  await app.settled()
  const before = await inForce()
  const request = { strategy: 'trial/cheap', version: 1, since: null, reason: 'test' }
  const dry = await app.recalls.run({ ...request, apply: false }, operator, nowMicros())
  expect(await inForce()).toEqual(before)
  expect(dry).toMatchObject({
    applied: false,
    recall_id: null,
    decisions: 2,
    actions: { reversed: 2, narrowed: 0, kept: 1 },
    points: { entries: 2, points: 4 },
  })
  const done = await app.recalls.run({ ...request, apply: true }, operator, nowMicros())
  expect({ ...done, recall_id: null, applied: false }).toEqual(dry)
  const after = await inForce()
  expect(after.actions.filter((row) => row.startsWith(only))).toEqual([])
  expect(after.actions.filter((row) => row.startsWith(shared))).toEqual([`${shared} geo_block DE`])
  expect(after.points).toEqual([`${shared} P2`])
  expect(after.actions.filter((row) => row.startsWith(other))).toEqual(
    before.actions.filter((row) => row.startsWith(other)),
  )
  const once = await counts()
  expect(
    once.actions.filter((row) => row.inverse_of !== null).every((row) => row.cause === `recall:${done.recall_id}`),
  ).toBe(true)
  const again = await app.recalls.run({ ...request, apply: true }, operator, nowMicros())
  expect(again).toMatchObject({
    recall_id: null,
    actions: { reversed: 0, narrowed: 0 },
    points: { entries: 0 },
    earlier: [done.recall_id],
  })
  expect(await counts()).toEqual(once)
  await app.settled()
  expect(await app.facts.rows('SELECT recall_id, actions::INT AS n FROM recalls')).toEqual([
    { recall_id: done.recall_id, n: 2 },
  ])
})

test('a recalled version never acts again, also after a restart', async () => {
  await submit({ price: 1 })
  await app.close()
  app = await openApp({ folder, packs, log })
  await submit({ price: 1 })
  await app.settled()
  const found = await app.facts.rows(
    "SELECT count(*)::INT AS n FROM findings WHERE strategy = 'trial/cheap' AND mode = 'shadow'",
  )
  expect(found).toEqual([{ n: 2 }])
})

test('a recall withdraws open cases that no other finding asks for and leaves the others', async () => {
  await submit({ title: 'odd lamp', price: 50 })
  await app.settled()
  const open = async () =>
    Number(
      (
        (await app.db
          .selectFrom('case_state' as never)
          .select((count) => count.fn.countAll().as('n'))
          .where('status' as never, '=', 'open' as never)
          .executeTakeFirst()) as { n: number }
      ).n,
    )
  expect(await open()).toBe(2)
  const done = await app.recalls.run(
    { strategy: 'trial/odd', version: 1, since: null, reason: 'test', apply: true },
    operator,
    nowMicros(),
  )
  expect(done.cases_open).toBe(1)
  expect(await open()).toBe(1)
})

test('a pulled brake raises one alert, survives a restart, is undone since its run began, and acts again when released', async () => {
  clock += 3 * 3600_000
  for (let index = 0; index < 10; index++) await submit({ seller_id: 'Q', title: `q${index}` }, 1)
  await app.settled()
  const mine = async () =>
    (await counts()).actions.filter((row) => row.strategy === 'trial/quota' && row.inverse_of === null).length
  expect(await mine()).toBe(5)
  const [alert] = (await counts()).alerts
  expect(alert).toMatchObject({ kind: 'brake', strategy: 'trial/quota', version: 1 })
  await app.close()
  app = await openApp({ folder, packs, log })
  await submit({ seller_id: 'Q' }, 7200)
  await app.settled()
  expect(await mine()).toBe(5)
  expect((await counts()).alerts).toHaveLength(1)
  const done = await app.recalls.run(
    { strategy: 'trial/quota', version: 1, since: alert?.since ?? 0, reason: 'slip', apply: true },
    operator,
    nowMicros(),
  )
  expect(done.actions.reversed).toBe(5)
  await app.lifecycle.release(alert?.alert_id ?? '', {
    principal: operator,
    reason: 'mended',
    position: app.journal.durable(),
    now: nowMicros(),
  })
  await submit({ seller_id: 'Q' }, 7200)
  await app.close()
  app = await openApp({ folder, packs, log })
  await submit({ seller_id: 'Q' }, 60)
  await app.settled()
  expect(await mine()).toBe(7)
})

test('replay over all decisions reports no difference, also for the pack versions of yesterday, running and stopped', async () => {
  writePack({
    ...base,
    version: '2.0.0',
    strategies: base.strategies.map((strategy) => ({
      ...strategy,
      version: 2,
      when: `${strategy.when} AND quantity IS NOT NULL`,
    })),
  })
  expect(await app.reloadPacks()).toBe(true)
  for (let index = 0; index < 5; index++) await submit({ price: 1, title: 'lamp, call +49 151 23456789' })
  const report = await app.replay({})
  expect(report).toMatchObject({ differences: 0, decisions: report.compared })
  expect(report.versions.map((version) => version.running)).toEqual([false, true])
  await app.close()
  const lines: string[] = []
  const kept = process.env['AEDILE_DATA']
  process.env['AEDILE_DATA'] = folder
  try {
    expect(
      await runReplay(
        { json: false },
        { write: (line) => void lines.push(line), error: (line) => void lines.push(line) },
      ),
    ).toBe(0)
  } finally {
    if (kept === undefined) delete process.env['AEDILE_DATA']
    else process.env['AEDILE_DATA'] = kept
  }
  expect(lines[0]).toContain(`${report.decisions} decisions, 0 differences`)
  app = await openApp({ folder, packs, log })
})

const atoms = [
  'price < 5',
  'price >= 4 AND price <> 7',
  "title LIKE '%lamp%'",
  'quantity IS NULL',
  'quantity > 2',
  "attributes.ce_mark = 'yes'",
  'attributes.ce_mark IS NULL',
  "coalesce(brand, '') <> 'Acme'",
  'seen_hour > 3',
  'spent > 20',
  'spent IS NULL',
  'own_last > price',
  'own_titles > 1',
  'own_mean < price',
  'own_titles * 3 > own_mean OR brand IS NULL',
  'own_since < 600',
  'own_first >= 2',
  "own_least = 'lamp'",
  'own_most > price + 1',
  "own_brand = 'Acme'",
  'own_brand <> brand OR own_least IS NULL',
  'own_spread > 5',
  "list_contains(ship_to, 'FR')",
  'len(documents.kinds) > 0',
  "category LIKE 'toys/%'",
  'hour(time) < 12',
  'length(title) > 8',
]
const condition = fc.letrec((tie) => ({
  any: fc.oneof({ depthSize: 'small' }, fc.constantFrom(...atoms), tie('and'), tie('or'), tie('not')),
  and: fc.tuple(tie('any'), tie('any'), tie('any')).map((parts) => parts.map((part) => `(${part})`).join(' AND ')),
  or: fc.tuple(tie('any'), tie('any')).map((parts) => parts.map((part) => `(${part})`).join(' OR ')),
  not: tie('any').map((part) => `NOT (${part})`),
})).any as fc.Arbitrary<string>

test('a backtest by SQL equals the backtest by the live engine: hits, unknowns, nearest misses and the whole card', async () => {
  const pick = <Item>(items: readonly Item[], index: number): Item => items[index % items.length] as Item
  for (let index = 0; index < 300; index++) {
    await submit(
      {
        seller_id: pick(['A', 'B', 'C'], index),
        price: (index * 7) % 11,
        title: pick(['lamp', 'odd toy 👍', 'red lamp ｡', ''], index * 3),
        quantity: pick([1, 2, 3, null], index * 5),
        brand: pick(['Acme', null], index),
        category: pick(['toys/cars', 'beauty/skin', null], index),
        attributes: pick(
          [{ ce_mark: 'yes' }, { ce_mark: 5 }, {}, { ce_mark: null }, { ce_mark: { deep: true } }],
          index,
        ),
        documents: pick([[{ kind: 'x' }], [], null], index),
        ship_to: pick([['DE'], ['FR', 'DE'], ['US']], index),
      },
      1 + ((index * 37) % 1500),
    )
  }
  const features = [
    { id: 'own_last', on: ['listing.submitted'], sql: window('last(price)', '30 MINUTE') },
    { id: 'own_first', on: ['*'], sql: window('arg_min_null(quantity, logged_at) FILTER (WHERE price > 2)', '1 HOUR') },
    { id: 'own_least', on: ['listing.submitted'], sql: window('min(title)', '90 MINUTE') },
    {
      id: 'own_most',
      on: ['*'],
      sql: window('max(price) FILTER (WHERE quantity > 1)', '2 HOUR').replace('BY seller_id', 'BY seller_id, price'),
    },
    { id: 'own_brand', on: ['*'], sql: window('last(brand)', '20 MINUTE') },
    { id: 'own_spread', on: ['*'], sql: window('sum(DISTINCT price)', '30 MINUTE') },
    { id: 'own_titles', on: ['listing.submitted'], sql: window('count(DISTINCT title)', '30 MINUTE') },
    { id: 'own_mean', on: ['*'], sql: window('avg(price) FILTER (WHERE quantity > 1)', '2 HOUR') },
    {
      id: 'own_since',
      on: ['listing.submitted'],
      sql: 'epoch(logged_at - lag(logged_at) OVER (PARTITION BY seller_id ORDER BY logged_at))',
    },
  ]
  const engines = new Set<string>()
  await fc.assert(
    fc.asyncProperty(condition, fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }), async (when, days) => {
      const request = { when, on: ['listing.submitted'], features, days }
      const bySql = await app.backtest.run({ ...request, engine: 'sql' })
      const byStream = await app.backtest.run({ ...request, engine: 'stream' })
      const chosen = await app.backtest.run(request)
      const same = { engine: 'sql', why: '', seconds: 0, events_per_second: 0 }
      expect({ ...byStream, ...same }).toEqual({ ...bySql, ...same })
      expect({ ...chosen, ...same }).toEqual({ ...bySql, ...same })
      engines.add(chosen.engine)
    }),
    { numRuns: 20 },
  )
  expect(engines).toContain('sweep')
}, 300_000)

test('every window of the language goes through the sweep, texts too', async () => {
  const own = (aggregate: string) => ({ id: 'own', on: ['listing.submitted'], sql: window(aggregate, '1 HOUR') })
  for (const [aggregate, when] of [
    ['min(price)', 'own < 4'],
    ['max(price)', 'own > 4'],
    ['first(title)', "own = 'lamp'"],
    ['arg_max_null(title, logged_at) FILTER (WHERE quantity > 1)', 'own IS NOT NULL'],
    ['max(logged_at)', 'own >= logged_at'],
    ['sum(DISTINCT quantity)', 'own > 3'],
  ] as const) {
    const request = { when, on: ['listing.submitted'], features: [own(aggregate)] }
    const swept = await app.backtest.run(request)
    const live = await app.backtest.run({ ...request, engine: 'stream' })
    expect(swept, aggregate).toMatchObject({ engine: 'sweep' })
    expect(swept.hits, aggregate).toBeGreaterThan(0)
    expect(swept.hits, aggregate).toBe(live.hits)
  }
})

test('a backtest chooses its engine: SQL for fields and windows, the stream where a signal was not computed for every event', async () => {
  const run = (when: string) => app.backtest.run({ when, on: ['listing.submitted'] })
  expect(await run('price < 5')).toMatchObject({ engine: 'sql' })
  expect(await run('price < 5 AND seen_hour > 1')).toMatchObject({ engine: 'sweep' })
  expect(await run('reachable > 0')).toMatchObject({ engine: 'stream', hits: 5 })
  await expect(run('prise < 5')).rejects.toMatchObject({ problem: { code: 'expression_refused' } })
})

test('every operation of this room asks for a permission and is audited where it changes something', async () => {
  const duck = await openDuck()
  const operations = allOperations({
    app,
    parse: duck.parse,
    indicators: () => [],
    ingest: () => null,
    sample: () => null,
  })
  duck.close()
  const found = new Map(operations.map((operation) => [operation.name, operation]))
  expect(found.get('recalls.run')).toMatchObject({ permission: 'recall.run', audited: true })
  expect(found.get('alerts.release')).toMatchObject({ permission: 'recall.run', audited: true })
  expect(found.get('strategies.backtest')).toMatchObject({ permission: 'strategy.try' })
  expect(found.get('replay.run')).toMatchObject({ permission: 'pack.test' })
})
