import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { Kysely, type SqliteDatabase, SqliteDialect } from 'kysely'
import { presentScopes, scopedSql } from '../kernel/access/index.ts'
import type { Schema } from '../kernel/database.ts'
import type { Problem } from '../kernel/problems.ts'

/** Prepared statements that are kept; the stores have some two hundred different ones. */
const mostPrepared = 1000
const nothingDone = { changes: 0, lastInsertRowid: 0 }

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
  const prepared = new Map<string, ReturnType<SqliteDatabase['prepare']>>()
  const database: SqliteDatabase = {
    close: () => {},
    prepare(asked) {
      const scopes = presentScopes()
      const sql = scopes ? scopedSql(asked, scopes) : asked
      const known = prepared.get(sql)
      if (known) return known
      if (prepared.size >= mostPrepared) prepared.clear()
      // Transactions write. A second process writes too: one that asked for the lock late would be refused, not let wait.
      const statement = raw.prepare(sql === 'begin' ? 'begin immediate' : sql)
      const made: ReturnType<SqliteDatabase['prepare']> = {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...(parameters as SQLInputValue[])),
        // After a full disk SQLite has rolled back by itself; a second rollback would fail and hide why.
        run: (parameters) =>
          sql === 'rollback' && !raw.isTransaction ? nothingDone : statement.run(...(parameters as SQLInputValue[])),
        // Streams keep a cursor of their own, so they do not share a statement.
        iterate: (parameters) =>
          raw.prepare(sql).iterate(...(parameters as SQLInputValue[])) as IterableIterator<unknown>,
      }
      prepared.set(sql, made)
      return made
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
      if (raw.isTransaction) raw.exec('ROLLBACK')
      throw error
    }
  }
}

/** What a failure of the state store or of a file means to a caller; null when the error is neither. */
export function storeProblem(error: unknown): Problem | null {
  const { code, errcode, message } = (error ?? {}) as { code?: unknown; errcode?: unknown; message?: unknown }
  const kind = code === 'ERR_SQLITE_ERROR' && typeof errcode === 'number' ? errcode & 0xff : null
  if (kind === sqliteFull || (typeof code === 'string' && fullCodes.has(code)))
    return {
      code: 'disk_full',
      detail: {
        zh: '未写入：数据目录所在磁盘已满；读取不受影响',
        en: 'Nothing was written: the disk of the data folder is full; reading goes on',
      },
      fix: { zh: '请释放空间后重试', en: 'Free some space, then try again' },
    }
  if (kind !== sqliteIo && kind !== sqliteBusy) return null
  return {
    code: 'store_unavailable',
    detail: {
      zh: `未写入：状态库不可用（${message}）`,
      en: `Nothing was written: the state store answers "${message}"`,
    },
    fix: { zh: '检查磁盘空间与限额后重试', en: 'Check space and limits of the disk, then try again' },
  }
}

const fullCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
const sqliteBusy = 5
const sqliteIo = 10
const sqliteFull = 13
