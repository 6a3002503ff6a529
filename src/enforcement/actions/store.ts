import type { PlaceTables } from '../../kernel/access/index.ts'
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
  /** What the kind leaves open, as JSON: which features, which sanction of which ladder. */
  detail?: string | null | undefined
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
  /** The violation that a quiz is about; there is at most one quiz for each. */
  about?: string | null | undefined
  /** The violation of a linked party that these points follow, and the link that they rest on. */
  joint_of?: string | null | undefined
  link_id?: string | null | undefined
  /** How many orders or other units a credit stands for. */
  quantity?: number | null | undefined
  /** Days in which the fault can be mended before it counts. */
  cure_days?: number | null | undefined
  /** What the violation was found in, for ladders where only the worst of one content counts. */
  content?: string | null | undefined
  cause: string
  actor: string
}

/** A person's order to impose or to lift something, with its reason: the cause of what follows. */
export interface MeasureRow {
  measure_id: string
  at: number
  type: 'impose' | 'lift' | 'cure' | 'credit' | 'quiz'
  target_type: string
  target_id: string
  reason: string
  data: string
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

export interface ActionTables extends PlaceTables {
  actions: ActionRow
  points: PointsRow
  notices: NoticeRow
  labels: LabelRow
  measures: MeasureRow
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
    'ALTER TABLE actions ADD COLUMN detail TEXT',
    'CREATE INDEX actions_until ON actions (until) WHERE until IS NOT NULL',
    ...['about TEXT', 'joint_of TEXT', 'link_id TEXT', 'quantity REAL', 'cure_days REAL', 'content TEXT'].map(
      (column) => `ALTER TABLE points ADD COLUMN ${column}`,
    ),
    'CREATE UNIQUE INDEX points_about ON points (about) WHERE about IS NOT NULL',
    'CREATE INDEX points_joint ON points (joint_of) WHERE joint_of IS NOT NULL',
    'CREATE INDEX points_link ON points (link_id) WHERE link_id IS NOT NULL',
    'CREATE TABLE measures (measure_id TEXT PRIMARY KEY, at REAL NOT NULL, type TEXT NOT NULL, target_type TEXT NOT NULL, target_id TEXT NOT NULL, reason TEXT NOT NULL, data TEXT NOT NULL, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    'CREATE INDEX measures_target ON measures (target_type, target_id)',
    ...insertOnly('measures'),
  ],
}

/** True for a sanction of a ladder: it follows the points, so it is imposed and taken back with them and by nothing else. */
export const isSanction = (row: Pick<ActionRow, 'detail'>): boolean => row.detail?.includes('"ladder":') ?? false

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
    .where('type', 'in', ['overturn', 'cured'])
    .execute()
  return new Set(rows.map((row) => row.ref ?? ''))
}

/** Violations of linked parties that follow these. */
export const jointPoints = (db: ActionDb | ActionTx, ids: readonly string[]) =>
  ids.length === 0
    ? Promise.resolve([])
    : db
        .selectFrom('points')
        .selectAll()
        .where('joint_of', 'in', [...ids])
        .where('type', '=', 'violation')
        .execute()

/** How many violations of a party stand, of one policy where it is named. */
export async function violationsOf(
  db: ActionDb,
  { party, policy }: { party: { type: string; id: string }; policy?: string | undefined },
): Promise<number> {
  const mine = (await pointsOfParty(db, party)).filter(
    (row) => row.type === 'violation' && (policy === undefined || row.policy === policy),
  )
  const returned = await overturnedPoints(
    db,
    mine.map((row) => row.entry_id),
  )
  return mine.length - returned.size
}

export const pointsById = (db: ActionDb | ActionTx, id: string) =>
  db.selectFrom('points').selectAll().where('entry_id', '=', id).executeTakeFirst()

/** Actions whose time is over and that nothing has taken back. */
export const overdueActions = (db: ActionDb, now: number, limit: number) =>
  db
    .selectFrom('actions as a')
    .selectAll('a')
    .where('a.until', '<=', now)
    .where('a.inverse_of', 'is', null)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('actions as b').select('b.action_id').whereRef('b.inverse_of', '=', 'a.action_id'))),
    )
    .orderBy('a.until')
    .limit(limit)
    .execute()

/** What was imposed on a subject itself and nobody has taken back. */
export const restrictionsOn = (db: ActionDb | ActionTx, target: { type: string; id: string }): Promise<ActionRow[]> =>
  db
    .selectFrom('actions as a')
    .selectAll('a')
    .where('a.target_type', '=', target.type)
    .where('a.target_id', '=', target.id)
    .where('a.inverse_of', 'is', null)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('actions as b').select('b.action_id').whereRef('b.inverse_of', '=', 'a.action_id'))),
    )
    .execute()

export const measureById = (db: ActionDb | ActionTx, id: string) =>
  db.selectFrom('measures').selectAll().where('measure_id', '=', id).executeTakeFirst()
export const measuresOn = (db: ActionDb, target: { type: string; id: string }) =>
  db
    .selectFrom('measures')
    .selectAll()
    .where('target_type', '=', target.type)
    .where('target_id', '=', target.id)
    .orderBy('at')
    .execute()

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
