import { type Account, book, giveBack, nextTick, openAccount, settleMilestones, tick } from './account.ts'
import { createZone } from './calendar.ts'
import {
  type Change,
  DAY_MS,
  isCrossed,
  type Ladder,
  type LedgerStanding,
  type SanctionInForce,
  type Standing,
  type StandingEvent,
} from './model.ts'
import { countAfter, createPointsCounter, need } from './points.ts'
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
  readonly accounts: ReadonlyMap<string, Account>
  sanctions: SanctionInForce[]
  pending: Pending[]
}

/** @param events of one subject, violations, credits and quizzes only, in the order of `compareEvents`. */
export function createSimulation(ladder: Ladder, subject: string, events: readonly StandingEvent[]): Simulation {
  const zone = createZone(ladder.timeZone)
  const counter = createPointsCounter(ladder, zone)
  const classes = new Map(ladder.classes.map((each) => [each.id, each]))
  const accounts = new Map(ladder.ledgers.map((ledger) => [ledger.id, openAccount(ledger)]))
  const course: Course = { ladder, subject, accounts, sanctions: [], pending: [] }
  const repeats = createRepeats(ladder)
  let next = 0

  const nextTimer = (): number => {
    let time = Number.POSITIVE_INFINITY
    for (const account of accounts.values()) time = Math.min(time, nextTick(account, zone))
    for (const sanction of course.sanctions) time = Math.min(time, endOf(sanction))
    for (const each of course.pending) time = Math.min(time, each.countsFrom)
    return time
  }

  const penalise = (event: StandingEvent, time: number): { account: Account; crossed: number[] } => {
    const account = need(accounts, need(classes, event.class).ledger)
    const points = counter.ofViolation(event, time)
    if (points !== null && points > 0)
      book(account, zone, { id: event.id, time, issuedAt: event.time, amount: points, content: event.content })
    const crossed = settle(course, account, { time, cause: event.id })
    if (points !== null) repeats(course, { event, time, ledger: account.ledger.id })
    return { account, crossed }
  }

  const runTimers = (time: number): Change[] => {
    const changes: Change[] = []
    const shown = new Set(governing(course.sanctions))
    const ended = course.sanctions.filter((sanction) => endOf(sanction) <= time)
    course.sanctions = course.sanctions.filter((sanction) => endOf(sanction) > time)
    const ticked = [...accounts.values()].map((account) => ({ account, causes: tick(account, zone, time) }))
    const settled = ticked.map(({ account, causes }) => ({
      account,
      causes,
      crossed: causes[0] === undefined ? [] : settle(course, account, { time, cause: causes[0] }),
    }))
    const endings = new Map(ended.filter((each) => shown.has(each)).map((each) => [`end:${each.cause}`, each.ledger]))
    for (const [cause, ledger] of endings)
      changes.push(change(course, need(accounts, ledger), { time, cause, crossed: [] }))
    for (const { account, causes, crossed } of settled) {
      for (const [index, cause] of causes.entries())
        changes.push(change(course, account, { time, cause, crossed: index === 0 ? crossed : [] }))
    }
    const due = course.pending.filter((each) => each.countsFrom <= time)
    course.pending = course.pending.filter((each) => each.countsFrom > time)
    for (const { event } of due) {
      const { account, crossed } = penalise(event, time)
      changes.push(change(course, account, { time, cause: `enforced:${event.id}`, crossed }))
    }
    return changes
  }

  const runEvent = (event: StandingEvent): Change => {
    const { time, id: cause } = event
    if (event.type === 'quiz') return runQuiz(event)
    const each = need(classes, event.class)
    const account = need(accounts, each.ledger)
    if (event.type === 'credit') {
      const points = counter.ofCredit(event)
      if (points > 0) book(account, zone, { id: cause, time, issuedAt: time, amount: -points, content: null })
      return change(course, account, { time, cause, crossed: settle(course, account, { time, cause }) })
    }
    const cureDays = event.cureDays ?? each.cureDays ?? 0
    if (cureDays > 0) {
      course.pending.push({ event, countsFrom: time + cureDays * DAY_MS })
      return change(course, account, { time, cause, crossed: [] })
    }
    return change(course, account, { time, cause, crossed: penalise(event, time).crossed })
  }

  const runQuiz = (event: StandingEvent): Change => {
    const { time, id: cause } = event
    const violation = events.find((each) => each.id === event.ref && each.type === 'violation')
    const account = need(accounts, need(classes, violation?.class ?? null).ledger)
    const quiz = ladder.quiz
    giveBack(account, zone, { id: cause, time, of: event.ref ?? '', points: event.points ?? quiz?.points.default ?? 0 })
    const shortening = quiz?.shortenSanctions
    if (shortening !== undefined)
      course.sanctions = course.sanctions
        .map((each) =>
          each.cause === event.ref && each.threshold !== null && !shortening.exceptThresholds.includes(each.threshold)
            ? shorten(each, shortening.fraction, time)
            : each,
        )
        .filter((each) => endOf(each) > time)
    return change(course, account, { time, cause, crossed: settle(course, account, { time, cause }) })
  }

  return {
    advance(until) {
      const changes: Change[] = []
      for (;;) {
        const event = events[next]
        const timer = nextTimer()
        const time = Math.min(event?.time ?? Number.POSITIVE_INFINITY, timer)
        if (time > until || time === Number.POSITIVE_INFINITY) return changes
        // What lapses at a moment no longer counts at that moment: timers run before the events of the same time.
        if (timer === time) changes.push(...runTimers(time))
        else if (event !== undefined) {
          changes.push(runEvent(event))
          next += 1
        }
      }
    },
    standing: (at) => describe(course, at, nextTimer()),
  }
}

/** Fires what the score has crossed and ends what held only while it was crossed. Returns the thresholds crossed. */
function settle(course: Course, account: Account, by: { time: number; cause: string }): number[] {
  const { crossed, released } = settleMilestones(account)
  const ledger = account.ledger.id
  if (released.length > 0)
    course.sanctions = course.sanctions.filter(
      (each) => !(each.ledger === ledger && each.until === null && holdsWhileCrossed(account, each, released)),
    )
  for (const milestone of crossed)
    course.sanctions.push(
      ...imposeSanctions(milestone.sanctions, { ...by, ledger, threshold: milestone.threshold, rule: null }),
    )
  return crossed.map((milestone) => milestone.threshold)
}

function holdsWhileCrossed(account: Account, sanction: SanctionInForce, released: readonly number[]): boolean {
  if (sanction.threshold === null || !released.includes(sanction.threshold)) return false
  const milestone = account.milestones.find((each) => each.threshold === sanction.threshold)
  return (
    milestone?.sanctions.some(
      (each) => each.kind === sanction.kind && (each.scope ?? null) === sanction.scope && each.whileCrossed === true,
    ) ?? false
  )
}

function change(course: Course, account: Account, what: { time: number; cause: string; crossed: number[] }): Change {
  const { score, ledger } = account
  return { ...what, subject: course.subject, ledger: ledger.id, score, sanctions: governing(course.sanctions) }
}

/** Counts violations of a class (or of several together) and imposes the sanctions of a rule when the count reaches its number. */
function createRepeats(ladder: Ladder) {
  const times = new Map<string, number[]>()
  return (course: Course, by: { event: StandingEvent; time: number; ledger: string }): void => {
    for (const rule of ladder.repeats ?? []) {
      const name = by.event.class ?? ''
      if (rule.classes !== undefined && !rule.classes.includes(name)) continue
      const key = rule.classes === undefined ? `${rule.id} ${name}` : rule.id
      const past = times.get(key) ?? []
      times.set(key, past)
      past.push(by.time)
      // Each violation adds one, so the count passes the number exactly once per crossing.
      if (countAfter(past, by.time - rule.withinDays * DAY_MS) !== rule.count) continue
      const { time, ledger } = by
      course.sanctions.push(
        ...imposeSanctions(rule.sanctions, { time, ledger, threshold: null, rule: rule.id, cause: by.event.id }),
      )
    }
  }
}

function describe(course: Course, at: number, timer: number): Standing {
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
