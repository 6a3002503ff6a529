import type { Layout } from '../../kernel/values.ts'
import { type Checked, toDuckSql } from '../language/index.ts'
import { sideSql } from './gap.ts'
import type { ColumnKind } from './sweep-columns.ts'
import {
  type CarriedColumn,
  carriedColumns,
  columnsOf,
  isOrdered,
  maskSql,
  type SplitCondition,
  type SweepFeature,
  type SweepInput,
  splitCondition,
  sqlTime,
  typesIn,
} from './sweep-plan.ts'

/** Small whole numbers for the values that keys take in this history. */
export interface Dictionary {
  readonly table: string
  readonly keys: readonly string[]
}

export interface PlannedWindow {
  readonly feature: SweepFeature
  readonly slot: number
  readonly dictionary: number
  readonly pairs: number | null
  readonly isNumber: boolean
  readonly at: {
    readonly codes: number
    readonly values: number | null
    readonly nulls: number | null
    readonly cells: number | null
    readonly pairs: number | null
  }
}

/** A number that DuckDB computes (`at`), or that waits for the windows. */
export interface PlannedMeasure {
  readonly checked: Checked
  readonly at: number | null
}

export interface Plan {
  readonly layout: Layout
  readonly split: readonly SplitCondition[]
  readonly dictionaries: readonly Dictionary[]
  readonly windows: readonly PlannedWindow[]
  readonly carried: readonly CarriedColumn[]
  readonly measures: readonly PlannedMeasure[]
  readonly from: string
  readonly kinds: readonly ColumnKind[]
  /** Where each kind of column stands in the result. */
  readonly at: { readonly masks: readonly number[]; readonly carried: readonly number[] }
  select(after: number | null, until: number): string
}

export function planSweep(input: SweepInput, prefix: string): Plan {
  const { layout, features, column, table } = input
  const ids = new Set(features.map(({ id }) => id))
  const waits = (checked: Checked) => columnsOf(checked.node).some((name) => ids.has(name))
  const split = input.conditions.map((condition) => splitCondition(condition, ids))
  const waiting = [...split.map(({ windowed }) => windowed), ...(input.measures ?? []).filter(waits)]
  const carried = carriedColumns(waiting, { layout, column, windows: ids })
  const dictionaries = createDictionaries(prefix)
  const selection = createSelection()
  selection.put(`epoch_us(${column('logged_at')})::DOUBLE`, 'number')
  selection.put(`${column('position')}::DOUBLE`, 'number')
  selection.put(`(${inScope(input)})::INTEGER`, 'integer')
  const at = {
    masks: maskSql(split, column).map((word) => selection.put(word, 'integer')),
    carried: carried.map(({ sql }) => selection.put(sql, 'value')),
  }
  const windows = features.map((feature) => planWindow(feature, input, { dictionaries, selection }))
  const measures = (input.measures ?? []).map(
    (checked): PlannedMeasure => ({
      checked,
      at: waits(checked) ? null : selection.put(sideSql(checked, column), 'number'),
    }),
  )
  const from = `${table} WHERE ${relevant(input).join(' AND ')}`
  const time = column('logged_at')
  return {
    ...{ layout, split, windows, carried, measures, from, at },
    dictionaries: dictionaries.all,
    kinds: selection.kinds,
    select: (after, until) =>
      selection.sql(
        `${from}${after === null ? '' : ` AND ${time} > ${sqlTime(after)}`} AND ${time} <= ${sqlTime(until)}`,
        dictionaries.all,
      ),
  }
}

function createDictionaries(prefix: string) {
  const all: Dictionary[] = []
  return {
    all,
    /** The dictionary of these keys; windows by the same keys share it. */
    of(keys: readonly string[]): number {
      const known = all.findIndex((other) => other.keys.join('\0') === keys.join('\0'))
      return known >= 0 ? known : all.push({ table: `${prefix}_${all.length}`, keys }) - 1
    },
  }
}

/** The columns of the scan: scalars inside, where the rows are still narrow, and the codes of keys joined to them. */
function createSelection() {
  const inner: string[] = []
  const outer: string[] = []
  const kinds: ColumnKind[] = []
  const place = (list: string[], text: string): number => {
    const known = list.indexOf(text)
    return known >= 0 ? known : list.push(text) - 1
  }
  const inside = (sql: string): string => `i${place(inner, sql)}`
  const out = (text: string, kind: ColumnKind): number => {
    const index = place(outer, text)
    kinds[index] = kind
    return index
  }
  return {
    kinds,
    /** Where a scalar stands in the result. */
    put: (sql: string, kind: ColumnKind): number => out(inside(sql), kind),
    /** Where the code of a key stands, inverted for rows that do not enter. */
    code(dictionary: number, enters: string | null): number {
      const code = `d${dictionary}.sweep_code`
      return out(enters === null ? code : `CASE WHEN ${inside(enters)} THEN ${code} ELSE -1 - ${code} END`, 'integer')
    },
    sql(from: string, dictionaries: readonly Dictionary[]): string {
      const joins = dictionaries.map(({ table, keys }, index) => {
        const equal = keys.map((key, part) => `${inside(key)} IS NOT DISTINCT FROM d${index}.sweep_key_${part}`)
        return ` JOIN ${table} AS d${index} ON ${equal.length > 0 ? equal.join(' AND ') : 'true'}`
      })
      const scalars = inner.map((sql, index) => `${sql} AS i${index}`)
      const columns = outer.map((text, index) => `${text} AS c${index}`)
      return `SELECT ${columns.join(', ')} FROM (SELECT ${scalars.join(', ')} FROM ${from}) AS scan${joins.join('')} ORDER BY c0`
    },
  }
}

function planWindow(
  feature: SweepFeature,
  input: SweepInput,
  {
    dictionaries,
    selection,
  }: { dictionaries: ReturnType<typeof createDictionaries>; selection: ReturnType<typeof createSelection> },
): PlannedWindow {
  const { layout, column } = input
  const { aggregate, distinct, argument, partition } = feature.checked
  const keys = partition.map((key) => toDuckSql(key, column))
  const value = argument ? toDuckSql(argument, column) : null
  const dictionary = dictionaries.of(keys)
  const ordered = isOrdered(feature.checked)
  const pairs = distinct && !ordered && value !== null ? dictionaries.of([...keys, value]) : null
  const isNumber = !ordered || (argument?.type !== 'VARCHAR' && argument?.type !== 'BOOLEAN')
  const isSpan = aggregate === 'count' || aggregate === 'seconds_since_last'
  const number = argument?.type === 'TIMESTAMP' ? `epoch_us(${value})` : value
  return {
    ...{ feature, dictionary, pairs, isNumber, slot: layout.slot(feature.id) ?? -1 },
    at: {
      codes: selection.code(dictionary, entersSql(feature, input)),
      values: isNumber && !isSpan ? selection.put(`coalesce(${number}, 0)::DOUBLE`, 'number') : null,
      nulls: isNumber && takesNull(feature) ? selection.put(`(${value} IS NULL)::INTEGER`, 'integer') : null,
      cells: isNumber ? null : selection.put(`${value}`, 'value'),
      pairs: pairs === null ? null : selection.code(pairs, null),
    },
  }
}

/** first and last answer NULL where the row has NULL; the other aggregates pass over it. */
const takesNull = ({ checked }: SweepFeature): boolean => checked.aggregate === 'first' || checked.aggregate === 'last'

/** Event types that are asked about or counted; null = all. */
function typesRead({ on, features }: SweepInput): ReadonlySet<string> | null {
  const counted = features.flatMap((feature) => feature.on)
  return counted.includes('*') ? null : new Set([...on, ...counted])
}

/** The test of a row's type; nothing where no other types are read. */
function typeTest(input: SweepInput, types: readonly string[]): string[] {
  if (types.includes('*')) return []
  const read = typesRead(input)
  return read !== null && [...read].every((type) => types.includes(type)) ? [] : [typesIn(types)]
}

function inScope(input: SweepInput): string {
  const { on, since, until, column } = input
  const time = column('logged_at')
  return [...typeTest(input, on), `${time} > ${sqlTime(since)}`, `${time} <= ${sqlTime(until)}`].join(' AND ')
}

/** Which rows can matter: of types that are asked about or counted, as far back as the windows reach. */
function relevant(input: SweepInput): string[] {
  const { features, since, until, column } = input
  const types = typesRead(input)
  const from = since - Math.max(0, ...features.map(({ checked }) => checked.rangeMicros ?? Number.POSITIVE_INFINITY))
  const time = column('logged_at')
  return [
    ...(types ? [typesIn([...types])] : []),
    ...(Number.isFinite(from) ? [`${time} >= ${sqlTime(from)}`] : []),
    `${time} <= ${sqlTime(until)}`,
  ]
}

/** When a row enters the window: its type, the FILTER, and (mostly) an argument that is there; null = always. */
function entersSql(feature: SweepFeature, input: SweepInput): string | null {
  const { on, checked } = feature
  const needs = [
    ...typeTest(input, on),
    ...(checked.filter ? [`(${toDuckSql(checked.filter, input.column)})`] : []),
    ...(checked.argument && !takesNull(feature) ? [`${toDuckSql(checked.argument, input.column)} IS NOT NULL`] : []),
  ]
  return needs.length > 0 ? needs.join(' AND ') : null
}
