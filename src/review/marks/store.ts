import { type Db, insertOnly, type Schema, type Tx } from '../../kernel/database.ts'
import type { FileTables } from '../files/index.ts'

/** A region of an image that a person points at, in a case or an appeal. Fractions of width and height. */
export interface MarkRow {
  mark_id: string
  at: number
  on_type: 'case' | 'appeal'
  on_id: string
  /** The image as the event names it, or `file:` and the id of a file. */
  image: string
  /** Where the image stands, e.g. `images[1]`, or `files[0]` for what was attached. */
  field: string
  x: number
  y: number
  width: number
  height: number
  /** What is to be seen there; the party reads it. */
  note: string
  cause: string
  actor: string
}

export interface MarkTables extends FileTables {
  marks: MarkRow
  /** Marks that were taken back. */
  mark_ends: { mark_id: string; at: number; cause: string; actor: string }
}

export type MarkDb = Db<MarkTables>
export type MarkTx = Tx<MarkTables>

export const markSchema: Schema = {
  room: 'marks',
  statements: [
    'CREATE TABLE marks (mark_id TEXT PRIMARY KEY, at REAL NOT NULL, on_type TEXT NOT NULL, on_id TEXT NOT NULL, image TEXT NOT NULL, field TEXT NOT NULL, x REAL NOT NULL, y REAL NOT NULL, width REAL NOT NULL, height REAL NOT NULL, note TEXT NOT NULL, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    'CREATE INDEX marks_on ON marks (on_type, on_id)',
    ...insertOnly('marks'),
    'CREATE TABLE mark_ends (mark_id TEXT PRIMARY KEY REFERENCES marks(mark_id), at REAL NOT NULL, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    ...insertOnly('mark_ends'),
  ],
}

const standing = (db: MarkDb | MarkTx) =>
  db
    .selectFrom('marks')
    .leftJoin('mark_ends', 'mark_ends.mark_id', 'marks.mark_id')
    .selectAll('marks')
    .where('mark_ends.mark_id', 'is', null)

/** Marks that stand, oldest first. */
export const marksOn = (db: MarkDb | MarkTx, type: MarkRow['on_type'], ids: readonly string[]): Promise<MarkRow[]> =>
  ids.length === 0
    ? Promise.resolve([])
    : standing(db)
        .where('on_type', '=', type)
        .where('on_id', 'in', [...ids])
        .orderBy('marks.at')
        .orderBy('marks.mark_id')
        .execute()

export const findMark = (db: MarkDb | MarkTx, id: string): Promise<MarkRow | undefined> =>
  standing(db).where('marks.mark_id', '=', id).executeTakeFirst()

export const insertMark = (db: MarkDb | MarkTx, row: MarkRow) => db.insertInto('marks').values(row).execute()

export const endMark = (db: MarkDb | MarkTx, end: MarkTables['mark_ends']) =>
  db
    .insertInto('mark_ends')
    .values(end)
    .onConflict((on) => on.doNothing())
    .execute()
