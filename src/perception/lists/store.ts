import { type Db, insertOnly, type Schema } from '../../kernel/database.ts'

export interface ListChangeRow {
  seq?: number | undefined
  at: number
  list: string
  value: string
  change: 'add' | 'remove'
  reason: string
  expires_at: number | null
  actor: string
}

export interface ListTables {
  list_changes: ListChangeRow
}

export const listSchema: Schema = {
  room: 'lists',
  statements: [
    'CREATE TABLE list_changes (seq INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, list TEXT NOT NULL, value TEXT NOT NULL, change TEXT NOT NULL, reason TEXT NOT NULL, expires_at REAL, actor TEXT NOT NULL)',
    'CREATE INDEX list_changes_list ON list_changes (list, seq)',
    ...insertOnly('list_changes'),
  ],
}

export const allChanges = (db: Db<ListTables>) => db.selectFrom('list_changes').selectAll().orderBy('seq').execute()

/** Inserts changes in one transaction, in chunks that stay below SQLite's limit of bound values. */
export async function insertChanges(db: Db<ListTables>, rows: readonly ListChangeRow[]): Promise<void> {
  await db.transaction().execute(async (tx) => {
    for (let from = 0; from < rows.length; from += 500)
      await tx
        .insertInto('list_changes')
        .values(rows.slice(from, from + 500))
        .execute()
  })
}
