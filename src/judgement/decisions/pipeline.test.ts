import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDuck } from '../../edge/duckdb.ts'
import { openFiles } from '../../edge/files.ts'
import { canonicalJson, fingerprint } from '../../kernel/canonical.ts'
import { type Journal, openJournal } from '../../perception/journal/index.ts'
import { compileList } from '../../perception/signals/index.ts'
import { coreEventTypes } from '../../vocabulary/events/index.ts'
import type { Pack } from '../../vocabulary/packs/index.ts'
import { type Built, buildPrograms } from '../strategies/index.ts'
import { createEngine, createPipeline, decode, itemsOf, journalFingerprint, type Pipeline } from './index.ts'

const both = { zh: 't', en: 't' }
const policy = { id: 'P', version: 1, title: both, text: both, severity: 'S3', verification: 'source' }
const strategy = (id: string, when: string, more = {}) => ({
  ...{ id, version: 1, title: both, policy: 'P', on: ['listing.submitted'], markets: ['*'], when, verdict: 'review' },
  ...{ mode: 'live', owner: 'test', ...more },
})
const pack = {
  header: { id: 'test', version: '1', title: both, owner: 'test', jurisdiction: ['*'] },
  policies: [{ ...policy, notice: { what: both, fix: both } }],
  strategies: [
    strategy('listed', 'brand_listed'),
    strategy('many', 'price > 10 AND seen_hour > 1', { evidence: ['title'] }),
    strategy('nan', "brand = 'x' OR spend > 100", { mode: 'shadow', markets: ['DE'] }),
  ],
  features: [
    ['seen_hour', 'count(*)'],
    ['spend', 'sum(price)'],
    ['first_title', 'first(title)'],
  ].map(([id, aggregate]) => ({
    ...{ id, title: both, on: ['listing.submitted'] },
    sql: `${aggregate} OVER (PARTITION BY seller_id ORDER BY logged_at RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW)`,
  })),
  signals: [{ id: 'brand_listed', kind: 'list', list: 'brands', column: 'brand' }],
  lists: [{ id: 'brands', title: both, owner: 't', reason: both, normalise: 'text', entries: ['Bad "one"', 'worse'] }],
  ...{ lexicons: [], batch: [], rollout: [], cases: [], places: new Map(), fingerprint: 'f "1"' },
}

let built: Built
const folders: string[] = []
beforeAll(async () => {
  const duck = await openDuck()
  const lists = new Map(pack.lists.map((list) => [list.id, compileList(list)]))
  built = await buildPrograms({ packs: [pack as unknown as Pack], parse: duck.parse, lists })
  duck.close()
  expect([...built.problems]).toEqual([])
})
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

async function open(folder = mkdtempSync(join(tmpdir(), 'aedile-pipeline-'))): Promise<[Pipeline, Journal, string]> {
  folders.push(folder)
  const journal = await openJournal({ files: openFiles(), folder, fingerprintOf: journalFingerprint })
  const types = new Map(coreEventTypes.map((type) => [type.type, type]))
  const log = () => undefined
  return [createPipeline({ journal, engine: createEngine(built.programs, built.plans), types, log }), journal, folder]
}

const anyText = fc.oneof(
  fc.constantFrom('bad "ONE"', 'worse', 'x', 'a\\b', 'line\nbreak', '\u2028', '品牌', '\ud800', '\u0000', 'é'),
  fc.string({ maxLength: 12 }),
)
const event = fc.record(
  {
    id: fc.constantFrom('1', '2', '3', 'é"4'),
    source: fc.constantFrom('/a', '/b'),
    type: fc.constantFrom('listing.submitted', 'listing.submitted', 'no.such.type'),
    time: fc.constantFrom('2026-03-01T10:00:00Z', '2026-03-01T10:30:00.250Z', 'yesterday'),
    site: fc.option(fc.constant('eu'), { nil: null }),
    market: fc.constantFrom('DE', 'FR', '12'),
    data: fc.record(
      {
        listing_id: fc.constantFrom('l1', 'l2'),
        seller_id: anyText,
        title: anyText,
        brand: anyText,
        price: fc.oneof(
          fc.integer({ min: 0, max: 60 }),
          fc.integer({ min: -9999, max: 999_999_999_99 }).map((cents) => cents / 100),
          fc.integer({ min: 0, max: 9_999_999 }).map((mills) => mills / 1000),
          fc.double({ noNaN: true, noDefaultInfinity: true }),
        ),
        images: fc.array(anyText, { maxLength: 2 }),
        extra: fc.jsonValue({ maxDepth: 2 }),
      },
      { requiredKeys: ['listing_id'] },
    ),
  },
  { requiredKeys: ['id', 'source', 'type', 'time', 'data'] },
)
const line = fc.oneof(
  { weight: 8, arbitrary: event.map((each) => JSON.stringify(each)) },
  { weight: 1, arbitrary: event.map((each) => JSON.stringify(each, null, 1).replaceAll('\n', ' ')) },
  { weight: 1, arbitrary: fc.constantFrom('{', 'null', '[]', '  ', '{"id":"1","id":"2"}') },
)

const read = async (journal: Journal) => (await journal.read(0)).map((entry) => decode(entry))

test('the door for many decides, answers and journals what the door for one does, also from lines', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 25 }), async (lines) => {
      const [one, oneJournal] = await open()
      const [many, manyJournal] = await open()
      const items = itemsOf(lines.join('\n'))
      const landed = await many.submitMany(items, { history: true })
      const wanted: unknown[] = []
      for (const item of lines.filter((each) => each.trim() !== '')) {
        let raw: unknown
        try {
          raw = JSON.parse(item)
        } catch {
          wanted.push({ status: 'refused', raw: item })
          continue
        }
        const submitted = one.submit(raw, { history: true })
        if (submitted.status === 'refused') wanted.push({ ...submitted, raw })
        else wanted.push({ status: submitted.status, id: submitted.event.id, source: submitted.event.source })
        if ('durable' in submitted) await submitted.durable
      }
      expect(landed).toMatchObject(wanted)
      const [ones, manys] = [await read(oneJournal), await read(manyJournal)]
      expect(manys.map(({ event, decision }) => ({ event, decision }))).toEqual(
        ones.map(({ event, decision }) => ({ event, decision })),
      )
      await oneJournal.close()
      await manyJournal.close()
    }),
    { numRuns: 60 },
  )
}, 60_000)

test('the journaled text is the JSON of the decision, to the letter', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 12 }), async (events) => {
      const [pipeline, journal] = await open()
      const decisions = events.flatMap((raw) => {
        const submitted = pipeline.submit(raw, { history: true })
        return submitted.status === 'accepted' ? [submitted] : []
      })
      await Promise.all(decisions.map(({ durable }) => durable))
      const texts = (await journal.read(0)).map((entry) => entry.records[1]?.bytes.toString('utf8'))
      expect(texts).toEqual(decisions.map(({ decision }) => JSON.stringify(decision)))
      await journal.close()
    }),
    { numRuns: 60 },
  )
}, 60_000)

const listing = (id: string, title: string) => ({
  ...{ id, source: '/s', type: 'listing.submitted', time: '2026-03-01T10:00:00Z' },
  data: { listing_id: 'l', title, price: 3 },
})
const turned = ({ data, ...rest }: ReturnType<typeof listing>) => ({
  data: Object.fromEntries(Object.entries(data).reverse()),
  ...rest,
})

test('a duplicate is told from a conflict whatever the order of the fields: in one batch, later, after a restart', async () => {
  const [pipeline, journal, folder] = await open()
  const lines = [listing('1', 'a'), turned(listing('1', 'a')), listing('1', 'b'), listing('2', 'é \\ x')]
  const statuses = async (to: Pipeline) =>
    (await to.submitMany(lines.map((each) => ({ json: JSON.stringify(each) })))).map(({ status }) => status)
  expect(await statuses(pipeline)).toEqual(['accepted', 'duplicate', 'conflict', 'accepted'])
  expect(await statuses(pipeline)).toEqual(['duplicate', 'duplicate', 'conflict', 'duplicate'])
  await journal.close()
  const [again, reopened] = await open(folder)
  expect(await statuses(again)).toEqual(['duplicate', 'duplicate', 'conflict', 'duplicate'])
  await reopened.close()
})

test('a journal whose entries carry their fingerprint goes on telling duplicates from conflicts', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'aedile-pipeline-'))
  const old = await openJournal({ files: openFiles(), folder })
  const kept = listing('1', 'a')
  await old.append([
    { source: '/s', id: '1', fingerprint: fingerprint(kept), event: canonicalJson(kept), decision: '{}' },
  ])
  await old.close()
  const [pipeline, journal] = await open(folder)
  const landed = await pipeline.submitMany([
    { raw: turned(kept) },
    { raw: listing('1', 'b') },
    { raw: listing('2', 'b') },
  ])
  expect(landed.map(({ status }) => status)).toEqual(['duplicate', 'conflict', 'accepted'])
  await journal.close()
})

test('a batch leaves turns to others and is acknowledged only when all of it is durable', async () => {
  const [pipeline, journal] = await open()
  let turns = 0
  const counting = setInterval(() => turns++, 0)
  const offers = Array.from({ length: 3000 }, (_, index) => ({ json: JSON.stringify(listing(String(index), 't')) }))
  const landed = await pipeline.submitMany(offers)
  clearInterval(counting)
  expect(turns).toBeGreaterThan(5)
  const positions = (await journal.read(0, { limit: 4000 })).map(({ position }) => position)
  expect(landed.map((each) => ('position' in each ? each.position : -1))).toEqual(positions)
  expect(journal.pendingBytes()).toBe(0)
  await journal.close()
})

test('an engine that takes over has seen every event, also those that were still on their way to the journal, and after a restart', async () => {
  const [pipeline, journal, folder] = await open()
  const seen = async (to: Pipeline, id: string) => {
    const [landed] = await to.submitMany([{ raw: { ...listing(id, 't'), data: { listing_id: 'l', seller_id: 's' } } }])
    return landed
  }
  const window = async (from: Journal) => (await read(from)).at(-1)?.decision.saw['seen_hour']
  await seen(pipeline, '0')
  for (let index = 1; index < 20; index++)
    pipeline.submit({ ...listing(String(index), 't'), data: { listing_id: 'l', seller_id: 's' } })
  const replaced = pipeline.replace(createEngine(built.programs, built.plans))
  const during = seen(pipeline, 'during')
  await Promise.all([replaced, during])
  await seen(pipeline, 'after')
  expect(await window(journal)).toBe(22)
  await journal.close()
  const [again, reopened] = await open(folder)
  await again.replace(createEngine(built.programs, built.plans))
  await seen(again, 'restarted')
  expect(await window(reopened)).toBe(23)
  await reopened.close()
})
