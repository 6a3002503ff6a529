import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testPackFiles } from '../../tests/fixtures/trial-pack.ts'
import { createBacktest, type Engine } from '../judgement/backtest/index.ts'
import { record } from '../kernel/database.ts'
import { nowMicros } from '../kernel/time.ts'
import { type App, openApp } from './app.ts'
import { runBacktest } from './cli/backtest.ts'
import { openDuck } from './duckdb.ts'

const root = mkdtempSync(join(tmpdir(), 'aedile-card-'))
const folder = join(root, 'data')
const packs = join(root, 'packs')
let app: App
let clock = Date.UTC(2026, 4, 1)

async function submit(type: string, id: string, data: Record<string, unknown>): Promise<void> {
  clock += 60_000
  const event = { id, source: 'test', type, time: new Date(clock).toISOString(), data }
  const submitted = app.pipeline.submit(event, { history: true })
  if (submitted.status !== 'accepted') throw new Error(JSON.stringify(submitted))
  await submitted.durable
}

const list = (id: string, seller: string, price: number, quantity: number, category = 'toys/cars') =>
  submit('listing.submitted', id, {
    ...{ listing_id: id, seller_id: seller, title: `thing ${id}`, price, quantity, category, ship_to: ['DE'] },
  })

let labels = 0
const label = (event: string, word: string, origin: string) =>
  app.db.transaction().execute((tx) =>
    record(tx, 'labels', {
      ...{ label_id: `lbl_${++labels}`, at: nowMicros(), event_id: event, source: 'test', label: word, origin },
      ...{ subject_type: 'listing', subject_id: event, policy: null, strategies: '[]', cause: 'test', actor: 'test' },
    }),
  )

beforeAll(async () => {
  mkdirSync(join(packs, 'trial'), { recursive: true })
  const files = testPackFiles({
    strategies: [{ id: 'cars', when: "category = 'toys/cars' AND price < 3", markets: ['DE'], verdict: 'review' }],
    features: [
      {
        id: 'seen_hour',
        sql: 'count(*) OVER (PARTITION BY seller_id ORDER BY logged_at RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW)',
      },
    ],
  })
  for (const [file, text] of files) writeFileSync(join(packs, 'trial', file), text)
  app = await openApp({ folder, packs, log: () => undefined })
  await submit('shop.opened', 'shop-a', { shop_id: 'A', level: '2' })
  await list('a1', 'A', 2, 5)
  await list('a2', 'A', 4, 5, 'home/lamp')
  await submit('shop.updated', 'shop-a2', { shop_id: 'A', level: '3' })
  await list('a3', 'A', 4.5, 5)
  await list('b1', 'B', 1, 5)
  await list('far', 'C', 500, 5)
  await list('near', 'C', 5.2, 5)
  await list('few', 'C', 1, 1)
  await list('neither', 'C', 500, 0)
  await label('a1', 'violation', 'review')
  await label('a2', 'violation', 'review')
  await label('a2', 'ok', 'appeal')
  await label('a3', 'ok', 'import')
  await app.settled()
}, 60_000)
afterAll(async () => {
  await app.close()
  rmSync(root, { recursive: true, force: true })
})

const run = (when: string, engine?: Engine) => app.backtest.run({ when, on: ['listing.submitted'], engine })

test('the card splits hits by the level that the shop had then, and by what was said of them', async () => {
  const card = await run('price < 5 AND quantity > 2')
  expect(card.hits).toBe(4)
  expect(card.by_tier).toEqual([
    { tier: '2', hits: 2, sellers: 1 },
    { tier: '', hits: 1, sellers: 1 },
    { tier: '3', hits: 1, sellers: 1 },
  ])
  expect(card.labels).toEqual({ violation: 1, ok: 2, overturned: 1, unlabelled: 1 })
  expect(card.precision).toMatchObject({ n: 3, value: 1 / 3 })
  expect(card.by_category).toEqual([
    { category: 'toys/cars', hits: 3 },
    { category: 'home/lamp', hits: 1 },
  ])
  expect(card.sellers).toBe(2)
  expect(card.overlap).toEqual([{ strategy: 'trial/cars', findings: 3, both: 2, increment: 2 }])
  expect(card.increment).toBe(2)
})

test('a card says whether the facts had everything that was journaled', async () => {
  const duck = await openDuck()
  const options = { trusted: true, limit: 100_000, timeoutMs: 60_000 }
  const behind = createBacktest({
    warehouse: { query: async (sql, params) => (await app.facts.query(sql, { ...options, params })).rows },
    sweep: (request) => app.facts.sweep(request, 60_000),
    programs: () => app.pipeline.engine().programs,
    parse: duck.parse,
    batches: () => app.journal.batches(0),
    settled: async () => false,
  })
  const asked = { when: 'price < 5', on: ['listing.submitted'] }
  expect((await behind.run(asked)).caught_up).toBe(false)
  expect((await app.backtest.run(asked)).caught_up).toBe(true)
  duck.close()
})

test('near misses come nearest first and say which part failed and by how much', async () => {
  for (const engine of ['sql', 'stream'] as const) {
    const { nearest_misses: misses } = await run('price < 5 AND quantity > 2', engine)
    expect(misses.map(({ id }) => id)).toEqual(['near', 'few', 'far'])
    const [near, few, far] = misses.map(({ missing }) => missing)
    const part = 'price < 5'
    expect(near).toEqual([{ part, value: 5.2, limit: 5 }])
    expect(few).toMatchObject([{ value: 1, limit: 2 }])
    expect(far).toEqual([{ part, value: 500, limit: 5 }])
  }
})

test('a window is a part like any other: its value in a near miss is the one that the live engine saw', async () => {
  const found = await Promise.all(
    (['sweep', 'sql', 'stream'] as const).map((engine) =>
      run('seen_hour >= 5 AND quantity >= 0 AND price < 1000', engine),
    ),
  )
  const [swept, ...others] = found.map(({ nearest_misses }) => nearest_misses)
  expect(swept?.[0]).toMatchObject({ id: 'neither', missing: [{ value: 4, limit: 5 }] })
  for (const other of others) expect(other).toEqual(swept)
})

test('the command line prints the card', async () => {
  const kept = process.env['AEDILE_DATA']
  process.env['AEDILE_DATA'] = folder
  const lines: string[] = []
  await app.close()
  try {
    const io = { write: (line: string) => void lines.push(line), error: (line: string) => void lines.push(line) }
    expect(await runBacktest({ when: 'price < 5 AND quantity > 2', on: 'listing.submitted' }, io)).toBe(0)
  } finally {
    if (kept === undefined) delete process.env['AEDILE_DATA']
    else process.env['AEDILE_DATA'] = kept
    app = await openApp({ folder, packs, log: () => undefined })
  }
  const text = lines.join('\n')
  expect(text).toMatch(/tiers {5}2 2 \(sellers: 1\)/)
  expect(text).toMatch(/1 violation, 1 overturned on appeal, 1 otherwise fine, 1 unlabelled/)
  expect(text).toMatch(/near miss listing:near .* \(5\.2 against 5\)/)
}, 60_000)
