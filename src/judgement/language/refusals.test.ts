import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Duck, openDuck } from '../../edge/duckdb.ts'
import { createLayout } from '../../kernel/values.ts'
import {
  checkExpression,
  compile,
  interpret,
  isLanguageError,
  type LanguageError,
  parseExpression,
  parseFeature,
} from './index.ts'

const layout = createLayout([
  { name: 'title', type: 'VARCHAR', cost: 0 },
  { name: 'category', type: 'VARCHAR', cost: 0 },
  { name: 'price', type: 'DOUBLE', cost: 0 },
  { name: 'quantity', type: 'BIGINT', cost: 0 },
  { name: 'refurbished', type: 'BOOLEAN', cost: 0 },
  { name: 'logged_at', type: 'TIMESTAMP', cost: 0 },
  { name: 'ship_to', type: 'VARCHAR[]', cost: 0 },
])

let duck: Duck
beforeAll(async () => {
  duck = await openDuck()
})
afterAll(() => duck.close())

async function refusal(work: () => Promise<unknown>): Promise<LanguageError> {
  try {
    await work()
  } catch (error) {
    if (isLanguageError(error)) return error
    throw error
  }
  throw new Error('was accepted')
}

const refuse = (expression: string) =>
  refusal(async () => checkExpression(await parseExpression(duck.parse, expression), layout))

describe('a refusal shows the text, a caret and a way out', () => {
  test('an unknown column names its neighbours', async () => {
    const error = await refuse("categroy = 'toys'")
    expect(error.message).toBe('Unknown column "categroy".\ncategroy = \'toys\'\n^\nCandidate bindings: "category"')
    expect(error.text.zh).toBe('没有列 "categroy"。')
    expect([error.code, error.position]).toEqual(['unknown-column', 0])
  })

  test('the caret counts characters, not bytes, and stands under wide ones', async () => {
    const error = await refuse("'玩具👍' = title AND x1 = 1")
    expect(error.position).toBe("'玩具👍' = title AND ".length)
    expect(error.caret).toBe(`'玩具👍' = title AND x1 = 1\n${' '.repeat("'ww__ee' = title AND ".length)}^`)
  })

  const cases: readonly (readonly [string, string, string])[] = [
    ['price = = 1', 'syntax', 'price = = 1\n        ^'],
    ['', 'syntax', ''],
    ["title = 'abc", 'syntax', "title = 'abc\n        ^"],
    ["'a", 'syntax', "'a\n^"],
    ['1e400 < price', 'syntax', '1e400 < price\n^'],
    ['title = 5', 'type', 'title = 5\n        ^'],
    ["price > 'many'", 'type', "price > 'many'\n        ^"],
    ['title AND refurbished', 'type', 'title AND refurbished\n^'],
    ['CAST(title AS DOUBLE) > 1', 'type', 'CAST(title AS DOUBLE) > 1\n^'],
    ['lower(price)', 'type', 'lower(price)\n^'],
    ['price // 2', 'type', 'price // 2\n      ^'],
    ['ship_to = title', 'type', 'ship_to = title\n^'],
    ["logged_at > '31.1.2026'", 'type', "logged_at > '31.1.2026'\n            ^"],
    [
      "date_diff('fortnight', logged_at, logged_at) > 1",
      'type',
      "date_diff('fortnight', logged_at, logged_at) > 1\n          ^",
    ],
    ['(SELECT 1) = 1', 'not-in-subset', '(SELECT 1) = 1\n^'],
    ['EXISTS (SELECT 1)', 'not-in-subset', 'EXISTS (SELECT 1)\n^'],
    ['title IN (SELECT title)', 'not-in-subset', 'title IN (SELECT title)\n      ^'],
    ['random() < 0.5', 'not-in-subset', 'random() < 0.5\n^'],
    ['now() > logged_at', 'not-in-subset', 'now() > logged_at\n^'],
    ['current_date > logged_at', 'not-in-subset', 'current_date > logged_at\n^'],
    ["read_csv('/etc/passwd')", 'not-in-subset', "read_csv('/etc/passwd')\n^"],
    ["getenv('HOME')", 'not-in-subset', "getenv('HOME')\n^"],
    ["repeat('x', 2000000000) = title", 'not-in-subset', "repeat('x', 2000000000) = title\n^"],
    ['sum(price) > 1', 'not-in-subset', 'sum(price) > 1\n^'],
    ['count(*) OVER () > 1', 'not-in-subset', 'count(*) OVER () > 1\n^'],
    ['ln(price) > 1', 'not-in-subset', 'ln(price) > 1\n^'],
    ['list_filter(ship_to, x -> x > 1)', 'not-in-subset', 'list_filter(ship_to, x -> x > 1)\n                       ^'],
    ["title COLLATE nocase = 'a'", 'not-in-subset', "title COLLATE nocase = 'a'\n^"],
    ['$1 = price', 'not-in-subset', ''],
    ['*', 'not-in-subset', '*\n^'],
    ['price FROM orders', 'not-in-subset', 'price FROM orders\n           ^'],
    ['price, title', 'not-in-subset', 'price, title\n       ^'],
    ['1 = 1; DROP TABLE facts', 'not-in-subset', '1 = 1; DROP TABLE facts\n     ^'],
    ['price AS p', 'not-in-subset', 'price AS p\n         ^'],
    ['price WHERE true', 'not-in-subset', ''],
    ['CAST(price AS DECIMAL(9, 2)) > 1', 'not-in-subset', 'CAST(price AS DECIMAL(9, 2)) > 1\n^'],
    [
      'regexp_matches(title, category)',
      'regex-not-constant',
      'regexp_matches(title, category)\n                      ^',
    ],
    ["regexp_matches(title, '(a')", 'regex-invalid', "regexp_matches(title, '(a')\n                      ^"],
    ["regexp_matches(title, '(a+)+$')", 'regex-invalid', "regexp_matches(title, '(a+)+$')\n                      ^"],
    ["title SIMILAR TO '((x|[a-z]*))*'", 'regex-invalid', "title SIMILAR TO '((x|[a-z]*))*'\n                 ^"],
    [
      "regexp_replace(title, '(?:.*)+?', '')",
      'regex-invalid',
      "regexp_replace(title, '(?:.*)+?', '')\n                      ^",
    ],
    ["regexp_matches(title, '(?=a)')", 'regex-invalid', "regexp_matches(title, '(?=a)')\n                      ^"],
    ["regexp_matches(title, '(a)\\1')", 'regex-invalid', "regexp_matches(title, '(a)\\1')\n                      ^"],
    [
      "regexp_matches(title, '((a{99}){99}){99}')",
      'regex-invalid',
      "regexp_matches(title, '((a{99}){99}){99}')\n                      ^",
    ],
  ]
  test.each(cases)('%s → %s', async (expression, code, caret) => {
    const error = await refuse(expression)
    expect(error.code).toBe(code)
    if (caret !== '') expect(error.caret).toBe(caret)
    expect(error.suggestion.en).not.toBe('')
    expect(error.suggestion.zh).not.toBe('')
  })
})

describe('an expression that is too much is refused, never a crash', () => {
  const many = (count: number, make: (index: number) => string, glue: string) =>
    Array.from({ length: count }, (_, index) => make(index)).join(glue)
  const cases: readonly (readonly [string, string])[] = [
    ['10,000 ORs', many(10_000, (index) => `price = ${index}`, ' OR ')],
    ['200 regular expressions', many(200, (index) => `regexp_matches(title, 'a${index}')`, ' OR ')],
    ['100,001 characters', `title = '${'x'.repeat(100_001)}'`],
    ['40,000 brackets', `${'('.repeat(40_000)}price${')'.repeat(40_000)} > 1`],
    ['900 times NOT', `${'NOT '.repeat(900)}refurbished`],
    ['9,000 times NOT', `${'NOT '.repeat(9000)}refurbished`],
    ['5,000 times minus', `${'- '.repeat(5000)}price > 1`],
    ['300 nested CASEs', `${'CASE WHEN refurbished THEN '.repeat(300)}1${' END'.repeat(300)}`],
    ['3,000 joined texts', `title${' || title'.repeat(3000)} = 'x'`],
  ]
  test.each(cases)('%s', async (_, expression) => {
    expect((await refuse(expression)).code).toBe('cost')
  })

  test('a thousand constants in IN are cheap', async () => {
    const list = many(1000, (index) => `'word ${index}'`, ', ')
    const checked = checkExpression(await parseExpression(duck.parse, `title IN (${list})`), layout)
    expect(checked.cost).toBeLessThan(50)
  })

  test('a regular expression that ruins backtracking engines stays linear', async () => {
    const row = [`${'a'.repeat(50_000)}!`, null, null, null, null, null, null]
    for (const pattern of ['(a|aa)+$', '(a+b?)+$', '(.*a){12}$', '^(([a-z])+.)+[A-Z]([a-z])+$']) {
      const checked = checkExpression(await parseExpression(duck.parse, `regexp_matches(title, '${pattern}')`), layout)
      const start = performance.now()
      for (const engine of [compile, interpret]) expect(engine(checked, layout)(row, () => null)).toBe(false)
      expect(performance.now() - start).toBeLessThan(60_000)
    }
  })
})

describe('a feature is one window over the events of a key', () => {
  const frame = (unit: string) =>
    `OVER (PARTITION BY title ORDER BY logged_at RANGE BETWEEN INTERVAL ${unit} PRECEDING AND CURRENT ROW)`

  test('the parts are read: aggregate, argument, filter, keys, range, columns', async () => {
    const text = `count(DISTINCT category) FILTER (WHERE price > 1) OVER (PARTITION BY title, lower(category) ORDER BY logged_at RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW)`
    const feature = await parseFeature(duck.parse, text, layout)
    expect(feature).toMatchObject({ aggregate: 'count', distinct: true, rangeMicros: 3_600_000_000, type: 'BIGINT' })
    expect(feature.columns).toEqual(['title', 'category', 'price'])
    expect(feature.partition.length).toBe(2)
    expect(feature.duckSql).toBe(
      'count(DISTINCT "category") FILTER (WHERE ("price" > 1e+0)) OVER (PARTITION BY "title", lower("category") ORDER BY "logged_at" RANGE BETWEEN to_microseconds(3600000000) PRECEDING AND CURRENT ROW)',
    )
  })

  test('seconds since the last event has two spellings', async () => {
    const window = 'OVER (PARTITION BY title ORDER BY logged_at)'
    for (const text of [
      `epoch(logged_at - lag(logged_at) ${window})`,
      `epoch(logged_at) - epoch(lag(logged_at) ${window})`,
    ])
      expect(await parseFeature(duck.parse, text, layout)).toMatchObject({
        aggregate: 'seconds_since_last',
        type: 'DOUBLE',
        rangeMicros: null,
        argument: null,
      })
  })

  test('sum, avg, min, max, first, last keep their types; no frame means everything before', async () => {
    const types = {
      'sum(quantity)': 'DOUBLE',
      'avg(price)': 'DOUBLE',
      'min(category)': 'VARCHAR',
      'max(logged_at)': 'TIMESTAMP',
      'first(quantity)': 'BIGINT',
      'last_value(refurbished)': 'BOOLEAN',
      'count(*)': 'BIGINT',
    }
    for (const [call, type] of Object.entries(types))
      expect((await parseFeature(duck.parse, `${call} ${frame('7 DAY')}`, layout)).type).toBe(type)
    expect(
      (await parseFeature(duck.parse, 'count(*) OVER (PARTITION BY title ORDER BY logged_at)', layout)).rangeMicros,
    ).toBeNull()
  })

  const wrong: readonly (readonly [string, string])[] = [
    ['price > 1', 'one window aggregate'],
    [`median(price) ${frame('1 HOUR')}`, 'median is not available'],
    [`count(*) ${frame('1 MONTH')}`, 'constant interval'],
    [`count(*) ${frame('500 DAY')}`, 'up to 400 days'],
    ['count(*) OVER (ORDER BY logged_at)', 'PARTITION BY'],
    ['count(*) OVER (PARTITION BY title ORDER BY price)', 'ordered by logged_at'],
    ['count(*) OVER (PARTITION BY title ORDER BY logged_at DESC)', 'ordered by logged_at'],
    ['count(*) OVER (PARTITION BY title ORDER BY logged_at ROWS BETWEEN 3 PRECEDING AND CURRENT ROW)', 'RANGE BETWEEN'],
    [`sum(title) ${frame('1 HOUR')}`, 'needs a number'],
    [`count(*) FILTER (WHERE price) ${frame('1 HOUR')}`, 'needs a condition'],
    [`count(*) ${frame('1 HOUR')} + 1`, 'one window aggregate'],
    [`count(nope) ${frame('1 HOUR')}`, 'Unknown column'],
  ]
  test.each(wrong)('%s is refused', async (text, part) => {
    const error = await refusal(() => parseFeature(duck.parse, text, layout))
    expect(error.message).toContain(part)
  })
})
