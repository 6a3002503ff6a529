import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { binomialTail, median, poissonLowerTail, stabilityIndex, stabilityNoise } from './statistics.ts'

/** Binomial probabilities added up, from the recurrence of Pascal's triangle. */
function addedTail(hits: number, trials: number, rate: number): number {
  let chances = [1]
  for (let trial = 0; trial < trials; trial++)
    chances = [...chances, 0].map((chance, index) => chance * (1 - rate) + (chances[index - 1] ?? 0) * rate)
  return chances.slice(hits).reduce((sum, chance) => sum + chance, 0)
}

test('the binomial tail is the sum of the probabilities from the hits on', () => {
  expect(binomialTail(5, 5, 0.5)).toBeCloseTo(1 / 32, 12)
  expect(binomialTail(0, 9, 0.2)).toBe(1)
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      fc.nat(),
      (trials, rate, any) => {
        const hits = any % (trials + 1)
        expect(binomialTail(hits, trials, rate)).toBeCloseTo(addedTail(hits, trials, rate), 9)
      },
    ),
  )
})

const counts = fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 2, maxLength: 12 })
const pairs = counts.chain((a) =>
  fc.tuple(fc.constant(a), fc.array(fc.integer({ min: 0, max: 500 }), { minLength: a.length, maxLength: a.length })),
)
const some = (values: readonly number[]) => values.some((value) => value > 0)

describe('the population stability index', () => {
  test('is symmetric, never negative, and 0 for equal histograms', () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        fc.pre(some(a) && some(b))
        const index = stabilityIndex(a, b) ?? Number.NaN
        expect(index).toBeGreaterThanOrEqual(-1e-12)
        expect(index).toBeCloseTo(stabilityIndex(b, a) ?? Number.NaN, 10)
        expect(stabilityIndex(a, a)).toBeCloseTo(0, 12)
      }),
    )
  })

  test('is what the formula gives by hand, and null where nothing can be compared', () => {
    const share = (count: number) => (count + 0.5) / (100 + 1)
    const byHand =
      (share(90) - share(50)) * Math.log(share(90) / share(50)) +
      (share(10) - share(50)) * Math.log(share(10) / share(50))
    expect(stabilityIndex([50, 50], [90, 10])).toBeCloseTo(byHand, 12)
    expect([stabilityIndex([], []), stabilityIndex([0, 0], [1, 2]), stabilityIndex([1], [1, 2])]).toEqual([
      null,
      null,
      null,
    ])
  })

  test('exceeds its own noise in about one of twenty samples of an unchanged population', () => {
    let seed = 1
    const random = () => {
      seed = (seed * 48271) % 2147483647
      return seed / 2147483647
    }
    const sample = (size: number) => {
      const bins = new Array<number>(10).fill(0)
      for (let i = 0; i < size; i++) bins[Math.floor(random() * 10)]!++
      return bins
    }
    let above = 0
    for (let i = 0; i < 1000; i++)
      if ((stabilityIndex(sample(400), sample(300)) ?? 0) > stabilityNoise(10, 400, 300)) above++
    expect(above).toBeGreaterThan(20)
    expect(above).toBeLessThan(90)
  })
})

test('the lower tail of a Poisson count is bounded from above by what is given', () => {
  const exact = (count: number, mean: number) => {
    let term = Math.exp(-mean)
    let total = term
    for (let k = 1; k <= count; k++) {
      term *= mean / k
      total += term
    }
    return total
  }
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 60 }), fc.double({ min: 0.1, max: 80, noNaN: true }), (count, mean) => {
      expect(poissonLowerTail(count, mean)).toBeGreaterThanOrEqual(Math.min(1, exact(count, mean)) - 1e-9)
    }),
  )
})

test('the median is the middle of what there is', () => {
  expect([median([]), median([3]), median([9, 1, 5]), median([4, 1, 3, 2])]).toEqual([null, 3, 5, 2.5])
})
