// node bench/evaluate/across-videos.ts: how the pack `ugc` does on comments of a video that its comment model never saw.
// For every video of the YouTube Spam Collection the model is trained on the dev rows of the other videos and the whole pack judges
// all rows of the one left out.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Counts, counted, f1, noCounts, precision, recall, shown } from './figures.ts'
import { decideRows } from './measure.ts'
import { publicFile, rowsByRecipe } from './rows.ts'
import { sets } from './sets.ts'

const root = join(import.meta.dirname, '../..')
const set = sets.find(({ id }) => id === 'youtube-spam')
const add = (a: Counts, b: Counts): Counts => ({
  hit: a.hit + b.hit,
  falseAlarm: a.falseAlarm + b.falseAlarm,
  miss: a.miss + b.miss,
  pass: a.pass + b.pass,
})
let all = noCounts
for (const video of ['01-Psy', '02-KatyPerry', '03-LMFAO', '04-Eminem', '05-Shakira']) {
  const path = publicFile(`youtube-spam/Youtube${video}.csv`)
  if (path === null || !set) {
    console.log(`${video} skipped: not in AEDILE_PUBLIC_DATA`)
    continue
  }
  const folder = mkdtempSync(join(tmpdir(), 'aedile-videos-'))
  try {
    cpSync(join(root, 'packs/ugc'), join(folder, 'ugc'), { recursive: true })
    execFileSync(process.execPath, [
      join(root, 'bench/train-ugc.ts'),
      '--without',
      video,
      '--out',
      join(folder, 'ugc/lexicons'),
    ])
    const { outcomes } = await decideRows(set, await rowsByRecipe('youtube-spam', path), folder)
    const counts = outcomes.reduce((sum, { row, flagged }) => counted(sum, row.positive, flagged), noCounts)
    all = add(all, counts)
    console.log(
      `${video.padEnd(13)} n=${outcomes.length}  precision ${shown(precision(counts))}  recall ${shown(recall(counts))}  F1 ${f1(counts).toFixed(3)}`,
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
console.log(`all           precision ${shown(precision(all))}  recall ${shown(recall(all))}  F1 ${f1(all).toFixed(3)}`)
