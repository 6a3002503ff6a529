import { record } from '../../kernel/database.ts'
import { derivedId, newId } from '../../kernel/ids.ts'
import type { Principal } from '../../kernel/operation.ts'
import { problem } from '../../kernel/problems.ts'
import { second } from '../../kernel/time.ts'
import type { Finding, Pipeline } from '../decisions/index.ts'
import type { Lifecycle } from '../lifecycle/index.ts'
import type { BatchStrategy } from '../strategies/index.ts'
import { measure, type Warehouse } from './measure.ts'
import {
  answered,
  type FoundHit,
  type RunEventType,
  type RunKind,
  type RunReport,
  statusAfter,
  subjectKey,
  transitions,
  type Window,
} from './model.ts'
import { failureOf, hitOf, holdReasons, type RunView, reportOf, viewOf } from './report.ts'
import * as store from './store.ts'

/** Who or what wants a run. */
export interface By {
  readonly actor: string
  readonly now: number
}

/** What kind of run is wanted, and when it was due. */
export interface Order extends By {
  readonly kind: RunKind
  readonly due: number
}

export interface RunsInput {
  readonly db: store.BatchDb
  readonly strategies: () => ReadonlyMap<string, BatchStrategy>
  readonly warehouse: Warehouse
  readonly submitHit: Pipeline['submitHit']
  readonly brakes: Pick<Lifecycle['brakes'], 'stateOf'>
  readonly settled: () => Promise<void>
}

/** Runs windows from their plan to their effects, holds what must wait, and completes what broke off. */
export function createRuns({ db, strategies, warehouse, submitHit, brakes, settled }: RunsInput) {
  // One run after the other: they share the facts, and repeats are told from what was applied before.
  let tail: Promise<unknown> = Promise.resolve()
  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = tail.then(work, work)
    tail = result.catch(() => undefined)
    return result
  }

  async function mustFindRun(id: string): Promise<RunView> {
    const run = await store.findRun(db, id)
    if (!run)
      throw problem({
        code: 'not_found',
        field: 'run_id',
        value: id,
        detail: { zh: '没有这次运行', en: 'No such run' },
      })
    return viewOf(run)
  }

  async function step(
    tx: store.BatchTx,
    run: Pick<store.RunRow, 'run_id'>,
    event: { type: RunEventType; data: unknown; by: By; cause?: string },
  ): Promise<void> {
    const now = await store.findRun(tx, run.run_id)
    const status = statusAfter(now?.events ?? [])
    if (transitions[status][event.type] === undefined)
      throw problem({
        code: 'conflict',
        field: 'run_id',
        value: run.run_id,
        detail: { zh: `这次运行的状态是 ${status}`, en: `This run is ${status}` },
      })
    await record(tx, 'batch_run_events', {
      run_event_id: derivedId('bre', run.run_id, event.type),
      at: Math.max(event.by.now, (now?.events.at(-1)?.at ?? 0) + 1),
      run_id: run.run_id,
      type: event.type,
      data: JSON.stringify(event.data),
      cause: event.cause ?? run.run_id,
      actor: event.by.actor,
    })
  }

  /** One run of one window, from its plan to its effects. A failure is recorded, not thrown. */
  function execute(strategy: BatchStrategy, window: Window, order: Order): Promise<RunView> {
    return inTurn(async () => {
      const run = await plan(strategy, window, order)
      let began = performance.now()
      let outcome: { type: 'failed' | 'finished' | 'held'; report: RunReport; hits: readonly store.HitRow[] }
      try {
        await settled()
        // Waiting until the facts have caught up says nothing about the query.
        began = performance.now()
        outcome = await judge(strategy, window, { run, began, order })
      } catch (error) {
        outcome = { type: 'failed', report: failureOf(error, began), hits: [] }
      }
      await db.transaction().execute(async (tx) => {
        for (const hit of outcome.hits) await record(tx, 'batch_hits', hit)
        await step(tx, run, { type: outcome.type, data: outcome.report, by: order })
      })
      if (outcome.type === 'finished') await apply(run.run_id, order)
      return mustFindRun(run.run_id)
    })
  }

  async function plan(strategy: BatchStrategy, window: Window, order: Order): Promise<store.RunRow> {
    const about = { strategy: strategy.name, version: strategy.version }
    const attempt = (await store.attemptsOf(db, { ...about, ...window })) + 1
    const run: store.RunRow = {
      run_id: derivedId('run', strategy.name, strategy.version, window.from / second, window.to / second, attempt),
      at: order.now,
      ...about,
      mode: strategy.mode,
      kind: order.kind,
      attempt,
      window_from: window.from,
      window_to: window.to,
      due: order.due,
      cause: `${strategy.name}@${strategy.version}`,
      actor: order.actor,
    }
    await db.transaction().execute(async (tx) => {
      await record(tx, 'batch_runs', run)
      await step(tx, run, { type: 'started', data: {}, by: order })
    })
    return run
  }

  async function baselineOf(strategy: BatchStrategy): Promise<RunReport | null> {
    const runs = (await store.runsOf(db, strategy.name, 400)).map(viewOf)
    return runs.findLast((run) => run.version === strategy.version && answered.has(run.status))?.report ?? null
  }

  async function judge(
    strategy: BatchStrategy,
    window: Window,
    { run, began, order }: { run: store.RunRow; began: number; order: Order },
  ) {
    const baseline = await baselineOf(strategy)
    const found = await measure(strategy, window, { warehouse, baseline: baseline?.inputs ?? null })
    const seconds = (performance.now() - began) / 1000
    if (found.faults.length > 0)
      return {
        type: 'failed' as const,
        report: reportOf(strategy, found, { seconds, fresh: [], faults: found.faults }),
        hits: [],
      }
    const known = new Set((await store.decidedIn(db, { ...run, ...window })).map(subjectKey))
    const fresh = found.hits.filter((hit) => !known.has(subjectKey(hit)))
    const faults = holdReasons(strategy, found, fresh.length)
    return {
      type: faults.length > 0 ? ('held' as const) : ('finished' as const),
      report: reportOf(strategy, found, { seconds, fresh, faults }),
      hits: found.hits.map(
        (hit): store.HitRow => ({
          hit_id: derivedId('bht', run.run_id, hit.subject_type, hit.subject_id),
          at: order.now,
          run_id: run.run_id,
          strategy: strategy.name,
          version: strategy.version,
          ...hit,
          evidence: JSON.stringify(hit.evidence),
          standing: known.has(subjectKey(hit)) ? 'repeat' : 'fresh',
          cause: run.run_id,
          actor: order.actor,
        }),
      ),
    }
  }

  /** Journals every fresh hit of a run; what was journaled before is told by its key. Resumes where a crash left off. */
  async function apply(id: string, by: By): Promise<void> {
    const run = await mustFindRun(id)
    const strategy = strategies().get(run.strategy)
    if (strategy?.version !== run.version) {
      await db
        .transaction()
        .execute((tx) => step(tx, run, { type: 'superseded', data: { running: strategy?.version ?? null }, by }))
      return
    }
    const held = heldBy(run)
    const at = run.kind === 'manual' ? by.now : run.due
    const hits = (await store.hitsOf(db, id)).filter((hit) => hit.standing === 'fresh')
    const counts = { decided: 0, duplicates: 0, held: held ?? null }
    for (let from = 0; from < hits.length; from += 200) {
      const part = hits.slice(from, from + 200).map((hit) => submitHit(hitOf(run, hit), { at, held }))
      for (const done of await Promise.all(part)) {
        if (done?.status === 'accepted') counts.decided++
        else if (done?.status === 'duplicate') counts.duplicates++
        else throw new Error(`${run.strategy}@${run.version} was replaced while ${id} was applied`)
      }
    }
    await db.transaction().execute((tx) => step(tx, run, { type: 'applied', data: counts, by }))
  }

  const heldBy = ({ strategy, version }: { strategy: string; version: number }): Finding['held'] =>
    brakes.stateOf(strategy, version).held ?? undefined

  /** After a start: ends what a crash broke off. Queries are failed (and tried again by schedule), effects are completed. */
  async function resume(now: number): Promise<void> {
    await inTurn(async () => {
      for (const run of (await store.unfinished(db)).map(viewOf)) {
        const by = { actor: 'schedule', now }
        if (run.status === 'planned' || run.status === 'running')
          await db.transaction().execute((tx) =>
            step(tx, run, {
              type: 'failed',
              data: failureOf(new Error('the program ended while it ran'), performance.now()),
              by,
            }),
          )
        else if (run.status === 'finished' || run.status === 'approved') await apply(run.run_id, by)
      }
    })
  }

  async function lastAnswered(name: string, before?: RunView): Promise<RunView | null> {
    const runs = (await store.runsOf(db, name, 100)).map(viewOf).filter((run) => answered.has(run.status))
    return (before ? runs.find((run) => run.at < before.at && run.run_id !== before.run_id) : runs[0]) ?? null
  }

  const foundHits = async (run: string): Promise<FoundHit[]> =>
    (await store.hitsOf(db, run)).map((hit) => ({ ...hit, evidence: JSON.parse(hit.evidence) as FoundHit['evidence'] }))

  /** @throws conflict when the run does not wait for approval; same_reviewer for who started it or owns the strategy. */
  async function settleHeld(
    id: string,
    type: 'approved' | 'refused',
    {
      principal,
      now,
      subjects,
      reason,
    }: { principal: Principal; now: number; subjects?: number | undefined; reason: string },
  ): Promise<RunView> {
    return inTurn(async () => {
      const run = await mustFindRun(id)
      const owner = strategies().get(run.strategy)?.owner
      if (
        type === 'approved' &&
        (run.actor === principal.id || owner === `user:${principal.id}` || owner === `user:${principal.name}`)
      )
        throw problem({
          code: 'same_reviewer',
          field: 'run_id',
          value: id,
          detail: {
            zh: '发起这次运行或负责该策略的人不能自己批准',
            en: 'Whoever started the run or owns the strategy cannot approve it',
          },
          fix: { zh: '请另一位有权限的人批准', en: 'Ask another person who may approve' },
        })
      if (subjects !== undefined && subjects !== run.report?.fresh)
        throw problem({
          code: 'conflict',
          field: 'subjects',
          value: subjects,
          detail: {
            zh: `这次运行将判定 ${run.report?.fresh ?? 0} 个对象`,
            en: `This run would decide ${run.report?.fresh ?? 0} subjects`,
          },
        })
      const by = { actor: principal.id, now }
      await db.transaction().execute((tx) => step(tx, run, { type, data: { reason }, by, cause: newId('apv') }))
      if (type === 'approved') await apply(id, by)
      return mustFindRun(id)
    })
  }

  return { execute, resume, settleHeld, find: mustFindRun, lastAnswered, baselineOf, foundHits }
}
