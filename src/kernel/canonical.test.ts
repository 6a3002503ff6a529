import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson, fingerprint } from './canonical.ts'

/** The definition: keys of every object in order of their UTF-16 units. */
function defined(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(defined).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${defined(inner)}`).join(',')}}`
}

const keys = fc.oneof(fc.string(), fc.constantFrom('a', 'b', 'c', '10', '9', '__proto__', 'toString', ''))
/** Objects with awkward keys around any JSON, made by the parser so that `__proto__` is a key like any other. */
const json = fc
  .array(fc.tuple(keys, fc.jsonValue({ maxDepth: 3 })), { maxLength: 6 })
  .map((entries) => entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(','))
  .map((inner) => JSON.parse(`{"z":[{${inner}}],${inner === '' ? '' : `${inner},`}"a":0}`) as unknown)

test('the canonical text is the definition, and its hash the fingerprint, for every JSON value', () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(canonicalJson(value)).toBe(defined(value))
      expect(Buffer.from(fingerprint(value)).toString('hex')).toBe(
        createHash('sha1').update(defined(value)).digest('hex'),
      )
    }),
    { numRuns: 500 },
  )
})

test('the order in which fields were sent makes no difference', () => {
  expect(canonicalJson({ b: 1, a: { d: [2], c: null } })).toBe(canonicalJson({ a: { c: null, d: [2] }, b: 1 }))
})
