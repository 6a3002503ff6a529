import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatTime, parseTime } from './time.ts'

const instants = fc.oneof(
  fc.integer({ min: -2_000_000_000_000_000, max: 4_000_000_000_000_000 }),
  fc.integer({ min: 0, max: 10 ** 13 }).map((millis) => millis * 1000),
)

test('a time that is written is read back as the same microsecond', () => {
  fc.assert(
    fc.property(instants, (micros) => {
      expect(parseTime(formatTime(micros))).toBe(micros)
      const millis = Math.floor(micros / 1000)
      expect(formatTime(millis * 1000)).toBe(new Date(millis).toISOString())
    }),
    { numRuns: 2000 },
  )
})

test('the quick way to read a time agrees with Date on every text of that form, valid or not', () => {
  const two = fc.integer({ min: 0, max: 99 }).map((number) => String(number).padStart(2, '0'))
  const small = fc.integer({ min: 0, max: 35 }).map((number) => String(number).padStart(2, '0'))
  fc.assert(
    fc.property(
      small,
      small,
      small,
      two,
      two,
      fc.constantFrom('', '.000', '.123', '.999'),
      (month, day, hour, minute, second, fraction) => {
        const text = `2026-${month}-${day}T${hour}:${minute}:${second}${fraction}Z`
        const wanted = Date.parse(text)
        const read = parseTime(text)
        expect(read).toBe(Number.isNaN(wanted) ? null : wanted * 1000)
        // What was read last is told by its text, but only where that is how it is written.
        if (read !== null) expect(formatTime(read)).toBe(new Date(wanted).toISOString())
      },
    ),
    { numRuns: 5000 },
  )
})
