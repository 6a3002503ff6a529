import { record } from '../../kernel/database.ts'
import { derivedId, newId } from '../../kernel/ids.ts'
import type { DueJob } from '../../kernel/jobs.ts'
import type { Principal } from '../../kernel/operation.ts'
import { problem, problemOf } from '../../kernel/problems.ts'
import { lastTurn, nextTurn, parseSpan, type Turn, turnsBetween } from '../../kernel/schedule.ts'
import { wilson } from '../../kernel/statistics.ts'
import { day, formatTime, hour, parseTime, second } from '../../kernel/time.ts'
import type { Text } from '../../kernel/values.ts'
import { scheduleOf } from '../../vocabulary/packs/index.ts'
import type { Finding, Hit, Pipeline } from '../decisions/index.ts'
import type { Lifecycle } from '../lifecycle/index.ts'
import type { BatchStrategy } from '../strategies/index.ts'
import { faultsOf } from './integrity.ts'
import { findHits, type Measured, measure, type Warehouse } from './measure.ts'
import {
  answered,
  difference,
  type Fault,
  type FoundHit,
  type RunEventType,
  type RunKind,
  type RunReport,
  type RunStatus,
  statusAfter,
  subjectKey,
  transitions,
  type Window,
} from './model.ts'
import * as store from './store.ts'

/** Longest that a start may lag behind its time before it is late, and before it is missed. */
export const grace = hour / 4
/** Pauses before the second, third and fourth try of a window whose run failed. */
const retryAfter = [5 * 60 * second, 15 * 60 * second, hour]
/** How far back a strategy catches up. */
const lookBack = 31

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
  /** Whether an owner such as `user:li` is an active person; names of teams are taken as they are. */
  readonly ownerKnown: (owner: string) => Promise<boolean>
}

export type Batch = ReturnType<typeof createBatch>

/** Who or what wants a run. */
export interface By {
  readonly actor: string
  readonly now: number
}

/** A run as it is shown: its row, where it stands and what it found out. */
export interface RunView extends Omit<store.StoredRun, 'events'> {
  readonly status: RunStatus
  readonly report: RunReport | null
  readonly late: boolean
  readonly events: readonly store.RunEventRow[]
}

export function viewOf(run: store.StoredRun): RunView {
  const ended = run.events.find((event) => ['failed', 'finished', 'held'].includes(event.type))
  const report = ended ? (JSON.parse(ended.data) as RunReport) : null
  const started = run.events.find((event) => event.type === 'started')
  return {
    ...run,
    status: statusAfter(run.events),
    report: report && 'inputs' in report ? report : null,
    late: run.kind !== 'manual' && run.kind !== 'first' && (started?.at ?? run.at) > run.due + grace,
  }
}

/** Plans, runs, holds and applies batch strategies, and watches that they do what they should. */
export function createBatch(input: BatchInput) {
  const { db, strategies, warehouse, lifecycle } = input
  // One run after the other: they share the facts, and repeats are told from what was applied before.
  let tail: Promise<unknown> = Promise.resolve()
  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = tail.then(work, work)
    tail = result.catch(() => undefined)
    return result
  }

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

  /** Where the data of the packs' inputs ends: newest event that is not a decision of ours. */
  async function newestData(): Promise<number> {
    const { rows } = await warehouse.query(`SELECT epoch_us(max(logged_at)) FROM events WHERE type <> 'batch.hit'`, {
      trusted: true,
      limit: 1,
      timeoutMs: 30_000,
    })
    return Number(rows[0]?.[0] ?? 0)
  }

  const windowOf = (strategy: BatchStrategy, to: number): Window => ({
    from: to - (parseSpan(strategy.window) ?? day),
    to,
  })

  /** The window that the newest data lies in where it is over and due, else the one before it; null without data. */
  async function lastWindow(strategy: BatchStrategy, now: number): Promise<{ window: Window; turn: Turn } | null> {
    const newest = await newestData()
    if (newest <= 0) return null
    const schedule = scheduleOf(strategy)
    const closing = nextTurn({ ...schedule, after: 0 }, newest)
    const over = closing !== null && closing.boundary + schedule.after <= now
    const boundary = over ? closing.boundary : lastTurn(schedule, Math.min(newest, now - schedule.after))?.boundary
    if (boundary === undefined) return null
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

  const expired = (strategy: Pick<BatchStrategy, 'expires'>, now: number): boolean =>
    (parseTime(strategy.expires) ?? 0) + day <= now

  /** Turns that are due since the strategy appeared, and the runs that each has. */
  function expectedTurns(strategy: BatchStrategy, found: { runs: readonly RunView[]; seen: number; now: number }) {
    const { runs, seen, now } = found
    const schedule = scheduleOf(strategy)
    const turns = turnsBetween(
      schedule,
      Math.max(seen - schedule.after, now - 400 * day),
      now - schedule.after,
      lookBack,
    )
    return turns
      .filter((turn) => turn.due > seen)
      .map((turn) => ({ turn, runs: runs.filter((run) => run.kind !== 'first' && run.window_to === turn.boundary) }))
  }

  /** What has to run now, each window once: the first of a new strategy, the turn that came, what was missed, what failed. */
  async function due(now: number): Promise<DueJob[]> {
    if (input.busy()) return []
    const seen = await notice(now)
    const jobs: DueJob[] = []
    for (const strategy of strategies().values()) {
      if (strategy.enabled === false || expired(strategy, now)) continue
      const runs = (await store.runsOf(db, strategy.name, 100)).map(viewOf)
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
      if (runs.length === 0) {
        const last = await lastWindow(strategy, now)
        if (last) add(last.turn, 'first')
      }
      for (const { turn, runs: tried } of expectedTurns(strategy, {
        runs,
        seen: seen.get(strategy.name)?.first ?? now,
        now,
      })) {
        if (tried.some((run) => run.status !== 'failed')) continue
        const pause = tried.length === 0 ? 0 : retryAfter[tried.length - 1]
        const lastTry = Math.max(0, ...tried.map((run) => run.events.at(-1)?.at ?? run.at))
        if (pause !== undefined && lastTry + pause <= now)
          add(turn, now > turn.due + grace && tried.length === 0 ? 'catch_up' : 'scheduled')
      }
    }
    return jobs
  }

  interface Order extends By {
    readonly kind: RunKind
    readonly due: number
  }

  /** One run of one window, from its plan to its effects. A failure is recorded, not thrown. */
  function execute(strategy: BatchStrategy, window: Window, order: Order): Promise<RunView> {
    return inTurn(async () => {
      const run = await plan(strategy, window, order)
      const began = performance.now()
      let outcome: { type: 'failed' | 'finished' | 'held'; report: RunReport; hits: readonly store.HitRow[] }
      try {
        await input.settled()
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
      const part = hits.slice(from, from + 200).map((hit) => input.submitHit(hitOf(run, hit), { at, held }))
      for (const done of await Promise.all(part)) {
        if (done?.status === 'accepted') counts.decided++
        else if (done?.status === 'duplicate') counts.duplicates++
        else throw new Error(`${run.strategy}@${run.version} was replaced while ${id} was applied`)
      }
    }
    await db.transaction().execute((tx) => step(tx, run, { type: 'applied', data: counts, by }))
  }

  const heldBy = ({ strategy, version }: { strategy: string; version: number }): Finding['held'] =>
    lifecycle.brakes.stateOf(strategy, version).held ?? undefined

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

  /** A look at what a run would do: nothing is written. */
  async function dryRun(name: string, asked: { window?: Window | undefined; now: number }) {
    const strategy = mustFind(name)
    const window = asked.window ?? (await lastWindow(strategy, asked.now))?.window
    if (!window) throw noData()
    await input.settled()
    const began = performance.now()
    const baseline = await baselineOf(strategy)
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
    const before = await lastAnswered(name)
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
      difference: difference(before ? await foundHits(before.run_id) : [], hits),
      labels: await labelsOf(strategy, hits),
    }
  }

  async function lastAnswered(name: string, before?: RunView): Promise<RunView | null> {
    const runs = (await store.runsOf(db, name, 100)).map(viewOf).filter((run) => answered.has(run.status))
    return (before ? runs.find((run) => run.at < before.at && run.run_id !== before.run_id) : runs[0]) ?? null
  }

  const foundHits = async (run: string): Promise<FoundHit[]> =>
    (await store.hitsOf(db, run)).map((hit) => ({ ...hit, evidence: JSON.parse(hit.evidence) as FoundHit['evidence'] }))

  /**
   * What people say of these subjects: labels that name the strategy or its policy. An appeal's word goes before a
   * review's or an investigation's, these before imports.
   */
  async function labelsOf(strategy: BatchStrategy, hits: readonly { subject_type: string; subject_id: string }[]) {
    const { rows } = await warehouse.query(
      `WITH said AS (SELECT subject_type || ':' || subject_id AS subject, label FROM labels
         WHERE policy = $2 OR len(list_filter(CAST(strategies AS VARCHAR[]), lambda s : split_part(s, '@', 1) = $3)) > 0
         QUALIFY row_number() OVER (PARTITION BY subject_type, subject_id ORDER BY CASE origin WHEN 'appeal' THEN 0 WHEN 'import' THEN 2 WHEN 'sample' THEN 3 ELSE 1 END, recorded_at DESC) = 1)
       SELECT subject, label FROM said JOIN (SELECT unnest(string_split($1, chr(10))) AS subject) USING (subject)`,
      {
        trusted: true,
        limit: mostLabels,
        timeoutMs: 60_000,
        params: [hits.map(subjectKey).join('\n'), strategy.policy, strategy.name],
      },
    )
    const bySubject = new Map(rows.map(([subject, label]) => [String(subject), String(label)]))
    const count = (label: string) => [...bySubject.values()].filter((said) => said === label).length
    const [violation, ok] = [count('violation'), count('ok')]
    const bounds = wilson(violation, violation + ok)
    return {
      bySubject,
      violation,
      ok,
      unlabelled: hits.length - violation - ok,
      precision: bounds ? { value: violation / (violation + ok), ...bounds, n: violation + ok } : null,
    }
  }

  /** Every subject that the strategy ever decided, for its precision. */
  async function decidedSubjects(name: string) {
    const { rows } = await warehouse.query(
      'SELECT DISTINCT subject_type, subject_id FROM batch_hits WHERE strategy = $1 LIMIT 20000',
      { trusted: true, limit: 20_000, timeoutMs: 60_000, params: [name] },
    )
    return rows.map(([type, id]) => ({ subject_type: String(type), subject_id: String(id) }))
  }

  /** Looks at every strategy and brings the alerts up to date: what is wrong is raised, what is right again is closed. */
  async function check(now: number): Promise<{ raised: number; settled: number; open: number }> {
    if (input.busy()) return { raised: 0, settled: 0, open: 0 }
    const seen = await notice(now)
    const wanted: { strategy: string; version: number; title: Text; fault: Fault }[] = []
    for (const strategy of strategies().values()) {
      const first = seen.get(strategy.name)?.first ?? now
      for (const fault of await faultsNow(strategy, { first, now }))
        wanted.push({ strategy: strategy.name, version: strategy.version, title: strategy.title, fault })
    }
    for (const [name, last] of seen)
      if (!strategies().has(name) && !expired(last, now))
        wanted.push({
          strategy: name,
          version: last.version,
          title: JSON.parse(last.title) as Text,
          fault: {
            kind: 'gone',
            key: formatTime(now).slice(0, 10),
            detail: {
              zh: `已不在任何有效的规则包中，但到期日是 ${last.expires}`,
              en: `no valid pack holds it any more, though it expires on ${last.expires} only`,
            },
          },
        })
    return bringUpToDate(wanted, now)
  }

  async function faultsNow(strategy: BatchStrategy, { first, now }: { first: number; now: number }): Promise<Fault[]> {
    const runs = (await store.runsOf(db, strategy.name, 100)).map(viewOf)
    const owner = strategy.owner?.trim() ?? ''
    return faultsOf({
      strategy,
      now,
      runs: runs
        .filter((run) => run.status !== 'planned' && run.status !== 'running')
        .map((run) => ({ ...run, manual: run.kind === 'manual' })),
      missed: expectedTurns(strategy, { runs, seen: first, now })
        .filter(({ turn, runs: tried }) => turn.due + grace < now && !tried.some((run) => run.status !== 'failed'))
        // A run that failed has an alert of its own.
        .filter(({ runs: tried }) => tried.length === 0)
        .map(({ turn }) => turn),
      ownerKnown: owner !== '' && (await input.ownerKnown(owner)),
    })
  }

  async function bringUpToDate(
    wanted: readonly { strategy: string; version: number; title: Text; fault: Fault }[],
    now: number,
  ): Promise<{ raised: number; settled: number; open: number }> {
    const at = { position: input.position(), now }
    const open = await lifecycle.openDeployment()
    const nameOf = (strategy: string, fault: string) => `${strategy}\0${fault}`
    const bad = new Set(wanted.map(({ strategy, fault }) => nameOf(strategy, fault.kind)))
    const gone = open.filter((alert) => !bad.has(nameOf(alert.strategy, alert.fault)))
    for (const alert of gone) await lifecycle.settle(alert.alert_id, at)
    const known = new Set(open.map((alert) => nameOf(alert.strategy, alert.fault)))
    let raised = 0
    for (const { strategy, version, title, fault } of wanted) {
      if (known.has(nameOf(strategy, fault.kind))) continue
      known.add(nameOf(strategy, fault.kind))
      const named = faultTitles[fault.kind]
      const done = await lifecycle.raise(
        {
          strategy,
          version,
          fault: fault.kind,
          key: fault.key,
          level: quiet.has(fault.kind) ? 'watch' : 'warn',
          title: { zh: `${title.zh}：${named.zh}`, en: `${title.en}: ${named.en}` },
          detail: fault.detail,
          cause: fault.key.startsWith('run_') ? fault.key : strategy,
        },
        at,
      )
      if (done) raised++
    }
    return { raised, settled: gone.length, open: open.length - gone.length + raised }
  }

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

  return {
    due,
    resume,
    check,
    dryRun,
    mustFind,
    async run(name: string, order: { window?: Window | undefined } & By): Promise<RunView> {
      const strategy = mustFind(name)
      const window = order.window ?? (await lastWindow(strategy, order.now))?.window
      if (!window) throw noData()
      return execute(strategy, window, { ...order, kind: 'manual', due: order.now })
    },
    approve: (id: string, by: { principal: Principal; now: number; subjects?: number | undefined; reason: string }) =>
      settleHeld(id, 'approved', by),
    refuse: (id: string, by: { principal: Principal; now: number; reason: string }) => settleHeld(id, 'refused', by),
    strategies: () => [...strategies().values()],
    runs: async (name: string, limit: number) => (await store.runsOf(db, name, limit)).map(viewOf),
    find: mustFindRun,
    hits: foundHits,
    hitRows: (run: string) => store.hitsOf(db, run),
    /** Who entered, left and stayed against the answered run before. */
    async diff(id: string) {
      const run = await mustFindRun(id)
      const before = await lastAnswered(run.strategy, run)
      return {
        run,
        against: before?.run_id ?? null,
        ...difference(before ? await foundHits(before.run_id) : [], await foundHits(id)),
      }
    },
    lastAnswered: (name: string) => lastAnswered(name),
    precision: async (strategy: BatchStrategy) => labelsOf(strategy, await decidedSubjects(strategy.name)),
    labelsOf,
    next: (strategy: BatchStrategy, now: number): Turn | null =>
      strategy.enabled === false || expired(strategy, now) ? null : nextTurn(scheduleOf(strategy), now),
    /** How many turns of the last 31 were due, and how many of these have a run that was answered. */
    async expectation(strategy: BatchStrategy, now: number) {
      const first = (await store.versions(db)).get(strategy.name)?.first ?? now
      const runs = (await store.runsOf(db, strategy.name, 100)).map(viewOf)
      const turns = expectedTurns(strategy, { runs, seen: first, now })
      return {
        expected: turns.length,
        actual: turns.filter(({ runs: tried }) => tried.some((run) => answered.has(run.status))).length,
      }
    },
    openAlerts: () => lifecycle.openDeployment(),
  }
}

const mostLabels = 100_000
const quiet: ReadonlySet<string> = new Set(['over_cap', 'slow', 'no_owner'])

export const faultTitles: Readonly<Record<Fault['kind'], Text>> = {
  off: { zh: '已被停用', en: 'switched off' },
  missed: { zh: '没有按计划运行', en: 'a planned run is missing' },
  failed: { zh: '运行失败', en: 'a run failed' },
  empty_input: { zh: '输入为空', en: 'the input is empty' },
  thin_input: { zh: '输入行数过少', en: 'the input is too small' },
  stale_input: { zh: '输入过期', en: 'the input is stale' },
  null_input: { zh: '输入缺值', en: 'the input misses values' },
  canary_missed: { zh: '未命中埋设对象', en: 'a planted subject was not found' },
  output_range: { zh: '命中数超出合理范围', en: 'the number of hits is implausible' },
  over_cap: { zh: '超过上限，等待批准', en: 'over its cap, waits for approval' },
  hit_decay: { zh: '命中骤减', en: 'hits have fallen away' },
  drift: { zh: '总体分布漂移', en: 'the population has shifted' },
  slow: { zh: '运行过慢', en: 'it has become slow' },
  no_owner: { zh: '无人负责', en: 'nobody owns it' },
  expired: { zh: '已到期', en: 'it has expired' },
  gone: { zh: '已从规则包中消失', en: 'it has vanished from the packs' },
}

/** Why a run that found something may not act by itself. */
function holdReasons(
  strategy: BatchStrategy,
  found: Pick<Measured, 'hits' | 'missed'>,
  fresh: number,
): Omit<Fault, 'key'>[] {
  const { min = 0, max } = strategy.output
  const count = found.hits.length
  const reasons: Omit<Fault, 'key'>[] = []
  if (found.missed.length > 0)
    reasons.push({
      kind: 'canary_missed',
      detail: { zh: `没有命中 ${found.missed.join('、')}`, en: `it did not return ${found.missed.join(', ')}` },
    })
  if (count < min || count > max)
    reasons.push({
      kind: 'output_range',
      detail: {
        zh: `命中 ${count} 个，合理范围 ${min} 到 ${max}`,
        en: `${count} hits, ${min} to ${max} are plausible`,
      },
    })
  if (fresh > strategy.cap)
    reasons.push({
      kind: 'over_cap',
      detail: {
        zh: `将判定 ${fresh} 个对象，上限 ${strategy.cap}`,
        en: `${fresh} subjects would be decided, the cap is ${strategy.cap}`,
      },
    })
  return reasons
}

function reportOf(
  strategy: BatchStrategy,
  found: Pick<Measured, 'hits' | 'missed' | 'inputs' | 'asked'>,
  { seconds, fresh, faults }: { seconds: number; fresh: readonly FoundHit[]; faults: RunReport['faults'] },
): RunReport {
  const indexes = found.inputs.flatMap(({ psi }) => (psi === null ? [] : [psi]))
  return {
    seconds,
    rows_in: found.inputs.reduce((sum, { rows }) => sum + rows, 0),
    inputs: found.inputs,
    hits: found.hits.length,
    fresh: fresh.length,
    repeats: found.hits.length - fresh.length,
    canaries: { expected: found.asked ? strategy.canaries.length : 0, missed: found.missed },
    psi: indexes.length > 0 ? Math.max(...indexes) : null,
    faults,
  }
}

function failureOf(error: unknown, began: number): RunReport {
  const message = error instanceof Error ? error.message : String(error)
  return {
    seconds: (performance.now() - began) / 1000,
    rows_in: 0,
    inputs: [],
    hits: 0,
    fresh: 0,
    repeats: 0,
    canaries: { expected: 0, missed: [] },
    psi: null,
    faults: [{ kind: 'failed', detail: problemOf(error)?.detail ?? { zh: message, en: message } }],
  }
}

function hitOf(run: RunView, hit: store.HitRow): Hit {
  return {
    strategy: run.strategy,
    version: run.version,
    run_id: run.run_id,
    window_from: formatTime(run.window_from),
    window_to: formatTime(run.window_to),
    subject_type: hit.subject_type,
    subject_id: hit.subject_id,
    party_type: hit.party_type,
    party_id: hit.party_id,
    score: hit.score,
    evidence: JSON.parse(hit.evidence) as Hit['evidence'],
  }
}

function noData(): Error {
  return problem({
    code: 'invalid_input',
    field: 'window',
    detail: { zh: '还没有任何数据', en: 'There is no data yet' },
    fix: { zh: '先导入或发送业务事件', en: 'Import or send events first' },
  })
}
