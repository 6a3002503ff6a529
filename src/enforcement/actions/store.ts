import type { Db, Schema, Tx } from '../../kernel/database.ts'
import { insertOnly } from '../../kernel/database.ts'

export interface ActionRow {
  action_id: string
  at: number
  kind: string
  target_type: string
  target_id: string
  party_type: string | null
  party_id: string | null
  markets: string
  until: number | null
  policy: string | null
  policy_version: number | null
  strategy: string | null
  strategy_version: number | null
  severity: string | null
  inverse_of: string | null
  /** Journal position of the event that it is about; null where it is not known. */
  position: number | null
  cause: string
  actor: string
}

export interface PointsRow {
  entry_id: string
  at: number
  ladder: string
  party_type: string
  party_id: string
  type: string
  class: string
  points: number
  ref: string | null
  policy: string | null
  policy_version: number | null
  cause: string
  actor: string
}

export interface NoticeRow {
  notice_id: string
  at: number
  party_type: string
  party_id: string
  subject_type: string
  subject_id: string
  action_ids: string
  text: string
  deadline: number | null
  policy: string | null
  cause: string
  actor: string
}

export interface LabelRow {
  label_id: string
  at: number
  event_id: string | null
  source: string | null
  subject_type: string
  subject_id: string
  policy: string | null
  label: string
  origin: string
  strategies: string
  cause: string
  actor: string
}

export interface ActionTables {
  actions: ActionRow
  points: PointsRow
  notices: NoticeRow
  labels: LabelRow
  applied: { consumer: string; position: number }
}

export type ActionDb = Db<ActionTables>
export type ActionTx = Tx<ActionTables>

export const actionSchema: Schema = {
  room: 'enforcement',
  statements: [
    'CREATE TABLE actions (action_id TEXT PRIMARY KEY, at REAL NOT NULL, kind TEXT NOT NULL, target_type TEXT NOT NULL, target_id TEXT NOT NULL, party_type TEXT, party_id TEXT, markets TEXT NOT NULL, until REAL, policy TEXT, policy_version INTEGER, strategy TEXT, strategy_version INTEGER, severity TEXT, inverse_of TEXT UNIQUE REFERENCES actions(action_id), cause TEXT NOT NULL, actor TEXT NOT NULL)',
    'CREATE INDEX actions_target ON actions (target_type, target_id)',
    'CREATE INDEX actions_party ON actions (party_type, party_id)',
    'CREATE INDEX actions_cause ON actions (cause)',
    'CREATE INDEX actions_strategy ON actions (strategy, strategy_version)',
    ...insertOnly('actions'),
    'CREATE TABLE points (entry_id TEXT PRIMARY KEY, at REAL NOT NULL, ladder TEXT NOT NULL, party_type TEXT NOT NULL, party_id TEXT NOT NULL, type TEXT NOT NULL, class TEXT NOT NULL, points REAL NOT NULL, ref TEXT UNIQUE REFERENCES points(entry_id), policy TEXT, policy_version INTEGER, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    'CREATE INDEX points_party ON points (party_type, party_id)',
    'CREATE INDEX points_cause ON points (cause)',
    ...insertOnly('points'),
    'CREATE TABLE notices (notice_id TEXT PRIMARY KEY, at REAL NOT NULL, party_type TEXT NOT NULL, party_id TEXT NOT NULL, subject_type TEXT NOT NULL, subject_id TEXT NOT NULL, action_ids TEXT NOT NULL, text TEXT NOT NULL, deadline REAL, policy TEXT, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    'CREATE INDEX notices_party ON notices (party_type, party_id)',
    'CREATE INDEX notices_subject ON notices (subject_type, subject_id)',
    'CREATE INDEX notices_cause ON notices (cause)',
    ...insertOnly('notices'),
    'CREATE TABLE labels (label_id TEXT PRIMARY KEY, at REAL NOT NULL, event_id TEXT, source TEXT, subject_type TEXT NOT NULL, subject_id TEXT NOT NULL, policy TEXT, label TEXT NOT NULL, origin TEXT NOT NULL, strategies TEXT NOT NULL, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    'CREATE INDEX labels_subject ON labels (subject_type, subject_id)',
    ...insertOnly('labels'),
    'CREATE TABLE applied (consumer TEXT PRIMARY KEY, position REAL NOT NULL)',
    'ALTER TABLE actions ADD COLUMN position REAL',
  ],
}

export const actionsByCause = (db: ActionDb | ActionTx, causes: readonly string[]) =>
  causes.length === 0
    ? Promise.resolve([])
    : db
        .selectFrom('actions')
        .selectAll()
        .where('cause', 'in', [...causes])
        .orderBy('at')
        .execute()

export const actionById = (db: ActionDb | ActionTx, id: string) =>
  db.selectFrom('actions').selectAll().where('action_id', '=', id).executeTakeFirst()

export const actionsOn = (db: ActionDb, target: { type: string; id: string }) =>
  db
    .selectFrom('actions')
    .selectAll()
    .where((or) =>
      or.or([
        or.and([or('target_type', '=', target.type), or('target_id', '=', target.id)]),
        or.and([or('party_type', '=', target.type), or('party_id', '=', target.id)]),
      ]),
    )
    .orderBy('at', 'desc')
    .limit(500)
    .execute()

/** The ids among `ids` that have been taken back, with the action that did it. */
export async function reversals(db: ActionDb | ActionTx, ids: readonly string[]): Promise<Map<string, ActionRow>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('actions')
    .selectAll()
    .where('inverse_of', 'in', [...ids])
    .execute()
  return new Map(rows.map((row) => [row.inverse_of ?? '', row]))
}

export const pointsByCause = (db: ActionDb | ActionTx, causes: readonly string[]) =>
  causes.length === 0
    ? Promise.resolve([])
    : db
        .selectFrom('points')
        .selectAll()
        .where('cause', 'in', [...causes])
        .orderBy('at')
        .execute()

export const pointsOfParty = (db: ActionDb | ActionTx, party: { type: string; id: string }) =>
  db
    .selectFrom('points')
    .selectAll()
    .where('party_type', '=', party.type)
    .where('party_id', '=', party.id)
    .orderBy('at')
    .execute()

export async function overturnedPoints(db: ActionDb | ActionTx, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await db
    .selectFrom('points')
    .select('ref')
    .where('ref', 'in', [...ids])
    .where('type', '=', 'overturn')
    .execute()
  return new Set(rows.map((row) => row.ref ?? ''))
}

export const noticeById = (db: ActionDb, id: string) =>
  db.selectFrom('notices').selectAll().where('notice_id', '=', id).executeTakeFirst()
export const noticesOn = (db: ActionDb, target: { type: string; id: string }) =>
  db
    .selectFrom('notices')
    .selectAll()
    .where((or) =>
      or.or([
        or.and([or('subject_type', '=', target.type), or('subject_id', '=', target.id)]),
        or.and([or('party_type', '=', target.type), or('party_id', '=', target.id)]),
      ]),
    )
    .orderBy('at', 'desc')
    .limit(200)
    .execute()
export const noticesByCause = (db: ActionDb, causes: readonly string[]) =>
  causes.length === 0
    ? Promise.resolve([])
    : db
        .selectFrom('notices')
        .selectAll()
        .where('cause', 'in', [...causes])
        .execute()
export const labelsOn = (db: ActionDb, subject: { type: string; id: string }) =>
  db
    .selectFrom('labels')
    .selectAll()
    .where('subject_type', '=', subject.type)
    .where('subject_id', '=', subject.id)
    .orderBy('at')
    .execute()

/** Position up to which `consumer` has applied the journal; 0 at first. */
export async function appliedPosition(db: ActionDb | ActionTx, consumer: string): Promise<number> {
  return (
    (await db.selectFrom('applied').select('position').where('consumer', '=', consumer).executeTakeFirst())?.position ??
    0
  )
}

export const setApplied = (tx: ActionTx, consumer: string, position: number) =>
  tx
    .insertInto('applied')
    .values({ consumer, position })
    .onConflict((on) => on.column('consumer').doUpdateSet({ position }))
    .execute()
