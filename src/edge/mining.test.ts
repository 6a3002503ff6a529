import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { testPackFiles } from '../../tests/fixtures/trial-pack.ts'
import { createMining } from '../insight/discovery/index.ts'
import { loadPack } from '../vocabulary/packs/index.ts'
import { type App, openApp } from './app.ts'
import { runMine } from './cli/mine.ts'
import { publicDataFolder } from './import-files.ts'
import { importSink } from './import-sink.ts'
import { runImport } from './imports.ts'

const root = mkdtempSync(join(tmpdir(), 'aedile-mining-'))
const folder = join(root, 'data')
const packs = join(root, 'packs')
let app: App
let mining: ReturnType<typeof createMining>

/** The same numbers on every run. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

interface Made {
  readonly data: Record<string, unknown>
  readonly bad: boolean
}

let days = 0

/** Events of a type with a label each, a minute apart, through the pipeline as an import takes them. */
async function learn(type: string, made: readonly Made[], kind = 'P2'): Promise<void> {
  const begin = Date.UTC(2026, 0, 1 + 10 * days++)
  const events = made.map(({ data }, index) => ({
    ...{ specversion: '1.0' as const, id: `${type}-${index}`, source: 'history', type, data },
    time: new Date(begin + index * 60_000).toISOString(),
  }))
  const labels = made.map(({ bad }, index) => ({
    ...{ event: `${type}-${index}`, source: 'history', label: bad ? ('violation' as const) : ('ok' as const) },
    ...(bad ? { kind } : {}),
  }))
  await importSink(
    app,
    { events, lines: events.map((_, index) => index), quarantined: [], listEntries: [], labels } as never,
    { origin: `test:${type}`, by: 'test', verdicts: new Map(), strategies: new Map() },
  )
  // Nothing waits for the facts here: mining right after an import must see its labels by itself.
}

beforeAll(async () => {
  mkdirSync(join(packs, 'trial'), { recursive: true })
  const files = testPackFiles({
    strategies: [{ id: 'cheap', when: 'price < 60', markets: ['*'], verdict: 'review' }],
    features: [
      {
        id: 'buyer_orders_1h',
        on: ['order.placed'],
        sql: 'count(*) OVER (PARTITION BY buyer_id ORDER BY logged_at RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW)',
      },
    ],
  })
  for (const [file, text] of files) writeFileSync(join(packs, 'trial', file), text)
  app = await openApp({ folder, packs, log: () => undefined })
  mining = createMining({
    facts: app.facts,
    backtest: app.backtest,
    programs: () => app.pipeline.engine().programs,
  })
}, 60_000)
afterAll(async () => {
  await app.close()
  rmSync(root, { recursive: true, force: true })
})

test('a planted rule is found, proved on newer labels, and is not what runs already', async () => {
  const random = randomOf(5)
  const one = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)] as Item
  const made = Array.from({ length: 1500 }, (_, index): Made => {
    const data = {
      listing_id: `L${index}`,
      seller_id: `S${Math.floor(random() * 40)}`,
      title: `${one(['fine', 'new', 'old', 'red'])} thing ${index}`,
      price: Math.round(random() * 100_000) / 100,
      quantity: Math.floor(random() * 9),
      category: one(['toys/guns', 'toys/cars', 'home/lamp', 'food/tea']),
      brand: one(['Acme', 'Bolt', null]),
      ship_to: one([['DE'], ['FR', 'DE'], ['US']]),
      attributes: one([{ ce_mark: 'yes' }, {}]),
    }
    // Planted, with one label in fifty wrong; what `cheap` finds is bad as well, and known.
    const bad = (data.category === 'toys/guns' && data.price >= 600) || data.price < 60
    return { data, bad: random() < 0.02 ? !bad : bad }
  })
  await learn('listing.submitted', made)
  const report = await mining.mine({ type: 'listing.submitted', label: 'violation' })
  expect(report.known).toBeGreaterThan(0)
  expect(report.proposals.length).toBeGreaterThan(0)
  const [best] = report.proposals
  expect(best?.when).toMatch(/category = 'toys\/guns'/)
  expect(best?.when).toMatch(/price >= (59\d|60\d|61\d)/)
  expect(best?.when).not.toMatch(/_id\b|\bid\b|title|logged_at/)
  expect(best?.precision.low).toBeGreaterThan(0.85)
  // The other positives are what `cheap` finds, and wrong labels.
  expect(best?.recall).toBeGreaterThan(0.35)
  expect(best?.increment).toBe(best?.support)
  // What it says of itself is what a backtest of its text says.
  const again = await app.backtest.run({ when: best?.when ?? '', on: ['listing.submitted'] })
  expect(again).toMatchObject({ hits: best?.card.hits, labels: best?.card.labels, increment: best?.card.increment })
  // No proposal only repeats the strategy that runs.
  for (const { when, increment } of report.proposals) {
    expect(when).not.toMatch(/^price < \d+$/)
    expect(increment).toBeGreaterThan(0)
  }
  // The label may also be named by its kind, and another kind has no positives.
  expect((await mining.mine({ type: 'listing.submitted', label: 'P2' })).positives).toBe(report.positives)
  const other = await mining.mine({ type: 'listing.submitted', label: 'P9' })
  expect(other).toMatchObject({ positives: 0, proposals: [] })
  expect(other.why?.en).toMatch(/Too few labels/)
}, 60_000)

test('a draft is a strategy that its pack accepts, in shadow', async () => {
  const report = await mining.mine({ type: 'listing.submitted', label: 'violation' })
  const draft = parseYaml(report.proposals[0]?.draft ?? '') as Record<string, unknown>[]
  expect(draft[0]).toMatchObject({ mode: 'shadow', policy: 'P2', on: ['listing.submitted'], verdict: 'review' })
  const files = testPackFiles({ strategies: draft as never })
  const { problems } = loadPack(files, 'draft')
  expect(problems).toEqual([])
})

test('a rule about a window is found: the fourth order of a buyer within an hour', async () => {
  const random = randomOf(9)
  const made: Made[] = []
  while (made.length < 1200) {
    const burst = random() < 0.06 ? 6 : 1
    const buyer = `B${made.length}`
    for (let order = 1; order <= burst; order++)
      made.push({
        data: { order_id: `O${made.length}`, buyer_id: buyer, amount: Math.floor(random() * 90) + 5, currency: 'EUR' },
        bad: order >= 4,
      })
  }
  await learn('order.placed', made)
  const { proposals } = await mining.mine({ type: 'order.placed', label: 'violation' })
  expect(proposals[0]?.when).toMatch(/buyer_orders_1h >= 4/)
  expect(proposals[0]).toMatchObject({ precision: { value: 1 }, recall: 1 })
  expect(proposals[0]?.card.engine).toBe('sweep')
}, 60_000)

test('nothing is proposed where labels have nothing to do with the events', async () => {
  for (const [type, share] of [
    ['comment.posted', 0.5],
    ['review.posted', 0.85],
  ] as const) {
    const random = randomOf(share * 100)
    const words = 'this song is so good watch my love nice best ever wow cool please new'.split(' ')
    const made = Array.from({ length: 900 }, (_, index): Made => {
      const text = Array.from({ length: 7 }, () => words[Math.floor(random() * words.length)]).join(' ')
      return {
        data: {
          content_id: `c${index}`,
          author_id: `a${index}`,
          text,
          rating: Math.floor(random() * 5),
          language: 'en',
        },
        bad: random() < share,
      }
    })
    await learn(type, made)
    const report = await mining.mine({ type, label: 'violation', min_precision: 0.9 })
    expect(report.tried.rules).toBeGreaterThan(50)
    expect(report.proposals, type).toEqual([])
    expect(report.why?.zh).toBeTruthy()
  }
}, 60_000)

test('bad input names the field, the value and the fix', async () => {
  await expect(mining.mine({ type: 'listing.sold', label: 'violation' })).rejects.toMatchObject({
    problem: { code: 'invalid_input', field: 'type', value: 'listing.sold' },
  })
  await expect(mining.mine({ type: 'order.placed', label: 'violation', from: 'May' })).rejects.toMatchObject({
    problem: { field: 'from', value: 'May' },
  })
  await expect(
    runMine({ type: 'order.placed', label: 'violation', minPrecision: '90' }, { write: () => {}, error: () => {} }),
  ).rejects.toThrow(/--min-precision = "90"/)
})

function real(name: string, recipe: string, check: () => Promise<void>): void {
  const path = join(publicDataFolder(), name)
  const missing = !existsSync(path)
  test.skipIf(missing)(
    `${name}${missing ? ' — skipped: no such file under AEDILE_PUBLIC_DATA' : ''}`,
    async () => {
      const recipesFolder = join(import.meta.dirname, '../../packs/recipes')
      const run = await runImport(app, { recipe, path, by: 'test', recipesFolder })
      expect(run.error).toBeNull()
      await app.settled()
      await check()
    },
    120_000,
  )
}

real('paysim-sample/paysim.csv', 'paysim-sample', async () => {
  const { proposals } = await mining.mine({ type: 'payment.attempted', label: 'payment-fraud' })
  // PaySim's fraudsters empty the account: the amount is the balance.
  expect(proposals[0]?.when).toMatch(/amount = payer_balance_before|payer_balance_after = 0/)
  expect(proposals[0]?.precision.low).toBeGreaterThan(0.9)
})

real('youtube-spam/Youtube02-KatyPerry.csv', 'youtube-spam', async () => {
  const { proposals } = await mining.mine({
    type: 'comment.posted',
    label: 'spam',
    // What was imported before has earlier places in the journal.
    from: '2026-01-31T12:00:00Z',
  })
  expect(proposals.length).toBeGreaterThan(0)
  for (const { when, precision } of proposals) {
    expect(when).toMatch(/text/)
    expect(precision.value).toBeGreaterThanOrEqual(0.9)
  }
})
