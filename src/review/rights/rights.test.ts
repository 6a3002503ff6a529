import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { day, parseTime } from '../../kernel/time.ts'
import { compileCalendar } from '../calendars/index.ts'
import { calendarsBy } from '../inbound/index.ts'
import {
  type Authorisation,
  authorisedFor,
  brandOf,
  claimEvents,
  claimStatuses,
  claimTransitions,
  counterRules,
  counterTimer,
  countOnce,
  mostLinks,
  nextClaim,
  quarter,
  ratesOf,
  statusOf,
  trustLimits,
  trustOf,
} from './index.ts'

const at = (text: string) => parseTime(text) ?? Number.NaN
const us = compileCalendar({
  id: 'us',
  title: { zh: 'us', en: 'us' },
  zone: 'America/New_York',
  hours: {
    mon: ['09:00-17:00'],
    tue: ['09:00-17:00'],
    wed: ['09:00-17:00'],
    thu: ['09:00-17:00'],
    fri: ['09:00-17:00'],
  },
  holidays: ['2026-11-26'],
})
const calendarOf = calendarsBy(new Map([['us', us]]))

describe('the state machine of claims', () => {
  test('every pair of status and event is either a move or refused, and what was restored stays so', () => {
    for (const status of claimStatuses)
      for (const event of claimEvents) {
        const next = claimTransitions[status][event]
        if (next === null) expect(() => nextClaim(status, event)).toThrow(/cannot be/)
        else expect(claimStatuses).toContain(nextClaim(status, event))
      }
    for (const end of ['restored', 'refused'] as const)
      expect(claimEvents.filter((event) => claimTransitions[end][event] !== null)).toEqual([])
  })

  test('every status can be reached, and every status that is not an end can end', () => {
    const reached = new Set<string>(['open'])
    for (let round = 0; round < claimStatuses.length; round++)
      for (const status of claimStatuses)
        if (reached.has(status)) for (const event of claimEvents) reached.add(claimTransitions[status][event] ?? 'open')
    expect([...reached].sort()).toEqual([...claimStatuses].sort())
  })

  test('the status follows from the notice and the events of the claim', () => {
    expect(statusOf({ outcome: null, status: 'case' }, [])).toBe('open')
    expect(statusOf({ outcome: 'no_action', status: 'informed' }, [])).toBe('refused')
    expect(statusOf({ outcome: 'action', status: 'informed' }, [{ type: 'countered' }])).toBe('countered')
    expect(statusOf({ outcome: 'no_action', status: 'informed' }, [{ type: 'countered' }, { type: 'expired' }])).toBe(
      'restored',
    )
    expect(statusOf({ outcome: 'no_action', status: 'informed' }, [{ type: 'countered' }, { type: 'proved' }])).toBe(
      'restored',
    )
  })
})

describe('timers of counter-notices', () => {
  test('China: 15 days; United States: 10 business days, back within 14, holidays do not count; Union: 7 days', () => {
    const friday = at('2026-11-20T15:00:00Z')
    expect(counterTimer(friday, ['CN'], calendarOf)).toMatchObject({
      rule: 'cn-ecommerce-43',
      proofUntil: friday + 15 * day,
    })
    expect(counterTimer(friday, ['US'], calendarOf)).toEqual({
      rule: 'us-dmca-512g',
      proofUntil: at('2026-12-07T15:00:00Z'),
      restoreBy: at('2026-12-11T15:00:00Z'),
    })
    expect(counterTimer(friday, ['DE'], calendarOf).proofUntil).toBe(friday + 7 * day)
    expect(counterTimer(friday, ['JP'], calendarOf).rule).toBe('platform')
  })

  test('never end before they begin, never put back before the proof is due, and later notices never end earlier', () => {
    const moment = fc.integer({ min: 0, max: 700 * 24 * 60 }).map((minutes) => at('2026-01-01') + minutes * 60_000_000)
    const market = fc.constantFrom('CN', 'US', 'DE', 'JP')
    fc.assert(
      fc.property(moment, moment, market, (a, b, where) => {
        const [first, second] = [Math.min(a, b), Math.max(a, b)].map((time) => counterTimer(time, [where], calendarOf))
        expect(first?.proofUntil).toBeGreaterThan(Math.min(a, b))
        expect(first?.restoreBy).toBeGreaterThanOrEqual(first?.proofUntil ?? 0)
        expect(second?.proofUntil).toBeGreaterThanOrEqual(first?.proofUntil ?? 0)
      }),
    )
  })

  test('what was not checked against the law says so', () => {
    for (const rule of counterRules) expect(rule.verification).toBe('unverified')
  })
})

/** Mostly right, so that trust is gained, and lost again. */
const outcome = fc.record({
  at: fc.integer({ min: 0, max: 200 }).map((days) => days * day),
  kind: fc.oneof(
    { weight: 30, arbitrary: fc.constant('upheld' as const) },
    { weight: 1, arbitrary: fc.constant('refused' as const) },
    { weight: 1, arbitrary: fc.constant('countered' as const) },
  ),
})
const history = fc.array(outcome, { maxLength: 80, size: 'max' })
const now = fc.integer({ min: 0, max: 400 }).map((days) => days * day)

describe('trust of notifiers', () => {
  test('the histories that these tests make bring every status', () => {
    const found = fc
      .sample(fc.tuple(history, now), { numRuns: 300, seed: 7 })
      .map(([all, time]) => trustOf(all, time).status)
    expect([...new Set(found)].sort()).toEqual(['locked_out', 'standard', 'trusted'])
  })

  test('follows only from what had happened by then, in whatever order it is told', () => {
    fc.assert(
      fc.property(history, now, (outcomes, time) => {
        const trust = trustOf(outcomes, time)
        expect(
          trustOf(
            outcomes.filter((found) => found.at <= time),
            time,
          ),
        ).toEqual(trust)
        expect(trustOf(outcomes.toReversed(), time)).toEqual(trust)
      }),
    )
  })

  test('nobody is trusted who does not meet both limits, with enough notices, in the last three months', () => {
    fc.assert(
      fc.property(history, now, (outcomes, time) => {
        if (trustOf(outcomes, time).status !== 'trusted') return
        const rates = ratesOf(outcomes, time)
        expect(rates.decided).toBeGreaterThanOrEqual(trustLimits.least)
        expect(rates.success).toBeGreaterThanOrEqual(trustLimits.success)
        expect(rates.countered).toBeLessThanOrEqual(trustLimits.countered)
      }),
    )
  })

  test('a lock-out ends three months after it began, and nobody is trusted while it lasts', () => {
    fc.assert(
      fc.property(history, now, (outcomes, time) => {
        const { status, lockedUntil } = trustOf(outcomes, time)
        expect(status === 'locked_out').toBe(lockedUntil !== null)
        if (lockedUntil === null) return
        expect(lockedUntil - time).toBeLessThanOrEqual(quarter)
        const moments = outcomes.flatMap((found) => [found.at, found.at + quarter])
        expect(moments.map((moment) => moment + quarter)).toContain(lockedUntil)
        expect(trustOf(outcomes, lockedUntil).status).not.toBe('locked_out')
      }),
    )
  })

  test('a notifier who was always right is never locked out, and is trusted from the tenth notice of three months on', () => {
    const right = Array.from({ length: 12 }, (_, index) => ({ at: index * day, kind: 'upheld' as const }))
    expect(trustOf(right, 8 * day).status).toBe('standard')
    expect(trustOf(right, 9 * day).status).toBe('trusted')
    fc.assert(
      fc.property(history, now, (outcomes, time) => {
        expect(
          trustOf(
            outcomes.map((found) => ({ ...found, kind: 'upheld' as const })),
            time,
          ).lockedUntil,
        ).toBeNull()
      }),
    )
  })

  test('one counter-notice in ten ends it; success of exactly 90 % keeps it', () => {
    const right = Array.from({ length: 10 }, (_, index) => ({ at: index * day, kind: 'upheld' as const }))
    const lost = trustOf([...right, { at: 10 * day, kind: 'countered' }], 11 * day)
    expect(lost).toMatchObject({ status: 'locked_out', lockedUntil: 10 * day + quarter })
    const nine = Array.from({ length: 18 }, (_, index) => ({ at: index * day, kind: 'upheld' as const }))
    const refused = [18, 19].map((index) => ({ at: index * day, kind: 'refused' as const }))
    expect(trustOf([...nine, ...refused], 20 * day)).toMatchObject({ status: 'trusted', success: 0.9 })
  })
})

const link = (id: string, more: Partial<Authorisation> = {}): Authorisation => ({
  authorisation_id: id,
  brand: 'Acme',
  seller: id,
  parent: null,
  classes: ['*'],
  territory: ['EU'],
  channels: ['*'],
  from: 0,
  until: null,
  ended: false,
  ...more,
})
const asked = { seller: 'c', brand: 'ACME', market: 'DE', at: day }

describe('authorisations', () => {
  test('a chain of three leads to the owner; a fourth link, a missing link and a narrower link do not', () => {
    const chain = [link('a'), link('b', { parent: 'a' }), link('c', { parent: 'b' })]
    expect(authorisedFor(asked, chain)).toMatchObject({ authorised: true, chain: ['a', 'b', 'c'] })
    expect(chain.length).toBe(mostLinks)
    expect(authorisedFor({ ...asked, seller: 'd' }, [...chain, link('d', { parent: 'c' })]).authorised).toBe(false)
    expect(authorisedFor(asked, chain.slice(1)).authorised).toBe(false)
    expect(authorisedFor(asked, [link('a', { territory: ['FR'] }), ...chain.slice(1)]).authorised).toBe(false)
    expect(authorisedFor(asked, [link('a', { until: day }), ...chain.slice(1)]).authorised).toBe(false)
    expect(authorisedFor({ ...asked, market: 'US' }, chain).authorised).toBe(false)
  })

  test('nobody passes on more than they hold: every link of the chain covers what is asked', () => {
    const territory = fc.subarray(['DE', 'FR', 'US', 'CN'], { minLength: 1 })
    fc.assert(
      fc.property(territory, territory, fc.constantFrom('DE', 'FR', 'US', 'CN'), (held, passed, market) => {
        const all = [link('a', { territory: held }), link('c', { parent: 'a', territory: passed })]
        expect(authorisedFor({ ...asked, market }, all).authorised).toBe(
          held.includes(market) && passed.includes(market),
        )
      }),
    )
  })

  test('a brand is known by its aliases, in other scripts, widths and spellings with signs between letters', () => {
    const rights = [{ brand: 'Acme', aliases: ['爱可美', 'Akme'], ended: false }]
    for (const name of ['ACME', 'Ａｃｍｅ', 'A.C.M.E.', 'a c m e', '爱可美', 'akme'])
      expect(brandOf(name, rights)).toBe('acme')
    expect(brandOf('Acmee', rights)).toBe('acmee')
  })
})

test('violations within three days count once', () => {
  expect(countOnce([0, day, 3 * day, 4 * day, 20 * day])).toBe(3)
  expect(countOnce([])).toBe(0)
})
