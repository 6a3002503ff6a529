import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { nowMicros } from '../kernel/time.ts'
import type { Text } from '../kernel/values.ts'
import { recommendedShares } from '../review/quality/index.ts'
import type { CloudEvent } from '../vocabulary/events/index.ts'
import {
  drawSamplePicture,
  generateSample,
  SAMPLE_RECALLS,
  sampleGroups,
  samplePictureId,
  samplePictures,
  sampleSites,
  sampleText,
  type Truth,
} from '../vocabulary/sample/index.ts'
import type { App } from './app.ts'

export const sampleSeed = 42
const expected = 131_823
const batchSize = 500
const sampleActor = { id: 'sample', name: 'sample', kind: 'system', roles: [], permissions: new Set<string>() } as const

/** The sample shows how its automatic decisions are checked by people, unless somebody has set that already. */
async function turnQualityOn(app: App): Promise<void> {
  if (!(await app.quality.isUntouched())) return
  await app.quality.change({ ...(await app.quality.settings()), ...recommendedShares }, sampleActor, nowMicros())
}

/** The pictures that some listings of the sample show, in the file store as a marketplace would send them. */
async function putPictures({ media }: App): Promise<void> {
  const now = nowMicros()
  for (const name of samplePictures) {
    const sent = { bytes: drawSamplePicture(name), declared: 'image/png', name: `generated-${name}.png` }
    const { file_id } = await media.files.add({ ...sent, id: samplePictureId(name) }, sampleActor, now)
    for (const site of sampleSites) await media.files.attachToEvents(file_id, { site, sender: sampleActor, now })
  }
}

/** Streams the generated sample marketplace through the pipeline and writes its ground truth beside the data. */
export function createSampleStream(
  app: App,
  { say, log }: { say: (line: string) => void; log: (line: string) => void },
) {
  const doneFile = join(app.folder, 'sample.json')
  const truthFile = join(app.folder, 'sample-truth.ndjson')
  let progress: { done: number; total: number } | null = null
  let present = existsSync(doneFile)
  let stopped = false
  let running: Promise<void> | null = null

  async function stream(): Promise<void> {
    const historyEnds = app.pipeline.historyBegins()
    progress = { done: 0, total: expected }
    present = true
    const truths: Truth[] = [...sampleGroups({ seed: sampleSeed })]
    const began = performance.now()
    try {
      await turnQualityOn(app)
      await app.lists.add(
        'recalled-products',
        SAMPLE_RECALLS.map((recall) => ({
          value: `${recall.brand} ${recall.model}`.toLowerCase(),
          reason: 'generated sample recall',
          expires_at: null,
        })),
        { actor: 'sample', at: nowMicros() },
      )
      await putPictures(app)
      const batch: CloudEvent[] = []
      const send = async () => {
        const landed = await app.pipeline.submitMany(
          batch.splice(0).map((raw) => ({ raw })),
          { history: true },
        )
        for (const found of landed)
          if (found.status === 'refused' || found.status === 'unrecorded')
            log(`a sample event was refused: ${found.problem.detail.en}`)
      }
      for (const { event, truth } of generateSample({ seed: sampleSeed })) {
        if (stopped) return
        if (truth) truths.push(truth)
        batch.push(event)
        progress.done++
        if (batch.length >= batchSize) {
          await send()
          draw(progress, began)
          await new Promise((resolve) => setTimeout(resolve, 1))
        }
      }
      await send()
      progress.total = progress.done
      draw(progress, began, true)
      writeFileSync(truthFile, `${truths.map((truth) => JSON.stringify(truth)).join('\n')}\n`)
      writeFileSync(doneFile, JSON.stringify({ seed: sampleSeed, events: progress.done, generated: true }))
      say(
        `The sample marketplace (generated, seed ${sampleSeed}) is in: ${progress.done.toLocaleString('en')} events in ${((performance.now() - began) / 1000).toFixed(0)} s; ground truth in ${truthFile}`,
      )
    } finally {
      historyEnds()
      progress = null
    }
  }

  return {
    /** Streams unless it is all in; a stream that was stopped halfway goes on where it was, because what is in is a duplicate. */
    start(): Promise<void> {
      if (existsSync(doneFile)) return Promise.resolve()
      running = stream().catch((error) => log(`sample: ${error instanceof Error ? error.stack : error}`))
      return running
    },
    async stop() {
      stopped = true
      await running
    },
    ingest: () =>
      progress
        ? {
            streaming: true,
            done: progress.done,
            total: progress.total,
            source: { zh: '示例市场（生成的数据）', en: 'Sample marketplace (generated)' },
          }
        : null,
    about: (): { generated: true; seed: number; note: Text } | null =>
      present ? { generated: true, seed: sampleSeed, note: sampleText(sampleSeed) } : null,
    seedOf: () =>
      existsSync(doneFile) ? Number((JSON.parse(readFileSync(doneFile, 'utf8')) as { seed: number }).seed) : null,
  }
}

function draw({ done, total }: { done: number; total: number }, began: number, last = false): void {
  if (!process.stdout.isTTY && !last && Math.floor(done / batchSize) % 20 !== 0) return
  const share = Math.min(1, done / total)
  const bar = '█'.repeat(Math.round(share * 24)).padEnd(24, '░')
  const rate = Math.round(done / ((performance.now() - began) / 1000))
  process.stdout.write(
    `${process.stdout.isTTY ? '\r' : ''}sample · 示例  ${bar} ${Math.round(share * 100)} %  ${done.toLocaleString('en')} events  ${rate.toLocaleString('en')}/s ${process.stdout.isTTY && !last ? '' : '\n'}`,
  )
}
