import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { Kysely, type SqliteDatabase, SqliteDialect } from 'kysely'
import type { Schema } from '../kernel/database.ts'

/** Kysely over Node's own SQLite; the store is one file in WAL mode, durable at every commit. */
export function openSqlite<Tables>(
  path: string,
  options: { readOnly?: boolean } = {},
): { db: Kysely<Tables>; raw: DatabaseSync; close(): void } {
  const raw = new DatabaseSync(path, { readOnly: options.readOnly ?? false, timeout: 5000 })
  if (!options.readOnly) {
    raw.exec('PRAGMA journal_mode = WAL')
    raw.exec('PRAGMA synchronous = FULL')
    raw.exec('PRAGMA foreign_keys = ON')
  }
  const database: SqliteDatabase = {
    close: () => {},
    prepare(sql) {
      const statement = raw.prepare(sql)
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...(parameters as SQLInputValue[])),
        run: (parameters) => statement.run(...(parameters as SQLInputValue[])),
        iterate: (parameters) => statement.iterate(...(parameters as SQLInputValue[])) as IterableIterator<unknown>,
      }
    },
  }
  return { db: new Kysely<Tables>({ dialect: new SqliteDialect({ database }) }), raw, close: () => raw.close() }
}

/** Runs every statement of `schemas` that this file has not seen yet, each room in one transaction. */
export function migrate(raw: DatabaseSync, schemas: readonly Schema[]): void {
  raw.exec(
    'CREATE TABLE IF NOT EXISTS migrations (room TEXT NOT NULL, step INTEGER NOT NULL, sql TEXT NOT NULL, PRIMARY KEY (room, step))',
  )
  for (const { room, statements } of schemas) {
    raw.exec('BEGIN IMMEDIATE')
    try {
      const done = raw.prepare('SELECT sql FROM migrations WHERE room = ? ORDER BY step').all(room)
      for (const [step, row] of done.entries()) {
        if (row['sql'] !== statements[step])
          throw new Error(`migration ${room}/${step} was edited after it ran; append a new statement instead`)
      }
      for (const [offset, sql] of statements.slice(done.length).entries()) {
        raw.exec(sql)
        raw.prepare('INSERT INTO migrations VALUES (?, ?, ?)').run(room, done.length + offset, sql)
      }
      raw.exec('COMMIT')
    } catch (error) {
      raw.exec('ROLLBACK')
      throw error
    }
  }
}
