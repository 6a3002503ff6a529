import { day, hour } from './time.ts'

/** When people work in a place. Holidays are dates there (`YYYY-MM-DD`); a weekday on which people make up for one is a `workday`. */
export interface WorkCalendar {
  /** IANA time zone. */
  readonly zone: string
  readonly holidays?: ReadonlySet<string>
  readonly workdays?: ReadonlySet<string>
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** The date in `zone` at a moment in microseconds, as `YYYY-MM-DD`. */
export function localDate(micros: number, zone: string): string {
  let format = formats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
    formats.set(zone, format)
  }
  return format.format(new Date(micros / 1000))
}

/** True when people work in that place at that moment's date: Monday to Friday but for holidays, and the days made up for. */
export function isWorkingDay(micros: number, { zone, holidays, workdays }: WorkCalendar): boolean {
  const date = localDate(micros, zone)
  if (workdays?.has(date)) return true
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay()
  return weekday !== 0 && weekday !== 6 && !holidays?.has(date)
}

/**
 * The moment `days` working days after `from`: same time of day, on the last of them. The day of `from` itself does not count
 * (Regulation (EEC) 1182/71 art. 3; 民法典 art. 201), so 1 working day from a Friday ends on Monday.
 * @throws RangeError for a number of days that is negative or no integer.
 */
export function addWorkingDays(from: number, days: number, calendar: WorkCalendar): number {
  if (!Number.isInteger(days) || days < 0) throw new RangeError(`${days} is not a number of working days`)
  let at = from
  for (let left = days; left > 0; ) {
    at = nextDay(at, calendar.zone)
    if (isWorkingDay(at, calendar)) left--
  }
  return at
}

/** The same clock time on the next date of the zone, also where a clock change makes a day 23 or 25 hours long. */
function nextDay(micros: number, zone: string): number {
  const date = localDate(micros, zone)
  const next = micros + day
  const shift = offsetOf(micros, zone) - offsetOf(next, zone)
  const moved = next + shift
  return localDate(moved, zone) === date ? next + hour : moved
}

/** Microseconds that the zone is ahead of UTC at a moment. */
function offsetOf(micros: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(new Date(micros / 1000))
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0)
  const local = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'))
  return (local - Math.floor(micros / 1_000_000) * 1000) * 1000
}
