import { expect, test } from 'vitest'
import { compileLexicon, compileLinear, compileList, compileSignal, isDefinitionError, readGrams } from './index.ts'

const file = {
  id: 'm',
  kind: 'linear',
  bias: -1,
  weights: '4 subscribe\n6 my channel\n3 <link>\n-5 thank you\n2 <shout>\n',
}
const names = (text: string) => readGrams(text).map((gram) => gram.name)

test('grams are words, neighbours and classes, each once and at its place in the original text', () => {
  expect(names('Get $50 at www.x.com now!!! 20%')).toEqual(
    expect.arrayContaining(['get', '<money>', '<link>', '<!!!>', '<percent>', 'get <money>']),
  )
  const text = 'Ｐlease  VISIT my\u200b channel, my channel'
  const grams = readGrams(text)
  const pair = grams.find((gram) => gram.name === 'my channel')
  expect(text.slice(pair?.start, pair?.end)).toBe('my\u200b channel')
  expect(grams.filter((gram) => gram.name === 'channel')).toHaveLength(1)
  expect(names(text)).toContain('<shout>')
  expect(names('nice song')).not.toContain('<shout>')
})

test('the score is the logistic function of the weights over the root of the number of grams', () => {
  const model = compileLinear(file)
  const text = 'subscribe my channel'
  const grams = readGrams(text).length
  expect(model.score(text).value).toBeCloseTo(1 / (1 + Math.exp(-(-1 + 10 / Math.sqrt(grams)))), 4)
  expect(model.score('').value).toBeCloseTo(1 / (1 + Math.E), 4)
  expect(model.score('thank you').value).toBeLessThan(0.2)
})

test('a score signal shows the strongest reasons on the original text, takes the highest field and is NULL without text', () => {
  const lexicon = compileLexicon(file)
  const context = { lexicons: new Map([['m', lexicon]]), lists: new Map() }
  const signal = compileSignal({ id: 's', kind: 'score', lexicon: 'm', fields: ['title', 'text'] }, context)
  expect(signal.column.type).toBe('DOUBLE')
  const row: Record<string, string> = { title: 'thank you', text: 'Please subscribe to MY channel' }
  const reading = signal.evaluate((column) => row[column] ?? null, 0)
  expect(reading.value).toBeGreaterThan(0.5)
  expect(reading.evidence).toEqual([
    { field: 'text', start: 20, end: 30, text: 'MY channel', term: 'my channel +6' },
    { field: 'text', start: 7, end: 16, text: 'subscribe', term: 'subscribe +4' },
  ])
  expect(signal.evaluate(() => null, 0)).toEqual({ value: null, evidence: [] })
})

test('a broken model is refused with the line, and a list of terms is no model', () => {
  try {
    compileLinear({ ...file, weights: '1 good\nbad\n', colour: 'red' })
    expect.unreachable()
  } catch (error) {
    if (!isDefinitionError(error)) throw error
    expect(error.problems.map((problem) => problem.field)).toEqual(['colour', 'weights, line 2'])
  }
  const terms = compileLexicon({ id: 't', entries: [{ term: 'x1' }] })
  const context = { lexicons: new Map([['t', terms]]), lists: new Map() }
  expect(() => compileSignal({ id: 's', kind: 'score', lexicon: 't', fields: 'text' }, context)).toThrow(/not a model/)
})

test.each(['a.', 'a.a@', '$1', 'x ', '!', 'http://', '<'])(
  '100,000 characters of "%s" are read in linear time',
  (unit) => {
    const text = unit.repeat(Math.floor(100_000 / unit.length))
    const started = performance.now()
    readGrams(text)
    expect(performance.now() - started).toBeLessThan(30_000)
  },
)

test('a list may give its reason in two languages', () => {
  const list = compileList({ id: 'l', owner: 'o', reason: { zh: '原因', en: 'reason' }, entries: ['abc'] })
  expect(list.find('ABC', 0)?.value).toBe('abc')
})
