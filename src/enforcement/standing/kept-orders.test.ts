import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createZone } from './calendar.ts'
import { duePeriods } from './kept-orders.ts'
import { DAY_MS, type KeptOrders } from './model.ts'

const rule = fc.record({
  class: fc.constant('orders-kept'),
  every: fc.constantFrom('week', 'month') as fc.Arbitrary<KeptOrders['every']>,
  afterDays: fc.integer({ min: 0, max: 60 }),
})
const zone = fc.constantFrom('UTC', 'Asia/Shanghai', 'America/New_York').map(createZone)
const moment = fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2027, 0, 1) })

test('periods follow each other without gap or overlap, each once, however often and late one looks', () => {
  fc.assert(
    fc.property(
      rule,
      zone,
      moment,
      fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 12 }),
      (kept, where, start, steps) => {
        let now = start
        let filedTo: number | null = null
        const filed = []
        for (const days of steps) {
          for (;;) {
            const due = duePeriods(kept, where, { filedTo, now })
            if (due.length === 0) break
            for (const period of due) {
              expect(period.settled).toBeLessThanOrEqual(now)
              expect(period.to).toBeGreaterThan(period.from)
              if (filedTo !== null) expect(period.from).toBe(filedTo)
              filedTo = period.to
              filed.push(period.id)
            }
          }
          now += days * DAY_MS
        }
        expect(new Set(filed).size).toBe(filed.length)
      },
    ),
    { numRuns: 200 },
  )
})

test('a month of the zone of the ladder is counted when its refunds are over; the first run takes the newest alone', () => {
  const kept: KeptOrders = { class: 'orders-kept', every: 'month', afterDays: 15 }
  const shanghai = createZone('Asia/Shanghai')
  const due = (now: number, filedTo: number | null = null) =>
    duePeriods(kept, shanghai, { filedTo, now }).map((period) => period.id)
  const may = Date.UTC(2026, 3, 30, 16)
  expect(due(Date.UTC(2026, 5, 15, 15, 59))).toEqual(['2026-04-01'])
  expect(due(Date.UTC(2026, 5, 15, 16))).toEqual(['2026-05-01'])
  expect(due(Date.UTC(2026, 7, 20), may)).toEqual(['2026-05-01', '2026-06-01', '2026-07-01'])
})
