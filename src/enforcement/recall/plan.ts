import type { Decided, Finding } from '../../judgement/decisions/index.ts'
import { type ActionRow, originOf, type PointsRow, planEffects, type Rules } from '../actions/index.ts'

export interface StrategyVersion {
  readonly strategy: string
  readonly version: number
}

/** What a recall does to one decision. */
export interface DecisionRecall {
  readonly decided: Decided
  readonly reverse: readonly ActionRow[]
  /** In force for more markets than the other findings justify: replaced by the same action for the markets that are left. */
  readonly narrow: readonly { readonly action: ActionRow; readonly markets: readonly string[] }[]
  readonly keep: readonly ActionRow[]
  readonly points: readonly PointsRow[]
  /** No other live finding asks for a review: a case that is still open has no reason any more. */
  readonly withdrawCase: boolean
}

const isOf = (finding: Finding, { strategy, version }: StrategyVersion): boolean =>
  finding.strategy === strategy && finding.version === version

/**
 * The inverse of what one strategy version caused by one decision: the effects that the decision would have had without
 * its finding stay, the rest goes. `inForce` are the effects whose cause is the decision and that nobody took back.
 */
export function planRecall(
  decided: Decided,
  of: StrategyVersion,
  { rules, inForce }: { rules: Rules; inForce: { actions: readonly ActionRow[]; points: readonly PointsRow[] } },
): DecisionRecall {
  const findings = decided.decision.findings.filter((finding) => !isOf(finding, of))
  const left = planEffects({ ...decided.decision, findings }, originOf(decided.decision, decided.loggedAt), rules)
  const marketsLeft = new Map(left.actions.map((action) => [action.kind, JSON.parse(action.markets) as string[]]))
  const policiesLeft = new Set(left.points.map((entry) => entry.policy))
  const reverse: ActionRow[] = []
  const narrow: { action: ActionRow; markets: string[] }[] = []
  const keep: ActionRow[] = []
  const mine = decided.decision.findings.filter((finding) => isOf(finding, of) && finding.mode === 'live')
  for (const action of inForce.actions) {
    const markets = marketsLeft.get(action.kind)
    const named = action.strategy === of.strategy && action.strategy_version === of.version
    if (markets === undefined) (named ? reverse : keep).push(action)
    else if ((JSON.parse(action.markets) as string[]).some((market) => !markets.includes(market)))
      narrow.push({ action, markets })
    else keep.push(action)
  }
  const blamed = new Set(mine.filter((finding) => finding.verdict === 'block').map((finding) => finding.policy))
  return {
    decided,
    reverse,
    narrow,
    keep,
    points: inForce.points.filter(
      (entry) => entry.policy !== null && blamed.has(entry.policy) && !policiesLeft.has(entry.policy),
    ),
    withdrawCase:
      mine.some((finding) => finding.verdict === 'review') &&
      !findings.some((finding) => finding.mode === 'live' && finding.verdict === 'review'),
  }
}
