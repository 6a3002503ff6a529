import { type Account, book, giveBack, nextTick, openAccount, settleMilestones, tick } from './account.ts'
import { createZone, formatDay, type Zone } from './calendar.ts'
import {
  type Change,
  DAY_MS,
  isCrossed,
  type Ladder,
  type LedgerStanding,
  type PointsClass,
  type SanctionInForce,
  type Standing,
  type StandingEvent,
} from './model.ts'
import { countAfter, createPointsCounter, need, type PointsCounter } from './points.ts'
import { endOf, governing, imposeSanctions, shorten } from './sanctions.ts'

/** The course of one subject through events that all stand (nothing overturned). Time only goes forward. */
export interface Simulation {
  /** Runs to `until` (included) and returns what changed since the last call. */
  advance(until: number): Change[]
  standing(at: number): Standing
}

interface Pending {
  readonly event: StandingEvent
  readonly countsFrom: number
}

interface Course {
  readonly ladder: Ladder
  readonly subject: string
  readonly zone: Zone
  readonly counter: PointsCounter
  readonly classes: ReadonlyMap<string, PointsClass>
  readonly accounts: ReadonlyMap<string, Account>
  /** Which class each violation so far belongs to; a quiz finds its ledger by it. */
  readonly violations: Map<string, string | null>
  readonly repeated: Map<string, number[]>
  sanctions: SanctionInForce[]
  pending: Pending[]
  /** Since when each streak of the ladder runs; null before the first event. */
  streaks: (number | null)[]
}

/** What happens at one moment and what brought it. */
interface Moment {
  readonly time: number
  readonly cause: string
}

/** @param events of one subject, violations, credits and quizzes only, in the order of `compareEvents`. */
export function createSimulation(ladder: Ladder, subject: string, events: readonly StandingEvent[]): Simulation {
  const course = startCourse(ladder, subject)
  let next = 0
  return {
    advance(until) {
      const changes: Change[] = []
      for (;;) {
        const event = events[next]
        const timer = nextTimer(course)
        const time = Math.min(event?.time ?? Number.POSITIVE_INFINITY, timer)
        if (time > until || time === Number.POSITIVE_INFINITY) return changes
        // What lapses at a moment no longer counts at that moment: timers run before the events of the same time.
        if (timer === time) changes.push(...runTimers(course, time))
        else if (event !== undefined) {
          changes.push(runEvent(course, event))
          next += 1
        }
      }
    },
    standing: (at) => describeStanding(course, at),
  }
}

function startCourse(ladder: Ladder, subject: string): Course {
  const zone = createZone(ladder.timeZone)
  return {
    ladder,
    subject,
    zone,
    counter: createPointsCounter(ladder, zone),
    classes: new Map(ladder.classes.map((each) => [each.id, each])),
    accounts: new Map(ladder.ledgers.map((ledger) => [ledger.id, openAccount(ledger)])),
    violations: new Map(),
    repeated: new Map(),
    sanctions: [],
    pending: [],
    streaks: (ladder.streaks ?? []).map(() => null),
  }
}

/** When the course next changes by itself; infinity = never. */
function nextTimer(course: Course): number {
  let time = Number.POSITIVE_INFINITY
  for (const account of course.accounts.values()) time = Math.min(time, nextTick(account, course.zone))
  for (const sanction of course.sanctions) time = Math.min(time, endOf(sanction))
  for (const each of course.pending) time = Math.min(time, each.countsFrom)
  for (const [index, since] of course.streaks.entries()) time = Math.min(time, streakEnd(course, index, since))
  return time
}

/** When a streak earns its next credit; infinity before the first event. */
function streakEnd({ ladder }: Course, index: number, since: number | null): number {
  const streak = ladder.streaks?.[index]
  return since === null || streak === undefined ? Number.POSITIVE_INFINITY : since + streak.everyDays * DAY_MS
}

/** Good conduct counts: a credit for every so many days without a violation that counts. */
function rewardStreaks(course: Course, time: number): Change[] {
  return (course.ladder.streaks ?? []).flatMap((streak, index) => {
    if (streakEnd(course, index, course.streaks[index] ?? null) > time) return []
    course.streaks[index] = time
    const each = need(course.classes, streak.class)
    const account = need(course.accounts, each.ledger)
    const cause = `streak:${streak.class}:${formatDay(course.zone.dayOf(time))}`
    book(account, course.zone, { id: cause, time, issuedAt: time, amount: -each.points.default, content: null })
    return [describeChange(course, account, { time, cause, crossed: settle(course, account, { time, cause }) })]
  })
}

/** Everything that is due at `time` happens at once, so that no milestone fires on a state between two lapses. */
function runTimers(course: Course, time: number): Change[] {
  const endings = endSanctions(course, time)
  const ticked = [...course.accounts.values()].map((account) => {
    const causes = tick(account, course.zone, time)
    const crossed = causes[0] === undefined ? [] : settle(course, account, { time, cause: causes[0] })
    return { account, causes, crossed }
  })
  const changes = endings.map(({ cause, account }) => describeChange(course, account, { time, cause, crossed: [] }))
  for (const { account, causes, crossed } of ticked) {
    for (const [index, cause] of causes.entries())
      changes.push(describeChange(course, account, { time, cause, crossed: index === 0 ? crossed : [] }))
  }
  const due = course.pending.filter((each) => each.countsFrom <= time)
  course.pending = course.pending.filter((each) => each.countsFrom > time)
  for (const { event } of due) changes.push(penalise(course, event, { time, cause: `enforced:${event.id}` }))
  changes.push(...rewardStreaks(course, time))
  return changes
}

/** Removes the sanctions whose time is up; returns those endings that can be seen, one for each cause. */
function endSanctions(course: Course, time: number): { cause: string; account: Account }[] {
  const visible = new Set(governing(course.sanctions))
  const ended = course.sanctions.filter((sanction) => endOf(sanction) <= time && visible.has(sanction))
  course.sanctions = course.sanctions.filter((sanction) => endOf(sanction) > time)
  const ledgers = new Map(ended.map((each) => [`end:${each.cause}`, each.ledger]))
  return [...ledgers].map(([cause, ledger]) => ({ cause, account: need(course.accounts, ledger) }))
}

function runEvent(course: Course, event: StandingEvent): Change {
  course.streaks = course.streaks.map((since) => since ?? event.time)
  const moment = { time: event.time, cause: event.id }
  if (event.type === 'quiz') return runQuiz(course, event)
  const each = need(course.classes, event.class)
  const account = need(course.accounts, each.ledger)
  if (event.type === 'credit') {
    const points = course.counter.ofCredit(event)
    const entry = { id: event.id, time: event.time, issuedAt: event.time, amount: -points, content: null }
    if (points > 0) book(account, course.zone, entry)
    return describeChange(course, account, { ...moment, crossed: settle(course, account, moment) })
  }
  course.violations.set(event.id, event.class)
  const cureDays = event.cureDays ?? each.cureDays ?? 0
  if (cureDays === 0) return penalise(course, event, moment)
  course.pending.push({ event, countsFrom: event.time + cureDays * DAY_MS })
  return describeChange(course, account, { ...moment, crossed: [] })
}

/** A violation begins to count: its points, the milestones they cross, the rules about repetition. */
function penalise(course: Course, event: StandingEvent, moment: Moment): Change {
  const account = need(course.accounts, need(course.classes, event.class).ledger)
  const { id, time: issuedAt, content } = event
  const points = course.counter.ofViolation(event, moment.time)
  course.streaks = course.streaks.map(() => moment.time)
  if (points !== null && points > 0)
    book(account, course.zone, { id, time: moment.time, issuedAt, amount: points, content })
  const crossed = settle(course, account, { time: moment.time, cause: id })
  if (points !== null) applyRepeats(course, event, moment.time)
  return describeChange(course, account, { ...moment, crossed })
}

function runQuiz(course: Course, event: StandingEvent): Change {
  const { time, id: cause, ref } = event
  const { quiz } = course.ladder
  const name = course.violations.get(ref ?? '') ?? null
  const account = need(course.accounts, need(course.classes, name).ledger)
  giveBack(account, course.zone, { id: cause, time, of: ref ?? '', points: event.points ?? quiz?.points.default ?? 0 })
  const shortening = quiz?.shortenSanctions
  const shortens = (each: SanctionInForce) =>
    each.cause === ref && each.threshold !== null && !shortening?.exceptThresholds.includes(each.threshold)
  if (shortening !== undefined)
    course.sanctions = course.sanctions
      .map((each) => (shortens(each) ? shorten(each, shortening.fraction, time) : each))
      .filter((each) => endOf(each) > time)
  return describeChange(course, account, { time, cause, crossed: settle(course, account, { time, cause }) })
}

/** Fires what the score has crossed and ends what held only while it was crossed. Returns the thresholds crossed. */
function settle(course: Course, account: Account, moment: Moment): number[] {
  const { crossed, released } = settleMilestones(account)
  const ledger = account.ledger.id
  if (released.length > 0)
    course.sanctions = course.sanctions.filter((each) => each.ledger !== ledger || !endsWith(account, each, released))
  for (const { threshold, sanctions } of crossed)
    course.sanctions.push(...imposeSanctions(sanctions, { ...moment, ledger, threshold, rule: null }))
  return crossed.map((milestone) => milestone.threshold)
}

/** True when a sanction holds only while its milestone is crossed, and that is over. */
function endsWith(account: Account, sanction: SanctionInForce, released: readonly number[]): boolean {
  const { threshold, kind, scope } = sanction
  if (threshold === null || !released.includes(threshold)) return false
  const milestone = account.milestones.find((each) => each.threshold === threshold)
  const rule = milestone?.sanctions.find((each) => each.kind === kind && (each.scope ?? null) === scope)
  return rule?.whileCrossed === true
}

/** Counts violations of a class (or of several together) and imposes a rule's sanctions when the count reaches its number. */
function applyRepeats(course: Course, event: StandingEvent, time: number): void {
  const { id: cause, class: name } = event
  const { ledger } = need(course.classes, name)
  for (const rule of course.ladder.repeats ?? []) {
    if (rule.classes !== undefined && !rule.classes.includes(name ?? '')) continue
    const key = rule.classes === undefined ? `${rule.id} ${name}` : rule.id
    const times = course.repeated.get(key) ?? []
    course.repeated.set(key, times)
    times.push(time)
    // Each violation adds one, so the count passes the number exactly once per crossing.
    if (countAfter(times, time - rule.withinDays * DAY_MS) !== rule.count) continue
    course.sanctions.push(...imposeSanctions(rule.sanctions, { time, ledger, threshold: null, rule: rule.id, cause }))
  }
}

function describeChange(course: Course, account: Account, what: Moment & { crossed: number[] }): Change {
  const { score, ledger } = account
  return { ...what, subject: course.subject, ledger: ledger.id, score, sanctions: governing(course.sanctions) }
}

function describeStanding(course: Course, at: number): Standing {
  const timer = nextTimer(course)
  return {
    at,
    ledgers: [...course.accounts.values()].map(describeLedger),
    sanctions: governing(course.sanctions),
    nextChange: timer === Number.POSITIVE_INFINITY ? null : timer,
    pending: course.pending.map(({ event, countsFrom }) => ({ id: event.id, countsFrom })),
  }
}

function describeLedger({ ledger, score, held, milestones }: Account): LedgerStanding {
  const band = ledger.bands?.find((each) => each.from <= score && score <= each.to)
  const ahead = milestones.find((each) => !isCrossed(ledger, each.threshold, score))?.threshold
  const near = ahead !== undefined && Math.abs(ahead - score) <= (ledger.cautionWithin ?? 0)
  return {
    id: ledger.id,
    score,
    crossed: milestones.map((each) => each.threshold).filter((threshold) => held.has(threshold)),
    band: band?.id ?? null,
    benefits: band?.benefits ?? [],
    caution: near ? ahead : null,
  }
}
