import type { Column, Layout } from '../../kernel/values.ts'
import { type Checked, type CheckedFeature, type Node, quoteName, toDuckSql } from '../language/index.ts'
import { conjuncts } from './condition.ts'

export interface SweepFeature {
  readonly id: string
  readonly on: readonly string[]
  readonly checked: CheckedFeature
}

/** What a sweep is asked: conditions over the rows of one table whose scalars DuckDB computes and whose windows we do. */
export interface SweepInput {
  readonly layout: Layout
  readonly conditions: readonly Checked[]
  readonly features: readonly SweepFeature[]
  /** Numbers that the visitor may ask about an event. */
  readonly measures?: readonly Checked[]
  /** Event types that the conditions are asked about. */
  readonly on: readonly string[]
  /** Microseconds: after `since`, up to `until`. */
  readonly since: number
  readonly until: number
  readonly table: string
  /** How a column of the table is read. */
  readonly column: (name: string) => string
}

/** A condition in two halves: what DuckDB says of it, bit by bit, and what waits for the windows. */
export interface SplitCondition {
  /** The parts without a window; none = nothing to ask DuckDB. */
  readonly plain: readonly Checked[]
  /** The parts with one, joined by AND; null = none. */
  readonly windowed: Checked | null
}

/** Columns of the facts that a part with a window compares with. */
export interface CarriedColumn {
  readonly name: string
  readonly slot: number
  readonly sql: string
}

const carriedTypes = new Set<string>(['VARCHAR', 'DOUBLE', 'BIGINT', 'BOOLEAN', 'TIMESTAMP'])

/** Whether a window keeps values as they are, and does not only count or sum them. */
export const isOrdered = ({ aggregate }: Pick<CheckedFeature, 'aggregate'>): boolean =>
  aggregate === 'min' || aggregate === 'max' || aggregate === 'first' || aggregate === 'last'

/** Why a sweep cannot answer; null = it can. */
export function sweepObstacle(features: readonly SweepFeature[], conditions: readonly Checked[], layout: Layout) {
  if (features.length === 0) return 'no window'
  for (const { id, checked } of features)
    if (isOrdered(checked) && !carriedTypes.has(checked.argument?.type ?? 'NULL'))
      return `${id} is the ${checked.aggregate} of a ${checked.argument?.type}`
  const ids = new Set(features.map(({ id }) => id))
  const list = conditions
    .flatMap((condition) => splitCondition(condition, ids).windowed?.columns ?? [])
    .find((name) => !ids.has(name) && !carriedTypes.has(typeOf(layout, name)))
  return list === undefined ? null : `${list} is a list that is compared with a window`
}

const typeOf = (layout: Layout, name: string): Column['type'] =>
  layout.columns[layout.slot(name) ?? -1]?.type ?? 'VARCHAR'

export const columnsOf = (node: Node): string[] => {
  switch (node.kind) {
    case 'constant':
      return []
    case 'column':
      return [node.name]
    case 'compare':
    case 'distinct':
      return [...columnsOf(node.left), ...columnsOf(node.right)]
    case 'in':
      return [node.left, ...node.list].flatMap(columnsOf)
    case 'case':
      return [...node.branches.flatMap(({ when, result }) => [when, result]), node.otherwise].flatMap(columnsOf)
    case 'not':
    case 'is-null':
      return columnsOf(node.arg)
    default:
      return node.args.flatMap(columnsOf)
  }
}

export function splitCondition(condition: Checked, windows: ReadonlySet<string>): SplitCondition {
  const parts = conjuncts(condition).map((part) => ({ ...part, columns: [...new Set(columnsOf(part.node))] }))
  const isWindowed = (part: Checked) => part.columns.some((name) => windows.has(name))
  const windowed = parts.filter(isWindowed)
  const [only] = windowed
  if (!only) return { plain: parts, windowed: null }
  const plain = parts.filter((part) => !isWindowed(part))
  if (windowed.length === 1) return { plain, windowed: only }
  const { node } = condition
  if (node.kind !== 'and') throw new Error(`"${condition.text}" has parts but no AND`)
  return {
    plain,
    windowed: {
      ...condition,
      columns: [...new Set(windowed.flatMap((part) => part.columns))],
      node: { ...node, args: windowed.map((part) => part.node) },
    },
  }
}

/** Conditions of one word of bits: 30, so that a word is a small integer. */
export const bitsOfWord = 30

/** For every word of 30 conditions: which are TRUE in their plain half, and which are NULL there. */
export function maskSql(split: readonly SplitCondition[], column: (name: string) => string): string[] {
  const words: string[] = []
  for (let from = 0; from < split.length; from += bitsOfWord) {
    const word = split.slice(from, from + bitsOfWord)
    const texts = word.map(({ plain }) => plain.map((part) => toDuckSql(part, column)).join(' AND '))
    const trues = texts.map((text, bit) =>
      text === '' ? `${2 ** bit}` : `CASE WHEN ${text} THEN ${2 ** bit} ELSE 0 END`,
    )
    words.push(`(${trues.join(' + ')})::INTEGER`, nullMask(word, texts, column))
  }
  return words
}

/** Rows without a missing value, which are most, are not asked again. */
function nullMask(word: readonly SplitCondition[], texts: readonly string[], column: (name: string) => string): string {
  const bits = word.flatMap(({ plain }, bit) =>
    plain.some((part) => part.node.nullable) ? [`CASE WHEN (${texts[bit]}) IS NULL THEN ${2 ** bit} ELSE 0 END`] : [],
  )
  if (bits.length === 0) return '0::INTEGER'
  const sum = `(${bits.join(' + ')})`
  const nodes = word.flatMap(({ plain }) => plain.map((part) => part.node))
  if (!nodes.every(nullOnlyFromColumns)) return `${sum}::INTEGER`
  const missing = [...new Set(nodes.flatMap(columnsOf))].map((name) => `${column(name)} IS NULL`)
  return `(CASE WHEN ${missing.join(' OR ')} THEN ${sum} ELSE 0 END)::INTEGER`
}

function nullOnlyFromColumns(node: Node): boolean {
  switch (node.kind) {
    case 'column':
      return true
    case 'constant':
      return node.value !== null
    case 'compare':
    case 'distinct':
      return nullOnlyFromColumns(node.left) && nullOnlyFromColumns(node.right)
    case 'in':
      return [node.left, ...node.list].every(nullOnlyFromColumns)
    case 'and':
    case 'or':
      return node.args.every(nullOnlyFromColumns)
    case 'not':
    case 'is-null':
      return nullOnlyFromColumns(node.arg)
    default:
      return false
  }
}

/** The columns that parts with windows read beside the windows. */
export function carriedColumns(
  waiting: readonly (Checked | null)[],
  { layout, column, windows }: { layout: Layout; column: (name: string) => string; windows: ReadonlySet<string> },
): CarriedColumn[] {
  const names = new Set(
    waiting.flatMap((part) => (part ? columnsOf(part.node) : [])).filter((name) => !windows.has(name)),
  )
  return [...names].map((name) => {
    const type = typeOf(layout, name)
    const sql = column(name)
    const carried = type === 'TIMESTAMP' ? `epoch_us(${sql})::DOUBLE` : type === 'BIGINT' ? `${sql}::DOUBLE` : sql
    return { name, slot: layout.slot(name) ?? -1, sql: carried }
  })
}

export const sqlText = (value: string): string => `'${value.replaceAll("'", "''")}'`
export const sqlTime = (micros: number): string => `make_timestamp(${Math.trunc(micros)}::BIGINT)`
export const typesIn = (types: readonly string[]): string =>
  `${quoteName('type')} IN (${types.map(sqlText).join(', ')})`
