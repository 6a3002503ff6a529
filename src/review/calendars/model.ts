import { type Static, Type } from '@sinclair/typebox'
import { createZone, type DayNumber, type Zone } from '../../kernel/zone.ts'

const strict = { additionalProperties: false }
const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof days)[number]

const span = Type.String({
  pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$',
  description: 'local working hours such as "09:00-18:00"; the end is after the start, at most 24:00',
})
const spans = Type.Array(span)
const dates = Type.Array(
  Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'a local day such as 2026-10-01' }),
)

/** `packs/calendars/*.yaml`: when people work in a market. */
export const calendarSchema = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,31}$', description: 'lower-case letters, digits, -' }),
    title: Type.Object({ zh: Type.String({ minLength: 1 }), en: Type.String({ minLength: 1 }) }, strict),
    zone: Type.String({ description: 'IANA time zone such as Asia/Shanghai' }),
    hours: Type.Object(Object.fromEntries(days.map((day) => [day, Type.Optional(spans)])), strict),
    holidays: Type.Optional(dates),
    /** Days that are worked although their weekday is free (compensation days in China), by the hours of Monday. */
    workdays: Type.Optional(dates),
    source: Type.Optional(Type.String()),
  },
  strict,
)
export type CalendarDefinition = Static<typeof calendarSchema> & {
  readonly hours: Partial<Record<Weekday, readonly string[]>>
}

/** Business time of one calendar. Times are microseconds since 1970 UTC, amounts microseconds of working time. */
export interface Calendar {
  readonly id: string
  readonly title: { readonly zh: string; readonly en: string }
  /** The moment at which `amount` of working time has passed since `from`. Adding a then b is adding a + b. */
  add(from: number, amount: number): number
  /**
   * The same local time, `days` working days later; the day of `from` itself does not count, so one day after any time on a
   * Friday is Monday (Regulation (EEC) 1182/71 art. 3). A start at night or on a free day keeps its time of day.
   */
  addDays(from: number, days: number): number
  /** Working time between two moments; 0 when `to` is not after `from`. */
  between(from: number, to: number): number
  isOpen(at: number): boolean
}

interface Span {
  readonly from: number
  readonly to: number
}

/** A calendar that never opens would make every due date endless: the search gives up after this many days. */
const mostDays = 3700
const minute = 60_000_000

/**
 * @throws RangeError for a zone that the runtime does not know; Error for hours that overlap or a calendar that never opens.
 */
export function compileCalendar(definition: CalendarDefinition): Calendar {
  const zone = createZone(definition.zone)
  const week = days.map((day) => parseSpans(definition, day))
  if (week.every((hours) => hours.length === 0))
    throw new Error(`calendar "${definition.id}" never opens; give it hours`)
  if (week.every((hours) => hours.length === 1 && hours[0]?.from === 0 && hours[0].to === 1440))
    if ((definition.holidays ?? []).length === 0) return roundTheClock(definition)
  const holidays = new Set((definition.holidays ?? []).map(dayNumber))
  const workdays = new Set((definition.workdays ?? []).map(dayNumber))
  const known = new Map<DayNumber, readonly Span[]>()
  /** Working spans of a local day in microseconds UTC, in order. */
  const spansOf = (day: DayNumber): readonly Span[] => {
    const found = known.get(day)
    if (found) return found
    const hours = holidays.has(day) ? [] : ((workdays.has(day) ? week[0] : week[(day + 3) % 7]) ?? [])
    const made = hours
      .map(({ from, to }) => ({ from: momentOf(zone, day, from), to: momentOf(zone, day, to) }))
      .filter(({ from, to }) => to > from)
    known.set(day, made)
    return made
  }
  const dayOf = (at: number) => zone.dayOf(at / 1000)
  return {
    id: definition.id,
    title: definition.title,
    add(from, amount) {
      if (amount <= 0) return from
      let rest = amount
      for (let day = dayOf(from), tried = 0; tried < mostDays; day++, tried++)
        for (const span of spansOf(day)) {
          const start = Math.max(span.from, from)
          if (span.to - start >= rest) return start + rest
          rest -= Math.max(0, span.to - start)
        }
      throw new Error(`calendar "${definition.id}" is closed for ten years from ${new Date(from / 1000).toISOString()}`)
    },
    addDays(from, days) {
      const first = dayOf(from)
      const clock = from / 1000 + zone.offset(from / 1000) - first * 86_400_000
      let day = first
      for (let rest = days; rest > 0; ) {
        if (++day - first > mostDays)
          throw new Error(`calendar "${definition.id}" has no ${days} working days in ten years`)
        if (spansOf(day).length > 0) rest--
      }
      const local = day * 86_400_000 + clock
      return (local - zone.offset(local - zone.offset(zone.startOf(day)))) * 1000
    },
    between(from, to) {
      let sum = 0
      for (let day = dayOf(from); day <= dayOf(to); day++)
        for (const span of spansOf(day)) sum += Math.max(0, Math.min(span.to, to) - Math.max(span.from, from))
      return to > from ? sum : 0
    },
    isOpen: (at) => spansOf(dayOf(at)).some((span) => span.from <= at && at < span.to),
  }
}

/** Always open: what a queue uses that names no calendar. */
export const alwaysOpen: Calendar = roundTheClock({ id: '24x7', title: { zh: '全天候', en: 'Round the clock' } })

function roundTheClock({ id, title }: Pick<CalendarDefinition, 'id' | 'title'>): Calendar {
  return {
    id,
    title,
    add: (from, amount) => from + Math.max(0, amount),
    addDays: (from, days) => from + days * 86_400_000_000,
    between: (from, to) => Math.max(0, to - from),
    isOpen: () => true,
  }
}

/** Minutes since local midnight. */
function parseSpans({ id, hours }: CalendarDefinition, day: Weekday): Span[] {
  const minutes = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5))
  const found = (hours[day] ?? []).map((text) => {
    const [from = '', to = ''] = text.split('-')
    return { from: minutes(from), to: minutes(to) }
  })
  for (const [index, span] of found.entries())
    if (span.to <= span.from || span.from < (found[index - 1]?.to ?? 0))
      throw new Error(
        `calendar "${id}", ${day}: hours must be in order and must not overlap (${hours[day]?.join(', ')})`,
      )
  return found
}

const dayNumber = (text: string): DayNumber => Math.floor(Date.parse(`${text}T00:00:00Z`) / 86_400_000)

/** Microseconds of a local clock time; a time that the spring change skips is the moment of the change. */
function momentOf(zone: Zone, day: DayNumber, minutes: number): number {
  const local = day * 86_400_000 + minutes * 60_000
  // The offset that holds at the moment itself, found from the guess that the offset of the day's start gives.
  const guess = local - zone.offset(zone.startOf(day))
  const moment = local - zone.offset(guess)
  return moment * 1000 - ((moment * 1000) % minute)
}

/** Monday to Friday in UTC: for markets that no calendar is for. */
export const weekdays: Calendar = compileCalendar({
  id: 'weekdays',
  title: { zh: '周一至周五', en: 'Monday to Friday' },
  zone: 'UTC',
  hours: Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri'].map((day) => [day, ['00:00-24:00']])),
})
