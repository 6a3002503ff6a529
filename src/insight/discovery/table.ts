import type { Value } from '../../kernel/values.ts'
import { fewest, type LabelledTable, type TableColumn } from './model.ts'
import type { LabelledRow } from './store.ts'

export interface Split {
  /** Index of the first row of the newer part, and the time of the last one before it. */
  readonly at: number
  readonly time: number
  readonly olderPositives: number
  readonly newerPositives: number
}

/**
 * Where the history is cut in two: about three fifths of the positives and of the others are older. Where they come in
 * lumps, the cut that leaves most of both on both sides.
 */
export function splitRows(rows: readonly LabelledRow[]): Split | null {
  const positives = rows.filter(({ positive }) => positive).length
  const others = rows.length - positives
  if (positives < fewest || others < fewest) return null
  let best = { at: 0, olderPositives: 0, score: 0 }
  let olderPositives = 0
  for (const [index, { positive }] of rows.entries()) {
    if (positive) olderPositives++
    const shares = [olderPositives / positives, (index + 1 - olderPositives) / others]
    const score = Math.min(...shares.map((older) => Math.min(older / 0.6, (1 - older) / 0.4)))
    if (score > best.score) best = { at: index + 1, olderPositives, score }
  }
  const { at } = best
  if (best.score === 0) return null
  return {
    at,
    olderPositives: best.olderPositives,
    newerPositives: positives - best.olderPositives,
    time: rows[at - 1]?.loggedAt ?? 0,
  }
}

export function tableOf(
  { names, rows: values }: { names: readonly string[]; rows: readonly (readonly unknown[])[] },
  rows: readonly LabelledRow[],
): LabelledTable {
  const byPosition = new Map(values.map((row) => [Number(row[0]), row]))
  const columns = names.map((sql, index): TableColumn => {
    const found = rows.map(({ position }) => (byPosition.get(position)?.[index + 1] ?? null) as Value)
    return { sql, type: typeOf(found), values: found }
  })
  return {
    columns: columns.filter(({ values: all }) => new Set(all.map(String)).size > 1),
    positive: rows.map(({ positive }) => positive),
  }
}

function typeOf(values: readonly Value[]): TableColumn['type'] {
  const first = values.find((value) => value !== null)
  if (Array.isArray(first)) return 'list'
  return typeof first === 'number' ? 'number' : typeof first === 'boolean' ? 'boolean' : 'text'
}
