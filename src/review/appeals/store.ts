import type { Db, Schema, Tx } from '../../kernel/database.ts'
import { insertOnly } from '../../kernel/database.ts'
import type { CaseTables } from '../cases/index.ts'
import type { MarkTables } from '../marks/index.ts'

/** `subject`: who is restricted appeals; `reporter`: who reported appeals against too little being done. */
export type Side = 'subject' | 'reporter'

export interface AppealRow {
  appeal_id: string
  at: number
  subject_type: string
  subject_id: string
  /** Who appeals and gets the answer. */
  party_type: string | null
  party_id: string | null
  root: string
  action_ids: string
  text: string
  due_at: number
  side: string
  level: number
  chance: number
  /** Texts, references and files, as JSON. */
  evidence: string
  /** Until when it could be filed. */
  open_until: number | null
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

export interface AppealTables extends CaseTables, MarkTables {
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
    // Several appeals about one decision: sides, levels, chances. The rows move into tables without the old constraint.
    'CREATE TABLE appeal_events_before AS SELECT * FROM appeal_events',
    'DROP TABLE appeal_events',
    'CREATE TABLE appeals_after (appeal_id TEXT PRIMARY KEY, at REAL NOT NULL, subject_type TEXT NOT NULL, subject_id TEXT NOT NULL, party_type TEXT, party_id TEXT, root TEXT NOT NULL, action_ids TEXT NOT NULL, text TEXT NOT NULL, due_at REAL NOT NULL, side TEXT NOT NULL, level INTEGER NOT NULL, chance INTEGER NOT NULL, evidence TEXT NOT NULL, open_until REAL, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    "INSERT INTO appeals_after SELECT appeal_id, at, subject_type, subject_id, party_type, party_id, root, action_ids, text, due_at, 'subject', 1, 1, '[]', NULL, cause, actor FROM appeals",
    'DROP TABLE appeals',
    'ALTER TABLE appeals_after RENAME TO appeals',
    'CREATE INDEX appeals_subject ON appeals (subject_type, subject_id)',
    'CREATE INDEX appeals_party ON appeals (party_type, party_id)',
    "CREATE UNIQUE INDEX appeals_step ON appeals (root, side, COALESCE(party_id, ''), level, chance)",
    ...insertOnly('appeals'),
    'CREATE TABLE appeal_events (appeal_event_id TEXT PRIMARY KEY, at REAL NOT NULL, appeal_id TEXT NOT NULL UNIQUE REFERENCES appeals(appeal_id), outcome TEXT NOT NULL, note TEXT NOT NULL, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    'INSERT INTO appeal_events SELECT * FROM appeal_events_before',
    'DROP TABLE appeal_events_before',
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

/** Every appeal about one decision, oldest first. */
export const appealsOfRoot = (db: AppealDb | AppealTx, root: string): Promise<ListedAppeal[]> =>
  joined(db).where('root', '=', root).orderBy('appeals.at').orderBy('appeals.appeal_id').execute()

/** What a reporter filed about a case, oldest first. */
export const appealsOfReporter = (
  db: AppealDb,
  caseId: string,
  { type, id }: { type: string; id: string },
): Promise<ListedAppeal[]> =>
  joined(db)
    .where('side', '=', 'reporter')
    .where('appeals.cause', '=', caseId)
    .where('party_type', '=', type)
    .where('party_id', '=', id)
    .orderBy('appeals.at')
    .orderBy('appeals.appeal_id')
    .execute()

export const appealEvent = (db: AppealDb | AppealTx, id: string) =>
  db
    .selectFrom('appeal_events')
    .innerJoin('appeals', 'appeals.appeal_id', 'appeal_events.appeal_id')
    .select(['appeals.root', 'appeals.appeal_id'])
    .where('appeal_events.appeal_event_id', '=', id)
    .executeTakeFirst()

export interface AppealFilter {
  readonly status?: 'open' | 'decided' | 'overdue' | undefined
  readonly side?: Side | undefined
  /** Only what this party filed. */
  readonly party?: { readonly type: string; readonly id: string } | undefined
  readonly now: number
  readonly limit: number
  readonly after?: string | undefined
}

export function listAppeals(db: AppealDb, filter: AppealFilter) {
  let query = joined(db)
  if (filter.status) query = query.where('appeal_events.outcome', filter.status === 'decided' ? 'is not' : 'is', null)
  if (filter.status === 'overdue') query = query.where('appeals.due_at', '<', filter.now)
  if (filter.side) query = query.where('appeals.side', '=', filter.side)
  if (filter.party)
    query = query.where('appeals.party_type', '=', filter.party.type).where('appeals.party_id', '=', filter.party.id)
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

/** Appeals of a party that wait for an answer. */
export const openAppealsOf = (db: AppealDb, { type, id }: { type: string; id: string }): Promise<ListedAppeal[]> =>
  joined(db)
    .where('appeal_events.outcome', 'is', null)
    .where('appeals.side', '=', 'subject')
    .where('party_type', '=', type)
    .where('party_id', '=', id)
    .execute()

/** How many appeals wait; with `dueBefore` only those whose deadline is over by then. */
export async function openAppeals(db: AppealDb, dueBefore?: number): Promise<number> {
  let query = joined(db).clearSelect().where('appeal_events.outcome', 'is', null)
  if (dueBefore !== undefined) query = query.where('appeals.due_at', '<', dueBefore)
  const row = await query.select((count) => count.fn.countAll<number>().as('n')).executeTakeFirst()
  return Number(row?.n ?? 0)
}

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
