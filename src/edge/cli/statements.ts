import { once } from 'node:events'
import { createWriteStream, existsSync, mkdirSync, type WriteStream, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import {
  batchMost,
  csvOf,
  needsStatement,
  type ReportedComplaint,
  type ReportedNotice,
  reconcile,
  type Statement,
  type StatementRow,
  type StatementTables,
  statementsOf,
  transparencyReport,
  validateBatch,
} from '../../enforcement/statements/index.ts'
import { decode } from '../../judgement/decisions/index.ts'
import { type AccessTables, permissionsOf } from '../../kernel/access/index.ts'
import { type Db, part } from '../../kernel/database.ts'
import { formatTime, parseTime } from '../../kernel/time.ts'
import { createReader } from '../../perception/journal/index.ts'
import type { AppealTables } from '../../review/appeals/index.ts'
import { classById, type InboundTables, reportedNotices, suspensionsIn } from '../../review/inbound/index.ts'
import { openFiles } from '../files.ts'
import { openSqlite } from '../sqlite.ts'
import type { CommandIo } from './command.ts'

export interface PeriodOptions {
  readonly folder: string
  readonly from: string
  readonly to: string
}

type Tables = StatementTables & AppealTables & AccessTables & InboundTables

function openPeriod({ folder, from, to }: PeriodOptions) {
  const period = { from: timeOf('from', from), to: timeOf('to', to) }
  if (period.from >= period.to)
    throw new Error(`--from ${from} is not before --to ${to}; from is inclusive, to exclusive`)
  const path = join(folder, 'state.sqlite')
  if (!existsSync(path)) throw new Error(`there is no state store at ${path}; set AEDILE_DATA to the data folder`)
  const { db, close } = openSqlite<Tables>(path, { readOnly: true })
  return { period, db: db as unknown as Db<Tables>, close }
}

function timeOf(name: string, text: string): number {
  const found = parseTime(text)
  if (found === null) throw new Error(`--${name} "${text}" is not an ISO date or time, e.g. 2026-01-01`)
  return found
}

/** Writes the statements of a period as NDJSON, one batch of at most 100 a line: the body of `POST /api/v1/statements`. */
export async function runStatementsExport(
  options: PeriodOptions & { readonly out?: string | undefined },
  io: CommandIo,
): Promise<number> {
  const { period, db, close } = openPeriod(options)
  const file = options.out === undefined ? null : await writable(options.out, close)
  const counts = { batches: 0, statements: 0, refused: 0 }
  let batch: Statement[] = []
  async function flush(): Promise<void> {
    if (batch.length === 0) return
    const problems = Object.entries(validateBatch(batch))
    if (problems.length > 0) throw new Error(`a batch is not valid: ${JSON.stringify(problems[0])}`)
    const line = JSON.stringify({ statements: batch })
    if (!file) io.write(line)
    else if (!file.write(`${line}\n`)) await once(file, 'drain')
    counts.batches++
    counts.statements += batch.length
    batch = []
  }
  try {
    for await (const row of statementsOf(part(db), period)) {
      const statement = JSON.parse(row.payload) as Statement
      const problems = Object.values(validateBatch([statement])).flat()
      if (problems.length > 0) {
        counts.refused++
        io.error(`left out ${row.puid}: ${problems.map((found) => found.message.en).join(' ')}`)
        continue
      }
      batch.push(statement)
      if (batch.length === batchMost) await flush()
    }
    await flush()
  } finally {
    close()
    if (file) {
      file.end()
      await once(file, 'finish')
    }
  }
  io.error(`${counts.statements} statements in ${counts.batches} batches, ${counts.refused} left out`)
  return counts.refused > 0 ? 2 : 0
}

/** The file to write to. @throws Error that names the option, after `close`, when it cannot be written. */
async function writable(path: string, close: () => void): Promise<WriteStream> {
  const file = createWriteStream(path)
  try {
    await once(file, 'open')
    return file
  } catch (error) {
    close()
    throw new Error(
      `--out = ${JSON.stringify(path)}: ${error instanceof Error ? error.message : String(error)}; name a file in a folder that exists`,
      { cause: error },
    )
  }
}

/** Writes the ten CSV parts of the harmonised transparency report; exit code 1 when they do not reconcile with the ledger. */
export async function runStatementsReport(
  options: PeriodOptions & { readonly out: string; readonly service?: string | undefined },
  io: CommandIo,
): Promise<number> {
  const { period, db, close } = openPeriod(options)
  try {
    const statements: StatementRow[] = []
    for await (const row of statementsOf(part(db), period)) statements.push(row)
    const actions = await db
      .selectFrom('actions')
      .selectAll()
      .where('at', '>=', period.from)
      .where('at', '<', period.to)
      .execute()
    const due = actions.filter(needsStatement)
    const automatic = new Set(due.filter((action) => action.actor === 'strategy').map((action) => action.action_id))
    const inverses = await db.selectFrom('actions').select('inverse_of').where('inverse_of', 'is not', null).execute()
    const people = await db.selectFrom('users').select('roles').where('disabled', '=', 0).execute()
    const journaled = await noticesOf(options.folder, period)
    const taken = (await hasIntake(db)) ? await takenNotices(part(db), period) : null
    const notices = taken ?? journaled ?? []
    const parts = transparencyReport({
      from: formatTime(period.from).slice(0, 10),
      to: formatTime(period.to).slice(0, 10),
      service: options.service ?? 'Aedile marketplace',
      statements,
      restrictions: due.length,
      complaints: await complaintsOf(db, period, automatic),
      notices,
      suspendedNotifiers: taken ? await suspensionsIn(part(db), period) : null,
      reviewers: people.filter((person) => permissionsOf(JSON.parse(person.roles) as string[]).has('case.decide'))
        .length,
      reversed: inverses.filter((row) => automatic.has(row.inverse_of ?? '')).length,
    })
    mkdirSync(options.out, { recursive: true })
    for (const found of parts) writeFileSync(join(options.out, found.file), csvOf(found))
    const wrong = reconcile(parts, due.length)
    if (taken && journaled && taken.length !== journaled.length)
      wrong.push(`the intake holds ${taken.length} notices and orders of the period, the journal ${journaled.length}`)
    if (wrong.length > 0 && (await isBehind(db)))
      io.error('statements are still being made for the newest actions: run this again when the server has caught up')
    for (const line of wrong) io.error(`does not reconcile: ${line}`)
    io.write(
      `${parts.length} parts in ${options.out}; ${statements.length} statements for ${due.length} restrictions in the ledger${wrong.length === 0 ? ': reconciled' : ''}`,
    )
    return wrong.length > 0 ? 1 : 0
  } finally {
    close()
  }
}

/** True when enforcement has carried out decisions whose statements are not made yet. */
async function isBehind(db: Db<Tables>): Promise<boolean> {
  const rows = await db
    .selectFrom('applied')
    .selectAll()
    .where('consumer', 'in', ['enforcement', 'statements', 'inbound'])
    .execute()
  const at = (name: string) => rows.find((row) => row.consumer === name)?.position ?? 0
  return at('statements') < at('enforcement') || at('inbound') < at('enforcement')
}

async function complaintsOf(
  db: Db<Tables>,
  { from, to }: { from: number; to: number },
  automatic: ReadonlySet<string>,
): Promise<ReportedComplaint[]> {
  const rows = await db
    .selectFrom('appeals')
    .leftJoin('appeal_events', 'appeal_events.appeal_id', 'appeals.appeal_id')
    .select(['appeals.at', 'appeals.action_ids', 'appeal_events.at as decided_at', 'appeal_events.outcome'])
    .where('appeals.at', '>=', from)
    .where('appeals.at', '<', to)
    .execute()
  return rows.map((row) => ({
    at: row.at,
    decidedAt: row.decided_at,
    outcome: row.outcome,
    automated: (JSON.parse(row.action_ids) as string[]).some((id) => automatic.has(id)),
  }))
}

const reportMark = Buffer.from('report.filed')

/** True when the state store has the tables of the intake; one of an older version that was never opened since has not. */
const hasIntake = async (db: Db<Tables>): Promise<boolean> =>
  (await sql<{ n: number }>`SELECT count(*) AS n FROM sqlite_master WHERE name = 'inbound_notices'`.execute(db)).rows[0]
    ?.n === 1

async function takenNotices(db: Db<InboundTables>, period: { from: number; to: number }): Promise<ReportedNotice[]> {
  return (await reportedNotices(db, period)).map((row) => ({
    from: row.kind === 'authority_order' ? 'authority' : row.kind,
    market: row.country ?? (JSON.parse(row.markets) as string[])[0] ?? null,
    category: classById(row.class).category,
    at: row.at,
    acknowledgedAt: row.acknowledged_at,
    decidedAt: row.decided_at,
    outcome: row.status === 'withdrawn' || row.status === 'rejected' ? row.status : row.outcome,
  }))
}

/** Notices and orders are events: the journal counts them. Null when it is not there, e.g. for a ledger from a backup. */
async function noticesOf(folder: string, { from, to }: { from: number; to: number }): Promise<ReportedNotice[] | null> {
  if (!existsSync(join(folder, 'journal', 'durable'))) return null
  const journal = createReader(openFiles(), join(folder, 'journal'))
  journal.durable()
  const found: ReportedNotice[] = []
  let position = 0
  for (;;) {
    const entries = await journal.read(position, { limit: 4096, maxBytes: 16 << 20 })
    for (const entry of entries) {
      if (entry.loggedAt < from || entry.loggedAt >= to || !entry.records[0]?.bytes.includes(reportMark)) continue
      const { event } = decode(entry)
      if (event.type === 'report.filed')
        found.push({ from: String(event.data['reporter_kind'] ?? 'user'), market: event.market ?? null })
    }
    const next = entries.at(-1)?.next
    if (next === undefined) return found
    position = next
  }
}
