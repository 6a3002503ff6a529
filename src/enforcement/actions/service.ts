import type { Decided } from '../../judgement/decisions/index.ts'
import { putPlace } from '../../kernel/access/index.ts'
import { part, record } from '../../kernel/database.ts'
import { derivedId } from '../../kernel/ids.ts'
import { day, formatTime } from '../../kernel/time.ts'
import type { Text } from '../../kernel/values.ts'
import type { Policy } from '../../vocabulary/packs/index.ts'
import { writeNotice } from '../notices/index.ts'
import { actionKind, actionTitle } from './catalogue.ts'
import { endNotice } from './ended.ts'
import { appealDaysOf, inverseOf, type Origin, planEffects, type Rules } from './plan.ts'
import * as store from './store.ts'

export type Enforcement = ReturnType<typeof createEnforcement>

/** What took place when effects were taken back. */
export interface Reversal {
  readonly actions: readonly store.ActionRow[]
  readonly pointsReturned: number
}

/** Carries decisions out and takes them back; every row goes into the ledger with its news. */
export interface EnforcementInput {
  readonly db: store.ActionDb
  readonly rules: () => Rules
  /** The points that linked parties bear together with these; none where there are no links. */
  readonly joint?: (tx: store.ActionTx, entries: readonly store.PointsRow[]) => Promise<store.PointsRow[]>
}

export function createEnforcement({ db, rules, joint = async () => [] }: EnforcementInput) {
  const consumer = 'enforcement'

  async function write(
    tx: store.ActionTx,
    effects: { actions: readonly store.ActionRow[]; points: readonly store.PointsRow[] },
    notice: store.NoticeRow | null,
  ): Promise<void> {
    for (const action of effects.actions) await record(tx, 'actions', action)
    for (const entry of effects.points) await record(tx, 'points', entry)
    const violations = effects.points.filter((entry) => entry.type === 'violation')
    for (const entry of violations.length === 0 ? [] : await joint(tx, violations)) await record(tx, 'points', entry)
    if (notice) await record(tx, 'notices', notice)
  }

  /** Takes back what is in force among `actions` and `points`; what was taken back before stays as it is. */
  async function reverse(
    tx: store.ActionTx,
    found: { actions: readonly store.ActionRow[]; points: readonly store.PointsRow[] },
    by: { cause: string; actor: string; at: number },
  ): Promise<Reversal> {
    const forward = found.actions.filter((action) => action.inverse_of === null)
    const done = await store.reversals(
      tx,
      forward.map((action) => action.action_id),
    )
    const inverses = forward.filter((action) => !done.has(action.action_id)).map((action) => inverseOf(action, by))
    const roots = found.points.filter((entry) => entry.type === 'violation')
    // Whom a link made to bear the same penalty is freed with the root of it.
    const violations = [
      ...roots,
      ...(await store.jointPoints(
        tx,
        roots.map((entry) => entry.entry_id),
      )),
    ]
    const returned = await store.overturnedPoints(
      tx,
      violations.map((entry) => entry.entry_id),
    )
    const overturns = violations
      .filter((entry) => !returned.has(entry.entry_id))
      .map((entry) => ({
        ...entry,
        entry_id: derivedId('pts', 'inv', entry.entry_id),
        at: by.at,
        type: 'overturn',
        ref: entry.entry_id,
        about: null,
        cause: by.cause,
        actor: by.actor,
      }))
    await write(tx, { actions: inverses, points: overturns }, null)
    const own = new Set(roots.map((entry) => entry.entry_id))
    return {
      actions: inverses,
      pointsReturned: overturns.reduce((sum, entry) => sum + (own.has(entry.ref) ? entry.points : 0), 0),
    }
  }

  /** A timed action is over: its inverse, and once the notice that says so. */
  async function runOut(tx: store.ActionTx, action: store.ActionRow, now: number): Promise<void> {
    const { actions } = await reverse(
      tx,
      { actions: [action], points: [] },
      { cause: action.action_id, actor: 'system', at: now },
    )
    const notice = actions.length === 0 ? null : await endNotice(tx, action)
    if (notice) await record(tx, 'notices', notice)
  }

  return {
    /** Applies journal entries with their consequences and the cursor in one transaction. */
    async applyDecisions(batch: readonly Decided[], next: number): Promise<void> {
      const known = rules()
      const acting = batch.filter(({ decision }) => decision.verdict !== 'pass')
      await db.transaction().execute(async (tx) => {
        for (const { decision, event, loggedAt, position } of acting) {
          const origin = { ...originOf(decision, loggedAt), position }
          const place = { site: decision.event.site, markets: Object.keys(decision.markets) }
          await putPlace(part(tx), decision.decision_id, place)
          const effects = planEffects(decision, origin, known)
          const title = titleOf(event)
          await write(
            tx,
            effects,
            noticeRow({
              rules: known,
              effects,
              origin,
              policies: policiesOf(decision.findings, known),
              evidence: decision.findings
                .filter((finding) => finding.mode === 'live')
                .flatMap((finding) => finding.evidence),
              title,
              automated: true,
            }),
          )
        }
        await store.setApplied(tx, consumer, next)
      })
    },
    applied: () => store.appliedPosition(db, consumer),
    write,
    reverse,
    runOut,

    /** Takes back what was imposed for a time that is over and tells the party; returns how many. Each ends once, however often the clock ticks. */
    async expire(now: number): Promise<number> {
      const over = await store.overdueActions(db, now, 500)
      for (const action of over) await db.transaction().execute((tx) => runOut(tx, action, now))
      return over.length
    },
  }
}

/** What people call the subject of an event: its title, headline or text; empty when it has none. */
export function titleOf(event: Decided['event']): string {
  const { title, headline, text, body } = event.data
  return String(title ?? headline ?? text ?? body ?? '').slice(0, 200)
}

export function originOf(decision: Decided['decision'], loggedAt: number): Origin {
  const { event } = decision
  return {
    subject: { type: event.subject_type, id: event.subject },
    party: event.party !== null && event.party_type !== null ? { type: event.party_type, id: event.party } : null,
    cause: decision.decision_id,
    actor: 'strategy',
    at: loggedAt,
  }
}

export function policiesOf(findings: readonly { policy: string; mode: string }[], rules: Rules): Policy[] {
  const ids = new Set(findings.filter((finding) => finding.mode === 'live').map((finding) => finding.policy))
  return [...ids].flatMap((id) => rules.policy(id) ?? [])
}

export interface NoticeSource {
  readonly rules: Rules
  readonly effects: { actions: readonly store.ActionRow[]; points: readonly store.PointsRow[] }
  readonly origin: Origin
  readonly policies: readonly Policy[]
  readonly evidence: Parameters<typeof writeNotice>[0]['evidence']
  readonly title: string
  readonly automated: boolean
  readonly noticed?: boolean
  /** What the person who decided wrote; said after the policies. */
  readonly reason?: string | Text | undefined
}

/** The notice for a set of effects, or null when there is no party or nothing happened. */
export function noticeRow({
  rules,
  effects,
  origin,
  policies,
  evidence,
  title,
  automated,
  noticed = false,
  reason,
}: NoticeSource): store.NoticeRow | null {
  if (!origin.party || (effects.actions.length === 0 && effects.points.length === 0)) return null
  const restricts = effects.points.length > 0 || effects.actions.some((action) => actionKind(action.kind)?.restrictive)
  const deadline = restricts ? origin.at + appealDaysOf(rules, origin.party.type, effects.actions) * day : null
  const text = writeNotice({
    subject: { ...origin.subject, title },
    actions: effects.actions.map((action) => ({
      title: actionTitle(action.kind),
      markets: JSON.parse(action.markets) as string[],
    })),
    policies,
    evidence,
    automated,
    noticed,
    reason,
    points: effects.points.reduce((sum, entry) => sum + entry.points, 0),
    deadline: deadline === null ? null : formatTime(deadline).slice(0, 10),
  })
  return {
    notice_id: derivedId('ntc', origin.cause),
    at: origin.at,
    party_type: origin.party.type,
    party_id: origin.party.id,
    subject_type: origin.subject.type,
    subject_id: origin.subject.id,
    action_ids: JSON.stringify(effects.actions.map((action) => action.action_id)),
    text: JSON.stringify(text),
    deadline,
    policy: policies[0]?.id ?? null,
    cause: origin.cause,
    actor: origin.actor,
  }
}
