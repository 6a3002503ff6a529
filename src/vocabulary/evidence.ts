import type { Value } from '../kernel/values.ts'

/** Why a strategy fired: a span of a field, a list entry, or the value of a column that its condition read. */
export interface Evidence {
  readonly field: string
  readonly value?: Value
  readonly start?: number
  readonly end?: number
  readonly text?: string
  readonly term?: string
  readonly tag?: string
  readonly list?: string
  /** The list signal that saw it: lists change, so a replay takes the hit from here. */
  readonly signal?: string
  /** For the platform's own people: it may name others, or tell how the strategy works. Notices leave it out. */
  readonly internal?: true
}
