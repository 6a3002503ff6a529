import type { Db, Schema } from '../database.ts'
import { insertOnly } from '../database.ts'

export interface AccessTables {
  users: {
    user_id: string
    login: string
    name: string
    roles: string
    secret: string
    disabled: number
    preferences: string
    at: number
  }
  sessions: { session_hash: string; user_id: string; at: number; expires_at: number }
  tokens: {
    token_id: string
    token_hash: string
    name: string
    roles: string
    created_by: string
    at: number
    expires_at: number | null
    revoked_at: number | null
  }
  audit: AuditRow
}

/** One row of the audit chain; see audit.ts. */
export interface AuditRow {
  seq: number
  at: number
  actor: string
  operation: string
  target: string
  outcome: string
  request_id: string
  detail: string
  previous: string
  hash: string
}

export const accessSchema: Schema = {
  room: 'access',
  statements: [
    'CREATE TABLE users (user_id TEXT PRIMARY KEY, login TEXT NOT NULL UNIQUE, name TEXT NOT NULL, roles TEXT NOT NULL, secret TEXT NOT NULL, disabled INTEGER NOT NULL, preferences TEXT NOT NULL, at REAL NOT NULL)',
    'CREATE TABLE sessions (session_hash TEXT PRIMARY KEY, user_id TEXT NOT NULL, at REAL NOT NULL, expires_at REAL NOT NULL)',
    'CREATE TABLE tokens (token_id TEXT PRIMARY KEY, token_hash TEXT NOT NULL UNIQUE, name TEXT NOT NULL, roles TEXT NOT NULL, created_by TEXT NOT NULL, at REAL NOT NULL, expires_at REAL, revoked_at REAL)',
    'CREATE TABLE audit (seq INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, actor TEXT NOT NULL, operation TEXT NOT NULL, target TEXT NOT NULL, outcome TEXT NOT NULL, request_id TEXT NOT NULL, detail TEXT NOT NULL, previous TEXT NOT NULL UNIQUE, hash TEXT NOT NULL UNIQUE)',
    ...insertOnly('audit'),
  ],
}

export type AccessDb = Db<AccessTables>

export const findUserByLogin = (db: AccessDb, login: string) =>
  db.selectFrom('users').selectAll().where('login', '=', login).executeTakeFirst()
export const findUser = (db: AccessDb, id: string) =>
  db.selectFrom('users').selectAll().where('user_id', '=', id).executeTakeFirst()
export const allUsers = (db: AccessDb) => db.selectFrom('users').selectAll().orderBy('login').execute()
export const insertUser = (db: AccessDb, user: AccessTables['users']) => db.insertInto('users').values(user).execute()
export const changeUser = (db: AccessDb, id: string, change: Partial<Omit<AccessTables['users'], 'user_id'>>) =>
  db.updateTable('users').set(change).where('user_id', '=', id).execute()

export const insertSession = (db: AccessDb, session: AccessTables['sessions']) =>
  db.insertInto('sessions').values(session).execute()
export const findSession = (db: AccessDb, hash: string) =>
  db.selectFrom('sessions').selectAll().where('session_hash', '=', hash).executeTakeFirst()
export const deleteSession = (db: AccessDb, hash: string) =>
  db.deleteFrom('sessions').where('session_hash', '=', hash).execute()
/** Ends the sessions of a person, but for the one with the hash `except`. */
export const deleteSessionsOf = (db: AccessDb, user: string, except = '') =>
  db.deleteFrom('sessions').where('user_id', '=', user).where('session_hash', '<>', except).execute()

export const insertToken = (db: AccessDb, token: AccessTables['tokens']) =>
  db.insertInto('tokens').values(token).execute()
export const findToken = (db: AccessDb, hash: string) =>
  db.selectFrom('tokens').selectAll().where('token_hash', '=', hash).executeTakeFirst()
export const findTokenById = (db: AccessDb, id: string) =>
  db.selectFrom('tokens').selectAll().where('token_id', '=', id).executeTakeFirst()
export const allTokens = (db: AccessDb) => db.selectFrom('tokens').selectAll().orderBy('at', 'desc').execute()
export const revokeToken = (db: AccessDb, id: string, at: number) =>
  db
    .updateTable('tokens')
    .set({ revoked_at: at })
    .where('token_id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()

/** Newest first; `after` is the `seq` of the last row that the caller has. */
export function auditRows(
  db: AccessDb,
  options: { limit: number; after?: number | undefined; q?: string | undefined },
) {
  let query = db.selectFrom('audit').selectAll().orderBy('seq', 'desc').limit(options.limit)
  if (options.after !== undefined) query = query.where('seq', '<', options.after)
  if (options.q)
    query = query.where((or) =>
      or.or(['actor', 'operation', 'target'].map((column) => or(column as 'actor', 'like', `%${options.q}%`))),
    )
  return query.execute()
}
