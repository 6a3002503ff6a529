import { type Db, insertOnly, type Schema, type Tx } from '../../kernel/database.ts'
import type { ActionTables, PointsRow } from '../actions/index.ts'

/** Two parties belong together: who operates, sells for, promotes, owns. `since` and `until` are when it holds. */
export interface LinkRow {
  link_id: string
  at: number
  kind: string
  a_type: string
  a_id: string
  b_type: string
  b_id: string
  evidence: string
  since: number
  until: number | null
  cause: string
  actor: string
}

/** A link ends, or turns out never to have been. */
export interface LinkEndRow {
  link_end_id: string
  at: number
  link_id: string
  until: number
  mistaken: number
  reason: string
  cause: string
  actor: string
}

export interface ConductTables extends ActionTables {
  links: LinkRow
  link_ends: LinkEndRow
  /** When the standing of a party next changes by itself. A convenience that can be rebuilt by folding. */
  standing_timers: { party_type: string; party_id: string; ladder: string; due_at: number }
}

export type ConductDb = Db<ConductTables>
export type ConductTx = Tx<ConductTables>

export const conductSchema: Schema = {
  room: 'conduct',
  statements: [
    'CREATE TABLE links (link_id TEXT PRIMARY KEY, at REAL NOT NULL, kind TEXT NOT NULL, a_type TEXT NOT NULL, a_id TEXT NOT NULL, b_type TEXT NOT NULL, b_id TEXT NOT NULL, evidence TEXT NOT NULL, since REAL NOT NULL, until REAL, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    'CREATE INDEX links_a ON links (a_type, a_id)',
    'CREATE INDEX links_b ON links (b_type, b_id)',
    ...insertOnly('links'),
    'CREATE TABLE link_ends (link_end_id TEXT PRIMARY KEY, at REAL NOT NULL, link_id TEXT NOT NULL UNIQUE REFERENCES links(link_id), until REAL NOT NULL, mistaken INTEGER NOT NULL, reason TEXT NOT NULL, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    ...insertOnly('link_ends'),
    'CREATE TABLE standing_timers (party_type TEXT NOT NULL, party_id TEXT NOT NULL, ladder TEXT NOT NULL, due_at REAL NOT NULL, PRIMARY KEY (party_type, party_id, ladder))',
    'CREATE INDEX standing_timers_due ON standing_timers (due_at)',
  ],
}

export type ListedLink = LinkRow & { ended_at: number | null; mistaken: number | null; end_reason: string | null }

/** Every link of a party, the oldest first. */
export const linksOf = (db: ConductDb | ConductTx, party: { type: string; id: string }): Promise<ListedLink[]> =>
  db
    .selectFrom('links')
    .leftJoin('link_ends', 'link_ends.link_id', 'links.link_id')
    .selectAll('links')
    .select(['link_ends.until as ended_at', 'link_ends.mistaken', 'link_ends.reason as end_reason'])
    .where((or) =>
      or.or([
        or.and([or('a_type', '=', party.type), or('a_id', '=', party.id)]),
        or.and([or('b_type', '=', party.type), or('b_id', '=', party.id)]),
      ]),
    )
    .orderBy('links.at')
    .orderBy('links.link_id')
    .execute()

export const linkById = (db: ConductDb | ConductTx, id: string) =>
  db
    .selectFrom('links')
    .leftJoin('link_ends', 'link_ends.link_id', 'links.link_id')
    .selectAll('links')
    .select(['link_ends.until as ended_at'])
    .where('links.link_id', '=', id)
    .executeTakeFirst()

export const pointsOfLink = (db: ConductDb | ConductTx, id: string) =>
  db.selectFrom('points').selectAll().where('link_id', '=', id).where('type', '=', 'violation').execute()

export const quizOf = (db: ConductDb | ConductTx, entryId: string) =>
  db.selectFrom('points').selectAll().where('about', '=', entryId).executeTakeFirst()

export async function newPoints(
  db: ConductDb,
  seq: number,
  span: number,
): Promise<{ points: PointsRow[]; rows: { kind: string; row: string }[]; next: number }> {
  const rows = await db
    .selectFrom('news')
    .select(['seq', 'kind', 'row'])
    .where('seq', '>', seq)
    .orderBy('seq')
    .limit(span)
    .execute()
  return {
    rows,
    points: rows.flatMap((row) => (row.kind === 'points' ? [JSON.parse(row.row) as PointsRow] : [])),
    next: Number(rows.at(-1)?.seq ?? seq),
  }
}

/** Sanctions of a ladder that were ever imposed on a party. */
export const sanctionActions = (db: ConductDb | ConductTx, party: { type: string; id: string }) =>
  db
    .selectFrom('actions')
    .selectAll()
    .where('target_type', '=', party.type)
    .where('target_id', '=', party.id)
    .where('detail', 'like', '%"ladder":%')
    .where('inverse_of', 'is', null)
    .orderBy('at')
    .execute()

export const setTimer = (tx: ConductTx, row: ConductTables['standing_timers']) =>
  tx
    .insertInto('standing_timers')
    .values(row)
    .onConflict((on) => on.columns(['party_type', 'party_id', 'ladder']).doUpdateSet({ due_at: row.due_at }))
    .execute()
export const dropTimer = (tx: ConductTx, row: Omit<ConductTables['standing_timers'], 'due_at'>) =>
  tx
    .deleteFrom('standing_timers')
    .where('party_type', '=', row.party_type)
    .where('party_id', '=', row.party_id)
    .where('ladder', '=', row.ladder)
    .execute()
export const dueTimers = (db: ConductDb, now: number) =>
  db.selectFrom('standing_timers').selectAll().where('due_at', '<=', now).orderBy('due_at').limit(500).execute()
