// The thread that appends to the audit chain: each row waits for the write lock and for the disk, and decisions must not.
import { parentPort, workerData } from 'node:worker_threads'
import { type AccessTables, insertAudit } from '../kernel/access/index.ts'
import type { Noted, ToAuditThread } from './audit-writer.ts'
import { openSqlite } from './sqlite.ts'

const { db, close } = openSqlite<AccessTables>(workerData as string)

parentPort?.on('message', async ({ number, entry }: ToAuditThread) => {
  let failure: Noted['failure'] = null
  try {
    await insertAudit(db, entry)
  } catch (error) {
    const { message, code, errcode } = error as Error & { code?: string; errcode?: number }
    failure = { message, code, errcode }
  }
  parentPort?.postMessage({ number, failure } satisfies Noted)
})
parentPort?.on('close', close)
