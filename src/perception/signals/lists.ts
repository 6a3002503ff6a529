import { hashText } from '../../kernel/hash.ts'
import { isMapping, type Problem, readFields, refuse } from './problems.ts'
import { buildMatcher, type Matcher } from './text/matcher.ts'
import { foldText } from './text/normalise.ts'
import { originalSpan } from './text/view.ts'
import { viewsOf } from './text/views.ts'
import { isWholeWord } from './text/words.ts'

/** How values of a list are compared: `text` folds case, width, script forms and blanks; `digits` keeps digits only. */
export type ListNormalisation = 'text' | 'exact' | 'digits'

/** One value of a list. */
export interface ListEntry {
  readonly value: string
  readonly reason: string | null
  readonly addedBy: string | null
  /** Microseconds since 1970 UTC; null = does not expire. From this moment on the entry does not count. */
  readonly expiresAt: number | null
}

/** An occurrence of a listed value in a text. */
export interface ListOccurrence {
  readonly entry: ListEntry
  readonly start: number
  readonly end: number
  readonly matched: string
}

/** A compiled list. */
export interface NamedList {
  readonly id: string
  readonly owner: string
  readonly size: number
  /** The entry of `value` in force at `at` (microseconds), or null. */
  find(value: string, at: number): ListEntry | null
  /** Whole-term occurrences in force at `at`, leftmost first, none inside a longer one. */
  occurrences(text: string, at: number): ListOccurrence[]
}

const normalisers: Readonly<Record<ListNormalisation, (value: string) => string>> = {
  text: (value) => foldText(value).trim(),
  exact: (value) => value,
  digits: (value) => foldText(value).replace(/\D/g, ''),
}

const entryFields = ['value', 'reason', 'added_by', 'added_at', 'expires_at', 'source']
const headFields = [
  'id',
  'title',
  'owner',
  'reason',
  'source',
  'verified_on',
  'license',
  'normalise',
  'min_length',
  'entries',
]

function readExpiry(value: unknown, field: string, problems: Problem[]): number | null {
  if (value === undefined || value === null) return null
  const at = value instanceof Date ? value.getTime() : typeof value === 'string' ? Date.parse(value) : Number.NaN
  if (!Number.isNaN(at)) return at * 1000
  problems.push({
    field,
    value,
    problem: { zh: '不是日期', en: 'is not a date' },
    fix: { zh: '请写成 2027-01-31 或 2027-01-31T12:00:00Z', en: 'write 2027-01-31 or 2027-01-31T12:00:00Z' },
  })
  return null
}

function readEntry(item: unknown, path: string, problems: Problem[]): ListEntry {
  if (typeof item === 'string' || typeof item === 'number') {
    return { value: String(item), reason: null, addedBy: null, expiresAt: null }
  }
  const mapping = isMapping(item) ? item : {}
  const reader = readFields(mapping, path, problems)
  reader.only(entryFields)
  const expiresAt = readExpiry(mapping['expires_at'], `${path}.expires_at`, problems)
  const reason = reader.text('reason') ?? null
  return { value: reader.requiredText('value'), reason, addedBy: reader.text('added_by') ?? null, expiresAt }
}

interface Compiled {
  readonly entries: readonly ListEntry[]
  readonly keys: readonly string[]
  readonly leastLength: number | null
}

/** The longest-living entry wins where one value is listed twice. */
function indexEntries(compiled: Compiled): Map<string, ListEntry> {
  const index = new Map<string, ListEntry>()
  compiled.keys.forEach((key, position) => {
    const entry = compiled.entries[position]!
    const known = index.get(key)
    const longer = known === undefined || (known.expiresAt !== null && (entry.expiresAt ?? Infinity) > known.expiresAt)
    if (longer) index.set(key, entry)
  })
  return index
}

/** Whether a value may be listed. Nearly none is, and this says so without the cost of a map of texts. */
function createFilter(keys: Iterable<string>, size: number): (key: string) => boolean {
  const mask = (1 << (36 - Math.clz32(size))) - 1
  const bits = new Int32Array((mask >> 5) + 1)
  const mark = (hash: number): void => {
    bits[(hash & mask) >> 5] = bits[(hash & mask) >> 5]! | (1 << (hash & 31))
  }
  for (const key of keys) mark(hashText(key))
  return (key) => {
    const place = hashText(key) & mask
    return (bits[place >> 5]! & (1 << (place & 31))) !== 0
  }
}

function isLongEnough(key: string, least: number | null): boolean {
  return key.length >= (least ?? (/^[\x20-\x7f]*$/.test(key) ? 3 : 2))
}

function isInForce(entry: ListEntry, at: number): boolean {
  return entry.expiresAt === null || at < entry.expiresAt
}

interface TextIndex {
  readonly matcher: Matcher
  readonly values: readonly ListEntry[]
}

function textIndex(index: ReadonlyMap<string, ListEntry>, least: number | null): TextIndex {
  const keys: string[] = []
  const values: ListEntry[] = []
  for (const [key, entry] of index) {
    const folded = foldText(key).trim()
    if (!isLongEnough(folded, least)) continue
    keys.push(folded)
    values.push(entry)
  }
  return { matcher: buildMatcher(keys), values }
}

function findOccurrences(index: TextIndex, text: string, at: number): ListOccurrence[] {
  const found: ListOccurrence[] = []
  for (const view of viewsOf(text, ['plain', 'tight'])) {
    index.matcher.scan(view.text, (term, from, to) => {
      const entry = index.values[term]!
      if (!isInForce(entry, at) || !isWholeWord(view.text, from, to)) return undefined
      const [start, end] = originalSpan(view, from, to)
      found.push({ entry, start, end, matched: text.slice(start, end) })
      return found.length < 10_000
    })
  }
  found.sort((a, b) => a.start - b.start || b.end - a.end)
  let reach = 0
  return found.filter((hit) => {
    if (hit.end <= reach) return false
    reach = hit.end
    return true
  })
}

function isBothLanguages(value: unknown): boolean {
  return isMapping(value) && typeof value['zh'] === 'string' && typeof value['en'] === 'string'
}

/**
 * Compiles a list file (YAML already read to plain values). An entry is a mapping or just its value.
 * @throws DefinitionError that lists every problem with its field, value and fix.
 */
export function compileList(file: unknown): NamedList {
  const problems: Problem[] = []
  const mapping = isMapping(file) ? file : {}
  const reader = readFields(mapping, '', problems)
  reader.only(headFields)
  const id = reader.requiredText('id')
  const owner = reader.requiredText('owner')
  // a pack states the reason in two languages, a plain list in one
  if (!isBothLanguages(mapping['reason'])) reader.requiredText('reason')
  const normalise = normalisers[reader.oneOf('normalise', ['text', 'exact', 'digits'] as const) ?? 'text']
  const items = mapping['entries']
  if (!Array.isArray(items)) {
    reader.note('entries', items, {
      problem: { zh: '不是列表', en: 'is not a list' },
      fix: { zh: '请写成值的列表，可为空 []', en: 'write a list of values; it may be empty: []' },
    })
  }
  const entries = Array.isArray(items) ? items.map((item, at) => readEntry(item, `entries[${at}]`, problems)) : []
  const leastLength = reader.number('min_length') ?? null
  refuse(`list "${id}"`, problems)
  const index = indexEntries({ entries, keys: entries.map((entry) => normalise(entry.value)), leastLength })
  const mayHold = createFilter(index.keys(), index.size)
  // built on first use: most lists are only asked for exact members
  let texts: TextIndex | null = null
  return {
    id,
    owner,
    size: index.size,
    find(value, at) {
      const key = normalise(value)
      if (!mayHold(key)) return null
      const entry = index.get(key)
      return entry !== undefined && isInForce(entry, at) ? entry : null
    },
    occurrences(text, at) {
      texts ??= textIndex(index, leastLength)
      return findOccurrences(texts, text, at)
    },
  }
}
