import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type AccessTables, verifyAudit } from '../../kernel/access/index.ts'
import type { NewsTable } from '../../kernel/database.ts'
import { readHeads } from '../audit-heads.ts'
import { openSqlite } from '../sqlite.ts'
import type { CommandIo } from './command.ts'

export interface AuditOptions {
  /** The data folder. */
  readonly folder: string
  /** A head noted earlier: `<seq>:<hash>`. */
  readonly head?: string | undefined
}

/** Walks the audit chain, also beside a running server. Exit code 0 when it is whole, 1 when a row is broken. */
export async function runAuditVerify({ folder, head }: AuditOptions, io: CommandIo): Promise<number> {
  const expected = head === undefined ? undefined : parseHead(head)
  const path = join(folder, 'state.sqlite')
  if (!existsSync(path)) throw new Error(`there is no state store at ${path}; set AEDILE_DATA to the data folder`)
  const { db, close } = openSqlite<AccessTables & NewsTable>(path, { readOnly: true })
  try {
    const heads = readHeads(folder)
    const verdict = await verifyAudit(db, ...heads, expected)
    if (verdict.broken) {
      io.write(`BROKEN at row ${verdict.broken.seq}: ${verdict.broken.reason}`)
      io.write(`${verdict.rows} rows before it are in order`)
      return 1
    }
    io.write(`ok: ${verdict.rows} rows in one chain`)
    if (heads.length > 0) io.write(`${heads.length} heads noted outside of the store agree`)
    io.write(`head ${verdict.rows}:${verdict.head}`)
    io.write(
      'Note the head outside of this machine; "audit verify --head SEQ:HASH" then also finds a chain that was rewritten as a whole.',
    )
    return 0
  } finally {
    close()
  }
}

function parseHead(text: string): { seq: number; hash: string } {
  const parts = /^(\d+):([0-9a-f]{64})$/.exec(text)
  if (!parts) throw new Error(`--head "${text}" is not SEQ:HASH as "audit verify" prints it`)
  return { seq: Number(parts[1]), hash: parts[2] ?? '' }
}
