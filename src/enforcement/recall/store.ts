import { type Db, insertOnly, type Schema } from '../../kernel/database.ts'
import type { ActionTables } from '../actions/index.ts'

export interface RecallRow {
  recall_id: string
  at: number
  strategy: string
  version: number
  /** Only what was done from here on; null = everything, and the version never acts again. */
  since: number | null
  reason: string
  actions: number
  narrowed: number
  points: number
  cases: number
  summary: string
  cause: string
  actor: string
}

export interface RecallTables extends ActionTables {
  recalls: RecallRow
}

export type RecallDb = Db<RecallTables>

export const recallSchema: Schema = {
  room: 'recalls',
  statements: [
    'CREATE TABLE recalls (recall_id TEXT PRIMARY KEY, at REAL NOT NULL, strategy TEXT NOT NULL, version INTEGER NOT NULL, since REAL, reason TEXT NOT NULL, actions INTEGER NOT NULL, narrowed INTEGER NOT NULL, points REAL NOT NULL, cases INTEGER NOT NULL, summary TEXT NOT NULL, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    'CREATE INDEX recalls_strategy ON recalls (strategy, version)',
    ...insertOnly('recalls'),
  ],
}

export const recallsOf = (db: RecallDb, found: { strategy: string; version: number }) =>
  db
    .selectFrom('recalls')
    .selectAll()
    .where('strategy', '=', found.strategy)
    .where('version', '=', found.version)
    .orderBy('at')
    .execute()

export const allRecalls = (db: RecallDb) => db.selectFrom('recalls').selectAll().orderBy('at').execute()

export function listRecalls(db: RecallDb, { limit, after }: { limit: number; after?: string | undefined }) {
  let query = db.selectFrom('recalls').selectAll().orderBy('recall_id', 'desc').limit(limit)
  if (after !== undefined) query = query.where('recall_id', '<', after)
  return query.execute()
}
