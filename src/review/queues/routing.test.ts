import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Duck, openDuck } from '../../edge/duckdb.ts'
import { readFloor } from '../../edge/floor.ts'
import { parseQueues, routingFrom } from '../../edge/floor-rules.ts'
import { shippedPacks } from '../../edge/pack-files.ts'
import { buildRouting, type CaseFacts, type QueueDefinition, refusalOf } from './index.ts'

let duck: Duck
beforeAll(async () => {
  duck = await openDuck()
})
afterAll(() => duck.close())

const title = { zh: '队列', en: 'Queue' }
/** Conditions with the same thing said in JavaScript; NULL is not true. */
const conditions: readonly [sql: string, js: (found: CaseFacts) => boolean][] = [
  ["severity = 'S1'", (found) => found.severity === 'S1'],
  ["language = 'zh' AND reach > 10", (found) => found.language === 'zh' && found.reach > 10],
  ["list_contains(markets, 'DE')", (found) => found.markets.includes('DE')],
  ["list_contains(regions, 'SEA')", (found) => found.markets.some((market) => ['ID', 'TH'].includes(market))],
  ["policy LIKE 'UGC.%'", (found) => found.policies[0]?.startsWith('UGC.') ?? false],
  ['site IS NULL', (found) => found.site === null],
]
const facts: fc.Arbitrary<CaseFacts> = fc.record({
  severity: fc.constantFrom('S1', 'S2', 'S3', 'S4'),
  subject_type: fc.constantFrom('listing', 'content'),
  site: fc.constantFrom(null, 'aurora'),
  language: fc.constantFrom(null, 'zh', 'en'),
  source: fc.constantFrom('strategy:a/b', 'report:user'),
  verdict: fc.constant('review'),
  policies: fc.subarray(['UGC.SPAM', 'EU.CE']),
  strategies: fc.constant(['a/b']),
  markets: fc.subarray(['DE', 'ID', 'TH', 'US']),
  party_type: fc.constantFrom(null, 'seller'),
  title: fc.string({ maxLength: 20 }),
  reach: fc.integer({ min: 1, max: 50 }),
  policy_queue: fc.constantFrom('ugc', 'listing'),
})
const definitions = fc
  .shuffledSubarray([...conditions.keys()])
  .map((chosen) => chosen.map((index, order) => ({ index, definition: queueOf(index, order) })))

const queueOf = (index: number, order: number): QueueDefinition => ({
  id: `q${index}`,
  order,
  title,
  when: conditions[index]?.[0] ?? 'false',
})

describe('routing', () => {
  test('gives every case exactly one queue: the first whose condition is true, else the one of its policy', async () => {
    await fc.assert(
      fc.asyncProperty(definitions, fc.array(facts, { minLength: 1, maxLength: 20 }), async (chosen, cases) => {
        const queues = chosen.map(({ definition }) => definition)
        const { routing } = await buildRouting({ queues: queues.toReversed(), calendars: [], parse: duck.parse })
        for (const found of cases) {
          const first = chosen.find(({ index }) => conditions[index]?.[1](found))
          expect(routing?.route(found).id).toBe(first ? first.definition.id : found.policy_queue)
        }
      }),
      { numRuns: 40 },
    )
  })

  test('is the same in another process: from the conditions as they were parsed', async () => {
    const queues = [0, 2, 4].map((index, order) => queueOf(index, order))
    const rules = await parseQueues({ queues, calendars: [] }, duck.parse)
    const here = (await buildRouting({ queues, calendars: [], parse: duck.parse })).routing
    const there = (await routingFrom(structuredClone(rules))).routing
    fc.assert(
      fc.property(facts, (found) => {
        expect(there?.route(found).id).toBe(here?.route(found).id)
      }),
    )
  })

  test('tells what is wrong, and is not there as long as something is', async () => {
    const queues = [
      { ...queueOf(0, 1), when: 'severty = 1' },
      { ...queueOf(1, 2), when: 'reach + 1' },
      { ...queueOf(2, 2), calendar: 'moon' },
    ]
    const { routing, problems } = await buildRouting({ queues, calendars: [], parse: duck.parse })
    expect(routing).toBeNull()
    expect(problems.map((found) => found.message.en).join('\n')).toMatch(
      /severty[\s\S]*not true or false[\s\S]*order 2 is used twice[\s\S]*no calendar "moon"/,
    )
  })

  test('the shipped queues and calendars are valid', async () => {
    const files = readFloor(shippedPacks)
    expect(files.problems).toEqual([])
    const { routing, problems } = await routingFrom(await parseQueues(files, duck.parse))
    expect(problems).toEqual([])
    expect(routing?.queues.length).toBeGreaterThan(5)
  })
})

describe('a reviewer', () => {
  const queue = { title, skills: ['law'], languages: 'case' as const }
  test('needs every skill and the language; who has no entry needs nothing', () => {
    expect(refusalOf(queue, 'de', null)).toBeNull()
    expect(refusalOf(queue, 'de', { skills: ['law'], languages: ['de'] })).toBeNull()
    expect(refusalOf(queue, null, { skills: ['law'], languages: [] })).toBeNull()
    expect(refusalOf(queue, 'de', { skills: ['law'], languages: ['en'] })?.en).toContain('de')
    expect(refusalOf(queue, 'de', { skills: [], languages: ['de'] })?.en).toContain('law')
    expect(refusalOf({ ...queue, languages: ['zh', 'en'] }, 'de', { skills: ['law'], languages: ['en'] })).toBeNull()
    expect(refusalOf({ ...queue, languages: 'any' }, 'de', { skills: ['law'], languages: [] })).toBeNull()
  })
})
