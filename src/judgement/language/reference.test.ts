import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openDuck } from '../../edge/duckdb.ts'
import { createLayout } from '../../kernel/values.ts'
import { casts } from './functions-cast.ts'
import { checkExpression, functions, parseExpression, renderReference } from './index.ts'
import { syntaxTable } from './syntax.ts'

const pages = [
  ['en', 'language.md'],
  ['zh', 'language.zh.md'],
] as const

for (const [language, file] of pages)
  test(`the committed page ${file} is what the tables generate (AEDILE_WRITE_DOCS=1 writes it)`, () => {
    const path = new URL(`../../../docs/reference/${file}`, import.meta.url)
    const page = renderReference(language)
    if (process.env.AEDILE_WRITE_DOCS === '1') writeFileSync(path, page)
    expect(readFileSync(path, 'utf8')).toBe(page)
  })

test('every example on the page is accepted by the checker', async () => {
  const duck = await openDuck()
  const text = (name: string) => ({ name, type: 'VARCHAR' as const, cost: 0 })
  const layout = createLayout([
    ...['title', 'brand', 'category', 'currency', 'seller_id', 'phone', 'email', 'attributes.power'].map(text),
    { name: 'price', type: 'DOUBLE', cost: 0 },
    { name: 'list_price', type: 'DOUBLE', cost: 0 },
    { name: 'quantity', type: 'BIGINT', cost: 0 },
    { name: 'refurbished', type: 'BOOLEAN', cost: 0 },
    { name: 'time', type: 'TIMESTAMP', cost: 0 },
    { name: 'logged_at', type: 'TIMESTAMP', cost: 0 },
    { name: 'images', type: 'VARCHAR[]', cost: 0 },
    { name: 'ship_to', type: 'VARCHAR[]', cost: 0 },
  ])
  for (const { example } of [...functions, ...casts, ...syntaxTable])
    expect(checkExpression(await parseExpression(duck.parse, example), layout).text).toBe(example)
  duck.close()
})
