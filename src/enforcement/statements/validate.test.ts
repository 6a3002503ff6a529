import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { statementSchemaV2 as schema, validateBatch, validateStatement } from './index.ts'

/** Beside the clone when the reference data is there; the tests below do not need it. */
const official = fileURLToPath(new URL('../../../../shared/data/dsa-sor-schema/', import.meta.url))
const read = (path: string): string => readFileSync(official + path, 'utf8')

const valid = {
  puid: 'TK421',
  decision_visibility: ['DECISION_VISIBILITY_CONTENT_DISABLED'],
  decision_ground: 'DECISION_GROUND_INCOMPATIBLE_CONTENT',
  incompatible_content_ground: 'terms 4.2',
  incompatible_content_explanation: 'why',
  content_type: ['CONTENT_TYPE_PRODUCT'],
  category: 'STATEMENT_CATEGORY_SCAMS_AND_FRAUD',
  territorial_scope: ['DE', 'GR'],
  content_date: '2025-08-08',
  application_date: '2025-08-08',
  decision_facts: 'facts',
  source_type: 'SOURCE_VOLUNTARY',
  automated_detection: 'No',
  automated_decision: 'AUTOMATED_DECISION_PARTIALLY',
}
const fieldsOf = (change: Record<string, unknown>) => [
  ...new Set(validateStatement({ ...valid, ...change }).map((found) => found.field)),
]

test('a blank payload is refused for every required attribute, with the words of a person', () => {
  const problems = validateStatement({})
  expect(problems.map((found) => found.field).sort()).toEqual([
    'application_date',
    'automated_decision',
    'automated_detection',
    'category',
    'content_date',
    'content_type',
    'decision_account',
    'decision_facts',
    'decision_ground',
    'decision_monetary',
    'decision_provision',
    'decision_visibility',
    'puid',
    'source_type',
  ])
  expect(problems.find((found) => found.field === 'decision_ground')?.message.en).toBe(
    'The decision ground field is required.',
  )
})

const accepted: [name: string, change: Record<string, unknown>][] = [
  ['a plain statement', {}],
  ['attributes that we do not know', { platform_name: 'x', permalink: 'https://a.example' }],
  ['texts of the ground that does not apply, whatever their length', { illegal_content_explanation: 'x'.repeat(9000) }],
  ['one restriction of any kind', { decision_visibility: undefined, decision_account: 'DECISION_ACCOUNT_SUSPENDED' }],
  ['no territory, as the validator allows', { territorial_scope: null }],
  ['an indefinite end', { end_date_visibility_restriction: null }],
  ['an end before the start, which the validator does not compare', { end_date_visibility_restriction: '2020-01-01' }],
  ['an empty list of keywords', { category_specification: [] }],
  ['an empty text as absent', { content_language: '', end_date_account_restriction: '' }],
  ['500 characters of a puid', { puid: 'a'.repeat(500) }],
  ['5000 characters of facts, counted as signs', { decision_facts: '😀'.repeat(5000) }],
  ['an EAN', { content_id: { 'EAN-13': '0123456789123' } }],
  ['Greek content in Greece', { content_language: 'EL', territorial_scope: ['GR'] }],
  ['the last day', { end_date_visibility_restriction: '2038-01-01' }],
  ['a source identity of any length when voluntary', { source_identity: 'x'.repeat(900) }],
]
test.each(accepted)('accepts %s', (_name, change) => expect(fieldsOf(change)).toEqual([]))

const refused: [field: string, change: Record<string, unknown>][] = [
  ['puid', { puid: 'has space' }],
  ['puid', { puid: 'a.b' }],
  ['puid', { puid: 'a\n' }],
  ['puid', { puid: 'a'.repeat(501) }],
  ['puid', { puid: null }],
  ['puid', { puid: 'ü' }],
  ['decision_visibility', { decision_visibility: 'DECISION_VISIBILITY_CONTENT_DISABLED' }],
  ['decision_visibility', { decision_visibility: ['NO'] }],
  ['decision_visibility_other', { decision_visibility: ['DECISION_VISIBILITY_OTHER'] }],
  [
    'decision_visibility_other',
    { decision_visibility: ['DECISION_VISIBILITY_OTHER'], decision_visibility_other: 'x'.repeat(501) },
  ],
  ['decision_monetary', { decision_monetary: ['DECISION_MONETARY_SUSPENSION'] }],
  ['decision_monetary_other', { decision_monetary: 'DECISION_MONETARY_OTHER' }],
  ['decision_ground', { decision_ground: 'ILLEGAL' }],
  [
    'illegal_content_legal_ground',
    { decision_ground: 'DECISION_GROUND_ILLEGAL_CONTENT', illegal_content_explanation: 'x' },
  ],
  ['incompatible_content_explanation', { incompatible_content_explanation: 'x'.repeat(2001) }],
  ['incompatible_content_ground', { incompatible_content_ground: '  ' }],
  ['incompatible_content_illegal', { incompatible_content_illegal: 'maybe' }],
  ['decision_ground_reference_url', { decision_ground_reference_url: 'not a url' }],
  ['decision_ground_reference_url', { decision_ground_reference_url: `https://a.example/${'x'.repeat(500)}` }],
  ['content_type', { content_type: [] }],
  ['content_type', { content_type: 'CONTENT_TYPE_TEXT' }],
  ['content_type', { content_type: ['CONTENT_TYPE_PRODUCT', 'PRODUCT'] }],
  ['content_type_other', { content_type: ['CONTENT_TYPE_OTHER'] }],
  ['category', { category: 'STATEMENT_CATEGORY_UNSAFE_AND_ILLEGAL_PRODUCTS' }],
  ['category', { category: ['STATEMENT_CATEGORY_VIOLENCE'] }],
  ['category_addition', { category_addition: 'STATEMENT_CATEGORY_VIOLENCE' }],
  ['category_specification', { category_specification: ['KEYWORD_DANGEROUS_TOYS'] }],
  ['territorial_scope', { territorial_scope: ['EL'] }],
  ['territorial_scope', { territorial_scope: ['GB'] }],
  ['territorial_scope', { territorial_scope: 'DE' }],
  ['content_language', { content_language: 'de' }],
  ['content_language', { content_language: 'XX' }],
  ['content_date', { content_date: '1999-12-31' }],
  ['content_date', { content_date: undefined }],
  ['application_date', { application_date: '2019-12-31' }],
  ['application_date', { application_date: '2025-02-30' }],
  ['application_date', { application_date: '2025-8-8' }],
  ['application_date', { application_date: '2025-08-08T00:00:00Z' }],
  ['end_date_account_restriction', { end_date_account_restriction: '2038-01-02' }],
  ['content_id', { content_id: { 'EAN-13': '123' } }],
  ['content_id', { content_id: { ISBN: '0123456789123' } }],
  ['decision_facts', { decision_facts: 'x'.repeat(5001) }],
  ['decision_facts', { decision_facts: ['x'] }],
  ['source_type', { source_type: 'SOURCE_OTHER' }],
  ['source_identity', { source_type: 'SOURCE_ARTICLE_16', source_identity: 'x'.repeat(501) }],
  ['automated_detection', { automated_detection: true }],
  ['automated_decision', { automated_decision: 'Yes' }],
  ['account_type', { account_type: 'BUSINESS' }],
]
test.each(refused)('refuses a bad %s: %j', (field, change) => expect(fieldsOf(change)).toContain(field))

describe('properties', () => {
  const some = (values: readonly string[]) => fc.constantFrom(...values)
  const sets = (values: readonly string[]) => fc.uniqueArray(some(values), { minLength: 1, maxLength: 5 })
  const change = fc.record(
    {
      decision_visibility: sets(schema.decisionVisibilities.slice(0, 6)),
      decision_monetary: some(schema.decisionMonetaries.slice(0, 2)),
      decision_provision: some(schema.decisionProvisions),
      decision_account: some(schema.decisionAccounts),
      account_type: some(schema.accountTypes),
      content_type: sets(schema.contentTypes.slice(0, 7)),
      category: some(schema.categories),
      category_addition: sets(schema.categories),
      category_specification: sets(schema.keywords),
      territorial_scope: sets(schema.territories),
      content_language: some(schema.languages),
      source_type: some(schema.sourceTypes),
      automated_detection: some(schema.yesNo),
      automated_decision: some(schema.automatedDecisions),
    },
    { requiredKeys: [] },
  )

  test('every combination of allowed values is accepted', () =>
    fc.assert(
      fc.property(change, (given) => {
        expect(fieldsOf(given)).toEqual([])
      }),
    ))

  test('any other text in an enum is refused, and only there', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('category', 'source_type', 'automated_detection', 'automated_decision', 'decision_ground'),
        fc.string({ minLength: 1 }),
        (field, text) => {
          const all: Record<string, readonly string[]> = {
            category: schema.categories,
            source_type: schema.sourceTypes,
            automated_detection: schema.yesNo,
            automated_decision: schema.automatedDecisions,
            decision_ground: schema.decisionGrounds,
          }
          fc.pre(!all[field]?.includes(text))
          expect(fieldsOf({ [field]: text })).toEqual([field])
        },
      ),
    )
  })

  test('no value of any shape makes the validator throw', () =>
    fc.assert(
      fc.property(
        fc.anything(),
        fc.constantFrom(...Object.keys(valid), 'content_id', 'category_addition'),
        (value, field) => {
          expect(Array.isArray(validateStatement({ ...valid, [field]: value }))).toBe(true)
        },
      ),
    ))

  test('a puid is accepted exactly when it holds letters, digits, - and _', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (puid) => {
        expect(fieldsOf({ puid }).length === 0).toBe(/^[A-Za-z0-9_-]{1,500}$/.test(puid))
      }),
    )
  })
})

test('a batch holds 1 to 100 statements with different puids, and errors are keyed as the database keys them', () => {
  const batch = Array.from({ length: 100 }, (_, i) => ({ ...valid, puid: `p${i}` }))
  expect(validateBatch(batch)).toEqual({})
  expect(Object.keys(validateBatch([]))).toEqual(['statements'])
  expect(Object.keys(validateBatch([...batch, valid]))).toEqual(['statements'])
  expect(Object.keys(validateBatch([valid, valid, { ...valid, puid: 'x', category: 'no' }]))).toEqual([
    'statement_1',
    'statement_2',
  ])
})

describe.skipIf(!existsSync(official))('against the official documentation and fixtures', () => {
  test('the examples of the documentation and the fixtures are accepted', () => {
    const documented = [...read('resources/markdown/api-documentation.md').matchAll(/```json\n([\s\S]*?)```/g)].map(
      (found) => JSON.parse(found[1] ?? '') as unknown,
    )
    expect(documented).toHaveLength(2)
    const many = (JSON.parse(read('cypress/fixtures/example_multi_statements.json')) as { statements: unknown[] })
      .statements
    for (const statement of [
      ...documented,
      JSON.parse(read('cypress/fixtures/example_statement.json')) as unknown,
      ...many,
    ])
      expect(validateStatement(statement)).toEqual([])
    expect(validateBatch(many)).toEqual({})
  })

  test('our values are exactly those of the documentation and of the official fixture', () => {
    const text = read('resources/markdown/api-documentation.md')
    const before = text.slice(0, text.indexOf('## Changelog'))
    const section = (from: string, to: string, name: RegExp) =>
      new Set(before.slice(before.indexOf(from), before.indexOf(to)).match(name))
    expect(new Set(schema.categories)).toEqual(
      section('### Category (category)', '### Additional Categories', /STATEMENT_CATEGORY_\w+/g),
    )
    expect(new Set(schema.keywords)).toEqual(
      section('### Category Specification', '### Content identifier', /KEYWORD_\w+/g),
    )
    const fixture = JSON.parse(read('cypress/fixtures/statements.json')) as Record<string, string[]>
    const pairs: [string, readonly string[]][] = [
      ['decision_visibility', schema.decisionVisibilities],
      ['decision_monetary', schema.decisionMonetaries],
      ['decision_provision', schema.decisionProvisions],
      ['decision_account', schema.decisionAccounts],
      ['content_type', schema.contentTypes],
      ['category_specification', schema.keywords],
      ['content_language', schema.languages],
      ['territorial_scope', schema.territories],
    ]
    for (const [name, ours] of pairs) expect(ours).toEqual(expect.arrayContaining(fixture[name] ?? ['missing']))
    for (const name of fixture['deleted_categories'] ?? []) expect(fieldsOf({ category: name })).toEqual(['category'])
    for (const name of fixture['deleted_category_specifications'] ?? [])
      expect(fieldsOf({ category_specification: [name] })).toEqual(['category_specification'])
  })
})
