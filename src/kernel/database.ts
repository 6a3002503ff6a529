import type { Insertable, Kysely, Transaction } from 'kysely'

/** The outbox: every insert-only row, in order, for whoever follows (facts, webhooks). Never trimmed: it is the ledger's log. */
export interface NewsTable {
  news: { seq?: number; at: number; kind: string; row: string }
}

export type Db<Tables> = Kysely<Tables & NewsTable>
export type Tx<Tables> = Transaction<Tables & NewsTable>

/** The same database, seen by a room that knows only its own tables. */
export function part<Part, Whole extends Part>(db: Db<Whole>): Db<Part> {
  return db as unknown as Db<Part>
}

/** DDL of one room, in order. A statement that has run is never edited; changes are appended. */
export interface Schema {
  readonly room: string
  readonly statements: readonly string[]
}

export const newsSchema: Schema = {
  room: 'news',
  statements: [
    'CREATE TABLE news (seq INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, kind TEXT NOT NULL, row TEXT NOT NULL)',
    ...insertOnly('news'),
  ],
}

/** Triggers that make a table insert-only: first law of the ledger. */
export function insertOnly(table: string): string[] {
  return ['UPDATE', 'DELETE'].map(
    (verb) =>
      `CREATE TRIGGER ${table}_no_${verb.toLowerCase()} BEFORE ${verb} ON ${table} BEGIN SELECT RAISE(ABORT, '${table} is insert-only'); END`,
  )
}

/** Inserts one ledger row and its news in the caller's transaction: neither is ever there without the other. */
export async function record<Tables, Name extends keyof Tables & string>(
  tx: Tx<Tables>,
  table: Name,
  row: Insertable<Tables[Name]> & { at: number },
): Promise<void> {
  const loose = tx as unknown as Kysely<Record<string, Record<string, unknown>>>
  await loose
    .insertInto(table)
    .values(row as Record<string, unknown>)
    .execute()
  await loose
    .insertInto('news')
    .values({ at: row.at, kind: table, row: JSON.stringify(row) })
    .execute()
}
