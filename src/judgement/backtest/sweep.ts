import { createPause } from '../../kernel/pause.ts'
import type { Layout, Row, Value } from '../../kernel/values.ts'
import { createColumnWindow, type WindowBatch, type WindowValues } from '../../perception/features/index.ts'
import { type Checked, type CompareOperator, compile, compileSet, toDuckSql } from '../language/index.ts'
import { sideSql } from './gap.ts'
import {
  bitsOfWord,
  type CarriedColumn,
  carriedColumns,
  columnsOf,
  maskSql,
  type SplitCondition,
  type SweepFeature,
  type SweepInput,
  splitCondition,
  sqlTime,
  typesIn,
} from './sweep-plan.ts'

export type ColumnKind = 'number' | 'integer' | 'value'
export type ColumnValues = Float64Array | Int32Array | readonly Value[]

/** The facts as a sweep reads them: a connection of its own, on which temporary tables may be made. */
export interface ColumnStore {
  run(sql: string): Promise<void>
  /** The rows of a SELECT as columns; `number` = DOUBLE and `integer` = INTEGER, both without NULL; `value` = anything. */
  columns(sql: string, kinds: readonly ColumnKind[]): Promise<Rows>
}

/**
 * Receives each event in scope: bits of the conditions that are TRUE, and of those that are NULL, 30 to a word. The
 * arrays are used again for the next event.
 */
export type Visit = (position: number, trues: Int32Array, nulls: Int32Array, measure: Measure) => void

/** A measure of the event that is being visited; NaN where it is NULL. */
export type Measure = (index: number) => number

/** Rows of one slice: memory is some 100 bytes a row, for two slices and for those that a frame still reaches. */
const mostSliced = 1 << 20
const fewestSliced = 1 << 16
/** Slices of a short history, so that DuckDB and the windows work at the same time there too. */
const slicesWanted = 8

/** Rows that are swept at a time: their columns stay in the cache, and others have the loop between two. */
const passRows = 1 << 16

let runs = 0

/**
 * One pass over history in time order. DuckDB reads only the needed columns, evaluates the parts of the conditions
 * that need no window, and turns keys into small numbers, on all cores; the windows and what depends on them are
 * computed here meanwhile, without a sort and with a few bytes a key.
 */
export async function sweep(input: SweepInput, store: ColumnStore, visit: Visit): Promise<void> {
  const plan = planSweep(input, `sweep_${process.pid}_${runs++}`)
  try {
    const sizes = await makeDictionaries(plan, store)
    const pass = createPass(plan, sizes, visit)
    const ends = await sliceEnds(plan, store)
    const pause = createPause()
    const read = (index: number) =>
      store.columns(plan.select(ends[index - 1] ?? null, ends[index] ?? 0), plan.kinds).then(
        (slice) => slice,
        (error: unknown) => error as Error,
      )
    let next = read(0)
    for (let index = 0; index < ends.length; index++) {
      const slice = await next
      if (slice instanceof Error) throw slice
      // DuckDB prepares the next slice while this one is swept.
      if (index + 1 < ends.length) next = read(index + 1)
      for (let from = 0; from < slice.rows; from += passRows) {
        pass(part(slice, from))
        await pause()
      }
    }
  } finally {
    for (const { table } of plan.dictionaries) await store.run(`DROP TABLE IF EXISTS ${table}`)
  }
}

interface Rows {
  readonly rows: number
  readonly columns: readonly ColumnValues[]
}

/** Some rows of a slice, without a copy of its numbers. */
function part({ rows, columns }: Rows, from: number): Rows {
  const to = Math.min(rows, from + passRows)
  return {
    rows: to - from,
    columns: columns.map((values) => ('subarray' in values ? values.subarray(from, to) : values.slice(from, to))),
  }
}

/** Small whole numbers for the values that keys take in this history. */
interface Dictionary {
  readonly table: string
  readonly keys: readonly string[]
}

interface PlannedWindow {
  readonly feature: SweepFeature
  readonly slot: number
  readonly dictionary: number
  readonly pairs: number | null
  readonly at: { readonly codes: number; readonly values: number | null; readonly pairs: number | null }
}

/** A number that DuckDB computes (`at`), or that waits for the windows. */
interface PlannedMeasure {
  readonly checked: Checked
  readonly at: number | null
}

interface Plan {
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

function planSweep(input: SweepInput, prefix: string): Plan {
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
  const pairs = distinct && value !== null ? dictionaries.of([...keys, value]) : null
  const summed = aggregate === 'sum' || aggregate === 'avg'
  return {
    ...{ feature, dictionary, pairs, slot: layout.slot(feature.id) ?? -1 },
    at: {
      codes: selection.code(dictionary, entersSql(feature, input)),
      values: summed ? selection.put(`coalesce(${value}, 0)::DOUBLE`, 'number') : null,
      pairs: pairs === null ? null : selection.code(pairs, null),
    },
  }
}

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

/** When a row enters the window: its type, the FILTER, and an argument that is there; null = always. */
function entersSql({ on, checked }: SweepFeature, input: SweepInput): string | null {
  const needs = [
    ...typeTest(input, on),
    ...(checked.filter ? [`(${toDuckSql(checked.filter, input.column)})`] : []),
    ...(checked.argument ? [`${toDuckSql(checked.argument, input.column)} IS NOT NULL`] : []),
  ]
  return needs.length > 0 ? needs.join(' AND ') : null
}

async function makeDictionaries({ dictionaries, from }: Plan, store: ColumnStore): Promise<number[]> {
  const sizes: number[] = []
  for (const { table, keys } of dictionaries) {
    const names = keys.map((key, part) => `${key} AS sweep_key_${part}`)
    await store.run(
      `CREATE TEMP TABLE ${table} AS SELECT *, (row_number() OVER () - 1)::INTEGER AS sweep_code FROM (SELECT ${names.length > 0 ? `DISTINCT ${names.join(', ')} FROM ${from}` : '0 AS sweep_key_0'})`,
    )
    const { columns } = await store.columns(`SELECT count(*)::DOUBLE FROM ${table}`, ['number'])
    sizes.push(Number(columns[0]?.[0] ?? 0))
  }
  return sizes
}

/** The times at which slices end, in order. */
async function sliceEnds({ from }: Plan, store: ColumnStore): Promise<number[]> {
  const numbers = async (sql: string) => [...((await store.columns(sql, ['number'])).columns[0] as Float64Array)]
  const [rows = 0] = await numbers(`SELECT count(*)::DOUBLE FROM ${from}`)
  const size = Math.min(mostSliced, Math.max(fewestSliced, Math.ceil(rows / slicesWanted)))
  return numbers(
    `SELECT epoch_us(max(logged_at))::DOUBLE FROM (SELECT logged_at, rowid FROM ${from}) GROUP BY rowid // ${size} ORDER BY 1`,
  )
}

/** Takes slices in time order: windows first, column by column, then the conditions row by row. */
function createPass(plan: Plan, sizes: readonly number[], visit: Visit) {
  const { split, windows, carried, at } = plan
  const windowOf = windows.map(({ feature: { checked }, dictionary, pairs }) =>
    createColumnWindow({
      aggregate: checked.aggregate,
      distinct: checked.distinct,
      rangeMicros: checked.rangeMicros,
      keys: sizes[dictionary] ?? 0,
      pairs: pairs === null ? 0 : (sizes[pairs] ?? 0),
    }),
  )
  const words = Math.ceil(split.length / bitsOfWord)
  const { ask, read } = createAsk(plan)
  const trues = new Int32Array(words)
  const nulls = new Int32Array(words)
  return ({ rows, columns }: Rows): void => {
    const time = columns[0] as Float64Array
    const positions = columns[1] as Float64Array
    const scope = columns[2] as Int32Array
    const slice: Slice = {
      rows,
      windows: windows.map((window, index) => windowOf[index]!(batchOf(window, rows, time, columns))),
      extras: carried.map((_, index) => columns[at.carried[index]!]!),
      measures: plan.measures.map(({ at: place }) => (place === null ? null : columns[place]!)),
    }
    let visited = 0
    const measure: Measure = (index) => read(slice, visited, index)
    const halves = Array.from({ length: words }, (_, word) => ({
      plainTrue: columns[at.masks[2 * word]!] as Int32Array,
      plainNull: columns[at.masks[2 * word + 1]!] as Int32Array,
      ...compareWord(plan, slice, word),
    }))
    for (let index = 0; index < rows; index++) {
      if (scope[index] === 0) continue
      for (let word = 0; word < words; word++) {
        const half = halves[word]!
        let [isTrue, isNull] = [half.isTrue[index]!, half.isNull[index]!]
        const [plainTrue, plainNull] = [half.plainTrue[index]!, half.plainNull[index]!]
        for (let open = half.others & (plainTrue | plainNull); open !== 0; open &= open - 1) {
          const bit = open & -open
          const answer = ask(slice, index, word * bitsOfWord + 31 - Math.clz32(bit))
          if (answer === 1) isTrue |= bit
          else if (answer === -1) isNull |= bit
        }
        trues[word] = plainTrue & isTrue
        nulls[word] = (plainTrue | plainNull) & (isTrue | isNull) & ~trues[word]!
      }
      visited = index
      visit(positions[index]!, trues, nulls, measure)
    }
  }
}

interface Slice {
  readonly rows: number
  readonly windows: readonly WindowValues[]
  readonly extras: readonly ColumnValues[]
  readonly measures: readonly (ColumnValues | null)[]
}

/** The windowed halves of a word of conditions: bits by row, and the conditions (`others`) that are asked row by row. */
interface WindowedHalves {
  readonly isTrue: Int32Array
  readonly isNull: Int32Array
  readonly others: number
}

/** A window against a number, which most parts are, is compared column by column, without a branch. */
function compareWord({ split, windows }: Plan, { rows, windows: values }: Slice, word: number): WindowedHalves {
  const [isTrue, isNull] = [new Int32Array(rows), new Int32Array(rows)]
  const odd = values.map(({ values: numbers }) => hasNan(numbers))
  const full = values.map(({ empty }) => !empty.includes(1))
  const compares: (Comparison & { readonly bit: number })[] = []
  let others = 0
  for (const [bit, { windowed }] of split.slice(word * bitsOfWord, (word + 1) * bitsOfWord).entries()) {
    const found = windowed && comparisonOf(windowed, windows)
    if (!windowed) for (let row = 0; row < rows; row++) isTrue[row]! |= 1 << bit
    else if (found && !odd[found.window]) compares.push({ ...found, bit })
    else others |= 1 << bit
  }
  for (let from = 0; from < rows; from += blockRows) {
    const to = Math.min(rows, from + blockRows)
    for (const compare of compares) {
      const { values: numbers, empty } = values[compare.window]!
      compareColumn(numbers, compare, { into: isTrue, from, to })
      if (full[compare.window]) continue
      for (let row = from; row < to; row++) {
        isTrue[row]! &= ~(empty[row]! << compare.bit)
        isNull[row]! |= empty[row]! << compare.bit
      }
    }
  }
  return { isTrue, isNull, others }
}

/** Rows that stay in the nearest cache while all conditions are asked. */
const blockRows = 1024

function hasNan(values: Float64Array): boolean {
  for (let row = 0; row < values.length; row++) if (Number.isNaN(values[row]!)) return true
  return false
}

interface Comparison {
  readonly window: number
  readonly operator: CompareOperator
  readonly limit: number
}

/** Sets a bit in every row whose value compares so. */
function compareColumn(
  values: Float64Array,
  { operator, limit, bit }: Comparison & { readonly bit: number },
  { into, from, to }: { into: Int32Array; from: number; to: number },
): void {
  if (operator === '<') for (let row = from; row < to; row++) into[row]! |= (values[row]! < limit ? 1 : 0) << bit
  else if (operator === '<=') for (let row = from; row < to; row++) into[row]! |= (values[row]! <= limit ? 1 : 0) << bit
  else if (operator === '>') for (let row = from; row < to; row++) into[row]! |= (values[row]! > limit ? 1 : 0) << bit
  else if (operator === '>=') for (let row = from; row < to; row++) into[row]! |= (values[row]! >= limit ? 1 : 0) << bit
  else if (operator === '=') for (let row = from; row < to; row++) into[row]! |= (values[row]! === limit ? 1 : 0) << bit
  else for (let row = from; row < to; row++) into[row]! |= (values[row]! !== limit ? 1 : 0) << bit
}

/** `window > number`; null for any other shape. */
function comparisonOf({ node }: Checked, windows: readonly PlannedWindow[]): Comparison | null {
  if (node.kind !== 'compare' || node.left.kind !== 'column' || node.right.kind !== 'constant') return null
  const { left, right, operator } = node
  const window = windows.findIndex(({ feature }) => feature.id === left.name)
  if (window < 0 || typeof right.value !== 'number' || Number.isNaN(right.value)) return null
  return { window, operator, limit: right.value }
}

/** Asks the windowed half of any condition about a row, compiled as it is live (1, 0, or -1 for NULL), and reads measures. */
function createAsk({ layout, split, windows, carried, measures }: Plan) {
  const runs = split.map(({ windowed }) => (windowed ? compileSet([windowed], layout) : null))
  const row: Row = layout.columns.map(() => null)
  const resolve = () => null
  const answer = new Int8Array(1)
  const waiting = measures.map(({ checked, at }) => (at === null ? compile(checked, layout) : null))
  function fill(slice: Slice, index: number): void {
    for (let at = 0; at < windows.length; at++) {
      const { values, empty } = slice.windows[at]!
      row[windows[at]!.slot] = empty[index] === 1 ? null : values[index]!
    }
    for (let at = 0; at < carried.length; at++) row[carried[at]!.slot] = slice.extras[at]![index] ?? null
  }
  return {
    ask(slice: Slice, index: number, condition: number): number {
      fill(slice, index)
      runs[condition]?.(row, resolve, answer)
      return answer[0]!
    },
    read(slice: Slice, index: number, measure: number): number {
      const evaluate = waiting[measure]
      if (!evaluate) return slice.measures[measure]![index] as number
      fill(slice, index)
      const value = evaluate(row, resolve)
      return typeof value === 'number' ? value : Number.NaN
    },
  }
}

function batchOf(
  { at }: PlannedWindow,
  rows: number,
  time: Float64Array,
  columns: readonly ColumnValues[],
): WindowBatch {
  return {
    ...{ rows, time },
    codes: columns[at.codes] as Int32Array,
    values: at.values === null ? null : (columns[at.values] as Float64Array),
    pairs: at.pairs === null ? null : (columns[at.pairs] as Int32Array),
  }
}
