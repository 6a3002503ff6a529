import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ladderIds, loadLadder } from '../../edge/cli/standing.ts'
import {
  admitEvents,
  applyEvent,
  type Change,
  checkLadder,
  describeProblem,
  type Ladder,
  readEvent,
  replay,
  type StandingEvent,
  sanctionsWhileAppealed,
  standingOf,
} from './index.ts'
import { DAY_MS, isCrossed } from './model.ts'

const START = Date.UTC(2026, 0, 1)
const END = START + 900 * DAY_MS
const title = { zh: '测试', en: 'test' }

const sanction = fc.record({
  kind: fc.constantFrom('limit', 'hide', 'close'),
  lasts: fc.oneof(
    fc.integer({ min: 1, max: 40 }).map((durationDays) => ({ durationDays })),
    fc.constant({ permanent: true }),
    fc.constant({ whileCrossed: true }),
  ),
})

const expiry = fc.oneof(
  fc.constant({ kind: 'none' }),
  fc.integer({ min: 5, max: 200 }).map((days) => ({ kind: 'rolling', days })),
  fc.integer({ min: 5, max: 200 }).map((days) => ({ kind: 'after-first', days })),
  fc.record({ kind: fc.constant('calendar'), every: fc.constantFrom('month', 'quarter', 'year') }),
  fc.constant({ kind: 'calendar', every: 'quarter', lastWeekday: 'monday', carryOver: { atLeast: 10, points: 10 } }),
)

const ledgerOf = (id: string) =>
  fc
    .record({
      up: fc.boolean(),
      expiry,
      regain: fc.option(fc.constant({ pointsPerDay: 1 }), { nil: undefined }),
      cap: fc.option(fc.constant({ points: 9, per: 'day' }), { nil: undefined }),
      worstOnlyPerContent: fc.boolean(),
      thresholds: fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 4 }),
      bundles: fc.array(fc.array(sanction, { maxLength: 2 }), { minLength: 4, maxLength: 4 }),
    })
    .map(({ up, thresholds, bundles, cap, regain, ...rest }) => ({
      id,
      title,
      scale: up ? 'up' : 'down',
      start: up ? 0 : 60,
      min: 0,
      ...(up ? {} : { max: 100 }),
      expiry: rest.expiry,
      worstOnlyPerContent: rest.worstOnlyPerContent,
      ...(regain === undefined ? {} : { regain }),
      ...(cap === undefined ? {} : { caps: [cap] }),
      milestones: thresholds.map((threshold, index) => ({
        threshold: up ? threshold : threshold - 1,
        title,
        sanctions: (bundles[index] ?? []).map(({ kind, lasts }) => ({ kind, ...lasts })),
      })),
    }))

const classOf = (id: string) =>
  fc
    .record({
      repetition: fc.option(
        fc.constantFrom(
          { factors: [1, 2, 3] },
          { points: [0, 6], withinDays: 30 },
          { factors: [1, 1.5], withinDays: 60 },
        ),
        { nil: undefined },
      ),
      countOnceWithinDays: fc.option(fc.constant(3), { nil: undefined }),
      cureDays: fc.option(fc.constant(5), { nil: undefined }),
      ledger: fc.constantFrom('one', 'two'),
    })
    .map(({ ledger, ...rest }) => ({
      id,
      title,
      type: 'violation',
      ledger,
      points: { min: 0, max: 48, default: 6 },
      ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
    }))

/** Any ladder the configuration can express, small enough that events meet its rules often. */
const anyLadder: fc.Arbitrary<Ladder> = fc
  .record({
    ledgers: fc.tuple(ledgerOf('one'), ledgerOf('two')),
    classes: fc.tuple(classOf('a'), classOf('b')),
    timeZone: fc.constantFrom('UTC', 'UTC', 'UTC', 'Asia/Shanghai'),
    repeats: fc.constantFrom(undefined, { count: 3, withinDays: 30 }),
    shorten: fc.boolean(),
    streak: fc.boolean(),
  })
  .map(({ repeats, shorten, streak, ledgers, classes, timeZone }) => {
    const { ladder, problems } = checkLadder({
      id: 'random',
      title,
      subject: 'shop',
      timeZone,
      verification: 'unverified',
      source: [],
      verifiedOn: null,
      ledgers,
      classes: [
        ...classes,
        {
          id: 'good',
          title,
          type: 'credit',
          ledger: 'one',
          points: { min: 0, max: 50, default: 4 },
          earn: { per: 200, points: 4 },
        },
      ],
      ...(repeats === undefined
        ? {}
        : { repeats: [{ id: 'again', title, ...repeats, sanctions: [{ kind: 'close', permanent: true }] }] }),
      ...(streak ? { streaks: [{ class: 'good', everyDays: 20 }] } : {}),
      quiz: {
        points: { min: 0, max: 20, default: 5 },
        ...(shorten ? { shortenSanctions: { fraction: 0.5, exceptThresholds: [0] } } : {}),
      },
    })
    if (ladder === null) throw new Error(problems.map(describeProblem).join('\n'))
    return ladder
  })

const drafts = fc.array(
  fc.record({
    // A coarse grid, so that several things happen at one moment and exactly when something lapses.
    slot: fc.integer({ min: 0, max: 240 }),
    subject: fc.constantFrom('s1', 's2'),
    type: fc.constantFrom('violation', 'violation', 'violation', 'credit', 'overturn', 'quiz'),
    class: fc.nat(),
    // A share of the range of the class; small ones more often, so that scores wander over all thresholds.
    points: fc.option(fc.constantFrom(0, 0.02, 0.05, 0.1, 0.2, 0.5), { nil: undefined }),
    content: fc.option(fc.constantFrom('x', 'y'), { nil: undefined }),
    quantity: fc.option(fc.integer({ min: 0, max: 500 }), { nil: undefined }),
    linked: fc.boolean(),
    ref: fc.nat(),
  }),
  { maxLength: 24 },
)

/** The ladders of packs/ladders. */
const shipped = fc.constantFrom(...ladderIds()).map((id) => {
  const ladder = loadLadder(id, { error: (line) => expect.unreachable(line) })
  return ladder ?? expect.unreachable(id)
})

function pointsOf(range: { min: number; max: number }, share: number): number {
  return Math.round(range.min + (range.max - range.min) * share)
}

interface History {
  readonly ladder: Ladder
  readonly events: StandingEvent[]
}

/** Accepted histories: refs point at real violations wherever there is one. */
const anyHistory: fc.Arbitrary<History> = fc
  .record({ ladder: fc.oneof(anyLadder, shipped), drafts, joint: fc.boolean() })
  .map(({ ladder, drafts, joint }) => {
    const violations = drafts.flatMap((draft, index) => (draft.type === 'violation' ? [`e${index}`] : []))
    const read = drafts.flatMap((draft, index) => {
      const remedy = draft.type === 'overturn' || draft.type === 'quiz'
      const ref = remedy ? violations[draft.ref % Math.max(1, violations.length)] : undefined
      const target = ref === undefined ? undefined : drafts[Number(ref.slice(1))]
      const fitting = ladder.classes.filter((each) => each.type === draft.type)
      const found = fitting[draft.class % Math.max(1, fitting.length)]
      const { event } = readEvent(ladder, {
        id: `e${index}`,
        time: new Date(START + Math.max(draft.slot, target?.slot ?? 0) * 12 * 3_600_000 * 2.5).toISOString(),
        subject: target?.subject ?? draft.subject,
        type: draft.type,
        class: found?.id,
        points: found === undefined || draft.points === undefined ? undefined : pointsOf(found.points, draft.points),
        content: draft.content,
        quantity: draft.quantity,
        ref,
        ...(joint && draft.linked && draft.type === 'violation'
          ? { linked: [draft.subject === 's1' ? 's2' : 's1'] }
          : {}),
      })
      return event === null ? [] : [{ event }]
    })
    return { ladder, events: admitEvents(ladder, read).admitted.map((item) => item.event) }
  })

function overturned(events: readonly StandingEvent[]): StandingEvent[] {
  return events.filter((event) => event.type === 'overturn')
}

const runs = { numRuns: 400 }

describe('laws of standing, for any ladder, the shipped ones among them', () => {
  test('an overturned penalty leaves exactly the state as if it had never been', () => {
    let overturns = 0
    fc.assert(
      fc.property(anyHistory, fc.nat(), fc.integer({ min: 0, max: 900 }), ({ ladder, events }, pick, days) => {
        const all = overturned(events)
        const overturn = all[pick % Math.max(1, all.length)]
        if (overturn === undefined) return
        overturns += 1
        const without = events.filter((event) => event.id !== overturn.ref && event.ref !== overturn.ref)
        for (const subject of ['s1', 's2']) {
          for (const at of [overturn.time, overturn.time + days * DAY_MS, END])
            expect(standingOf(ladder, events, { subject, at })).toEqual(standingOf(ladder, without, { subject, at }))
        }
        const after = (change: Change) => change.time > overturn.time
        expect(replay(ladder, events, END).filter(after)).toEqual(replay(ladder, without, END).filter(after))
      }),
      runs,
    )
    expect(overturns).toBeGreaterThan(50)
  })

  test('while an appeal waits, a ladder that lets sanctions rest adds none, leaves the points, and rests what an overturn would end', () => {
    const names = (all: readonly { kind: string; scope: string | null }[]) =>
      all.map(({ kind, scope }) => JSON.stringify([kind, scope]))
    fc.assert(
      fc.property(anyHistory, fc.nat(), ({ ladder, events }, pick) => {
        const plain = events.filter((event) => event.type !== 'overturn')
        const violations = plain.filter((event) => event.type === 'violation')
        const target = violations[pick % Math.max(1, violations.length)]
        if (target === undefined) return
        const when = { subject: target.subject, at: target.time + DAY_MS }
        const contested = new Set([target.id])
        const real = standingOf(ladder, plain, when)
        const resting = { ...ladder, whileAppealed: 'rest' as const }
        const held = sanctionsWhileAppealed(resting, plain, { ...when, contested })
        for (const sanction of held) expect(real.sanctions).toContainEqual(sanction)
        expect(standingOf(resting, plain, when).ledgers).toEqual(real.ledgers)
        const never = standingOf(
          ladder,
          plain.filter((event) => event.id !== target.id && event.ref !== target.id),
          when,
        )
        const kept = new Set(names(never.sanctions))
        expect(names(held)).toEqual(names(real.sanctions).filter((name) => kept.has(name)))
        // Otherwise, and when nothing waits any more, they run as the fold has them.
        for (const mode of [ladder, { ...ladder, whileAppealed: 'run' as const }])
          expect(sanctionsWhileAppealed(mode, plain, { ...when, contested })).toEqual(real.sanctions)
        expect(sanctionsWhileAppealed(resting, plain, { ...when, contested: new Set() })).toEqual(real.sanctions)
      }),
    )
  })

  test('an overturn changes no line before it', () => {
    fc.assert(
      fc.property(anyHistory, ({ ladder, events }) => {
        const overturn = overturned(events).at(-1)
        if (overturn === undefined) return
        const before = (change: Change) => change.time < overturn.time
        const unaware = events.filter((event) => event !== overturn)
        expect(replay(ladder, events, END).filter(before)).toEqual(replay(ladder, unaware, END).filter(before))
      }),
      runs,
    )
  })

  test('the order in which events arrive does not matter', () => {
    fc.assert(
      fc.property(
        anyHistory.chain((history) =>
          fc.record({
            history: fc.constant(history),
            shuffled: fc.shuffledSubarray(history.events, { minLength: history.events.length }),
          }),
        ),
        ({ history: { ladder, events }, shuffled }) => {
          const { admitted, refused } = admitEvents(
            ladder,
            shuffled.map((event) => ({ event })),
          )
          expect(refused).toEqual([])
          expect(
            replay(
              ladder,
              admitted.map((item) => item.event),
              END,
            ),
          ).toEqual(replay(ladder, events, END))
        },
      ),
      runs,
    )
  })

  test('subjects that are not linked do not influence each other', () => {
    fc.assert(
      fc.property(anyHistory, ({ ladder, events }) => {
        const single = events.map((event) => ({ ...event, linked: [] }))
        const all = replay(ladder, single, END)
        for (const subject of ['s1', 's2']) {
          const own = single.filter((event) => event.subject === subject)
          expect(replay(ladder, own, END)).toEqual(all.filter((change) => change.subject === subject))
        }
      }),
      runs,
    )
  })

  test('a milestone fires again only after the score was back on the good side', () => {
    fc.assert(
      fc.property(anyHistory, ({ ladder, events }) => {
        const standing = events.filter((event) => event.type !== 'overturn')
        const fired = new Set<string>()
        for (const change of replay(ladder, standing, END)) {
          const ledger = ladder.ledgers.find((each) => each.id === change.ledger)
          for (const { threshold } of ledger?.milestones ?? []) {
            const key = `${change.subject} ${change.ledger} ${threshold}`
            const crossed = ledger !== undefined && isCrossed(ledger, threshold, change.score)
            if (change.crossed.includes(threshold)) expect(fired.has(key)).toBe(false)
            if (crossed) expect(fired.has(key) || change.crossed.includes(threshold)).toBe(true)
            if (crossed) fired.add(key)
            else fired.delete(key)
          }
        }
      }),
      runs,
    )
  })

  test('scores stay on their scale', () => {
    fc.assert(
      fc.property(anyHistory, ({ ladder, events }) => {
        for (const change of replay(ladder, events, END)) {
          const ledger = ladder.ledgers.find((each) => each.id === change.ledger)
          expect(change.score).toBeGreaterThanOrEqual(ledger?.min ?? 0)
          expect(change.score).toBeLessThanOrEqual(ledger?.max ?? Number.POSITIVE_INFINITY)
        }
      }),
      runs,
    )
  })

  test('a daily cap holds: the violations of one day move the score by no more', () => {
    fc.assert(
      fc.property(anyHistory, ({ ladder, events }) => {
        const plain = events.filter((event) => event.type === 'violation')
        const moved = new Map<string, number>()
        const last = new Map<string, number>()
        for (const { time, subject, ledger, cause, score } of replay(ladder, plain, END)) {
          const rules = ladder.ledgers.find((each) => each.id === ledger)
          const before = last.get(`${subject} ${ledger}`) ?? rules?.start ?? 0
          last.set(`${subject} ${ledger}`, score)
          if (rules?.caps === undefined || /^(expiry|regain|streak)/.test(cause)) continue
          const local = time + (ladder.timeZone === 'UTC' ? 0 : 8 * 3_600_000)
          const key = `${subject} ${ledger} ${Math.floor(local / DAY_MS)}`
          moved.set(key, (moved.get(key) ?? 0) + Math.abs(score - before))
          expect(moved.get(key)).toBeLessThanOrEqual(rules.caps[0]?.points ?? 0)
        }
      }),
      runs,
    )
  })

  test('a repeated id changes nothing', () => {
    fc.assert(
      fc.property(anyHistory, ({ ladder, events }) => {
        const { admitted, refused } = admitEvents(
          ladder,
          [...events, ...events].map((event) => ({ event })),
        )
        expect(refused.map((each) => each.problem.field)).toEqual(events.map(() => 'id'))
        expect(
          replay(
            ladder,
            admitted.map((item) => item.event),
            END,
          ),
        ).toEqual(replay(ladder, events, END))
      }),
      runs,
    )
  })

  test('events applied one by one give the changes of the whole replay', () => {
    fc.assert(
      fc.property(anyHistory, ({ ladder, events }) => {
        // One subject, every event at its own moment: then what each event changed is a slice of the whole.
        const own = events
          .filter((event) => event.subject === 's1')
          .toSorted((a, b) => a.time - b.time || Number(a.id.slice(1)) - Number(b.id.slice(1)))
          .map((event, index) => ({ ...event, linked: [], time: event.time + index * 60_000 }))
        let history: readonly StandingEvent[] = []
        const changes: Change[] = []
        for (const event of own) {
          const applied = applyEvent(ladder, history, event)
          history = applied.history
          changes.push(...applied.changes)
        }
        expect(changes).toEqual(replay(ladder, history))
      }),
      runs,
    )
  })

  test('standingOf agrees with the replay at every moment, so nothing changes without a line', () => {
    fc.assert(
      fc.property(
        anyHistory,
        fc.array(fc.integer({ min: 0, max: 900 * 24 }), { maxLength: 10 }),
        ({ ladder, events }, hours) => {
          const changes = replay(ladder, events, END)
          const moments = [
            ...hours.map((hour) => START + hour * 3_600_000),
            ...changes.flatMap(({ time }) => [time - 1, time]),
          ]
          for (const at of moments) {
            const standing = standingOf(ladder, events, { subject: 's1', at })
            const past = changes.filter((change) => change.subject === 's1' && change.time <= at)
            expect(standing.sanctions).toEqual(past.at(-1)?.sanctions ?? [])
            for (const ledger of ladder.ledgers) {
              const score = past.findLast((change) => change.ledger === ledger.id)?.score ?? ledger.start
              expect(standing.ledgers.find((each) => each.id === ledger.id)?.score).toBe(score)
            }
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})
