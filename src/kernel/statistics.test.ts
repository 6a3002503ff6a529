import fc from 'fast-check'
import { expect, test } from 'vitest'
import { binomialTail } from './statistics.ts'

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
