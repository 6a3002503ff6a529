import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestPack, testLists, testPack } from '../../../tests/fixtures/trial-pack.ts'
import { type Duck, openDuck } from '../../edge/duckdb.ts'
import { buildPrograms } from '../strategies/index.ts'
import { lintPacks } from './lint.ts'

let duck: Duck
beforeAll(async () => {
  duck = await openDuck()
})
afterAll(() => duck.close())

async function codes(pack: TestPack): Promise<string[]> {
  const loaded = testPack(pack)
  const { programs } = await buildPrograms({ packs: [loaded], parse: duck.parse, lists: testLists(loaded) })
  return ((await lintPacks(programs, duck.parse)).get('trial') ?? []).map(
    (warning) => `${warning.code} ${warning.message.en.match(/"([^"]+)"/)?.[1]}`,
  )
}

const one = (when: string) => codes({ strategies: [{ id: 's', when }] })

test.each([
  'price > 5 AND price < 3',
  "category = 'a' AND category = 'b'",
  'title IS NULL AND price > 1 AND title IS NOT NULL',
  "title IS NULL AND title LIKE 'a%' AND title = 'abc'",
  '1 = 2',
  'NULL',
  "category IN ('a', 'b') AND category = 'c'",
  'price > 5 AND (price <= 5 AND quantity > 1)',
  'price > 1 AND NOT (price > 0 OR title IS NULL)',
  '10 < price AND price <= 10',
])('a condition that contradicts itself is named: %s', async (when) =>
  expect(await one(when)).toEqual(['never-true s']),
)

test.each([
  'title IS NULL OR title IS NOT NULL',
  '1 = 1',
  'price > 3 OR price <= 3',
  "NOT (category = 'a' AND category = 'b')",
  'price > 1 OR 2 > 1',
])('a condition that cannot fail is named: %s', async (when) => expect(await one(when)).toEqual(['always-true s']))

test.each([
  'price > 5 AND price < 9',
  "category = 'a' OR category = 'b'",
  'price >= 5 AND price <= 5',
  "category <> 'a' AND category <> 'b'",
  'price > 1 AND quantity < 1',
  "category IN ('a', 'b') AND category <> 'a'",
  'price > 3 OR price < 2',
  'price IS NULL OR price > 3',
])('a condition that can go either way is left alone: %s', async (when) => expect(await one(when)).toEqual([]))

test('the same condition twice, and one that another covers, are named once each', async () => {
  const found = await codes({
    strategies: [
      { id: 'wide', when: 'price > 5' },
      { id: 'same', when: '(price) > 5' },
      { id: 'narrow', when: "price > 5 AND category = 'a'" },
      { id: 'stronger', when: "price > 7 AND category = 'a'", verdict: 'review' },
      { id: 'other-policy', policy: 'P2', when: 'price > 5' },
      { id: 'other-type', on: ['ad.submitted'], when: "category = 'a'" },
    ],
  })
  expect(found).toEqual(['duplicate same', 'subsumed narrow'])
})

test('a window that nobody reads and a list without an owner are named', async () => {
  const window =
    'count(*) OVER (PARTITION BY seller_id ORDER BY logged_at RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW)'
  const found = await codes({
    strategies: [{ id: 's', when: 'read_one > 3', evidence: ['shown'] }],
    features: [
      { id: 'read_one', sql: window },
      { id: 'shown', sql: window },
      { id: 'idle', sql: window },
    ],
    lists: [
      { id: 'orphan', owner: 'TBD', entries: [] },
      { id: 'kept', owner: 'trust team', entries: [] },
    ],
  })
  expect(found).toEqual(['unused-feature idle', 'no-owner orphan'])
})
