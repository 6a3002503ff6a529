import type { Column } from '../../kernel/values.ts'
import { windowSql } from '../../perception/features/index.ts'
import { type Checked, quoteName, toDuckSql } from '../language/index.ts'
import type { PreparedTrial, UsedFeature } from './condition.ts'
import { distanceSql, finite, sideSql } from './gap.ts'
import type { Found, Miss, Scope } from './model.ts'
import { mostHits, mostMisses } from './model.ts'

/** The facts as a backtest reads them: DuckDB over `events`, `decisions`, `findings`, `labels`. */
export interface Warehouse {
  query(sql: string, params: readonly (string | number | null)[]): Promise<readonly (readonly unknown[])[]>
}

/** Attribute types whose JSON form says exactly what the event reader makes of it. */
const jsonTypes = new Set(['VARCHAR', 'DOUBLE', 'BIGINT', 'BOOLEAN'])

/** Why DuckDB cannot answer from the facts with certainty; null = it can. Signals are checked against the facts apart. */
export function sqlObstacle(trial: PreparedTrial): string | null {
  if (trial.windowsReadSignals) return 'a window reads a signal'
  const columns = [...trial.checked.columns, ...trial.features.flatMap((feature) => feature.checked.columns)]
  const odd = columns.find((name) => name.startsWith('attributes.') && !jsonTypes.has(typeOf(trial, name)))
  return odd === undefined ? null : `${odd} is ${typeOf(trial, odd)}, which the facts keep as JSON only`
}

const typeOf = (trial: Pick<PreparedTrial, 'layout'>, name: string): Column['type'] =>
  trial.layout.columns[trial.layout.slot(name) ?? -1]?.type ?? 'VARCHAR'

/** Whether every event in scope kept a value of each signal, made by the pack version that runs now. */
export async function signalsAreStored(
  trial: PreparedTrial,
  scope: Scope,
  input: { warehouse: Warehouse; packOf: (signal: string) => string | null },
): Promise<boolean> {
  for (const signal of trial.signals) {
    const pack = input.packOf(signal)
    if (pack === null) return false
    const [row] = await input.warehouse.query(
      `SELECT count(*) FILTER (WHERE json_extract(d.saw, '$.' || $1) IS NULL OR NOT list_contains(string_split(d.engine, ' '), $2)) FROM decisions d WHERE list_contains(string_split($3, ','), d.event_type) AND d.logged_at > make_timestamp($4::BIGINT)`,
      [signal, pack, trial.on.join(','), scope.since],
    )
    if (Number(row?.[0] ?? 1) > 0) return false
  }
  return true
}

/** One pass of DuckDB: the same text as the live condition, over the facts. */
export async function findBySql(trial: PreparedTrial, scope: Scope, warehouse: Warehouse): Promise<Found> {
  const column = columnSql(trial)
  const parts = trial.parts.map((part) => toDuckSql(part, column))
  const hit = parts.map((_, index) => `k${index}`).join(' AND ')
  const trues = parts.map((_, index) => `CASE WHEN k${index} THEN 1 ELSE 0 END`).join(' + ')
  const flags = parts
    .map((_, index) => `CASE WHEN k${index} THEN 't' WHEN k${index} IS NULL THEN 'n' ELSE 'f' END`)
    .join(' || ')
  const { gaps } = trial
  const sides = gaps.flatMap((gap, index) =>
    gap ? [`${sideSql(gap.value, column)} AS v${index}`, `${sideSql(gap.limit, column)} AS l${index}`] : [],
  )
  const told = gaps.map((gap, index) => (gap ? `v${index} || ' ' || l${index}` : "''")).join(" || ',' || ")
  const sql = `
    WITH windowed AS (${windowed(trial, scope)}),
    scoped AS (SELECT ${['position', ...parts.map((part, index) => `(${part}) AS k${index}`), ...sides].join(', ')} FROM windowed WHERE ${typesIn(trial.on)} AND logged_at > ${at(scope.since)} AND logged_at <= ${at(scope.until)}),
    marked AS (SELECT *, (${hit}) AS hit, (${trues}) AS trues, ${distanceSql(gaps)} AS far FROM scoped)
    SELECT count(*), count(*) FILTER (WHERE hit), count(*) FILTER (WHERE hit IS NULL), list_reverse_sort(list(position) FILTER (WHERE hit))[1:${mostHits}],
      list(position || ':' || ${flags} || ':' || ${told} ORDER BY trues DESC, far, position DESC) FILTER (WHERE rank <= ${mostMisses} AND trues > 0)
    FROM (SELECT *, CASE WHEN coalesce(hit, false) OR trues = 0 THEN NULL ELSE row_number() OVER (PARTITION BY coalesce(hit, false) ORDER BY trues DESC, far, position DESC) END AS rank FROM marked)`
  const [row = []] = await warehouse.query(sql, [])
  const misses = Array.isArray(row[4]) && parts.length > 1 ? row[4].map(String) : []
  return {
    events: Number(row[0] ?? 0),
    hits: Number(row[1] ?? 0),
    unknown: Number(row[2] ?? 0),
    positions: Array.isArray(row[3]) ? row[3].map(Number) : [],
    misses: misses.map(missOf),
  }
}

/** `position:flags:value limit,…`, a flag and a pair for each part. */
function missOf(told: string): Miss {
  const [position = '', marks = '', pairs = ''] = told.split(':')
  const sides = pairs.split(',').map((pair) => pair.split(' ').map(numberOf))
  const missing = [...marks].flatMap((mark, part) =>
    mark === 't' ? [] : [{ part, value: sides[part]?.[0] ?? null, limit: sides[part]?.[1] ?? null }],
  )
  return { position: Number(position), missing }
}

const numberOf = (told: string): number | null => (told === '' ? null : finite(Number(told)))

const at = (micros: number): string => `make_timestamp(${Math.trunc(micros)}::BIGINT)`
const text = (value: string): string => `'${value.replaceAll("'", "''")}'`
const typesIn = (types: readonly string[]): string => `type IN (${types.map(text).join(', ')})`

/** Columns by name, windows among them, of the events whose positions `which` selects. */
export function valuesSql(
  trial: PreparedTrial,
  scope: Scope,
  { names, which }: { names: readonly string[]; which: string },
): string {
  const column = columnSql(trial)
  return `WITH windowed AS (${windowed(trial, scope)}) SELECT position, ${names.map(column).join(', ')} FROM windowed WHERE ${typesIn(trial.on)} AND position IN (${which}) ORDER BY position`
}

/** The events that matter with their windows; windows look back behind the scope as far as they reach. */
function windowed(trial: PreparedTrial, scope: Scope): string {
  const column = columnSql(trial)
  const names = new Set(['position', 'type', 'logged_at', 'data'])
  const computed = new Set([...trial.features.map((feature) => feature.id), ...trial.signals])
  for (const name of trial.checked.columns) if (!computed.has(name) && !name.startsWith('attributes.')) names.add(name)
  const windows = trial.features.map((feature) => `${windowOf(feature, column)} AS ${quoteName(feature.id)}`)
  const stored = trial.signals.length > 0 ? ['d.saw AS saw'] : []
  const counted = trial.features.map((feature) => feature.on)
  const everything = counted.some((types) => types.includes('*'))
  const ranges = trial.features.map((feature) => feature.checked.rangeMicros ?? Number.POSITIVE_INFINITY)
  const from = scope.since - Math.max(0, ...ranges)
  const where = [
    ...(everything ? [] : [typesIn([...new Set([...trial.on, ...counted.flat()])]).replace('type', 'e.type')]),
    ...(Number.isFinite(from) ? [`e.logged_at >= ${at(from)}`] : []),
  ]
  const source =
    stored.length > 0
      ? 'events e JOIN (SELECT position AS at_position, saw FROM decisions) d ON d.at_position = e.position'
      : 'events e'
  return `SELECT ${[...[...names].map((name) => `e.${quoteName(name)}`), ...stored, ...windows].join(', ')} FROM ${source}${where.length > 0 ? ` WHERE ${where.join(' AND ')}` : ''}`
}

function windowOf({ on, checked }: UsedFeature, column: (name: string) => string): string {
  const print = (part: Checked): string => toDuckSql(part, column)
  const { aggregate, distinct, argument, filter, partition, rangeMicros } = checked
  const filters = [...(on.includes('*') ? [] : [typesIn(on)]), ...(filter ? [`(${print(filter)})`] : [])]
  return windowSql({
    aggregate,
    distinct,
    rangeMicros,
    argument: argument ? print(argument) : null,
    filter: filters.length > 0 ? filters.join(' AND ') : null,
    partition: partition.map(print),
    wholeNumbers: argument?.type === 'BIGINT' || argument?.type === 'BOOLEAN',
  })
}

/** How a column of a condition is read from the facts. */
export function columnSql(trial: Pick<PreparedTrial, 'layout' | 'signals'>): (name: string) => string {
  const signals = new Set(trial.signals)
  return (name) => {
    if (signals.has(name)) return storedSignal(name, typeOf(trial, name))
    return name.startsWith('attributes.') ? attribute(name, typeOf(trial, name)) : quoteName(name)
  }
}

/** An attribute as the event reader takes it: a value of another kind than its column is missing. */
function attribute(name: string, type: Column['type']): string {
  const path = text(
    `$.${name
      .split('.')
      .map((part) => `"${part}"`)
      .join('.')}`,
  )
  if (type === 'VARCHAR') return `json_extract_string(data, ${path})`
  const kind = `json_type(data, ${path})`
  if (type === 'BOOLEAN') return `CASE WHEN ${kind} = 'BOOLEAN' THEN CAST(json_extract(data, ${path}) AS BOOLEAN) END`
  const number = `CASE WHEN ${kind} IN ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE') THEN TRY_CAST(json_extract_string(data, ${path}) AS DOUBLE) END`
  if (type === 'DOUBLE') return `(${number})`
  return `(CASE WHEN abs(${number}) <= 9007199254740991 AND ${number} = trunc(${number}) THEN CAST(${number} AS BIGINT) END)`
}

function storedSignal(name: string, type: Column['type']): string {
  const path = text(`$.${name}`)
  if (type === 'VARCHAR') return `json_extract_string(saw, ${path})`
  if (type.endsWith('[]')) return `CAST(json_extract(saw, ${path}) AS ${type})`
  return `TRY_CAST(json_extract_string(saw, ${path}) AS ${type})`
}
