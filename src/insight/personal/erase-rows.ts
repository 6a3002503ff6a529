import { isPersonal } from '../../vocabulary/events/index.ts'
import type { Person } from './erase.ts'

/** What stands where something was erased. */
export const erasedMark = '[erased]'

type Row = Readonly<Record<string, unknown>>

export interface RowErasing {
  readonly person: Person
  /** Other names of the same person. */
  readonly names?: readonly string[]
  /** Notices whose contact is the person; it stands beside them, without a name of its own. */
  readonly notices?: ReadonlySet<string>
  /** Texts that were taken out of events; found in any text they are taken out there as well. */
  readonly values: readonly string[]
  /** Actions against the person: statements of reasons quote what they rest on. */
  readonly actions: ReadonlySet<string>
}

/** Columns that are never touched: keys, hashes, what programs read. */
const fixed = /(_id|_ids|^id|_hash|^hash|^previous|^kind|^type|^status|^at|^sql|^name|^salt)$/

/** Texts that a person wrote or got, by the column that holds them. */
const ownTexts = new Set(['text', 'documents', 'title'])

/** Shorter texts are not looked for in rows that do not name the person: they would be found everywhere. */
const shortest = 5

/**
 * Makes the function that gives the erased form of a row of any ledger table: in rows that name the person, personal
 * fields and what they wrote or were told; in every row, the erased values wherever they are quoted. Null = nothing changes.
 */
export function createRowEraser(erasing: RowErasing): (table: string, row: Row) => Row | null {
  const { person, values, actions, names: others = [], notices } = erasing
  const pattern = quoting(values.filter((value) => value.length >= shortest))
  const known = new Set<unknown>([person.id, ...others])
  const names = (row: Row) => Object.values(row).some((value) => known.has(value))
  return (table, row) => {
    if (table === 'inbound_contacts') return notices?.has(String(row['notice_id'])) ? withoutContact(row) : null
    const theirs = names(row) || (table === 'statements' && actions.has(String(row['action_id'])))
    const changed = Object.entries(row).flatMap(([column, value]) => {
      if (typeof value !== 'string' || fixed.test(column)) return []
      const after = eraseText(value, { table, column, theirs, person, pattern })
      return after === value ? [] : [[column, after] as const]
    })
    return changed.length === 0 ? null : { ...row, ...Object.fromEntries(changed) }
  }
}

/** The receipt of the notice still works; whose it was is gone. */
const withoutContact = (row: Row): Row | null =>
  row['name'] === null && row['email'] === null ? null : { ...row, name: null, email: null }

interface TextAt {
  readonly table: string
  readonly column: string
  readonly theirs: boolean
  readonly person: Person
  readonly pattern: RegExp | null
}

function eraseText(value: string, { table, column, theirs, person, pattern }: TextAt): string {
  if (table === 'quarantine' && column === 'raw' && value.includes(JSON.stringify(person.id))) return erasedMark
  let after = value
  if (theirs) {
    if (isPersonal(column)) return erasedMark
    // Why somebody contests a measure against them.
    if (table === 'inbound_measures' && column === 'reason') return erasedMark
    // What a business publishes is not personal; what a private person wrote, and everybody's own letters, are.
    const own = ownTexts.has(column) && (person.type === 'account' || table !== 'cases')
    if (own || (table === 'statements' && column === 'payload')) after = blankTexts(after, table === 'statements')
    else after = inJson(after, withoutPersonal)
  }
  return pattern ? after.replace(pattern, erasedMark) : after
}

/** A text becomes the mark; JSON keeps its shape, so that what reads it goes on. */
function blankTexts(text: string, statement: boolean): string {
  const blank = (value: unknown, key = ''): unknown => {
    if (typeof value === 'string') return statement && key !== 'decision_facts' ? value : erasedMark
    if (Array.isArray(value)) return value.map((item) => blank(item, key))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, blank(inner, name)]))
  }
  const parsed = asObject(text)
  return parsed === null ? (statement ? text : erasedMark) : JSON.stringify(blank(parsed))
}

function withoutPersonal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPersonal)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, isPersonal(key) ? erasedMark : withoutPersonal(inner)]),
  )
}

function inJson(text: string, change: (value: unknown) => unknown): string {
  const parsed = asObject(text)
  if (parsed === null) return text
  const after = JSON.stringify(change(parsed))
  return after === JSON.stringify(parsed) ? text : after
}

function asObject(text: string): object | null {
  if (!/^\s*[[{]/.test(text)) return null
  try {
    const parsed = JSON.parse(text) as unknown
    return typeof parsed === 'object' ? parsed : null
  } catch {
    return null
  }
}

/** Finds the values as they are, and as JSON inside text, and as JSON inside JSON. */
function quoting(values: readonly string[]): RegExp | null {
  const escaped = (text: string) => JSON.stringify(text).slice(1, -1)
  const forms = new Set(values.flatMap((value) => [value, escaped(value), escaped(escaped(value))]))
  if (forms.size === 0) return null
  const longestFirst = [...forms].sort((a, b) => b.length - a.length)
  return new RegExp(longestFirst.map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'), 'g')
}
