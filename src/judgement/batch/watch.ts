import { formatTime } from '../../kernel/time.ts'
import type { Text } from '../../kernel/values.ts'
import type { Lifecycle } from '../lifecycle/index.ts'
import type { BatchStrategy } from '../strategies/index.ts'
import { faultsOf } from './integrity.ts'
import type { Fault } from './model.ts'
import { byOwner, type Owned, ownerFault, type Person, type Teams } from './owners.ts'
import { type createPlanning, isExpired } from './planning.ts'
import { faultTitles, grace, viewOf } from './report.ts'
import * as store from './store.ts'

export interface WatchInput {
  readonly db: store.BatchDb
  readonly strategies: () => ReadonlyMap<string, BatchStrategy>
  readonly planning: Pick<ReturnType<typeof createPlanning>, 'notice' | 'expectedTurns'>
  readonly lifecycle: Pick<Lifecycle, 'openDeployment' | 'raise' | 'settle'>
  readonly position: () => number
  readonly busy: () => boolean
  readonly realtime: () => readonly (Owned & { readonly title: Text })[]
  readonly owners: () => Promise<Owners>
}

export interface Owners {
  readonly people: readonly Person[]
  readonly teams: Teams
}

const quiet: ReadonlySet<string> = new Set(['over_cap', 'slow', 'no_owner'])

/** Watches that every strategy does what it should, and keeps the alerts up to date. */
export function createWatch({ db, strategies, planning, lifecycle, position, busy, realtime, owners }: WatchInput) {
  /** Looks at every strategy and brings the alerts up to date: what is wrong is raised, what is right again is closed. */
  async function check(now: number): Promise<{ raised: number; settled: number; open: number }> {
    if (busy()) return { raised: 0, settled: 0, open: 0 }
    const seen = await planning.notice(now)
    const known = await owners()
    const wanted: { strategy: string; version: number; title: Text; fault: Fault }[] = unownedNow(known, now)
    for (const strategy of strategies().values()) {
      const first = seen.get(strategy.name)?.first ?? now
      for (const fault of await faultsNow(strategy, { first, now, known }))
        wanted.push({ strategy: strategy.name, version: strategy.version, title: strategy.title, fault })
    }
    for (const [name, last] of seen)
      if (!strategies().has(name) && !isExpired(last, now))
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

  /** One fault for each owner of real-time strategies that nobody active stands behind, at the first of them. */
  function unownedNow(known: Owners, now: number) {
    const titles = new Map(realtime().map(({ name, title }) => [name, title]))
    return [...byOwner(realtime())].flatMap(([owner, all]) => {
      const why = ownerFault(owner, known)
      const [first, ...others] = all
      if (!why || !first) return []
      const also = others.map(({ name }) => name)
      const shown = [...also.slice(0, 5), ...(also.length > 5 ? ['…'] : [])].join(', ')
      const detail =
        also.length === 0
          ? why
          : {
              zh: `${why.zh}；另有 ${also.length} 条策略也是如此：${shown}`,
              en: `${why.en}; so it is with ${also.length} more: ${shown}`,
            }
      const fault: Fault = { kind: 'no_owner', key: formatTime(now).slice(0, 10), detail }
      const title = titles.get(first.name) ?? { zh: first.name, en: first.name }
      return [{ strategy: first.name, version: first.version, title, fault }]
    })
  }

  async function faultsNow(
    strategy: BatchStrategy,
    { first, now, known }: { first: number; now: number; known: Owners },
  ): Promise<Fault[]> {
    const runs = (await store.runsOf(db, strategy.name, 100)).map(viewOf)
    return faultsOf({
      strategy,
      now,
      runs: runs.filter((run) => run.status !== 'planned' && run.status !== 'running'),
      missed: planning
        .expectedTurns(strategy, { runs, seen: first, now })
        .filter(({ turn, runs: tried }) => turn.due + grace < now && !tried.some((run) => run.status !== 'failed'))
        // A run that failed has an alert of its own.
        .filter(({ runs: tried }) => tried.length === 0)
        .map(({ turn }) => turn),
      unowned: ownerFault(strategy.owner?.trim() ?? '', known),
    })
  }

  async function bringUpToDate(
    wanted: readonly { strategy: string; version: number; title: Text; fault: Fault }[],
    now: number,
  ): Promise<{ raised: number; settled: number; open: number }> {
    const at = { position: position(), now }
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

  return { check }
}
