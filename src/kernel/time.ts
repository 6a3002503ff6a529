const iso = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?$/

/** Microseconds of the last midnight that was asked for: times of one stream lie on few days. */
let lastDay = { text: '', micros: 0, exists: false }

/** The time that was read last, where its text is the one that `formatTime` writes: events are read and then told. */
let lastRead = { micros: Number.NaN, text: '' }

/** The number that the digits from `at` to before `end` stand for, or NaN. */
function digits(text: string, at: number, end: number): number {
  let value = 0
  for (let index = at; index < end; index++) {
    const digit = text.charCodeAt(index) - 48
    if (!(digit >= 0 && digit <= 9)) return Number.NaN
    value = value * 10 + digit
  }
  return value
}

/** Microseconds in the day of `YYYY-MM-DDThh:mm:ssZ` or `YYYY-MM-DDThh:mm:ss.sssZ`; NaN for any other form. */
function plainClock(text: string): number {
  const { length } = text
  if ((length !== 20 && length !== 24) || text[10] !== 'T' || text[length - 1] !== 'Z') return Number.NaN
  if (text[13] !== ':' || text[16] !== ':' || (length === 24 && text[19] !== '.')) return Number.NaN
  const [hours, minutes, seconds] = [digits(text, 11, 13), digits(text, 14, 16), digits(text, 17, 19)]
  if (!(hours <= 23 && minutes <= 59 && seconds <= 59)) return Number.NaN
  return ((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + (length === 24 ? digits(text, 20, 23) * 1000 : 0)
}

const plainDate = /^\d{4}-\d{2}-\d{2}$/

/** Microseconds since 1970 UTC of an ISO 8601 text (no zone = UTC), or null when it is not one. */
export function parseTime(text: string): number | null {
  const inDay = plainClock(text)
  if (Number.isNaN(inDay)) return parseAnyTime(text)
  if (!text.startsWith(lastDay.text) || lastDay.text === '') {
    const date = text.slice(0, 10)
    if (!plainDate.test(date)) return parseAnyTime(text)
    const midnight = Date.parse(`${date}T00:00:00Z`)
    if (Number.isNaN(midnight)) return null
    // Some engines read the 30th of February as a day in March.
    const exists = new Date(midnight).toISOString().startsWith(date)
    lastDay = { text: date, micros: midnight * 1000, exists }
  }
  const micros = lastDay.micros + inDay
  if (text.length === 24 && lastDay.exists) lastRead = { micros, text }
  return micros
}

function parseAnyTime(text: string): number | null {
  const parts = iso.exec(text.trim())
  if (!parts) return null
  const clock = parts[2] ?? '00:00:00'
  const zone =
    parts[4] === undefined ? 'Z' : parts[4].length === 5 ? `${parts[4].slice(0, 3)}:${parts[4].slice(3)}` : parts[4]
  const seconds = Date.parse(`${parts[1]}T${clock.length === 5 ? `${clock}:00` : clock}${zone}`)
  if (Number.isNaN(seconds)) return null
  return seconds * 1000 + Number((parts[3] ?? '').padEnd(6, '0').slice(0, 6) || 0)
}

/** The second that was written last, as text up to its seconds: events come in order of time. */
let lastSecond = { at: Number.NaN, text: '' }

/** ISO 8601 text in UTC of `micros`; microseconds are kept when there are any below the millisecond. */
export function formatTime(micros: number): string {
  if (micros === lastRead.micros) return lastRead.text
  const at = Math.floor(micros / 1_000_000)
  if (at !== lastSecond.at) lastSecond = { at, text: new Date(at * 1000).toISOString().slice(0, -4) }
  const rest = micros - at * 1_000_000
  const digits = rest % 1000 === 0 ? String(rest / 1000).padStart(3, '0') : String(rest).padStart(6, '0')
  return `${lastSecond.text}${digits}Z`
}

export const second = 1_000_000
export const minute = 60 * second
export const hour = 60 * minute
export const day = 24 * hour

/** The wall clock in microseconds since 1970 UTC. */
export function nowMicros(): number {
  return Date.now() * 1000
}
