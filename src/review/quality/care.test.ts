import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Policy } from '../../vocabulary/packs/index.ts'
import { breakOf, canBear, harmsOf, loadOf } from './care.ts'
import { harmClassOf, type Settings } from './model.ts'

const dsa = (category: string, ...keywords: string[]) => ({ dsa: { category, keywords } }) as unknown as Policy
const policies: Readonly<Record<string, Policy>> = {
  hate: dsa('STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH'),
  minors: dsa('STATEMENT_CATEGORY_PROTECTION_OF_MINORS'),
  plain: dsa('STATEMENT_CATEGORY_UNSAFE_AND_PROHIBITED_PRODUCTS'),
}
const policy = (id: string) => policies[id]
const settings = {
  budgets: { hate: 5, minors: 2, violence: 5, sexual: 5, self_harm: 5, animals: 5 },
  rotate_after: 3,
  break_after_minutes: 50,
} as unknown as Settings
const minutes = 60_000_000
const now = 1_000_000 * minutes

test('harm is told by the DSA category, sexual content by its keyword', () => {
  expect(harmClassOf(dsa('STATEMENT_CATEGORY_OTHER_VIOLATION_TC', 'KEYWORD_NUDITY'))).toBe('sexual')
  expect(harmClassOf(dsa('STATEMENT_CATEGORY_SELF_HARM'))).toBe('self_harm')
  expect(harmClassOf(dsa('STATEMENT_CATEGORY_SCAMS_AND_FRAUD'))).toBeNull()
  expect(harmClassOf({})).toBeNull()
})

test('whoever takes only what they can bear never sees more of a harm than its budget, nor too much in a row', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('hate', 'minors', 'plain'), { maxLength: 80 }), (offered) => {
      const worked: { at: number; policies: string[] }[] = []
      for (const [index, id] of offered.entries()) {
        const load = loadOf(worked, { settings, policy, now })
        if (canBear(load, harmsOf([id], policy), settings)) worked.unshift({ at: now - 1000 + index, policies: [id] })
      }
      for (const harm of ['hate', 'minors'] as const)
        expect(worked.filter((item) => item.policies.includes(harm)).length).toBeLessThanOrEqual(
          settings.budgets[harm] ?? 0,
        )
      expect(worked.map((item) => item.policies[0]?.[0]).join('')).not.toMatch(/h{4}|m{4}/)
    }),
  )
})

test('a break is proposed after long work, and forgotten after a pause', () => {
  const steps = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => ({ at: now - (from + index * 5) * minutes, policies: ['plain'] }))
  const long = loadOf(steps(1, 12), { settings, policy, now })
  expect(long.minutes).toBe(56)
  expect(breakOf(long, settings)?.en).toMatch(/56 minutes/)
  expect(breakOf(loadOf(steps(15, 12), { settings, policy, now }), settings)).toBeNull()
  expect(loadOf([], { settings, policy, now }).minutes).toBe(0)
})
