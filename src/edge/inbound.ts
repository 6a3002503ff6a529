import type { Enforcement, Rules } from '../enforcement/actions/index.ts'
import { type Decided, followJournal, type Pipeline } from '../judgement/decisions/index.ts'
import type { Db } from '../kernel/database.ts'
import type { Operation } from '../kernel/operation.ts'
import { problem } from '../kernel/problems.ts'
import { createRateLimit } from '../kernel/rate-limit.ts'
import { hour, nowMicros } from '../kernel/time.ts'
import type { Entry, Journal } from '../perception/journal/index.ts'
import type { Appeals } from '../review/appeals/index.ts'
import { type CalendarDefinition, compileCalendar } from '../review/calendars/index.ts'
import { type CredibilityOf, credibilityAfter, priorCredibility } from '../review/cases/index.ts'
import {
  type CalendarOf,
  calendarsBy,
  createInbound,
  createInboundWork,
  type Inbound,
  type InboundTables,
  type IntakeInput,
  inboundOperations,
  type Subject,
} from '../review/inbound/index.ts'
import type { Routing } from '../review/queues/index.ts'
import { createRights, type Rights, type RightsTables, rightsOperations } from '../review/rights/index.ts'
import type { Policy } from '../vocabulary/packs/index.ts'
import type { Facts } from './facts/client.ts'

/** Journal positions of the newest decisions about subjects, by `type/id`. */
export type PositionsOf = (subjects: readonly Subject[], before: number) => Promise<readonly [string, number][]>

export interface InboundParts {
  readonly db: Db<InboundTables>
  readonly rules: () => Rules
  readonly policies: () => readonly Policy[]
  readonly entryAt: (position: number) => Promise<Decided>
  readonly positionsOf: PositionsOf
  readonly routing: () => Routing
  readonly calendars: () => readonly CalendarDefinition[]
  /** Whether a notifier of rights has earned priority for a reason. */
  readonly isTrusted?: IntakeInput['isTrusted']
}

const mostPolicies = 6

/** The register of rights, counter-notices and notifiers' trust. */
export function openRights({
  db,
  enforcement,
  calendars,
  changed,
}: {
  db: Db<RightsTables>
  enforcement: Enforcement
  calendars: InboundParts['calendars']
  changed?: () => Promise<void>
}): Rights {
  return createRights({ db, enforcement, calendarOf: compiled(calendars), ...(changed ? { changed } : {}) })
}

/** Notifiers in the good-faith programme are heard first. */
export const trustedBy =
  (rights: Rights): NonNullable<IntakeInput['isTrusted']> =>
  async (source, reason, now) =>
    (await rights.trust(source, now, reason)).status === 'trusted'

/** Compiled once for every set of definitions. */
function compiled(calendars: () => readonly CalendarDefinition[]): CalendarOf {
  let known: readonly CalendarDefinition[] | null = null
  let calendarOf: CalendarOf = calendarsBy(new Map())
  return (market) => {
    if (known !== calendars()) {
      known = calendars()
      calendarOf = calendarsBy(new Map(known.map((definition) => [definition.id, compileCalendar(definition)])))
    }
    return calendarOf(market)
  }
}

function intakeOf({
  db,
  rules,
  policies,
  entryAt,
  positionsOf,
  routing,
  calendars,
  isTrusted,
}: InboundParts): IntakeInput {
  return {
    routing,
    calendarOf: compiled(calendars),
    ...(isTrusted ? { isTrusted } : {}),
    db,
    rules,
    entryAt,
    clock: nowMicros,
    async targetsOf(subjects, before) {
      const found = new Map<string, Decided>()
      for (const [name, position] of await positionsOf(subjects, before)) found.set(name, await entryAt(position))
      return found
    },
    policiesFor({ category, keyword }, target) {
      const about = policies().filter((policy) => policy.dsa?.category === category)
      const known = new Set(about.map((policy) => policy.id))
      const hit = (target?.decision.findings ?? []).map((finding) => finding.policy).filter((id) => known.has(id))
      const named = about.filter((policy) => policy.dsa?.keywords?.some((found) => found.startsWith(keyword)))
      return [...new Set([...hit, ...[...named, ...about].map((policy) => policy.id)])].slice(0, mostPolicies)
    },
  }
}

/** Answers {@link PositionsOf} from the facts, which are waited for shortly. */
export function positionsIn(facts: Facts, journal: Journal): PositionsOf {
  return async (subjects, before) => {
    await facts.caughtUp({ position: Math.min(before, journal.durable()) }, 10_000)
    const names = JSON.stringify([...new Set(subjects.map(({ type, id }) => `${type}/${id}`))])
    const { rows } = await facts.query(
      `SELECT subject_type || '/' || subject_id AS name, max(position) AS position FROM decisions
       WHERE subject_type || '/' || subject_id IN (SELECT unnest(from_json($1, '["VARCHAR"]')))
         AND position < $2 AND event_type <> 'report.filed' GROUP BY 1`,
      { trusted: true, limit: 10_000, timeoutMs: 60_000, params: [names, before] },
    )
    return rows.map(([name, position]) => [String(name), Number(position)])
  }
}

/** The intake as people and partners use it; what they file goes through the journal like any event. */
export function openInbound({
  pipeline,
  appeals,
  ...parts
}: InboundParts & { readonly pipeline: Pipeline; readonly appeals: Appeals }): Inbound {
  return createInbound({
    ...intakeOf(parts),
    appeals,
    async submit(event) {
      const submitted = pipeline.submit(event)
      if (submitted.status === 'refused') throw problem(submitted.problem)
      await submitted.durable
    },
  })
}

/** Credibility of sources for the order of queues: measured from the outcomes of notices, from the priors where there are none. */
export interface Credibilities {
  readonly of: CredibilityOf
  refresh(inbound: Inbound): Promise<void>
}

export function openCredibilities(): Credibilities {
  let measured: ReadonlyMap<string, number> = new Map()
  return {
    of: (source) => measured.get(source) ?? priorCredibility(source),
    async refresh(inbound) {
      const tallies = await inbound.tallies()
      measured = new Map(
        [...tallies].map(([source, { founded, unfounded }]) => [
          source,
          credibilityAfter(priorCredibility(source), { right: founded, wrong: unfounded }),
        ]),
      )
    },
  }
}

export interface InboundFollowing extends InboundParts {
  /** Durable entries from a position on. */
  read(from: number): Promise<readonly Entry[]>
  readonly log: (message: string) => void
  readonly rights: Rights
}

const newsEveryMs = 2000
const tickEveryMs = 60_000
const mostReports = 200
const reportMark = Buffer.from('report.filed')

/** The consumers of the intake and its clock; they run where the ledger is written. */
export function followInbound({ read, log, rights, ...parts }: InboundFollowing): {
  wake(): Promise<void>
  stop(): Promise<void>
} {
  const work = createInboundWork(intakeOf(parts))
  const failed = (error: unknown) => log(`inbound: ${error instanceof Error ? (error.stack ?? error.message) : error}`)
  const taking = followJournal({
    /** Reports are rare: only they, and the end of what was read, are looked into. */
    async read(from) {
      const entries = await read(from)
      const reports = entries.filter((entry) => entry.records[0]?.bytes.includes(reportMark))
      if (reports.length >= mostReports) return reports.slice(0, mostReports)
      const last = entries.at(-1)
      return last === undefined || reports.at(-1) === last ? reports : [...reports, last]
    },
    start: work.intake.applied,
    apply: work.intake.applyReports,
    failed,
  })
  let stopped = false
  let turn: Promise<unknown> = Promise.resolve()
  /** One after the other: a tick reads the news as well. */
  const next = (task: () => Promise<unknown>): Promise<unknown> => {
    turn = turn.then(() => (stopped ? undefined : task())).catch(failed)
    return turn
  }
  const timers = [
    setInterval(() => {
      // Also while a long import keeps the consumers before us busy.
      void taking.wake()
      void next(work.followNews)
    }, newsEveryMs),
    setInterval(() => {
      void next(() => work.tick(nowMicros()))
      void next(() => rights.tick(nowMicros()))
    }, tickEveryMs),
  ]
  return {
    async wake() {
      await taking.wake()
      await next(work.followNews)
    },
    async stop() {
      stopped = true
      for (const timer of timers) clearInterval(timer)
      await Promise.all([taking.stop(), turn])
    },
  }
}

/** Notices that one network address may file in an hour, unless `AEDILE_NOTICES_PER_HOUR` says otherwise. */
const noticesPerHour = 20

/** Operations of the intake; limits for what is open to everybody, per network address and hour. */
export function inboundParts(
  { inbound, rights }: { inbound: Inbound; rights: Rights },
  env: NodeJS.ProcessEnv = process.env,
): Operation[] {
  const asked = Number(env['AEDILE_NOTICES_PER_HOUR'])
  const perHour = asked > 0 ? asked : noticesPerHour
  return [
    ...inboundOperations({
      inbound,
      limits: {
        filing: createRateLimit({ most: perHour, windowMicros: hour }),
        following: createRateLimit({ most: perHour * 30, windowMicros: hour }),
      },
    }),
    ...rightsOperations({ rights, inbound }),
  ]
}
