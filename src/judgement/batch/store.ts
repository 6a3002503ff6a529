import { type Db, insertOnly, type Schema, type Tx } from '../../kernel/database.ts'
import type { RunEventType, RunKind, Window } from './model.ts'

export interface RunRow {
  run_id: string
  at: number
  strategy: string
  version: number
  mode: string
  kind: RunKind
  attempt: number
  window_from: number
  window_to: number
  /** When it was due. */
  due: number
  cause: string
  actor: string
}

export interface RunEventRow {
  run_event_id: string
  at: number
  run_id: string
  type: RunEventType
  /** A RunReport for what ends a run; counts for `applied`; the reason for `refused`. */
  data: string
  cause: string
  actor: string
}

export interface HitRow {
  hit_id: string
  at: number
  run_id: string
  strategy: string
  version: number
  subject_type: string
  subject_id: string
  party_type: string | null
  party_id: string | null
  score: number
  evidence: string
  /** `fresh` = decided by this run; `repeat` = decided in an overlapping window before. */
  standing: 'fresh' | 'repeat'
  cause: string
  actor: string
}

export interface VersionRow {
  version_id: string
  at: number
  strategy: string
  version: number
  title: string
  owner: string | null
  schedule: string
  expires: string
  cause: string
  actor: string
}

export interface BatchTables {
  batch_versions: VersionRow
  batch_runs: RunRow
  batch_run_events: RunEventRow
  batch_hits: HitRow
}

export type BatchDb = Db<BatchTables>
export type BatchTx = Tx<BatchTables>

export const batchSchema: Schema = {
  room: 'batch',
  statements: [
    'CREATE TABLE batch_versions (version_id TEXT PRIMARY KEY, at REAL NOT NULL, strategy TEXT NOT NULL, version INTEGER NOT NULL, title TEXT NOT NULL, owner TEXT, schedule TEXT NOT NULL, expires TEXT NOT NULL, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    ...insertOnly('batch_versions'),
    'CREATE TABLE batch_runs (run_id TEXT PRIMARY KEY, at REAL NOT NULL, strategy TEXT NOT NULL, version INTEGER NOT NULL, mode TEXT NOT NULL, kind TEXT NOT NULL, attempt INTEGER NOT NULL, window_from REAL NOT NULL, window_to REAL NOT NULL, due REAL NOT NULL, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    'CREATE INDEX batch_runs_strategy ON batch_runs (strategy, at)',
    ...insertOnly('batch_runs'),
    'CREATE TABLE batch_run_events (run_event_id TEXT PRIMARY KEY, at REAL NOT NULL, run_id TEXT NOT NULL REFERENCES batch_runs(run_id), type TEXT NOT NULL, data TEXT NOT NULL, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    'CREATE INDEX batch_run_events_run ON batch_run_events (run_id)',
    ...insertOnly('batch_run_events'),
    'CREATE TABLE batch_hits (hit_id TEXT PRIMARY KEY, at REAL NOT NULL, run_id TEXT NOT NULL REFERENCES batch_runs(run_id), strategy TEXT NOT NULL, version INTEGER NOT NULL, subject_type TEXT NOT NULL, subject_id TEXT NOT NULL, party_type TEXT, party_id TEXT, score REAL NOT NULL, evidence TEXT NOT NULL, standing TEXT NOT NULL, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    'CREATE INDEX batch_hits_run ON batch_hits (run_id, score)',
    ...insertOnly('batch_hits'),
  ],
}

/** A run with its events in order. */
export interface StoredRun extends RunRow {
  readonly events: readonly RunEventRow[]
}

async function withEvents(db: BatchDb | BatchTx, rows: readonly RunRow[]): Promise<StoredRun[]> {
  if (rows.length === 0) return []
  const events = await db
    .selectFrom('batch_run_events')
    .selectAll()
    .where(
      'run_id',
      'in',
      rows.map((row) => row.run_id),
    )
    .orderBy('at')
    .orderBy('run_event_id')
    .execute()
  return rows.map((row) => ({ ...row, events: events.filter((event) => event.run_id === row.run_id) }))
}

/** Newest runs of a strategy first. */
export async function runsOf(db: BatchDb, strategy: string, limit: number): Promise<StoredRun[]> {
  const rows = await db
    .selectFrom('batch_runs')
    .selectAll()
    .where('strategy', '=', strategy)
    .orderBy('at', 'desc')
    .orderBy('run_id', 'desc')
    .limit(limit)
    .execute()
  return withEvents(db, rows)
}

export async function findRun(db: BatchDb | BatchTx, id: string): Promise<StoredRun | undefined> {
  const row = await db.selectFrom('batch_runs').selectAll().where('run_id', '=', id).executeTakeFirst()
  return row === undefined ? undefined : (await withEvents(db, [row]))[0]
}

/** Runs that have not come to an end: what a crash left behind. Held runs wait for a person and are not among them. */
export async function unfinished(db: BatchDb): Promise<StoredRun[]> {
  const ended: RunEventType[] = ['failed', 'applied', 'refused', 'superseded']
  const rows = await db
    .selectFrom('batch_runs')
    .selectAll()
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('batch_run_events')
            .select('run_event_id')
            .whereRef('batch_run_events.run_id', '=', 'batch_runs.run_id')
            .where('type', 'in', ended),
        ),
      ),
    )
    .orderBy('at')
    .execute()
  return withEvents(db, rows)
}

export const attemptsOf = async (db: BatchDb, found: { strategy: string; version: number } & Window) =>
  (
    await db
      .selectFrom('batch_runs')
      .select('run_id')
      .where('strategy', '=', found.strategy)
      .where('version', '=', found.version)
      .where('window_from', '=', found.from)
      .where('window_to', '=', found.to)
      .execute()
  ).length

export const hitsOf = (db: BatchDb | BatchTx, run: string) =>
  db.selectFrom('batch_hits').selectAll().where('run_id', '=', run).orderBy('score', 'desc').orderBy('hit_id').execute()

/** Subjects that this version decided, in the same mode, in a window that overlaps with `window`. */
export const decidedIn = (db: BatchDb | BatchTx, found: { strategy: string; version: number; mode: string } & Window) =>
  db
    .selectFrom('batch_hits')
    .innerJoin('batch_runs', 'batch_runs.run_id', 'batch_hits.run_id')
    .innerJoin('batch_run_events', 'batch_run_events.run_id', 'batch_hits.run_id')
    .select(['batch_hits.subject_type', 'batch_hits.subject_id'])
    .distinct()
    .where('batch_runs.strategy', '=', found.strategy)
    .where('batch_runs.version', '=', found.version)
    .where('batch_runs.mode', '=', found.mode)
    .where('batch_hits.standing', '=', 'fresh')
    .where('batch_run_events.type', '=', 'applied')
    .where('batch_runs.window_to', '>', found.from)
    .where('batch_runs.window_from', '<', found.to)
    .execute()

/** The newest version of every strategy that was ever in charge, and when its first version was seen. */
export async function versions(db: BatchDb): Promise<Map<string, VersionRow & { first: number }>> {
  const rows = await db.selectFrom('batch_versions').selectAll().orderBy('at').orderBy('version_id').execute()
  const found = new Map<string, VersionRow & { first: number }>()
  for (const row of rows) found.set(row.strategy, { ...row, first: found.get(row.strategy)?.first ?? row.at })
  return found
}
