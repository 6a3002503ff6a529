const DAY_MS = 86_400_000

/** A natural day: days since 1970-01-01 by the local calendar. */
export type DayNumber = number

/** Calendar arithmetic in one time zone; times are milliseconds since 1970 UTC. */
export interface Zone {
  /** The natural day of a moment. */
  dayOf(time: number): DayNumber
  /** The moment at which a natural day begins. */
  startOf(day: DayNumber): number
  /** Local time minus UTC at a moment, in milliseconds. */
  offset(time: number): number
}

/**
 * @throws RangeError when the time zone is not an IANA name that the runtime knows.
 */
export function createZone(timeZone: string): Zone {
  if (timeZone === 'UTC')
    return { dayOf: (time) => Math.floor(time / DAY_MS), startOf: (day) => day * DAY_MS, offset: () => 0 }
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
  return { dayOf, startOf, offset }
}
