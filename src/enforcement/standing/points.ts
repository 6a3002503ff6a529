import type { DayNumber, Zone } from './calendar.ts'
import { DAY_MS, type Ladder, type Ledger, type PointsClass, type StandingEvent } from './model.ts'

/** Finds the points of each event in turn; remembers what repetition, caps and earning need. One per replay of one subject. */
export interface PointsCounter {
  /** Points that a violation adds when it begins to count at `time`; null = it is one with an earlier violation. */
  ofViolation(event: StandingEvent, time: number): number | null
  ofCredit(event: StandingEvent): number
}

interface Spent {
  readonly time: number
  readonly day: DayNumber
  points: number
}

/** A counter for one subject; call it in time order. */
export function createPointsCounter(ladder: Ladder, zone: Zone): PointsCounter {
  const classes = new Map(ladder.classes.map((each) => [each.id, each]))
  const ledgers = new Map(ladder.ledgers.map((each) => [each.id, each]))
  const counted = new Map<string, number[]>()
  const spent = new Map<string, Spent[]>()
  const units = new Map<string, number>()

  const nth = (each: PointsClass, ledger: Ledger, time: number): number => {
    const window = each.repetition?.withinDays ?? (ledger.expiry.kind === 'rolling' ? ledger.expiry.days : undefined)
    const times = counted.get(each.id) ?? []
    return 1 + (window === undefined ? times.length : countAfter(times, time - window * DAY_MS))
  }

  const underCaps = (each: PointsClass, ledger: Ledger, asked: { points: number; time: number }): number => {
    const day = zone.dayOf(asked.time)
    const used: Spent[][] = []
    let left = asked.points
    for (const [index, cap] of (ledger.caps ?? []).entries()) {
      if (cap.classes !== undefined && !cap.classes.includes(each.id)) continue
      const key = `${ledger.id} ${index}`
      const since = cap.days === undefined ? null : asked.time - cap.days * DAY_MS
      const inside = (spent.get(key) ?? []).filter((past) => (since === null ? past.day === day : past.time > since))
      left = Math.min(left, Math.max(0, cap.points - inside.reduce((sum, past) => sum + past.points, 0)))
      spent.set(key, inside)
      used.push(inside)
    }
    for (const inside of used) inside.push({ time: asked.time, day, points: left })
    return left
  }

  return {
    ofViolation(event, time) {
      const each = need(classes, event.class)
      const ledger = need(ledgers, each.ledger)
      const times = counted.get(each.id) ?? []
      const last = times.at(-1)
      if (
        each.countOnceWithinDays !== undefined &&
        last !== undefined &&
        time < last + each.countOnceWithinDays * DAY_MS
      )
        return null
      const points = violationPoints(each, event, nth(each, ledger, time))
      counted.set(each.id, times)
      times.push(time)
      return underCaps(each, ledger, { points, time })
    },
    ofCredit(event) {
      const each = need(classes, event.class)
      if (each.earn === undefined || event.quantity === null) return event.points ?? each.points.default
      const before = units.get(each.id) ?? 0
      units.set(each.id, before + event.quantity)
      // Orders left over from one event count towards the next reward.
      return (
        (Math.floor((before + event.quantity) / each.earn.per) - Math.floor(before / each.earn.per)) * each.earn.points
      )
    },
  }
}

/** Points before caps: what the ladder lays down for the nth time, else what was picked, else default × severity × repetition. */
function violationPoints(each: PointsClass, event: StandingEvent, nth: number): number {
  const schedule = each.repetition?.points
  if (schedule !== undefined) return schedule[Math.min(nth, schedule.length) - 1] ?? 0
  if (event.points !== null) return event.points
  const factors = each.repetition?.factors ?? [1]
  const repetition = factors[Math.min(nth, factors.length) - 1] ?? 1
  const severity = event.severity === null ? 1 : (each.severity?.[event.severity] ?? 1)
  return Math.min(each.points.max, Math.max(each.points.min, Math.round(each.points.default * severity * repetition)))
}

/** How many of the ascending `times` are later than `since` (a window of n days is half-open: what is exactly n days old is out). */
export function countAfter(times: readonly number[], since: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] ?? 0) > since) high = middle
    else low = middle + 1
  }
  return times.length - low
}

/** A value that an earlier check guarantees. */
export function need<V>(map: ReadonlyMap<string, V>, key: string | null): V {
  const value = map.get(key ?? '')
  if (value === undefined) throw new Error(`"${key}" is not part of this ladder; check the events with readEvent first`)
  return value
}
