import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { decode } from '../../judgement/decisions/index.ts'
import { parseTime } from '../../kernel/time.ts'
import { createReader } from '../../perception/journal/index.ts'
import { caseRow, eventFacts, needsPerson, priorCredibility } from '../../review/cases/index.ts'
import type { Routing } from '../../review/queues/index.ts'
import {
  type Arrival,
  type Comparison,
  compare,
  defaultAssumptions,
  type Measures,
  policies,
} from '../../review/simulation/index.ts'
import { generateSample, SAMPLE_RECALLS } from '../../vocabulary/sample/index.ts'
import { openDuck } from '../duckdb.ts'
import { openFiles } from '../files.ts'
import { readFloor } from '../floor.ts'
import { parseQueues, routingFrom } from '../floor-rules.ts'
import { createOfflineDecider, loadOffline } from '../offline.ts'
import { shippedPacks } from '../pack-files.ts'
import { rulesOf } from '../rules.ts'
import { sampleSeed } from '../sample-stream.ts'
import { dataFolder } from '../serve.ts'
import { openSqlite } from '../sqlite.ts'
import type { CommandIo } from './command.ts'

export interface SimulateOptions {
  readonly seed: string | undefined
  readonly seeds: string | undefined
  readonly reviewers: string | undefined
  readonly days: string | undefined
  readonly handling: string | undefined
  readonly sample: boolean
  readonly json: boolean
}

/** Replays arrivals through the review floor under three policies and prints what each keeps and prevents. */
export async function runSimulate(options: SimulateOptions, io: CommandIo): Promise<number> {
  const whole = (name: string, text: string | undefined, fallback: number): number => {
    const value = text === undefined ? fallback : Number(text)
    if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} is "${text}"; give a whole number from 1`)
    return value
  }
  const seed = whole('seed', options.seed, 1)
  const seeds = Array.from({ length: whole('seeds', options.seeds, 5) }, (_, index) => seed + index)
  const days = whole('days', options.days, 28)
  const assumptions = {
    ...defaultAssumptions,
    reviewers: whole('reviewers', options.reviewers, defaultAssumptions.reviewers),
    handlingMedian: whole('handling', options.handling, defaultAssumptions.handlingMedian / 1e6) * 1e6,
  }
  const routing = await shippedRouting()
  const stored = options.sample ? null : await storedArrivals()
  const { arrivals, origin } = stored ?? (await sampleArrivals())
  const last = Math.max(...arrivals.map((arrival) => arrival.row.at))
  const recent = arrivals.filter((arrival) => arrival.row.at > last - days * 86_400_000_000)
  const found = compare({ arrivals: recent, routing, credibilityOf: priorCredibility, assumptions }, seeds)
  if (options.json) io.write(JSON.stringify({ origin, days, arrivals: recent.length, assumptions, ...found }))
  else print(found, { origin, days, arrivals: recent.length, reviewers: assumptions.reviewers }, io)
  return 0
}

async function shippedRouting(): Promise<Routing> {
  const duck = await openDuck()
  try {
    const files = readFloor(shippedPacks)
    const { routing, problems } = await routingFrom(await parseQueues(files, duck.parse))
    const wrong = [...files.problems, ...problems]
    if (!routing || wrong.length > 0) throw new Error(`the queues are not valid:\n${wrong.join('\n')}`)
    return routing
  } finally {
    duck.close()
  }
}

interface Arrivals {
  readonly arrivals: Arrival[]
  readonly origin: string
}

/** The cases of the data folder, at the times of their events; what people decided is the truth where they did. Null when there are none. */
async function storedArrivals(): Promise<Arrivals | null> {
  const folder = dataFolder()
  const path = join(folder, 'state.sqlite')
  if (!existsSync(path)) return null
  const { raw, close } = openSqlite(path, { readOnly: true })
  try {
    const rows = raw
      .prepare(
        // Cases that judge a judgement are no arrivals.
        "SELECT cases.*, case_state.outcome AS decided FROM cases JOIN case_state USING (case_id) WHERE cases.purpose = 'work' ORDER BY cases.position",
      )
      .all() as unknown as (Arrival['row'] & { decided: string | null })[]
    if (rows.length === 0) return null
    const journal = createReader(openFiles(), join(folder, 'journal'))
    journal.durable()
    const arrivals: Arrival[] = []
    for (const { decided, ...row } of rows) {
      const [entry] = await journal.read(row.position, { limit: 1 })
      if (!entry) continue
      const facts = eventFacts(decode(entry))
      const at = parseTime(decode(entry).decision.event.time) ?? row.at
      const unknown = decided === null || decided === 'request_evidence'
      const truth = unknown ? priorCredibility(facts.source) : decided === 'allow' ? 0 : 1
      arrivals.push({ row: { ...row, at }, facts, truth })
    }
    return { arrivals, origin: `${arrivals.length} cases of ${folder}` }
  } finally {
    close()
  }
}

/** The cases that the shipped packs open on the generated sample, with the truth that was planted. */
async function sampleArrivals(): Promise<Arrivals> {
  const lists = { 'recalled-products': SAMPLE_RECALLS.map(({ brand, model }) => `${brand} ${model}`.toLowerCase()) }
  const { built, packs } = await loadOffline({ lists })
  const decider = createOfflineDecider(built)
  const rules = rulesOf(() => packs, new Map())
  const arrivals: Arrival[] = []
  for (const { event, truth } of generateSample({ seed: sampleSeed })) {
    const answer = decider.decide(event)
    if (!('decision' in answer) || !needsPerson(answer)) continue
    const { decision } = answer
    const opened = parseTime(event.time) ?? 0
    const decided = { decision, event, loggedAt: opened, position: arrivals.length } as unknown as Parameters<
      typeof caseRow
    >[0]
    arrivals.push({
      row: caseRow(decided, { opened, rules }),
      facts: eventFacts(decided),
      truth: truth === undefined || truth.expected === 'trap' || truth.expected === 'campaign' ? 0 : 1,
    })
  }
  return { arrivals, origin: `${arrivals.length} cases of the generated sample, seed ${sampleSeed}` }
}

const percent = (value: number) => `${(value * 100).toFixed(1)} %`
const points = ({ mean, low, high }: Measures['kept']) =>
  `${signed(mean * 100)} points [${signed(low * 100)}, ${signed(high * 100)}]`
const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)}`
const waitText = (seconds: number) =>
  Math.abs(seconds) < 5400 ? `${(seconds / 60).toFixed(0)} min` : `${(seconds / 3600).toFixed(1)} h`

function print(
  found: Comparison,
  { origin, days, arrivals, reviewers }: { origin: string; days: number; arrivals: number; reviewers: number },
  { write }: CommandIo,
): void {
  write(
    `${origin}; the last ${days} days: ${arrivals} arrivals, each standing for ${found.copies}: ${found.cases} cases`,
  )
  write(
    `${reviewers} reviewers in three shifts, ${percent(found.occupancy.mean)} of their time busy; seeds ${found.seeds.join(', ')}\n`,
  )
  write('policy      harm prevented   service level kept   mean wait')
  for (const policy of policies) {
    const { prevented, kept, wait } = found.policies[policy]
    write(
      `${policy.padEnd(10)}  ${percent(prevented.mean).padStart(14)}   ${percent(kept.mean).padStart(18)}   ${waitText(wait.mean).padStart(9)}`,
    )
  }
  for (const other of ['fifo', 'severity'] as const)
    write(
      `priority − ${other}: harm prevented ${points(found.against[other].prevented)}, service level kept ${points(found.against[other].kept)}`,
    )
  write(
    '\ngroup               cases   service level kept: fifo → priority   harm prevented: fifo → priority   wait: fifo → priority',
  )
  for (const { group, cases, fifo, priority } of found.groups)
    write(
      `${group.padEnd(18)} ${String(cases).padStart(6)}   ${`${percent(fifo.kept.mean)} → ${percent(priority.kept.mean)}`.padStart(35)}   ${`${percent(fifo.prevented.mean)} → ${percent(priority.prevented.mean)}`.padStart(31)}   ${`${waitText(fifo.wait.mean)} → ${waitText(priority.wait.mean)}`.padStart(21)}`,
    )
  const worse = found.groups.flatMap(({ group, difference }) => [
    ...(difference.kept.high < 0 ? [`${group}: service level kept ${points(difference.kept)}`] : []),
    ...(difference.prevented.high < 0 ? [`${group}: harm prevented ${points(difference.prevented)}`] : []),
    ...(difference.wait.low > 0
      ? [
          `${group}: waits ${waitText(difference.wait.mean)} longer [${waitText(difference.wait.low)}, ${waitText(difference.wait.high)}]`,
        ]
      : []),
  ])
  write(worse.length === 0 ? '\nnowhere worse than first in, first out' : '\nworse than first in, first out:')
  for (const line of worse) write(`  ${line}`)
}
