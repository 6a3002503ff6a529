import { type Checked, toDuckSql } from '../language/index.ts'

/** The two sides of a part that compares numbers: how far it is from being true can be told. */
export interface Gap {
  readonly value: Checked
  readonly limit: Checked
}

const numbers = new Set(['DOUBLE', 'BIGINT'])
const ordered = new Set(['<', '<=', '>', '>=', '='])

/** The sides of `a < b` and its like; null for every other part, of which one only knows that it failed. */
export function gapOf(part: Checked): Gap | null {
  const { node } = part
  if (node.kind !== 'compare' || !ordered.has(node.operator)) return null
  if (!numbers.has(node.left.type) || !numbers.has(node.right.type)) return null
  const side = (of: typeof node.left): Checked => ({ ...part, node: of, type: of.type })
  // A constant on the left is the limit.
  return node.left.kind === 'constant' && node.right.kind !== 'constant'
    ? { value: side(node.right), limit: side(node.left) }
    : { value: side(node.left), limit: side(node.right) }
}

/** What a part is worth that failed without a number to compare, or for lack of one. */
const unmeasured = 1
const farthest = 1e9

/** How far `value` is from `limit`, as a share of the limit (of 1 where that is smaller). NULL is NaN here. */
export function distance(value: number, limit: number): number {
  if (Number.isNaN(value) || Number.isNaN(limit)) return unmeasured
  const gap = Math.abs(value - limit) / Math.max(Math.abs(limit), 1)
  // Two infinities differ by NaN, which is as far as can be.
  if (!(gap < farthest)) return farthest
  return gap
}

/** `distance` of the failed parts of an event added up, as DuckDB computes it. */
export function distanceSql(gaps: readonly (Gap | null)[]): string {
  const terms = gaps.map((gap, index) => {
    const failed = gap
      ? `CASE WHEN isnan(v${index}) OR isnan(l${index}) THEN ${unmeasured}e0 ELSE least(abs(v${index} - l${index}) / greatest(abs(l${index}), 1e0), ${farthest}.0::DOUBLE) END`
      : `${unmeasured}e0`
    return `(CASE WHEN coalesce(k${index}, false) THEN 0e0 ELSE ${failed} END)`
  })
  return terms.join(' + ')
}

/** A side as a DOUBLE that is never NULL. */
export const sideSql = (side: Checked, column: (name: string) => string): string =>
  `coalesce((${toDuckSql(side, column)})::DOUBLE, 'nan'::DOUBLE)`

export const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)
