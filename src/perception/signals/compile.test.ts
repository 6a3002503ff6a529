import { expect, test } from 'vitest'
import type { Value } from '../../kernel/values.ts'
import { absoluteTerms } from './fixtures/ad-lexicon.ts'
import { compileLexicon, compileList, compileSignal, isDefinitionError } from './index.ts'

const lexicon = compileLexicon(absoluteTerms)
const brands = compileList({
  id: 'watched-brands',
  owner: 'ip',
  reason: 'rights-holder notices',
  entries: [
    { value: 'ACME', reason: 'notice 12', added_by: 'lin', expires_at: '2026-01-01' },
    'Globex',
    'Globex Pro',
    { value: '甲醛', reason: 'banned' },
    { value: '50-00-0' },
  ],
})
const context = {
  lexicons: new Map([[lexicon.id, lexicon]]),
  lists: new Map([[brands.id, brands]]),
}

const before = Date.parse('2025-12-31T23:59:59Z') * 1000
const after = Date.parse('2026-01-01') * 1000

function read(row: Record<string, Value>) {
  return (column: string): Value => row[column] ?? null
}

function value(definition: object, row: Record<string, Value>, at = after): Value {
  return compileSignal({ id: 'x', ...definition }, context).evaluate(read(row), at).value
}

test('a lexicon signal counts live hits, shows them on the original text and is NULL without fields', () => {
  const definition = {
    id: 'absolute_terms',
    kind: 'lexicon',
    lexicon: 'absolute-terms',
    fields: ['title', 'bullets'],
    tags: ['A1', 'A2'],
  }
  const signal = compileSignal(definition, context)
  expect(signal.column).toMatchObject({ name: 'absolute_terms', type: 'BIGINT' })
  expect(signal.column.cost).toBeGreaterThan(0)
  const reading = signal.evaluate(read({ title: '本品·最 好', bullets: ['国家级品质', '最大尺寸'] }), after)
  expect(reading.value).toBe(2)
  expect(reading.evidence).toMatchObject([
    { field: 'title', start: 3, end: 6, text: '最 好', tag: 'A2' },
    { field: 'bullets[0]', start: 0, end: 3, text: '国家级', tag: 'A1' },
  ])
  expect(signal.evaluate(read({}), after)).toEqual({ value: null, evidence: [] })
  expect(signal.evaluate(read({ title: '' }), after).value).toBe(0)
})

test('count tells live hits, hits that need evidence, and all apart', () => {
  const row = { title: '奥运冠军代言 最好 最大尺寸' }
  const count = (kind: string) =>
    value({ kind: 'lexicon', lexicon: 'absolute-terms', fields: ['title'], count: kind }, row)
  expect([count('live'), count('evidence'), count('all')]).toEqual([1, 1, 3])
})

test('contacts count by kind, and own hosts may be allowed', () => {
  const row = { text: '加微信 abc_2024 or www.shop.example.com, mail a@example.com' }
  expect(value({ kind: 'contacts', fields: ['text'] }, row)).toBe(3)
  expect(value({ kind: 'contacts', fields: ['text'], kinds: ['email', 'url'] }, row)).toBe(2)
  expect(value({ kind: 'contacts', fields: ['text'], allow: ['example.com'] }, row)).toBe(2)
})

test('list membership is exact, folded, and ends when the entry expires', () => {
  const definition = { kind: 'list', list: 'watched-brands', column: 'brand' }
  expect(value(definition, { brand: 'ＡＣＭＥ ' }, before)).toBe(true)
  expect(value(definition, { brand: 'acme' }, after)).toBe(false)
  expect(value(definition, { brand: 'acme inc' }, before)).toBe(false)
  expect(value(definition, {}, before)).toBe(null)
  expect(value(definition, { brand: ['x', 'globex'] }, before)).toBe(true)
  expect(value({ kind: 'list', list: 'watched-brands', columns: ['brand', 'title'] }, { title: 'globex' })).toBe(true)
})

test('listed values are counted once each, as whole terms, the longest only', () => {
  const definition = { id: 'x', kind: 'list_match_text', list: 'watched-brands', fields: ['title'] }
  const signal = compileSignal(definition, context)
  const reading = signal.evaluate(
    read({ title: '含甲 醛 Globex pro, globex PRO, globexes 50-00-0 150-00-0 acme' }),
    after,
  )
  expect(reading.value).toBe(3)
  expect(reading.evidence.map((item) => item.value)).toEqual(['甲醛', 'Globex Pro', 'Globex Pro', '50-00-0'])
  expect(value(definition, {})).toBe(null)
})

test.each<[stat: string, text: string, expected: number | null]>([
  ['length', '👍好', 2],
  ['upper_share', 'ABc d', 0.5],
  ['upper_share', '好', null],
  ['digit_share', 'a1', 0.5],
  ['url_count', 'x.com and https://y.org/z', 1],
  ['exclamation_count', '好！!', 2],
  ['repeat_share', 'aaab', 0.75],
  ['han_share', '好a', 0.5],
  ['distinct_word_share', 'buy buy NOW', 2 / 3],
  ['emoji_count', '👍🏽👨‍👩‍👧🇨🇳1️⃣2', 4],
  ['digit_share', '', null],
])('text_stats %s of "%s" is %s', (stat, text, expected) => {
  expect(value({ kind: 'text_stats', field: 't', stat }, { t: text })).toBe(expected)
})

test.each([
  ['新款连衣裙 iPhone', 'zh'],
  ['新しいワンピース 送料無料', 'ja'],
  ['새로운 원피스', 'ko'],
  ['ชุดเดรสใหม่', 'th'],
  ['فستان جديد', 'ar'],
  ['новое платье', 'ru'],
  ['Neues Kleid für Damen', 'latin'],
  ['123 !!', null],
])('script of %s is %s', (text, expected) => {
  expect(value({ kind: 'script', field: 't' }, { t: text })).toBe(expected)
})

test.each<[definition: object, fields: string[]]>([
  [{}, ['id', 'kind']],
  [{ id: 'Bad Id', kind: 'nope' }, ['id', 'kind']],
  [
    { id: 'x', kind: 'lexicon', lexicon: 'nope', count: 'many', feilds: ['a'] },
    ['feilds', 'fields', 'lexicon', 'count'],
  ],
  [{ id: 'x', kind: 'lexicon', lexicon: 'absolute-terms', fields: ['a'], tags: ['Z'] }, ['tags']],
  [{ id: 'x', kind: 'contacts', fields: 'text', kinds: ['fax'] }, ['kinds']],
  [{ id: 'x', kind: 'list', list: 'nope' }, ['column', 'list']],
  [{ id: 'x', kind: 'text_stats', field: 't', stat: 'mood' }, ['stat']],
  [{ id: 'x', kind: 'text_stats' }, ['stat', 'field']],
])('%j is refused for %j', (definition, fields) => {
  try {
    compileSignal(definition, context)
    expect.unreachable()
  } catch (error) {
    if (!isDefinitionError(error)) throw error
    expect(error.problems.map((problem) => problem.field)).toEqual(fields)
  }
})

test('a list with a wrong date or without owner and reason is refused', () => {
  expect(() => compileList({ id: 'x', entries: [{ value: 'a', expires_at: 'soon' }] })).toThrow(
    /owner.*reason.*expires_at/s,
  )
})
