import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ImportDuck, openImportDuck } from '../../edge/import-duckdb.ts'
import { checkRecipe } from './validate.ts'

let duck: ImportDuck
beforeAll(async () => {
  duck = await openImportDuck(null)
})
afterAll(() => duck.close())

const good = `id: shop
title: {zh: 店, en: Shop}
publication: {name: Shop, licence: own, attribution: none}
file: {format: csv, columns: [id, name, posted]}
steps:
  - {id: trim, why: {zh: 去空格, en: trim}, sql: "SELECT *, trim(name) AS title FROM input"}
contract:
  - {id: named, check: title IS NOT NULL, reason: {zh: 无名, en: no name}}
events:
  - {type: listing.submitted, id: id, source: "'shop'", time: posted, data: {listing_id: id, title: title}}
`

async function problems(text: string) {
  const checked = await checkRecipe(text, 'shop.yaml', duck)
  return 'problems' in checked ? checked.problems : []
}

describe('recipe validation', () => {
  test('a sound recipe passes', async () => {
    expect(await checkRecipe(good, 'shop.yaml', duck)).toMatchObject({ recipe: { id: 'shop' } })
  })
  test('a schema error names file, line, field, value and fix', async () => {
    const [found] = await problems(good.replace('format: csv', 'format: xlsx'))
    expect(found).toMatchObject({
      file: 'shop.yaml',
      line: 4,
      field: 'file.format',
      value: 'xlsx',
      fix: { en: expect.any(String), zh: expect.any(String) },
    })
  })
  test('broken YAML is reported with its line', async () => {
    expect(await problems('id: shop\ntitle: {zh: 店\n')).toMatchObject([{ code: 'pack_invalid', file: 'shop.yaml' }])
  })
  test('an unknown column is reported at its field with DuckDB’s candidates', async () => {
    const [found] = await problems(good.replace('title: title}', 'title: titel}'))
    expect(found).toMatchObject({ field: 'events.0.data.title', line: 10 })
    expect(found?.detail.en).toContain('title')
  })
  test('a step that loses the line number is refused', async () => {
    const [found] = await problems(
      good.replace('SELECT *, trim(name) AS title', 'SELECT id, posted, trim(name) AS title'),
    )
    expect(found?.field).toBe('steps.0.sql')
    expect(found?.detail.en).toContain('line')
  })
  test.each([
    ['a second statement', 'SELECT 1; DROP TABLE x'],
    ['a write', "COPY input TO '/etc/x'"],
    ['a file', "SELECT * FROM read_csv('/etc/passwd')"],
    ['a file by name', "SELECT * FROM '/etc/passwd'"],
    ['a file inside a subquery', "SELECT *, (SELECT content FROM read_text('/etc/passwd')) AS title FROM input"],
    ['another table', 'SELECT * FROM duckdb_settings'],
    ['the clock', 'SELECT *, now() AS title FROM input'],
    ['today', 'SELECT *, current_date AS title FROM input'],
    ['the age of a row', "SELECT *, age(TIMESTAMP '2020-01-01') AS title FROM input"],
    ['a query made of text', "SELECT * FROM query('SELECT 1 AS line')"],
    ['chance', 'SELECT *, random() AS title FROM input'],
  ])('a step that uses %s is refused', async (_, sql) => {
    const found = await problems(good.replace('SELECT *, trim(name) AS title FROM input', sql))
    expect(found[0]?.field).toBe('steps.0.sql')
  })
  test.each([
    '(SELECT 1 FROM input)',
    'id) FROM input; DROP TABLE x --',
    "id) || (SELECT content FROM read_text('/etc/passwd')",
  ])('an expression may read no table: %s', async (sql) => {
    const found = await problems(good.replace('source: "\'shop\'"', `source: ${JSON.stringify(sql)}`))
    expect(found.map((problem) => problem.field)).toContain('events.0.source')
  })
  test('a recipe that makes nothing is refused', async () => {
    expect(await problems(good.slice(0, good.indexOf('events:')))).toMatchObject([{ field: 'events' }])
  })
  test('a column named line is refused: it is the line number', async () => {
    expect((await problems(good.replace('[id, name, posted]', '[id, name, posted, line]')))[0]?.field).toBe(
      'file.columns.3',
    )
  })
})
