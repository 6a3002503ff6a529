import { sql } from 'kysely'
import { type Db, insertOnly, record, type Schema, type Tx } from '../../kernel/database.ts'
import type { AppealTables } from '../appeals/index.ts'

/** A thing with a known answer; a row with `retires` takes an earlier one out of the stream. */
export interface GoldenRow {
  golden_id: string
  at: number
  position: number
  decision_id: string
  title: string
  outcome: string
  policy: string | null
  reason: string
  retires: string | null
  cause: string
  actor: string
}

export interface QualityTables extends AppealTables {
  golden_items: GoldenRow
  quality_settings: { settings_id: string; at: number; settings: string; cause: string; actor: string }
  calibrations: { calibration_id: string; at: number; title: string; cases: string; cause: string; actor: string }
  calibration_votes: {
    vote_id: string
    at: number
    calibration_id: string
    case_id: string
    outcome: string
    note: string
    /** 1 for what the session agreed on. */
    agreed: number
    cause: string
    actor: string
  }
  /** How a person wants to see harm: a convenience, not a record. */
  reviewer_care: { user_id: string; care: string }
}

export type QualityDb = Db<QualityTables>
export type QualityTx = Tx<QualityTables>

export const qualitySchema: Schema = {
  room: 'quality',
  statements: [
    'CREATE TABLE golden_items (golden_id TEXT PRIMARY KEY, at REAL NOT NULL, position REAL NOT NULL, decision_id TEXT NOT NULL, title TEXT NOT NULL, outcome TEXT NOT NULL, policy TEXT, reason TEXT NOT NULL, retires TEXT UNIQUE, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    ...insertOnly('golden_items'),
    'CREATE TABLE quality_settings (settings_id TEXT PRIMARY KEY, at REAL NOT NULL, settings TEXT NOT NULL, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    ...insertOnly('quality_settings'),
    'CREATE TABLE calibrations (calibration_id TEXT PRIMARY KEY, at REAL NOT NULL, title TEXT NOT NULL, cases TEXT NOT NULL, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    ...insertOnly('calibrations'),
    'CREATE TABLE calibration_votes (vote_id TEXT PRIMARY KEY, at REAL NOT NULL, calibration_id TEXT NOT NULL REFERENCES calibrations(calibration_id), case_id TEXT NOT NULL, outcome TEXT NOT NULL, note TEXT NOT NULL, agreed INTEGER NOT NULL, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    'CREATE INDEX calibration_votes_of ON calibration_votes (calibration_id, case_id)',
    ...insertOnly('calibration_votes'),
    'CREATE TABLE reviewer_care (user_id TEXT PRIMARY KEY, care TEXT NOT NULL)',
  ],
}

export async function newestSettings(db: QualityDb | QualityTx): Promise<string | null> {
  const row = await db
    .selectFrom('quality_settings')
    .select('settings')
    .orderBy('at', 'desc')
    .orderBy('settings_id', 'desc')
    .executeTakeFirst()
  return row?.settings ?? null
}

export const insertSettings = (db: QualityDb, row: QualityTables['quality_settings']) =>
  db.transaction().execute((tx) => record(tx, 'quality_settings', row))

/** Golden items that are in the stream, newest first. */
export const activeGolden = (db: QualityDb | QualityTx) =>
  db
    .selectFrom('golden_items')
    .selectAll()
    .where('retires', 'is', null)
    .where(sql<boolean>`NOT EXISTS (SELECT 1 FROM golden_items gone WHERE gone.retires = golden_items.golden_id)`)
    .orderBy('at', 'desc')
    .orderBy('golden_id')
    .execute()

export const insertGolden = (db: QualityDb, row: GoldenRow) =>
  db.transaction().execute((tx) => record(tx, 'golden_items', row))

export const goldenById = (db: QualityDb | QualityTx, id: string) =>
  db.selectFrom('golden_items').selectAll().where('golden_id', '=', id).executeTakeFirst()

/** Golden items that a person was given, and of those the case that still waits for them. */
export const goldenGiven = (db: QualityDb, person: string) =>
  db
    .selectFrom('cases')
    .innerJoin('case_state', 'case_state.case_id', 'cases.case_id')
    .where('cases.purpose', '=', 'golden')
    .where('cases.only_by', '=', person)
    .select(['cases.case_id', 'cases.cause', 'case_state.status'])
    .execute()

/** How many decisions a person has made that were not taken back. */
export async function decisionsOf(db: QualityDb, person: string): Promise<number> {
  const row = await db
    .selectFrom('case_state')
    .select((count) => count.fn.countAll<number>().as('n'))
    .where('decided_by', '=', person)
    .executeTakeFirst()
  return Number(row?.n ?? 0)
}

/** Times and policies of what a person decided since a time, newest first. */
export const decidedSince = (db: QualityDb, person: string, since: number) =>
  db
    .selectFrom('case_state')
    .innerJoin('cases', 'cases.case_id', 'case_state.case_id')
    .where('case_state.decided_by', '=', person)
    .where('case_state.decided_at', '>=', since)
    .select(['case_state.decided_at', 'cases.policies'])
    .orderBy('case_state.decided_at', 'desc')
    .execute()

/** One decided case with what it was for and, where it repeats something, what that was. */
export interface Judged {
  readonly case_id: string
  readonly purpose: string
  readonly decision_id: string
  readonly title: string
  readonly severity: string
  readonly policies: string
  readonly verdict: string
  readonly outcome: string
  readonly decided_by: string
  readonly decided_at: number
  readonly position: number
  readonly cause: string
  readonly data: string | null
  /** Golden: the known answer; second: the first person's outcome. */
  readonly expected: string | null
  /** Second: who decided first. */
  readonly first_by: string | null
}

/** What people decided in a span of time and has taken effect, oldest first. */
export async function judgedBetween(db: QualityDb, { from, to }: { from: number; to: number }): Promise<Judged[]> {
  const rows = await db
    .selectFrom('cases')
    .innerJoin('case_state', 'case_state.case_id', 'cases.case_id')
    .leftJoin('case_events as decided', (join) =>
      join
        .onRef('decided.case_id', '=', 'cases.case_id')
        .on('decided.type', '=', 'decided')
        .onRef('decided.at', '=', 'case_state.decided_at'),
    )
    .leftJoin('golden_items', 'golden_items.golden_id', 'cases.cause')
    .leftJoin('case_events as first', 'first.case_event_id', 'cases.cause')
    .where('case_state.status', '=', 'closed')
    .where('case_state.decided_at', '>=', from)
    .where('case_state.decided_at', '<', to)
    .where('case_state.outcome', 'is not', null)
    .select([
      'cases.case_id',
      'cases.purpose',
      'cases.decision_id',
      'cases.title',
      'cases.severity',
      'cases.policies',
      'cases.verdict',
      'case_state.outcome',
      'case_state.decided_by',
      'case_state.decided_at',
      'cases.position',
      'cases.cause',
      'decided.data',
      'first.actor as first_by',
    ])
    .select(sql<string | null>`coalesce(golden_items.outcome, first.outcome)`.as('expected'))
    .orderBy('case_state.decided_at')
    .execute()
  return rows as unknown as Judged[]
}

/** Outcomes of appeals, with who had acted and by which policy. */
export const appealsBetween = (db: QualityDb, { from, to }: { from: number; to: number }) =>
  db
    .selectFrom('appeals')
    .innerJoin('appeal_events', 'appeal_events.appeal_id', 'appeals.appeal_id')
    .innerJoin('actions', 'actions.action_id', 'appeals.cause')
    .where('appeal_events.at', '>=', from)
    .where('appeal_events.at', '<', to)
    .select(['actions.actor', 'actions.policy', 'appeal_events.outcome'])
    .execute()

/** A session speaks of all its cases together: it is in view when every one of them is. */
const wholeInView = sql<boolean>`NOT EXISTS (SELECT 1 FROM json_each(calibrations.cases) AS one WHERE NOT EXISTS (SELECT 1 FROM cases WHERE cases.case_id = one.value))`

export const calibrations = (db: QualityDb) =>
  db.selectFrom('calibrations').selectAll().where(wholeInView).orderBy('at', 'desc').limit(100).execute()
export const calibration = (db: QualityDb | QualityTx, id: string) =>
  db.selectFrom('calibrations').selectAll().where('calibration_id', '=', id).where(wholeInView).executeTakeFirst()
export const votesOf = (db: QualityDb | QualityTx, id: string) =>
  db.selectFrom('calibration_votes').selectAll().where('calibration_id', '=', id).orderBy('at').execute()

export const careOf = (db: QualityDb, user: string) =>
  db.selectFrom('reviewer_care').select('care').where('user_id', '=', user).executeTakeFirst()
export const setCare = (db: QualityDb, row: QualityTables['reviewer_care']) =>
  db
    .insertInto('reviewer_care')
    .values(row)
    .onConflict((on) => on.column('user_id').doUpdateSet(row))
    .execute()
