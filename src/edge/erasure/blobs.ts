import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { erasedMark, type Person } from '../../insight/personal/index.ts'
import { newId } from '../../kernel/ids.ts'
import { blobFolder, blobPath } from '../media/blobs.ts'

const alive = 'NOT EXISTS (SELECT 1 FROM file_ends e WHERE e.file_id = f.file_id)'

const idsOf = (rows: readonly Record<string, unknown>[]): string[] => rows.map((row) => String(row['file_id']))

/**
 * Files of a person whose bytes are there: sent by an account of the person, attached to the person's appeals, papers, notices or to
 * cases about the person, or named as `file:<id>` by what was taken out of events.
 */
export function filesOfPerson(raw: DatabaseSync, { type, id }: Person, values: ReadonlySet<string>): string[] {
  const reporter = type === 'account' ? id : null
  const found = raw
    .prepare(
      `SELECT f.file_id FROM files f WHERE ${alive} AND (
         (f.party_type = :type AND f.party_id = :id)
         OR f.file_id IN (SELECT l.file_id FROM file_links l JOIN appeals a ON l.to_type = 'appeal' AND a.appeal_id = l.to_id
              WHERE (a.party_type = :type AND a.party_id = :id) OR (a.party_type = 'reporter' AND a.party_id = :reporter))
         OR f.file_id IN (SELECT l.file_id FROM file_links l JOIN document_answers d ON l.to_type = 'document' AND d.answer_id = l.to_id
              WHERE d.party_type = :type AND d.party_id = :id)
         OR f.file_id IN (SELECT l.file_id FROM file_links l JOIN cases c ON l.to_type = 'case' AND c.case_id = l.to_id
              WHERE c.party_type = :type AND c.party_id = :id)
         OR f.file_id IN (SELECT l.file_id FROM file_links l JOIN inbound_filings n ON l.to_type = 'notice' AND n.notice_id = l.to_id
              WHERE n.source_id = :reporter)
         OR f.file_id IN (SELECT value FROM json_each(:named)))`,
    )
    .all({ type, id, reporter, named: JSON.stringify(namedFiles(values)) })
  return idsOf(found)
}

const namedFiles = (values: ReadonlySet<string>): string[] =>
  [...values].flatMap((value) => (value.startsWith('file:') ? [value.slice('file:'.length)] : []))

/** Cutoffs in microseconds; null = kept. */
export interface FileCutoffs {
  readonly files: number | null
  readonly appeals: number | null
  readonly documents: number | null
}

/** Files that are too old, or whose every use is a text that is erased now. */
export function filesOver(raw: DatabaseSync, { files, appeals, documents }: FileCutoffs): string[] {
  const over = `(l.to_type = 'appeal' AND EXISTS (SELECT 1 FROM appeals a WHERE a.appeal_id = l.to_id AND a.at < :appeals))
    OR (l.to_type = 'document' AND EXISTS (SELECT 1 FROM document_answers d WHERE d.answer_id = l.to_id AND d.at < :documents))`
  const found = raw
    .prepare(
      `SELECT f.file_id FROM files f WHERE ${alive} AND (f.at < :files OR (
         EXISTS (SELECT 1 FROM file_links l WHERE l.file_id = f.file_id)
         AND NOT EXISTS (SELECT 1 FROM file_links l WHERE l.file_id = f.file_id AND NOT (${over}))))`,
    )
    .all({ files: files ?? -1, appeals: appeals ?? -1, documents: documents ?? -1 })
  return idsOf(found)
}

/** Notes that files are gone and takes out what tells of their content. In the caller's transaction, with the triggers lifted. */
export function eraseFiles(
  raw: DatabaseSync,
  ids: readonly string[],
  { reason, actor, at }: { reason: 'erased' | 'retention'; actor: string; at: number },
): void {
  const end = raw.prepare('INSERT OR IGNORE INTO file_ends VALUES (?, ?, ?, ?, ?)')
  const blank = raw.prepare(`UPDATE files SET name = '${erasedMark}', sha256 = '', rendition = NULL WHERE file_id = ?`)
  const cause = newId('fer')
  for (const id of ids) {
    end.run(id, at, reason, cause, actor)
    blank.run(id)
  }
}

/** Takes the bytes away that no file needs any more: also those that an erasure which was stopped has left. */
export function sweepBlobs(raw: DatabaseSync, folder: string): number {
  const home = blobFolder(folder)
  if (!existsSync(home)) return 0
  const needed = new Set(
    raw
      .prepare(`SELECT f.sha256, f.rendition FROM files f WHERE ${alive}`)
      .all()
      .flatMap((row) => [String(row['sha256']), String(row['rendition'])]),
  )
  let gone = 0
  for (const part of readdirSync(home))
    for (const rest of readdirSync(join(home, part))) {
      if (needed.has(part + rest)) continue
      rmSync(blobPath(home, part + rest), { force: true })
      gone++
    }
  return gone
}
