import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exprCommand } from './expr.ts'

const folder = mkdtempSync(join(tmpdir(), 'expr-'))
const rows = join(folder, 'rows.ndjson')
beforeAll(() =>
  writeFileSync(
    rows,
    [
      '{"title":"a\\u0000b\\ud800","price":1.5,"quantity":3,"tags":["a","\\u0000"],"time":"2026-01-01T10:00:00+02:00","deep":{"er":true},"mixed":1}',
      '{"title":"\\ufeffBOM 👍","price":-0,"quantity":null,"tags":[],"time":null,"mixed":"a"}',
      '{"title":',
      '',
      '{"title":null,"price":1e308,"quantity":-7,"time":"2026-02-28T23:59:59.5Z","mixed":[1,"x"]}',
    ].join('\n'),
  ),
)
afterAll(() => rmSync(folder, { recursive: true }))

async function run(expression: string, engine: 'compiled' | 'interpreted' | 'duckdb') {
  const out: string[] = []
  const errors: string[] = []
  const code = await exprCommand.run(
    { expression, rows, engine, json: true },
    { write: (line) => out.push(line), error: (line) => errors.push(line) },
  )
  return { code, errors, out }
}

const table: readonly (readonly [string, readonly string[]])[] = [
  ['title', ['"a\\u0000b�"', '"\ufeffBOM 👍"', 'null']],
  ['price * 1000', ['1500', '0', '"Infinity"']],
  ['1 / price', ['0.6666666666666666', '"-Infinity"', '1e-308']],
  ['quantity // 2', ['1', 'null', '-3']],
  ['tags', ['["a","\\u0000"]', '[]', 'null']],
  ['deep.er', ['true', 'null', 'null']],
  ['mixed', ['"1"', '"a"', '"[1,\\"x\\"]"']],
  ['time + INTERVAL 1 MONTH', ['"2026-02-01 08:00:00"', 'null', '"2026-03-28 23:59:59.5"']],
  ["title LIKE '%👍'", ['false', 'true', 'null']],
]
test.each(table)('%s prints the same lines in every engine', async (expression, wanted) => {
  for (const engine of ['compiled', 'interpreted', 'duckdb'] as const) {
    const { code, out, errors } = await run(expression, engine)
    expect(out.filter((line) => !line.startsWith('{"error"'))).toEqual(wanted)
    expect(out[2]).toContain('line 3')
    expect(errors.length).toBe(1)
    expect(code).toBe(2)
  }
})

test('a refused expression prints nothing but its message with the caret, and exits with 1', async () => {
  const { code, out, errors } = await run('titel IS NULL', 'duckdb')
  expect([code, out]).toEqual([1, []])
  expect(errors.join('\n')).toBe('Unknown column "titel".\ntitel IS NULL\n^\nCandidate bindings: "title", "time"')
})

test('a missing file is named', async () => {
  const errors: string[] = []
  const output = { write: () => {}, error: (line: string) => errors.push(line) }
  expect(
    await exprCommand.run({ expression: '1', rows: join(folder, 'none'), engine: 'compiled', json: false }, output),
  ).toBe(1)
  expect(errors[0]).toContain('none')
})
