import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Layout, Value } from '../../kernel/values.ts'
import type { Finding } from './model.ts'
import { stored } from './stored.ts'
import { createDecisionWriter, type Draft } from './text.ts'

const names = ['buyer_orders_1h', 'spend "24h"', '线索', 'seen', 'ratio']
const columns = names.map((name) => ({ name, type: 'DOUBLE', cost: 1 }))
const slots = names.map((_, slot) => slot)
const layout = { columns, slot: (name: string) => names.indexOf(name) } as unknown as Layout

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.constantFrom('plain', 'a"b', '\\', '\n', '👍', '\ud800'),
)
const orNull = fc.option(text, { nil: null })
const value: fc.Arbitrary<Value | undefined> = fc.oneof(
  fc.constantFrom(undefined, null, 0, -0, 1, 31, 32, 999, 1000, 0.1, 0.07, 19.99, 1e21, Number.NaN, -1, 1 / 3),
  fc.double(),
  fc.integer({ min: -5, max: 2000 }),
  fc.integer({ min: 0, max: 1e9 }).map((cents) => cents / 100),
  fc.boolean(),
  text,
)
const draft = fc.record({
  decision_id: text,
  event: fc.record({
    ...{ id: text, source: text, type: text, subject_type: text, subject: text },
    ...{ party_type: orNull, party: orNull, site: orNull, time: text, logged_at: text },
  }),
  verdict: fc.constantFrom('pass', 'block'),
  markets: fc.dictionary(text, fc.constantFrom('pass', 'block'), { minKeys: 1, maxKeys: 4 }),
  findings: fc.array(fc.record({ strategy: text, markets: fc.array(text) }), { maxLength: 2 }),
  unknown: fc.array(text, { maxLength: 3 }),
})

test('the text of a decision is the one that JSON makes of it', () => {
  const write = createDecisionWriter(layout, { slots, engine: 'f00' })
  fc.assert(
    fc.property(draft, fc.array(value, { minLength: 5, maxLength: 5 }), (made, row) => {
      const saw: Record<string, unknown> = {}
      for (const [slot, each] of row.entries())
        if (each !== undefined && each !== null) saw[names[slot] as string] = stored(each)
      const whole = { ...made, findings: made.findings as unknown as Finding[], saw, engine: 'f00' }
      expect(write(made as unknown as Draft, row as Value[])).toBe(JSON.stringify(whole))
    }),
    { numRuns: 2000 },
  )
})
