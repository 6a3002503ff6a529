import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { canonicalJson } from '../canonical.ts'
import type { AccessDb, AuditRow } from './store.ts'

/** What a caller records; place and hashes are made here. */
export type AuditEntry = Omit<AuditRow, 'seq' | 'previous' | 'hash'>

/** The `previous` of the first row. */
export const auditGenesis = '0'.repeat(64)

/** SHA-256 over the hash of the row before and the canonical form of this row, its place (`seq`) included. */
export function auditHash(
  previous: string,
  { seq, at, actor, operation, target, outcome, request_id, detail }: AuditEntry & { seq: number },
): string {
  return createHash('sha256')
    .update(`${previous}\n${canonicalJson({ seq, at, actor, operation, target, outcome, request_id, detail })}`)
    .digest('hex')
}

/** Appends one row to the chain in one transaction; writers in several processes queue up at the write lock. */
export async function insertAudit(db: AccessDb, entry: AuditEntry): Promise<void> {
  await db.transaction().execute(async (tx) => {
    // A write that changes nothing takes the lock before the last row is read: two writers never continue the same row.
    await tx.updateTable('users').set({ at: 0 }).where('user_id', '=', '').execute()
    const last = await tx.selectFrom('audit').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1).executeTakeFirst()
    const seq = Math.max(await lastSeq(tx), last?.seq ?? 0) + 1
    const previous = last?.hash ?? auditGenesis
    await tx
      .insertInto('audit')
      .values({ ...entry, seq, previous, hash: auditHash(previous, { ...entry, seq }) })
      .execute()
  })
}

/** The highest `seq` ever given, also when its row is gone. */
async function lastSeq(db: AccessDb): Promise<number> {
  const { rows } = await sql<{ seq: number }>`SELECT seq FROM sqlite_sequence WHERE name = 'audit'`.execute(db)
  return rows[0]?.seq ?? 0
}

/** A head that was noted somewhere else than in the chain. */
export interface NotedHead {
  readonly seq: number
  readonly hash: string
}

/** Place and hash of the last row; seq 0 for an empty chain. */
export async function auditHead(db: AccessDb): Promise<NotedHead> {
  const last = await db.selectFrom('audit').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1).executeTakeFirst()
  return last ?? { seq: 0, hash: auditGenesis }
}

export interface AuditVerdict {
  /** Rows that are in order, from the first on. */
  readonly rows: number
  /** Hash of the last row in order: note it elsewhere, and a later run can prove that nothing before it was rewritten. */
  readonly head: string
  readonly broken: { readonly seq: number; readonly reason: string } | null
}

const pageRows = 2000

/**
 * Walks the chain from the first row and names the first row that is not what was written: changed, missing, moved or put in between.
 * `noted` are heads noted earlier: they find a chain that was rewritten as a whole, and one whose end was cut off.
 */
export async function verifyAudit(db: AccessDb, ...noted: readonly (NotedHead | undefined)[]): Promise<AuditVerdict> {
  const heads = new Map(noted.flatMap((head) => (head ? [[head.seq, head.hash] as const] : [])))
  let previous = auditGenesis
  let seq = 0
  for (;;) {
    const page = await db
      .selectFrom('audit')
      .selectAll()
      .where('seq', '>', seq)
      .orderBy('seq')
      .limit(pageRows)
      .execute()
    for (const row of page) {
      const reason = faultOf(row, { previous, seq, heads })
      if (reason) return { rows: seq, head: previous, broken: reason }
      previous = row.hash
      seq = row.seq
    }
    if (page.length < pageRows) break
  }
  const given = Math.max(await lastSeq(db), ...heads.keys())
  const broken = given > seq ? { seq: seq + 1, reason: `rows ${seq + 1} to ${given} are missing at the end` } : null
  return { rows: seq, head: previous, broken }
}

function faultOf(
  row: AuditRow,
  { previous, seq, heads }: { previous: string; seq: number; heads: ReadonlyMap<number, string> },
): { seq: number; reason: string } | null {
  if (row.seq !== seq + 1)
    return {
      seq: seq + 1,
      reason:
        row.seq < 1
          ? `a row with seq ${row.seq} was put in`
          : `row ${seq + 1} is missing: row ${row.seq} follows row ${seq}`,
    }
  if (row.previous !== previous)
    return { seq: row.seq, reason: `row ${row.seq} does not continue row ${seq}: one of them was replaced or moved` }
  if (row.hash !== auditHash(previous, row))
    return { seq: row.seq, reason: `row ${row.seq} does not match its hash: a field was changed` }
  if ((heads.get(row.seq) ?? row.hash) !== row.hash)
    return {
      seq: row.seq,
      reason: `row ${row.seq} has another hash than the one noted earlier: the chain was rewritten`,
    }
  return null
}
