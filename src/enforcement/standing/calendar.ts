import { DAY_MS, type Ledger } from './model.ts'

/** A natural day: days since 1970-01-01 by the local calendar. */
export type DayNumber = number

/** Calendar arithmetic in one time zone; times are milliseconds since 1970 UTC. */
export interface Zone {
  /** The natural day of a moment. */
  dayOf(time: number): DayNumber
  /** The moment at which a natural day begins. */
  startOf(day: DayNumber): number
}

/**
 * @throws RangeError when the time zone is not an IANA name that the runtime knows.
 */
export function createZone(timeZone: string): Zone {
  if (timeZone === 'UTC') return { dayOf: (time) => Math.floor(time / DAY_MS), startOf: (day) => day * DAY_MS }
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  const offset = (time: number): number => {
    const parts = new Map(format.formatToParts(time).map((part) => [part.type, Number(part.value)]))
    const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0
    const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
    return local - Math.floor(time / 1000) * 1000
  }
  const dayOf = (time: number): DayNumber => Math.floor((time + offset(time)) / DAY_MS)
  const startOf = (day: DayNumber): number => {
    // The offset just before midnight may differ from the one after it; the later guess settles it.
    const guess = day * DAY_MS - offset(day * DAY_MS)
    const start = day * DAY_MS - offset(guess)
    return dayOf(start) === day ? start : guess
  }
  return { dayOf, startOf }
}

/** `YYYY-MM-DD` of a natural day. */
export function formatDay(day: DayNumber): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10)
}

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
const MONTHS = { month: 1, quarter: 3, year: 12 } as const

/** The day on which a calendar ledger is reset, for the period that contains month `index` (months since 1970). */
function resetDay(expiry: Ledger['expiry'], index: number): DayNumber {
  const length = MONTHS[expiry.every ?? 'year']
  const next = Math.floor(index / length) * length + length
  const periodEnd = Date.UTC(1970, next, 1) / DAY_MS
  if (expiry.lastWeekday === undefined) return periodEnd
  const lastDay = periodEnd - 1
  const weekday = (((lastDay + 4) % 7) + 7) % 7
  return lastDay - ((weekday - WEEKDAYS.indexOf(expiry.lastWeekday) + 7) % 7)
}

/** The first reset of a calendar ledger strictly after `time`: the end of the period, or the start of its last weekday. */
export function nextReset(expiry: Ledger['expiry'], zone: Zone, time: number): number {
  const date = new Date(zone.dayOf(time) * DAY_MS)
  const index = (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth()
  const reset = zone.startOf(resetDay(expiry, index))
  return reset > time ? reset : zone.startOf(resetDay(expiry, index + MONTHS[expiry.every ?? 'year']))
}
