import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { appealRule, defaultAppealRule, type EarlierAppeal, nextAppeal, statutoryDays } from './appeals.ts'

const levels = [
  { days: 7, chances: 2, dueHours: 72 },
  { days: 14, chances: 1, dueHours: 168 },
]
const DAY = 86_400_000
const upheld = (level: number, decidedAt: number): EarlierAppeal => ({ level, outcome: 'upheld', decidedAt })

describe('the next appeal', () => {
  test('first level, then with new evidence the second chance, then the second level, then nothing', () => {
    const step = (earlier: EarlierAppeal[], now: number, evidence = true) =>
      nextAppeal(levels, earlier, { at: 0, now, evidence })
    expect(step([], DAY)).toMatchObject({ open: true, level: 1, chance: 1, until: 7 * DAY, left: 3 })
    expect(step([], 8 * DAY)).toEqual({ open: false, why: 'window', left: 0 })
    const one = [upheld(1, 2 * DAY)]
    expect(step(one, 3 * DAY)).toMatchObject({ level: 1, chance: 2, until: 9 * DAY, left: 2 })
    expect(step(one, 3 * DAY, false)).toMatchObject({ level: 2, chance: 1, until: 16 * DAY })
    const two = [...one, upheld(1, 4 * DAY)]
    expect(step(two, 5 * DAY)).toMatchObject({ level: 2, chance: 1 })
    const three = [...two, upheld(2, 6 * DAY)]
    expect(step(three, 7 * DAY)).toEqual({ open: false, why: 'chances', left: 0 })
  })

  test('nothing is open while one waits, nor after one was overturned', () => {
    const waits = { level: 1, outcome: null, decidedAt: null }
    expect(nextAppeal(levels, [waits], { at: 0, now: 0, evidence: true })).toEqual({
      open: false,
      why: 'pending',
      left: 2,
    })
    const won = { level: 1, outcome: 'overturned', decidedAt: 1 }
    expect(nextAppeal(levels, [won], { at: 0, now: 2, evidence: true })).toEqual({
      open: false,
      why: 'overturned',
      left: 0,
    })
  })

  test('a last level with a chance left asks for new evidence', () => {
    const only = [{ days: 7, chances: 2, dueHours: 72 }]
    expect(nextAppeal(only, [upheld(1, 0)], { at: 0, now: 1, evidence: false })).toEqual({
      open: false,
      why: 'evidence',
      left: 1,
    })
  })

  test('whoever goes on to the end has had every chance that the rule gives, and no more', () => {
    const anyLevels = fc.array(
      fc.record({
        days: fc.integer({ min: 1, max: 400 }),
        chances: fc.integer({ min: 1, max: 4 }),
        dueHours: fc.constant(72),
      }),
      { minLength: 1, maxLength: 3 },
    )
    fc.assert(
      fc.property(anyLevels, (rule) => {
        const earlier: EarlierAppeal[] = []
        const all = rule.reduce((sum, level) => sum + level.chances, 0)
        for (let now = 0; ; now++) {
          const step = nextAppeal(rule, earlier, { at: 0, now, evidence: true })
          if (!step.open) {
            expect(step.why).toBe('chances')
            break
          }
          expect(step.left).toBe(all - earlier.length)
          earlier.push(upheld(step.level, now))
        }
        expect(earlier).toHaveLength(all)
        expect(earlier.map(({ level }) => level)).toEqual(earlier.map(({ level }) => level).toSorted())
      }),
    )
  })
})

describe('the rule for a matter', () => {
  const ladder = {
    appeals: [
      { classes: ['ip-infringement'], levels: [{ days: 7, chances: 2, dueHours: 72 }] },
      { markets: ['TH'], levels: [{ days: 10, chances: 1, dueHours: 48 }] },
      { levels: [{ days: 30, chances: 1, dueHours: 72 }] },
    ],
  } as unknown as Parameters<typeof appealRule>[0]

  test('is the first whose class and market fit', () => {
    expect(appealRule(ladder, { class: 'ip-infringement', markets: ['MY'] }).levels[0]?.days).toBe(7)
    expect(appealRule(ladder, { class: 'other', markets: ['TH', 'MY'] }).levels[0]?.days).toBe(10)
    expect(appealRule(ladder, { class: null, markets: ['MY'] }).levels[0]?.days).toBe(30)
    expect(appealRule(undefined, { class: null, markets: ['MY'] })).toBe(defaultAppealRule)
  })

  test.each([[['DE']], [['EU']], [['*']], [['MY', 'NO']]])(
    'in %s it is never shorter than six months (DSA art. 20)',
    (markets) => {
      expect(appealRule(ladder, { class: 'ip-infringement', markets }).levels[0]?.days).toBe(statutoryDays)
    },
  )
})
