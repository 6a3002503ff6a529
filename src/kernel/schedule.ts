import { Cron } from 'croner'
import { day, hour, second } from './time.ts'

/** When something recurs: a cron pattern read in a time zone, and how long after each boundary it is due (T+n). */
export interface Schedule {
  /** Five fields: minute, hour, day of the month, month, day of the week. */
  readonly cron: string
  /** IANA name, e.g. `Asia/Shanghai`. */
  readonly timezone: string
  /** Microseconds from a boundary to the time when it is due. */
  readonly after: number
}

/** One turn of a schedule, in microseconds since 1970 UTC: the boundary that closes its period, and when it is due. */
export interface Turn {
  readonly boundary: number
  readonly due: number
}

/** How far `lastTurns` looks back, a step after the other: every minute needs little, 29 February eight years. */
const lookBackDays = [0.1, 2, 40, 400, 8 * 366 + 1]

/** @throws Error that says what is wrong with the pattern or the zone. */
export function checkSchedule({ cron, timezone }: Pick<Schedule, 'cron' | 'timezone'>): void {
  new Intl.DateTimeFormat('en', { timeZone: timezone })
  if (cron.trim().split(/\s+/).length !== 5) throw new Error(`"${cron}" has not five fields`)
  new Cron(cron, { timezone, paused: true }).nextRun(new Date(0))
}

/** The turns whose boundary lies after `from` and up to `to`, oldest first, at most `most` of the newest. */
export function turnsBetween(schedule: Schedule, from: number, to: number, most = 1000): Turn[] {
  const job = new Cron(schedule.cron, { timezone: schedule.timezone, paused: true })
  const turns: Turn[] = []
  let at = job.nextRun(new Date(Math.floor(from / 1000)))
  while (at !== null && at.getTime() * 1000 <= to) {
    const boundary = at.getTime() * 1000
    if (boundary > from) turns.push({ boundary, due: boundary + schedule.after })
    if (turns.length > 2 * most) turns.splice(0, most)
    at = job.nextRun(at)
  }
  return turns.slice(-most)
}

/** The newest `most` turns whose boundary lies after `since` and up to `at`, oldest first. */
export function lastTurns(schedule: Schedule, at: number, { most, since }: { most: number; since: number }): Turn[] {
  for (const days of lookBackDays) {
    const from = Math.max(since, at - days * day)
    const turns = turnsBetween(schedule, from, at, most)
    if (turns.length >= most || from === since) return turns
  }
  return turnsBetween(schedule, Math.max(since, at - (lookBackDays.at(-1) ?? 0) * day), at, most)
}

/** The newest turn whose boundary is not after `at`; null when there is none. */
export function lastTurn(schedule: Schedule, at: number): Turn | null {
  return lastTurns(schedule, at, { most: 1, since: Number.NEGATIVE_INFINITY })[0] ?? null
}

/** The first turn that is due after `now`; null when there is none any more. */
export function nextTurn(schedule: Schedule, now: number): Turn | null {
  const job = new Cron(schedule.cron, { timezone: schedule.timezone, paused: true })
  const at = job.nextRun(new Date(Math.floor((now - schedule.after) / 1000)))
  return at === null ? null : { boundary: at.getTime() * 1000, due: at.getTime() * 1000 + schedule.after }
}

const spans: Readonly<Record<string, number>> = { m: 60 * second, h: hour, d: day }

/** Microseconds of `90m`, `6h` or `7d`; null for any other text. */
export function parseSpan(text: string): number | null {
  const [, amount, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? []
  return amount === undefined || unit === undefined ? null : Number(amount) * (spans[unit] ?? 0)
}
