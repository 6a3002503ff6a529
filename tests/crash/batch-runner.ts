import { writeSync } from 'node:fs'
import { openApp } from '../../src/edge/app.ts'

/*
 * Ends what was broken off, then runs one batch strategy over one window and waits until it is killed.
 * Arguments: data folder, packs folder, strategy, start and end of the window and the time of the run in microseconds.
 */
const [folder = '', packs = '', strategy = '', ...times] = process.argv.slice(2)
const [from = 0, to = 0, now = 0] = times.map(Number)
const app = await openApp({ folder, packs, log: () => undefined })
await app.batch.resume(now)
writeSync(1, 'starts\n')
await app.batch.run(strategy, { window: { from, to }, now, actor: 'crash' })
writeSync(1, 'ended\n')
setInterval(() => undefined, 1000)
