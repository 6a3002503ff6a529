import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { openDuck } from '../../src/edge/duckdb.ts'
import { openFiles } from '../../src/edge/files.ts'
import { packLists } from '../../src/edge/offline.ts'
import {
  createEngine,
  createPipeline,
  itemsOf,
  journalFingerprint,
  type Pipeline,
} from '../../src/judgement/decisions/index.ts'
import { type Built, buildPrograms } from '../../src/judgement/strategies/index.ts'
import { fingerprint } from '../../src/kernel/canonical.ts'
import { type Journal, openJournal } from '../../src/perception/journal/index.ts'
import { coreEventTypes, createRowReader, validateEvent } from '../../src/vocabulary/events/index.ts'
import { cpuSeconds, growth, type Measure, measure, megabytes, type Options, shown } from './measure.ts'
import { orderSource, shopPack } from './shop.ts'

const types = new Map(coreEventTypes.map((type) => [type.type, type]))

export async function buildShop(size: { strategies: number; features?: number }): Promise<Built> {
  const duck = await openDuck()
  try {
    const packs = [shopPack(size)]
    const built = await buildPrograms({ packs, parse: duck.parse, lists: packLists(packs) })
    for (const [problem] of built.problems.values()) throw new Error(`bench pack: ${problem?.message.en}`)
    return built
  } finally {
    duck.close()
  }
}

export interface Running {
  readonly pipeline: Pipeline
  readonly journal: Journal
  close(): Promise<void>
}

/** Engine, pipeline and durable journal as the program composes them, on a folder of their own. */
export async function openPath(built: Built): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'aedile-bench-'))
  const journal = await openJournal({ files: openFiles(), folder, fingerprintOf: journalFingerprint })
  const log = (message: string) => process.stderr.write(`${message}\n`)
  const pipeline = createPipeline({ journal, engine: createEngine(built.programs, built.plans), types, log })
  return {
    pipeline,
    journal,
    async close() {
      await journal.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Events of one call, as many as the door for NDJSON takes. */
const block = 10_000

/** One block of NDJSON: parsed, decided, journaled; resolves when every event is durable. Returns the findings. */
export async function takeBlock({ pipeline }: Running, text: string): Promise<number> {
  let findings = 0
  for (const landed of await pipeline.submitMany(itemsOf(text), { history: true })) {
    if (landed.status !== 'accepted') throw new Error(`${landed.status}: ${JSON.stringify(landed)}`)
    findings += landed.judged.findings.length
  }
  return findings
}

interface BulkRun {
  readonly seconds: number
  readonly cpu: number
  readonly findings: number
  readonly rss: readonly number[]
}

/** Feeds `events` in blocks, one after the other; making the texts is not timed. */
export async function runBulk(built: Built, events: number): Promise<BulkRun> {
  const path = await openPath(built)
  const source = orderSource({ events, days: 10 })
  let [seconds, cpu, findings] = [0, 0, 0]
  const rss: number[] = []
  for (let done = 0; done < events; ) {
    const text = source(block).join('\n')
    const before = cpuSeconds()
    const started = performance.now()
    findings += await takeBlock(path, text)
    seconds += (performance.now() - started) / 1000
    cpu += cpuSeconds() - before
    done += block
    if (done >= (events * (rss.length + 1)) / 4) rss.push(megabytes())
  }
  await path.close()
  return { seconds, cpu, findings, rss }
}

/** CPU microseconds of each stage of one event, alone and warm: what bounds the whole. */
function stageCosts(built: Built): string {
  const engine = createEngine(built.programs, built.plans)
  const source = orderSource({ events: 60_000, days: 3, seed: 4 })
  const spent = new Map<string, number>()
  const kept = 20_000
  const stage = <Item, Made>(name: string, items: readonly Item[], work: (item: Item) => Made): Made[] => {
    const before = process.threadCpuUsage()
    const made = items.map(work)
    const { user, system } = process.threadCpuUsage(before)
    spent.set(name, (user + system) / kept)
    return made
  }
  for (let round = 0; round < 3; round++) {
    const now = Date.now() * 1000
    const raws = stage('parse', source(kept), (text) => JSON.parse(text) as unknown)
    const checked = stage('validate', raws, (raw) => validateEvent(raw, { types, now }))
    const admitted = checked.flatMap((found) => ('problem' in found ? [] : [{ ...found, loggedAt: found.time }]))
    stage('fingerprint', admitted, ({ event }) => fingerprint(event).length)
    const row = createRowReader(built.programs.layout, [...built.programs.types.values()])
    stage('row', admitted, ({ event, time, loggedAt }) => row(event, time, loggedAt).length)
    const decisions = stage('windows, lists, conditions, evidence', admitted, (each) => engine.decide(each))
    stage('JSON of event', admitted, ({ event }) => JSON.stringify(event).length)
    stage('JSON of decision', decisions, (decision) => JSON.stringify(decision).length)
  }
  return [...spent].map(([name, micros]) => `${name} ${shown(micros)}`).join(', ')
}

export async function bulkMeasures({ quick, say }: Options): Promise<Measure[]> {
  const events = quick ? 200_000 : 2_000_000
  const points = []
  for (const strategies of [25, 50, 100, 200]) {
    const built = await buildShop({ strategies })
    const part = strategies === 50 ? events : quick ? 40_000 : 200_000
    const run = await runBulk(built, part)
    const rate = part / run.seconds
    say(
      `bulk, ${strategies} strategies: ${shown(part)} events, ${shown(rate)} a second, ${shown(run.cpu / run.seconds)} cores`,
    )
    points.push({ size: strategies, cost: (run.seconds / part) * 1e6, rate, run })
  }
  const main = points.find(({ size }) => size === 50)
  if (!main) return []
  const { run, rate } = main
  const stages = stageCosts(await buildShop({ strategies: 50 }))
  return [
    measure({
      name: 'bulk-whole-path',
      value: rate,
      unit: 'events/s',
      target: '≥ 50,000 events/s',
      pass: rate >= 50_000,
      notes: [
        `${shown(events)} events: parse, validate, admit, 50 strategies, 20 windows, 5 lists, decision, durable journal; ${shown(run.findings / events)} findings an event; ${shown(run.cpu / run.seconds)} of 2 cores busy`,
        `memory at 25/50/75/100 %: ${run.rss.map((each) => `${Math.round(each)} MB`).join(', ')}`,
        growth('cost an event by strategies', 'µs', points),
        `bound by one thread: ${shown((run.cpu / events) * 1e6)} µs CPU an event, all threads; of it (µs) ${stages}; the rest is journal, promises and collection`,
      ],
    }),
  ]
}
