import {
  type ActionRow,
  actionKind,
  type Imposition,
  type NoticeRow,
  noticeRow,
  type Rules,
  titleOf,
} from '../../enforcement/actions/index.ts'
import type { Decided } from '../../judgement/decisions/index.ts'
import { derivedId } from '../../kernel/ids.ts'
import { problem } from '../../kernel/problems.ts'
import { day } from '../../kernel/time.ts'
import { type Root, suspendedBy } from './roots.ts'
import type * as store from './store.ts'

export const appealOutcomes = ['upheld', 'reduced', 'overturned'] as const
export type AppealOutcome = (typeof appealOutcomes)[number]

export interface AppealDecision {
  readonly outcome: AppealOutcome
  readonly note: string
  /** Actions that a reduced decision keeps. */
  readonly keep?: readonly string[] | undefined
  /** True = a reduced decision keeps its points. */
  readonly keepPoints?: boolean | undefined
  /** What a reporter's appeal that succeeds brings about. */
  readonly impose?: readonly Pick<Imposition, 'kind' | 'days' | 'markets'>[] | undefined
}

/** Who decides, and the event that is the cause of what follows. */
export interface By {
  readonly cause: string
  readonly actor: string
  readonly at: number
}

/** An appeal with everything that its decision looks at. */
export interface Deciding {
  readonly appeal: store.ListedAppeal
  readonly root: Root
  readonly entry: Decided | null
  readonly rules: Rules
  readonly decided: AppealDecision
  readonly cause: By
}

/** What rested while the appeal was pending holds again where the decision stands, for the time that was left. */
export async function imposeAgain(
  tx: store.AppealTx,
  { appeal, decided, cause }: Pick<Deciding, 'appeal' | 'decided' | 'cause'>,
): Promise<ActionRow[]> {
  const rested = await suspendedBy(tx, appeal.appeal_id)
  const keep = new Set(decided.keep ?? [])
  return rested
    .filter((row) => decided.outcome === 'upheld' || (decided.outcome === 'reduced' && keep.has(row.action_id)))
    .map((row, index) => ({
      ...row,
      action_id: derivedId('act', cause.cause, 'again', index),
      at: cause.at,
      until: row.until === null ? null : row.until + (cause.at - appeal.at),
      cause: cause.cause,
      actor: cause.actor,
    }))
}

/** What a reporter's appeal that succeeds imposes on the subject. @throws invalid_input without anything that fits. */
export function missing({ appeal, root, decided, cause, rules }: Deciding): ActionRow[] {
  if (decided.outcome === 'upheld') return []
  const [found] = root.cases
  const wanted = decided.impose ?? []
  if (wanted.length === 0)
    throw problem({
      code: 'invalid_input',
      field: 'impose',
      value: null,
      detail: { zh: '须写明补充的处置', en: 'Say what is to be imposed' },
      fix: { zh: '例如 [{"kind":"delist"}]', en: 'For example [{"kind":"delist"}]' },
    })
  const policy = rules.policy((JSON.parse(found?.policies ?? '[]') as string[])[0] ?? '')
  return wanted.map(({ kind, days, markets }, index) => {
    const known = actionKind(kind)
    if (!known?.scope.includes(appeal.subject_type))
      throw problem({
        code: 'invalid_input',
        field: 'impose',
        value: kind,
        detail: { zh: `不适用于 ${appeal.subject_type}`, en: `It does not fit a ${appeal.subject_type}` },
      })
    const length = days === undefined ? known.duration.usual : days
    return {
      action_id: derivedId('act', cause.cause, index),
      at: cause.at,
      kind,
      target_type: appeal.subject_type,
      target_id: appeal.subject_id,
      party_type: found?.party_type ?? null,
      party_id: found?.party_id ?? null,
      markets: JSON.stringify(markets ?? JSON.parse(found?.markets ?? '["*"]')),
      until: length === null ? null : cause.at + length * day,
      policy: policy?.id ?? null,
      policy_version: policy?.version ?? null,
      strategy: null,
      strategy_version: null,
      severity: found?.severity ?? null,
      inverse_of: null,
      position: found?.position ?? null,
      cause: cause.cause,
      actor: cause.actor,
    }
  })
}

/** The restricted party hears of it like of any decision, and may appeal. */
export function noticeOfMissing(
  actions: readonly ActionRow[],
  { entry, rules, cause, decided }: Deciding,
): NoticeRow | null {
  const [action] = actions
  if (!action?.party_type || !action.party_id) return null
  const policy = rules.policy(action.policy ?? '')
  const row = noticeRow({
    rules,
    effects: { actions, points: [] },
    origin: {
      subject: { type: action.target_type, id: action.target_id },
      party: { type: action.party_type, id: action.party_id },
      ...cause,
    },
    policies: policy ? [policy] : [],
    evidence: [],
    title: entry ? titleOf(entry.event) : '',
    automated: false,
    reason: decided.note,
  })
  return row && { ...row, notice_id: derivedId('ntc', cause.cause, 'imposed') }
}
