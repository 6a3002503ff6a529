import type { Row, Value } from '../../kernel/values.ts'
import { createColumnWindow, type WindowBatch, type WindowValues } from '../../perception/features/index.ts'
import { type Checked, type CompareOperator, compile, compileSet } from '../language/index.ts'
import type { ColumnValues, Measure, Rows, Visit } from './sweep-columns.ts'
import { bitsOfWord } from './sweep-plan.ts'
import type { Plan, PlannedWindow } from './sweep-scan.ts'

/** Takes slices in time order: windows first, column by column, then the conditions row by row. */
export function createPass(plan: Plan, sizes: readonly number[], visit: Visit) {
  const { split, windows, carried, at } = plan
  const windowOf = windows.map(({ feature: { checked }, dictionary, pairs, isNumber }) =>
    createColumnWindow({
      aggregate: checked.aggregate,
      distinct: checked.distinct,
      rangeMicros: checked.rangeMicros,
      isNumber,
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
      const { values, empty, cells } = slice.windows[at]!
      row[windows[at]!.slot] = empty[index] === 1 ? null : (cells ?? values)[index]!
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
    nulls: at.nulls === null ? null : (columns[at.nulls] as Int32Array),
    cells: at.cells === null ? null : (columns[at.cells] as readonly Value[]),
    pairs: at.pairs === null ? null : (columns[at.pairs] as Int32Array),
  }
}
