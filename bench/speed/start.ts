import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { stringify } from 'yaml'
import { openDuck } from '../../src/edge/duckdb.ts'
import { packLists } from '../../src/edge/offline.ts'
import { readPacks } from '../../src/edge/pack-files.ts'
import { createEngine, type Engine } from '../../src/judgement/decisions/index.ts'
import { buildPrograms } from '../../src/judgement/strategies/index.ts'
import { coreEventTypes, validateEvent } from '../../src/vocabulary/events/index.ts'
import { growth, type Measure, measure, median, type Options, shown } from './measure.ts'
import { secondStartMeasure } from './second-start.ts'
import { orderSource, shopPack } from './shop.ts'

const types = new Map(coreEventTypes.map((type) => [type.type, type]))

/** Writes the bench pack as the files that a risk person would write. */
export function writePack(strategies: number): string {
  const root = mkdtempSync(join(tmpdir(), 'aedile-bench-packs-'))
  const folder = join(root, 'bench')
  mkdirSync(join(folder, 'strategies'), { recursive: true })
  const { header, policies, strategies: all, features, signals, lists } = shopPack({ strategies })
  const write = (name: string, content: unknown) => writeFileSync(join(folder, name), stringify(content))
  write('pack.yaml', header)
  write('policies.yaml', policies)
  for (let from = 0; from < all.length; from += 250) write(`strategies/part-${from}.yaml`, all.slice(from, from + 250))
  write('features.yaml', features)
  write('signals.yaml', signals)
  write(
    'lists.yaml',
    lists.map(({ ...list }) => ({ ...list, normalise: undefined })),
  )
  return root
}

interface Started {
  readonly engine: Engine
  readonly read: number
  readonly build: number
  readonly total: number
}

/** From the files to the first decision. */
async function start(strategies: number): Promise<Started> {
  const root = writePack(strategies)
  const [first] = orderSource({ events: 1000, days: 1 })(1)
  const began = performance.now()
  const packs = [...readPacks(root).values()].map(({ pack, problems }) => {
    if (!pack) throw new Error(problems.map(({ file, message }) => `${file}: ${message.en}`).join('\n'))
    return pack
  })
  const read = performance.now() - began
  const duck = await openDuck()
  const built = await buildPrograms({ packs, parse: duck.parse, lists: packLists(packs) })
  const build = performance.now() - began - read
  const engine = createEngine(built.programs, built.plans)
  if (engine.programs.strategies.size !== strategies)
    throw new Error(`${engine.programs.strategies.size} of ${strategies} strategies were built`)
  decideAll(engine, [first ?? ''])
  const total = performance.now() - began
  duck.close()
  rmSync(root, { recursive: true })
  return { engine, read, build, total }
}

/** Parses and decides texts; returns how many findings there were. */
function decideAll(engine: Engine, texts: readonly string[]): number {
  let findings = 0
  let loggedAt = Math.max(0, engine.features.loggedAt())
  for (const text of texts) {
    const found = validateEvent(JSON.parse(text), { types, now: Date.now() * 1000 })
    if ('problem' in found) throw new Error(found.problem.detail.en)
    loggedAt = Math.max(loggedAt + 1, found.time)
    findings += engine.decide({ ...found, loggedAt }).findings.length
  }
  return findings
}

/** CPU microseconds of one event, parse and decision, in a warm engine. */
function costOf(engine: Engine, events: number): { micros: number; findings: number } {
  const source = orderSource({ events, days: 4, seed: 9 })
  let findings = 0
  const costs: number[] = []
  for (let done = 0; done < events; done += 4000) {
    const texts = source(4000)
    const before = process.threadCpuUsage()
    findings += decideAll(engine, texts)
    const { user, system } = process.threadCpuUsage(before)
    if (done >= events / 3) costs.push((user + system) / 4000)
  }
  return { micros: median(costs), findings: findings / events }
}

export async function startMeasures({ quick, say }: Options): Promise<Measure[]> {
  const sizes = quick ? [500, 1000, 5000] : [500, 625, 1250, 2500, 5000]
  const points = []
  for (const size of sizes) {
    const started = await start(size)
    const { micros, findings } = costOf(started.engine, quick ? 24_000 : 60_000)
    say(
      `start, ${size} strategies: ${shown(started.total)} ms (files ${shown(started.read)}, build ${shown(started.build)}), then ${shown(micros)} µs an event, ${findings.toFixed(3)} findings an event`,
    )
    points.push({ size, started, micros, findings })
  }
  const [small, large] = [points[0], points.at(-1)]
  if (!small || !large) return []
  const seconds = large.started.total / 1000
  const ratio = large.micros / small.micros
  return [
    measure({
      name: 'start-5000-strategies',
      value: seconds,
      unit: 's',
      target: '< 3 s',
      pass: seconds < 3,
      notes: [
        `from YAML files to the first decision: files ${shown(large.started.read)} ms, parse, check and compile ${shown(large.started.build)} ms, first decision ${shown(large.started.total - large.started.read - large.started.build)} ms`,
        growth(
          'start by strategies',
          'ms',
          points.map(({ size, started }) => ({ size, cost: started.total })),
        ),
      ],
    }),
    measure({
      name: 'cost-growth-500-to-5000',
      value: ratio,
      unit: '× CPU an event',
      target: '≤ 2×',
      pass: ratio <= 2,
      notes: [
        `parse, validate, 20 windows, decision; findings an event ${small.findings.toFixed(3)} at 500 and ${large.findings.toFixed(3)} at 5,000`,
        growth(
          'CPU an event by strategies',
          'µs',
          points.map(({ size, micros }) => ({ size, cost: micros })),
        ),
      ],
    }),
    await secondStartMeasure({ quick, say }),
  ]
}
