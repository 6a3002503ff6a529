import { formatDay, type Zone } from './calendar.ts'
import { DAY_MS, type KeptOrders } from './model.ts'

/** A stretch of natural days whose orders are counted together; milliseconds since 1970 UTC. */
export interface OrderPeriod {
  /** Its first day, e.g. `2026-05-01`. */
  readonly id: string
  readonly from: number
  readonly to: number
  /** Until when a refund counts against its orders. */
  readonly settled: number
}

/** Periods that one run files at most; after a long time off the next run goes on. */
const mostPeriods = 24

/**
 * Periods that are over and settled at `now` and end after `filedTo`, oldest first; only the newest one where nothing was filed yet, so that
 * a program that begins does not credit a past that nobody saw it count.
 */
export function duePeriods(
  rule: KeptOrders,
  zone: Zone,
  { filedTo, now }: { filedTo: number | null; now: number },
): OrderPeriod[] {
  const isDue = ({ settled }: OrderPeriod) => settled <= now
  if (filedTo === null) {
    let index = indexOf(rule, zone, now)
    while (!isDue(periodAt(rule, zone, index))) index--
    return [periodAt(rule, zone, index)]
  }
  const due: OrderPeriod[] = []
  const first = indexOf(rule, zone, filedTo)
  for (let index = first; due.length < mostPeriods && isDue(periodAt(rule, zone, index)); index++)
    due.push(periodAt(rule, zone, index))
  return due
}

function periodAt(rule: KeptOrders, zone: Zone, index: number): OrderPeriod {
  const first = firstDay(rule, index)
  const to = zone.startOf(firstDay(rule, index + 1))
  return { id: formatDay(first), from: zone.startOf(first), to, settled: to + rule.afterDays * DAY_MS }
}

/** Months since 1970, or weeks that begin on a Monday (1970-01-01 was a Thursday). */
function indexOf({ every }: KeptOrders, zone: Zone, time: number): number {
  const day = zone.dayOf(time)
  if (every === 'week') return Math.floor((day + 3) / 7)
  const date = new Date(day * DAY_MS)
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth()
}

const firstDay = ({ every }: KeptOrders, index: number): number =>
  every === 'week' ? index * 7 - 3 : Date.UTC(1970, index, 1) / DAY_MS
