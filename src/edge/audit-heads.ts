import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AccessDb, auditHead, type NotedHead } from '../kernel/access/index.ts'

const everyMs = 60_000

/** Where heads of the audit chain are noted: `AEDILE_AUDIT_HEADS`, best on another disk, or a file of the data folder. */
export const headsFile = (folder: string): string => process.env['AEDILE_AUDIT_HEADS'] ?? join(folder, 'audit-heads')

/** Heads that were noted, oldest first. A line that is none (a crash in the middle) is left out. */
export function readHeads(folder: string): NotedHead[] {
  const path = headsFile(folder)
  if (!existsSync(path)) return []
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, seq, hash] = /^(\d+):([0-9a-f]{64})$/.exec(line) ?? []
      return seq && hash ? [{ seq: Number(seq), hash }] : []
    })
}

/**
 * Notes the head of the audit chain outside of its store: at the start, every minute and at the end. Who rewrites or
 * cuts the chain in the store has to change this file as well.
 */
export function keepHeads({ folder, db, log }: { folder: string; db: AccessDb; log: (message: string) => void }) {
  let noted = readHeads(folder).at(-1)?.seq ?? 0
  const note = async () => {
    const { seq, hash } = await auditHead(db)
    if (seq <= noted) return
    appendFileSync(headsFile(folder), `${seq}:${hash}\n`, { mode: 0o600 })
    noted = seq
  }
  const tell = (error: unknown) => log(`audit heads: ${error instanceof Error ? error.message : error}`)
  const timer = setInterval(() => void note().catch(tell), everyMs).unref()
  void note().catch(tell)
  return {
    async stop() {
      clearInterval(timer)
      await note().catch(tell)
    },
  }
}
