import type { Column, Value } from '../../kernel/values.ts'
import { type ContactKind, contactKinds } from './contacts/contact.ts'
import { findContacts } from './contacts/contacts.ts'
import { compileDetection } from './detection.ts'
import { type Lexicon, type LexiconHit, remembered } from './lexicon.ts'
import type { NamedList } from './lists.ts'
import {
  type Body,
  countOver,
  type Evidence,
  type FieldText,
  type Read,
  type Reading,
  type Signal,
  textsOf,
} from './model.ts'
import { type FieldReader, isMapping, type Problem, readFields, refuse } from './problems.ts'
import { scriptOf, textStatistic, textStatistics } from './text-stats.ts'

/** What signal definitions refer to, by id. */
export interface SignalContext {
  readonly lexicons: ReadonlyMap<string, Lexicon>
  readonly lists: ReadonlyMap<string, NamedList>
  /** Asks the register of brands whether a seller may offer a brand in every one of the markets; null = nobody registered the brand. */
  readonly authorised?:
    | ((asked: {
        readonly brand: string
        readonly seller: string
        readonly markets: readonly string[]
        readonly category?: string | undefined
        readonly at: number
      }) => boolean | null)
    | undefined
}

/** Contacts of a text, for signals of different kinds that read the same field. */
const contactsOf = remembered(findContacts)

type Compile = (reader: FieldReader, context: SignalContext) => Body

const kinds: Readonly<Record<string, Compile>> = {
  lexicon: compileLexiconSignal,
  contacts: compileContacts,
  list: compileMembership,
  list_match_text: compileListText,
  brand_authorised: compileAuthorised,
  text_stats: compileStatistic,
  script: compileScript,
  score: compileScore,
  detection: compileDetection,
}

/** The kinds of signal that a pack may define here. */
export const signalKinds: readonly string[] = Object.keys(kinds)

function requiredTexts(reader: FieldReader, name: string): string[] {
  const values = reader.texts(name)
  if (values === undefined || values.length === 0) {
    const alreadyNoted = reader.problems.some((problem) => problem.field === name)
    if (!alreadyNoted) reader.requiredText(name)
    return []
  }
  return values
}

function lookUp<T>(reader: FieldReader, name: string, known: ReadonlyMap<string, T>): T | undefined {
  const id = reader.requiredText(name)
  const found = known.get(id)
  if (found === undefined && id !== '') {
    const ids = [...known.keys()]
    reader.note(name, id, {
      problem: { zh: '没有这个 id', en: 'is not known' },
      fix: {
        zh: ids.length === 0 ? '请先添加该文件' : `可用：${ids.join('、')}`,
        en: ids.length === 0 ? 'add that file first' : `use one of: ${ids.join(', ')}`,
      },
    })
  }
  return found
}

function checkTags(reader: FieldReader, lexicon: Lexicon | undefined, tags: readonly string[]): void {
  for (const tag of tags) {
    if (lexicon === undefined || lexicon.tags.includes(tag)) continue
    reader.note('tags', tag, {
      problem: { zh: '词库里没有这个标签', en: 'is not a tag of the lexicon' },
      fix: { zh: `可用：${lexicon.tags.join('、')}`, en: `use one of: ${lexicon.tags.join(', ')}` },
    })
  }
}

const counts = ['live', 'evidence', 'all'] as const

function isCounted(hit: LexiconHit, count: (typeof counts)[number]): boolean {
  if (count === 'all') return true
  return count === 'live' ? hit.exempt === null : hit.evidence
}

function compileLexiconSignal(reader: FieldReader, context: SignalContext): Body {
  reader.only(['id', 'kind', 'title', 'note', 'lexicon', 'fields', 'tags', 'count'])
  const fields = requiredTexts(reader, 'fields')
  const lexicon = lookUp(reader, 'lexicon', context.lexicons)
  const tags = reader.texts('tags') ?? null
  const count = reader.oneOf('count', counts) ?? 'live'
  checkTags(reader, lexicon, tags ?? [])
  const find = ({ field, text }: FieldText): Evidence[] =>
    (lexicon?.match(text) ?? [])
      .filter((hit) => isCounted(hit, count) && (tags === null || (hit.tag !== null && tags.includes(hit.tag))))
      .map((hit) => ({
        field,
        start: hit.start,
        end: hit.end,
        text: hit.matched,
        term: shortTerm(hit.term),
        ...(hit.tag === null ? {} : { tag: hit.tag }),
        ...(hit.exempt === null ? {} : { exempt: hit.exempt }),
      }))
  return { type: 'BIGINT', cost: 15, reads: fields, evaluate: (read) => countOver(fields, read, find) }
}

/** A pattern may be a page long; evidence is kept with every decision and read by people. */
function shortTerm(term: string): string {
  const points = [...term]
  return points.length <= longestTerm ? term : `${points.slice(0, longestTerm - 1).join('')}…`
}

const longestTerm = 60

/** The highest score of the texts, with the features that speak for it. */
function compileScore(reader: FieldReader, context: SignalContext): Body {
  reader.only(['id', 'kind', 'title', 'note', 'lexicon', 'fields'])
  const fields = requiredTexts(reader, 'fields')
  const model = lookUp(reader, 'lexicon', context.lexicons)
  if (model !== undefined && model.score === null) {
    reader.note('lexicon', model.id, {
      problem: { zh: '是词库，不是模型', en: 'is a list of terms, not a model' },
      fix: { zh: '请指定 kind: linear 的文件', en: 'name a file of kind: linear' },
    })
  }
  const evaluate = (read: Read): Reading => {
    let best: Reading = { value: null, evidence: [] }
    for (const { field, text } of textsOf(fields, read) ?? []) {
      const score = model?.score?.(text)
      if (score === undefined || (typeof best.value === 'number' && score.value <= best.value)) continue
      const evidence = score.reasons.map(({ name, weight, start, end }) => {
        return { field, start, end, text: text.slice(start, end), term: `${name} +${weight}` }
      })
      best = { value: score.value, evidence }
    }
    return best
  }
  return { type: 'DOUBLE', cost: 60, reads: fields, evaluate }
}

function readKinds(reader: FieldReader): readonly ContactKind[] {
  const names = reader.texts('kinds')
  if (names === undefined) return contactKinds
  return names.flatMap((name) => {
    const kind = contactKinds.find((option) => option === name)
    if (kind !== undefined) return [kind]
    reader.note('kinds', name, {
      problem: { zh: '不是联系方式的种类', en: 'is not a kind of contact' },
      fix: { zh: `可用：${contactKinds.join('、')}`, en: `use: ${contactKinds.join(', ')}` },
    })
    return []
  })
}

function compileContacts(reader: FieldReader): Body {
  reader.only(['id', 'kind', 'title', 'note', 'fields', 'kinds', 'allow'])
  const fields = requiredTexts(reader, 'fields')
  const wanted = readKinds(reader)
  const allowed = (reader.texts('allow') ?? []).map((value) => value.toLowerCase())
  const isAllowed = (value: string) =>
    allowed.some((own) => value === own || value.startsWith(`${own}/`) || value.split('/')[0]?.endsWith(`.${own}`))
  const find = ({ field, text }: FieldText): Evidence[] =>
    contactsOf(text)
      .filter((contact) => wanted.includes(contact.kind) && !isAllowed(contact.value))
      .map(({ kind, start, end, value }) => ({ field, start, end, text: text.slice(start, end), tag: kind, value }))
  return { type: 'BIGINT', cost: 30, reads: fields, evaluate: (read) => countOver(fields, read, find) }
}

function valuesOf(value: Value): string[] {
  if (value === null) return []
  return typeof value === 'object' ? value.map(String) : [String(value)]
}

/** Nearly every value is on no list: these answers are made once. */
const nothingFound: Evidence[] = []
const unknownMember: Reading = { value: null, evidence: nothingFound }
const notMember: Reading = { value: false, evidence: nothingFound }

function compileMembership(reader: FieldReader, context: SignalContext): Body {
  reader.only(['id', 'kind', 'title', 'note', 'list', 'column', 'columns'])
  const columns = reader.texts('columns') ?? requiredTexts(reader, 'column')
  const list = lookUp(reader, 'list', context.lists)
  const evaluate = (read: Read, loggedAt: number): Reading => {
    let evidence: Evidence[] = nothingFound
    let present = false
    for (let index = 0; index < columns.length; index++) {
      const column = columns[index]!
      const value = read(column)
      if (value === null) continue
      present = true
      if (typeof value === 'string' && (list?.find(value, loggedAt) ?? null) === null) continue
      if (evidence === nothingFound) evidence = []
      valuesOf(value).forEach((text, index) => {
        const entry = list?.find(text, loggedAt) ?? null
        if (entry === null || list === undefined) return
        const field = typeof value === 'object' ? `${column}[${index}]` : column
        evidence.push({ field, start: 0, end: text.length, text, list: list.id, value: entry.value })
      })
    }
    if (!present) return unknownMember
    return evidence.length === 0 ? notMember : { value: true, evidence: evidence.slice(0, 50) }
  }
  return { type: 'BOOLEAN', cost: 2, reads: columns, evaluate }
}

/** Where a listing says brand, seller, class and markets, unless the signal names other columns. */
const listed = { brand: 'brand', seller: 'seller_id', category: 'category', markets: 'ship_to' } as const

/** Whether the register lets the seller offer the brand in every market; NULL without a brand or seller, and for a brand that nobody registered. */
function compileAuthorised(reader: FieldReader, context: SignalContext): Body {
  reader.only(['id', 'kind', 'title', 'note', 'brand', 'seller', 'category', 'markets'])
  const column = (name: keyof typeof listed): string => reader.text(name) ?? listed[name]
  const [brandAt, sellerAt] = [column('brand'), column('seller')]
  const [categoryAt, marketsAt] = [column('category'), column('markets')]
  const evaluate = (read: Read, at: number): Reading => {
    const [brand, seller] = [read(brandAt), read(sellerAt)]
    if (typeof brand !== 'string' || typeof seller !== 'string') return unknownMember
    const category = read(categoryAt)
    const asked = { brand, seller, markets: valuesOf(read(marketsAt)), at }
    const value = context.authorised?.({ ...asked, ...(typeof category === 'string' ? { category } : {}) }) ?? null
    if (value === null) return unknownMember
    return { value, evidence: value ? nothingFound : [{ field: brandAt, start: 0, end: brand.length, text: brand }] }
  }
  return { type: 'BOOLEAN', cost: 2, reads: [brandAt, sellerAt, categoryAt, marketsAt], evaluate }
}

/** The number of distinct listed values that occur in the texts. */
function compileListText(reader: FieldReader, context: SignalContext): Body {
  reader.only(['id', 'kind', 'title', 'note', 'list', 'fields'])
  const fields = requiredTexts(reader, 'fields')
  const list = lookUp(reader, 'list', context.lists)
  const evaluate = (read: Read, loggedAt: number): Reading => {
    const texts = textsOf(fields, read)
    if (texts === null || list === undefined) return { value: null, evidence: [] }
    const evidence = texts.flatMap(({ field, text }) =>
      list.occurrences(text, loggedAt).map(({ entry, start, end, matched }) => {
        return { field, start, end, text: matched, list: list.id, value: entry.value }
      }),
    )
    return { value: new Set(evidence.map((item) => item.value)).size, evidence: evidence.slice(0, 50) }
  }
  return { type: 'BIGINT', cost: 12, reads: fields, evaluate }
}

function readOneText(reader: FieldReader, evaluate: (text: string) => Value): Omit<Body, 'type' | 'cost'> {
  const field = reader.requiredText('field')
  return {
    reads: [field],
    evaluate(read) {
      const texts = textsOf([field], read)
      return { value: texts === null ? null : evaluate(texts.map(({ text }) => text).join(' ')), evidence: [] }
    },
  }
}

function countUrls(text: string): number {
  return contactsOf(text).filter((contact) => contact.kind === 'url').length
}

function compileStatistic(reader: FieldReader): Body {
  reader.only(['id', 'kind', 'title', 'note', 'field', 'stat'])
  const statistic = reader.oneOf('stat', textStatistics)
  if (statistic === undefined && !reader.problems.some((problem) => problem.field === 'stat')) {
    reader.requiredText('stat')
  }
  const body = readOneText(reader, (text) => textStatistic(text, statistic ?? 'length', countUrls))
  return { type: 'DOUBLE', cost: statistic === 'url_count' ? 30 : 8, ...body }
}

function compileScript(reader: FieldReader): Body {
  reader.only(['id', 'kind', 'title', 'note', 'field'])
  return { type: 'VARCHAR', cost: 8, ...readOneText(reader, scriptOf) }
}

function columnOf(id: string, body: Body): Column {
  return { name: id, type: body.type, cost: body.cost * Math.max(1, body.reads.length) }
}

/**
 * Compiles one item of a pack's `signals` (YAML already read to plain values).
 * The column is NULL when every field that it reads is NULL.
 * @throws DefinitionError that lists every problem with its field, value and fix.
 */
export function compileSignal(definition: unknown, context: SignalContext): Signal {
  const problems: Problem[] = []
  const reader = readFields(isMapping(definition) ? definition : {}, '', problems)
  const id = reader.requiredText('id')
  if (id !== '' && !/^[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*$/.test(id)) {
    reader.note('id', id, {
      problem: { zh: '不能作列名', en: 'cannot be a column name' },
      fix: {
        zh: '请用小写字母、数字和下划线，如 absolute_terms',
        en: 'use a-z, 0-9 and _, for example absolute_terms',
      },
    })
  }
  const kind = reader.requiredText('kind')
  const compile = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined
  if (compile === undefined && kind !== '') {
    reader.note('kind', kind, {
      problem: { zh: '没有这种信号', en: 'is not a kind of signal' },
      fix: { zh: `可用：${signalKinds.join('、')}`, en: `use one of: ${signalKinds.join(', ')}` },
    })
  }
  const body = compile?.(reader, context)
  refuse(`signal "${id}"`, problems)
  if (body === undefined) throw new Error(`signal "${id}" has no body`)
  return { id, column: columnOf(id, body), reads: body.reads, evaluate: body.evaluate }
}
