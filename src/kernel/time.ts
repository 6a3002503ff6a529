const iso = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?$/

/** Microseconds since 1970 UTC of an ISO 8601 text (no zone = UTC), or null when it is not one. */
export function parseTime(text: string): number | null {
  const parts = iso.exec(text.trim())
  if (!parts) return null
  const clock = parts[2] ?? '00:00:00'
  const zone =
    parts[4] === undefined ? 'Z' : parts[4].length === 5 ? `${parts[4].slice(0, 3)}:${parts[4].slice(3)}` : parts[4]
  const seconds = Date.parse(`${parts[1]}T${clock.length === 5 ? `${clock}:00` : clock}${zone}`)
  if (Number.isNaN(seconds)) return null
  return seconds * 1000 + Number((parts[3] ?? '').padEnd(6, '0').slice(0, 6) || 0)
}

/** ISO 8601 text in UTC of `micros`; microseconds are kept when there are any below the millisecond. */
export function formatTime(micros: number): string {
  const rest = ((micros % 1000) + 1000) % 1000
  const text = new Date((micros - rest) / 1000).toISOString()
  return rest === 0 ? text : `${text.slice(0, -1)}${String(rest).padStart(3, '0')}Z`
}

export const second = 1_000_000
export const hour = 3600 * second
export const day = 24 * hour

/** The wall clock in microseconds since 1970 UTC. */
export function nowMicros(): number {
  return Date.now() * 1000
}
