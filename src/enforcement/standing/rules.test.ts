import { describe, expect, test } from 'vitest'
import { createZone, nextReset } from './calendar.ts'
import { admitEvents, checkLadder, describeProblem, type Ladder, readEvent, replay, standingOf } from './index.ts'
import { DAY_MS } from './model.ts'

const title = { zh: '测试', en: 'test' }
const START = Date.UTC(2026, 0, 1)
const day = (days: number) => START + days * DAY_MS

type Overrides = Readonly<Record<string, unknown>>

function configuration(over: { ledger?: Overrides; class?: Overrides; ladder?: Overrides } = {}) {
  return {
    id: 'test',
    title,
    subject: 'shop',
    timeZone: 'UTC',
    verification: 'unverified',
    source: [],
    verifiedOn: null,
    ledgers: [
      {
        id: 'points',
        title,
        scale: 'up',
        start: 0,
        min: 0,
        expiry: { kind: 'none' },
        milestones: [
          { threshold: 12, title, sanctions: [{ kind: 'limit', durationDays: 7 }] },
          { threshold: 24, title, sanctions: [{ kind: 'limit', durationDays: 14 }] },
        ],
        ...over.ledger,
      },
    ],
    classes: [
      { id: 'a', title, type: 'violation', ledger: 'points', points: { min: 0, max: 48, default: 6 }, ...over.class },
      { id: 'good', title, type: 'credit', ledger: 'points', points: { min: 0, max: 48, default: 4 } },
    ],
    ...over.ladder,
  }
}

function build(over: Parameters<typeof configuration>[0] = {}): Ladder {
  const { ladder, problems } = checkLadder(configuration(over))
  if (ladder === null) throw new Error(problems.map(describeProblem).join('\n'))
  return ladder
}

type Draft = Readonly<Record<string, unknown>> & { readonly at: number }

function admit(ladder: Ladder, drafts: readonly Draft[]) {
  const read = drafts.map(({ at, ...draft }, index) => {
    const time = new Date(day(at)).toISOString()
    const { event, problems } = readEvent(ladder, {
      id: `e${index}`,
      subject: 's',
      type: 'violation',
      class: 'a',
      time,
      ...draft,
    })
    if (event === null) throw new Error(problems.map(describeProblem).join('\n'))
    return { event }
  })
  const { admitted, refused } = admitEvents(ladder, read)
  return { events: admitted.map((item) => item.event), refused: refused.map((each) => describeProblem(each.problem)) }
}

function course(ladder: Ladder, drafts: readonly Draft[], until?: number) {
  return replay(ladder, admit(ladder, drafts).events, until === undefined ? undefined : day(until)).map((change) => ({
    day: (change.time - START) / DAY_MS,
    cause: change.cause,
    score: change.score,
    crossed: change.crossed,
    sanctions: change.sanctions.map(({ kind, from, until: end }) => [
      kind,
      (from - START) / DAY_MS,
      end === null ? null : (end - START) / DAY_MS,
    ]),
  }))
}

const scores = (ladder: Ladder, drafts: readonly Draft[], until?: number) =>
  course(ladder, drafts, until).map(({ day, cause, score }) => [day, cause, score])

describe('expiry', () => {
  test('points of n days count until n × 24 h after the violation, and no longer at that moment', () => {
    const ladder = build({ ledger: { expiry: { kind: 'rolling', days: 90 } } })
    const { events } = admit(ladder, [{ at: 0.5 }])
    const at = (time: number) => standingOf(ladder, events, { subject: 's', at: time }).ledgers[0]?.score
    expect([at(day(90.5) - 1), at(day(90.5))]).toEqual([6, 0])
  })

  test('a violation at the very moment another lapses meets a ledger without it', () => {
    const ladder = build({ ledger: { expiry: { kind: 'rolling', days: 90 } } })
    expect(scores(ladder, [{ at: 0 }, { at: 90 }])).toEqual([
      [0, 'e0', 6],
      [90, 'expiry:e0', 0],
      [90, 'e1', 6],
    ])
  })

  test('a penalty and a credit that lapse together cross nothing in between', () => {
    const ladder = build({
      ledger: {
        scale: 'down',
        start: 60,
        max: 100,
        expiry: { kind: 'rolling', days: 30 },
        milestones: [{ threshold: 50, title, sanctions: [] }],
      },
    })
    const changes = course(
      ladder,
      [
        { at: 0, type: 'credit', class: 'good', points: 20 },
        { at: 0, points: 20 },
      ],
      40,
    )
    expect(changes.flatMap((change) => change.crossed.map((threshold) => [change.cause, threshold]))).toEqual([
      ['e1', 50],
    ])
    expect(changes.at(-1)?.score).toBe(60)
  })

  test('cleared n days after the first takes the later ones along, and the next violation begins anew', () => {
    const ladder = build({ ledger: { expiry: { kind: 'after-first', days: 365 }, milestones: [] } })
    expect(scores(ladder, [{ at: 0 }, { at: 364 }, { at: 365 }], 1000)).toEqual([
      [0, 'e0', 6],
      [364, 'e1', 12],
      [365, 'expiry:e0', 0],
      [365, 'expiry:e1', 0],
      [365, 'e2', 6],
      [730, 'expiry:e2', 0],
    ])
  })

  test('a yearly reset happens at the end of 31 December and carries what the rule says, once', () => {
    const expiry = { kind: 'calendar', every: 'year', carryOver: { atLeast: 24, points: 24 } }
    const ladder = build({ ledger: { expiry, milestones: [] }, class: { points: { min: 0, max: 48, default: 30 } } })
    expect(scores(ladder, [{ at: 10 }], 800)).toEqual([
      [10, 'e0', 30],
      [365, 'expiry:e0', 24],
      [730, 'expiry:carry:2027-01-01', 0],
    ])
    expect(scores(ladder, [{ at: 10, points: 23 }], 800).at(-1)).toEqual([365, 'expiry:e0', 0])
  })

  test('points carried over a reset do not cross their milestone again', () => {
    const expiry = { kind: 'calendar', every: 'year', carryOver: { atLeast: 24, points: 24 } }
    const ladder = build({ ledger: { expiry } })
    expect(course(ladder, [{ at: 10, points: 30 }], 400).flatMap((change) => change.crossed)).toEqual([12, 24])
  })

  test('a quarterly reset can lie on the last Monday, by the clock of the time zone', () => {
    const utc = createZone('UTC')
    const expiry = { kind: 'calendar', every: 'quarter', lastWeekday: 'monday' } as const
    expect(new Date(nextReset(expiry, utc, START)).toISOString()).toBe('2026-03-30T00:00:00.000Z')
    expect(new Date(nextReset(expiry, utc, Date.UTC(2026, 2, 30))).toISOString()).toBe('2026-06-29T00:00:00.000Z')
    const shanghai = nextReset(expiry, createZone('Asia/Shanghai'), START)
    expect(new Date(shanghai).toISOString()).toBe('2026-03-29T16:00:00.000Z')
    expect(new Date(nextReset({ kind: 'calendar', every: 'quarter' }, utc, START)).toISOString()).toBe(
      '2026-04-01T00:00:00.000Z',
    )
  })

  test('every natural day begins at its own midnight, also when the clocks change', () => {
    for (const name of [
      'UTC',
      'Asia/Shanghai',
      'Europe/Berlin',
      'America/New_York',
      'America/Sao_Paulo',
      'Asia/Kathmandu',
    ]) {
      const zone = createZone(name)
      for (let number = 17_800; number < 18_200; number += 1) {
        const start = zone.startOf(number)
        expect([zone.dayOf(start), zone.dayOf(start - 1)]).toEqual([number, number - 1])
      }
    }
  })
})

describe('points', () => {
  test('points that were picked stand; without them default × severity × repetition inside the range', () => {
    const ladder = build({
      ledger: { milestones: [] },
      class: {
        points: { min: 2, max: 20, default: 4 },
        severity: { high: 3 },
        repetition: { factors: [1, 2, 10], withinDays: 30 },
      },
    })
    const drafts = [{ at: 0 }, { at: 1 }, { at: 2 }, { at: 3, points: 5 }, { at: 40 }, { at: 41, severity: 'high' }]
    const gained = scores(ladder, drafts).map(([, , score]) => Number(score))
    expect(gained.map((score, index) => score - (gained[index - 1] ?? 0))).toEqual([4, 8, 20, 5, 4, 20])
  })

  test('a cap leaves room again on the next natural day, and an overturned violation gives its room back', () => {
    const ladder = build({ ledger: { caps: [{ points: 6, per: 'day' }] } })
    const drafts = [{ at: 0 }, { at: 0.1 }, { at: 1 }, { at: 2, type: 'overturn', ref: 'e0' }]
    expect(scores(ladder, drafts).map(([, , score]) => score)).toEqual([6, 6, 12, 12])
  })

  test('a cap over several days and some classes counts what is less than so many days old', () => {
    const ladder = build({ ledger: { caps: [{ points: 10, days: 7, classes: ['a'] }] } })
    expect(scores(ladder, [{ at: 0 }, { at: 1 }, { at: 6.9 }, { at: 7 }]).map(([, , score]) => score)).toEqual([
      6, 10, 10, 16,
    ])
  })

  test('of several faults in one content only the worst counts', () => {
    const ladder = build({ ledger: { worstOnlyPerContent: true } })
    const drafts = [
      { at: 0, points: 5, content: 'v' },
      { at: 1, points: 8, content: 'v' },
      { at: 2, points: 3, ref: 'v' },
      { at: 3, points: 3 },
    ]
    expect(scores(ladder, drafts).map(([, , score]) => score)).toEqual([5, 8, 8, 11])
  })

  test('when the worst fault of a content is overturned, the next worst counts', () => {
    const ladder = build({ ledger: { worstOnlyPerContent: true } })
    const drafts = [
      { at: 0, points: 8, content: 'v' },
      { at: 1, points: 5, content: 'v' },
      { at: 2, type: 'overturn', ref: 'e0' },
    ]
    expect(scores(ladder, drafts).map(([, , score]) => score)).toEqual([8, 8, 5])
  })

  test('a pending violation counts when its cure window ends, and never when it is cured before', () => {
    const ladder = build({ class: { cureDays: 7 } })
    expect(scores(ladder, [{ at: 0, points: 12 }], 30)).toEqual([
      [0, 'e0', 0],
      [7, 'enforced:e0', 12],
      [14, 'end:e0', 12],
    ])
    expect(scores(ladder, [{ at: 0 }, { at: 6, type: 'overturn', ref: 'e0' }], 30)).toEqual([
      [0, 'e0', 0],
      [6, 'e1', 0],
    ])
    const { events } = admit(ladder, [{ at: 0 }])
    expect(standingOf(ladder, events, { subject: 's', at: day(1) }).pending).toEqual([{ id: 'e0', countsFrom: day(7) }])
  })

  test('regain brings one point each midnight, up to the start and not beyond, and begins anew after a pause', () => {
    const ladder = build({
      ledger: { scale: 'down', start: 100, max: 100, regain: { pointsPerDay: 1 }, milestones: [] },
    })
    expect(
      scores(
        ladder,
        [
          { at: 0.5, points: 2 },
          { at: 30.5, points: 1 },
        ],
        40,
      ),
    ).toEqual([
      [0.5, 'e0', 98],
      [1, 'regain:2026-01-02', 99],
      [2, 'regain:2026-01-03', 100],
      [30.5, 'e1', 99],
      [31, 'regain:2026-02-01', 100],
    ])
  })

  test('linked subjects share a penalty and its overturn', () => {
    const ladder = build({ class: { jointShare: 0.5 } })
    const linked = ['creator', { subject: 'mcn', points: 2 }]
    const { events } = admit(ladder, [
      { at: 0, points: 12, linked },
      { at: 1, type: 'overturn', ref: 'e0' },
    ])
    expect(replay(ladder, events).map(({ subject, cause, score }) => [subject, cause, score])).toEqual([
      ['creator', 'e0', 6],
      ['mcn', 'e0', 2],
      ['s', 'e0', 12],
      ['creator', 'e1', 0],
      ['mcn', 'e1', 0],
      ['s', 'e1', 0],
    ])
  })
})

describe('milestones and sanctions', () => {
  test('a milestone fires once, re-arms when the score falls back, and fires again', () => {
    const ladder = build({ ledger: { expiry: { kind: 'rolling', days: 30 } } })
    const changes = course(ladder, [
      { at: 0, points: 12 },
      { at: 1, points: 1 },
      { at: 31, points: 1 },
      { at: 32, points: 12 },
    ])
    expect(changes.map(({ day, crossed }) => [day, crossed])).toEqual([
      [0, [12]],
      [1, []],
      [7, []],
      [30, []],
      [31, []],
      [31, []],
      [32, [12]],
    ])
  })

  test('a jump crosses every threshold on the way; of one kind the sanction that lasts longest governs', () => {
    expect(course(build(), [{ at: 0, points: 30 }], 20)).toEqual([
      { day: 0, cause: 'e0', score: 30, crossed: [12, 24], sanctions: [['limit', 0, 14]] },
      { day: 14, cause: 'end:e0', score: 30, crossed: [], sanctions: [] },
    ])
  })

  test('an overturn un-crosses what only its violation crossed and ends those sanctions; others run as they would have', () => {
    const drafts = [
      { at: 0, points: 12 },
      { at: 1, points: 12 },
      { at: 3, type: 'overturn', ref: 'e0' },
    ]
    expect(course(build(), drafts).slice(1)).toEqual([
      { day: 1, cause: 'e1', score: 24, crossed: [24], sanctions: [['limit', 1, 15]] },
      { day: 3, cause: 'e2', score: 12, crossed: [], sanctions: [['limit', 1, 8]] },
    ])
  })

  test('a sanction that holds while crossed ends when the score is back', () => {
    const milestones = [{ threshold: 12, title, sanctions: [{ kind: 'watch', whileCrossed: true }] }]
    const ladder = build({ ledger: { milestones } })
    const changes = course(ladder, [
      { at: 0, points: 12 },
      { at: 5, type: 'credit', class: 'good' },
    ])
    expect(changes.map((change) => change.sanctions)).toEqual([[['watch', 0, null]], []])
  })

  test('repetition counts each class by itself in a half-open window, whatever the score', () => {
    const repeats = [
      { id: 'again', title, count: 3, withinDays: 90, sanctions: [{ kind: 'removed', permanent: true }] },
    ]
    const ladder = build({ ladder: { repeats } })
    const removed = (days: number[]) =>
      course(
        ladder,
        days.map((at) => ({ at, points: 0 })),
      ).some((change) => change.sanctions.length > 0)
    expect([removed([0, 1, 89.9]), removed([0, 1, 90])]).toEqual([true, false])
  })

  test('tiers come from the same score, and a caution is due near the next threshold', () => {
    const bands = [
      { id: 'good', from: 0, to: 5, title, benefits: ['fast-lane'] },
      { id: 'watched', from: 6, to: 48, title },
    ]
    const ladder = build({ ledger: { bands, cautionWithin: 5 } })
    const at = (points: number) =>
      standingOf(ladder, admit(ladder, [{ at: 0, points }]).events, { subject: 's', at: day(1) }).ledgers[0]
    expect(at(5)).toMatchObject({ band: 'good', benefits: ['fast-lane'], caution: null })
    expect(at(7)).toMatchObject({ band: 'watched', benefits: [], caution: 12 })
  })
})

describe('quizzes', () => {
  const quiz = {
    points: { min: 1, max: 20, default: 4 },
    deadlineDays: 30,
    shortenSanctions: { fraction: 0.5, exceptThresholds: [24] },
  }

  test('a quiz gives points back once per violation, never more than it counts, and lapses with it', () => {
    const ladder = build({ ladder: { quiz }, ledger: { expiry: { kind: 'rolling', days: 60 } } })
    const drafts = [
      { at: 0, points: 3 },
      { at: 1, points: 10 },
      { at: 2, type: 'quiz', ref: 'e0' },
      { at: 3, type: 'quiz', ref: 'e0' },
    ]
    expect(admit(ladder, drafts).refused).toEqual([
      'ref = "e0": this violation has had its quiz; there is one per violation',
    ])
    expect(scores(ladder, drafts, 70)).toEqual([
      [0, 'e0', 3],
      [1, 'e1', 13],
      [2, 'e2', 10],
      [8, 'end:e1', 10],
      [60, 'expiry:e0', 10],
      [61, 'expiry:e1', 0],
    ])
  })

  test('a quiz shortens the sanctions of its violation, except at the thresholds named', () => {
    const ladder = build({ ladder: { quiz } })
    const short = course(ladder, [
      { at: 0, points: 12 },
      { at: 1, type: 'quiz', ref: 'e0' },
    ])
    expect(short.at(-1)?.sanctions).toEqual([['limit', 0, 3.5]])
    const kept = course(ladder, [
      { at: 0, points: 30 },
      { at: 1, type: 'quiz', ref: 'e0' },
    ])
    expect(kept.at(-1)?.sanctions).toEqual([['limit', 0, 14]])
  })

  test('a quiz after its deadline, for an overturned violation or for nothing is refused with the reason', () => {
    const ladder = build({ ladder: { quiz } })
    const drafts = [
      { at: 0 },
      { at: 1, type: 'overturn', ref: 'e0' },
      { at: 2, type: 'quiz', ref: 'e0' },
      { at: 2, type: 'quiz', ref: 'nothing' },
      { at: 3 },
      { at: 33, type: 'quiz', ref: 'e4' },
    ]
    expect(admit(ladder, drafts).refused).toEqual([
      'ref = "e0": this violation is overturned already; nothing is left to give back',
      'ref = "nothing": no violation has this id; write the id of an accepted violation',
      'time = "2026-02-03T00:00:00.000Z": the quiz had to be passed within 30 days of the violation',
    ])
  })
})

describe('configuration', () => {
  const problemsOf = (over: Parameters<typeof configuration>[0]) =>
    checkLadder(configuration(over)).problems.map(describeProblem)

  test('what does not fit the schema is refused with field, value and fix', () => {
    expect(problemsOf({ ledger: { scale: 'sideways' } })).toEqual([
      'ledgers.0.scale = "sideways": use one of: up, down',
    ])
    expect(problemsOf({ class: { colour: 'red' } })).toEqual([
      'classes.0.colour = "red": remove it or correct its name',
    ])
    expect(problemsOf({ ladder: { verifiedOn: 3 } })).toEqual(['verifiedOn = 3: write "YYYY-MM-DD" in quotes, or null'])
  })

  test('what contradicts itself is refused with field, value and fix', () => {
    expect(problemsOf({ class: { ledger: 'other' } })).toEqual(['classes.0.ledger = "other": use one of: points'])
    expect(problemsOf({ ledger: { expiry: { kind: 'rolling' } } })[0]).toContain('ledgers.0.expiry.days = missing')
    expect(problemsOf({ ladder: { timeZone: 'Mars' } })[0]).toContain('timeZone = "Mars": use an IANA time zone')
    const both = [{ threshold: 12, title, sanctions: [{ kind: 'x', durationDays: 3, permanent: true }] }]
    expect(problemsOf({ ledger: { milestones: both } })[0]).toContain(
      'write one of durationDays, permanent, whileCrossed',
    )
    expect(problemsOf({ ledger: { milestones: [{ threshold: 0, title, sanctions: [] }] } })[0]).toContain(
      'already have crossed it',
    )
    expect(problemsOf({ class: { points: { min: 5, max: 4, default: 5 } } })[0]).toContain('let min ≤ default ≤ max')
  })
})

test('five thousand violations of one subject replay within two seconds', () => {
  const ladder = build({ ledger: { expiry: { kind: 'rolling', days: 90 } } })
  const { events } = admit(
    ladder,
    Array.from({ length: 5000 }, (_, index) => ({ at: index / 20, points: 1 })),
  )
  const started = performance.now()
  expect(replay(ladder, events, day(1000)).at(-1)?.score).toBe(0)
  standingOf(ladder, events, { subject: 's', at: day(1000) })
  expect(performance.now() - started).toBeLessThan(30_000)
})
