import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Damage, openJournal, repairJournal } from '../../perception/journal/index.ts'
import { lockFolder, openFiles } from '../files.ts'
import { openSqlite } from '../sqlite.ts'
import type { CommandIo } from './command.ts'
import { removeFacts } from './facts.ts'

/**
 * `journal repair`: fences off what cannot be read, tells what is lost, and lets the facts be made anew at the next start.
 * The server must not run. Exit code 0 also when something was lost: the lines say what.
 */
export async function runJournalRepair(folder: string, io: CommandIo): Promise<number> {
  if (!existsSync(join(folder, 'journal'))) {
    io.error(`there is no journal in ${folder}; set AEDILE_DATA to the data folder of the server`)
    return 1
  }
  const lock = lockFolder(folder)
  try {
    const damages = await repairJournal(openFiles(), join(folder, 'journal'))
    for (const { file, offset, bytes, position } of damages)
      io.write(
        `lost: ${bytes} bytes of ${file} from byte ${offset} (journal position ${position}); events that were there may be sent again`,
      )
    const journal = await openJournal({ files: openFiles(), folder: join(folder, 'journal') })
    const { entries } = journal.stats()
    const end = journal.durable()
    await journal.close()
    if (damages.length > 0) {
      removeFacts(folder)
      moveConsumers(folder, damages, end)
    }
    io.write(
      damages.length === 0
        ? `Nothing is damaged: ${entries} entries.`
        : `The journal can be read again: ${entries} entries. The facts are made anew at the next start.`,
    )
    return 0
  } finally {
    lock.release()
  }
}

/**
 * Consumers may not stand in what is lost: those inside go on behind it, and those behind a new end go back to it, because
 * what is journaled there next is new to them.
 */
function moveConsumers(folder: string, damages: readonly Damage[], end: number): void {
  const path = join(folder, 'state.sqlite')
  if (!existsSync(path)) return
  const state = openSqlite<Record<string, never>>(path)
  try {
    const tables = state.raw
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE '%applied'")
      .all()
    for (const { name } of tables) {
      const move = state.raw.prepare(`UPDATE "${name}" SET position = ? WHERE position > ? AND position < ?`)
      for (const { position, bytes } of damages) move.run(position + bytes, position, position + bytes)
      move.run(end, end, Number.MAX_SAFE_INTEGER)
    }
  } finally {
    state.close()
  }
}
