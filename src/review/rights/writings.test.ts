import fc from 'fast-check'
import { expect, test } from 'vitest'
import { brandKey } from './model.ts'
import { editDistance, likeness, suggestWritings } from './writings.ts'

const right = (brand: string, aliases: readonly string[] = [], ended = false) => ({
  right_id: `ipr_${brand}`,
  brand,
  aliases,
  ended,
})
const letters = fc.array(fc.constantFrom(...'abcdeé中文'), { maxLength: 8 })
const brand = fc
  .array(fc.constantFrom(...'acdeghknopstuvxyz'), { minLength: 4, maxLength: 14 })
  .map((all) => all.join(''))

test('the edit distance is a metric, and never more than the longer name', () => {
  fc.assert(
    fc.property(letters, letters, letters, (a, b, c) => {
      const distance = editDistance(a, b)
      expect(editDistance(a, a)).toBe(0)
      expect(distance === 0).toBe(a.join() === b.join())
      expect(editDistance(b, a)).toBe(distance)
      expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length))
      expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length))
      expect(editDistance(a, c)).toBeLessThanOrEqual(distance + editDistance(b, c))
    }),
  )
})

test('a score lies between 0 and 1, is the same both ways, and falls with the distance', () => {
  fc.assert(
    fc.property(brand, brand, (a, b) => {
      const score = likeness(a, b)
      expect(score).toBe(likeness(b, a))
      expect(score).toBeGreaterThanOrEqual(0)
      expect(score).toBeLessThan(1)
      if (a !== b) expect(score).toBeLessThan(likeness(a, a))
    }),
  )
})

const pretending: Readonly<Record<string, string>> = { a: 'а', c: 'с', e: 'е', o: 'о', p: 'р', x: 'х', y: 'у' }

test('whatever letters are replaced by their look-alikes, spaced or marked, the brand is suggested before any other', () => {
  fc.assert(
    fc.property(brand, fc.array(fc.boolean(), { minLength: 14, maxLength: 14 }), (name, replaced) => {
      const disguised = [...name]
        .map((letter, index) => (replaced[index] ? (pretending[letter] ?? letter) : letter))
        .join('')
      const [first] = suggestWritings(disguised, [right('otherthing'), right(name)])
      if (brandKey(disguised) === brandKey(name)) expect(first).toBeUndefined()
      else expect(first).toMatchObject({ brand: name, by: 'look-alike', score: 0.95 })
    }),
  )
})

test('one letter more, less or other in a name of four letters and more is near; a registered writing needs no suggestion', () => {
  fc.assert(
    fc.property(brand, fc.nat(), fc.constantFrom('insert', 'delete', 'replace'), (name, place, edit) => {
      const at = place % name.length
      const changed = `${name.slice(0, at)}${edit === 'delete' ? '' : 'q'}${name.slice(edit === 'insert' ? at : at + 1)}`
      if ([...changed].length < 4) return
      expect(suggestWritings(changed, [right(name)])[0]).toMatchObject({ brand: name, by: 'near' })
      expect(suggestWritings(name, [right('Else', [name.toUpperCase()]), right(`${name}s`)])).toEqual([])
    }),
  )
})

test('what people write to look like a brand, and what merely is another name', () => {
  const register = [right('Nike', ['耐克']), right('Adidas'), right('Acme', [], true), right('Samsung')]
  const best = (name: string) => suggestWritings(name, register)[0]
  expect(best('Ad1das')).toMatchObject({ brand: 'Adidas' })
  expect(best('NІКЕ')).toMatchObject({ brand: 'Nike', by: 'look-alike' })
  expect(best('Sаmsung')).toMatchObject({ brand: 'Samsung', by: 'look-alike' })
  expect(best('Sarnsung')).toMatchObject({ brand: 'Samsung', by: 'look-alike' })
  expect(best('Abibas')).toBeUndefined()
  expect(best('Addidas')).toMatchObject({ brand: 'Adidas', by: 'near' })
  // Two signs that differ in one are two names; a right that has ended protects nothing.
  expect(best('耐用')).toBeUndefined()
  expect(best('Асме')).toBeUndefined()
  expect(best('')).toBeUndefined()
})
