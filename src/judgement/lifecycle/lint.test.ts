import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestPack, testLists, testPack } from '../../../tests/fixtures/trial-pack.ts'
import { type Duck, openDuck } from '../../edge/duckdb.ts'
import type { Row } from '../../kernel/values.ts'
import { checkExpression, compile, parseExpression } from '../language/index.ts'
import { buildPrograms } from '../strategies/index.ts'
import { lintPacks } from './lint.ts'
import { alwaysIs, implies, neverFalse, possible } from './reason.ts'

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
  'length(title) > 5 AND length(title) < 6',
  'price >= 5 AND price <= 5 AND price <> 5',
  "title LIKE 'a%' AND NOT title LIKE 'a%'",
  "lower(title) = 'a' AND lower(title) = 'b'",
  "title LIKE 'a%' AND title IS NULL",
])('a condition that contradicts itself is named: %s', async (when) =>
  expect(await one(when)).toEqual(['never-true s']),
)

test.each([
  'title IS NULL OR title IS NOT NULL',
  '1 = 1',
  'price > 1 OR 2 > 1',
  'coalesce(price, 0) IS NOT NULL OR title IS NULL OR title IS NOT NULL',
])('a condition that cannot fail is named: %s', async (when) => expect(await one(when)).toEqual(['always-true s']))

test.each([
  'price > 3 OR price <= 3',
  "NOT (category = 'a' AND category = 'b')",
  'price IN (1, 2) OR price NOT IN (1, 2)',
])('a condition that only missing data keeps from being true is named so: %s', async (when) =>
  expect(await one(when)).toEqual(['never-false s']),
)

test.each([
  'price > 5 AND price < 9',
  "category = 'a' OR category = 'b'",
  'price >= 5 AND price <= 5',
  "category <> 'a' AND category <> 'b'",
  'price > 1 AND quantity < 1',
  "category IN ('a', 'b') AND category <> 'a'",
  'price > 3 OR price < 2',
  'price IS NULL OR price > 3',
  'NOT (NULL AND price > 3)',
  'price > 5 AND price < 6',
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
  expect(found).toEqual(['duplicate same', 'subsumed narrow', 'subsumed stronger'])
})

test('bounds, lists and parts of OR are compared, not only equal texts', async () => {
  const found = await codes({
    strategies: [
      { id: 'wide', when: "price > 5 OR category = 'z'" },
      { id: 'by-bound', when: 'price >= 6 AND quantity > 1' },
      { id: 'by-list', when: "category IN ('z') AND title IS NOT NULL" },
      { id: 'apart', when: 'price > 4' },
      { id: 'milder', when: "category = 'z' OR price > 5", verdict: 'review' },
      { id: 'other-market', when: 'price > 9', markets: ['CN'] },
      { id: 'escalates', policy: 'P2', when: 'price > 1', verdict: 'label' },
      { id: 'escalated', policy: 'P2', when: 'price > 7', verdict: 'block' },
    ],
  })
  expect(found).toEqual(['subsumed by-bound', 'subsumed by-list', 'contradicted milder', 'subsumed other-market'])
})

test('a window, a signal and a list that nobody reads, and a list without an owner, are named', async () => {
  const window =
    'count(*) OVER (PARTITION BY seller_id ORDER BY logged_at RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW)'
  const found = await codes({
    strategies: [{ id: 's', when: 'read_one > 3 AND known_brand', evidence: ['shown'] }],
    features: [
      { id: 'read_one', sql: window },
      { id: 'shown', sql: window },
      { id: 'idle', sql: window },
    ],
    signals: [
      { id: 'known_brand', kind: 'list', list: 'orphan', column: 'brand' },
      { id: 'idle_brand', kind: 'list', list: 'kept', column: 'brand' },
    ],
    lists: [
      { id: 'orphan', owner: 'TBD', entries: [] },
      { id: 'kept', owner: 'trust team', entries: [] },
      { id: 'idle', owner: 'trust team', entries: [] },
    ],
  })
  expect(found).toEqual(['unused-feature idle', 'unused-signal idle_brand', 'no-owner orphan', 'unused-list idle'])
})

const atom = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('price', 'quantity'),
      fc.constantFrom('=', '<>', '<', '<=', '>', '>='),
      fc.integer({ min: 0, max: 4 }),
    )
    .map(([column, operator, value]) => `${column} ${operator} ${value}`),
  fc
    .tuple(fc.constantFrom('title', 'category'), fc.constantFrom('=', '<>', '<', '>='), fc.constantFrom('a', 'b', 'c'))
    .map(([column, operator, value]) => `${column} ${operator} '${value}'`),
  fc
    .tuple(
      fc.constantFrom('title', 'category'),
      fc.constantFrom('IN', 'NOT IN'),
      fc.subarray(['a', 'b', 'c'], { minLength: 1 }),
    )
    .map(([column, operator, values]) => `${column} ${operator} (${values.map((value) => `'${value}'`).join(', ')})`),
  fc
    .tuple(fc.constantFrom('price', 'quantity', 'title', 'category'), fc.constantFrom('IS NULL', 'IS NOT NULL'))
    .map((words) => words.join(' ')),
  fc.constantFrom("title LIKE 'a%'", 'lower(title) = category', 'price IS DISTINCT FROM quantity', 'length(title) > 1'),
  fc.constantFrom('price BETWEEN 1 AND 3', 'coalesce(price, 2) > 2', 'price + quantity > 3', '1 = 2', 'NULL', 'true'),
  fc.constantFrom('CASE WHEN price > 2 THEN true ELSE quantity > 1 END', 'quantity > 1.5', 'nullif(price, 2) > 1'),
)
const condition = fc.letrec<{ any: string; atom: string; not: string; junction: string }>((tie) => ({
  any: fc.oneof({ depthSize: 'small', withCrossShrink: true }, tie('atom'), tie('junction'), tie('not')),
  atom,
  not: tie('any').map((inner) => `NOT (${inner})`),
  junction: fc
    .tuple(fc.array(tie('any'), { minLength: 2, maxLength: 4 }), fc.constantFrom(' AND ', ' OR '))
    .map(([list, by]) => list.map((part) => `(${part})`).join(by)),
})).any

/** Every row over a few values of each column and NULL: what a wrong finding would be wrong on. */
const rows = [null, 0, 1, 2, 3, 4].flatMap((price) =>
  [null, 0, 1, 2, 4].flatMap((quantity) =>
    [null, 'a', 'b', 'c', 'ab', ''].flatMap((title) =>
      [null, 'a', 'b', 'c'].map((category) => ({ price, quantity, title, category })),
    ),
  ),
)

async function reader() {
  const loaded = testPack({ strategies: [{ id: 's', when: 'price > 1' }] })
  const { programs } = await buildPrograms({ packs: [loaded], parse: duck.parse, lists: testLists(loaded) })
  const { layout } = programs
  return async (when: string) => {
    const checked = checkExpression(await parseExpression(duck.parse, when), layout)
    const run = compile(checked, layout)
    const answers = rows.map((values) => {
      const row: Row = layout.columns.map(() => null)
      for (const [name, value] of Object.entries(values)) row[layout.slot(name) ?? -1] = value
      return run(row, () => null)
    })
    return { node: checked.node, answers }
  }
}

test('what is called never true is false or NULL on every row, what is called always true is true on every row, whatever the condition', async () => {
  const read = await reader()
  const named = { never: 0, always: 0, present: 0 }
  await fc.assert(
    fc.asyncProperty(condition, async (when) => {
      const { node, answers } = await read(when)
      const can = possible(node)
      for (const answer of answers)
        expect([when, answer, answer === true ? can.true : answer === false ? can.false : can.null]).toEqual([
          when,
          answer,
          true,
        ])
      const always = alwaysIs(node)
      if (always === false) named.never++
      if (always === true) named.always++
      if (neverFalse(node)) named.present++
      expect([when, always === false && answers.includes(true)]).toEqual([when, false])
      expect([when, always === true && answers.some((answer) => answer !== true)]).toEqual([when, false])
    }),
    { numRuns: 600 },
  )
  expect(named.never).toBeGreaterThan(25)
  expect(named.always).toBeGreaterThan(8)
  expect(named.present).toBeGreaterThan(0)
}, 60_000)

test('a condition that is said to lie within another one does so on every row', async () => {
  const read = await reader()
  let within = 0
  await fc.assert(
    fc.asyncProperty(condition, condition, async (left, right) => {
      const [a, b] = [await read(`(${left}) AND (${right})`), await read(right)]
      const [c, d] = [await read(left), await read(`(${left}) OR (${right})`)]
      for (const [narrow, wide] of [
        [a, b],
        [b, a],
        [c, b],
        [b, c],
        [c, d],
        [d, c],
        [a, d],
      ] as const) {
        if (!implies(narrow.node, wide.node)) continue
        within++
        for (const [index, answer] of narrow.answers.entries())
          expect([left, right, rows[index], answer === true && wide.answers[index] !== true]).toEqual([
            left,
            right,
            rows[index],
            false,
          ])
      }
    }),
    { numRuns: 150 },
  )
  expect(within).toBeGreaterThan(300)
}, 60_000)

test('a window that keeps a text is a text in conditions', async () => {
  const sql = 'last(title) OVER (PARTITION BY seller_id ORDER BY logged_at)'
  const loaded = testPack({
    features: [{ id: 'title_before', sql }],
    strategies: [{ id: 's', when: "title_before = 'lamp' OR title_before LIKE '%x'" }],
  })
  const { programs, problems } = await buildPrograms({ packs: [loaded], parse: duck.parse, lists: testLists(loaded) })
  expect([...problems.values()].flat()).toEqual([])
  expect(programs.strategies.has('trial/s')).toBe(true)
})
