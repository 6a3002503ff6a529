import type { Decision, Finding } from '../../judgement/decisions/index.ts'
import { derivedId } from '../../kernel/ids.ts'
import { problem } from '../../kernel/problems.ts'
import type { Policy } from '../../vocabulary/packs/index.ts'
import { type Verdict, verdictRank } from '../../vocabulary/verdicts.ts'
import { type AppealRule, appealRule, type Ladder } from '../standing/index.ts'
import { actionKind, defaultAction } from './catalogue.ts'
import type { ActionRow, PointsRow } from './store.ts'

/** What the policies and strategies say that the plan needs. */
export interface Rules {
  policy(id: string): Policy | undefined
  /** Explicit actions of a strategy, or undefined for the default of its verdict. */
  actionsOf(strategy: string, version: number): readonly string[] | undefined
  ladderOf(partyType: string): string | null
  /** A ladder by its id; undefined where it is not loaded. */
  ladder?(id: string): Ladder | undefined
}

/** What holds for appeals against a restriction: who it concerns, under which policy, where. */
export function appealRuleOf(
  rules: Rules,
  { partyType, policy, markets }: { partyType: string | null; policy: string | null; markets: readonly string[] },
): AppealRule {
  const id = partyType === null ? null : rules.ladderOf(partyType)
  const ladder = id === null ? undefined : rules.ladder?.(id)
  return appealRule(ladder, { class: (policy && rules.policy(policy)?.points?.class) || null, markets })
}

/** Days in which an appeal against these effects can be filed. */
export function appealDaysOf(rules: Rules, party: string, actions: readonly ActionRow[]): number {
  const windows = actions.map((action) => {
    const markets = JSON.parse(action.markets) as string[]
    return appealRuleOf(rules, { partyType: party, policy: action.policy, markets }).levels[0]?.days ?? 0
  })
  return (
    Math.max(...windows, 0) ||
    appealRuleOf(rules, { partyType: party, policy: null, markets: ['*'] }).levels[0]?.days ||
    0
  )
}

export interface Effects {
  readonly actions: ActionRow[]
  readonly points: PointsRow[]
  readonly needsReview: boolean
}

/** Who is concerned and what the effects come from. */
export interface Origin {
  readonly subject: { type: string; id: string }
  readonly party: { type: string; id: string } | null
  readonly cause: string
  readonly actor: string
  readonly at: number
  /** Journal position of the event that it is about, where it is known. */
  readonly position?: number | undefined
}

/** The effects of a decision, from its live findings. Ids derive from the cause, so the same decision never acts twice. */
export function planEffects(decision: Decision, origin: Origin, rules: Rules): Effects {
  const live = decision.findings.filter((finding) => finding.mode === 'live')
  const needsReview = live.some((finding) => finding.verdict === 'review')
  const wanted = new Map<string, { finding: Finding; markets: Set<string> }>()
  for (const finding of [...live].sort((a, b) => verdictRank(b.verdict) - verdictRank(a.verdict))) {
    for (const kind of kindsOf(finding, decision, rules)) {
      const known = wanted.get(kind)
      if (known) for (const market of finding.markets) known.markets.add(market)
      else wanted.set(kind, { finding, markets: new Set(finding.markets) })
    }
  }
  const actions = [...wanted].map(([kind, { finding, markets }], index) =>
    actionRow({ kind, finding, markets: [...markets], index }, origin),
  )
  return { actions, points: pointsOf(live, origin, rules), needsReview }
}

function kindsOf(finding: Finding, decision: Decision, rules: Rules): string[] {
  const explicit = rules.actionsOf(finding.strategy, finding.version)
  if (explicit) return explicit.filter((kind) => kind !== 'none')
  const everywhere = Object.keys(decision.markets).every((market) => finding.markets.includes(market))
  const verdict: Verdict = finding.verdict === 'block' && !everywhere ? 'geo-block' : finding.verdict
  const kind = defaultAction(verdict, decision.event.subject_type)
  if (finding.verdict === 'review' && (finding.severity === 'S1' || finding.severity === 'S2')) return ['hold']
  return kind === null ? [] : [kind]
}

function actionRow(
  found: { kind: string; finding: Finding; markets: string[]; index: number },
  origin: Origin,
): ActionRow {
  const { kind, finding, markets, index } = found
  return {
    action_id: derivedId('act', origin.cause, index),
    at: origin.at,
    kind,
    target_type: origin.subject.type,
    target_id: origin.subject.id,
    party_type: origin.party?.type ?? null,
    party_id: origin.party?.id ?? null,
    markets: JSON.stringify(markets),
    until: null,
    policy: finding.policy,
    policy_version: finding.policy_version,
    strategy: finding.strategy,
    strategy_version: finding.version,
    severity: finding.severity,
    inverse_of: null,
    position: origin.position ?? null,
    cause: origin.cause,
    actor: origin.actor,
  }
}

/** Points once per policy, for blocking findings only: a candidate for review costs nothing yet. */
function pointsOf(live: readonly Finding[], origin: Origin, rules: Rules): PointsRow[] {
  const ladder = origin.party && rules.ladderOf(origin.party.type)
  if (!origin.party || !ladder) return []
  const policies = new Map(
    live
      .filter((finding) => finding.verdict === 'block')
      .map((finding) => [finding.policy, rules.policy(finding.policy)]),
  )
  return [...policies.values()].flatMap((policy, index) =>
    policy?.points ? [pointsRow({ policy, ladder, index }, origin)] : [],
  )
}

export function pointsRow(
  found: { policy: Policy; ladder: string; index: number; points?: number },
  origin: Origin,
): PointsRow {
  const { policy, ladder, index } = found
  if (!origin.party || !policy.points)
    throw problem({
      code: 'invalid_input',
      field: 'policy',
      value: policy.id,
      detail: { zh: '该规范没有扣分', en: 'This policy carries no points' },
    })
  return {
    entry_id: derivedId('pts', origin.cause, index),
    at: origin.at,
    ladder,
    party_type: origin.party.type,
    party_id: origin.party.id,
    type: 'violation',
    class: policy.points.class,
    points: found.points ?? policy.points.points,
    ref: null,
    policy: policy.id,
    policy_version: policy.version,
    cure_days: policy.points.cure_days ?? null,
    content: `${origin.subject.type}/${origin.subject.id}`,
    cause: origin.cause,
    actor: origin.actor,
  }
}

/** The row that takes `action` back. @throws conflict when it is itself an inverse. */
export function inverseOf(action: ActionRow, by: { cause: string; actor: string; at: number }): ActionRow {
  const kind = actionKind(action.kind)
  if (action.inverse_of !== null || !kind)
    throw problem({
      code: 'conflict',
      field: 'action_id',
      value: action.action_id,
      detail: { zh: '这条处置本身就是撤销', en: 'This action is itself an inverse' },
    })
  return {
    ...action,
    action_id: derivedId('act', 'inv', action.action_id),
    at: by.at,
    kind: kind.inverse,
    until: null,
    inverse_of: action.action_id,
    cause: by.cause,
    actor: by.actor,
  }
}
