import {
  type ActionRow,
  type Enforcement,
  noticeRow,
  type Origin,
  originOf,
  pointsRow,
  type Rules,
} from '../../enforcement/actions/index.ts'
import type { Decided, Evidence } from '../../judgement/decisions/index.ts'
import { derivedId } from '../../kernel/ids.ts'
import type { Principal } from '../../kernel/operation.ts'
import { problem } from '../../kernel/problems.ts'
import type { Policy } from '../../vocabulary/packs/index.ts'
import type { Reviewer, Routing } from '../queues/index.ts'
import { actionOf, isFromNotice, type Outcome } from './model.ts'
import type { CredibilityOf } from './order.ts'
import type * as store from './store.ts'

export interface CaseDecision {
  readonly outcome: Outcome
  readonly policy?: string | undefined
  readonly markets?: readonly string[] | undefined
  readonly note?: string | undefined
  readonly points?: number | undefined
  /** Regions of images that were marked when it was decided. */
  readonly marks?: readonly Evidence[] | undefined
}

export interface CasesInput {
  readonly db: store.CaseDb
  readonly enforcement: Enforcement
  readonly rules: () => Rules
  /** Reads the entry that a case is about back from the journal. */
  readonly entryAt: (position: number) => Promise<Decided>
  /** The queues in force; without it every case waits in the queue that its policy names. */
  readonly routing?: (() => Routing) | undefined
  /** How far reports of a kind can be trusted, from their outcomes; without it the documented priors. Strategies are measured here. */
  readonly credibilityOf?: CredibilityOf | undefined
  /** What a person can review; null when nobody has said. */
  readonly reviewerOf?: ((person: string) => Promise<Reviewer | null>) | undefined
  /** The right by which cases of a party are reviewed sooner; null when its tier gives none. Asked once, when a case is opened. */
  readonly laneOf?:
    | ((tx: store.CaseTx, party: { type: string; id: string }, now: number) => Promise<string | null>)
    | undefined
  /** What makes judgements out of judgements; without it there is only work. */
  readonly quality?: CaseQuality | undefined
  /** Decisions among these on which the person has acted outside the case, e.g. as who filed or decided an appeal. */
  readonly involvedIn?: ((decisions: readonly string[], person: string) => Promise<ReadonlySet<string>>) | undefined
}

/** What quality and care for people add to the stream of cases. */
export interface CaseQuality {
  /** A case that this person gets instead of the most urgent one; null = the most urgent one. */
  instead(by: Principal, now: number): Promise<string | null>
  /** Which cases this person can still take today, by the policies that they are about. */
  bearable(by: Principal, now: number): Promise<(policies: readonly string[]) => boolean>
  /** Called in the transaction in which a decision becomes effective. */
  closed(tx: store.CaseTx, found: store.ListedCase, decided: store.CaseEventRow): Promise<void>
}

/** What every verb of the room works with. */
export interface Room extends CasesInput {
  readonly routing: () => Routing
  readonly credibilityOf: CredibilityOf
  /** Reads anew what was measured, when it is old. */
  readonly freshen: (now: number) => Promise<void>
  /** @throws not_found. */
  readonly mustFind: (id: string, now: number) => Promise<store.ListedCase>
  /** Why this person may not judge this case. @throws not_allowed, same_reviewer. */
  readonly mustBeFree: (found: store.ListedCase, by: Principal) => Promise<void>
}

/** Who causes an effect. */
export interface By {
  readonly cause: string
  readonly actor: string
  readonly at: number
}

/** Effects of a decision, without writing anything: also serves the previews that the reviewer sees. */
export async function planOutcome(
  { entryAt, rules }: Pick<CasesInput, 'entryAt' | 'rules'>,
  found: store.ListedCase,
  { decided, by }: { decided: CaseDecision; by: By },
) {
  const entry = await entryAt(found.position)
  const { decision, event } = entry
  const known = rules()
  const policy = policyOf(found, decided, known)
  // The case says whom it is about: what a notice is about need not be what its event is about.
  const origin: Origin = {
    ...originOf(decision, by.at),
    ...by,
    subject: { type: found.subject_type, id: found.subject_id },
    party: found.party_type !== null && found.party_id !== null ? { type: found.party_type, id: found.party_id } : null,
  }
  const actions = actionsOf(found, decided, { policy, by })
  const ladder = origin.party && known.ladderOf(origin.party.type)
  const wantsPoints = decided.outcome === 'remove_and_points' && policy?.points && ladder
  const points = wantsPoints
    ? [
        pointsRow(
          { policy, ladder, index: 0, ...(decided.points === undefined ? {} : { points: decided.points }) },
          origin,
        ),
      ]
    : []
  const evidence: Evidence[] = decision.findings
    .filter((finding) => finding.mode === 'live' && (!policy || finding.policy === policy.id))
    .flatMap((finding) => finding.evidence)
  // What a person points at comes first: it is what the decision rests on.
  const shown = [...(decided.marks ?? []), ...evidence]
  const notice = noticeRow({
    rules: known,
    effects: { actions, points },
    origin,
    policies: policy ? [policy] : [],
    evidence: shown,
    title: found.title,
    automated: false,
    noticed: isFromNotice(found),
  })
  return { actions, points, notice, policy, decision, event, entry }
}

function actionsOf(
  found: store.ListedCase,
  decided: CaseDecision,
  { policy, by }: { policy: Policy | undefined; by: By },
): ActionRow[] {
  const kind = actionOf(decided.outcome, found.subject_type)
  if (kind === null) return []
  return [
    {
      action_id: derivedId('act', by.cause, 0),
      at: by.at,
      kind,
      target_type: found.subject_type,
      target_id: found.subject_id,
      party_type: found.party_type,
      party_id: found.party_id,
      markets: JSON.stringify(decided.markets ?? (JSON.parse(found.markets) as string[])),
      until: null,
      policy: policy?.id ?? null,
      policy_version: policy?.version ?? null,
      strategy: null,
      strategy_version: null,
      severity: found.severity,
      inverse_of: null,
      position: found.position,
      cause: by.cause,
      actor: by.actor,
    },
  ]
}

/** The policy that a decision names, else the first of the case; undefined when no pack has it any more. */
function policyOf(found: store.ListedCase, decided: CaseDecision, rules: Rules): Policy | undefined {
  const id = decided.policy ?? (JSON.parse(found.policies) as string[])[0]
  return id === undefined ? undefined : rules.policy(id)
}

/** @throws invalid_input when a decision names a policy that there is not, or an outcome that its queue hides. */
export function mustBeChoice(found: store.ListedCase, decided: CaseDecision, { rules, routing }: Room): void {
  if (decided.policy !== undefined && !rules().policy(decided.policy))
    throw problem({
      code: 'invalid_input',
      field: 'policy',
      value: decided.policy,
      detail: { zh: '没有这条规范', en: 'No such policy' },
    })
  const queue = routing().queue(found.queue)
  if (queue.hidden.includes(decided.outcome))
    throw problem({
      code: 'invalid_input',
      field: 'outcome',
      value: decided.outcome,
      detail: {
        zh: `队列“${queue.title.zh}”不提供这种判定`,
        en: `Queue "${queue.title.en}" does not offer this outcome`,
      },
      fix: { zh: '选择其他判定，或升级', en: 'Choose another outcome, or escalate' },
    })
}
