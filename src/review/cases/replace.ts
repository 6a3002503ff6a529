import {
  type ActionRow,
  actionStore,
  type NoticeRow,
  noticeRow,
  originOf,
  type PointsRow,
  planEffects,
  type Rules,
  titleOf,
} from '../../enforcement/actions/index.ts'
import type { Decided } from '../../judgement/decisions/index.ts'
import { derivedId } from '../../kernel/ids.ts'
import type * as store from './store.ts'

export interface Replacement {
  readonly reverse: readonly ActionRow[]
  readonly points: readonly PointsRow[]
  /** What other policies still ask for, where the row that carried it out is taken back. */
  readonly left: readonly ActionRow[]
}

/**
 * What a person's decision about one policy replaces of the automatic one: the provisional hold, the points of that policy, and, where
 * the person did not remove the subject as well, the restrictions that rest on that policy alone. What another policy asks for stays.
 * @param inForce effects whose cause is the decision and that nobody took back
 */
export function replacedBy(
  { decision, loggedAt, position }: Decided,
  judged: { policy: string | null; removes: boolean },
  how: {
    inForce: { actions: readonly ActionRow[]; points: readonly PointsRow[] }
    rules: Rules
    by: { cause: string; at: number }
  },
): Replacement {
  const { inForce, rules, by } = how
  const mine = (policy: string | null) => judged.policy === null || policy === judged.policy
  const points = inForce.points.filter((entry) => mine(entry.policy))
  const holds = inForce.actions.filter((action) => action.kind === 'hold')
  if (judged.removes) return { reverse: holds, points, left: [] }
  const others = decision.findings.filter((finding) => !mine(finding.policy))
  const asked = planEffects({ ...decision, findings: others }, { ...originOf(decision, loggedAt), position }, rules)
  const byKind = new Map(asked.actions.filter(({ kind }) => kind !== 'hold').map((action) => [action.kind, action]))
  const stays = (action: ActionRow) => {
    const still = byKind.get(action.kind)
    return still !== undefined && !mine(action.policy) && still.markets === action.markets
  }
  const reverse = inForce.actions.filter((action) => action.kind === 'hold' || !stays(action))
  const left = reverse.flatMap((action, index): ActionRow[] => {
    const still = byKind.get(action.kind)
    return still === undefined
      ? []
      : [{ ...still, action_id: derivedId('act', by.cause, 'left', index), at: by.at, cause: by.cause }]
  })
  return { reverse, points, left }
}

/** What the automatic decision did that nobody has taken back. */
export async function automaticEffects(tx: store.CaseTx, decision: string) {
  const actions = (await actionStore.actionsByCause(tx, [decision])).filter((action) => action.inverse_of === null)
  const gone = await actionStore.reversals(
    tx,
    actions.map((action) => action.action_id),
  )
  return {
    actions: actions.filter((action) => !gone.has(action.action_id)),
    points: await actionStore.pointsByCause(tx, [decision]),
  }
}

/** What other policies still ask for is said anew, with their reasons and without those of the policy that fell. */
export function noticeOfLeft(
  actions: readonly ActionRow[],
  { decision, event, rules, by }: Decided & { rules: Rules; by: { cause: string; at: number } },
): NoticeRow | null {
  if (actions.length === 0) return null
  const named = new Set(actions.map((action) => action.policy))
  const row = noticeRow({
    rules,
    effects: { actions, points: [] },
    origin: { ...originOf(decision, by.at), cause: by.cause },
    policies: [...named].flatMap((id) => rules.policy(id ?? '') ?? []),
    evidence: decision.findings
      .filter((finding) => finding.mode === 'live' && named.has(finding.policy))
      .flatMap((finding) => finding.evidence),
    title: titleOf(event),
    automated: true,
  })
  return row && { ...row, notice_id: derivedId('ntc', by.cause, 'left') }
}
