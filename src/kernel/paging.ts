import { Type } from '@sinclair/typebox'

/** Keyset paging of lists: at most 200 rows an answer, `after` is the `next` of the answer before. */
export const paging = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50, description: '1 to 200' })),
  after: Type.Optional(Type.String({ maxLength: 400 })),
}

/** A page of `rows`, which were read with one more than `limit`. */
export function page<Row>(
  rows: readonly Row[],
  limit: number,
  cursor: (row: Row) => string,
): { items: Row[]; next: string | null } {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last !== undefined ? cursor(last) : null }
}

/** An answer whose exact shape is documented in docs/reference/api.md. */
export const anything = Type.Record(Type.String(), Type.Unknown())
export const listOf = Type.Object({
  items: Type.Array(anything),
  next: Type.Optional(Type.Union([Type.String(), Type.Null()])),
})
