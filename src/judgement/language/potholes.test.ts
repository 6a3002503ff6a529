import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Duck, openDuck } from '../../edge/duckdb.ts'
import { createLayout, type Value } from '../../kernel/values.ts'
import { checkExpression, compile, compileSet, interpret, parseExpression, toDuckSql } from './index.ts'
import { lower, upper } from './text.ts'

let duck: Duck
beforeAll(async () => {
  duck = await openDuck()
  await duck.run("CREATE TABLE input AS SELECT 'x' AS s, 1::DOUBLE AS d, 1::BIGINT AS i, TRUE AS b, NULL::VARCHAR AS n")
})
afterAll(() => duck.close())

const layout = createLayout([
  { name: 's', type: 'VARCHAR', cost: 0 },
  { name: 'd', type: 'DOUBLE', cost: 0 },
  { name: 'i', type: 'BIGINT', cost: 0 },
  { name: 'b', type: 'BOOLEAN', cost: 0 },
  { name: 'n', type: 'VARCHAR', cost: 0 },
])
const row: Value[] = ['x', 1, 1, true, null]

/** Expression and its value; `left(s, 0)` keeps the texts from being folded at load. */
const table: readonly (readonly [string, Value])[] = [
  ["left(s, 0) || '👍' < '｡'", false],
  ["length(left(s, 0) || '👍e\u0301')", 3],
  ["substr(left(s, 0) || 'abc', 0, 2)", 'a'],
  ["trim(left(s, 0) || ' \t a ')", '\t a'],
  ["lower(left(s, 0) || 'İ')", 'i'],
  ["upper(left(s, 0) || 'ß')", 'ẞ'],
  ['(d - d) / (d - d) = (d - d) / (d - d)', true],
  ['(d - d) / (d - d) > d / (d - d)', true],
  ['d / (d - d)', Infinity],
  ['i // (i - i)', null],
  ['i % (i - i)', null],
  ['(i - 8) // 2', -3],
  ['(i - 8) % 2', -1],
  ['round(d * 2.5)', 3],
  ['round(d * -2.5)', -3],
  ["concat(s, n, 'y')", 'xy'],
  ['s || n', null],
  ['greatest(NULL, i, 3)', 3],
  ["s || '\\' LIKE 'x\\'", true],
  ["s || '%' LIKE 'x#%' ESCAPE '#'", true],
  ["s || '👍' LIKE 'x_'", true],
  ["regexp_matches(s || E'\\n', 'x.')", false],
  ["'1' = i", true],
  ['n = n', null],
  ["n IN ('a')", null],
  ["s IN ('a', NULL)", null],
  ["s NOT IN ('a', NULL)", null],
  ['b AND n IS NULL', true],
  ["n = 'a' AND d > 5", false],
  ["n = 'a' OR d < 5", true],
  ["NOT (n = 'a')", null],
  ['sqrt(d - 5)', null],
  ['CAST(d AS VARCHAR)', '1.0'],
  ['i + 1 || s', '2x'],
  ["regexp_replace(s || 'baac', 'a*', '-', 'g')", '-x-b-c-'],
  ["date_diff('day', TIMESTAMP '2026-01-01 23:00' + to_hours(1) - INTERVAL 1 HOUR, TIMESTAMP '2026-01-02 01:00')", 1],
]

test.each(table)('%s is the same in all engines', async (expression, wanted) => {
  const checked = checkExpression(await parseExpression(duck.parse, expression), layout)
  const none = () => null
  expect(compile(checked, layout)(row, none)).toBe(wanted)
  expect(interpret(checked, layout)(row, none)).toBe(wanted)
  const [answer] = await duck.rows(`SELECT ${toDuckSql(checked)} AS v FROM input`)
  expect(answer?.v).toBe(wanted)
})

test('lower and upper equal DuckDB on every code point', async () => {
  const rows = await duck.rows(
    "SELECT c, 'x' || lower(chr(c)) AS l, 'x' || upper(chr(c)) AS u FROM (SELECT unnest(range(1, 1114112))::INTEGER AS c) WHERE c NOT BETWEEN 55296 AND 57343",
  )
  const wrong = rows.filter(({ c, l, u }) => {
    const point = String.fromCodePoint(Number(c))
    return l !== `x${lower(point)}` || u !== `x${upper(point)}`
  })
  expect(wrong).toEqual([])
})

test('lazy columns are resolved only when the answer depends on them', async () => {
  const lazy = createLayout([
    { name: 's', type: 'VARCHAR', cost: 0 },
    { name: 'hits', type: 'BIGINT', cost: 50 },
  ])
  const asked: string[] = []
  const run = async (expression: string, s: Value) => {
    const checked = checkExpression(await parseExpression(duck.parse, expression), lazy)
    const out = new Int8Array(1)
    compileSet([checked], lazy)(
      [s, undefined],
      (target, slot) => {
        asked.push(expression)
        target[slot] = 3
        return 3
      },
      out,
    )
    return out[0]
  }
  expect(await run("hits > 2 AND s = 'a'", 'b')).toBe(0)
  expect(await run("hits > 2 OR s = 'a'", 'a')).toBe(1)
  expect(asked).toEqual([])
  expect(await run("hits > 2 AND s = 'a'", 'a')).toBe(1)
  expect(await run("hits > 2 AND s = 'b'", null)).toBe(-1)
  expect(asked.length).toBe(2)
})
