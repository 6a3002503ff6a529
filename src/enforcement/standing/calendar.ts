import type { DayNumber, Zone } from '../../kernel/zone.ts'
import { DAY_MS, type Ledger } from './model.ts'

export { createZone, type DayNumber, type Zone } from '../../kernel/zone.ts'

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
