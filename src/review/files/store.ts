import { type Db, insertOnly, type Schema, type Tx } from '../../kernel/database.ts'

/** A file that somebody sent. What it holds lies in the blobs, under its hash. */
export interface FileRow {
  file_id: string
  at: number
  /** Of the bytes as they were sent; empty once they are erased. */
  sha256: string
  bytes: number
  type: string
  name: string
  /** Hash of what is shown of an image; null for what is no image. */
  rendition: string | null
  width: number | null
  height: number | null
  frames: number | null
  /** The merchant or creator whose account sent it. */
  party_type: string | null
  party_id: string | null
  cause: string
  actor: string
}

/** What a file can be attached to. Whoever may read that may read the file. */
export type LinkType = 'appeal' | 'case' | 'document' | 'notice' | 'event'

export interface FileLinkRow {
  link_id: string
  at: number
  file_id: string
  to_type: LinkType
  to_id: string
  cause: string
  actor: string
}

export interface FileTables {
  files: FileRow
  file_links: FileLinkRow
  /** Files whose bytes are gone, and why: `expired`, `erased` or `retention`. */
  file_ends: { file_id: string; at: number; reason: string; cause: string; actor: string }
}

export type FileDb = Db<FileTables>
export type FileTx = Tx<FileTables>
type Either = FileDb | FileTx

export const fileSchema: Schema = {
  room: 'files',
  statements: [
    'CREATE TABLE files (file_id TEXT PRIMARY KEY, at REAL NOT NULL, sha256 TEXT NOT NULL, bytes REAL NOT NULL, type TEXT NOT NULL, name TEXT NOT NULL, rendition TEXT, width INTEGER, height INTEGER, frames INTEGER, party_type TEXT, party_id TEXT, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    'CREATE INDEX files_sha256 ON files (sha256)',
    'CREATE INDEX files_rendition ON files (rendition)',
    'CREATE INDEX files_actor ON files (actor, at)',
    ...insertOnly('files'),
    'CREATE TABLE file_links (link_id TEXT PRIMARY KEY, at REAL NOT NULL, file_id TEXT NOT NULL REFERENCES files(file_id), to_type TEXT NOT NULL, to_id TEXT NOT NULL, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    'CREATE UNIQUE INDEX file_links_once ON file_links (file_id, to_type, to_id)',
    'CREATE INDEX file_links_to ON file_links (to_type, to_id)',
    ...insertOnly('file_links'),
    'CREATE TABLE file_ends (file_id TEXT PRIMARY KEY REFERENCES files(file_id), at REAL NOT NULL, reason TEXT NOT NULL, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    ...insertOnly('file_ends'),
  ],
}

/** Files whose bytes are there. */
const alive = (db: Either) =>
  db
    .selectFrom('files')
    .leftJoin('file_ends', 'file_ends.file_id', 'files.file_id')
    .selectAll('files')
    .where('file_ends.file_id', 'is', null)

export const findFile = (db: Either, id: string): Promise<FileRow | undefined> =>
  alive(db).where('files.file_id', '=', id).executeTakeFirst()

/** The same bytes, sent by the same account. */
export const sameFile = (db: Either, sha256: string, actor: string): Promise<FileRow | undefined> =>
  alive(db).where('files.sha256', '=', sha256).where('files.actor', '=', actor).executeTakeFirst()

/** How much an account has sent since a time. */
export async function sentSince(db: Either, actor: string, since: number): Promise<{ files: number; bytes: number }> {
  const row = await db
    .selectFrom('files')
    .where('actor', '=', actor)
    .where('at', '>', since)
    .select((each) => [each.fn.countAll<number>().as('files'), each.fn.sum<number | null>('bytes').as('bytes')])
    .executeTakeFirst()
  return { files: Number(row?.files ?? 0), bytes: Number(row?.bytes ?? 0) }
}

export const insertFile = (tx: FileTx, row: FileRow) => tx.insertInto('files').values(row).execute()

export const insertLink = (tx: FileTx, row: FileLinkRow) =>
  tx
    .insertInto('file_links')
    .values(row)
    .onConflict((on) => on.doNothing())
    .execute()

export const linksOf = (db: Either, id: string): Promise<FileLinkRow[]> =>
  db.selectFrom('file_links').selectAll().where('file_id', '=', id).orderBy('at').execute()

/** Files of things of one kind, in the order in which they were attached; those that are gone too. */
export const filesOf = (db: Either, type: LinkType, ids: readonly string[]) =>
  ids.length === 0
    ? Promise.resolve([])
    : db
        .selectFrom('file_links')
        .innerJoin('files', 'files.file_id', 'file_links.file_id')
        .leftJoin('file_ends', 'file_ends.file_id', 'files.file_id')
        .selectAll('files')
        .select(['file_links.to_id', 'file_ends.reason as gone'])
        .where('file_links.to_type', '=', type)
        .where('file_links.to_id', 'in', [...ids])
        .orderBy('file_links.at')
        .orderBy('file_links.link_id')
        .execute()

export type AttachedFile = Awaited<ReturnType<typeof filesOf>>[number]

/** Files that nothing names, sent before a time. */
export const orphans = (db: Either, before: number): Promise<FileRow[]> =>
  alive(db)
    .leftJoin('file_links', 'file_links.file_id', 'files.file_id')
    .where('file_links.link_id', 'is', null)
    .where('files.at', '<', before)
    .execute()

export const endFile = (tx: FileTx, end: FileTables['file_ends']) =>
  tx
    .insertInto('file_ends')
    .values(end)
    .onConflict((on) => on.doNothing())
    .execute()

/** Bytes of files that are not attached yet, of one account. */
export async function waitingBytes(db: Either, actor: string): Promise<number> {
  const row = await alive(db)
    .clearSelect()
    .leftJoin('file_links', 'file_links.file_id', 'files.file_id')
    .where('file_links.link_id', 'is', null)
    .where('files.actor', '=', actor)
    .select((each) => each.fn.sum<number | null>('files.bytes').as('bytes'))
    .executeTakeFirst()
  return Number(row?.bytes ?? 0)
}

/** Hashes that a file which is there needs, of originals and renditions. */
export async function neededBlobs(db: Either, hash?: string): Promise<Set<string>> {
  const query = alive(db)
  const rows = await (hash === undefined
    ? query
    : query.where((or) => or.or([or('files.sha256', '=', hash), or('files.rendition', '=', hash)]))
  ).execute()
  return new Set(rows.flatMap((row) => [row.sha256, ...(row.rendition === null ? [] : [row.rendition])]))
}
