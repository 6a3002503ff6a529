import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type CheckedFeature, isLanguageError, parseFeature } from '../../judgement/language/index.ts'
import { featurePlan, featureSql } from '../../judgement/strategies/index.ts'
import { formatTime } from '../../kernel/time.ts'
import type { Column, Value } from '../../kernel/values.ts'
import { createFeatureStore } from '../../perception/features/index.ts'
import { type Duck, openDuck } from '../duckdb.ts'
import type { CommandIo } from './command.ts'
import { type FeatureEvents, readFeatureEvents } from './feature-events.ts'

export interface FeatureArguments {
  /** The window as SQL. */
  readonly definition: string
  /** A file of events, one JSON object a line. */
  readonly events: string
  /** `stream` (the default) = as live decisions see it; `duckdb` = as the warehouse computes it. */
  readonly engine?: string | undefined
  readonly json?: boolean | undefined
}

/**
 * `feature`: the value of a window at every event, one a line, in file order. Both engines print the same.
 * Returns 0, also when lines were refused (each with its reason on the error stream); 1 when the definition, the file or
 * the engine cannot be used.
 */
async function run(args: FeatureArguments, io: CommandIo): Promise<number> {
  const engine = args.engine ?? 'stream'
  if (engine !== 'stream' && engine !== 'duckdb') {
    io.error(`--engine = ${JSON.stringify(engine)}: write stream or duckdb`)
    return 1
  }
  const duck = await openDuck()
  try {
    const events = await readFile(args.events)
    for (const refusal of events.refused) io.error(refusal)
    const checked = await parseFeature(duck.parse, args.definition, events.layout)
    const values = engine === 'stream' ? streamValues(checked, events) : await duckValues(duck, checked, events)
    for (const value of values) io.write(args.json ? asJson(value, checked) : asText(value, checked))
    return 0
  } catch (error) {
    if (isLanguageError(error)) io.error(`${error.text.en}\n${error.caret}\n${error.suggestion.en}`)
    else io.error(error instanceof Error ? error.message : String(error))
    return 1
  } finally {
    duck.close()
  }
}

/** The command as the command line offers it. */
export const featureCommand = { name: 'feature', run } as const

async function readFile(path: string): Promise<FeatureEvents> {
  const lines = createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY })
  try {
    return await readFeatureEvents(lines)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`--events = ${JSON.stringify(path)}: ${reason}`, { cause })
  }
}

function* streamValues(checked: CheckedFeature, events: FeatureEvents): Generator<Value> {
  const store = createFeatureStore([featurePlan('feature', checked, events.layout)])
  const resolve = (): Value => null
  for (const [index, row] of events.rows.entries())
    yield store.observe(row, resolve, events.loggedAt[index] ?? 0)[0] ?? null
}

/** Computes the window in DuckDB over a table that holds just the columns it reads. */
async function duckValues(duck: Duck, checked: CheckedFeature, events: FeatureEvents): Promise<Value[]> {
  const folder = mkdtempSync(join(tmpdir(), 'aedile-feature-'))
  try {
    const names = new Set([...checked.columns, 'logged_at'])
    const columns = events.layout.columns
      .map((column, slot) => ({ column, slot }))
      .filter(({ column }) => names.has(column.name))
    const file = join(folder, 'events.ndjson')
    const lines = events.rows.map((row) =>
      JSON.stringify(Object.fromEntries(columns.map(({ slot }) => [`c${slot}`, row[slot]]))),
    )
    writeFileSync(file, lines.join('\n'))
    if (lines.length === 0) return []
    const types = columns.map(({ column, slot }) => `c${slot}: '${storedType(column)}'`).join(', ')
    const list = columns
      .map(({ column, slot }) => `${restored(column, slot)} AS "${column.name.replaceAll('"', '""')}"`)
      .join(', ')
    await duck.run(
      `CREATE TEMP TABLE events AS SELECT ${list} FROM read_json('${file.replaceAll("'", "''")}', format = 'newline_delimited', columns = {${types}}, maximum_object_size = 268435456)`,
    )
    const value = featureSql(checked)
    const shown = checked.type === 'TIMESTAMP' ? `epoch_us(${value})` : value
    const rows = await duck.rows(`SELECT ${shown} AS value FROM events ORDER BY logged_at`)
    return rows.map((row) => row['value'] as Value)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const storedType = (column: Column): string => (column.type === 'TIMESTAMP' ? 'BIGINT' : column.type)

const restored = (column: Column, slot: number): string =>
  column.type === 'TIMESTAMP' ? `make_timestamp(c${slot})` : `c${slot}`

/** JSON; what JSON cannot say as a number is a text: "NaN", "Infinity". */
function asJson(value: Value, checked: CheckedFeature): string {
  if (typeof value === 'number' && !Number.isFinite(value)) return JSON.stringify(String(value))
  if (typeof value === 'number' && checked.type === 'TIMESTAMP') return JSON.stringify(formatTime(value))
  return JSON.stringify(value)
}

function asText(value: Value, checked: CheckedFeature): string {
  if (value === null) return 'NULL'
  if (typeof value === 'number' && checked.type === 'TIMESTAMP') return formatTime(value)
  return Array.isArray(value) ? JSON.stringify(value) : String(value === 0 ? 0 : value)
}
