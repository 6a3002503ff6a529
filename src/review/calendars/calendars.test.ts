import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hour, parseTime } from '../../kernel/time.ts'
import { alwaysOpen, type CalendarDefinition, compileCalendar, weekdays } from './index.ts'

const workdays = (zone: string, span = '09:00-17:30', rest: Partial<CalendarDefinition> = {}): CalendarDefinition => ({
  id: 'test',
  title: { zh: '测试', en: 'Test' },
  zone,
  hours: { mon: [span], tue: [span], wed: [span], thu: [span], fri: [span] },
  ...rest,
})
const calendars = [
  compileCalendar(workdays('Asia/Shanghai', '09:00-18:00', { holidays: ['2026-10-01'], workdays: ['2026-10-10'] })),
  compileCalendar(workdays('Europe/Berlin')),
  compileCalendar(workdays('America/New_York')),
  compileCalendar({
    ...workdays('Europe/Berlin'),
    hours: { sat: ['00:00-24:00'], sun: ['00:00-02:30', '02:45-24:00'], mon: ['22:00-24:00'] },
  }),
  alwaysOpen,
]
const at = (text: string): number => parseTime(text) ?? Number.NaN
/** Minutes of 2026, which hold every holiday, weekend and change of the clocks. */
const moment = fc.integer({ min: 0, max: 365 * 1440 }).map((minutes) => at('2026-01-01') + minutes * 60_000_000)
const amount = fc.integer({ min: 0, max: 200 * 60 }).map((minutes) => minutes * 60_000_000)
const calendar = fc.constantFrom(...calendars)

describe('business time', () => {
  test('is additive: adding a and then b is adding a + b', () => {
    fc.assert(
      fc.property(calendar, moment, amount, amount, (time, from, a, b) => {
        expect(time.add(time.add(from, a), b)).toBe(time.add(from, a + b))
      }),
    )
  })
  test('is monotone in the start and in the amount', () => {
    fc.assert(
      fc.property(calendar, moment, moment, amount, amount, (time, x, y, a, b) => {
        expect(time.add(Math.min(x, y), a)).toBeLessThanOrEqual(time.add(Math.max(x, y), a))
        expect(time.add(x, Math.min(a, b))).toBeLessThanOrEqual(time.add(x, Math.max(a, b)))
        expect(time.add(x, a)).toBeGreaterThanOrEqual(x + a)
      }),
    )
  })
  test('between is what add has added, and splits at any moment', () => {
    fc.assert(
      fc.property(calendar, moment, amount, moment, (time, from, a, middle) => {
        const end = time.add(from, a)
        expect(time.between(from, end)).toBe(a)
        const cut = Math.min(Math.max(middle, from), end)
        expect(time.between(from, cut) + time.between(cut, end)).toBe(a)
      }),
    )
  })
})

describe('working days', () => {
  test('add up, skip what is free, and keep the time of day across changes of the clocks', () => {
    const days = fc.integer({ min: 0, max: 60 })
    fc.assert(
      fc.property(fc.constantFrom(...calendars.slice(0, 3)), moment, days, days, (time, from, a, b) => {
        expect(time.addDays(time.addDays(from, a), b)).toBe(time.addDays(from, a + b))
        expect(time.addDays(from, a + 1)).toBeGreaterThan(time.addDays(from, a))
      }),
    )
    const [cn, eu] = calendars
    expect(cn?.addDays(at('2026-09-30T09:00:00Z'), 1)).toBe(at('2026-10-02T09:00:00Z'))
    expect(cn?.addDays(at('2026-10-09T09:00:00Z'), 1)).toBe(at('2026-10-10T09:00:00Z'))
    expect(eu?.addDays(at('2026-03-27T16:00:00Z'), 1)).toBe(at('2026-03-30T15:00:00Z'))
    expect(weekdays.addDays(at('2026-06-05T10:00:00Z'), 2)).toBe(at('2026-06-09T10:00:00Z'))
  })
})

describe('the clocks change', () => {
  const berlin = compileCalendar({
    ...workdays('Europe/Berlin'),
    hours: { sat: ['00:00-24:00'], sun: ['00:00-24:00'] },
  })
  test('a day in spring has 23 hours, one in autumn 25', () => {
    const length = (day: string, next: string) =>
      berlin.between(at(`${day}T00:00:00+00:00`) - 2 * hour, at(`${next}T00:00:00Z`) + 2 * hour)
    expect(berlin.between(at('2026-03-28T23:00:00Z'), at('2026-03-29T22:00:00Z'))).toBe(23 * hour)
    expect(berlin.between(at('2026-10-24T22:00:00Z'), at('2026-10-25T23:00:00Z'))).toBe(25 * hour)
    expect(length('2026-07-04', '2026-07-06')).toBe(48 * hour)
  })
  test('nine o’clock stays nine o’clock', () => {
    const [, office] = [0, compileCalendar(workdays('Europe/Berlin'))]
    expect(office.isOpen(at('2026-03-27T08:00:00Z'))).toBe(true)
    expect(office.isOpen(at('2026-03-30T07:00:00Z'))).toBe(true)
    expect(office.isOpen(at('2026-03-30T06:59:00Z'))).toBe(false)
    expect(office.add(at('2026-03-27T16:00:00Z'), hour)).toBe(at('2026-03-30T07:30:00Z'))
  })
})

test('holidays are free and compensation days are worked', () => {
  const cn = calendars[0]
  expect(cn?.isOpen(at('2026-10-01T02:00:00Z'))).toBe(false)
  expect(cn?.isOpen(at('2026-10-10T02:00:00Z'))).toBe(true)
  expect(cn?.isOpen(at('2026-10-11T02:00:00Z'))).toBe(false)
  expect(cn?.add(at('2026-09-30T09:00:00Z'), 2 * hour)).toBe(at('2026-10-02T02:00:00Z'))
})

test('hours that overlap and calendars that never open are refused', () => {
  expect(() => compileCalendar({ ...workdays('UTC'), hours: { mon: ['09:00-12:00', '11:00-13:00'] } })).toThrow(
    /overlap/,
  )
  expect(() => compileCalendar({ ...workdays('UTC'), hours: {} })).toThrow(/never opens/)
  expect(() => compileCalendar(workdays('Mars/Olympus'))).toThrow(RangeError)
})
