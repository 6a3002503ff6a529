import { tablesWith } from '../insight/warehouse/index.ts'
import { type Batch, type BatchTables, createBatch, type Teams } from '../judgement/batch/index.ts'
import type { Pipeline } from '../judgement/decisions/index.ts'
import type { Lifecycle } from '../judgement/lifecycle/index.ts'
import type { Access } from '../kernel/access/index.ts'
import type { Db } from '../kernel/database.ts'
import { createRunner, type DueJob, type Runner } from '../kernel/jobs.ts'
import { nowMicros } from '../kernel/time.ts'
import type { Journal } from '../perception/journal/index.ts'
import { coreEventTypes, eventColumns } from '../vocabulary/events/index.ts'
import type { Facts } from './facts/client.ts'
import { readTeams } from './teams.ts'

export interface BatchParts {
  readonly db: Db<BatchTables>
  readonly facts: Facts
  readonly journal: Journal
  readonly pipeline: Pipeline
  readonly lifecycle: Lifecycle
  readonly access: Access
  readonly packsFolder: string
  readonly log: (line: string) => void
}

/** The columns of every table of the facts, by name. */
export function factColumns(): (table: string) => ReadonlyMap<string, string> | null {
  const tables = new Map(
    tablesWith(eventColumns(coreEventTypes, new Map())).map((table) => [
      table.name,
      new Map(table.columns.map((column) => [column.name, column.type as string])),
    ]),
  )
  return (table) => tables.get(table) ?? null
}

/** Who can sign in from inside the house. */
const peopleIn = (users: Awaited<ReturnType<Access['users']>>) =>
  users
    .filter((user) => !user.disabled && user.party_type === null)
    .map(({ login, roles }) => ({ login, roles: JSON.parse(roles) as string[] }))

const everyMs = 20_000

/** The clock of the batch strategies. `playHistory` gives strategies that never ran a run for each of the last weeks of the data. */
export interface BatchClock extends Runner {
  playHistory(weeks: number): Promise<void>
}

/** The batch strategies over the real stores, and the clock that runs and watches them. */
export function openBatch({ db, facts, journal, pipeline, lifecycle, access, packsFolder, log }: BatchParts): {
  batch: Batch
  clock: BatchClock
} {
  let teams = readTeams(packsFolder)
  /** The teams as the file says now; while it cannot be read, as it said last. */
  function teamsNow(): Teams {
    try {
      teams = readTeams(packsFolder)
    } catch (error) {
      log(error instanceof Error ? error.message : String(error))
    }
    return teams
  }
  const batch = createBatch({
    db,
    strategies: () => pipeline.engine().programs.batch,
    warehouse: { query: (sql, options) => facts.query(sql, options), columnsOf: factColumns() },
    submitHit: pipeline.submitHit,
    lifecycle,
    position: () => journal.durable(),
    settled: async () => {
      const { seq } =
        (await db
          .selectFrom('news')
          .select((max) => max.fn.max('seq').as('seq'))
          .executeTakeFirst()) ?? {}
      await facts.caughtUp({ position: journal.durable(), seq: Number(seq ?? 0) }, 120_000)
    },
    busy: () => pipeline.streamsHistory(),
    realtime: () => [...pipeline.engine().programs.strategies.values()],
    owners: async () => ({ people: peopleIn(await access.users()), teams: teamsNow() }),
  })
  let resumed = false
  let weeks = 0
  async function resume(now: number): Promise<void> {
    await batch.resume(now)
    resumed = true
  }
  async function play(now: number): Promise<void> {
    const asked = weeks
    weeks = 0
    await batch.playHistory(now, asked)
  }
  const clock = createRunner({
    now: nowMicros,
    everyMs,
    failed: (key, error) => log(`batch ${key}: ${error instanceof Error ? (error.stack ?? error.message) : error}`),
    async due(now) {
      const left: DueJob[] = resumed ? [] : [{ key: 'resume', run: () => resume(now) }]
      // A strategy that has no run yet gets its history first; what is due is told anew when that is done.
      if (weeks > 0) return [...left, { key: 'history', run: () => play(now) }]
      const check = { key: 'integrity', run: async () => void (await batch.check(now)) }
      return [...left, ...(await batch.due(now)), check]
    },
  })
  return {
    batch,
    clock: {
      ...clock,
      async playHistory(asked) {
        weeks = asked
        await clock.tick()
      },
    },
  }
}
