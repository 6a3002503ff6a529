import { sql } from 'kysely'
import { type Db, insertOnly, type Schema, type Tx } from '../../kernel/database.ts'
import type { InboundTables } from '../inbound/index.ts'
import type { Authorisation, Right, RightType } from './model.ts'

export interface RightRow {
  row_id: string
  at: number
  right_id: string
  type: string
  office: string
  number: string
  owner: string
  brand: string
  aliases: string
  classes: string
  territory: string
  valid_to: number | null
  documents: string
  ended: number
  actor: string
}

export interface AuthorisationRow {
  row_id: string
  at: number
  authorisation_id: string
  brand: string
  seller_id: string
  parent: string | null
  classes: string
  territory: string
  channels: string
  from_at: number
  until_at: number | null
  documents: string
  ended: number
  actor: string
}

export interface ClaimEventRow {
  claim_event_id: string
  at: number
  /** The notice that the claim is about. */
  notice_id: string
  type: string
  text: string
  data: string
  cause: string
  actor: string
}

export interface RightsTables extends InboundTables {
  ip_rights: RightRow
  ip_authorisations: AuthorisationRow
  ip_claim_events: ClaimEventRow
}

export type RightsDb = Db<RightsTables>
export type RightsTx = Tx<RightsTables>
type Either = RightsDb | RightsTx

export const rightsSchema: Schema = {
  room: 'rights',
  statements: [
    'CREATE TABLE ip_rights (row_id TEXT PRIMARY KEY, at REAL NOT NULL, right_id TEXT NOT NULL, type TEXT NOT NULL, office TEXT NOT NULL, number TEXT NOT NULL, owner TEXT NOT NULL, brand TEXT NOT NULL, aliases TEXT NOT NULL, classes TEXT NOT NULL, territory TEXT NOT NULL, valid_to REAL, documents TEXT NOT NULL, ended INTEGER NOT NULL, actor TEXT NOT NULL)',
    'CREATE INDEX ip_rights_right ON ip_rights (right_id, at)',
    ...insertOnly('ip_rights'),
    'CREATE TABLE ip_authorisations (row_id TEXT PRIMARY KEY, at REAL NOT NULL, authorisation_id TEXT NOT NULL, brand TEXT NOT NULL, seller_id TEXT NOT NULL, parent TEXT, classes TEXT NOT NULL, territory TEXT NOT NULL, channels TEXT NOT NULL, from_at REAL NOT NULL, until_at REAL, documents TEXT NOT NULL, ended INTEGER NOT NULL, actor TEXT NOT NULL)',
    'CREATE INDEX ip_authorisations_id ON ip_authorisations (authorisation_id, at)',
    ...insertOnly('ip_authorisations'),
    'CREATE TABLE ip_claim_events (claim_event_id TEXT PRIMARY KEY, at REAL NOT NULL, notice_id TEXT NOT NULL REFERENCES inbound_notices(notice_id), type TEXT NOT NULL, text TEXT NOT NULL, data TEXT NOT NULL, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    'CREATE INDEX ip_claim_events_notice ON ip_claim_events (notice_id)',
    ...insertOnly('ip_claim_events'),
  ],
}

const list = (json: string): string[] => JSON.parse(json) as string[]

export const rightOf = (row: RightRow): Right => ({
  right_id: row.right_id,
  type: row.type as RightType,
  office: row.office,
  number: row.number,
  owner: row.owner,
  brand: row.brand,
  aliases: list(row.aliases),
  classes: list(row.classes),
  territory: list(row.territory),
  validTo: row.valid_to,
  ended: row.ended === 1,
})

export const authorisationOf = (row: AuthorisationRow): Authorisation => ({
  authorisation_id: row.authorisation_id,
  brand: row.brand,
  seller: row.seller_id,
  parent: row.parent,
  classes: list(row.classes),
  territory: list(row.territory),
  channels: list(row.channels),
  from: row.from_at,
  until: row.until_at,
  ended: row.ended === 1,
})

/** The newest row of every right. */
export const rights = (db: Either): Promise<RightRow[]> =>
  db
    .selectFrom('ip_rights as r')
    .selectAll('r')
    .where(
      sql<boolean>`NOT EXISTS (SELECT 1 FROM ip_rights n WHERE n.right_id = r.right_id AND (n.at, n.row_id) > (r.at, r.row_id))`,
    )
    .orderBy('r.brand')
    .orderBy('r.right_id')
    .execute()

/** The newest row of every authorisation. */
export const authorisations = (db: Either): Promise<AuthorisationRow[]> =>
  db
    .selectFrom('ip_authorisations as a')
    .selectAll('a')
    .where(
      sql<boolean>`NOT EXISTS (SELECT 1 FROM ip_authorisations n WHERE n.authorisation_id = a.authorisation_id AND (n.at, n.row_id) > (a.at, a.row_id))`,
    )
    .orderBy('a.brand')
    .orderBy('a.authorisation_id')
    .execute()

/** Rights-holder notices with where they stand, newest first. */
export const claimNotices = (db: Either, filter: { limit: number; id?: string; source?: string; caseId?: string }) => {
  let query = db
    .selectFrom('inbound_notices')
    .innerJoin('inbound_state', 'inbound_state.notice_id', 'inbound_notices.notice_id')
    .leftJoin('cases', 'cases.case_id', 'inbound_state.case_id')
    .selectAll('inbound_notices')
    .select([
      'inbound_state.status',
      'inbound_state.case_id',
      'inbound_state.outcome',
      'inbound_state.decided_at',
      'cases.party_type',
      'cases.party_id',
      'cases.title',
    ])
    .where('inbound_notices.kind', '=', 'rights_notice')
    .orderBy('inbound_notices.at', 'desc')
    .orderBy('inbound_notices.notice_id', 'desc')
    .limit(filter.limit)
  if (filter.id !== undefined) query = query.where('inbound_notices.notice_id', '=', filter.id)
  if (filter.source !== undefined) query = query.where('inbound_notices.source_id', '=', filter.source)
  if (filter.caseId !== undefined) query = query.where('inbound_state.case_id', '=', filter.caseId)
  return query.execute()
}

export const claimEventsOf = (db: Either, ids: readonly string[]): Promise<ClaimEventRow[]> =>
  ids.length === 0
    ? Promise.resolve([])
    : db
        .selectFrom('ip_claim_events')
        .selectAll()
        .where('notice_id', 'in', [...ids])
        .orderBy('at')
        .orderBy('claim_event_id')
        .execute()

/** Notices with a counter-notice that nothing has answered yet. */
export const counteredNotices = (db: Either) =>
  db
    .selectFrom('ip_claim_events as c')
    .select('c.notice_id')
    .where('c.type', '=', 'countered')
    .where(
      sql<boolean>`NOT EXISTS (SELECT 1 FROM ip_claim_events o WHERE o.notice_id = c.notice_id AND o.type IN ('proved', 'expired', 'retracted'))`,
    )
    .execute()

/** The decisions of a case that took effect: what their actions and points name as their cause. */
export const effectsOfCase = async (db: Either, caseId: string): Promise<string[]> =>
  (
    await db
      .selectFrom('case_events')
      .select('cause')
      .where('case_id', '=', caseId)
      .where('type', '=', 'effective')
      .execute()
  ).map((row) => row.cause)

/** Sources of rights-holder notices. */
export const notifiers = async (db: Either): Promise<string[]> =>
  (
    await db
      .selectFrom('inbound_notices')
      .select('source_id')
      .distinct()
      .where('kind', '=', 'rights_notice')
      .where('source_id', '<>', 'anonymous')
      .execute()
  ).map((row) => row.source_id)
