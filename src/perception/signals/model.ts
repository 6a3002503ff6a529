import type { Column, ColumnType, Value } from '../../kernel/values.ts'
import type { Box } from '../../vocabulary/evidence.ts'

/** What a model of the marketplace saw on an image. */
export interface RegionEvidence {
  /** Where the event names the image, e.g. `images[1]`. */
  readonly field: string
  readonly image: string
  /** Absent when it is about the whole image. */
  readonly box?: Box
  /** The label. */
  readonly tag: string
  /** The score. */
  readonly value: number
}

/** Where a signal saw something; offsets are UTF-16 units of the original field text. */
export interface Evidence {
  /** Column name; an element of a list column is `name[2]`. */
  readonly field: string
  readonly start: number
  readonly end: number
  /** The original text of the span. */
  readonly text: string
  /** Lexicon: the entry's term or pattern. */
  readonly term?: string
  /** Lexicon: the entry's tag. Contacts: the kind. */
  readonly tag?: string
  /** Lexicon: the exemption that covers the hit (count `evidence` or `all`). */
  readonly exempt?: string
  /** Lists: the list's id. */
  readonly list?: string
  /** Lists: the listed value. Contacts: the normalised contact. */
  readonly value?: string
}

/** What a signal found on one event. */
export interface Reading {
  readonly value: Value
  /** At most 50 places; the value counts all of them. */
  readonly evidence: readonly (Evidence | RegionEvidence)[]
}

/** Reads a column of the event; null = missing. */
export type Read = (column: string) => Value

/** What a kind of signal compiles to. */
export interface Body {
  readonly type: ColumnType
  /** Relative cost of one field; 1 ≈ 1 µs on a text of 200 characters. */
  readonly cost: number
  readonly reads: readonly string[]
  evaluate(read: Read, loggedAt: number): Reading
}

/** A compiled signal: a lazily computed column and the evidence for its value. */
export interface Signal {
  readonly id: string
  readonly column: Column
  /** Columns that `evaluate` reads. */
  readonly reads: readonly string[]
  /** `loggedAt` in microseconds since 1970 UTC decides which list entries are in force. */
  evaluate(read: Read, loggedAt: number): Reading
}

/** One text of an event. */
export interface FieldText {
  readonly field: string
  readonly text: string
}

const mostEvidence = 50

/** The texts of the fields in order; null when every field is NULL. */
export function textsOf(fields: readonly string[], read: Read): FieldText[] | null {
  const texts: FieldText[] = []
  let present = false
  for (const field of fields) {
    const value = read(field)
    if (value === null) continue
    present = true
    if (typeof value === 'string') texts.push({ field, text: value })
    else if (typeof value === 'object') {
      value.forEach((item, index) => {
        texts.push({ field: `${field}[${index}]`, text: String(item) })
      })
    } else texts.push({ field, text: String(value) })
  }
  return present ? texts : null
}

/** Counts what `find` sees in every text; NULL when every field is NULL. */
export function countOver(fields: readonly string[], read: Read, find: (text: FieldText) => Evidence[]): Reading {
  const texts = textsOf(fields, read)
  if (texts === null) return { value: null, evidence: [] }
  const all = texts.flatMap(find)
  return { value: all.length, evidence: all.slice(0, mostEvidence) }
}
