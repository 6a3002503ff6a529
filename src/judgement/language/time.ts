/** Time functions on TIMESTAMP, a number of microseconds since 1970-01-01 UTC. */
import type { Interval } from './model.ts'

const second = 1_000_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const daysInMonth = 30

/** Units that date_trunc, date_diff and date_part take; plural forms mean the same. */
export const diffUnits = [
  'year',
  'quarter',
  'month',
  'week',
  'day',
  'hour',
  'minute',
  'second',
  'millisecond',
  'microsecond',
] as const
export type DiffUnit = (typeof diffUnits)[number]

export const partUnits = [...diffUnits, 'dow', 'isodow', 'doy', 'epoch'] as const
export type PartUnit = (typeof partUnits)[number]

const otherNames: Readonly<Record<string, PartUnit>> = {
  dayofweek: 'dow',
  weekday: 'dow',
  dayofyear: 'doy',
  years: 'year',
  quarters: 'quarter',
  months: 'month',
  weeks: 'week',
  days: 'day',
  hours: 'hour',
  minutes: 'minute',
  seconds: 'second',
  milliseconds: 'millisecond',
  microseconds: 'microsecond',
}

/** Reads a unit name; undefined when the subset does not have it. */
export function readPart(name: string): PartUnit | undefined {
  const folded = name.toLowerCase()
  return partUnits.find((unit) => unit === folded) ?? otherNames[folded]
}

export function readUnit(name: string): DiffUnit | undefined {
  const part = readPart(name)
  return diffUnits.find((unit) => unit === part)
}

const fixedUnits: Readonly<Partial<Record<DiffUnit, number>>> = {
  day,
  hour,
  minute,
  second,
  millisecond: 1000,
  microsecond: 1,
}

function dateOf(micros: number): Date {
  return new Date(Math.floor(micros / 1000))
}

function monthNumber(micros: number): number {
  const date = dateOf(micros)
  return date.getUTCFullYear() * 12 + date.getUTCMonth()
}

/** Days since the Monday before 1970, in whole weeks. */
function weekNumber(micros: number): number {
  return Math.floor((Math.floor(micros / day) + 3) / 7)
}

function unitNumber(unit: DiffUnit, micros: number): number {
  const fixed = fixedUnits[unit]
  if (fixed !== undefined) return Math.floor(micros / fixed)
  if (unit === 'week') return weekNumber(micros)
  return Math.floor(monthNumber(micros) / (unit === 'year' ? 12 : unit === 'quarter' ? 3 : 1))
}

/** Boundaries of `unit` crossed from `from` to `to`; weeks are seven whole calendar days, as in DuckDB. */
export function dateDiff(unit: DiffUnit, from: number, to: number): number {
  if (unit === 'week') return Math.trunc((unitNumber('day', to) - unitNumber('day', from)) / 7) + 0
  return unitNumber(unit, to) - unitNumber(unit, from) + 0
}

export function dateTrunc(unit: DiffUnit, micros: number): number {
  const number = unitNumber(unit, micros)
  const fixed = fixedUnits[unit]
  if (fixed !== undefined) return number * fixed
  if (unit === 'week') return (number * 7 - 3) * day
  return monthStart(number * (unit === 'year' ? 12 : unit === 'quarter' ? 3 : 1)).getTime() * 1000
}

function monthStart(month: number): Date {
  return new Date(Date.UTC(Math.floor(month / 12), month - Math.floor(month / 12) * 12, 1))
}

export function datePart(unit: PartUnit, micros: number): number {
  const inMinute = micros - Math.floor(micros / minute) * minute
  switch (unit) {
    case 'epoch':
      return micros / second
    case 'year':
      return dateOf(micros).getUTCFullYear()
    case 'quarter':
      return Math.floor(dateOf(micros).getUTCMonth() / 3) + 1
    case 'month':
      return dateOf(micros).getUTCMonth() + 1
    case 'week':
      return isoWeek(micros)
    case 'day':
      return dateOf(micros).getUTCDate()
    case 'dow':
      return dateOf(micros).getUTCDay()
    case 'isodow':
      return dateOf(micros).getUTCDay() || 7
    case 'doy':
      return Math.floor((Math.floor(micros / 1000) - Date.UTC(dateOf(micros).getUTCFullYear(), 0, 1)) / 86_400_000) + 1
    case 'hour':
      return dateOf(micros).getUTCHours()
    case 'minute':
      return dateOf(micros).getUTCMinutes()
    case 'second':
      return Math.floor(inMinute / second)
    case 'millisecond':
      return Math.floor(inMinute / 1000)
    case 'microsecond':
      return inMinute
  }
}

function isoWeek(micros: number): number {
  const thursday = (weekNumber(micros) * 7 - 3 + 3) * day
  const year = dateOf(thursday).getUTCFullYear()
  return Math.floor((thursday / 1000 - Date.UTC(year, 0, 1)) / (7 * 86_400_000)) + 1
}

/** `timestamp + interval`: months first (the day stops at the month's end), then days, then microseconds. */
export function addInterval(micros: number, { months, days, micros: rest }: Interval): number {
  return addMonths(micros, months) + days * day + rest
}

function addMonths(micros: number, months: number): number {
  if (months === 0) return micros
  const date = dateOf(micros)
  const inDay = micros - Math.floor(micros / day) * day
  const target = date.getUTCFullYear() * 12 + date.getUTCMonth() + months
  const last = new Date(monthStart(target + 1).getTime() - 86_400_000).getUTCDate()
  const start = monthStart(target).getTime() / 86_400_000
  return (start + Math.min(date.getUTCDate(), last) - 1) * day + inDay
}

export function negateInterval({ months, days, micros }: Interval): Interval {
  return { months: 0 - months, days: 0 - days, micros: 0 - micros }
}

/** The length by which intervals compare: a month counts 30 days. */
export function intervalLength({ months, days, micros }: Interval): number {
  return (months * daysInMonth + days) * day + micros
}

const longestInterval = 36_525 * day

const intervalUnits: Readonly<Record<string, Interval>> = {
  year: { months: 12, days: 0, micros: 0 },
  quarter: { months: 3, days: 0, micros: 0 },
  month: { months: 1, days: 0, micros: 0 },
  week: { months: 0, days: 7, micros: 0 },
  day: { months: 0, days: 1, micros: 0 },
  hour: { months: 0, days: 0, micros: hour },
  minute: { months: 0, days: 0, micros: minute },
  second: { months: 0, days: 0, micros: second },
  millisecond: { months: 0, days: 0, micros: 1000 },
  microsecond: { months: 0, days: 0, micros: 1 },
}

/** `count` units as an interval; undefined for unknown units, fractions and more than 100 years. */
export function makeInterval(count: number, unit: string): Interval | undefined {
  const name = unit
    .toLowerCase()
    .replace(/^min(s)?$/, 'minute')
    .replace(/^sec(s)?$/, 'second')
  const base = intervalUnits[name.replace(/s$/, '')]
  if (base === undefined || !Number.isInteger(count)) return undefined
  const { months, days, micros } = base
  const made = { months: months * count + 0, days: days * count + 0, micros: micros * count + 0 }
  return Math.abs(intervalLength(made)) <= longestInterval ? made : undefined
}

/** Reads texts such as `2 days` or `1 hour 30 minutes`. */
export function readInterval(text: string): Interval | undefined {
  const parts = text.trim().split(/\s+/)
  if (parts.length < 2 || parts.length % 2 !== 0) return undefined
  let total: Interval = { months: 0, days: 0, micros: 0 }
  for (let index = 0; index < parts.length; index += 2) {
    const count = parts[index] ?? ''
    const next = /^[+-]?\d{1,15}$/.test(count) ? makeInterval(Number(count), parts[index + 1] ?? '') : undefined
    if (next === undefined) return undefined
    total = {
      months: total.months + next.months,
      days: total.days + next.days,
      micros: total.micros + next.micros,
    }
  }
  return Math.abs(intervalLength(total)) <= longestInterval ? total : undefined
}

/** Texts that are read as a TIMESTAMP: ISO dates and times of 1700 to 2199 without an offset. */
export const timestampPattern =
  '^(1[7-9]|2[01])[0-9]{2}-[0-9]{2}-[0-9]{2}([ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,6})?Z?)?)?$'
const timestampForm =
  /^((?:1[7-9]|2[01])[0-9]{2})-([0-9]{2})-([0-9]{2})(?:[ T]([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9])(?:\.([0-9]{1,6}))?Z?)?)?$/

export function timestampFromText(text: string): number | null {
  const found = timestampForm.exec(text)
  if (found === null) return null
  const [, year, month, date, hours = '0', minutes = '0', seconds = '0', fraction = ''] = found
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(date))
  const made = new Date(midnight)
  if (made.getUTCMonth() !== Number(month) - 1 || made.getUTCDate() !== Number(date)) return null
  const inDay = Number(hours) * hour + Number(minutes) * minute + Number(seconds) * second
  return midnight * 1000 + inDay + Number(fraction.padEnd(6, '0'))
}

/** A TIMESTAMP as DuckDB prints it: `2026-01-31 08:00:00.5`. */
export function timestampText(micros: number): string {
  const fraction = micros - Math.floor(micros / second) * second
  const text = dateOf(micros).toISOString().slice(0, 19).replace('T', ' ')
  return fraction === 0 ? text : `${text}.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`
}
