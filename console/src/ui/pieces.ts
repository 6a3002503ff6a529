import type { Span } from '../types/cases.ts'
import type { Data } from '../types.ts'

interface Piece {
  start: number
  end: number
  spans: Span[]
}

/** Cuts a text at every span border; overlapping spans share a piece. Offsets are UTF-16 units of the original text. */
export function cutSpans(length: number, spans: readonly Span[]): Piece[] {
  const inside = spans.filter(({ start, end }) => start < end && start < length)
  const borders = new Set([0, length])
  for (const { start, end } of inside) {
    borders.add(start)
    borders.add(Math.min(end, length))
  }
  const sorted = [...borders].sort((a, b) => a - b)
  return sorted.slice(0, -1).map((start, index) => {
    const end = sorted[index + 1] ?? length
    return { start, end, spans: inside.filter((span) => span.start < end && span.end > start) }
  })
}

export function asText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) return value.join(', ')
  return JSON.stringify(value)
}

/** `data` flattened one level deep, as the conditions see it: `attributes.ce_mark`. */
export function flatten(data: Data, prefix = ''): [string, unknown][] {
  return Object.entries(data).flatMap(([key, value]): [string, unknown][] =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? flatten(value as Data, `${prefix}${key}.`)
      : [[prefix + key, value]],
  )
}
