import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Duck, openDuck } from '../../edge/duckdb.ts'
import type { Resolve, Row } from '../../kernel/values.ts'
import { compileIndex, splitCondition } from './compile-index.ts'
import {
  type Checked,
  checkExpression,
  compileSet,
  interpret,
  interpretSet,
  isLanguageError,
  parseExpression,
} from './index.ts'
import { conditionSql, type Pick, randomRow, readTape, testLayout } from './test-expressions.ts'

let duck: Duck
beforeAll(async () => {
  duck = await openDuck(':memory:', { threads: '1' })
})
afterAll(() => duck.close())

const constants = ['0', '-0.0', '1', '-1', '2.5', "'nan'::DOUBLE", "'inf'::DOUBLE", '5e-324', 'NULL']
const one = (pick: Pick, from: readonly string[]) => from[pick(from.length)] ?? ''
const operator = (pick: Pick) =>
  one(pick, ['=', '<>', '<', '<=', '>', '>=', 'IS DISTINCT FROM', 'IS NOT DISTINCT FROM'])

/** A conjunct that the index holds, most of the time. */
function predicateSql(pick: Pick): string {
  const number = one(pick, ['d1', 'd2', 'i1', 'i2'])
  const text = one(pick, ['s1', 'ascii', '"n.text"'])
  const not = one(pick, ['', 'NOT '])
  switch (pick(8)) {
    case 0:
    case 1:
      return `${number} ${operator(pick)} ${one(pick, constants)}`
    case 2:
      return `${one(pick, constants)} ${operator(pick)} ${number}`
    case 3:
      return `${text} ${one(pick, ['=', '<>', '<'])} ${one(pick, ["'a'", "'abc'", "''", 'NULL'])}`
    case 4:
      return `${text} ${not}IN ('a', 'ab', ${one(pick, ["'A'", 'NULL'])})`
    case 5:
      return `(${number} ${not}BETWEEN -1 AND 2 OR ${number} = 7)`
    case 6:
      return one(pick, ['b1', 'NOT b1', 'b2', 'b1 IS NULL', 'b2 = TRUE', 's1 IS NOT NULL', 'd1 IS NULL', 't1 IS NULL'])
    default:
      return `t1 ${one(pick, ['<', '>='])} TIMESTAMP '2024-02-29 12:00:00'`
  }
}

function setSql(pick: Pick): string {
  const parts = Array.from({ length: 1 + pick(4) }, () => (pick(6) === 0 ? conditionSql(pick, 1) : predicateSql(pick)))
  return parts.join(' AND ')
}

async function checkAll(texts: readonly string[]): Promise<Checked[]> {
  const checked: Checked[] = []
  for (const text of texts) {
    try {
      checked.push(checkExpression(await parseExpression(duck.parse, text), testLayout))
    } catch (error) {
      if (!isLanguageError(error)) throw error
    }
  }
  return checked.filter(({ type }) => type === 'BOOLEAN')
}

/** The row with its lazy columns hidden, except those in `known`; `asked` collects what gets resolved. */
function lazily(full: Row, known: (slot: number) => boolean): { row: Row; resolve: Resolve; asked: Set<number> } {
  const asked = new Set<number>()
  const hidden = (slot: number) => (testLayout.columns[slot]?.cost ?? 0) > 0 && !known(slot)
  return {
    asked,
    row: full.map((value, slot) => (hidden(slot) ? undefined : value)),
    resolve: (row, slot) => {
      asked.add(slot)
      const value = full[slot] ?? null
      row[slot] = value
      return value
    },
  }
}

const tape = (length: number) => fc.array(fc.nat(), { minLength: length, maxLength: length })

test('an indexed set answers like each condition alone, NULLs included, and computes no column that a scan would not', async () => {
  let unknown = 0
  const property = fc.asyncProperty(
    tape(1200),
    fc.array(tape(60), { minLength: 200, maxLength: 200 }),
    async (rowTape, tapes) => {
      const rows = Array.from(
        { length: 40 },
        (
          (pick) => () =>
            randomRow(pick)
        )(readTape(rowTape)),
      )
      const checked = await checkAll(tapes.map((each) => setSql(readTape(each))))
      const run = compileSet(checked, testLayout)
      const scan = interpretSet(checked, testLayout)
      const alone = checked.map((condition) => interpret(condition, testLayout))
      const out = new Int8Array(checked.length)
      for (const [index, full] of rows.entries()) {
        const set = lazily(full, (slot) => (index + slot) % 3 === 0)
        run(set.row, set.resolve, out)
        for (const [at, evaluate] of alone.entries()) {
          const value = evaluate([...full], () => null)
          const wanted = value === null ? -1 : value === true ? 1 : 0
          if (wanted === -1) unknown++
          if (out[at] !== wanted)
            throw new Error(`${checked[at]?.text}\non ${JSON.stringify(full)}: set ${out[at]}, alone ${wanted}`)
        }
        const scanned = lazily(full, (slot) => (index + slot) % 3 === 0)
        scan(scanned.row, scanned.resolve, new Int8Array(checked.length))
        for (const slot of set.asked) expect(scanned.asked.has(slot)).toBe(true)
      }
    },
  )
  await fc.assert(property, { numRuns: 8, endOnFailure: true })
  expect(unknown).toBeGreaterThan(1000)
}, 120_000)

test('the index resolves a lazy column only for conditions that no plain column has made false', async () => {
  const checked = await checkAll(["s1 = 'a' AND d2 > 5", "s1 = 'b' AND b2", "s1 = 'a' AND d1 > 0 AND l2[1] > 3"])
  const indexed = checked.map((condition, at) => ({ at, parts: splitCondition(condition, testLayout)! }))
  const evaluate = compileIndex(indexed, testLayout, (node) => {
    const rest = interpret({ text: '', node, type: 'BOOLEAN', columns: [], cost: 0 }, testLayout)
    return (row, resolve) => Number(rest(row, resolve) === true)
  })
  const full: Row = testLayout.columns.map(() => null)
  full[testLayout.slot('s1')!] = 'a'
  full[testLayout.slot('d1')!] = 0
  full[testLayout.slot('d2')!] = 6
  const { row, resolve, asked } = lazily(full, () => false)
  const out = new Int8Array(3)
  evaluate(row, resolve, out)
  expect([...out]).toEqual([1, 0, 0])
  expect([...asked]).toEqual([testLayout.slot('d2')])
})
