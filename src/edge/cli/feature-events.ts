import { parseTime } from '../../kernel/time.ts'
import { type Column, type ColumnType, createLayout, type Layout, type Row } from '../../kernel/values.ts'
import { coreEventTypes, envelopeColumns, eventColumns, toValue } from '../../vocabulary/events/index.ts'

/** The events of a file as flat rows in file order; `logged_at` is strictly increasing. */
export interface FeatureEvents {
  readonly layout: Layout
  readonly rows: readonly Row[]
  readonly loggedAt: readonly number[]
  /** What was left out, with line and reason. */
  readonly refused: readonly string[]
}

type Flat = Record<string, unknown>

/**
 * Reads CloudEvents or flat rows, one JSON object a line. Columns are the envelope, the fields of `data` (nested ones as
 * `attributes.ce_mark`), and every field that the event vocabulary knows. Unknown fields take the type of their values;
 * where these differ, VARCHAR.
 */
export async function readFeatureEvents(lines: AsyncIterable<string> | Iterable<string>): Promise<FeatureEvents> {
  const refused: string[] = []
  const flats: Flat[] = []
  const loggedAt: number[] = []
  let line = 0
  let previous = Number.NEGATIVE_INFINITY
  for await (const text of lines) {
    line++
    const trimmed = text.replace(/^\uFEFF/, '').trim()
    if (trimmed === '') continue
    try {
      const flat = flatten(parseObject(trimmed))
      const time = Math.max(previous + 1, ownTime(flat))
      flats.push(flat)
      loggedAt.push(time)
      previous = time
    } catch (error) {
      refused.push(`line ${line}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  const layout = createLayout(inferColumns(flats))
  const rows = flats.map((flat, index) => rowOf(layout, flat, loggedAt[index] ?? 0))
  return { layout, rows, loggedAt, refused }
}

function parseObject(text: string): Flat {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new Error(
      `it is not JSON (${cause instanceof Error ? cause.message : String(cause)}); write one object a line`,
    )
  }
  if (!isObject(value)) throw new Error(`it is ${JSON.stringify(value)?.slice(0, 40)}; write one object a line`)
  return value
}

const isObject = (value: unknown): value is Flat => typeof value === 'object' && value !== null && !Array.isArray(value)

/** `data` and nested objects become columns with dotted names; the envelope wins where names meet. */
function flatten(event: Flat): Flat {
  const flat: Flat = {}
  const { data, ...rest } = event
  if (isObject(data)) spread(flat, '', data)
  else if (data !== undefined) flat['data'] = data
  spread(flat, '', rest)
  return flat
}

function spread(into: Flat, prefix: string, object: Flat): void {
  for (const [name, value] of Object.entries(object)) {
    if (isObject(value)) spread(into, `${prefix}${name}.`, value)
    else into[`${prefix}${name}`] = value
  }
}

/** `logged_at`, or else `time`: ISO text, or a whole number of microseconds. */
function ownTime(flat: Flat): number {
  const name = flat['logged_at'] === undefined || flat['logged_at'] === null ? 'time' : 'logged_at'
  const value = flat[name]
  const micros = typeof value === 'string' ? parseTime(value) : typeof value === 'number' ? value : null
  if (micros !== null && Number.isSafeInteger(micros)) return micros
  const found = value === undefined ? 'missing' : JSON.stringify(value)
  throw new Error(
    `${name} is ${found}; write ISO 8601 such as 2026-01-31T08:00:00.123456Z, or whole microseconds since 1970`,
  )
}

function inferColumns(flats: readonly Flat[]): Column[] {
  const types = new Map<string, ColumnType | null>()
  for (const flat of flats)
    for (const [name, value] of Object.entries(flat)) {
      const type = typeOf(value)
      const known = types.get(name)
      if (known === undefined || known === null) types.set(name, type)
      else if (type !== null && type !== known) types.set(name, 'VARCHAR')
    }
  for (const { name, type } of envelopeColumns) types.set(name, type)
  for (const { name, type } of eventColumns(coreEventTypes, new Map())) types.set(name, types.get(name) ?? type)
  return [...types].map(([name, type]) => ({ name, type: type ?? 'VARCHAR', cost: 0 }))
}

function typeOf(value: unknown): ColumnType | null {
  if (typeof value === 'string') return 'VARCHAR'
  if (typeof value === 'number') return 'DOUBLE'
  if (typeof value === 'boolean') return 'BOOLEAN'
  if (!Array.isArray(value) || value.length === 0) return null
  return value.every((item) => typeof item === 'number') ? 'DOUBLE[]' : 'VARCHAR[]'
}

function rowOf(layout: Layout, flat: Flat, loggedAt: number): Row {
  return layout.columns.map(({ name, type }) => {
    if (name === 'logged_at') return loggedAt
    const value = flat[name]
    return type === 'TIMESTAMP' && typeof value === 'number' ? value : toValue(value, type)
  })
}
