import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import {
  type Checked,
  checkExpression,
  compile,
  interpret,
  isLanguageError,
  parseExpression,
  timestampText,
  toDuckSql,
} from '../../judgement/language/index.ts'
import { type ColumnType, createLayout, type Layout, type Row, type Value } from '../../kernel/values.ts'
import { type Duck, openDuck } from '../duckdb.ts'
import { inferColumns, type ParsedLine, parseLine, rowOf } from './expr-rows.ts'

export interface ExprOptions {
  readonly expression: string
  /** Path of a file with one JSON object a line. */
  readonly rows: string
  readonly engine: 'compiled' | 'interpreted' | 'duckdb'
  /** Prints broken lines as `{"error": …}` in place, so that line n of the output belongs to line n of the input. */
  readonly json: boolean
}

export interface ExprOutput {
  write(line: string): void
  error(line: string): void
}

/**
 * Evaluates one expression on every row of a file: one JSON value a line (NaN and Infinity as texts).
 * The columns are the fields of the rows, nested ones with dots; their types are inferred.
 */
export const exprCommand = { run }

async function run(options: ExprOptions, output: ExprOutput): Promise<number> {
  const engines = ['compiled', 'interpreted', 'duckdb']
  if (!engines.includes(options.engine)) {
    output.error(`--engine is "${options.engine}"; use one of ${engines.join(', ')}`)
    return 1
  }
  const lines = await readLines(options.rows, output)
  if (lines === undefined) return 1
  const layout = createLayout(inferColumns(lines.flatMap((line) => (line.fields === undefined ? [] : [line.fields]))))
  const duck = await openDuck()
  try {
    const checked = checkExpression(await parseExpression(duck.parse, options.expression), layout)
    const rows = lines.flatMap((line) => (line.fields === undefined ? [] : [rowOf(layout, line.fields)]))
    const values = await evaluate({ engine: options.engine, duck, checked, layout, rows })
    return print(lines, values, { options, output })
  } catch (error) {
    if (!isLanguageError(error)) throw error
    output.error(error.message)
    return 1
  } finally {
    duck.close()
  }
}

async function readLines(path: string, output: ExprOutput): Promise<ParsedLine[] | undefined> {
  const lines: ParsedLine[] = []
  try {
    const input = createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY })
    for await (const text of input) lines.push(parseLine(lines.length === 0 ? text.replace(/^\ufeff/, '') : text))
  } catch (error) {
    output.error(`--rows: cannot read "${path}": ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
  return lines
}

interface Printing {
  readonly options: ExprOptions
  readonly output: ExprOutput
}

function print(lines: readonly ParsedLine[], values: readonly Value[], { options, output }: Printing): number {
  let next = 0
  let broken = 0
  for (const [index, line] of lines.entries()) {
    if (line.fields !== undefined) output.write(jsonOf(values[next++] ?? null))
    else if (line.problem !== undefined) {
      broken++
      const message = `line ${index + 1}: ${line.problem}`
      output.error(message)
      if (options.json) output.write(JSON.stringify({ error: message }))
    }
  }
  return broken === 0 ? 0 : 2
}

function jsonOf(value: Value): string {
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : `"${value}"`
  if (value !== null && typeof value === 'object') return `[${value.map(jsonOf).join(',')}]`
  return JSON.stringify(value)
}

interface Evaluation {
  readonly engine: ExprOptions['engine']
  readonly duck: Duck
  readonly checked: Checked
  readonly layout: Layout
  readonly rows: readonly Row[]
}

async function evaluate(evaluation: Evaluation): Promise<Value[]> {
  const { engine, checked, layout, rows } = evaluation
  if (engine === 'duckdb') return (await evaluateInDuck(evaluation)).map((value) => shown(checked, value))
  const run = engine === 'compiled' ? compile(checked, layout) : interpret(checked, layout)
  const nothingLazy = () => null
  return rows.map((row) => shown(checked, run(row, nothingLazy)))
}

/** A TIMESTAMP is printed as text, everything else as it is. */
function shown(checked: Checked, value: Value): Value {
  return checked.type === 'TIMESTAMP' && typeof value === 'number' ? timestampText(value) : value
}

/** Evaluates with DuckDB over a table of the rows; texts travel with a mark in front because the driver drops a BOM. */
async function evaluateInDuck({ duck, checked, layout, rows }: Evaluation): Promise<Value[]> {
  const types = layout.columns.map(({ type }, slot) => `c${slot} ${type}`)
  await duck.run(`CREATE TABLE input (${['n INTEGER', ...types].join(', ')})`)
  for (let start = 0; start < rows.length; start += batch)
    await insert(duck, layout, rows.slice(start, start + batch), start)
  const sql = toDuckSql(checked, (name) => `c${layout.slot(name)}`)
  const found = await duck.rows(`SELECT ${readable(checked, sql)} AS v FROM input ORDER BY n`)
  return found.map(({ v }) => readBack(checked, v))
}

const batch = 100

async function insert(duck: Duck, layout: Layout, rows: readonly Row[], start: number): Promise<void> {
  const parameters: (string | null)[] = []
  const parameter = (value: string | number | boolean | null): string => {
    parameters.push(value === null ? null : Object.is(value, -0) ? '-0' : String(value))
    return `$${parameters.length}::VARCHAR`
  }
  const lines = rows.map((row, index) => {
    const fields = layout.columns.map(({ type }, slot) => fieldSql(type, row[slot] ?? null, parameter))
    return `(${[String(start + index), ...fields].join(', ')})`
  })
  await duck.run(`INSERT INTO input VALUES ${lines.join(', ')}`, parameters)
}

type AddParameter = (value: string | number | boolean | null) => string

function fieldSql(type: ColumnType, value: Value, parameter: AddParameter): string {
  if (value === null) return 'NULL'
  if (typeof value === 'object') return `[${value.map((item) => parameter(item)).join(', ')}]::${type}`
  if (type === 'TIMESTAMP') return `make_timestamp(${parameter(value)}::BIGINT)`
  return `${parameter(value)}::${type}`
}

function readable(checked: Checked, sql: string): string {
  if (checked.type === 'VARCHAR') return `'x' || (${sql})`
  if (checked.type === 'TIMESTAMP') return `epoch_us(${sql})`
  if (checked.type === 'VARCHAR[]') return `to_json(${sql})::VARCHAR`
  return sql
}

function readBack(checked: Checked, value: unknown): Value {
  if (value === null || value === undefined) return null
  if (checked.type === 'VARCHAR') return String(value).slice(1)
  if (checked.type === 'VARCHAR[]') return (JSON.parse(String(value)) as unknown[]).map(String)
  if (checked.type === 'DOUBLE[]') return Array.isArray(value) ? value.map(Number) : null
  return checked.type === 'BOOLEAN' ? value === true : Number(value)
}
