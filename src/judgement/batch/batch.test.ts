import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseTime } from '../../kernel/time.ts'
import { type RunEventType, statusAfter, transitions } from './model.ts'
import { bindWindow, rowSelects, runSql } from './query.ts'

const window = { from: parseTime('2026-05-01T00:00:00Z') ?? 0, to: parseTime('2026-05-02T00:00:00Z') ?? 0 }
const from = "TIMESTAMP '2026-05-01 00:00:00.000'"
const to = "TIMESTAMP '2026-05-02 00:00:00.000'"
const columns = new Map([
  ['type', 'VARCHAR'],
  ['logged_at', 'TIMESTAMP'],
  ['time', 'TIMESTAMP'],
  ['seller_id', 'VARCHAR'],
  ['subject_type', 'VARCHAR'],
  ['subject_id', 'VARCHAR'],
  ['party_type', 'VARCHAR'],
  ['party_id', 'VARCHAR'],
  ['listing_id', 'VARCHAR'],
  ['price', 'DOUBLE'],
  ['images', 'VARCHAR[]'],
])
const columnsOf = (table: string) => (table === 'events' ? columns : null)

describe('the window of a query', () => {
  test('takes the place of the parameters, and of nothing inside texts, names and comments', () => {
    expect(bindWindow('a > :window_from AND a <= :window_to', window)).toBe(`a > ${from} AND a <= ${to}`)
    for (const same of [
      "':window_to'",
      '":window_to"',
      '-- :window_to',
      '/* :window_to */',
      'x::window_to',
      ':window_total',
      "'it''s :window_to'",
    ])
      expect(bindWindow(same, window)).toBe(same)
  })

  test('leaves every quoted text as it is, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const quoted = `'${text.replaceAll("'", "''")}'`
        expect(bindWindow(`SELECT ${quoted}, :window_to`, window)).toBe(`SELECT ${quoted}, ${to}`)
      }),
    )
  })
})

describe('planted rows', () => {
  test('have the shape of their table, the time that they ask for, and the subject that the event type says', () => {
    const { selects } = rowSelects(
      {
        at: '-2h',
        type: 'listing.submitted',
        listing_id: "canary-'{n}",
        seller_id: 'S',
        price: 1,
        images: ['a', 'b'],
        repeat: 2,
      },
      window,
      columnsOf,
    )
    expect(selects).toHaveLength(2)
    expect(selects[1]).toContain(`CAST('canary-''2' AS VARCHAR) AS "listing_id"`)
    expect(selects[1]).toContain(`CAST('canary-''2' AS VARCHAR) AS "subject_id"`)
    expect(selects[1]).toContain(`CAST('2026-05-01T22:00:00.000Z' AS TIMESTAMP) AS "logged_at"`)
    expect(selects[1]).toContain(`CAST(['a', 'b'] AS VARCHAR[]) AS "images"`)
    expect(selects[1]).toContain(`CAST('seller' AS VARCHAR) AS "party_type"`)
  })

  test('with a table or a column that is not there are refused by name', () => {
    expect(() => rowSelects({ table: 'sqlite_master' }, window, columnsOf)).toThrow(/no table "sqlite_master"/)
    expect(() => rowSelects({ type: 'x', prise: 1 }, window, columnsOf)).toThrow(/no column "prise"/)
  })

  test('stand in for their table in the query only, also when it ends with a comment', () => {
    const sql = runSql(
      {
        query: 'SELECT * FROM events -- all;',
        canaries: [
          {
            subject_type: 'shop',
            subject_id: 'canary-s',
            rows: [{ type: 'listing.submitted', listing_id: 'canary-l', seller_id: 'canary-s' }],
          },
        ],
      },
      window,
      columnsOf,
    )
    expect(sql).toMatch(
      /^WITH "stored events" AS NOT MATERIALIZED \(SELECT \* FROM "events"\), "events" AS NOT MATERIALIZED \(SELECT \* FROM "stored events" UNION ALL BY NAME SELECT /,
    )
    expect(sql).toMatch(/FROM \(\nSELECT \* FROM events -- all\n\) AS found ORDER BY score DESC/)
  })
})

test('a run that has come to an end takes no further event, and nothing acts without being finished or approved', () => {
  const all: RunEventType[] = ['started', 'failed', 'finished', 'held', 'approved', 'refused', 'superseded', 'applied']
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...all), { maxLength: 6 }), (types) => {
      const events = types.map((type) => ({ type }))
      let status: string
      try {
        status = statusAfter(events)
      } catch {
        return
      }
      if (status === 'applied') expect(types.includes('finished') || types.includes('approved')).toBe(true)
      if (types.includes('held') && status === 'applied') expect(types).toContain('approved')
      if (['failed', 'refused', 'superseded', 'applied'].includes(status))
        expect(transitions[status as 'applied']).toEqual({})
    }),
    { numRuns: 500 },
  )
})
