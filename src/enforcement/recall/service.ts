import type { Decided } from '../../judgement/decisions/index.ts'
import { record, type Tx } from '../../kernel/database.ts'
import { derivedId, newId } from '../../kernel/ids.ts'
import type { Principal } from '../../kernel/operation.ts'
import { formatTime } from '../../kernel/time.ts'
import {
  type ActionRow,
  actionStore,
  actionTitle,
  type Enforcement,
  noticeRow,
  originOf,
  type PointsRow,
  policiesOf,
  type Rules,
} from '../actions/index.ts'
import { type DecisionRecall, planRecall, type StrategyVersion } from './plan.ts'
import * as store from './store.ts'

/** What review does with the cases of recalled decisions; review is a higher floor, so it is passed in. */
export interface RecallCases {
  /** Ids of cases of these decisions that nobody has decided. */
  open(decisions: readonly string[]): Promise<readonly string[]>
  /** Closes those cases in the transaction of the recall; returns how many. */
  withdraw(
    tx: Tx<store.RecallTables>,
    decisions: readonly string[],
    by: { cause: string; actor: string; at: number },
  ): Promise<number>
}

export interface RecallInput {
  readonly db: store.RecallDb
  readonly enforcement: Enforcement
  readonly rules: () => Rules
  /** Decisions with a live finding of the version from `since` on, oldest first; everything journaled so far has been carried out. */
  readonly decisionsOf: (of: StrategyVersion, since: number | null) => Promise<readonly Decided[]>
  readonly cases: RecallCases
  /** The version never acts again. */
  readonly hold: (strategy: string, version: number) => void
}

export interface RecallRequest extends StrategyVersion {
  readonly since: number | null
  readonly apply: boolean
  readonly reason: string
}

export interface RecallReport extends StrategyVersion {
  readonly recall_id: string | null
  readonly applied: boolean
  readonly since: string | null
  readonly decisions: number
  readonly actions: { readonly reversed: number; readonly narrowed: number; readonly kept: number }
  readonly points: { readonly entries: number; readonly points: number }
  readonly cases_open: number
  readonly by_kind: readonly {
    readonly kind: string
    readonly title: { zh: string; en: string }
    readonly count: number
  }[]
  readonly by_market: readonly { readonly market: string; readonly count: number }[]
  readonly by_party: readonly { readonly party: string; readonly count: number }[]
  readonly parties: number
  /** Earlier recalls of the same version. */
  readonly earlier: readonly string[]
}

export type Recalls = ReturnType<typeof createRecalls>

/** Takes back what a strategy version caused: dry run first, then exactly once. */
export function createRecalls({ db, enforcement, rules, decisionsOf, cases, hold }: RecallInput) {
  async function plans(
    tx: store.RecallDb,
    decisions: readonly Decided[],
    of: StrategyVersion,
  ): Promise<DecisionRecall[]> {
    const known = rules()
    const found: DecisionRecall[] = []
    for (let from = 0; from < decisions.length; from += 500) {
      const part = decisions.slice(from, from + 500)
      const inForce = await effectsInForce(
        tx,
        part.map(({ decision }) => decision.decision_id),
      )
      for (const decided of part)
        found.push(planRecall(decided, of, { rules: known, inForce: inForce(decided.decision.decision_id) }))
    }
    return found
  }

  async function undo(
    tx: Tx<store.RecallTables>,
    plan: DecisionRecall,
    by: { id: string; actor: string; at: number },
  ): Promise<void> {
    const cause = { cause: `recall:${by.id}`, actor: by.actor, at: by.at }
    const { decision, event } = plan.decided
    const back = await enforcement.reverse(
      tx,
      { actions: [...plan.reverse, ...plan.narrow.map(({ action }) => action)], points: plan.points },
      cause,
    )
    // What is left stays a child of the decision, so that an appeal against it finds its root.
    const kept = plan.narrow.map(
      ({ action, markets }, index): ActionRow => ({
        ...action,
        action_id: derivedId('act', decision.decision_id, by.id, index),
        at: by.at,
        markets: JSON.stringify(markets),
        actor: cause.cause,
      }),
    )
    await enforcement.write(tx, { actions: kept, points: [] }, null)
    if (back.actions.length === 0 && back.pointsReturned === 0) return
    const origin = { ...originOf(decision, by.at), ...cause }
    const title = String(event.data['title'] ?? event.data['headline'] ?? event.data['text'] ?? '')
    const notice = noticeRow({
      rules: rules(),
      effects: { actions: [...back.actions, ...kept], points: [] },
      origin,
      policies: policiesOf(decision.findings, rules()),
      evidence: [],
      title,
      automated: true,
    })
    if (notice)
      await record(tx, 'notices', {
        ...notice,
        notice_id: derivedId('ntc', by.id, decision.decision_id),
        deadline: null,
      })
  }

  const worthwhile = ({ reverse, narrow, points }: DecisionRecall): boolean =>
    reverse.length + narrow.length + points.length > 0
  const caseDecisions = (found: readonly DecisionRecall[]): string[] =>
    found.filter((plan) => plan.withdrawCase).map((plan) => plan.decided.decision.decision_id)

  return {
    list: (filter: { limit: number; after?: string | undefined }) => store.listRecalls(db, filter),
    all: () => store.allRecalls(db),
    /**
     * What a recall would take back, or takes back. Whole or not at all: one transaction. What was taken back before is
     * left alone, so running it again changes nothing.
     */
    async run(request: RecallRequest, by: Principal, now: number): Promise<RecallReport> {
      const of = { strategy: request.strategy, version: request.version }
      if (request.apply && request.since === null) hold(of.strategy, of.version)
      const decisions = await decisionsOf(of, request.since)
      const earlier = await store.recallsOf(db, of)
      if (!request.apply) {
        const found = await plans(db, decisions, of)
        return report({ request, found, open: (await cases.open(caseDecisions(found))).length, id: null, earlier })
      }
      return db.transaction().execute(async (tx) => {
        const found = await plans(tx, decisions, of)
        const id = newId('rcl')
        const withdrawn = await cases.withdraw(tx, caseDecisions(found), {
          cause: `recall:${id}`,
          actor: by.id,
          at: now,
        })
        const done = report({ request, found, open: withdrawn, id, earlier })
        const isHeld = request.since !== null || earlier.some((row) => row.since === null)
        if (isHeld && !found.some(worthwhile) && withdrawn === 0) return { ...done, recall_id: null }
        for (const plan of found.filter(worthwhile)) await undo(tx, plan, { id, actor: by.id, at: now })
        await record(tx, 'recalls', {
          recall_id: id,
          at: now,
          ...of,
          since: request.since,
          reason: request.reason,
          actions: done.actions.reversed,
          narrowed: done.actions.narrowed,
          points: done.points.points,
          cases: withdrawn,
          summary: JSON.stringify({ by_kind: done.by_kind, by_market: done.by_market, by_party: done.by_party }),
          cause: `${of.strategy}@${of.version}`,
          actor: by.id,
        })
        return done
      })
    },
  }
}

/** Effects by decision, without those that were taken back. */
async function effectsInForce(
  db: store.RecallDb,
  causes: readonly string[],
): Promise<(cause: string) => { actions: ActionRow[]; points: PointsRow[] }> {
  const actions = (await actionStore.actionsByCause(db, causes)).filter((action) => action.inverse_of === null)
  const points = (await actionStore.pointsByCause(db, causes)).filter((entry) => entry.type === 'violation')
  const reversed = await actionStore.reversals(
    db,
    actions.map((action) => action.action_id),
  )
  const returned = await actionStore.overturnedPoints(
    db,
    points.map((entry) => entry.entry_id),
  )
  return (cause) => ({
    actions: actions.filter((action) => action.cause === cause && !reversed.has(action.action_id)),
    points: points.filter((entry) => entry.cause === cause && !returned.has(entry.entry_id)),
  })
}

function report(input: {
  request: RecallRequest
  found: readonly DecisionRecall[]
  open: number
  id: string | null
  earlier: readonly store.RecallRow[]
}): RecallReport {
  const { request, found } = input
  const taken = found.flatMap((plan) => [...plan.reverse, ...plan.narrow.map(({ action }) => action)])
  const points = found.flatMap((plan) => plan.points)
  const parties = counted(
    taken.map((action) => (action.party_id === null ? 'none' : `${action.party_type}:${action.party_id}`)),
  )
  return {
    recall_id: input.id,
    applied: request.apply,
    strategy: request.strategy,
    version: request.version,
    since: request.since === null ? null : formatTime(request.since),
    decisions: found.length,
    actions: {
      reversed: found.reduce((sum, plan) => sum + plan.reverse.length, 0),
      narrowed: found.reduce((sum, plan) => sum + plan.narrow.length, 0),
      kept: found.reduce((sum, plan) => sum + plan.keep.length, 0),
    },
    points: { entries: points.length, points: points.reduce((sum, entry) => sum + entry.points, 0) },
    cases_open: input.open,
    by_kind: counted(taken.map((action) => action.kind)).map(([kind, count]) => ({
      kind,
      title: actionTitle(kind),
      count,
    })),
    by_market: counted(taken.flatMap((action) => JSON.parse(action.markets) as string[])).map(([market, count]) => ({
      market,
      count,
    })),
    by_party: parties.slice(0, 50).map(([party, count]) => ({ party, count })),
    parties: parties.filter(([party]) => party !== 'none').length,
    earlier: input.earlier.map((row) => row.recall_id),
  }
}

function counted(values: readonly string[]): [string, number][] {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
}
