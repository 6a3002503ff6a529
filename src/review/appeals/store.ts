import type { Db, Schema, Tx } from '../../kernel/database.ts'
import { insertOnly } from '../../kernel/database.ts'
import type { CaseTables } from '../cases/index.ts'

export interface AppealRow {
  appeal_id: string
  at: number
  subject_type: string
  subject_id: string
  party_type: string | null
  party_id: string | null
  root: string
  action_ids: string
  text: string
  due_at: number
  cause: string
  actor: string
}

export interface AppealEventRow {
  appeal_event_id: string
  at: number
  appeal_id: string
  outcome: string
  note: string
  cause: string
  actor: string
}

export interface AppealTables extends CaseTables {
  appeals: AppealRow
  appeal_events: AppealEventRow
}

export type AppealDb = Db<AppealTables>
export type AppealTx = Tx<AppealTables>

export const appealSchema: Schema = {
  room: 'appeals',
  statements: [
    'CREATE TABLE appeals (appeal_id TEXT PRIMARY KEY, at REAL NOT NULL, subject_type TEXT NOT NULL, subject_id TEXT NOT NULL, party_type TEXT, party_id TEXT, root TEXT NOT NULL UNIQUE, action_ids TEXT NOT NULL, text TEXT NOT NULL, due_at REAL NOT NULL, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    'CREATE INDEX appeals_subject ON appeals (subject_type, subject_id)',
    ...insertOnly('appeals'),
    'CREATE TABLE appeal_events (appeal_event_id TEXT PRIMARY KEY, at REAL NOT NULL, appeal_id TEXT NOT NULL UNIQUE REFERENCES appeals(appeal_id), outcome TEXT NOT NULL, note TEXT NOT NULL, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    ...insertOnly('appeal_events'),
  ],
}

export type ListedAppeal = AppealRow & {
  outcome: string | null
  decided_at: number | null
  decided_by: string | null
  note: string | null
  decided_cause: string | null
}

function joined(db: AppealDb | AppealTx) {
  return db
    .selectFrom('appeals')
    .leftJoin('appeal_events', 'appeal_events.appeal_id', 'appeals.appeal_id')
    .selectAll('appeals')
    .select([
      'appeal_events.outcome',
      'appeal_events.at as decided_at',
      'appeal_events.actor as decided_by',
      'appeal_events.note',
      'appeal_events.appeal_event_id as decided_cause',
    ])
}

export const findAppeal = (db: AppealDb | AppealTx, id: string) =>
  joined(db).where('appeals.appeal_id', '=', id).executeTakeFirst()
export const appealByRoot = (db: AppealDb | AppealTx, root: string) =>
  db.selectFrom('appeals').selectAll().where('root', '=', root).executeTakeFirst()

export function listAppeals(
  db: AppealDb,
  filter: { status?: 'open' | 'decided' | undefined; limit: number; after?: string | undefined },
) {
  let query = joined(db)
  if (filter.status) query = query.where('appeal_events.outcome', filter.status === 'open' ? 'is' : 'is not', null)
  if (filter.after) query = query.where('appeals.appeal_id', '>', filter.after)
  return query.orderBy('appeals.appeal_id').limit(filter.limit).execute()
}

export const appealsOn = (db: AppealDb, subject: { type: string; id: string }) =>
  joined(db)
    .where((or) =>
      or.or([
        or.and([or('appeals.subject_type', '=', subject.type), or('appeals.subject_id', '=', subject.id)]),
        or.and([or('appeals.party_type', '=', subject.type), or('appeals.party_id', '=', subject.id)]),
      ]),
    )
    .orderBy('appeals.at', 'desc')
    .execute()

export const openAppeals = async (db: AppealDb) =>
  Number(
    (
      await joined(db)
        .clearSelect()
        .where('appeal_events.outcome', 'is', null)
        .select((count) => count.fn.countAll<number>().as('n'))
        .executeTakeFirst()
    )?.n ?? 0,
  )

/** Decisions among these that this person appealed, or decided an appeal against. */
export async function involvedIn(db: AppealDb, decisions: readonly string[], person: string): Promise<Set<string>> {
  if (decisions.length === 0) return new Set()
  const rows = await db
    .selectFrom('appeals')
    .leftJoin('appeal_events', 'appeal_events.appeal_id', 'appeals.appeal_id')
    .where('appeals.root', 'in', [...decisions])
    .where((or) => or.or([or('appeals.actor', '=', person), or('appeal_events.actor', '=', person)]))
    .select('appeals.root')
    .execute()
  return new Set(rows.map((row) => row.root))
}
