import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Duck, openDuck } from '../../edge/duckdb.ts'
import type { ColumnType, Resolve, Row, Value } from '../../kernel/values.ts'
import {
  type Checked,
  checkExpression,
  compile,
  compileSet,
  interpret,
  isLanguageError,
  parseExpression,
  toDuckSql,
} from './index.ts'
import { anySql, type Pick, randomRow, readTape, testLayout } from './test-expressions.ts'

const runs = Number(process.env.LANGUAGE_RUNS ?? 20)
const seed = process.env.LANGUAGE_SEED === undefined ? undefined : Number(process.env.LANGUAGE_SEED)
const rowCount = 25
const expressionCount = 24

let duck: Duck
beforeAll(async () => {
  duck = await openDuck(':memory:', { threads: '1' })
})
afterAll(() => duck.close())

function fieldSql(type: ColumnType, value: Value, parameters: string[]): string {
  if (value === null) return 'NULL'
  const parameter = (item: string | number | boolean) => {
    parameters.push(Object.is(item, -0) ? '-0' : String(item))
    return `$${parameters.length}::VARCHAR`
  }
  if (typeof value === 'object') return `[${value.map(parameter).join(', ')}]::${type}`
  return type === 'TIMESTAMP' ? `make_timestamp(${parameter(value)}::BIGINT)` : `${parameter(value)}::${type}`
}

async function fill(rows: readonly Row[]): Promise<void> {
  const columns = testLayout.columns.map(({ name, type }) => `"${name}" ${type}`)
  await duck.run(`CREATE OR REPLACE TABLE input (row_number INTEGER, ${columns.join(', ')})`)
  const parameters: string[] = []
  const lines = rows.map((row, index) => {
    const fields = testLayout.columns.map(({ type }, slot) => fieldSql(type, row[slot] ?? null, parameters))
    return `(${index}, ${fields.join(', ')})`
  })
  await duck.run(`INSERT INTO input VALUES ${lines.join(', ')}`, parameters)
}

/** The driver drops a leading BOM, so texts travel behind a mark. */
function readable(checked: Checked): string {
  const sql = toDuckSql(checked)
  if (checked.type === 'VARCHAR') return `'x' || (${sql})`
  return checked.type === 'TIMESTAMP' ? `epoch_us(${sql})` : sql
}

function readBack(checked: Checked, value: unknown): string {
  return typeof value === 'string' && checked.type === 'VARCHAR' ? show(value.slice(1)) : show(value)
}

/** Different values have different texts; -0 and 0 are the same number. */
function show(value: unknown): string {
  if (typeof value === 'number') return `${value}`
  return value === undefined || value === null ? 'NULL' : JSON.stringify(value)
}

async function checkAll(expressions: readonly string[]): Promise<Checked[]> {
  const checked: Checked[] = []
  for (const expression of expressions) {
    try {
      checked.push(checkExpression(await parseExpression(duck.parse, expression), testLayout))
    } catch (error) {
      if (!isLanguageError(error) || !(error.code === 'cost' || /must not be negative/.test(error.message))) throw error
    }
  }
  return checked
}

/** Lazy columns start undefined and are filled from the full row when the expression asks. */
function lazily(row: Row): { row: Row; resolve: Resolve } {
  const lazy = row.map((value, slot) => ((testLayout.columns[slot]?.cost ?? 0) > 0 ? undefined : value))
  return {
    row: lazy,
    resolve: (target, slot) => {
      target[slot] = row[slot] ?? null
      return row[slot] ?? null
    },
  }
}

async function compare(rows: readonly Row[], expressions: readonly string[]): Promise<number> {
  const checked = await checkAll(expressions)
  await fill(rows)
  const list = checked.map((one, index) => `${readable(one)} AS v${index}`)
  const answers = await duck
    .rows(`SELECT ${list.join(',\n')} FROM input ORDER BY row_number`)
    .catch(async (error: unknown) => {
      throw new Error(`${String(error)}\n${await firstFailure(checked)}`)
    })
  const compiled = checked.map((one) => compile(one, testLayout))
  const interpreted = checked.map((one) => interpret(one, testLayout))
  const conditions = checked.filter(({ type }) => type === 'BOOLEAN')
  const verdicts = new Int8Array(conditions.length)
  const runSet = compileSet(conditions, testLayout)
  for (const [index, full] of rows.entries()) {
    const set = lazily(full)
    runSet(set.row, set.resolve, verdicts)
    for (const [at, one] of checked.entries()) {
      const first = lazily(full)
      const second = lazily(full)
      const found = {
        duckdb: readBack(one, answers[index]?.[`v${at}`]),
        compiled: show(compiled[at]?.(first.row, first.resolve)),
        interpreted: show(interpreted[at]?.(second.row, second.resolve)),
        set:
          one.type === 'BOOLEAN' ? ['NULL', 'false', 'true'][(verdicts[conditions.indexOf(one)] ?? -1) + 1] : undefined,
      }
      if (
        found.duckdb !== found.compiled ||
        found.duckdb !== found.interpreted ||
        (found.set ?? found.duckdb) !== found.duckdb
      )
        throw new Error(`${one.text}\non ${show(full)}\n${JSON.stringify(found)}\n${toDuckSql(one)}`)
    }
  }
  return rows.length * checked.length
}

/** The first expression that DuckDB cannot evaluate: none may stop a query. */
async function firstFailure(checked: readonly Checked[]): Promise<string> {
  for (const one of checked) {
    try {
      await duck.rows(`SELECT ${readable(one)} FROM input`)
    } catch {
      return `${one.text}\n${toDuckSql(one)}`
    }
  }
  return 'each expression alone can be evaluated'
}

function many<Item>(pick: Pick, count: number, make: (pick: Pick) => Item): Item[] {
  return Array.from({ length: count }, () => make(pick))
}

const tape = (length: number) => fc.array(fc.nat(), { minLength: length, maxLength: length })

describe('one expression means the same in all engines', () => {
  test('compiled, interpreted, as a set, and in DuckDB: 10,000 random cases agree', async () => {
    let cases = 0
    const property = fc.asyncProperty(
      tape(900),
      fc.array(tape(160), { minLength: expressionCount, maxLength: expressionCount }),
      async (rowTape, tapes) => {
        const rows = many(readTape(rowTape), rowCount, randomRow)
        cases += await compare(
          rows,
          tapes.map((one) => anySql(readTape(one))),
        )
      },
    )
    await fc.assert(property, {
      numRuns: runs,
      endOnFailure: process.env.LANGUAGE_SHRINK === undefined,
      ...(seed === undefined ? {} : { seed }),
    })
    expect(cases).toBeGreaterThanOrEqual(Math.min(10_000, runs * 500))
  }, 600_000)
})
