import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRateLimit } from '../../kernel/rate-limit.ts'
import { betaCdf, betaInterval } from '../../kernel/statistics.ts'
import { day, hour, parseTime } from '../../kernel/time.ts'
import { severities } from '../../vocabulary/verdicts.ts'
import {
  calendarsBy,
  classOf,
  credibility,
  deadlineOf,
  deadlineRules,
  heartbeatOf,
  kindOfReporter,
  kindRules,
  leastArrivals,
  measureDue,
  missingFields,
  misuseLimits,
  nextStatus,
  noticeEventTypes,
  noticeKinds,
  noticeStatuses,
  noticeTransitions,
  ordinarySilence,
  policyClasses,
  suspendedUntil,
} from './index.ts'
import type { Measure } from './misuse.ts'

const at = (text: string) => parseTime(text) ?? Number.NaN

describe('the state machine of notices', () => {
  test('every pair of status and event is either a move or refused', () => {
    for (const status of noticeStatuses)
      for (const type of noticeEventTypes) {
        const next = noticeTransitions[status][type]
        if (next === null) expect(() => nextStatus(status, type)).toThrow(/cannot be/)
        else expect(nextStatus(status, type)).toBe(next)
      }
  })

  test('every status can be reached from receipt, and from every status but an end one reaches an end', () => {
    const from = (start: string) => {
      const seen = new Set([start])
      for (const status of seen)
        for (const next of Object.values(noticeTransitions[status as 'received'])) if (next) seen.add(next)
      return seen
    }
    expect([...from('received')].sort()).toEqual([...noticeStatuses].sort())
    for (const status of noticeStatuses)
      expect([...from(status)].some((end) => ['informed', 'withdrawn', 'rejected'].includes(end))).toBe(true)
  })

  test('nobody is told an outcome before there is one', () => {
    for (const status of noticeStatuses) expect(noticeTransitions[status].informed !== null).toBe(status === 'decided')
  })
})

describe('credibility', () => {
  const count = fc.integer({ min: 0, max: 500 })
  test('lies inside its interval, grows with every notice that was right and falls with every one that was not', () => {
    fc.assert(
      fc.property(count, count, (founded, unfounded) => {
        const found = credibility({ founded, unfounded })
        expect(found.low).toBeLessThan(found.mean)
        expect(found.high).toBeGreaterThan(found.mean)
        expect(credibility({ founded: founded + 1, unfounded }).mean).toBeGreaterThan(found.mean)
        expect(credibility({ founded, unfounded: unfounded + 1 }).mean).toBeLessThan(found.mean)
      }),
    )
  })

  test('mirrors: right and wrong swapped give one minus', () => {
    fc.assert(
      fc.property(count, count, (founded, unfounded) => {
        const [one, other] = [
          credibility({ founded, unfounded }),
          credibility({ founded: unfounded, unfounded: founded }),
        ]
        expect(one.mean + other.mean).toBeCloseTo(1, 12)
        expect(one.low + other.high).toBeCloseTo(1, 9)
      }),
    )
  })

  test('the interval is that of the Beta distribution: closed forms, and known values', () => {
    // Beta(1, 1) is uniform, Beta(n, 1) has the distribution x^n.
    expect(betaInterval(1, 1)).toEqual({ low: expect.closeTo(0.025, 9), high: expect.closeTo(0.975, 9) })
    for (const [x, n] of [
      [0.3, 2],
      [0.9, 7],
      [0.99, 120],
    ] as const)
      expect(betaCdf(x, n, 1)).toBeCloseTo(x ** n, 10)
    // Beta(9, 3) is the chance of at least 9 heads in 11 throws.
    const binomial = [55 * 0.7 ** 9 * 0.3 ** 2, 11 * 0.7 ** 10 * 0.3, 0.7 ** 11].reduce((sum, p) => sum + p, 0)
    expect(betaCdf(0.7, 9, 3)).toBeCloseTo(binomial, 10)
  })
})

describe('deadlines', () => {
  const plain = calendarsBy(new Map())
  const ask = (more: Partial<Parameters<typeof deadlineOf>[0]>) =>
    deadlineOf(
      { kind: 'user_report', classId: 'other', severity: 'S3', markets: [], from: at('2026-06-05T10:00:00Z'), ...more },
      plain,
    )

  test('the earliest rule of any market counts; working days skip the weekend', () => {
    expect(ask({})).toEqual({ due: at('2026-06-08T10:00:00Z'), rule: 'platform' })
    expect(ask({ kind: 'authority_order', classId: 'terrorism', severity: 'S1', markets: ['US', 'DE'] })).toEqual({
      due: at('2026-06-05T11:00:00Z'),
      rule: expect.any(String),
    })
    const slow = ask({ kind: 'user_report', classId: 'service', severity: 'S4', markets: ['CN'] })
    expect(slow).toEqual({ due: at('2026-06-12T10:00:00Z'), rule: 'platform' })
    const gpsr = deadlineRules.find((rule) => rule.id === 'eu-gpsr-order')
    expect(gpsr?.within).toEqual({ workingDays: 2 })
  })

  test('is after receipt, never later for one more market, and earlier for trusted flaggers and authorities', () => {
    const markets = fc.subarray(['DE', 'US', 'CN', 'JP', 'BR'])
    fc.assert(
      fc.property(fc.constantFrom(...noticeKinds), fc.constantFrom(...policyClasses), markets, (kind, found, where) => {
        const question = { kind, classId: found.id, severity: found.severity, from: at('2026-06-05T10:00:00Z') }
        const one = deadlineOf({ ...question, markets: where }, plain)
        expect(one.due).toBeGreaterThan(question.from)
        expect(deadlineOf({ ...question, markets: [...where, 'FR'] }, plain).due).toBeLessThanOrEqual(one.due)
        const flagged = deadlineOf({ ...question, kind: 'trusted_flagger', markets: [] }, plain)
        expect(flagged.due).toBeLessThan(deadlineOf({ ...question, kind: 'seller_report', markets: [] }, plain).due)
      }),
    )
  })

  test('every rule that rests on memory of a law is marked as unverified', () => {
    for (const rule of deadlineRules) expect(rule.verification).toBe('unverified')
  })
})

describe('kinds and classes', () => {
  test('every reporter kind means one kind of notice, every reason one class', () => {
    const reporters = noticeKinds.flatMap((kind) => kindRules[kind].reporters)
    expect(new Set(reporters).size).toBe(reporters.length)
    for (const kind of noticeKinds)
      for (const reporter of kindRules[kind].reporters) expect(kindOfReporter(reporter)).toBe(kind)
    const reasons = policyClasses.flatMap((found) => found.reasons)
    expect(new Set(reasons).size).toBe(reasons.length)
    expect(classOf('False Advertising').id).toBe('misleading')
    expect(classOf('never heard of').id).toBe('other')
    for (const found of policyClasses) expect(severities).toContain(found.severity)
  })

  test('where a child is abused nobody must say who they are', () => {
    const content = {
      target_id: 'x',
      reason: 'csam',
      text: 'a picture of a child',
      right_owner: 'a',
      right_number: '1',
    }
    expect(missingFields('rights_notice', [], content)).toEqual([])
    expect(missingFields('rights_notice', [], { ...content, reason: 'trademark' })).toEqual(['name', 'email'])
  })
})

describe('heartbeats', () => {
  const beat = (time: number, more: Partial<Parameters<typeof heartbeatOf>[0][number]> = {}) => ({
    at: time,
    dueAt: time + day,
    open: false,
    decidedAt: time + hour,
    ...more,
  })

  test('a channel that is as regular as it was raises nothing; one that stops is silent in the end, and only then', () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 72 }), { minLength: leastArrivals, maxLength: 60 })
    fc.assert(
      fc.property(gaps, (hours) => {
        const beats = hours.map((_, index) => beat(hours.slice(0, index + 1).reduce((sum, gap) => sum + gap * hour, 0)))
        const time = beats.at(-1)?.at ?? 0
        const limit = ordinarySilence(beats.map((one) => one.at)) ?? Number.NaN
        expect(limit).toBeGreaterThan(Math.max(...hours.slice(1)) * hour)
        expect(heartbeatOf(beats, { now: time + limit, declared: null }).troubles).toEqual([])
        expect(heartbeatOf(beats, { now: time + limit + 1, declared: null }).troubles).toEqual(['silent'])
      }),
    )
  })

  test('says nothing of silence before it knows enough, unless somebody has declared what must come', () => {
    const few = [beat(0), beat(hour)]
    expect(heartbeatOf(few, { now: 900 * day, declared: null }).troubles).toEqual([])
    expect(heartbeatOf([], { now: 3 * day, declared: { every: day, since: 0 } }).troubles).toEqual(['silent'])
    expect(heartbeatOf([], { now: day, declared: { every: day, since: 0 } }).troubles).toEqual([])
  })

  test('what waits while nothing is decided is stuck; what waits past its deadline is late', () => {
    const waiting = beat(0, { open: true, decidedAt: null, dueAt: 10 * day })
    expect(heartbeatOf([waiting], { now: day, declared: null }).troubles).toEqual([])
    expect(heartbeatOf([waiting], { now: day + 1, declared: null }).troubles).toEqual(['stuck'])
    expect(heartbeatOf([waiting, beat(day)], { now: day + 2 * hour, declared: null }).troubles).toEqual([])
    expect(heartbeatOf([waiting, beat(10 * day)], { now: 10 * day + 2 * hour, declared: null })).toMatchObject({
      troubles: ['late'],
      late: 1,
      open: 1,
    })
  })
})

describe('misuse', () => {
  const bad = (days: number) => ({ at: days * day, manifest: true })
  const row = (kind: string, days: number, more: Partial<Measure> = {}): Measure => ({
    measure_id: `${kind}${days}`,
    kind,
    at: days * day,
    until: null,
    ref: null,
    ...more,
  })

  test('nobody is suspended without a warning, and each measure needs new misuse', () => {
    const judged = fc.array(
      fc.record({ at: fc.integer({ min: 0, max: 300 }).map((d) => d * day), manifest: fc.boolean() }),
      {
        maxLength: 40,
      },
    )
    fc.assert(
      fc.property(judged, (all) => {
        expect(measureDue(all, [], 400 * day)).not.toBe('suspended')
        const warned = row('warned', 301)
        expect(measureDue(all, [warned], 302 * day)).toBeNull()
      }),
    )
    const three = [bad(1), bad(2), bad(3)]
    expect(measureDue(three, [], 3 * day)).toBe('warned')
    expect(measureDue([...three, bad(5), bad(6), bad(7)], [row('warned', 3)], 7 * day)).toBe('suspended')
    expect(measureDue([...three, bad(5), bad(6)], [row('warned', 3)], 7 * day)).toBeNull()
  })

  test('a warning that was lifted does not count, a suspension that was lifted is over', () => {
    const six = [1, 2, 3, 5, 6, 7].map(bad)
    const lifted = [row('warned', 3), row('lifted', 4, { ref: 'warned3' })]
    expect(measureDue(six, lifted, 7 * day)).toBe('warned')
    const suspended = row('suspended', 7, { until: 37 * day })
    expect(suspendedUntil([suspended], 8 * day)).toBe(37 * day)
    expect(suspendedUntil([suspended], 37 * day)).toBeNull()
    expect(suspendedUntil([suspended, row('lifted', 8, { ref: 'suspended7' })], 9 * day)).toBeNull()
  })

  test('one bad notice among many good ones is no misuse', () => {
    const good = Array.from({ length: 20 }, (_, index) => ({ at: index * hour, manifest: false }))
    expect(measureDue([...good, bad(1), bad(1), bad(1)], [], 2 * day)).toBeNull()
    expect(misuseLimits.least).toBe(3)
  })
})

test('no more calls of one key get through in any window than the limit says, and other keys are not touched', () => {
  const calls = fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.integer({ min: 0, max: 50 })), { maxLength: 200 })
  fc.assert(
    fc.property(calls, (all) => {
      const limit = createRateLimit({ most: 3, windowMicros: 100 })
      let now = 0
      const passed = all.flatMap(([key, gap]) => {
        now += gap
        return limit.take(key, now) ? [{ key, at: now }] : []
      })
      for (const { key, at: then } of passed)
        expect(
          passed.filter((other) => other.key === key && other.at > then - 100 && other.at <= then).length,
        ).toBeLessThanOrEqual(3)
    }),
  )
})
