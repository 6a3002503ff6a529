import type { Db, Schema } from '../database.ts'
import type { Scope } from '../operation.ts'
import type { Place } from './scope.ts'

/** Where every decision and every ledger row belongs: the site and the markets that scopes of roles are checked against. */
export interface PlaceTables {
  places: { id: string; site: string | null; markets: string }
}

export type PlaceDb = Db<PlaceTables>

/** How the rows of a ledger table get their place. */
export interface Placed {
  readonly table: string
  readonly id: string
  /** Columns that name the record whose place a row inherits; the first that has one counts. None and no `own`: the id has a place already. */
  readonly from: readonly string[]
  /** The row says itself where it is. */
  readonly own?: 'site and markets' | 'markets'
  /** More ids that are at the same place. */
  readonly alias?: string
  /** The table had rows before it was placed: the migration gives them theirs, of themselves or of the first of `from`. */
  readonly late?: true
}

/** The ledger. A table that is not listed here is not there for scoped principals. */
export const placedTables: readonly Placed[] = [
  { table: 'cases', id: 'case_id', from: [], own: 'site and markets', alias: 'decision_id' },
  // Conveniences beside a case: they are where it is.
  { table: 'leases', id: 'case_id', from: [] },
  { table: 'case_state', id: 'case_id', from: [] },
  { table: 'case_events', id: 'case_event_id', from: ['case_id'] },
  { table: 'actions', id: 'action_id', from: ['cause', 'inverse_of'], own: 'markets' },
  { table: 'points', id: 'entry_id', from: ['cause', 'ref'] },
  { table: 'notices', id: 'notice_id', from: ['cause'] },
  { table: 'labels', id: 'label_id', from: ['cause'] },
  { table: 'appeals', id: 'appeal_id', from: ['root', 'cause'] },
  { table: 'appeal_events', id: 'appeal_event_id', from: ['appeal_id'] },
  { table: 'document_answers', id: 'answer_id', from: ['action_id'] },
  { table: 'statements', id: 'puid', from: ['action_id'] },
  { table: 'inbound_notices', id: 'notice_id', from: [], own: 'site and markets', late: true },
  { table: 'golden_items', id: 'golden_id', from: ['decision_id'], late: true },
]

const placeTable: Schema = {
  room: 'places',
  statements: ['CREATE TABLE places (id TEXT PRIMARY KEY, site TEXT, markets TEXT NOT NULL) WITHOUT ROWID'],
}

/** The table of places, and a trigger on every ledger table: a row has its place from the moment it is written, whoever writes it. */
export function placeSchemas(tables: readonly Placed[] = placedTables): Schema[] {
  const written = tables.filter(({ from, own }) => from.length > 0 || own !== undefined)
  return [
    placeTable,
    ...written.map((placed) => ({ room: `places/${placed.table}`, statements: statementsOf(placed) })),
  ]
}

const statementsOf = (placed: Placed): string[] => [triggerOf(placed), ...(placed.late ? [placedLate(placed)] : [])]

const placedLate = ({ table, id, from: [column] }: Placed): string =>
  column === undefined
    ? `INSERT OR IGNORE INTO places SELECT ${id}, site, markets FROM ${table}`
    : `INSERT OR IGNORE INTO places SELECT t.${id}, p.site, p.markets FROM ${table} t JOIN places p ON p.id = t.${column}`

function triggerOf({ table, id, from, own, alias }: Placed): string {
  const markets = own === 'markets' ? `CASE WHEN NEW.markets = '[]' THEN markets ELSE NEW.markets END` : 'markets'
  const source = from.map((column) => `(SELECT id FROM places WHERE id = NEW.${column})`)
  const body =
    own === 'site and markets'
      ? [id, ...(alias ? [alias] : [])].map(
          (column) => `INSERT OR IGNORE INTO places VALUES (NEW.${column}, NEW.site, NEW.markets);`,
        )
      : [
          `INSERT OR IGNORE INTO places SELECT NEW.${id}, site, ${markets} FROM places WHERE id = ${source.length > 1 ? `coalesce(${source.join(', ')})` : source[0]};`,
        ]
  return `CREATE TRIGGER ${table}_place AFTER INSERT ON ${table} BEGIN ${body.join(' ')} END`
}

/** Notes where a decision is, before what follows from it is written. */
export const putPlace = (db: PlaceDb, id: string, place: Place) =>
  db
    .insertInto('places')
    .values({ id, site: place.site, markets: JSON.stringify(place.markets) })
    .onConflict((on) => on.doNothing())
    .execute()

export async function findPlace(db: PlaceDb, id: string): Promise<Place | undefined> {
  const row = await db.selectFrom('places').selectAll().where('id', '=', id).executeTakeFirst()
  return row && { site: row.site, markets: JSON.parse(row.markets) as string[] }
}

const text = (value: string) => `'${value.replaceAll("'", "''")}'`

/**
 * The same query, seeing only rows of these places: each ledger table is hidden by a query of the same name, so no
 * query can forget the limit. What is no SELECT stays as it is.
 */
export function scopedSql(sql: string, scopes: readonly Scope[]): string {
  if (!/^\s*(select|with)\b/i.test(sql)) return sql
  const allowed = scopes.map(({ sites, markets }) => {
    const site = sites.length === 0 ? '1' : `p.site IN (${sites.map(text).join(', ')})`
    const market =
      markets.length === 0
        ? '1'
        : `EXISTS (SELECT 1 FROM json_each(p.markets) m WHERE m.value IN (${markets.map(text).join(', ')}))`
    return `(${site} AND ${market})`
  })
  const where = allowed.length === 0 ? '0' : allowed.join(' OR ')
  const hidden = placedTables
    .filter(({ table }) => sql.includes(table))
    .map(
      ({ table, id }) =>
        `"${table}" AS NOT MATERIALIZED (SELECT t.* FROM main."${table}" t WHERE EXISTS (SELECT 1 FROM main.places p WHERE p.id = t."${id}" AND (${where})))`,
    )
  if (hidden.length === 0) return sql
  return withCtes(sql, hidden)
}

/** Puts common table expressions before those that a query has. */
export function withCtes(sql: string, ctes: readonly string[]): string {
  const own = /^\s*with(\s+recursive)?\b/i.exec(sql)
  return own ? `WITH${own[1] ?? ''} ${ctes.join(', ')}, ${sql.slice(own[0].length)}` : `WITH ${ctes.join(', ')} ${sql}`
}
