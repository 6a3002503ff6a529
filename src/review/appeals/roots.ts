import { type ActionRow, actionStore, type PointsRow } from '../../enforcement/actions/index.ts'
import { type CaseRow, caseStore } from '../cases/index.ts'
import * as store from './store.ts'

/** Everything that stems from one decision: the automatic one, its cases, a measure by hand, earlier appeals. */
export interface Root {
  readonly decision: string
  readonly position: number | null
  readonly cases: readonly CaseRow[]
  readonly actions: readonly ActionRow[]
  readonly points: readonly PointsRow[]
  readonly appeals: readonly store.ListedAppeal[]
  /** People who decided something of it, in whatever instance. */
  readonly deciders: ReadonlySet<string>
}

/** The decision at the beginning of a chain of causes: an appeal, a review, points, or what it is itself. */
async function beginningOf(db: store.AppealDb | store.AppealTx, cause: string): Promise<string> {
  const appealed = await store.appealEvent(db, cause)
  if (appealed) return appealed.root
  const reviewed = await caseStore.caseEvent(db, cause)
  if (reviewed) {
    const found = await db
      .selectFrom('cases')
      .select('decision_id')
      .where('case_id', '=', reviewed.case_id)
      .executeTakeFirst()
    return found?.decision_id ?? cause
  }
  const entry = await actionStore.pointsById(db, cause)
  // Points that are borne jointly are a matter of their own: the linked party answers for nothing else.
  return entry && entry.joint_of == null ? beginningOf(db, entry.cause) : cause
}

export async function rootOf(db: store.AppealDb | store.AppealTx, cause: string): Promise<Root> {
  const decision = await beginningOf(db, cause)
  const cases = await caseStore.casesOfDecision(db, decision)
  const events = (await Promise.all(cases.map((row) => caseStore.eventsOfCase(db, row.case_id)))).flat()
  const appeals = await store.appealsOfRoot(db, decision)
  const causes = [
    decision,
    ...events.map((row) => row.case_event_id),
    ...appeals.flatMap((row) => row.decided_cause ?? []),
  ]
  // Sanctions of a ladder follow the points; nothing takes them back beside the points.
  const actions = (await actionStore.actionsByCause(db, causes)).filter(
    (action) => action.inverse_of === null && !actionStore.isSanction(action),
  )
  const joint = await actionStore.pointsById(db, decision)
  const deciders = [
    ...events.filter((row) => row.type === 'decided').map((row) => row.actor),
    ...appeals.flatMap((row) => row.decided_by ?? []),
    // Who imposed something by hand.
    ...actions.map((action) => action.actor),
  ]
  return {
    decision,
    position: cases[0]?.position ?? actions.find((action) => action.position !== null)?.position ?? null,
    cases,
    actions,
    points: [...(joint ? [joint] : []), ...(await actionStore.pointsByCause(db, causes))].filter(
      (entry) => entry.type === 'violation',
    ),
    appeals,
    deciders: new Set(deciders),
  }
}

export interface Effects {
  readonly actions: readonly ActionRow[]
  readonly points: readonly PointsRow[]
}

/** What of a root nobody has taken back. */
export async function inForce(db: store.AppealDb | store.AppealTx, root: Root): Promise<Effects> {
  const reversed = await actionStore.reversals(
    db,
    root.actions.map((action) => action.action_id),
  )
  const returned = await actionStore.overturnedPoints(
    db,
    root.points.map((entry) => entry.entry_id),
  )
  return {
    actions: root.actions.filter((action) => !reversed.has(action.action_id)),
    points: root.points.filter((entry) => !returned.has(entry.entry_id)),
  }
}

/** Restrictions that rest while an appeal is pending: it was filed with them, and they wait for its outcome. */
export async function suspendedBy(db: store.AppealDb | store.AppealTx, appealId: string): Promise<ActionRow[]> {
  const inverses = await actionStore.actionsByCause(db, [appealId])
  const found = await Promise.all(
    inverses.flatMap((row) => (row.inverse_of === null ? [] : [actionStore.actionById(db, row.inverse_of)])),
  )
  return found.flatMap((row) => row ?? [])
}
