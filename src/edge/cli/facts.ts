import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { openJournal } from '../../perception/journal/index.ts'
import { startFacts } from '../facts/client.ts'
import { lockFolder, openFiles } from '../files.ts'
import type { CommandIo } from './command.ts'

/** Files that make up the facts; all of them can be made anew. */
const factFiles = ['facts.duckdb', 'facts.duckdb.wal']

/**
 * `facts rebuild`: throws the facts away and fills them again from the journal and the ledger's news.
 * The server must not run. Exit code 1 when it does, or when the journal or the state store is damaged.
 */
export async function runFactsRebuild(folder: string, io: CommandIo): Promise<number> {
  if (!existsSync(join(folder, 'journal'))) {
    io.error(`there is no journal in ${folder}; set AEDILE_DATA to the data folder of the server`)
    return 1
  }
  const lock = lockFolder(folder)
  try {
    const started = performance.now()
    const journal = await openJournal({ files: openFiles(), folder: join(folder, 'journal') })
    const end = journal.durable()
    await journal.close()
    removeFacts(folder)
    const facts = await startFacts({ folder, log: io.error })
    try {
      while (!(await facts.caughtUp({ position: end }, 2000)))
        io.error(`${Math.round((facts.progress().position / end) * 100)} % of the journal`)
      // The news is followed right after the journal: nothing is left when a query behind it sees no more change.
      for (let seq = -1; seq !== facts.progress().seq; ) {
        seq = facts.progress().seq
        await facts.caughtUp({ seq: seq + 1 }, 300)
      }
      const [counts] = await facts.rows(
        'SELECT (SELECT count(*) FROM events) AS events, (SELECT count(*) FROM findings) AS findings, (SELECT count(*) FROM actions) AS actions, (SELECT count(*) FROM cases) AS cases',
      )
      io.write(
        `The facts are made anew in ${((performance.now() - started) / 1000).toFixed(1)} s: ${counts?.['events']} events, ${counts?.['findings']} findings, ${counts?.['actions']} actions, ${counts?.['cases']} cases.`,
      )
      return 0
    } finally {
      await facts.close()
    }
  } finally {
    lock.release()
  }
}

/** Deletes the facts; the next start fills them again. */
export function removeFacts(folder: string): void {
  for (const name of factFiles) rmSync(join(folder, name), { force: true })
  rmSync(join(folder, 'facts.duckdb.tmp'), { recursive: true, force: true })
}
