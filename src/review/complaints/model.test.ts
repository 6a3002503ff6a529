import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ComplaintEvent, complaintStatus, complaintSteps, complaintTransitions, missingSteps } from './model.ts'

const events = [...complaintSteps, 'not_effective', 'closed'] as const

test('no way through the state machine closes a complaint without all four steps, each after the one before it', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...events), { maxLength: 40 }), (wanted) => {
      const done: ComplaintEvent[] = []
      for (const event of wanted) {
        const status = complaintStatus(done)
        if (complaintTransitions[status][event] !== undefined) done.push(event)
        // Closing is possible exactly when nothing is missing.
        expect('closed' in complaintTransitions[complaintStatus(done)]).toBe(
          missingSteps(complaintStatus(done)).length === 0 && complaintStatus(done) !== 'closed',
        )
      }
      if (!done.includes('closed')) return
      const places = complaintSteps.map((step) => done.lastIndexOf(step))
      expect(places).toEqual(places.toSorted((a, b) => a - b))
      expect(places[0]).toBeGreaterThanOrEqual(0)
      // The effect was there the last time that anybody looked.
      expect(done.lastIndexOf('not_effective')).toBeLessThan(done.lastIndexOf('fix'))
    }),
    { numRuns: 2000 },
  )
})

test('a fix without effect opens the fix again, not the root cause', () => {
  expect(complaintStatus(['root_cause', 'fix', 'not_effective'])).toBe('explained')
  expect(missingSteps('explained')).toEqual(['fix', 'verified_effect', 'reply'])
})
