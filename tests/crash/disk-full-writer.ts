import { openFiles } from '../../src/edge/files.ts'
import { openJournal } from '../../src/perception/journal/index.ts'

/*
 * Runs where files may not grow beyond a limit. Fills the journal until it is refused, reads everything back, shrinks
 * its wishes and goes on. Prints what happened as one JSON document. Arguments: folder, segment size.
 */
const [folder = '', segmentBytes = '0'] = process.argv.slice(2)
const journal = await openJournal({ files: openFiles(), folder, segmentBytes: Number(segmentBytes) })
const entry = (id: string, size: number) => ({
  source: 's',
  id,
  fingerprint: id,
  event: 'x'.repeat(size),
  decision: 'd',
})

const outcomes = []
for (let batch = 0; batch < 40; batch++)
  outcomes.push(...(await journal.append(Array.from({ length: 10 }, (_, at) => entry(`e${batch}-${at}`, 5000)))))
const refused = outcomes.filter((outcome) => outcome.status === 'refused').map((outcome) => outcome.error)
const whileFull = await journal.read(0, { limit: 1000 })
const small = await journal.append([entry('small', 10)])
const retried = await journal.append([entry('e39-9', 10)])
const entries = []
for await (const batch of journal.batches(0)) entries.push(...batch.map((one) => one.id))
process.stdout.write(
  JSON.stringify({
    accepted: outcomes.length - refused.length,
    refused: refused.length,
    codes: [...new Set(refused.map((error) => error.code))],
    message: refused[0]?.message,
    whileFull: whileFull.length,
    after: [...small, ...retried].map((outcome) => outcome.status),
    entries,
  }),
)
await journal.close()
