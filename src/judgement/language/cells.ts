import type { Layout, Value } from '../../kernel/values.ts'
import type { Node } from './model.ts'

/** How the values of a column are cut into cells in which every predicate of a set is constant. */
export type CellKind = 'number' | 'text' | 'boolean'

/** A predicate over one column that only compares it with constants. */
export interface Predicate {
  readonly slot: number
  /** The constants that it compares with, NULL left out. */
  readonly constants: readonly Value[]
}

/** Cells of a column, in this order: NULL, then by kind; `representatives[cell]` stands for every value of the cell. */
export interface Cells {
  readonly kind: CellKind
  readonly representatives: readonly Value[]
  /** Numbers: the sorted constants. Cell 1 is NaN; below constant i lies cell 2 + 2i, on it 3 + 2i. */
  readonly boundaries: readonly number[]
  /** Texts: the cell of each constant; cell 1 is every other text. */
  readonly texts: ReadonlyMap<string, number>
}

export function cellKind(layout: Layout, slot: number): CellKind | undefined {
  switch (layout.columns[slot]?.type) {
    case 'DOUBLE':
    case 'BIGINT':
    case 'TIMESTAMP':
      return 'number'
    case 'VARCHAR':
      return 'text'
    case 'BOOLEAN':
      return 'boolean'
    default:
      return undefined
  }
}

/** Reads a condition as a predicate over one column; undefined when it is more than that. */
export function predicateOf(node: Node): Predicate | undefined {
  const found: { slot: number; constants: Value[] } = { slot: -1, constants: [] }
  return collect(node, found) && found.slot >= 0 ? found : undefined
}

interface Found {
  slot: number
  readonly constants: Value[]
}

function collect(node: Node, found: Found): boolean {
  switch (node.kind) {
    case 'and':
    case 'or':
      return node.args.every((arg) => collect(arg, found))
    case 'not':
      return collect(node.arg, found)
    case 'column':
      return node.type === 'BOOLEAN' && takeColumn(node, found)
    case 'is-null':
      return takeColumn(node.arg, found)
    case 'compare': {
      const equality = node.operator === '=' || node.operator === '<>'
      return (equality || node.left.type !== 'VARCHAR') && takePair(node.left, node.right, found)
    }
    case 'distinct':
      return takePair(node.left, node.right, found)
    case 'in':
      return takeColumn(node.left, found) && node.list.every((item) => takeConstant(item, found))
    default:
      return false
  }
}

function takePair(left: Node, right: Node, found: Found): boolean {
  return left.kind === 'constant'
    ? takeColumn(right, found) && takeConstant(left, found)
    : takeColumn(left, found) && takeConstant(right, found)
}

function takeConstant(node: Node, found: Found): boolean {
  if (node.kind !== 'constant' || (typeof node.value === 'object' && node.value !== null)) return false
  if (node.value !== null) found.constants.push(node.value)
  return true
}

function takeColumn(node: Node, found: Found): boolean {
  const column = sameNumber(node)
  if (column.kind !== 'column' || (found.slot >= 0 && found.slot !== column.slot)) return false
  found.slot = column.slot
  return true
}

/** BIGINT as DOUBLE is the same number in JavaScript. */
function sameNumber(node: Node): Node {
  const [arg] = node.kind === 'call' && node.target.name === 'BIGINT → DOUBLE' ? node.args : []
  return arg ?? node
}

/** The cells that a set of constants cuts a column into. */
export function cellsOf(kind: CellKind, constants: Iterable<Value>): Cells {
  if (kind === 'boolean') return { kind, representatives: [null, false, true], boundaries: [], texts: new Map() }
  if (kind === 'text') return textCells(constants)
  const numbers = new Set<number>()
  for (const value of constants) if (typeof value === 'number' && !Number.isNaN(value)) numbers.add(value)
  const boundaries = [...numbers].sort((a, b) => a - b)
  const representatives: Value[] = [null, Number.NaN]
  for (const [index, boundary] of boundaries.entries())
    representatives.push(between(boundaries[index - 1] ?? Number.NEGATIVE_INFINITY, boundary), boundary)
  representatives.push(Number.POSITIVE_INFINITY)
  return { kind, representatives, boundaries, texts: new Map() }
}

/** A number between two others; where there is none the answer does not matter, for no value falls there. */
function between(low: number, high: number): number {
  if (low === Number.NEGATIVE_INFINITY) return low
  return high === Number.POSITIVE_INFINITY ? Number.MAX_VALUE : low / 2 + high / 2
}

function textCells(constants: Iterable<Value>): Cells {
  const texts = new Map<string, number>()
  for (const value of constants) if (typeof value === 'string' && !texts.has(value)) texts.set(value, texts.size + 2)
  let other = 'other'
  while (texts.has(other)) other += "'"
  return { kind: 'text', representatives: [null, other, ...texts.keys()], boundaries: [], texts }
}

/** The cell of a value. */
export function cellAt(cells: Cells, value: Value): number {
  if (value === null) return 0
  if (typeof value === 'boolean') return value ? 2 : 1
  if (typeof value === 'string') return cells.texts.get(value) ?? 1
  if (typeof value !== 'number' || Number.isNaN(value)) return 1
  let low = 0
  let high = cells.boundaries.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (cells.boundaries[middle]! < value) low = middle + 1
    else high = middle
  }
  return 2 + 2 * low + (cells.boundaries[low] === value ? 1 : 0)
}
