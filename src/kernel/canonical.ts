import { hash } from 'node:crypto'

/** JSON with the keys of every object in order: equal content gives equal text, whatever order it was sent in. */
export function canonicalJson(value: unknown): string {
  const copy = ordered(value)
  return copy === unordered ? joined(value) : (JSON.stringify(copy) ?? 'null')
}

/** 160-bit fingerprint of the canonical form. */
export function fingerprint(value: unknown): Uint8Array {
  return hash('sha1', canonicalJson(value), 'buffer')
}

/** Stands for a value with an object that cannot keep its keys in order. */
const unordered = Symbol('unordered')

/** A copy whose objects have their keys in order, so that the runtime's own JSON writer can do the rest. */
function ordered(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const copies = value.map(ordered)
    return copies.includes(unordered) ? unordered : copies
  }
  const record = value as Record<string, unknown>
  const keys = sortedKeys(Object.keys(record))
  if (keys === null) return unordered
  const copy: Record<string, unknown> = {}
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as string
    const inner = record[key]
    if (typeof inner !== 'object') copy[key] = inner
    else {
      const under = ordered(inner)
      if (under === unordered) return unordered
      copy[key] = under
    }
  }
  return copy
}

interface Shape {
  readonly keys: readonly string[]
  /** Null where JavaScript has an order of its own: names that are whole numbers come first. */
  readonly sorted: readonly string[] | null
}

/** Events of one kind have the same keys in the same order: sorted once. Bounded, because senders choose the keys. */
const shapes = new Map<string, Shape>()
const mostShapes = 1000

function sortedKeys(keys: readonly string[]): readonly string[] | null {
  const name = `${keys.length} ${keys[0]} ${keys[keys.length - 1]}`
  const known = shapes.get(name)
  if (known && sameKeys(known.keys, keys)) return known.sorted
  const special = keys.some((key) => /^\d+$/.test(key) || key === '__proto__')
  const shape: Shape = { keys, sorted: special ? null : [...keys].sort() }
  if (shapes.size >= mostShapes) shapes.clear()
  if (keys.length < 200 && name.length < 200) shapes.set(name, shape)
  return shape.sorted
}

function sameKeys(left: readonly string[], right: readonly string[]): boolean {
  for (let index = 0; index < right.length; index++) if (left[index] !== right[index]) return false
  return left.length === right.length
}

/** The text put together by hand, for values that `ordered` cannot copy. */
function joined(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(joined).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const record = value as Record<string, unknown>
  const parts: string[] = []
  for (const key of Object.keys(record).sort())
    if (record[key] !== undefined) parts.push(`${JSON.stringify(key)}:${joined(record[key])}`)
  return `{${parts.join(',')}}`
}
