import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldText, normalise } from './normalise.ts'
import { originalSpan } from './view.ts'
import { tighten, viewsOf } from './views.ts'

const oddUnit = fc.oneof(
  fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
  fc.constantFrom(
    '\u0301',
    '\u200b',
    '\u3099',
    'ﾞ',
    'ｶ',
    'か',
    '가',
    'ᄀ',
    'ᅡ',
    'ᆨ',
    'ㅋ',
    'İ',
    'ß',
    'ﷺ',
    '´',
    ' ',
    '\t',
    'а',
    'p',
    'ж',
  ),
  fc.constantFrom(
    '國',
    '最',
    '好',
    '·',
    ',',
    '。',
    'f',
    'r',
    '.',
    '0',
    '1',
    '\ufe0f',
    '\u20e3',
    '𝐀',
    '👍',
    '\u0000',
    '\ud800',
    'ϊ',
    'й',
    '①',
  ),
  fc.string({ unit: 'binary', maxLength: 2 }),
)
const oddText = fc.string({ unit: oddUnit, maxLength: 24 })

test('normalising a normalised text changes nothing', () => {
  fc.assert(
    fc.property(oddText, (text) => {
      const once = foldText(text)
      expect(foldText(once)).toBe(once)
    }),
    { numRuns: 20_000 },
  )
})

test('the quick way to fold ASCII gives the text of the plain view', () => {
  const unit = fc.oneof(
    fc.integer({ min: 0, max: 130 }).map((code) => String.fromCharCode(code)),
    fc.constantFrom(' ', 'A', 'z'),
  )
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 16 }), (text) => {
      expect(foldText(text)).toBe(normalise(text).text)
    }),
    { numRuns: 20_000 },
  )
})

test('every span of every view comes from a non-empty span of the original that makes the same text again', () => {
  fc.assert(
    fc.property(oddText, (text) => {
      for (const view of viewsOf(text, ['plain', 'tight', 'leet', 'squeezed'])) {
        let last = 0
        for (let i = 0; i < view.text.length; i++) {
          const [start, end] = originalSpan(view, i, i + 1)
          expect(start).toBeLessThan(end)
          expect(end).toBeLessThanOrEqual(text.length)
          expect(start).toBeGreaterThanOrEqual(last)
          last = start
        }
      }
    }),
    { numRuns: 5000 },
  )
})

test('the original span of a character normalises to a text that holds that character', () => {
  const letters = fc.string({
    unit: fc.constantFrom('Ａ', 'é', 'e\u0301', '國', '最', ' ', '·', '㎏', '①', 'İ', '𝐀', '👍', 'ｶﾞ', '한', 'Z'),
    maxLength: 20,
  })
  fc.assert(
    fc.property(letters, (text) => {
      for (const view of viewsOf(text, ['plain', 'tight'])) {
        for (let i = 0; i < view.text.length; i++) {
          const [start, end] = originalSpan(view, i, i + 1)
          expect(foldText(text.slice(start, end))).toContain(view.text[i])
        }
      }
    }),
    { numRuns: 3000 },
  )
})

test.each([
  ['ＦＲＥＥ　ＧＩＦＴ', 'free gift'],
  ['國家級工藝', '国家级工艺'],
  ['Café ÑANDÚ Ⓥⓘⓐ', 'cafe nandu via'],
  ['we\u200bch\u00adat', 'wechat'],
  ['\u202eabc', 'abc'],
  ['𝓿𝓲𝓪𝓰𝓻𝓪', 'viagra'],
  ['vіаgrа', 'viagra'],
  ['ѕсам', 'sсam'.replace('с', 'c')],
  ['купить сор', 'купить сор'],
  ['ΑΒС shop', 'abc shop'],
  ['1️⃣3️⃣8️⃣', '138'],
  ['❶➂🅰🇧', '13ab'],
  ['two   spaces\n\tone', 'two spaces one'],
  ['ｶﾞﾗｽ', 'ガラス'],
  ['z̴̢a̵l̶g̷o̸', 'zalgo'],
])('%s reads as %s', (text, expected) => {
  expect(foldText(text)).toBe(expected)
})

test.each([
  ['最 好 的 礼 物', '最好的礼物'],
  ['最·好', '最好'],
  ['最,好,的', '最好的'],
  ['面料很好,价格便宜', '面料很好,价格便宜'],
  ['f r e e gift', 'free gift'],
  ['v.i.a.g.r.a', 'viagra'],
  ['a b', 'a b'],
  ['3 - 5 天', '3 - 5 天'],
])('%s is tightened to %s', (text, expected) => {
  expect(tighten(normalise(text)).text).toBe(expected)
})

test('leet and squeezed views exist only where the text has such words', () => {
  expect(viewsOf('cheap fr33 v1agra', ['leet']).map((view) => view.text)).toEqual([
    'cheap free viagra',
    'cheap free vlagra',
  ])
  expect(viewsOf('freeeee money', ['squeezed']).map((view) => view.text)).toEqual(['fre money', 'free money'])
  expect(viewsOf('good 100', ['plain', 'tight', 'leet', 'squeezed'])).toHaveLength(1)
})
