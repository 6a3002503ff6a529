import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { subjectTypes } from '../../vocabulary/events/index.ts'
import { severities } from '../../vocabulary/verdicts.ts'
import { actionKind, actionKinds, actionTitle, outsideCall, strengthFor, suggestActions } from './catalogue.ts'

describe('the catalogue of actions', () => {
  test('every action and every inverse has one name, one title in both languages and one outside call', () => {
    const ids = actionKinds.flatMap((kind) => [kind.id, kind.inverse])
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) {
      expect([id, actionTitle(id).zh.length > 1, actionTitle(id).en.length > 3]).toEqual([id, true, true])
      expect(outsideCall(id)).toMatch(/^[a-z]+\.[a-z_]+$/)
    }
    const calls = ids.map(outsideCall)
    expect(new Set(calls).size).toBe(calls.length)
  })

  test('every kind of subject and of party can be acted on, mildly and firmly', () => {
    for (const type of [...subjectTypes, 'seller', 'advertiser']) {
      const fitting = actionKinds.filter((kind) => kind.scope.includes(type))
      expect([type, fitting.some((kind) => kind.strength >= 3)]).toEqual([type, true])
      expect([type, fitting.length > 1]).toEqual([type, true])
    }
  })

  test('usual times lie within the longest ones', () => {
    for (const { id, duration } of actionKinds) {
      if (duration.most !== null) expect([id, duration.usual !== null]).toEqual([id, true])
      if (duration.most !== null && duration.usual !== null)
        expect([id, duration.usual <= duration.most]).toEqual([id, true])
    }
  })
})

const matter = fc.record({
  subjectType: fc.constantFrom(...subjectTypes, 'seller', 'advertiser'),
  severity: fc.constantFrom(...severities),
  repeats: fc.nat(12),
  someMarkets: fc.boolean(),
})

describe('the least restrictive suggestion', () => {
  test('suggests exactly one action that fits the subject, and nothing milder would do', () => {
    fc.assert(
      fc.property(matter, (found) => {
        const all = suggestActions(found)
        const chosen = all.filter((each) => each.suggested)
        expect(chosen).toHaveLength(1)
        const [{ kind } = expect.unreachable()] = chosen
        expect(kind.scope).toContain(found.subjectType)
        const asked = strengthFor(found)
        for (const other of all)
          if (other.kind.strength < kind.strength && kind.strength <= asked)
            expect(other.kind.strength < asked).toBe(true)
        // Nothing ends for good by a suggestion, unless nothing else fits the subject.
        if (all.some((each) => each.kind.strength >= asked && each.kind.strength < 5))
          expect(kind.strength).toBeLessThan(5)
      }),
    )
  })

  test('graver and repeated matters never get a milder suggestion', () => {
    const strength = (found: Parameters<typeof suggestActions>[0]) =>
      suggestActions(found).find((each) => each.suggested)?.kind.strength ?? 0
    fc.assert(
      fc.property(matter, fc.nat(6), (found, more) => {
        expect(strength({ ...found, repeats: found.repeats + more })).toBeGreaterThanOrEqual(strength(found))
        const graver = severities[Math.max(0, severities.indexOf(found.severity) - 1)] ?? found.severity
        expect(strength({ ...found, severity: graver })).toBeGreaterThanOrEqual(strength(found))
      }),
    )
  })

  test.each([
    ['listing', 'S4', false, 'label'],
    ['listing', 'S3', false, 'demote'],
    ['listing', 'S2', false, 'hold'],
    ['listing', 'S1', false, 'block_publish'],
    ['listing', 'S1', true, 'geo_block'],
    ['live', 'S2', false, 'hold'],
    ['live', 'S1', false, 'stop_live'],
    ['content', 'S1', false, 'remove_content'],
    ['video', 'S1', false, 'remove_content'],
    ['seller', 'S3', false, 'demote'],
    ['seller', 'S1', false, 'suspend_shop'],
    ['creator', 'S1', false, 'block_publish'],
    ['account', 'S1', false, 'suspend_account'],
    ['order', 'S2', false, 'hold'],
  ] as const)('%s %s (only some markets: %s) → %s', (subjectType, severity, someMarkets, expected) => {
    const found = suggestActions({ subjectType, severity, repeats: 0, someMarkets })
    expect(found.find((each) => each.suggested)?.kind.id).toBe(expected)
    expect(actionKind(expected)?.scope).toContain(subjectType)
  })
})
