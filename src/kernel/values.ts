/** The column types that conditions may use; a TIMESTAMP is a number of microseconds since 1970-01-01 UTC. */
export type ColumnType = 'VARCHAR' | 'DOUBLE' | 'BIGINT' | 'BOOLEAN' | 'TIMESTAMP' | 'VARCHAR[]' | 'DOUBLE[]'

/** One SQL value in JavaScript. */
export type Value = string | number | boolean | null | readonly string[] | readonly number[]

/** A named, typed column of an event. `cost` 0 = always there; above 0 = computed when first needed (signal, feature). */
export interface Column {
  readonly name: string
  readonly type: ColumnType
  readonly cost: number
}

/** The columns of a row and the position of each. */
export interface Layout {
  readonly columns: readonly Column[]
  slot(name: string): number | undefined
}

/** Values by slot; `undefined` marks a computed column that nobody has asked for yet. */
export type Row = (Value | undefined)[]

/** Computes the column at `slot`, stores it in the row and returns it. */
export type Resolve = (row: Row, slot: number) => Value

/** A text that a person reads, in both languages. */
export interface Text {
  readonly zh: string
  readonly en: string
}

/**
 * Lays columns out in the order given.
 * @throws Error when a name occurs twice.
 */
export function createLayout(columns: readonly Column[]): Layout {
  const slots = new Map(columns.map((column, slot) => [column.name, slot]))
  if (slots.size !== columns.length) {
    const twice = columns.find((column, slot) => slots.get(column.name) !== slot)
    throw new Error(`column "${twice?.name}" is defined twice; give one of them another name`)
  }
  return { columns, slot: (name) => slots.get(name) }
}
