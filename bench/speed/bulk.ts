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
import { type Journal, openJournal } from '../../src/perception/journal/index.ts'
import { coreEventTypes, createRowReader, isCleanText, validateEvent } from '../../src/vocabulary/events/index.ts'
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
  readonly events: number
  readonly seconds: number
  /** CPU seconds of all threads, and of the one that decides. */
  readonly cpu: number
  readonly deciding: number
  readonly findings: number
  /** Megabytes at each quarter: of the process, and of the index of keys, which grows with the journal by design. */
  readonly rss: readonly number[]
  readonly index: readonly number[]
}

/** Events of a day of the stream: what the windows of a day hold when it has gone on for one. */
const perDay = 200_000

/** Feeds `events` in blocks, one after the other; making the texts is not timed. */
export async function runBulk(built: Built, events: number): Promise<BulkRun> {
  const path = await openPath(built)
  const source = orderSource({ events, days: events / perDay })
  let [seconds, cpu, deciding, findings] = [0, 0, 0, 0]
  const rss: number[] = []
  const index: number[] = []
  for (let done = 0; done < events; ) {
    const text = source(Math.min(block, events - done)).join('\n')
    const before = { cpu: cpuSeconds(), thread: process.threadCpuUsage(), time: performance.now() }
    findings += await takeBlock(path, text)
    seconds += (performance.now() - before.time) / 1000
    cpu += cpuSeconds() - before.cpu
    const { user, system } = process.threadCpuUsage(before.thread)
    deciding += (user + system) / 1e6
    done = Math.min(events, done + block)
    if (done < (events * (rss.length + 1)) / 4) continue
    rss.push(megabytes())
    index.push(path.journal.stats().indexBytes / 2 ** 20)
  }
  await path.close()
  return { events, seconds, cpu, deciding, findings, rss, index }
}

/** CPU microseconds of each stage of one event, alone and warm: what bounds the whole. */
function stageCosts(built: Built): string {
  const engine = createEngine(built.programs, built.plans)
  const windows = createEngine(built.programs, built.plans).features
  const source = orderSource({ events: 60_000, days: 60_000 / perDay, seed: 4 })
  const spent = new Map<string, number>()
  const kept = 20_000
  const stage = <Item, Made>(
    name: string,
    items: readonly Item[],
    work: (item: Item, index: number) => Made,
  ): Made[] => {
    const before = process.threadCpuUsage()
    const made = items.map(work)
    const { user, system } = process.threadCpuUsage(before)
    spent.set(name, (user + system) / kept)
    return made
  }
  for (let round = 0; round < 3; round++) {
    const now = Date.now() * 1000
    const texts = source(kept)
    const raws = stage('parse', texts, (text) => JSON.parse(text) as unknown)
    const clean = stage('search the text', texts, isCleanText)
    const checked = stage('validate', raws, (raw) => validateEvent(raw, { types, now, clean: clean.length > 0 }))
    const admitted = checked.flatMap((found) => ('problem' in found ? [] : [{ ...found, loggedAt: found.time }]))
    const read = createRowReader(built.programs.layout, [...built.programs.types.values()])
    const rows = stage('row', admitted, ({ event, time, loggedAt }) => read(event, time, loggedAt))
    stage('windows', rows, (row, index) => windows.observe(row, () => null, admitted[index]?.loggedAt ?? 0).length)
    stage('row, windows, lists, conditions, decision and its text', admitted, (each) => engine.judge(each).text.length)
  }
  return [...spent].map(([name, micros]) => `${name} ${shown(micros)}`).join(', ')
}

const rateOf = ({ events, seconds }: BulkRun): number => events / seconds

const micros = (spent: number, { events }: BulkRun): number => (spent / events) * 1e6

export async function bulkMeasures({ quick, say }: Options): Promise<Measure[]> {
  const most = quick ? 200_000 : 2_000_000
  const tell = (what: string, run: BulkRun) =>
    say(
      `bulk, ${what}: ${shown(run.events)} events, ${shown(rateOf(run))} a second, ${shown(micros(run.cpu, run))} µs CPU an event (deciding thread ${shown(micros(run.deciding, run))}), ${shown(run.cpu / run.seconds)} cores`,
    )
  const byStrategies = []
  for (const strategies of [25, 50, 100, 200]) {
    const run = await runBulk(await buildShop({ strategies }), quick ? 50_000 : 200_000)
    tell(`${strategies} strategies`, run)
    byStrategies.push({ size: strategies, cost: micros(run.deciding, run) })
  }
  const built = await buildShop({ strategies: 50 })
  const runs: BulkRun[] = []
  for (const part of [8, 4, 2, 1]) {
    const run = await runBulk(built, most / part)
    tell(`${shown(1 / part)} of the input`, run)
    runs.push(run)
  }
  const main = runs.at(-1)
  if (!main) return []
  const rate = rateOf(main)
  const byInput = runs.map((run) => ({ size: run.events, cost: micros(run.deciding, run) }))
  const megabytesOf = (values: readonly number[]) => values.map((each) => `${Math.round(each)} MB`).join(', ')
  return [
    measure({
      name: 'bulk-whole-path',
      value: rate,
      unit: 'events/s',
      target: '≥ 50,000 events/s',
      pass: rate >= 50_000,
      notes: [
        `${shown(main.events)} events: parse, validate, admit, 50 strategies, 20 windows, 5 lists, decision, durable journal; ${shown(main.findings / main.events)} findings an event; ${shown(main.cpu / main.seconds)} of 2 cores busy`,
        `memory at 25/50/75/100 %: ${megabytesOf(main.rss)}; of it the index of keys ${megabytesOf(main.index)}`,
        growth('CPU of the deciding thread an event by events', 'µs', byInput),
        growth('CPU of the deciding thread an event by strategies', 'µs', byStrategies),
        `bound by the deciding thread: ${shown(micros(main.deciding, main))} µs an event (at most ${shown(1e6 / micros(main.deciding, main))} events/s), all threads ${shown(micros(main.cpu, main))} µs; stages alone (µs): ${stageCosts(built)}; the rest is collection, turns and frames`,
      ],
    }),
  ]
}
