import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { day, hour } from '../../kernel/time.ts'
import { severities } from '../../vocabulary/verdicts.ts'
import { priorCredibility } from '../cases/index.ts'
import { plainRouting } from '../queues/index.ts'
import { type Arrival, compare, defaultAssumptions, policies, simulate } from './index.ts'
import { hire, onShift } from './staff.ts'

const start = 1_800_000_000_000_000
/** A burst in the first day and a trickle after it. */
const arrivals: Arrival[] = Array.from({ length: 90 }, (_, index) => {
  const severity = severities[index % 4] ?? 'S4'
  const at = start + (index < 60 ? index * 0.2 : (index - 57) * 6) * hour
  return {
    row: {
      case_id: `c${index}`,
      at,
      queue: 'q',
      severity,
      subject_type: 'listing',
      subject_id: `l${index}`,
      title: '',
      party_type: null,
      party_id: null,
      site: null,
      markets: '[]',
      verdict: 'review',
      policies: '[]',
      strategies: '["p/s@1"]',
      due_at: at,
      position: index,
      decision_id: `d${index}`,
      cause: '',
    },
    facts: { language: null, source: 'strategy:p/s', reach: 1 + (index % 7) * 40 },
    truth: index % 5 === 0 ? 0 : 1,
  }
})
const input = {
  arrivals,
  routing: plainRouting,
  credibilityOf: priorCredibility,
  assumptions: { ...defaultAssumptions, reviewers: 3 },
}

describe('a simulation', () => {
  test('is the same for the same seed and another for another', () => {
    const run = (seed: number) => simulate(input, { seed, policy: 'priority', copies: 4 })
    expect(run(5)).toEqual(run(5))
    expect(run(6)).not.toEqual(run(5))
  })
  test('neither loses nor invents a case, and every policy has the same cases, harm and work before it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 6 }), (seed, copies) => {
        const runs = policies.map((policy) => simulate(input, { seed, policy, copies }))
        for (const { outcomes } of runs) {
          expect(outcomes.length).toBe(arrivals.length * copies)
          for (const { wait, harm, prevented } of outcomes) {
            expect(wait).toBeGreaterThan(0)
            expect(prevented).toBeLessThanOrEqual(harm)
            expect(prevented).toBeGreaterThanOrEqual(0)
          }
        }
        const total = runs.map(({ outcomes }) => Math.round(outcomes.reduce((sum, one) => sum + one.harm, 0)))
        expect(new Set(total).size).toBe(1)
      }),
      { numRuns: 8 },
    )
  })
  test('with time to spare all policies do the same; when it is short, priority prevents more than first in, first out', () => {
    const idle = compare({ ...input, assumptions: { ...input.assumptions, occupancy: 0.02, reviewers: 12 } }, [1, 2])
    expect(idle.policies.fifo.kept.mean).toBeGreaterThan(0.5)
    const tight = compare(input, [1, 2, 3])
    expect(tight.against.fifo.prevented.low).toBeGreaterThan(0)
    expect(tight.groups.reduce((sum, group) => sum + (/^S/.test(group.group) ? group.cases : 0), 0)).toBe(tight.cases)
  })
  test('people work eight hours on five days of seven, and somebody can take everything in each shift', () => {
    const staff = hire(9, input)
    for (const person of staff) {
      let worked = 0
      for (let at = start - (start % day); at < start - (start % day) + 7 * day; at += hour / 2)
        if (onShift(person, at) === at) worked++
      expect([person.id, worked / 2]).toEqual([person.id, 40])
    }
    expect(new Set(staff.slice(0, 3).map((person) => person.from)).size).toBe(3)
  })
})
