import { problem } from '../../kernel/problems.ts'
import { parseSpan } from '../../kernel/schedule.ts'
import { formatTime, hour } from '../../kernel/time.ts'
import { coreEventTypes } from '../../vocabulary/events/index.ts'
import type { BatchDefinition, BatchInputContract, BatchRow } from '../../vocabulary/packs/index.ts'
import type { Window } from './model.ts'

/** The columns of a table of the facts with their types; null when there is no such table. */
export type ColumnsOf = (table: string) => ReadonlyMap<string, string> | null

/** Most subjects that a run may return; more is a broken query. */
export const mostSubjects = 50_000

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`
const timestamp = (micros: number): string => `TIMESTAMP ${literal(formatTime(micros).replace('T', ' ').slice(0, -1))}`

/** Texts, quoted names and comments of a query, which must stay as they are, or a parameter of the window. */
const tokens = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|(?<!:):(window_from|window_to)\b/g

/** The query with `:window_from` and `:window_to` as timestamps: what is put in is made from numbers, never from a text. */
export function bindWindow(sql: string, window: Window): string {
  return sql.replace(tokens, (token, name: string | undefined) => {
    if (name === undefined) return token
    return timestamp(name === 'window_from' ? window.from : window.to)
  })
}

const eventTypes = new Map(coreEventTypes.map((type) => [type.type, type]))

/** The fields that the facts derive from an event: time, subject and party. */
function derived(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const type = eventTypes.get(String(row['type'] ?? ''))
  if (!type) return {}
  return {
    subject_type: type.subject,
    subject_id: row[type.idField] ?? null,
    ...(type.party ? { party_type: type.party.kind, party_id: row[type.party.field] ?? null } : {}),
  }
}

/** A row that a pack wrote as a SELECT in the shape of its table. @throws invalid_input for a table or column that is not there. */
export function rowSelects(row: BatchRow, window: Window, columnsOf: ColumnsOf): { table: string; selects: string[] } {
  const { table = 'events', at = '-1h', repeat = 1, ...written } = row
  const columns = columnsOf(table)
  if (!columns) throw badRow('table', table, `there is no table "${table}" in the facts`, `事实库中没有表 "${table}"`)
  const time = window.to - (parseSpan(at.replace('-', '')) ?? hour)
  const fields: Record<string, unknown> = {
    ...(table === 'events' ? derived(written) : {}),
    ...Object.fromEntries(
      ['logged_at', 'time', 'recorded_at'].filter((name) => columns.has(name)).map((name) => [name, formatTime(time)]),
    ),
    ...written,
  }
  const selects = Array.from({ length: repeat }, (_, index) => {
    const cells = Object.entries(fields).map(([name, value]) => {
      const type = columns.get(name)
      if (type === undefined)
        throw badRow(name, value, `"${table}" has no column "${name}"`, `表 "${table}" 没有列 "${name}"`)
      return `CAST(${cell(value, index + 1)} AS ${type}) AS ${quote(name)}`
    })
    return `SELECT ${cells.join(', ')}`
  })
  return { table, selects }
}

function cell(value: unknown, n: number): string {
  if (value === null || value === undefined) return 'NULL'
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return `[${value.map((item) => cell(item, n)).join(', ')}]`
  if (typeof value === 'object') return literal(JSON.stringify(value))
  return literal(String(value).replaceAll('{n}', String(n)))
}

function badRow(field: string, value: unknown, en: string, zh: string): Error {
  return problem({
    code: 'invalid_input',
    field,
    value,
    detail: { zh, en },
    fix: { zh: '见 docs/reference/facts.md', en: 'see docs/reference/facts.md' },
  })
}

/**
 * The query of a run: the pack's own text over tables that hold the planted canary rows as well. Canaries live in the
 * query only: no table and no other query ever sees them.
 */
export function runSql(
  batch: Pick<BatchDefinition, 'query' | 'canaries'>,
  window: Window,
  columnsOf: ColumnsOf,
): string {
  const planted = new Map<string, string[]>()
  for (const row of batch.canaries.flatMap((canary) => canary.rows)) {
    const { table, selects } = rowSelects(row, window, columnsOf)
    planted.set(table, [...(planted.get(table) ?? []), ...selects])
  }
  // A query that has the name of a table cannot read it, and which schema it is in is the caller's: so it goes by another name first.
  const tables = [...planted].flatMap(([table, selects]) => [
    `${quote(`stored ${table}`)} AS NOT MATERIALIZED (SELECT * FROM ${quote(table)})`,
    `${quote(table)} AS NOT MATERIALIZED (SELECT * FROM ${quote(`stored ${table}`)} UNION ALL BY NAME ${selects.join(' UNION ALL BY NAME ')})`,
  ])
  const query = bindWindow(batch.query, window).trim().replace(/;+$/, '')
  return `${tables.length > 0 ? `WITH ${tables.join(', ')} ` : ''}SELECT * FROM (\n${query}\n) AS found ORDER BY score DESC, subject_type, subject_id`
}

/** The time column of a table of the facts. */
export const timeColumn = (columns: ReadonlyMap<string, string>): string =>
  columns.has('logged_at') ? 'logged_at' : 'recorded_at'

interface InputSql {
  readonly from: string
  readonly inWindow: string
}

function inputSql(input: BatchInputContract, window: Window, columnsOf: ColumnsOf): InputSql {
  const columns = columnsOf(input.table)
  if (!columns)
    throw badRow(
      'contract.table',
      input.table,
      `there is no table "${input.table}" in the facts`,
      `事实库中没有表 "${input.table}"`,
    )
  const time = quote(timeColumn(columns))
  const where = input.where === undefined ? '' : ` AND (\n${bindWindow(input.where, window)}\n)`
  return {
    from: `FROM ${quote(input.table)} WHERE ${time} <= ${timestamp(window.to)}${where}`,
    inWindow: `${time} > ${timestamp(window.from)}`,
  }
}

/** Rows in the window, time of the newest row (microseconds), and how often each column that must be there is missing. */
export function contractSql(input: BatchInputContract, window: Window, columnsOf: ColumnsOf): string {
  const { from, inWindow } = inputSql(input, window, columnsOf)
  const time = quote(timeColumn(columnsOf(input.table) ?? new Map()))
  const nulls = (input.not_null ?? []).map((name) => `, count(*) FILTER (WHERE ${inWindow} AND ${quote(name)} IS NULL)`)
  return `SELECT count(*) FILTER (WHERE ${inWindow}), epoch_us(max(${time}))${nulls.join('')} ${from}`
}

/** Deciles of a numeric population, and how many values are numbers. */
export function decilesSql(input: BatchInputContract, window: Window, columnsOf: ColumnsOf): string {
  const { from, inWindow } = inputSql(input, window, columnsOf)
  const deciles = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].join(', ')
  return `SELECT quantile_cont(v, [${deciles}]), count(v) FROM (SELECT TRY_CAST((${input.population}) AS DOUBLE) AS v ${from} AND ${inWindow})`
}

/** The most frequent values of a population, and how often each occurs. */
export function valuesSql(input: BatchInputContract, window: Window, columnsOf: ColumnsOf): string {
  const { from, inWindow } = inputSql(input, window, columnsOf)
  return `SELECT CAST((${input.population}) AS VARCHAR) AS v, count(*) AS n ${from} AND ${inWindow} GROUP BY 1 HAVING v IS NOT NULL ORDER BY n DESC, v LIMIT 1000`
}

/** How many numbers lie at or below each edge, and how many there are. */
export function edgesSql(
  input: BatchInputContract,
  window: Window,
  { columnsOf, edges }: { columnsOf: ColumnsOf; edges: readonly number[] },
): string {
  const { from, inWindow } = inputSql(input, window, columnsOf)
  const below = edges.map((edge) => `count(*) FILTER (WHERE v <= ${edge})`)
  return `SELECT ${[...below, 'count(v)'].join(', ')} FROM (SELECT TRY_CAST((${input.population}) AS DOUBLE) AS v ${from} AND ${inWindow})`
}
