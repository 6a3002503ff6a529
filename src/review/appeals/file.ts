import {
  type ActionRow,
  actionKind,
  actionStore,
  appealRuleOf,
  type Enforcement,
  type Rules,
} from '../../enforcement/actions/index.ts'
import { type AppealRule, type NextStep, nextAppeal, reporterLevelsOf } from '../../enforcement/standing/index.ts'
import { record } from '../../kernel/database.ts'
import { newId } from '../../kernel/ids.ts'
import { problem } from '../../kernel/problems.ts'
import { hour } from '../../kernel/time.ts'
import type { Text } from '../../kernel/values.ts'
import { caseStore } from '../cases/index.ts'
import { attachFiles, type Sender } from '../files/index.ts'
import { inForce, type Root, rootOf } from './roots.ts'
import type * as store from './store.ts'

export interface Party {
  readonly type: string
  readonly id: string
}

/** One piece of evidence: words, a reference to a document, an event, an address, or the id of a file. */
export interface AppealEvidence {
  readonly kind: 'text' | 'reference' | 'file'
  readonly value: string
}

export interface FilingSubject {
  readonly side: 'subject'
  /** The action, or the entry of points, that it is about. */
  readonly actionId: string
  /** Who appeals; undefined = whoever answers for the subject. A portal passes the party that is signed in. */
  readonly acting?: Party | undefined
}
export interface FilingReporter {
  readonly side: 'reporter'
  readonly caseId: string
  readonly acting: Party
  /** When the reporter was told of the outcome; absent = when the case was decided. */
  readonly since?: number | undefined
}
export type Filing = (FilingSubject | FilingReporter) & {
  readonly text: string
  readonly evidence?: readonly AppealEvidence[] | undefined
  /** Who appeals. */
  readonly by: Sender
  /** Who sent the files, where somebody else wrote it down. */
  readonly sender?: Sender | undefined
  readonly now: number
}

export interface FilingInput {
  readonly db: store.AppealDb
  readonly enforcement: Enforcement
  readonly rules: () => Rules
}

/** What an appeal is about, before it is filed. */
interface Matter {
  readonly root: Root
  readonly subject: Party
  readonly party: Party | null
  readonly rule: AppealRule
  /** When the window began, microseconds. */
  readonly at: number
  readonly actions: readonly ActionRow[]
  readonly cause: string
}

/**
 * Files an appeal. A subject appeals against an action and everything that stems from the same decision; a reporter against the
 * outcome of a case. Windows, levels and chances come from the ladder of the party.
 * @throws not_found (also for what belongs to somebody else), appeal_exists, appeal_closed saying why.
 */
export async function fileAppeal(input: FilingInput, filing: Filing): Promise<store.AppealRow> {
  const { db, enforcement } = input
  const evidence = filing.evidence ?? []
  const appealId = newId('apl')
  return db.transaction().execute(async (tx) => {
    const matter = await matterOf(tx, input.rules(), filing)
    const step = stepOf(matter, filing.side, { now: filing.now, evidence: evidence.length > 0 })
    if (!step.open) throw refusal(step.why, filing)
    const row: store.AppealRow = {
      appeal_id: appealId,
      at: filing.now,
      subject_type: matter.subject.type,
      subject_id: matter.subject.id,
      party_type: matter.party?.type ?? null,
      party_id: matter.party?.id ?? null,
      root: matter.root.decision,
      action_ids: JSON.stringify(matter.actions.map((found) => found.action_id)),
      text: filing.text,
      due_at: filing.now + step.dueHours * hour,
      side: filing.side,
      level: step.level,
      chance: step.chance,
      evidence: JSON.stringify(evidence),
      open_until: step.until * 1000,
      cause: matter.cause,
      actor: filing.by.id,
    }
    await record(tx, 'appeals', row)
    const files = evidence.flatMap(({ kind, value }) => (kind === 'file' ? [value] : []))
    const sender = filing.sender ?? filing.by
    await attachFiles(tx, files, { to: { type: 'appeal', id: appealId }, sender, now: filing.now })
    const resting = new Set(filing.side === 'subject' ? (matter.rule.suspends ?? []) : [])
    await enforcement.reverse(
      tx,
      { actions: matter.actions.filter((action) => resting.has(action.kind)), points: [] },
      { cause: appealId, actor: 'system', at: filing.now },
    )
    return row
  })
}

/** What the next appeal of this side would be, or why there is none. */
function stepOf(matter: Matter, side: store.Side, { now, evidence }: { now: number; evidence: boolean }): NextStep {
  const earlier = matter.root.appeals
    .filter((row) => row.side === side && (row.party_id ?? '') === (matter.party?.id ?? ''))
    .map(({ level, outcome, decided_at }) => ({
      level,
      outcome,
      decidedAt: decided_at === null ? null : decided_at / 1000,
    }))
  const levels = side === 'reporter' ? reporterLevelsOf(matter.rule) : matter.rule.levels
  return nextAppeal(levels, earlier, { at: matter.at / 1000, now: now / 1000, evidence })
}

/** The next step against one action, without filing: for lists and for the portal. */
export async function appealStep(
  { db, rules }: Pick<FilingInput, 'db' | 'rules'>,
  filing: Omit<FilingSubject, 'side'> & { now: number; evidence?: boolean },
): Promise<NextStep> {
  const matter = await subjectMatter(db, rules(), { ...filing, side: 'subject' })
  return stepOf(matter, 'subject', { now: filing.now, evidence: filing.evidence ?? true })
}

/** The next complaint of a reporter about the outcome of a case. @throws not_found, appeal_closed while there is no outcome */
export async function reporterStep(
  { db, rules }: Pick<FilingInput, 'db' | 'rules'>,
  filing: Omit<FilingReporter, 'side'> & { now: number },
): Promise<NextStep> {
  const matter = await reporterMatter(db, rules(), { ...filing, side: 'reporter' })
  return stepOf(matter, 'reporter', { now: filing.now, evidence: true })
}

function matterOf(db: store.AppealTx, rules: Rules, filing: Filing): Promise<Matter> {
  return filing.side === 'subject' ? subjectMatter(db, rules, filing) : reporterMatter(db, rules, filing)
}

async function subjectMatter(
  db: store.AppealDb | store.AppealTx,
  rules: Rules,
  { actionId, acting }: FilingSubject,
): Promise<Matter> {
  const action = (await actionStore.actionById(db, actionId)) ?? (await pointsAsMatter(db, actionId))
  const party = action?.party_id && action.party_type ? { type: action.party_type, id: action.party_id } : null
  if (!action || (acting !== undefined && (party?.type !== acting.type || party.id !== acting.id)))
    throw problem({
      code: 'not_found',
      field: 'action_id',
      value: actionId,
      detail: { zh: '没有这条处置', en: 'No such action' },
    })
  const root = await rootOf(db, action.cause)
  const waiting = root.appeals.some((row) => row.outcome === null && row.side === 'subject')
  if (!waiting && !(await isOpenToAppeal(db, root, action))) throw refusal('reversed', { side: 'subject', actionId })
  return {
    root,
    subject: { type: action.target_type, id: action.target_id },
    party,
    rule: appealRuleOf(rules, {
      partyType: action.party_type,
      policy: action.policy,
      markets: JSON.parse(action.markets) as string[],
    }),
    at: action.at,
    actions: (await inForce(db, root)).actions,
    cause: actionId,
  }
}

const pointsKind = 'points'

/** Points without a restriction, such as those of a linked party, are appealed against like an action on the party. */
async function pointsAsMatter(db: store.AppealDb | store.AppealTx, entryId: string): Promise<ActionRow | undefined> {
  const entry = await actionStore.pointsById(db, entryId)
  if (entry?.type !== 'violation') return undefined
  return {
    action_id: entry.entry_id,
    at: entry.at,
    kind: pointsKind,
    target_type: entry.party_type,
    target_id: entry.party_id,
    party_type: entry.party_type,
    party_id: entry.party_id,
    markets: '["*"]',
    until: null,
    policy: entry.policy,
    policy_version: entry.policy_version,
    strategy: null,
    strategy_version: null,
    severity: null,
    inverse_of: null,
    position: null,
    cause: entry.joint_of == null ? entry.cause : entry.entry_id,
    actor: entry.actor,
  }
}

/** A restriction that holds, or that ran out by itself: what it cost can still be given back. */
async function isOpenToAppeal(db: store.AppealDb | store.AppealTx, root: Root, action: ActionRow): Promise<boolean> {
  if (action.kind === pointsKind) return (await inForce(db, root)).points.length > 0
  if (action.inverse_of !== null || !actionKind(action.kind)?.restrictive) return false
  const inverse = (await actionStore.reversals(db, [action.action_id])).get(action.action_id)
  if (!inverse || inverse.cause === action.action_id) return true
  // Reduced before: what is left of the decision is still there to appeal against.
  const alive = await inForce(db, root)
  return root.appeals.length > 0 && alive.actions.length + alive.points.length > 0
}

async function reporterMatter(
  db: store.AppealDb | store.AppealTx,
  rules: Rules,
  { caseId, acting, since }: FilingReporter,
): Promise<Matter> {
  const found = await caseStore.findCase(db, caseId, 0)
  if (!found)
    throw problem({
      code: 'not_found',
      field: 'case_id',
      value: caseId,
      detail: { zh: '没有这个案件', en: 'No such case' },
    })
  if (found.status !== 'closed' || found.decided_at === null)
    throw problem({
      code: 'appeal_closed',
      field: 'case_id',
      value: caseId,
      detail: { zh: '案件还没有结论', en: 'The case has no outcome yet' },
      fix: { zh: '等到判定生效后再申诉', en: 'Appeal when its decision has taken effect' },
    })
  const policies = JSON.parse(found.policies) as string[]
  return {
    root: await rootOf(db, found.decision_id),
    subject: { type: found.subject_type, id: found.subject_id },
    party: acting,
    rule: appealRuleOf(rules, {
      partyType: found.party_type,
      policy: policies[0] ?? null,
      markets: JSON.parse(found.markets) as string[],
    }),
    at: since ?? found.decided_at,
    actions: [],
    cause: caseId,
  }
}

type Why = Extract<NextStep, { open: false }>['why'] | 'reversed'

const refusals: Readonly<Record<Exclude<Why, 'pending'>, { detail: Text; fix?: Text }>> = {
  reversed: {
    detail: {
      zh: '处置已撤销，或不是限制措施',
      en: 'The action is no longer in force, or is no restriction',
    },
  },
  overturned: { detail: { zh: '申诉已经成立', en: 'The appeal has succeeded already' } },
  window: { detail: { zh: '申诉期已过', en: 'The window for an appeal is over' } },
  chances: { detail: { zh: '申诉机会已用完', en: 'Every chance to appeal has been used' } },
  evidence: {
    detail: { zh: '再次申诉需要新的证据', en: 'A further appeal needs new evidence' },
    fix: { zh: '在 evidence 中附上', en: 'Attach it as evidence' },
  },
}

function refusal(why: Why, filing: { side: store.Side; actionId?: string; caseId?: string }) {
  const about =
    filing.side === 'subject'
      ? { field: 'action_id', value: filing.actionId }
      : { field: 'case_id', value: filing.caseId }
  if (why === 'pending')
    return problem({
      code: 'appeal_exists',
      ...about,
      detail: { zh: '对这次判定的申诉正在处理', en: 'An appeal against this decision is waiting already' },
    })
  return problem({ code: 'appeal_closed', why, ...about, ...refusals[why] })
}
