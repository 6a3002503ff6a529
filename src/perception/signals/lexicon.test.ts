import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileRegex } from '../../kernel/regex.ts'
import { absoluteTerms, medicalClaims } from './fixtures/ad-lexicon.ts'
import { adVectors } from './fixtures/ad-vectors.ts'
import { compileLexicon } from './lexicon.ts'
import { isDefinitionError } from './problems.ts'

const absolute = compileLexicon(absoluteTerms)
const medical = compileLexicon(medicalClaims)

function verdict(text: string): string {
  const hits = absolute.match(text)
  const live = hits.filter((hit) => hit.exempt === null)
  const claims = medical.match(text).filter((hit) => hit.exempt === null)
  if (claims.length > 0 || live.some((hit) => hit.tag?.startsWith('A'))) return 'BLOCK'
  if (live.length > 0) return 'REVIEW'
  return hits.some((hit) => hit.evidence) ? 'EVIDENCE' : 'PASS'
}

test.each(adVectors)('%s: %s', (expected, text) => {
  expect(verdict(text)).toBe(expected)
})

test('there are 107 vectors', () => {
  expect(adVectors).toHaveLength(107)
})

test('hits point at the original characters, disguise included', () => {
  const [hit] = absolute.match('好物:最\u200b · 好 的礼物')
  expect(hit).toMatchObject({ tag: 'A2', matched: '最\u200b · 好', start: 3, end: 9, exempt: null })
})

function lexicon(entries: object[], more: object = {}) {
  return compileLexicon({ id: 'x', entries, ...more })
}

test('Latin terms match whole words only, Han terms anywhere', () => {
  const terms = lexicon([{ term: 'cure' }, { term: '#ad' }, { term: '根治' }])
  const matched = (text: string) => terms.match(text).map((hit) => hit.matched)
  expect(matched('Cure, secure, cures #adventure #AD')).toEqual(['Cure', '#AD'])
  expect(matched('可根治啊cure啊')).toEqual(['根治', 'cure'])
})

test('case, surroundings, unless and tags narrow entries', () => {
  const terms = lexicon(
    [
      { term: 'AIDS', case: true },
      { term: 'cure', not_after: '\\s+time', before: '(?:will|can)\\s+' },
      { pattern: '最(?:大|好)', tag: 'B', unless: ['SPEC'] },
      { term: '最大', tag: 'C', unless: [] },
    ],
    {
      exemptions: [
        { id: 'SPEC', term: '最大尺寸' },
        { id: 'OTHER', term: '最好的', tags: ['Z'] },
      ],
    },
  )
  const live = (text: string) =>
    terms
      .match(text)
      .filter((hit) => hit.exempt === null)
      .map((hit) => hit.tag ?? hit.matched)
  expect(live('hearing aids for AIDS')).toEqual(['AIDS'])
  expect(live('will cure time; can cure it; cure')).toEqual(['cure'])
  expect(live('最大尺寸')).toEqual(['C'])
  expect(live('最好的')).toEqual(['B'])
})

test('leet and squeezed views are read only by a lexicon that asks for them', () => {
  const text = 'buy v1agra, freeeee'
  expect(lexicon([{ term: 'viagra' }, { term: 'free' }]).match(text)).toEqual([])
  const all = lexicon([{ term: 'viagra' }, { term: 'free' }], { views: ['plain', 'tight', 'leet', 'squeezed'] })
  expect(all.match(text).map((hit) => hit.matched)).toEqual(['v1agra', 'freeeee'])
})

test('Russian terms are found in Russian and in English texts', () => {
  const terms = lexicon([{ term: 'сор' }, { term: 'купить' }])
  expect(terms.match('где купить сор').map((hit) => hit.matched)).toEqual(['купить', 'сор'])
  expect(terms.match('buy сор now').map((hit) => hit.matched)).toEqual(['сор'])
})

const atom = fc.constantFrom(
  'a',
  'b',
  'ab',
  '最',
  '[ab]',
  '[^a]',
  '(?:a|ab)',
  '(?:好|)',
  '\\b',
  '.',
  '(?:\\s*)',
  '(?:c[^ ]{0,3}?)',
  'cc',
  '😀',
  '[😀a]c',
  '(?:(?:最|b){1,2})',
)
const quantifier = fc.constantFrom('', '', '', '?', '??', '+', '*', '{2}', '{0,2}?')
const sequence = fc.array(
  fc.tuple(atom, quantifier).map(([a, q]) => (a === '\\b' ? a : a + q)),
  { minLength: 1, maxLength: 4 },
)
const pattern = fc
  .array(
    sequence.map((parts) => parts.join('')),
    { minLength: 1, maxLength: 3 },
  )
  .map((all) => all.join('|'))

test('literals and prefilters find exactly what RE2 finds', () => {
  fc.assert(
    fc.property(
      pattern,
      fc.string({ unit: fc.constantFrom('a', 'b', '最', '好', ' ', 'c', 'x', '😀'), maxLength: 40 }),
      (source, text) => {
        const regex = compileRegex(source, { ignoreCase: true })
        fc.pre(!regex.test(''))
        const collapsed = text.replace(/ +/g, ' ')
        const expected = new Set(
          regex
            .spans(collapsed)
            .filter(([s, e]) => e > s)
            .map(([s, e]) => `${s}-${e}`),
        )
        const hits = lexicon([{ pattern: source }], { views: ['plain'] }).match(collapsed)
        expect(new Set(hits.map((hit) => `${hit.start}-${hit.end}`))).toEqual(expected)
      },
    ),
    { numRuns: 3000 },
  )
})

test('a long text full of hits is read in linear time', () => {
  for (const unit of ['最好', '最 ', '中国第', '全网第一,', 'top 1 ', '2025年第一(', '极品最大尺寸']) {
    const text = unit.repeat(Math.floor(200_000 / unit.length))
    const started = performance.now()
    absolute.match(text)
    expect(performance.now() - started).toBeLessThan(60_000)
  }
})

test('ten thousand exempt hits do not hide a live one behind them', () => {
  const live = absolute.match(`${'最大尺寸'.repeat(10_000)}最好`).filter((hit) => hit.exempt === null)
  expect(live.map((hit) => hit.matched)).toEqual(['最好'])
})

test('never throws, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      for (const hit of absolute.match(`${text}最好${text}`)) expect(hit.matched.length).toBeGreaterThan(0)
    }),
    { numRuns: 1000 },
  )
})

test('every mistake in a lexicon is named with field, value and fix, all at once', () => {
  const file = {
    id: 'bad',
    entries: [
      { term: 'a', pattern: 'b' },
      { pattern: '(?=x)' },
      { pattern: 'a*' },
      { term: 'x', unless: ['NO'], typo: 1 },
    ],
    exemptions: [{ pattern: 'x', evidence: 'yes' }],
    views: ['sideways'],
  }
  try {
    compileLexicon(file)
    expect.unreachable()
  } catch (error) {
    if (!isDefinitionError(error)) throw error
    const fields = error.problems.map((problem) => problem.field).sort()
    expect(fields).toEqual([
      'entries[0].term',
      'entries[1].pattern',
      'entries[2].pattern',
      'entries[3].typo',
      'entries[3].unless',
      'exemptions[0].evidence',
      'exemptions[0].id',
      'views',
    ])
    for (const problem of error.problems) {
      expect(problem.fix.zh).not.toBe('')
      expect(problem.fix.en).not.toBe('')
    }
  }
})
