import { writeSync } from 'node:fs'
import { lockFolder, openFiles } from '../../src/edge/files.ts'
import { openJournal } from '../../src/perception/journal/index.ts'

/*
 * Appends events with decisions as fast as it can and prints each id once it is acknowledged, until it is killed.
 * Arguments: folder, run number, entries in flight.
 */
const [folder = '', run = '', inFlight = '32'] = process.argv.slice(2)
lockFolder(folder)
const journal = await openJournal({ files: openFiles(), folder: `${folder}/journal`, segmentBytes: 300_000 })
let next = 0
let acknowledged: string[] = []

async function appendOne(): Promise<void> {
  const id = `${run}-${next++}`
  const admission = journal.admit({ source: 'crash', id, fingerprint: `f${id}` })
  if (admission.status !== 'new') throw new Error(`${id} was there already`)
  const loggedAt = journal.nextLoggedAt()
  await journal.write(admission.ticket, {
    loggedAt,
    event: JSON.stringify({ id, text: 'x'.repeat(next % 400) }),
    decision: JSON.stringify({ of: id }),
  })
  acknowledged.push(id)
}

async function work(): Promise<never> {
  while (true) await appendOne()
}

journal.onDurable(() => {
  // The receipts of this commit resolve after this call; they are printed with the next one.
  if (acknowledged.length === 0) return
  writeSync(1, `${acknowledged.join('\n')}\n`)
  acknowledged = []
})
await Promise.all(Array.from({ length: Number(inFlight) }, work))
