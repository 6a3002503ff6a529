import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { begunWithin, erlangC, forecastBreaches, lateCases, staffNeeded, type Workload } from './index.ts'

describe('Erlang C', () => {
  test('gives the published values', () => {
    // One server is the M/M/1 queue: the chance to wait is the load. The others are from tables of Erlang C.
    expect(erlangC(0.8, 1)).toBeCloseTo(0.8, 10)
    expect(erlangC(1, 2)).toBeCloseTo(1 / 3, 10)
    expect(erlangC(10, 11)).toBeCloseTo(0.6821, 3)
    expect(erlangC(5, 4)).toBe(1)
  })
  test('falls with people and rises with load', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 60, noNaN: true }), fc.integer({ min: 1, max: 80 }), (load, people) => {
        expect(erlangC(load, people + 1)).toBeLessThanOrEqual(erlangC(load, people) + 1e-12)
        expect(erlangC(load * 1.1, people)).toBeGreaterThanOrEqual(erlangC(load, people) - 1e-12)
      }),
    )
  })
  test('the staffing is the least that meets target and rest', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 300, noNaN: true }),
        fc.double({ min: 0.01, max: 0.4, noNaN: true }),
        fc.double({ min: 0.5, max: 72, noNaN: true }),
        (perHour, handling, within) => {
          const need = staffNeeded({ perHour, handling, within })
          const slack = within - handling
          expect(need.occupancy).toBeLessThanOrEqual(0.85 + 1e-9)
          expect(need.inTime).toBeGreaterThanOrEqual(0.95)
          const fewer = need.people - 1
          const tooFew =
            fewer === 0 || need.load / fewer > 0.85 || begunWithin(need.load, fewer, { within: slack, handling }) < 0.95
          expect(tooFew).toBe(true)
        },
      ),
    )
  })
  test('nothing arrives, nobody is needed', () => {
    expect(staffNeeded({ perHour: 0, handling: 0.1, within: 4 })).toEqual({
      load: 0,
      people: 0,
      occupancy: 0,
      inTime: 1,
    })
  })
})

describe('the forecast', () => {
  const work = fc.record({
    overdue: fc.integer({ min: 0, max: 50 }),
    dueIn: fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 8, maxLength: 8 }),
    arrivals: fc.array(
      fc.record({
        perHour: fc.double({ min: 0, max: 20, noNaN: true }),
        dueAfter: fc.double({ min: 0.5, max: 72, noNaN: true }),
      }),
      { maxLength: 4 },
    ),
    throughput: fc.double({ min: 0, max: 100, noNaN: true }),
  })
  const breaches = (of: Workload) => forecastBreaches(of).map((hour) => hour.breaches)

  test('names no more breaches than cases that become due, never fewer later than earlier', () => {
    fc.assert(
      fc.property(work, (of) => {
        let due = 0
        let before = 0
        for (const [index, found] of forecastBreaches(of).entries()) {
          due += of.dueIn[index] ?? 0
          const fresh = of.arrivals.reduce(
            (sum, kind) => sum + kind.perHour * Math.max(0, index + 1 - kind.dueAfter),
            0,
          )
          expect(found.breaches).toBeLessThanOrEqual(due + fresh + 1e-9)
          expect(found.breaches).toBeGreaterThanOrEqual(before)
          before = found.breaches
        }
      }),
    )
  })
  test('falls with throughput and rises with work', () => {
    fc.assert(
      fc.property(work, fc.double({ min: 0, max: 50, noNaN: true }), (of, more) => {
        const base = breaches(of)
        const faster = breaches({ ...of, throughput: of.throughput + more })
        const later = breaches({ ...of, overdue: of.overdue + more })
        for (const [index, value] of base.entries()) {
          expect(faster[index]).toBeLessThanOrEqual(value + 1e-9)
          expect(later[index]).toBeGreaterThanOrEqual(value - 1e-9)
        }
      }),
    )
  })
  test('nobody working: all that becomes due is late; nothing due: nothing is late', () => {
    expect(breaches({ overdue: 0, dueIn: [3, 0, 2], arrivals: [], throughput: 0 })).toEqual([3, 3, 5])
    expect(breaches({ overdue: 9, dueIn: [0, 0], arrivals: [], throughput: 0 })).toEqual([0, 0])
    expect(breaches({ overdue: 0, dueIn: [3, 3], arrivals: [], throughput: 3 })).toEqual([0, 0])
  })
})

describe('the mark of a case', () => {
  const queue = fc.record({
    overdue: fc.integer({ min: 0, max: 20 }),
    due: fc
      .array(fc.double({ min: 0.01, max: 8, noNaN: true }), { maxLength: 40 })
      .map((all) => all.toSorted((a, b) => a - b)),
    throughput: fc.integer({ min: 0, max: 12 }),
  })
  test('is set for exactly those who would be late when worked off in order of due time', () => {
    fc.assert(
      fc.property(queue, ({ overdue, due, throughput }) => {
        const marks = lateCases({ overdue, arrivals: [], throughput }, due)
        for (const [index, hours] of due.entries()) {
          const doneAt = throughput === 0 ? Number.POSITIVE_INFINITY : (overdue + index + 1) / throughput
          // At the very moment it is a matter of rounding.
          if (Math.abs(doneAt - hours) > 1e-9) expect(marks[index] !== null).toBe(doneAt > hours)
        }
      }),
    )
  })
  test('is set for nobody where the forecast has no breach, and falls with throughput', () => {
    fc.assert(
      fc.property(queue, ({ overdue, due, throughput }) => {
        const count = (pace: number) =>
          lateCases({ overdue, arrivals: [], throughput: pace }, due).filter((mark) => mark !== null).length
        expect(count(throughput + 1)).toBeLessThanOrEqual(count(throughput))
        expect(count(0)).toBe(due.length)
        const needed = Math.max(0, ...due.map((hours, index) => (overdue + index + 1) / hours))
        expect(count(needed + 1)).toBe(0)
      }),
    )
  })
  test('new cases that are due before it push it back', () => {
    const arrivals = [{ perHour: 2, dueAfter: 1 }]
    expect(lateCases({ overdue: 0, arrivals: [], throughput: 1 }, [3])).toEqual([null])
    expect(lateCases({ overdue: 0, arrivals, throughput: 1 }, [3])).toEqual([{ demand: 5, supply: 3 }])
  })
})
