import { sql } from 'kysely'
import type { Db, Schema, Tx } from '../database.ts'
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
    /** The party that a merchant or creator is; null for everybody inside. */
    party_type: string | null
    party_id: string | null
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
    sites: string
    markets: string
  }
  audit: AuditRow
  grants: GrantRow
  grant_ends: { grant_id: string; at: number; reason: string; actor: string }
  approvals: ApprovalRow
  approval_events: { approval_id: string; at: number; outcome: string; note: string; actor: string }
  invitations: InvitationRow
  invitation_uses: { invitation_id: string; at: number; user_id: string }
}

/** A role that somebody was given, with where it holds and why; it ends by a row of `grant_ends`. */
export interface GrantRow {
  grant_id: string
  at: number
  user_id: string
  role: string
  sites: string
  markets: string
  reason: string
  actor: string
}

/** Something that waits for a second person. */
export interface ApprovalRow {
  approval_id: string
  at: number
  until: number
  operation: string
  permission: string
  input: string
  person: string
  actor: string
  /** What it is about, as a key of its room; empty where nobody asks for it. */
  about: string
  /** Why it needs a second person, as JSON in both languages; empty when the operation always does. */
  why: string
}

export interface InvitationRow {
  invitation_id: string
  secret_hash: string
  at: number
  until: number
  name: string
  role: string
  party_type: string
  party_id: string
  actor: string
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
    'CREATE TABLE grants (grant_id TEXT PRIMARY KEY, at REAL NOT NULL, user_id TEXT NOT NULL, role TEXT NOT NULL, sites TEXT NOT NULL, markets TEXT NOT NULL, reason TEXT NOT NULL, actor TEXT NOT NULL)',
    'CREATE INDEX grants_user ON grants (user_id)',
    ...insertOnly('grants'),
    'CREATE TABLE grant_ends (grant_id TEXT PRIMARY KEY REFERENCES grants(grant_id), at REAL NOT NULL, reason TEXT NOT NULL, actor TEXT NOT NULL)',
    ...insertOnly('grant_ends'),
    `INSERT INTO grants SELECT 'grt_' || user_id || '.' || held.value, at, user_id, held.value, '[]', '[]', 'held before grants were kept', 'system' FROM users, json_each(users.roles) held`,
    "ALTER TABLE tokens ADD COLUMN sites TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE tokens ADD COLUMN markets TEXT NOT NULL DEFAULT '[]'",
    'ALTER TABLE users ADD COLUMN party_type TEXT',
    'ALTER TABLE users ADD COLUMN party_id TEXT',
    'CREATE TABLE approvals (approval_id TEXT PRIMARY KEY, at REAL NOT NULL, until REAL NOT NULL, operation TEXT NOT NULL, permission TEXT NOT NULL, input TEXT NOT NULL, person TEXT NOT NULL, actor TEXT NOT NULL)',
    ...insertOnly('approvals'),
    'CREATE TABLE approval_events (approval_id TEXT PRIMARY KEY REFERENCES approvals(approval_id), at REAL NOT NULL, outcome TEXT NOT NULL, note TEXT NOT NULL, actor TEXT NOT NULL)',
    ...insertOnly('approval_events'),
    'CREATE TABLE invitations (invitation_id TEXT PRIMARY KEY, secret_hash TEXT NOT NULL UNIQUE, at REAL NOT NULL, until REAL NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL, party_type TEXT NOT NULL, party_id TEXT NOT NULL, actor TEXT NOT NULL)',
    ...insertOnly('invitations'),
    'CREATE TABLE invitation_uses (invitation_id TEXT PRIMARY KEY REFERENCES invitations(invitation_id), at REAL NOT NULL, user_id TEXT NOT NULL)',
    ...insertOnly('invitation_uses'),
    "ALTER TABLE approvals ADD COLUMN about TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE approvals ADD COLUMN why TEXT NOT NULL DEFAULT ''",
    'CREATE INDEX approvals_about ON approvals (about)',
  ],
}

export type AccessDb = Db<AccessTables>

/** The grants that have not ended, of one person or of all. */
export function grantsInForce(db: AccessDb | Tx<AccessTables>, user?: string) {
  const query = db
    .selectFrom('grants')
    .selectAll('grants')
    .leftJoin('grant_ends', 'grant_ends.grant_id', 'grants.grant_id')
    .where('grant_ends.grant_id', 'is', null)
    .orderBy('grants.at')
  return (user === undefined ? query : query.where('grants.user_id', '=', user)).execute()
}
export const findGrant = (db: AccessDb, id: string) =>
  db.selectFrom('grants').selectAll().where('grant_id', '=', id).executeTakeFirst()

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

export interface ApprovalFilter {
  readonly limit: number
  readonly after?: string | undefined
  /** The key of what it is about, or how the key begins. */
  readonly about?: string | { readonly begins: string }
  /** A field of the input and its value. */
  readonly input?: readonly [field: string, value: string]
  /** Only what is neither decided nor over at this time, in microseconds. */
  readonly openAt?: number | undefined
}

/** Requests with their decisions, newest first. */
export function approvals(db: AccessDb, filter: ApprovalFilter & { readonly id?: string }) {
  let query = db
    .selectFrom('approvals')
    .leftJoin('approval_events as decided', 'decided.approval_id', 'approvals.approval_id')
    .selectAll('approvals')
    .select(['decided.outcome', 'decided.note', 'decided.at as decided_at', 'decided.actor as decided_by'])
    .orderBy('approvals.at', 'desc')
    .orderBy('approvals.approval_id', 'desc')
    .limit(filter.limit)
  const { id, about, after, input, openAt } = filter
  if (id !== undefined) query = query.where('approvals.approval_id', '=', id)
  if (typeof about === 'string') query = query.where('about', '=', about)
  else if (about) query = query.where(sql`substr(about, 1, ${about.begins.length})`, '=', about.begins)
  if (after !== undefined) query = query.where('approvals.at', '<', Number(after))
  if (input !== undefined) query = query.where(sql`json_extract(input, ${`$.${input[0]}`})`, '=', input[1])
  if (openAt !== undefined) query = query.where('decided.outcome', 'is', null).where('until', '>=', openAt)
  return query.execute()
}
