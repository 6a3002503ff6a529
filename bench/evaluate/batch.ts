import { createReadStream, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGunzip } from 'node:zlib'
import { parse } from 'csv-parse'
import { openDuck } from '../../src/edge/duckdb.ts'
import { loadOffline } from '../../src/edge/offline.ts'
import { offlineWarehouse } from '../../src/edge/offline-batch.ts'
import { createTableSql, tablesWith } from '../../src/insight/warehouse/index.ts'
import { findHits } from '../../src/judgement/batch/index.ts'
import { day, parseTime } from '../../src/kernel/time.ts'
import { coreEventTypes, eventColumns } from '../../src/vocabulary/events/index.ts'
import { type Counts, counted, noCounts, precision, recall } from './figures.ts'
import type { Measure } from './measure.ts'
import { publicFile } from './rows.ts'
import { type Part, partOf } from './split.ts'

/** A batch strategy on a labelled set, beside the simplest thing that could do its work. */
export interface BatchResult {
  readonly id: string
  readonly credit: string
  readonly baseline: string
  readonly parts: readonly { readonly part: Part; readonly mine: Counts; readonly baseline: Counts }[]
  readonly seconds: number
}

interface Listing {
  readonly listing_id: string
  readonly seller_id: string
  readonly title?: string
  readonly category?: string
  readonly currency?: string
  readonly price?: number
}

const end = parseTime('2026-06-08T00:00:00Z') ?? 0
const window = { from: end - 14 * day, to: end }

/** Runs a shipped batch strategy over listings and nothing else; `change` may turn one of its limits. */
async function hitsOn(name: string, listings: readonly Listing[], change = (query: string) => query) {
  const strategy = (await loadOffline({ only: ['accounts'] })).built.programs.batch.get(name)
  if (!strategy) throw new Error(`the pack accounts has no batch strategy ${name}`)
  const duck = await openDuck()
  const file = join(tmpdir(), `aedile-evaluate-${process.pid}.ndjson`)
  try {
    for (const table of tablesWith(eventColumns(coreEventTypes, new Map()))) await duck.run(createTableSql(table))
    writeFileSync(file, listings.map((listing) => JSON.stringify(listing)).join('\n'))
    await duck.run(
      `INSERT INTO events BY NAME SELECT *, 'listing.submitted' AS type, make_timestamp(${end - day}::BIGINT) + to_microseconds(row_number() OVER ()) AS logged_at FROM read_json('${file}', format = 'newline_delimited')`,
    )
    const began = performance.now()
    const query = change(strategy.query)
    const { hits } = await findHits({ ...strategy, query }, window, offlineWarehouse(duck))
    return { hits, seconds: (performance.now() - began) / 1000 }
  } finally {
    rmSync(file, { force: true })
    duck.close()
  }
}

const tally = <Row>(rows: readonly Row[], positive: (row: Row) => boolean, flagged: (row: Row) => boolean): Counts =>
  rows.reduce((counts, row) => counted(counts, positive(row), flagged(row)), noCounts)

/** The first lines of the set are enough: they hold thousands of products. */
const mostLines = 120_000

interface Line extends Required<Pick<Listing, 'listing_id' | 'seller_id' | 'category' | 'currency' | 'price'>> {
  readonly slipped: boolean
}

/** Order lines of a real shop as listings of their product; in one of a hundred the decimal point is moved. */
async function readLines(path: string): Promise<Line[]> {
  const rows = createReadStream(path)
    .pipe(createGunzip())
    .pipe(parse({ columns: true, to: mostLines }))
  const lines: Line[] = []
  for await (const row of rows as AsyncIterable<Record<string, string>>) {
    const price = Number(row['UnitPrice'])
    if (!(price > 0) || !row['CustomerID']) continue
    const listing_id = `line-${lines.length}`
    const dice = hashOf(`slip ${listing_id}`)
    const slipped = dice % 100 === 0
    const factor = slipped ? ([10, 0.1, 100, 0.01][Math.floor(dice / 100) % 4] ?? 10) : 1
    const category = String(row['StockCode'])
    lines.push({ listing_id, seller_id: row['CustomerID'], category, currency: 'GBP', price: price * factor, slipped })
  }
  return lines
}

const hashOf = (text: string): number => [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7)

/** Lines of products that the strategy judges: thirty lines of five customers or more. */
function judged(lines: readonly Line[]): Line[] {
  const byProduct = Map.groupBy(lines, ({ category }) => category)
  return [...byProduct.values()].flatMap((found) =>
    found.length >= 30 && new Set(found.map(({ seller_id }) => seller_id)).size >= 5 ? found : [],
  )
}

function threeSigma(lines: readonly Line[]): ReadonlySet<string> {
  const found = new Set<string>()
  for (const rows of Map.groupBy(lines, ({ category }) => category).values()) {
    const mean = rows.reduce((sum, { price }) => sum + price, 0) / rows.length
    const spread = Math.sqrt(rows.reduce((sum, { price }) => sum + (price - mean) ** 2, 0) / rows.length)
    for (const { listing_id, price } of rows) if (Math.abs(price - mean) > 3 * spread) found.add(listing_id)
  }
  return found
}

async function measurePrices(): Promise<BatchResult | { absent: string }> {
  const path = publicFile('online-retail/online_retail.csv.gz')
  if (path === null) return { absent: 'online-retail is not here' }
  const lines = judged(await readLines(path))
  const { hits, seconds } = await hitsOn(
    'accounts/price-outliers',
    lines.map(({ slipped, ...listing }) => listing),
  )
  const [mine, simple] = [new Set(hits.map((hit) => hit.subject_id)), threeSigma(lines)]
  return {
    id: 'accounts/price-outliers',
    credit: `Online Retail (UCI, CC BY 4.0): ${lines.length} order lines, one price in a hundred moved by a factor of 10 or 100`,
    baseline: 'three standard deviations',
    seconds,
    parts: (['dev', 'test'] as const).map((part) => {
      const rows = lines.filter(({ category }) => partOf(category) === part)
      const count = (found: ReadonlySet<string>) =>
        tally(
          rows,
          ({ slipped }) => slipped,
          ({ listing_id }) => found.has(listing_id),
        )
      return { part, mine: count(mine), baseline: count(simple) }
    }),
  }
}

const plain = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

async function measureCopies(): Promise<BatchResult | { absent: string }> {
  const files = ['cameras', 'computers', 'shoes', 'watches'].flatMap((domain) =>
    ['train', 'valid'].map((part) => publicFile(`product-matching/wdc/${domain}/${part}.txt.small`)),
  )
  if (files.includes(null)) return { absent: 'product-matching is not here' }
  const pairs = files.flatMap((file) =>
    readFileSync(file ?? '', 'utf8')
      .split('\n')
      .flatMap((line) => {
        const [left = '', right = '', label] = line.split('\t').map((text) => text.replace('COL title VAL', '').trim())
        return label === undefined ? [] : [{ left, right, same: label === '1' }]
      }),
  )
  const ids = new Map<string, string>()
  const idOf = (text: string) => ids.get(text) ?? ids.set(text, `T${ids.size}`).get(text) ?? ''
  for (const { left, right } of pairs) for (const text of [left, right]) idOf(text)
  const listings = [...ids].map(([title, id]) => ({ listing_id: id, seller_id: `shop of ${id}`, title }))
  // Pairs are labelled, not triples: one other shop is enough here.
  const { hits, seconds } = await hitsOn('accounts/copied-texts', listings, (query) =>
    query.replace('2 AS other_shops', '1 AS other_shops'),
  )
  const partners = new Map(hits.map((hit) => [hit.subject_id, new Set([hit.evidence['with_listings']].flat())]))
  const rows = pairs.filter(({ left, right }) => left !== right)
  return {
    id: 'accounts/copied-texts',
    credit: `WDC product matching (Common Crawl): ${rows.length} pairs of shop titles, same product or not; pairs of shops in place of three`,
    baseline: 'the same words',
    seconds,
    parts: (['dev', 'test'] as const).map((part) => {
      const own = rows.filter(({ left, right }) => partOf(`${left}\t${right}`) === part)
      const same = ({ same: isSame }: { same: boolean }) => isSame
      return {
        part,
        mine: tally(own, same, ({ left, right }) => partners.get(idOf(left))?.has(idOf(right)) ?? false),
        baseline: tally(own, same, ({ left, right }) => plain(left) === plain(right)),
      }
    }),
  }
}

/** The figures of the test part, with the baseline as peer. */
export function batchMeasures({ id, baseline, parts }: BatchResult): Measure[] {
  const test = parts.find(({ part }) => part === 'test')
  if (!test) return []
  return ([precision, recall] as const).map((figure, index) => {
    const [mine, peer] = [figure(test.mine), figure(test.baseline)]
    return {
      ...{ name: `evaluate.batch.${id}.${index === 0 ? 'precision' : 'recall'}`, unit: 'share' },
      ...{ value: mine.value, low: mine.low, high: mine.high, n: mine.whole },
      ...{ peer: baseline, peer_value: peer.value, ratio: null, target: null, pass: null },
    }
  })
}

/** The shipped batch strategies that a published set can judge; a set that is not here says so. */
export const measureBatch = async (): Promise<(BatchResult | { readonly absent: string })[]> => [
  await measurePrices(),
  await measureCopies(),
]
