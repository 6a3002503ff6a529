import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../../kernel/stable-hash.ts'
import { bootstrapped, cohenKappa, krippendorffAlpha } from './agreement.ts'
import { isDrawn, stratifiedShare } from './sampling.ts'

const answers = ['allow', 'remove', 'label'] as const
const answer = fc.constantFrom(...answers)

test('κ of the published example: 50 grants, two readers, 20/15 agreed, κ = 0.4', () => {
  const times = (n: number, pair: [string, string]) => Array.from({ length: n }, () => pair)
  const pairs = [
    ...times(20, ['yes', 'yes']),
    ...times(5, ['yes', 'no']),
    ...times(10, ['no', 'yes']),
    ...times(15, ['no', 'no']),
  ]
  expect(cohenKappa(pairs)).toBeCloseTo(0.4, 12)
})

test("α of Krippendorff's own example with gaps (four observers, nominal): 0.743", () => {
  // Krippendorff 2011, "Computing Krippendorff's alpha-reliability", section C: twelve units, gaps where an observer was silent.
  const rows = [
    ['1', '2', '3', '3', '2', '1', '4', '1', '2', null, null, null],
    ['1', '2', '3', '3', '2', '2', '4', '1', '2', '5', null, '3'],
    [null, '3', '3', '3', '2', '3', '4', '2', '2', '5', '1', null],
    ['1', '2', '3', '3', '2', '4', '4', '1', '2', '5', '1', null],
  ]
  const units = Array.from({ length: 12 }, (_, unit) => rows.flatMap((row) => row[unit] ?? []))
  expect(krippendorffAlpha(units)).toBeCloseTo(0.743, 3)
})

test('who agrees always has κ and α of 1, never more, and the order of the judges does not matter', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(answer, answer), { minLength: 2, maxLength: 60 }), (pairs) => {
      const same = pairs.map(([a]) => [a, a] as const)
      const varied = new Set(pairs.map(([a]) => a)).size > 1
      expect(cohenKappa(same)).toBe(varied ? 1 : null)
      expect(krippendorffAlpha(same)).toBe(varied ? 1 : null)
      const turned = pairs.map(([a, b]) => [b, a] as const)
      expect(krippendorffAlpha(turned) ?? -9).toBeCloseTo(krippendorffAlpha(pairs) ?? -9, 9)
      expect(cohenKappa(turned) ?? -9).toBeCloseTo(cohenKappa(pairs) ?? -9, 9)
      expect(cohenKappa(pairs) ?? 0).toBeLessThanOrEqual(1)
    }),
  )
})

test('answers that have nothing to do with each other have κ and α near 0, inside the interval', () => {
  const random = seededRandom(7)
  const any = () => answers[Math.floor(random() * 3)] ?? 'allow'
  const pairs = Array.from({ length: 2000 }, () => [any(), any()] as const)
  for (const measure of [cohenKappa, krippendorffAlpha] as const) {
    const { value, low, high } = bootstrapped(pairs, measure as (of: readonly (readonly [string, string])[]) => number)
    expect(Math.abs(value ?? 9)).toBeLessThan(0.06)
    expect(low ?? 9).toBeLessThanOrEqual(value ?? -9)
    expect(high ?? -9).toBeGreaterThanOrEqual(value ?? 9)
  }
})

test('a stratified sample finds the share of the whole, whatever the sampling rates of the strata', () => {
  const random = seededRandom(11)
  let covered = 0
  const rounds = 200
  for (let round = 0; round < rounds; round++) {
    const truths = [0.99, 0.8, 0.5].map((rate) => Array.from({ length: 3000 }, () => random() < rate))
    const truth = truths.flat().filter(Boolean).length / 9000
    const strata = truths.map((things, index) => {
      const rate = [0.02, 0.1, 0.05][index] ?? 0
      const drawn = things.filter((_, item) => isDrawn(`${round}.${index}.${item}`, rate))
      return { population: things.length, sampled: drawn.length, right: drawn.filter(Boolean).length }
    })
    const found = stratifiedShare(strata)
    if ((found.low ?? 1) <= truth && truth <= (found.high ?? 0)) covered++
  }
  // 95 % are expected; 200 rounds leave room of three standard errors.
  expect(covered / rounds).toBeGreaterThan(0.9)
})

test('a stratum that nobody looked at is told, not guessed; looking at everything leaves nothing to know', () => {
  const found = stratifiedShare([
    { population: 10, sampled: 10, right: 9 },
    { population: 50, sampled: 0, right: 0 },
  ])
  expect(found).toMatchObject({ value: 0.9, n: 10, unseen: 50 })
  expect([found.low, found.high]).toEqual([0.9, 0.9])
  expect(stratifiedShare([])).toEqual({ value: null, low: null, high: null, n: 0, unseen: 0 })
})

test('a larger sampling rate keeps what a smaller one drew', () => {
  fc.assert(
    fc.property(fc.string(), fc.double({ min: 0, max: 1, noNaN: true }), (id, rate) => {
      if (isDrawn(id, rate / 2)) expect(isDrawn(id, rate)).toBe(true)
      expect(isDrawn(id, 0)).toBe(false)
      expect(isDrawn(id, 1)).toBe(true)
    }),
  )
})
