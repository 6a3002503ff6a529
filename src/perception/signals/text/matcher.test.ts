import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildMatcher } from './matcher.ts'

type Hit = [term: number, start: number, end: number]

function found(terms: string[], text: string): Hit[] {
  const hits: Hit[] = []
  buildMatcher(terms).scan(text, (term, start, end) => {
    hits.push([term, start, end])
    return undefined
  })
  return hits.sort(order)
}

function order(a: Hit, b: Hit): number {
  return a[1] - b[1] || a[2] - b[2] || a[0] - b[0]
}

function bruteForce(terms: string[], text: string): Hit[] {
  const hits: Hit[] = []
  terms.forEach((term, index) => {
    if (term === '') return
    for (let at = text.indexOf(term); at >= 0; at = text.indexOf(term, at + 1)) hits.push([index, at, at + term.length])
  })
  return hits.sort(order)
}

test('finds exactly what a search for every single term finds', () => {
  const small = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '最', '好', '\0', '\ud83d', '\udc4d'), maxLength: 5 })
  const long = fc.string({
    unit: fc.constantFrom('a', 'b', 'c', 'x', '最', '好', '\0', '\ud83d', '\udc4d'),
    maxLength: 60,
  })
  fc.assert(
    fc.property(fc.array(small, { maxLength: 40 }), long, (terms, text) => {
      expect(found(terms, text)).toEqual(bruteForce(terms, text))
    }),
    { numRuns: 1500 },
  )
})

test('finds exactly the same over a wide alphabet and many terms', () => {
  const unit = fc.integer({ min: 0, max: 400 }).map((n) => String.fromCharCode(n < 100 ? n : 0x4e00 + n))
  fc.assert(
    fc.property(fc.array(fc.string({ unit, maxLength: 4 }), { minLength: 200, maxLength: 600 }), (terms) => {
      const text = terms.join('')
      expect(found(terms, text)).toEqual(bruteForce(terms, text))
    }),
    { numRuns: 15 },
  )
})

test('a list without terms and an empty text give no hits', () => {
  expect(found([], 'abc')).toEqual([])
  expect(found([''], 'abc')).toEqual([])
  expect(found(['a'], '')).toEqual([])
})

test('stops when the visitor says so', () => {
  let calls = 0
  buildMatcher(['a']).scan('aaaa', () => ++calls < 2)
  expect(calls).toBe(2)
})

test('100,000 terms build in seconds and are all found', () => {
  const terms: string[] = []
  let seed = 7
  const next = (limit: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648
    return seed % limit
  }
  for (let i = 0; i < 100_000; i++) {
    let term = ''
    for (let n = 3 + next(6); n > 0; n--) term += String.fromCharCode(i % 2 === 0 ? 97 + next(26) : 0x4e00 + next(3000))
    terms.push(term)
  }
  const started = performance.now()
  const matcher = buildMatcher(terms)
  expect(performance.now() - started).toBeLessThan(60_000)
  const seen = new Set<number>()
  matcher.scan(terms.slice(0, 2000).join('|'), (term) => {
    seen.add(term)
    return undefined
  })
  for (let i = 0; i < 2000; i++) expect(seen.has(i)).toBe(true)
})
