import type { DatabaseSync, SQLInputValue } from 'node:sqlite'

type Row = Record<string, SQLInputValue>

/** Tables whose rows erasing never changes: the audit chain and what programs are made of. */
const untouched = new Set([
  'audit',
  'file_ends',
  'migrations',
  'places',
  'personal_salt',
  'sqlite_sequence',
  'grants',
  'grant_ends',
])

export const tablesOf = (raw: DatabaseSync): string[] =>
  raw
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .all()
    .map((row) => String(row['name']))
    .filter((name) => !untouched.has(name))

/**
 * Runs `work` in one transaction in which the insert-only triggers are lifted: the one exception to the first law of
 * the ledger, for erasing what may not be kept. They stand again before anybody else sees the store.
 */
export function liftTriggers<Answer>(raw: DatabaseSync, work: () => Answer): Answer {
  raw.exec('PRAGMA secure_delete = ON')
  raw.exec('BEGIN IMMEDIATE')
  try {
    const triggers = raw
      .prepare(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND (name LIKE '%\\_no\\_update' ESCAPE '\\' OR name LIKE '%\\_no\\_delete' ESCAPE '\\')",
      )
      .all()
    for (const trigger of triggers) raw.exec(`DROP TRIGGER "${String(trigger['name'])}"`)
    const answer = work()
    for (const trigger of triggers) raw.exec(String(trigger['sql']))
    raw.exec('COMMIT')
    return answer
  } catch (error) {
    if (raw.isTransaction) raw.exec('ROLLBACK')
    throw error
  }
}

/** Leaves nothing of what was changed or deleted in free pages or in the log of the store. */
export function scour(raw: DatabaseSync): void {
  raw.exec('VACUUM')
  raw.exec('PRAGMA wal_checkpoint(TRUNCATE)')
}

/** Gives every row of a table to `erase` and writes what changed. Returns how many rows did. */
export function eraseRows(
  raw: DatabaseSync,
  table: string,
  { erase, dryRun }: { erase(table: string, row: Row): Readonly<Record<string, unknown>> | null; dryRun: boolean },
): number {
  const hasRowid = !/WITHOUT ROWID/i.test(
    String(raw.prepare("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?").get(table)?.['sql']),
  )
  if (!hasRowid) return 0
  let count = 0
  const changes: [number, Row, Row][] = []
  for (const found of raw.prepare(`SELECT rowid AS "_rowid", * FROM "${table}"`).iterate()) {
    const { _rowid, ...row } = found as Row
    const after = eraseRow(table, row, erase)
    if (after === null) continue
    count++
    if (!dryRun) changes.push([Number(_rowid), row, after])
  }
  for (const [rowid, before, after] of changes) {
    const columns = Object.keys(after).filter((column) => after[column] !== before[column])
    raw
      .prepare(`UPDATE "${table}" SET ${columns.map((column) => `"${column}" = ?`).join(', ')} WHERE rowid = ?`)
      .run(...columns.map((column) => after[column] ?? null), rowid)
  }
  return count
}

/** News repeats rows of other tables: the row inside is erased as that table's is. */
function eraseRow(
  table: string,
  row: Row,
  erase: (table: string, row: Row) => Readonly<Record<string, unknown>> | null,
): Row | null {
  if (table !== 'news') return erase(table, row) as Row | null
  const inner = JSON.parse(String(row['row'])) as Row
  const after = erase(String(row['kind']), inner)
  return after && { ...row, row: JSON.stringify(after) }
}
