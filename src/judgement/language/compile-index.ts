import type { Layout, Resolve, Row, Value } from '../../kernel/values.ts'
import { type Cells, cellAt, cellKind, cellsOf, predicateOf } from './cells.ts'
import { conjunction } from './check.ts'
import { interpret } from './interpret.ts'
import type { Checked, Evaluate, EvaluateSet, Node } from './model.ts'

/** Makes the function for what the index does not answer, when it is first needed: 1 true, 0 false, -1 NULL. */
export type CompileRest = (node: Node) => TriState
export type TriState = (row: Row, resolve: Resolve) => number

/** One condition as a conjunction: predicates of single columns, and the rest. */
interface Parts {
  readonly byColumn: ReadonlyMap<number, Node>
  /** Everything that is not certain to be answered by the index: other conjuncts, and those on lazy columns. */
  readonly rest: Node | null
}

/** Most conditions, and constants, that share one set of bit rows: the rows take conditions × constants / 4 bytes. */
const chunkConditions = 2048
const chunkConstants = 16_384
/** A longer list of values is left to generated code, which looks it up in a set. */
const longestList = 512

/** A condition that the index can help with, and its place in the set. */
export interface Indexed {
  readonly at: number
  readonly parts: Parts
}

/** Splits a condition; undefined when no conjunct of it is a comparison of one column with constants. */
export function splitCondition({ node }: Checked, layout: Layout): Parts | undefined {
  const byColumn = new Map<number, Node>()
  const rest: Node[] = []
  for (const conjunct of node.kind === 'and' ? node.args : [node]) {
    const predicate = predicateOf(conjunct)
    const known = predicate !== undefined && cellKind(layout, predicate.slot) !== undefined
    if (!known || predicate.constants.length > longestList) {
      rest.push(conjunct)
      continue
    }
    const before = byColumn.get(predicate.slot)
    byColumn.set(predicate.slot, before ? conjunction('and', [before, conjunct], -1) : conjunct)
    if (conjunct.lazyCost > 0) rest.push(conjunct)
  }
  if (byColumn.size === 0) return undefined
  return { byColumn, rest: rest.length === 0 ? null : conjunction('and', rest, -1) }
}

/**
 * Evaluates many conditions at once: for each column the value's cell names a row of bits, the conditions that it makes
 * false; what no column makes false is true, NULL, or decided by its rest. `out` of every other condition must be 0.
 */
export function compileIndex(conditions: readonly Indexed[], layout: Layout, compileRest: CompileRest): EvaluateSet {
  const parts: EvaluateSet[] = []
  for (const chunk of chunksOf(conditions)) parts.push(compileChunk(chunk, layout, compileRest))
  return (row, resolve, out) => {
    for (let index = 0; index < parts.length; index++) parts[index]!(row, resolve, out)
  }
}

function chunksOf(conditions: readonly Indexed[]): Indexed[][] {
  const chunks: Indexed[][] = []
  let chunk: Indexed[] = []
  let constants = 0
  for (const condition of conditions) {
    if (chunk.length === 0) chunks.push(chunk)
    chunk.push(condition)
    for (const node of condition.parts.byColumn.values()) constants += predicateOf(node)?.constants.length ?? 0
    if (chunk.length < chunkConditions && constants < chunkConstants) continue
    chunk = []
    constants = 0
  }
  return chunks
}

/** What one column says about the conditions of a chunk. */
interface ColumnBits {
  readonly slot: number
  readonly lazy: boolean
  readonly cells: Cells
  /** Where its bit rows start. */
  readonly base: number
}

interface Tables {
  readonly words: number
  readonly columns: readonly ColumnBits[]
  /** By cell: the conditions that it makes false. */
  readonly falseRows: Int32Array
  /** By cell: row number in `unknownRows` of the conditions that it makes NULL; 0 = none. */
  readonly unknownRow: Int32Array
  readonly unknownRows: Int32Array
}

function buildTables(conditions: readonly Indexed[], layout: Layout): Tables {
  const words = (conditions.length + 31) >> 5
  const bySlot = new Map<number, { bit: number; node: Node }[]>()
  for (const [bit, { parts }] of conditions.entries()) {
    for (const [slot, node] of parts.byColumn) {
      const users = bySlot.get(slot)
      if (users) users.push({ bit, node })
      else bySlot.set(slot, [{ bit, node }])
    }
  }
  const columns: ColumnBits[] = []
  let total = 0
  for (const [slot, users] of bySlot) {
    const constants = users.flatMap(({ node }) => predicateOf(node)?.constants ?? [])
    const cells = cellsOf(cellKind(layout, slot) ?? 'text', constants)
    columns.push({ slot, lazy: (layout.columns[slot]?.cost ?? 0) > 0, cells, base: total })
    total += cells.representatives.length
  }
  const bits = {
    falseRows: new Int32Array(total * words),
    unknownRow: new Int32Array(total),
    unknown: [new Int32Array(words)],
  }
  for (const column of columns)
    for (const { bit, node } of bySlot.get(column.slot) ?? []) markCells({ column, bits, words, bit, node })
  const unknownRows = new Int32Array(bits.unknown.length * words)
  for (const [index, row] of bits.unknown.entries()) unknownRows.set(row, index * words)
  return { words, columns, falseRows: bits.falseRows, unknownRow: bits.unknownRow, unknownRows }
}

interface Marking {
  readonly column: ColumnBits
  readonly bits: { readonly falseRows: Int32Array; readonly unknownRow: Int32Array; readonly unknown: Int32Array[] }
  readonly words: number
  readonly bit: number
  readonly node: Node
}

const never: Resolve = () => null

/** Evaluates a predicate once in each cell that its own constants make, and marks those cells of the column. */
function markCells({ column, bits, words, bit, node }: Marking): void {
  const { cells, slot, base } = column
  const evaluate = evaluatorOf(node)
  const own = cellsOf(cells.kind, predicateOf(node)?.constants ?? [])
  const answers = own.representatives.map((value) => evaluate(rowWith(slot, value), never))
  const word = bit >> 5
  const mask = 1 << (bit & 31)
  for (let cell = 0; cell < cells.representatives.length; cell++) {
    const answer = answers[cell < 2 ? cell : cellAt(own, cells.representatives[cell] ?? null)]
    if (answer === true) continue
    const at = base + cell
    if (answer === false) {
      bits.falseRows[at * words + word] = bits.falseRows[at * words + word]! | mask
      continue
    }
    if (bits.unknownRow[at] === 0) bits.unknownRow[at] = bits.unknown.push(new Int32Array(words)) - 1
    const row = bits.unknown[bits.unknownRow[at]!]!
    row[word] = row[word]! | mask
  }
}

function rowWith(slot: number, value: Value): Row {
  const row: Row = []
  row[slot] = value
  return row
}

function evaluatorOf(node: Node): Evaluate {
  const checked: Checked = { text: '', node, type: 'BOOLEAN', columns: [], cost: 0 }
  return interpret(checked, { columns: [], slot: () => undefined })
}

function compileChunk(conditions: readonly Indexed[], layout: Layout, compileRest: CompileRest): EvaluateSet {
  const { words, columns, falseRows, unknownRow, unknownRows } = buildTables(conditions, layout)
  const places = Int32Array.from(conditions, ({ at }) => at)
  const rests = conditions.map(({ parts }) => parts.rest)
  const compiled = new Array<TriState | null>(conditions.length).fill(null)
  const all = Int32Array.from({ length: words }, (_, word) => bitsBelow(conditions.length - word * 32))
  const alive = new Int32Array(words)
  const unknown = new Int32Array(words)
  const lookups = createLookups(columns)
  return (row, resolve, out) => {
    alive.set(all)
    let missing = false
    const count = lookups.find(row)
    for (let index = 0; index < count; index++) {
      const cell = lookups.cells[index]!
      for (let from = cell * words, word = 0; word < words; word++)
        alive[word] = alive[word]! & ~falseRows[from + word]!
      const unknownAt = unknownRow[cell]! * words
      if (unknownAt === 0) continue
      if (!missing) unknown.fill(0)
      missing = true
      for (let word = 0; word < words; word++) unknown[word] = unknown[word]! | unknownRows[unknownAt + word]!
    }
    for (let word = 0; word < words; word++) {
      let left = alive[word]!
      const nulls = missing ? unknown[word]! : 0
      while (left !== 0) {
        const bit = left & -left
        left ^= bit
        const index = word * 32 + 31 - Math.clz32(bit)
        let answer = (nulls & bit) !== 0 ? -1 : 1
        const rest = rests[index]
        if (rest) {
          let decide = compiled[index]
          if (!decide) {
            decide = compileRest(rest)
            compiled[index] = decide
          }
          const found = decide(row, resolve)
          if (found <= 0) answer = found
        }
        out[places[index]!] = answer
      }
    }
  }
}

function bitsBelow(count: number): number {
  return count >= 32 ? -1 : (1 << count) - 1
}

/** Finds the cell of each column's value; columns of one kind together, so that each loop stays simple. */
function createLookups(columns: readonly ColumnBits[]) {
  const ofKind = (kind: Cells['kind']) => columns.filter(({ cells }) => cells.kind === kind)
  const cells = new Int32Array(columns.length)
  const [numbers, texts, booleans] = [ofKind('number'), ofKind('text'), ofKind('boolean')]
  const boundaries = Float64Array.from(numbers.flatMap((column) => column.cells.boundaries))
  const ends: number[] = []
  for (const {
    cells: { boundaries: own },
  } of numbers)
    ends.push((ends.at(-1) ?? 0) + own.length)
  const frame = (list: readonly ColumnBits[]) => ({
    slots: Int32Array.from(list, ({ slot }) => slot),
    bases: Int32Array.from(list, ({ base }) => base),
    lazy: list.map(({ lazy }) => lazy),
  })
  const [number, text, boolean] = [frame(numbers), frame(texts), frame(booleans)]
  const maps = texts.map((column) => column.cells.texts)
  const limits = Int32Array.from(ends)

  function findNumbers(row: Row, count: number): number {
    let found = count
    for (let index = 0; index < number.slots.length; index++) {
      const value = row[number.slots[index]!]
      const base = number.bases[index]!
      if (typeof value !== 'number') {
        if (value === undefined && number.lazy[index]) continue
        cells[found++] = base
        continue
      }
      const start = index === 0 ? 0 : limits[index - 1]!
      const end = limits[index]!
      let low = start
      let high = end
      while (low < high) {
        const middle = (low + high) >> 1
        if (boundaries[middle]! < value) low = middle + 1
        else high = middle
      }
      if (Number.isNaN(value)) cells[found++] = base + 1
      else cells[found++] = base + 2 + 2 * (low - start) + (low < end && boundaries[low] === value ? 1 : 0)
    }
    return found
  }

  return {
    /** Cells of the columns that are there, valid until the next call. */
    cells,
    find(row: Row): number {
      let found = findNumbers(row, 0)
      for (let index = 0; index < text.slots.length; index++) {
        const value = row[text.slots[index]!]
        if (value === undefined && text.lazy[index]) continue
        cells[found++] = text.bases[index]! + (typeof value === 'string' ? (maps[index]!.get(value) ?? 1) : 0)
      }
      for (let index = 0; index < boolean.slots.length; index++) {
        const value = row[boolean.slots[index]!]
        if (value === undefined && boolean.lazy[index]) continue
        cells[found++] = boolean.bases[index]! + (value === true ? 2 : value === false ? 1 : 0)
      }
      return found
    },
  }
}
