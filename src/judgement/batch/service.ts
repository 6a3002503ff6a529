import type { Principal } from '../../kernel/operation.ts'
import { problem } from '../../kernel/problems.ts'
import type { Text } from '../../kernel/values.ts'
import type { Pipeline } from '../decisions/index.ts'
import type { Lifecycle } from '../lifecycle/index.ts'
import type { BatchStrategy } from '../strategies/index.ts'
import { decidedSubjects, labelsOf } from './labels.ts'
import { findHits, measure, type Warehouse } from './measure.ts'
import { difference, subjectKey, type Window } from './model.ts'
import type { Owned } from './owners.ts'
import { createPlanning } from './planning.ts'
import { holdReasons, type RunView, reportOf, viewOf } from './report.ts'
import { type By, createRuns } from './runs.ts'
import * as store from './store.ts'
import { createWatch, type Owners } from './watch.ts'

export interface BatchInput {
  readonly db: store.BatchDb
  readonly strategies: () => ReadonlyMap<string, BatchStrategy>
  readonly warehouse: Warehouse
  readonly submitHit: Pipeline['submitHit']
  readonly lifecycle: Pick<Lifecycle, 'brakes' | 'openDeployment' | 'raise' | 'settle'>
  /** End of the journal. */
  readonly position: () => number
  /** Resolves when the facts have everything that is journaled. */
  readonly settled: () => Promise<void>
  /** True while history streams in: nothing is judged on half of it. */
  readonly busy: () => boolean
  /** The real-time strategies that run: their owners are watched with those of the batch strategies. */
  readonly realtime: () => readonly (Owned & { readonly title: Text })[]
  /** Who may sign in, and the teams that they are in. */
  readonly owners: () => Promise<Owners>
}

export type Batch = ReturnType<typeof createBatch>

/** Plans, runs, holds and applies batch strategies, and watches that they do what they should. */
export function createBatch(input: BatchInput) {
  const { db, strategies, warehouse, lifecycle } = input
  const runs = createRuns({ ...input, brakes: lifecycle.brakes })
  const planning = createPlanning({ ...input, execute: runs.execute })
  const watch = createWatch({ ...input, planning })

  function mustFind(name: string): BatchStrategy {
    const found = strategies().get(name)
    if (found) return found
    throw problem({
      code: 'not_found',
      field: 'strategy',
      value: name,
      detail: { zh: '没有这条批量策略', en: 'No such batch strategy' },
      fix: {
        zh: `可用：${[...strategies().keys()].join('、') || '无'}`,
        en: `there are: ${[...strategies().keys()].join(', ') || 'none'}`,
      },
    })
  }

  /** A look at what a run would do: nothing is written. */
  async function dryRun(name: string, asked: { window?: Window | undefined; now: number }) {
    const strategy = mustFind(name)
    const window = asked.window ?? (await planning.lastWindow(strategy, asked.now))?.window
    if (!window) throw noData()
    await input.settled()
    const began = performance.now()
    const baseline = await runs.baselineOf(strategy)
    const found = await measure(strategy, window, { warehouse, baseline: baseline?.inputs ?? null })
    // A dry run shows what the query finds even where the input would make a run fail.
    const { hits, missed } = found.faults.length > 0 ? await findHits(strategy, window, warehouse) : found
    const known = new Set(
      (await store.decidedIn(db, { strategy: name, version: strategy.version, mode: strategy.mode, ...window })).map(
        subjectKey,
      ),
    )
    const fresh = hits.filter((hit) => !known.has(subjectKey(hit)))
    const faults = [...found.faults, ...holdReasons(strategy, { ...found, missed }, fresh.length)]
    const before = await runs.lastAnswered(name)
    return {
      strategy: name,
      version: strategy.version,
      mode: strategy.mode,
      window,
      report: reportOf(
        strategy,
        { ...found, asked: true, hits, missed },
        { seconds: (performance.now() - began) / 1000, fresh, faults },
      ),
      hits,
      fresh: new Set(fresh.map(subjectKey)),
      against: before?.run_id ?? null,
      difference: difference(before ? await runs.foundHits(before.run_id) : [], hits),
      labels: await labelsOf(warehouse, strategy, hits),
    }
  }

  return {
    due: planning.due,
    playHistory: planning.playHistory,
    next: planning.next,
    expectation: planning.expectation,
    check: watch.check,
    resume: runs.resume,
    find: runs.find,
    dryRun,
    mustFind,
    async run(name: string, order: { window?: Window | undefined } & By): Promise<RunView> {
      const strategy = mustFind(name)
      const window = order.window ?? (await planning.lastWindow(strategy, order.now))?.window
      if (!window) throw noData()
      return runs.execute(strategy, window, { ...order, kind: 'manual', due: order.now })
    },
    approve: (id: string, by: { principal: Principal; now: number; subjects?: number | undefined; reason: string }) =>
      runs.settleHeld(id, 'approved', by),
    refuse: (id: string, by: { principal: Principal; now: number; reason: string }) =>
      runs.settleHeld(id, 'refused', by),
    strategies: () => [...strategies().values()],
    runs: async (name: string, limit: number) => (await store.runsOf(db, name, limit)).map(viewOf),
    hitRows: (run: string) => store.hitsOf(db, run),
    /** Who entered, left and stayed against the answered run before. */
    async diff(id: string) {
      const run = await runs.find(id)
      const before = await runs.lastAnswered(run.strategy, run)
      return {
        run,
        against: before?.run_id ?? null,
        ...difference(before ? await runs.foundHits(before.run_id) : [], await runs.foundHits(id)),
      }
    },
    precision: async (strategy: BatchStrategy) =>
      labelsOf(warehouse, strategy, await decidedSubjects(warehouse, strategy.name)),
    labelsOf: (strategy: BatchStrategy, hits: readonly { subject_type: string; subject_id: string }[]) =>
      labelsOf(warehouse, strategy, hits),
    openAlerts: () => lifecycle.openDeployment(),
  }
}

function noData(): Error {
  return problem({
    code: 'invalid_input',
    field: 'window',
    detail: { zh: '还没有数据所在的窗口结束', en: 'No window that holds data is over yet' },
    fix: {
      zh: '指定 window_from 与 window_to，或先导入业务事件',
      en: 'Name window_from and window_to, or import events first',
    },
  })
}
