import { record } from '../../kernel/database.ts'
import { derivedId } from '../../kernel/ids.ts'
import type { Principal } from '../../kernel/operation.ts'
import { problem } from '../../kernel/problems.ts'
import { formatTime, hour, parseTime } from '../../kernel/time.ts'
import type { Text } from '../../kernel/values.ts'
import type { Entry } from '../../perception/journal/index.ts'
import { type Decided, decode, type Finding, type Tripped } from '../decisions/index.ts'
import { type Brakes, brakeMemory } from './brakes.ts'
import * as store from './store.ts'

/** Something that is wrong with how a strategy is deployed. `key` tells one occurrence from the next. */
export interface DeploymentAlert {
  readonly strategy: string
  readonly version: number
  readonly fault: string
  readonly key: string
  readonly level: store.AlertRow['level']
  readonly title: Text
  readonly detail: Text
  /** The run that showed it, or the strategy. */
  readonly cause: string
}

export type Lifecycle = ReturnType<typeof createLifecycle>

/** Alerts of pulled brakes, each raised once from the journal, and their release. */
export function createLifecycle({ db, brakes }: { db: store.LifecycleDb; brakes: Brakes }) {
  let markedHour = -1

  /** Records the one answer that an alert gets. @throws conflict when it has one. */
  async function answer(
    id: string,
    by: { kind: 'released' | 'settled'; reason: Text; position: number; now: number; actor: string },
  ): Promise<void> {
    await db.transaction().execute(async (tx) => {
      const alert = await store.findAlert(tx, id)
      if (!alert || (await store.releaseOf(tx, id)))
        throw problem({
          code: 'conflict',
          field: 'alert_id',
          value: id,
          detail: { zh: '已经解除', en: 'It is released already' },
        })
      await record(tx, 'alerts', {
        ...alert,
        alert_id: derivedId('alt', 'released', id),
        at: by.now,
        kind: by.kind,
        level: 'watch',
        since: null,
        ref: id,
        position: by.position,
        title: JSON.stringify(
          (by.kind === 'released'
            ? { zh: `${alert.strategy} 的制动已解除`, en: `The brake of ${alert.strategy} is released` }
            : { zh: `${alert.strategy} 的告警已关闭`, en: `The alert of ${alert.strategy} is closed` }) satisfies Text,
        ),
        detail: JSON.stringify(by.reason),
        data: '{}',
        cause: id,
        actor: by.actor,
      })
    })
  }

  return {
    brakes,
    /** Tells the brakes where they stood; call it once, before the first decision. */
    async restore(journal: { batches: RestoreInput['batches']; lastLoggedAt: number }): Promise<void> {
      const since = Math.floor((journal.lastLoggedAt - brakeMemory) / hour)
      await restoreBrakes(brakes, {
        batches: journal.batches,
        from: await store.positionOfHour(db, since),
        alerts: await store.alertsInOrder(db),
      })
    },
    /** Journal consumer: an alert for every finding that pulled a brake. */
    async applyDecisions(batch: readonly Decided[], next: number): Promise<void> {
      const pulled = batch.flatMap((decided) =>
        decided.decision.findings.flatMap((finding) =>
          finding.tripped ? [alertRow(decided, finding, finding.tripped)] : [],
        ),
      )
      await db.transaction().execute(async (tx) => {
        for (const row of pulled) await record(tx, 'alerts', row)
        for (const { loggedAt, position } of batch) {
          const at = Math.floor(loggedAt / hour)
          if (at > markedHour) await store.markHour(tx, at, position)
          markedHour = Math.max(markedHour, at)
        }
        await store.setApplied(tx, next)
      })
    },
    applied: () => store.applied(db),
    /** Alerts about deployment that are open, with what is wrong. */
    async openDeployment() {
      const rows = await store.openDeployment(db)
      return rows.map((row) => ({ ...row, fault: (JSON.parse(row.data) as { fault: string }).fault }))
    },
    /**
     * Raises an alert once for each strategy version, fault and key; again only when it had settled by itself. False when
     * it is open, or a person has taken note of it.
     */
    async raise(alert: DeploymentAlert, { position, now }: { position: number; now: number }): Promise<boolean> {
      const first = derivedId('alt', 'deployment', alert.strategy, alert.version, alert.fault, alert.key)
      return db.transaction().execute(async (tx) => {
        let id = first
        for (let turn = 2; await store.findAlert(tx, id); turn++) {
          if ((await store.releaseOf(tx, id))?.actor !== 'integrity') return false
          id = `${first}.${turn}`
        }
        await record(tx, 'alerts', {
          alert_id: id,
          at: now,
          kind: 'deployment',
          level: alert.level,
          strategy: alert.strategy,
          version: alert.version,
          title: JSON.stringify(alert.title),
          detail: JSON.stringify(alert.detail),
          since: null,
          ref: null,
          position,
          data: JSON.stringify({ fault: alert.fault }),
          cause: alert.cause,
          actor: 'integrity',
        })
        return true
      })
    },
    /** Closes an alert about deployment whose reason is gone. */
    async settle(id: string, by: { position: number; now: number }): Promise<void> {
      await answer(id, {
        ...by,
        actor: 'integrity',
        kind: 'settled',
        reason: { zh: '已恢复正常', en: 'It is as it should be again' },
      })
    },
    alerts: (filter: { open: boolean; limit: number; after?: string | undefined }) => store.listAlerts(db, filter),
    /**
     * Lets a braked version act again, or takes note of an alert about deployment. `position` is the end of the journal now.
     * @throws not_found, conflict when it was released before.
     */
    async release(
      id: string,
      by: { principal: Principal; reason: string; position: number; now: number },
    ): Promise<{ strategy: string; version: number }> {
      const alert = await store.findAlert(db, id)
      if (alert?.kind !== 'brake' && alert?.kind !== 'deployment')
        throw problem({
          code: 'not_found',
          field: 'alert_id',
          value: id,
          detail: { zh: '没有这条告警', en: 'No such alert' },
        })
      await answer(id, {
        position: by.position,
        now: by.now,
        actor: by.principal.id,
        kind: alert.kind === 'brake' ? 'released' : 'settled',
        reason: { zh: by.reason, en: by.reason },
      })
      if (alert.kind === 'brake') brakes.release(alert.strategy, alert.version)
      return { strategy: alert.strategy, version: alert.version }
    },
  }
}

const limitNames: Record<Tripped['limit'], (tripped: Tripped) => Text> = {
  per_hour: ({ allowed }) => ({ zh: `一小时内超过 ${allowed} 次处置`, en: `more than ${allowed} actions in an hour` }),
  per_day: ({ allowed }) => ({ zh: `一天内超过 ${allowed} 次处置`, en: `more than ${allowed} actions in a day` }),
  share: ({ allowed, observed }) => ({
    zh: `命中近一小时事件的 ${percent(observed)}，上限 ${percent(allowed)}`,
    en: `hits ${percent(observed)} of the last hour's events, at most ${percent(allowed)} is allowed`,
  }),
  jump: ({ allowed, observed }) => ({
    zh: `达到自身常态的 ${observed} 倍，上限 ${allowed} 倍`,
    en: `${observed} times its own past rate, at most ${allowed} times is allowed`,
  }),
}

const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`

function alertRow({ decision, loggedAt, position }: Decided, finding: Finding, tripped: Tripped): store.AlertRow {
  const name = `${finding.strategy}@${finding.version}`
  const why = limitNames[tripped.limit](tripped)
  const undo = `npm run aedile -- recall ${name} --since ${tripped.since}`
  return {
    alert_id: derivedId('alt', decision.decision_id, finding.strategy),
    at: loggedAt,
    kind: 'brake',
    level: 'warn',
    strategy: finding.strategy,
    version: finding.version,
    title: JSON.stringify({
      zh: `${name} 已自动转为空跑：${why.zh}`,
      en: `${name} went to shadow by itself: ${why.en}`,
    } satisfies Text),
    detail: JSON.stringify({
      zh: `自 ${tripped.since} 起的处置可撤销：${undo}`,
      en: `Undo what it did since ${tripped.since}: ${undo}`,
    } satisfies Text),
    since: parseTime(tripped.since) ?? loggedAt,
    ref: null,
    position,
    data: JSON.stringify(tripped),
    cause: decision.decision_id,
    actor: 'brake',
  }
}

export interface RestoreInput {
  /** The journal from a position on, in batches. */
  batches(from: number): AsyncIterable<readonly Entry[]>
  /** Where to begin: everything that the counters look back on comes after it. */
  readonly from: number
  /** All alerts and releases, in order of position. */
  readonly alerts: readonly Pick<store.AlertRow, 'alert_id' | 'kind' | 'strategy' | 'version' | 'position' | 'data'>[]
}

/**
 * Tells the state of all brakes from the journal: the counts of the last week, and every brake that was pulled and not
 * released since. Brakes that were pulled before `from` are known from their alerts, which stem from the journal too.
 */
export async function restoreBrakes(brakes: Brakes, { batches, from, alerts }: RestoreInput): Promise<void> {
  const waiting = [...alerts]
  const applyUpTo = (position: number): void => {
    while (waiting[0] && waiting[0].position <= position) {
      const { kind, strategy, version, data } = waiting.shift() as (typeof waiting)[number]
      if (kind === 'released') brakes.release(strategy, version)
      else if (position <= from) brakes.pull(strategy, version, JSON.parse(data) as Tripped)
    }
  }
  applyUpTo(from - 1)
  for await (const entries of batches(from)) {
    for (const entry of entries) {
      if (entry.records.length < 2) continue
      applyUpTo(entry.position)
      brakes.remember(decode(entry).decision, entry.loggedAt)
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
  applyUpTo(Number.POSITIVE_INFINITY)
}

/** An alert as the API shows it. */
export function alertView(row: Awaited<ReturnType<Lifecycle['alerts']>>[number]) {
  return {
    alert_id: row.alert_id,
    kind: row.kind,
    level: row.level,
    at: formatTime(row.at),
    strategy: row.strategy,
    version: row.version,
    title: JSON.parse(row.title) as Text,
    detail: JSON.parse(row.detail) as Text,
    since: row.since === null ? null : formatTime(row.since),
    ...(row.kind === 'deployment'
      ? { fault: (JSON.parse(row.data) as { fault: string }).fault }
      : { tripped: JSON.parse(row.data) as Tripped }),
    decision_id: row.cause,
    released_at: row.released_at === null ? null : formatTime(Number(row.released_at)),
    released_by: row.released_by,
  }
}
