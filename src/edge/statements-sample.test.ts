import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse as parseCsv } from 'csv-parse/sync'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { actionSchema, originOf, planEffects } from '../enforcement/actions/index.ts'
import {
  needsStatement,
  noticeOf,
  type Statement,
  type StatementRow,
  type StatementTables,
  statementRow,
  statementSchema,
  validateBatch,
} from '../enforcement/statements/index.ts'
import { type AccessTables, accessSchema } from '../kernel/access/index.ts'
import { newsSchema } from '../kernel/database.ts'
import { parseTime } from '../kernel/time.ts'
import { appealSchema } from '../review/appeals/index.ts'
import { caseSchema } from '../review/cases/index.ts'
import type { Policy } from '../vocabulary/packs/index.ts'
import { generateSample } from '../vocabulary/sample/index.ts'
import { runStatementsExport, runStatementsReport } from './cli/statements.ts'
import { createOfflineDecider, loadOffline } from './offline.ts'
import { migrate, openSqlite } from './sqlite.ts'

const folder = mkdtempSync(join(tmpdir(), 'aedile-statements-'))
afterAll(() => rmSync(folder, { recursive: true }))
const rows: StatementRow[] = []
let restrictions = 0
let days: [string, string] = ['', '']

/** Part of the sample through the shipped packs; every restriction with its statement in a ledger. */
beforeAll(async () => {
  const { built, packs } = await loadOffline({})
  const policies = new Map(
    packs.flatMap((pack) => pack.policies.map((policy): [string, Policy] => [policy.id, policy])),
  )
  const rules = {
    policy: (id: string) => policies.get(id),
    actionsOf: (strategy: string) => built.programs.strategies.get(strategy)?.actions,
    ladderOf: () => null,
  }
  const decider = createOfflineDecider(built)
  const { raw, db } = openSqlite<StatementTables & AccessTables>(join(folder, 'state.sqlite'))
  migrate(raw, [newsSchema, accessSchema, actionSchema, caseSchema, appealSchema, statementSchema])
  let count = 0
  let first = ''
  let last = ''
  for (const { event } of generateSample({ seed: 42 })) {
    if (++count > 30_000) break
    first ||= event.time
    last = event.time
    const answer = decider.decide(event)
    if ('problem' in answer || answer.decision.verdict === 'pass') continue
    const { decision } = answer
    const loggedAt = parseTime(decision.event.logged_at) ?? 0
    for (const action of planEffects(decision, originOf(decision, loggedAt), rules).actions) {
      await db
        .insertInto('actions')
        .values(action as never)
        .execute()
      if (needsStatement(action)) restrictions++
      const noticeFrom = noticeOf(event)
      const row = statementRow(
        {
          action,
          decision,
          event,
          policy: policies.get(action.policy ?? ''),
          points: 0,
          decidedBy: 'strategy',
          noticeFrom,
        },
        noticeFrom === null ? null : loggedAt,
      )
      if (!row) continue
      rows.push(row)
      await db
        .insertInto('statements')
        .values(row as never)
        .execute()
    }
  }
  days = [first.slice(0, 10), new Date(Date.parse(last) + 86_400_000 * 2).toISOString().slice(0, 10)]
}, 120_000)

test('every restriction of the sample in the EU and EEA has a statement that the database would take', () => {
  expect(rows.length).toBe(restrictions)
  expect(rows.length).toBeGreaterThan(50)
  expect(rows.filter((row) => row.problems !== '[]').map((row) => [row.kind, row.problems])).toEqual([])
})

test('none of them says what the ledger does not say', () => {
  expect([
    ...new Set(
      rows.flatMap((row) =>
        (JSON.parse(row.doubts) as { field: string; message: { en: string } }[]).map(
          (doubt) => `${doubt.field}: ${doubt.message.en}`,
        ),
      ),
    ),
  ]).toEqual([])
})

test('the export holds them all in batches of at most 100', async () => {
  const lines: string[] = []
  const code = await runStatementsExport(
    { folder, from: days[0], to: days[1] },
    { write: (line) => void lines.push(line), error: () => undefined },
  )
  expect(code).toBe(0)
  const batches = lines.map((line) => (JSON.parse(line) as { statements: Statement[] }).statements)
  expect(new Set(batches.flat().map((statement) => statement.puid))).toEqual(new Set(rows.map((row) => row.puid)))
  for (const batch of batches) expect(validateBatch(batch)).toEqual({})
})

test('the transparency report has ten parts in RFC 4180, and its counts reconcile with the ledger', async () => {
  const said: string[] = []
  const out = join(folder, 'report')
  const code = await runStatementsReport(
    { folder, from: days[0], to: days[1], out, service: 'Market, "EU"' },
    { write: (line) => void said.push(line), error: (line) => void said.push(line) },
  )
  expect([code, said]).toEqual([0, [expect.stringContaining('reconciled')]])
  const read = (file: string) => readFileSync(join(out, file), 'utf8')
  const parts = [
    '01-identification',
    '02-member-state-orders',
    '03-notices',
    '04-own-initiative-illegal-content',
    '05-own-initiative-terms-and-conditions',
    '06-complaints-and-misuse',
    '07-automated-means',
    '08-human-resources',
    '09-recipients',
    '10-qualitative',
  ].map((name) => read(`${name}.csv`))
  for (const text of parts) {
    expect(text.split('\r\n').at(-1)).toBe('')
    expect(text.replaceAll('\r\n', '')).not.toContain('\n')
    expect((parseCsv(text) as string[][]).every((row) => row.length === 5)).toBe(true)
  }
  const cells = parts.map((text) => parseCsv(text) as string[][])
  expect(cells[0]?.[1]?.[3]).toBe('Market, "EU"')
  const total = (part: number, indicator: string) =>
    Number(cells[part]?.find((row) => row[0] === indicator && row[2] === 'total')?.[3])
  expect(total(2, 'actions on notices') + total(3, 'measures') + total(4, 'measures')).toBe(restrictions)
})

test('a ledger row without its statement makes the report fail', async () => {
  const { raw } = openSqlite(join(folder, 'state.sqlite'))
  raw.exec('DROP TRIGGER statements_no_delete')
  raw.prepare('DELETE FROM statements WHERE puid = ?').run(rows[0]?.puid ?? '')
  const said: string[] = []
  const code = await runStatementsReport(
    { folder, from: days[0], to: days[1], out: join(folder, 'wrong') },
    { write: () => undefined, error: (line) => void said.push(line) },
  )
  expect(code).toBe(1)
  expect(said.join()).toContain('does not reconcile')
})
