import { record } from '../../kernel/database.ts'
import { newId } from '../../kernel/ids.ts'
import type { DueJob } from '../../kernel/jobs.ts'
import { lastTurn, lastTurns, nextTurn, parseSpan, type Turn, turnsBetween } from '../../kernel/schedule.ts'
import { day, hour, parseTime, second } from '../../kernel/time.ts'
import { scheduleOf } from '../../vocabulary/packs/index.ts'
import type { BatchStrategy } from '../strategies/index.ts'
import type { Warehouse } from './measure.ts'
import { answered, type RunKind, type Window } from './model.ts'
import { grace, type RunView, viewOf } from './report.ts'
import type { Order } from './runs.ts'
import * as store from './store.ts'

/** Pauses before the second, third and fourth try of a window whose run failed. */
const retryAfter = [5 * 60 * second, 15 * 60 * second, hour]
/** How many turns back a strategy catches up. */
const lookBack = 31

export interface PlanningInput {
  readonly db: store.BatchDb
  readonly strategies: () => ReadonlyMap<string, BatchStrategy>
  readonly warehouse: Warehouse
  readonly busy: () => boolean
  readonly settled: () => Promise<void>
  readonly execute: (strategy: BatchStrategy, window: Window, order: Order) => Promise<unknown>
}

export const isExpired = (strategy: Pick<BatchStrategy, 'expires'>, now: number): boolean =>
  (parseTime(strategy.expires) ?? 0) + day <= now

const windowOf = (strategy: BatchStrategy, to: number): Window => ({
  from: to - (parseSpan(strategy.window) ?? day),
  to,
})

/** Which windows have to run, and when. */
export function createPlanning({ db, strategies, warehouse, busy, settled, execute }: PlanningInput) {
  /** Where the data begins and ends, our own hits left out; null without data. */
  async function dataSpan(): Promise<{ oldest: number; newest: number } | null> {
    await settled()
    const { rows } = await warehouse.query(
      `SELECT epoch_us(min(logged_at)), epoch_us(max(logged_at)) FROM events WHERE type <> 'batch.hit'`,
      { trusted: true, limit: 1, timeoutMs: 30_000 },
    )
    const [oldest, newest] = (rows[0] ?? []).map((value) => Number(value ?? 0))
    return oldest && newest ? { oldest, newest } : null
  }

  /** The window that the newest data lies in where it is over and due, else the one before it; null when no data lies in it. */
  async function lastWindow(strategy: BatchStrategy, now: number): Promise<{ window: Window; turn: Turn } | null> {
    const data = await dataSpan()
    if (!data) return null
    const { oldest, newest } = data
    const schedule = scheduleOf(strategy)
    const closing = nextTurn({ ...schedule, after: 0 }, newest)
    const over = closing !== null && closing.boundary + schedule.after <= now
    const boundary = over ? closing.boundary : lastTurn(schedule, Math.min(newest, now - schedule.after))?.boundary
    if (boundary === undefined || oldest > boundary) return null
    return { window: windowOf(strategy, boundary), turn: { boundary, due: boundary + schedule.after } }
  }

  /** Remembers what is in charge since when: what disappears later must be missed. */
  async function notice(now: number): Promise<Map<string, store.VersionRow & { first: number }>> {
    const known = await store.versions(db)
    for (const strategy of strategies().values()) {
      const schedule = JSON.stringify(scheduleOf(strategy))
      const was = known.get(strategy.name)
      const same =
        was?.version === strategy.version &&
        was.owner === (strategy.owner ?? null) &&
        was.schedule === schedule &&
        was.expires === strategy.expires
      if (same) continue
      await db.transaction().execute((tx) =>
        record(tx, 'batch_versions', {
          version_id: newId('bvr'),
          at: now,
          strategy: strategy.name,
          version: strategy.version,
          title: JSON.stringify(strategy.title),
          owner: strategy.owner ?? null,
          schedule,
          expires: strategy.expires,
          cause: strategy.name,
          actor: 'packs',
        }),
      )
    }
    return store.versions(db)
  }

  /** Turns that are due since the strategy appeared, and the runs that each has. */
  function expectedTurns(strategy: BatchStrategy, found: { runs: readonly RunView[]; seen: number; now: number }) {
    const { runs, seen, now } = found
    const schedule = scheduleOf(strategy)
    const turns = lastTurns(schedule, now - schedule.after, { most: lookBack, since: seen - schedule.after })
    return turns
      .filter((turn) => turn.due > seen)
      .map((turn) => ({ turn, runs: runs.filter((run) => run.kind !== 'first' && run.window_to === turn.boundary) }))
  }

  /** What has to run now, each window once: the first of a new strategy, the turn that came, what was missed, what failed. */
  async function due(now: number): Promise<DueJob[]> {
    if (busy()) return []
    const seen = await notice(now)
    const jobs: DueJob[] = []
    for (const strategy of strategies().values()) {
      if (strategy.enabled === false || isExpired(strategy, now)) continue
      const runs = (await store.runsOf(db, strategy.name, 100)).map(viewOf)
      const mayTry = (tried: readonly RunView[]): boolean => {
        if (tried.some((run) => run.status !== 'failed')) return false
        const pause = tried.length === 0 ? 0 : retryAfter[tried.length - 1]
        const lastTry = Math.max(0, ...tried.map((run) => run.events.at(-1)?.at ?? run.at))
        return pause !== undefined && lastTry + pause <= now
      }
      const add = (turn: Turn, kind: RunKind) =>
        jobs.push({
          key: `${strategy.name}/${turn.boundary}`,
          run: async () =>
            void (await execute(strategy, windowOf(strategy, turn.boundary), {
              kind,
              due: turn.due,
              actor: 'schedule',
              now,
            })),
        })
      if (runs.every((run) => run.kind === 'first') && mayTry(runs)) {
        const last = await lastWindow(strategy, now)
        if (last) add(last.turn, 'first')
      }
      for (const { turn, runs: tried } of expectedTurns(strategy, {
        runs,
        seen: seen.get(strategy.name)?.first ?? now,
        now,
      })) {
        if (mayTry(tried)) add(turn, now > turn.due + grace && tried.length === 0 ? 'catch_up' : 'scheduled')
      }
    }
    return jobs
  }

  /**
   * Runs every strategy that never ran as if it had run once a week over the last `weeks` of the data: history that was
   * streamed in at once, such as the sample, then has the runs that it would have had.
   */
  async function playHistory(now: number, weeks: number): Promise<void> {
    await notice(now)
    for (const strategy of strategies().values()) {
      if (strategy.enabled === false || (await store.runsOf(db, strategy.name, 1)).length > 0) continue
      const last = await lastWindow(strategy, now)
      if (!last) continue
      const turns = turnsBetween(scheduleOf(strategy), last.turn.boundary - weeks * 7 * day, last.turn.boundary)
      const weekly = turns.filter((_, index) => (turns.length - 1 - index) % 7 === 0)
      for (const [index, turn] of weekly.entries())
        await execute(strategy, windowOf(strategy, turn.boundary), {
          kind: 'first',
          due: turn.due,
          actor: 'schedule',
          now: now + index,
        })
    }
  }

  return {
    due,
    playHistory,
    notice,
    lastWindow,
    expectedTurns,
    next: (strategy: BatchStrategy, now: number): Turn | null =>
      strategy.enabled === false || isExpired(strategy, now) ? null : nextTurn(scheduleOf(strategy), now),
    /** How many of the last turns were due, and how many of these have a run that was answered. */
    async expectation(strategy: BatchStrategy, now: number) {
      const first = (await store.versions(db)).get(strategy.name)?.first ?? now
      const runs = (await store.runsOf(db, strategy.name, 100)).map(viewOf)
      const turns = expectedTurns(strategy, { runs, seen: first, now })
      return {
        expected: turns.length,
        actual: turns.filter(({ runs: tried }) => tried.some((run) => answered.has(run.status))).length,
      }
    },
  }
}
