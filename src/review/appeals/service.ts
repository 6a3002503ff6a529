import {
  type ActionRow,
  actionKind,
  actionStore,
  actionTitle,
  appealDays,
  type Enforcement,
  type NoticeRow,
  type PointsRow,
  type Reversal,
  type Rules,
  titleOf,
} from '../../enforcement/actions/index.ts'
import { writeAppealNotice } from '../../enforcement/notices/index.ts'
import type { Decided } from '../../judgement/decisions/index.ts'
import { record } from '../../kernel/database.ts'
import { derivedId, newId } from '../../kernel/ids.ts'
import type { Principal } from '../../kernel/operation.ts'
import { problem } from '../../kernel/problems.ts'
import { day } from '../../kernel/time.ts'
import type { Policy } from '../../vocabulary/packs/index.ts'
import { type CaseRow, caseStore } from '../cases/index.ts'
import * as store from './store.ts'

export const appealOutcomes = ['upheld', 'reduced', 'overturned'] as const
export type AppealOutcome = (typeof appealOutcomes)[number]

/** Time to the first answer to an appeal; a platform default. */
export const appealDueMicros = 3 * day

export type Appeals = ReturnType<typeof createAppeals>

export interface AppealsInput {
  readonly db: store.AppealDb
  readonly enforcement: Enforcement
  readonly rules: () => Rules
  readonly entryAt: (position: number) => Promise<Decided>
}

/** Everything that stems from one decision: the automatic one and those of its cases. */
interface Root {
  readonly decision: string
  readonly position: number | null
  readonly cases: readonly CaseRow[]
  readonly actions: ActionRow[]
  readonly points: PointsRow[]
  /** People who decided something of it. */
  readonly deciders: ReadonlySet<string>
}

export function createAppeals({ db, enforcement, rules, entryAt }: AppealsInput) {
  async function rootOf(cause: string, tx: store.AppealDb | store.AppealTx = db): Promise<Root> {
    const event = await caseStore.caseEvent(tx, cause)
    const found = event
      ? await tx.selectFrom('cases').selectAll().where('case_id', '=', event.case_id).executeTakeFirst()
      : undefined
    const decision = found?.decision_id ?? cause
    const cases = await caseStore.casesOfDecision(tx, decision)
    const events = (await Promise.all(cases.map((row) => caseStore.eventsOfCase(tx, row.case_id)))).flat()
    const causes = [decision, ...events.map((row) => row.case_event_id)]
    const actions = (await actionStore.actionsByCause(tx, causes)).filter((action) => action.inverse_of === null)
    return {
      decision,
      position: cases[0]?.position ?? actions[0]?.position ?? null,
      cases,
      actions,
      points: (await actionStore.pointsByCause(tx, causes)).filter((entry) => entry.type === 'violation'),
      deciders: new Set(events.filter((row) => row.type === 'decided').map((row) => row.actor)),
    }
  }

  async function mustFind(id: string): Promise<store.ListedAppeal> {
    const found = await store.findAppeal(db, id)
    if (!found)
      throw problem({
        code: 'not_found',
        field: 'appeal_id',
        value: id,
        detail: { zh: '没有这个申诉', en: 'No such appeal' },
      })
    return found
  }

  async function inForce(
    root: Root,
    tx: store.AppealDb | store.AppealTx = db,
  ): Promise<{ actions: ActionRow[]; points: PointsRow[] }> {
    const reversed = await actionStore.reversals(
      tx,
      root.actions.map((action) => action.action_id),
    )
    const returned = await actionStore.overturnedPoints(
      tx,
      root.points.map((entry) => entry.entry_id),
    )
    return {
      actions: root.actions.filter((action) => !reversed.has(action.action_id)),
      points: root.points.filter((entry) => !returned.has(entry.entry_id)),
    }
  }

  return {
    list: (filter: { status?: 'open' | 'decided' | undefined; limit: number; after?: string | undefined }) =>
      store.listAppeals(db, filter),
    on: (subject: { type: string; id: string }) => store.appealsOn(db, subject),
    find: mustFind,
    open: () => store.openAppeals(db),
    rootOf,
    inForce,

    /**
     * Files an appeal against an action; it concerns everything that stems from the same decision. One appeal for each decision.
     * @throws not_found, appeal_exists, appeal_closed.
     */
    async file(input: {
      actionId: string
      text: string
      by: Principal
      now: number
    }): Promise<{ appeal_id: string; due_at: number }> {
      const action = await actionStore.actionById(db, input.actionId)
      if (!action)
        throw problem({
          code: 'not_found',
          field: 'action_id',
          value: input.actionId,
          detail: { zh: '没有这条处置', en: 'No such action' },
        })
      const root = await rootOf(action.cause)
      const alive = await inForce(root)
      if (
        action.inverse_of !== null ||
        !alive.actions.some((row) => row.action_id === action.action_id) ||
        action.at + appealDays * day < input.now ||
        !actionKind(action.kind)?.restrictive
      )
        throw problem({
          code: 'appeal_closed',
          field: 'action_id',
          value: input.actionId,
          detail: {
            zh: '处置已撤销、不是限制措施，或申诉期已过',
            en: 'The action is no longer in force, is no restriction, or its appeal window is over',
          },
        })
      const row: store.AppealRow = {
        appeal_id: newId('apl'),
        at: input.now,
        subject_type: action.target_type,
        subject_id: action.target_id,
        party_type: action.party_type,
        party_id: action.party_id,
        root: root.decision,
        action_ids: JSON.stringify(alive.actions.map((found) => found.action_id)),
        text: input.text,
        due_at: input.now + appealDueMicros,
        cause: action.action_id,
        actor: input.by.id,
      }
      await db.transaction().execute(async (tx) => {
        if (await store.appealByRoot(tx, root.decision))
          throw problem({
            code: 'appeal_exists',
            field: 'action_id',
            value: input.actionId,
            detail: { zh: '对这次判定已经申诉过', en: 'There is an appeal against this decision already' },
          })
        await record(tx, 'appeals', row)
      })
      return { appeal_id: row.appeal_id, due_at: row.due_at }
    },

    /**
     * Decides an appeal. `overturned` takes back every effect of the decision, `reduced` all but `keep`, and records the label.
     * @throws same_reviewer when the appeal would be decided by who made the first decision or filed it; already_decided.
     */
    async decide(
      id: string,
      decided: { outcome: AppealOutcome; note: string; keep?: readonly string[] | undefined },
      by: Principal,
      now: number,
    ) {
      const appeal = await mustFind(id)
      if (appeal.outcome !== null)
        throw problem({
          code: 'already_decided',
          field: 'appeal_id',
          value: id,
          detail: { zh: '申诉已经处理', en: 'The appeal is decided already' },
        })
      const root = await rootOf(appeal.root)
      if (root.deciders.has(by.id) || appeal.actor === by.id)
        throw problem({
          code: 'same_reviewer',
          field: 'appeal_id',
          value: id,
          detail: {
            zh: '须由另一位审核员处理',
            en: 'Another reviewer must decide: you decided the case or filed the appeal',
          },
        })
      const eventId = derivedId('aev', id)
      const entry = root.position === null ? null : await entryAt(root.position)
      const title = entry ? titleOf(entry.event) : ''
      return db.transaction().execute(async (tx) => {
        const again = await store.findAppeal(tx, id)
        if (again?.outcome !== null)
          throw problem({
            code: 'already_decided',
            field: 'appeal_id',
            value: id,
            detail: { zh: '申诉已经处理', en: 'The appeal is decided already' },
          })
        await record(tx, 'appeal_events', {
          appeal_event_id: eventId,
          at: now,
          appeal_id: id,
          outcome: decided.outcome,
          note: decided.note,
          cause: id,
          actor: by.id,
        })
        // Read again inside the transaction: a case may have taken effect since.
        const present = await rootOf(appeal.root, tx)
        const alive = await inForce(present, tx)
        const keep = new Set(
          decided.outcome === 'upheld'
            ? alive.actions.map((row) => row.action_id)
            : decided.outcome === 'reduced'
              ? (decided.keep ?? [])
              : [],
        )
        const cause = { cause: eventId, actor: by.id, at: now }
        const back = await enforcement.reverse(
          tx,
          {
            actions: alive.actions.filter((row) => !keep.has(row.action_id)),
            points: decided.outcome === 'upheld' ? [] : alive.points,
          },
          cause,
        )
        const strategies =
          entry?.decision.findings
            .filter((finding) => finding.mode === 'live')
            .map((finding) => `${finding.strategy}@${finding.version}`) ??
          root.actions.flatMap((row) => (row.strategy ? [`${row.strategy}@${row.strategy_version}`] : []))
        const label = decided.outcome === 'overturned' ? 'ok' : 'violation'
        const labelId = derivedId('lbl', eventId)
        await record(tx, 'labels', {
          label_id: labelId,
          at: now,
          event_id: entry?.event.id ?? null,
          source: entry?.event.source ?? null,
          subject_type: appeal.subject_type,
          subject_id: appeal.subject_id,
          policy: root.actions[0]?.policy ?? null,
          label,
          origin: 'appeal',
          strategies: JSON.stringify([...new Set(strategies)]),
          cause: eventId,
          actor: by.id,
        })
        if (decided.outcome === 'overturned')
          for (const found of present.cases) await caseStore.closeByAppeal(tx, found.case_id, cause)
        const notice = answerNotice(
          { appeal, title, policy: rules().policy(root.actions[0]?.policy ?? '') },
          { ...decided, ...back },
          cause,
        )
        if (notice) await record(tx, 'notices', notice)
        return { restored: back.actions, pointsReturned: back.pointsReturned, labelId }
      })
    },
  }
}

/** The answer that the party gets, whatever was decided; null when nobody answers for the subject. */
function answerNotice(
  { appeal, title, policy }: { appeal: store.AppealRow; title: string; policy: Policy | undefined },
  decided: Reversal & { readonly outcome: AppealOutcome; readonly note: string },
  by: { cause: string; actor: string; at: number },
): NoticeRow | null {
  if (appeal.party_type === null || appeal.party_id === null) return null
  const text = writeAppealNotice({
    subject: { id: appeal.subject_id, title },
    outcome: decided.outcome,
    restored: decided.actions.map((action) => actionTitle(action.kind)),
    pointsReturned: decided.pointsReturned,
    note: decided.note,
    policies: policy ? [policy] : [],
  })
  return {
    notice_id: derivedId('ntc', by.cause),
    at: by.at,
    party_type: appeal.party_type,
    party_id: appeal.party_id,
    subject_type: appeal.subject_type,
    subject_id: appeal.subject_id,
    action_ids: JSON.stringify(decided.actions.map((action) => action.action_id)),
    text: JSON.stringify(text),
    deadline: null,
    policy: policy?.id ?? null,
    cause: by.cause,
    actor: by.actor,
  }
}
