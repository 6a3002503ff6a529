import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkSchedule, lastTurn, lastTurns, nextTurn, parseSpan, turnsBetween } from './schedule.ts'
import { day, formatTime, hour, parseTime } from './time.ts'

const at = (text: string) => parseTime(text) ?? Number.NaN
const crons = ['0 0 * * *', '*/15 * * * *', '30 2 * * 1', '0 6 1 * *', '5 4 * * 1-5']
const zones = ['UTC', 'Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe']
const schedules = fc.record({
  cron: fc.constantFrom(...crons),
  timezone: fc.constantFrom(...zones),
  after: fc.integer({ min: 0, max: 72 }).map((hours) => hours * hour),
})
const times = fc.integer({ min: at('2024-01-01') / 1e6, max: at('2028-01-01') / 1e6 }).map((seconds) => seconds * 1e6)

describe('turns of a schedule', () => {
  test('two stretches give what the whole gives: none is lost and none comes twice', () => {
    fc.assert(
      fc.property(
        schedules,
        times,
        fc.integer({ min: 0, max: 8 }),
        fc.integer({ min: 0, max: 8 }),
        (schedule, from, a, b) => {
          const [middle, to] = [from + a * day, from + (a + b) * day]
          const whole = turnsBetween(schedule, from, to, 10_000)
          expect([
            ...turnsBetween(schedule, from, middle, 10_000),
            ...turnsBetween(schedule, middle, to, 10_000),
          ]).toEqual(whole)
          expect(whole.every((turn, index) => turn.boundary > (whole[index - 1]?.boundary ?? from))).toBe(true)
          expect(whole.every((turn) => turn.due === turn.boundary + schedule.after)).toBe(true)
        },
      ),
      { numRuns: 40 },
    )
  })

  test('the last turn up to a time and the next one due after it are neighbours', () => {
    fc.assert(
      fc.property(schedules, times, (schedule, now) => {
        const last = lastTurn(schedule, now - schedule.after)
        const next = nextTurn(schedule, now)
        expect(last !== null && last.due <= now && next !== null && next.due > now).toBe(true)
        expect(turnsBetween(schedule, last?.boundary ?? 0, (next?.boundary ?? 0) - 1)).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  test('the last turns are the end of all turns, however far back they lie', () => {
    fc.assert(
      fc.property(
        schedules,
        times,
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 0, max: 60 }),
        (schedule, at, most, days) => {
          const since = at - days * day
          expect(lastTurns(schedule, at, { most, since })).toEqual(
            turnsBetween(schedule, since, at, 100_000).slice(-most),
          )
        },
      ),
      { numRuns: 15 },
    )
  })

  test('midnight is that of the zone, also on the days when its clocks change', () => {
    const berlin = { cron: '0 0 * * *', timezone: 'Europe/Berlin', after: 6 * hour }
    expect(
      turnsBetween(berlin, at('2026-03-28T00:00:00Z'), at('2026-03-31T00:00:00Z')).map((turn) =>
        formatTime(turn.boundary),
      ),
    ).toEqual(['2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z', '2026-03-30T22:00:00.000Z'])
  })

  test('a pattern or a zone that does not exist is refused', () => {
    expect(() => checkSchedule({ cron: '0 25 * * *', timezone: 'UTC' })).toThrow()
    expect(() => checkSchedule({ cron: '0 0 * *', timezone: 'UTC' })).toThrow(/five fields/)
    expect(() => checkSchedule({ cron: '0 0 * * *', timezone: 'Mars/Olympus' })).toThrow(/Mars/)
  })
})

test('spans are minutes, hours and days, and nothing else', () => {
  expect(['90m', '6h', '7d', '7w', '-1h', '', '1.5h'].map(parseSpan)).toEqual([
    1.5 * hour,
    6 * hour,
    7 * day,
    null,
    null,
    null,
    null,
  ])
})
