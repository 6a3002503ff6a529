import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listing, type TestPack, testLists, testPack } from '../../../tests/fixtures/trial-pack.ts'
import { type Duck, openDuck } from '../../edge/duckdb.ts'
import { compileList } from '../../perception/signals/index.ts'
import { createEngine, type Decision } from '../decisions/index.ts'
import { createBrakes } from '../lifecycle/index.ts'
import { buildPrograms } from '../strategies/index.ts'

let duck: Duck
beforeAll(async () => {
  duck = await openDuck()
})
afterAll(() => duck.close())

const start = Date.UTC(2026, 0, 1) * 1000

const pack: TestPack = {
  strategies: [
    { id: 'velocity', when: 'seller_1h > 2', limits: { per_hour: 4 } },
    { id: 'spend', when: 'seller_spend > 1e308', verdict: 'review' },
    { id: 'brand', when: 'known_brand AND price < 3', evidence: ['seller_1h'], markets: ['DE'] },
    { id: 'text', when: 'brand_in_text > 0 OR contacts > 0', mode: 'canary', canary: 50 },
    { id: 'missing', when: 'quantity > 3' },
  ],
  features: [
    {
      id: 'seller_1h',
      sql: 'count(*) OVER (PARTITION BY seller_id ORDER BY logged_at RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW)',
    },
    {
      id: 'seller_spend',
      sql: 'sum(price * 1e300) FILTER (WHERE contacts > 0) OVER (PARTITION BY seller_id ORDER BY logged_at RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW)',
    },
  ],
  signals: [
    { id: 'known_brand', kind: 'list', list: 'brands', column: 'brand' },
    { id: 'brand_in_text', kind: 'list_match_text', list: 'brands', fields: ['title', 'description'] },
    { id: 'contacts', kind: 'contacts', fields: ['title', 'description'] },
  ],
  lists: [{ id: 'brands', entries: ['Acme', 'Veyra'] }],
}

const texts = ['Acme lamp', 'plain lamp', 'call +49 151 23456789', 'Veyra and Acme, mail me@example.org', '😀 lamp']
const step = fc.record({
  gap: fc.integer({ min: 1, max: 900 }),
  title: fc.constantFrom(...texts),
  description: fc.option(fc.constantFrom(...texts), { nil: undefined }),
  brand: fc.constantFrom('Acme', 'other', null),
  price: fc.constantFrom(1, 2, 5, 1e8, 1e9),
  seller_id: fc.constantFrom('S1', 'S2'),
  quantity: fc.constantFrom(1, 9, null),
  ship_to: fc.constantFrom(['DE'], ['DE', 'FR'], ['US']),
})

test('a stored decision is decided again to the identical record, after the lists have changed and in any order', async () => {
  const loaded = testPack(pack)
  const built = await buildPrograms({ packs: [loaded], parse: duck.parse, lists: testLists(loaded) })
  const emptied = new Map(
    [...testLists(loaded)].map(([id]) => [
      id,
      compileList({ id, title: 'x', owner: 'x', reason: 'x', entries: ['Nothing'] }),
    ]),
  )
  const later = await buildPrograms({ packs: [loaded], parse: duck.parse, lists: emptied })
  expect(built.problems.size).toBe(0)
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
      const engine = createEngine(built.programs, built.plans, createBrakes())
      let at = start
      const made = steps.map(({ gap, ...data }, index) => {
        at += gap * 1_000_000
        const admitted = listing(`l${index}`, at, data)
        return { admitted, text: JSON.stringify(engine.decide(admitted)) }
      })
      const replayer = createEngine(later.programs, later.plans)
      for (const { admitted, text } of made.toReversed())
        expect(JSON.stringify(replayer.again(admitted, JSON.parse(text) as Decision))).toBe(text)
    }),
    { numRuns: 150 },
  )
})

test('a record that was tampered with differs', async () => {
  const loaded = testPack(pack)
  const { programs, plans } = await buildPrograms({ packs: [loaded], parse: duck.parse, lists: testLists(loaded) })
  const engine = createEngine(programs, plans)
  const admitted = listing('l', start, { title: 'Acme lamp', brand: 'Acme' })
  const decision = JSON.parse(JSON.stringify(engine.decide(admitted))) as Decision
  expect(decision.findings.map((finding) => finding.strategy)).toContain('trial/brand')
  expect(engine.again(admitted, { ...decision, saw: { ...decision.saw, known_brand: false } })).not.toEqual(decision)
  expect(
    engine.again({ ...admitted, event: { ...admitted.event, data: { ...admitted.event.data, price: 7 } } }, decision),
  ).not.toEqual(decision)
})
