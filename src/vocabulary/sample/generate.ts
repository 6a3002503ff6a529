import { planRegistration, planShop, type Stage } from './activity.ts'
import { planDay } from './daily.ts'
import { KINDS } from './kinds.ts'
import { listingData } from './listings.ts'
import {
  DAY,
  type PlannedEvent,
  type SampleEvent,
  type SampleItem,
  type SampleOptions,
  type Truth,
  type TruthSeed,
} from './model.ts'
import { createMemory } from './morning.ts'
import { plantAll } from './plants.ts'
import { createRandom, hashText } from './random.ts'
import { createSchedule } from './schedule.ts'
import { createWorld, SITES } from './world.ts'

export const DEFAULT_END = '2026-11-01T00:00:00Z'
export const DEFAULT_DAYS = 60

interface Prepared {
  readonly stage: Stage
  readonly groups: readonly Truth[]
}

/** The history before its first day: who there is, and everything that is planted. */
export function prepare(options: SampleOptions): Prepared {
  const days = options.days ?? DEFAULT_DAYS
  const end = Date.parse(options.endAt ?? DEFAULT_END)
  if (!Number.isInteger(options.seed) || options.seed < 0)
    throw new Error(`seed is ${options.seed}; give a whole number from 0`)
  if (!Number.isInteger(days) || days < 20)
    throw new Error(`days is ${days}; give a whole number from 20, shorter histories have no room for what is planted`)
  if (Number.isNaN(end)) throw new Error(`endAt is "${options.endAt}"; give an ISO time such as ${DEFAULT_END}`)
  const start = end - days * DAY
  const world = createWorld(options.seed, start, days)
  const schedule = createSchedule(start, days)
  const feed = { aurora: [], harbor: [], lotus: [] }
  const stage: Stage = { world, schedule, feed, random: createRandom(hashText('traffic', options.seed)) }
  for (const seller of world.sellers) planShop(stage, seller)
  for (const site of SITES) {
    for (const buyer of world.buyers[site]) planRegistration(stage, buyer)
    for (const listing of world.listings[site]) {
      schedule.add(listing.at, {
        type: 'listing.submitted',
        site,
        subject: listing.id,
        data: () => listingData(world, listing),
      })
    }
  }
  const groups = plantAll({ ...stage, random: createRandom(hashText('plants', options.seed)) })
  return { stage, groups }
}

function truthOf(event: SampleEvent, seed: TruthSeed): Truth {
  const kind = KINDS[seed.kind]
  if (kind === undefined)
    throw new Error(`kind "${seed.kind}" is planted but not in the table of kinds; add it to KINDS`)
  return {
    event_id: event.id,
    subject: event.subject,
    kind: seed.kind,
    expected: kind.expected,
    policy_hint: kind.policy,
    severity: kind.severity,
    markets: seed.markets ?? [],
    min_verdict: kind.verdict,
    note: seed.note ?? kind.note,
    ...(seed.ring === undefined ? {} : { ring: seed.ring }),
  }
}

function toEvent(planned: PlannedEvent, at: number, sequence: number): SampleEvent {
  const data = typeof planned.data === 'function' ? planned.data() : planned.data
  const market = data['market']
  return {
    specversion: '1.0',
    id: `evt-${String(sequence).padStart(7, '0')}`,
    source: `sample/${planned.site}`,
    type: planned.type,
    time: new Date(at).toISOString(),
    subject: planned.subject,
    site: planned.site,
    ...(typeof market === 'string' ? { market } : {}),
    data,
  }
}

/**
 * The sample marketplace as a stream of events in time order, made as it is read; the same options give the same bytes.
 * An event without a truth is ordinary. Groups (rings, the incident, the campaign) are told by {@link sampleGroups}.
 * @throws Error when `seed`, `days` or `endAt` is unusable.
 */
export function* generateSample(options: SampleOptions): Generator<SampleItem, void, undefined> {
  const { stage } = prepare(options)
  const memory = createMemory()
  let sequence = 0
  for (let day = 0; day < stage.world.days; day++) {
    planDay(stage, day, memory)
    for (const { at, planned } of stage.schedule.take(day)) {
      const event = toEvent(planned, at, ++sequence)
      yield planned.truth === undefined ? { event } : { event, truth: truthOf(event, planned.truth) }
    }
  }
}

/** The truth about groups: one row a ring, the incident and the campaign, with members and dates. */
export const sampleGroups = (options: SampleOptions): readonly Truth[] => prepare(options).groups
