import { expect, test } from 'vitest'
import { migrate, openSqlite } from '../../edge/sqlite.ts'
import { accessSchema, createAccess } from '../../kernel/access/index.ts'
import { nowMicros } from '../../kernel/time.ts'
import { type RolloutTables, rolloutSchema } from './store.ts'

const statementsBefore = rolloutSchema.statements.findIndex((sql) => sql.includes('INSERT INTO approvals'))
const insert = `INSERT INTO rollout_requests VALUES (?, ?, ?, 'loop', 'loop/knives', ?, ?, ?, ?, ?, 'abc', ?, '{"zh":"拦截","en":"block"}', 'because', 'tok_anna', 'anna')`

test('requests of an older store wait on with what was asked for, and answered ones keep their answer', async () => {
  const { raw, db, close } = openSqlite<RolloutTables>(':memory:')
  migrate(raw, [accessSchema, { ...rolloutSchema, statements: rolloutSchema.statements.slice(0, statementsBefore) }])
  raw.prepare(insert).run('req_draft', 1000, 'publish', 2, 'shadow', null, 'draft_1', 4, 1)
  raw.prepare(insert).run('req_step', 2000, 'step', 1, 'canary', 12.5, null, null, 1)
  raw.prepare(insert).run('req_done', 3000, 'publish', 1, 'shadow', null, 'draft_0', 1, 1)
  raw.prepare(insert).run('req_alone', 4000, 'step', 1, 'retired', null, null, null, 0)
  raw.exec("INSERT INTO rollout_answers VALUES ('req_done', 5000, 'rejected', 'no', 'ben', 'ben')")
  migrate(raw, [accessSchema, rolloutSchema])

  const { fourEyes } = createAccess(db as never)
  const now = nowMicros()
  const open = await fourEyes.list({ limit: 10, openAt: now })
  expect(
    open.map(({ approval_id, operation, permission, about, person, actor }) => [
      approval_id,
      operation,
      permission,
      about,
      person,
      actor,
    ]),
  ).toEqual([
    ['req_step', 'strategies.step', 'strategy.approve', 'loop/knives@1', 'anna', 'tok_anna'],
    ['req_draft', 'drafts.publish', 'strategy.approve', 'loop/knives@2', 'anna', 'tok_anna'],
  ])
  expect(open.map((row) => JSON.parse(row.input))).toEqual([
    { pack: 'loop', strategy: 'knives', version: 1, to: 'canary', canary: 12.5, reason: 'because' },
    { draft_id: 'draft_1', revision: 4, reason: 'because' },
  ])
  const all = await fourEyes.list({ limit: 10 })
  expect(all.map((row) => [row.approval_id, row.outcome, row.note])).toEqual([
    ['req_done', 'refused', 'no'],
    ['req_step', null, null],
    ['req_draft', null, null],
  ])
  expect(raw.prepare("SELECT name FROM sqlite_master WHERE name LIKE 'rollout\\_%' ESCAPE '\\'").all()).toEqual([])
  close()
})
