import { timestampFromText } from '../../judgement/language/index.ts'
import type { Column, ColumnType, Layout, Row, Value } from '../../kernel/values.ts'

/** One line of the input: its flattened fields, or what is wrong with it; neither for an empty line. */
export interface ParsedLine {
  readonly fields?: ReadonlyMap<string, unknown>
  readonly problem?: string
}

const deepest = 50

/** Reads one line; nested objects become names with dots, unpaired surrogates become U+FFFD. */
export function parseLine(text: string): ParsedLine {
  if (text.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    if (!isObject(value)) return { problem: 'a row must be a JSON object, for example {"title": "x"}' }
    const fields = new Map<string, unknown>()
    flatten(value, '', { fields, depth: 0 })
    return { fields }
  } catch (error) {
    return { problem: `not valid JSON: ${error instanceof Error ? error.message : String(error)}` }
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

interface Flattening {
  readonly fields: Map<string, unknown>
  readonly depth: number
}

function flatten(object: Record<string, unknown>, prefix: string, { fields, depth }: Flattening): void {
  for (const [key, value] of Object.entries(object)) {
    const name = (prefix + key).toWellFormed()
    if (isObject(value) && depth < deepest) flatten(value, `${name}.`, { fields, depth: depth + 1 })
    else fields.set(name, clean(value))
  }
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (Array.isArray(value)) return value.map(clean)
  return value
}

type Kind = ColumnType | 'EMPTY LIST' | 'JSON'

/** The columns of all rows in the order of first appearance, each with the type that holds every value. */
export function inferColumns(rows: readonly ReadonlyMap<string, unknown>[]): Column[] {
  const kinds = new Map<string, Kind | undefined>()
  for (const row of rows)
    for (const [name, value] of row)
      kinds.set(name, value === null ? kinds.get(name) : join(kinds.get(name), kindOf(name, value)))
  return [...kinds].map(([name, kind]) => ({ name, type: typeOf(kind), cost: 0 }))
}

function typeOf(kind: Kind | undefined): ColumnType {
  if (kind === 'EMPTY LIST') return 'VARCHAR[]'
  return kind === undefined || kind === 'JSON' ? 'VARCHAR' : kind
}

function kindOf(name: string, value: unknown): Kind {
  if (typeof value === 'boolean') return 'BOOLEAN'
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'BIGINT' : 'DOUBLE'
  if (typeof value === 'string') return isTime(name) && timeOf(value) !== null ? 'TIMESTAMP' : 'VARCHAR'
  if (!Array.isArray(value)) return 'JSON'
  if (value.length === 0) return 'EMPTY LIST'
  if (value.every((item) => typeof item === 'string')) return 'VARCHAR[]'
  return value.every((item) => typeof item === 'number') ? 'DOUBLE[]' : 'JSON'
}

function join(known: Kind | undefined, next: Kind): Kind {
  if (known === undefined || known === next) return next
  const both = [known, next]
  if (both.includes('BIGINT') && both.includes('DOUBLE')) return 'DOUBLE'
  if (both.includes('EMPTY LIST')) {
    const other = known === 'EMPTY LIST' ? next : known
    return other.endsWith('[]') ? other : 'JSON'
  }
  return both.includes('TIMESTAMP') && both.includes('VARCHAR') ? 'VARCHAR' : 'JSON'
}

function isTime(name: string): boolean {
  return name === 'time' || name === 'logged_at'
}

/** Microseconds of an ISO time; an offset is applied. */
function timeOf(text: string): number | null {
  const found = /^(.*?)(?:([+-])([0-9]{2}):?([0-9]{2}))?$/.exec(text)
  const [, local = '', sign, hours = '0', minutes = '0'] = found ?? []
  if (sign === undefined) return timestampFromText(text)
  const plain = timestampFromText(local)
  const whole = timestampFromText(text)
  if (whole !== null) return whole
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000_000
  return plain === null || !local.includes(':') ? null : plain - (sign === '-' ? -offset : offset)
}

/** The values of one line by slot. */
export function rowOf(layout: Layout, fields: ReadonlyMap<string, unknown>): Row {
  return layout.columns.map(({ name, type }) => readValue(type, fields.get(name)))
}

function readValue(type: ColumnType, value: unknown): Value {
  if (value === null || value === undefined) return null
  if (type === 'TIMESTAMP') return typeof value === 'string' ? timeOf(value) : null
  if (type === 'VARCHAR') return typeof value === 'string' ? value : JSON.stringify(value).toWellFormed()
  if (type === 'VARCHAR[]') return Array.isArray(value) ? value.map(String) : null
  if (type === 'DOUBLE[]') return Array.isArray(value) ? value.map(Number) : null
  if (type === 'BOOLEAN') return value === true
  return type === 'BIGINT' ? Number(value) + 0 : Number(value)
}
