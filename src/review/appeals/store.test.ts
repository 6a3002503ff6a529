import { expect, test } from 'vitest'
import { migrate, openSqlite } from '../../edge/sqlite.ts'
import { newsSchema } from '../../kernel/database.ts'
import { type AppealTables, appealSchema, findAppeal, listAppeals } from './store.ts'

/** The statements of the room before one decision could have several appeals. */
const before = appealSchema.statements.findIndex((statement) => statement.includes('appeal_events_before'))

test('appeals of an older store are kept with their outcome, become first instances, and stay insert-only', async () => {
  const { raw, db } = openSqlite<AppealTables>(':memory:')
  migrate(raw, [newsSchema, { room: 'appeals', statements: appealSchema.statements.slice(0, before) }])
  const insert = (id: string, root: string) =>
    raw.exec(
      `INSERT INTO appeals VALUES ('${id}', 1, 'listing', 'L1', 'seller', 'S1', '${root}', '["act_1"]', 'why', 2, 'act_1', 'for:S1')`,
    )
  insert('apl_1', 'dec_1')
  insert('apl_2', 'dec_2')
  raw.exec("INSERT INTO appeal_events VALUES ('aev_1', 3, 'apl_1', 'upheld', 'no', 'apl_1', 'usr_1')")

  migrate(raw, [newsSchema, appealSchema])
  expect(await findAppeal(db, 'apl_1')).toMatchObject({
    outcome: 'upheld',
    side: 'subject',
    level: 1,
    chance: 1,
    evidence: '[]',
  })
  const open = await listAppeals(db, { status: 'open', now: 10, limit: 10 })
  expect(open.map((row) => row.appeal_id)).toEqual(['apl_2'])
  expect(() => raw.exec("UPDATE appeals SET text = 'other'")).toThrow('insert-only')
  expect(() => raw.exec('DELETE FROM appeal_events')).toThrow('insert-only')
  const again = (level: number, chance: number) => () =>
    raw.exec(
      `INSERT INTO appeals SELECT 'apl_${level}_${chance}', at, subject_type, subject_id, party_type, party_id, root, action_ids, text, due_at, side, ${level}, ${chance}, evidence, open_until, cause, actor FROM appeals WHERE appeal_id = 'apl_1'`,
    )
  expect(again(1, 1)).toThrow('UNIQUE')
  expect(again(1, 2)).not.toThrow()
  expect(again(2, 1)).not.toThrow()
  // Running it again changes nothing.
  migrate(raw, [newsSchema, appealSchema])
})
