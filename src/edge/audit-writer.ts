import { Worker } from 'node:worker_threads'
import type { AuditEntry } from '../kernel/access/index.ts'

export interface ToAuditThread {
  readonly number: number
  readonly entry: AuditEntry
}

/** What became of an entry; `failure` as SQLite told it. */
export interface Noted {
  readonly number: number
  readonly failure: { message: string; code: string | undefined; errcode: number | undefined } | null
}

export interface AuditWriter {
  /** Resolves when the row is durable; rejects with what the store says. */
  write(entry: AuditEntry): Promise<void>
  /** Waits for the rows that are on their way. */
  close(): Promise<void>
}

/** Appends to the audit chain of a store from a thread of its own. A thread that breaks is started again with the next row. */
export function startAuditWriter(path: string, log: (message: string) => void): AuditWriter {
  const waiting = new Map<number, PromiseWithResolvers<void>>()
  let worker: Worker | null = null
  let last = 0

  const refuseAll = (error: Error) => {
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }

  function launch(): Worker {
    const started = new Worker(new URL('./audit-thread.ts', import.meta.url), { workerData: path })
    started.on('message', ({ number, failure }: Noted) => {
      const row = waiting.get(number)
      waiting.delete(number)
      if (failure) row?.reject(Object.assign(new Error(failure.message), failure))
      else row?.resolve()
    })
    started.on('error', (error) => {
      log(`audit: ${error}`)
      refuseAll(error instanceof Error ? error : new Error(String(error)))
    })
    started.on('exit', () => {
      if (worker === started) worker = null
    })
    started.unref()
    return started
  }

  return {
    write(entry) {
      const row = Promise.withResolvers<void>()
      const number = ++last
      waiting.set(number, row)
      worker ??= launch()
      worker.postMessage({ number, entry } satisfies ToAuditThread)
      return row.promise
    },
    async close() {
      await Promise.allSettled([...waiting.values()].map(({ promise }) => promise))
      await worker?.terminate()
    },
  }
}
