import { Type } from '@sinclair/typebox'
import {
  type ActionRow,
  actionKind,
  actionStore,
  actionTitle,
  appealDays,
  type NoticeRow,
} from '../../enforcement/actions/index.ts'
import { operation } from '../../kernel/operation.ts'
import { anything, listOf, page, paging } from '../../kernel/paging.ts'
import { problem } from '../../kernel/problems.ts'
import { day, formatTime } from '../../kernel/time.ts'
import type { Cases } from '../cases/index.ts'
import { type Appeals, appealOutcomes } from './service.ts'
import type { AppealDb, ListedAppeal } from './store.ts'

/** An action as people see it. */
export function actionView(row: ActionRow, reversedBy: ActionRow | undefined) {
  const restrictive = actionKind(row.kind)?.restrictive ?? false
  return {
    action_id: row.action_id,
    kind: row.kind,
    title: actionTitle(row.kind),
    target: { type: row.target_type, id: row.target_id },
    party: row.party_id === null ? null : { type: row.party_type, id: row.party_id },
    markets: JSON.parse(row.markets) as string[],
    at: formatTime(row.at),
    until: row.until === null ? null : formatTime(row.until),
    in_force: row.inverse_of === null && !reversedBy,
    reversed_by: reversedBy?.action_id ?? null,
    inverse_of: row.inverse_of,
    cause: row.cause,
    policy: row.policy,
    strategy: row.strategy === null ? null : `${row.strategy}@${row.strategy_version}`,
    actor: row.actor,
    appealable: restrictive && row.inverse_of === null && !reversedBy,
    appeal_until: restrictive ? formatTime(row.at + appealDays * day) : null,
  }
}

export async function actionViews(db: AppealDb, rows: readonly ActionRow[]) {
  const reversed = await actionStore.reversals(
    db,
    rows.map((row) => row.action_id),
  )
  return rows.map((row) => actionView(row, reversed.get(row.action_id)))
}

export function noticeView(row: NoticeRow) {
  return {
    notice_id: row.notice_id,
    to: { type: row.party_type, id: row.party_id },
    subject: { type: row.subject_type, id: row.subject_id },
    at: formatTime(row.at),
    text: JSON.parse(row.text) as unknown,
    action_ids: JSON.parse(row.action_ids) as string[],
    deadline: row.deadline === null ? null : formatTime(row.deadline),
  }
}

export function appealView(row: ListedAppeal, extra: { caseId: string | null; notYou: boolean }) {
  return {
    appeal_id: row.appeal_id,
    status: row.outcome ?? 'open',
    action_ids: JSON.parse(row.action_ids) as string[],
    case_id: extra.caseId,
    subject: { type: row.subject_type, id: row.subject_id, title: row.subject_id },
    party: row.party_id === null ? null : { type: row.party_type, id: row.party_id, name: row.party_id },
    by: row.actor,
    text: row.text,
    filed_at: formatTime(row.at),
    due_at: formatTime(row.due_at),
    decided_at: row.decided_at === null ? null : formatTime(row.decided_at),
    decided_by: row.decided_by,
    note: row.note,
    not_you: extra.notYou,
    root: row.root,
  }
}

export function appealOperations({ appeals, cases, db }: { appeals: Appeals; cases: Cases; db: AppealDb }) {
  async function view(row: ListedAppeal, me: string) {
    const root = await appeals.rootOf(row.root)
    const [found] = await db.selectFrom('cases').select('case_id').where('decision_id', '=', root.decision).execute()
    return appealView(row, { caseId: found?.case_id ?? null, notYou: root.deciders.has(me) || row.actor === me })
  }

  return [
    operation({
      name: 'appeals.list',
      summary: { zh: '申诉列表', en: 'List appeals' },
      method: 'GET',
      path: '/v1/appeals',
      permission: 'appeal.read',
      input: Type.Object({
        ...paging,
        status: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('decided')])),
      }),
      output: listOf,
      run: async ({ principal }, { limit = 50, after, status }) => {
        const found = page(await appeals.list({ status, limit: limit + 1, after }), limit, (row) => row.appeal_id)
        return { ...found, items: await Promise.all(found.items.map((row) => view(row, principal.id))) }
      },
    }),
    operation({
      name: 'appeals.file',
      summary: { zh: '提交申诉', en: 'File an appeal' },
      method: 'POST',
      path: '/v1/appeals',
      permission: 'appeal.file',
      errors: ['not_found', 'appeal_exists', 'appeal_closed'],
      input: Type.Object({
        action_id: Type.Optional(Type.String()),
        notice_id: Type.Optional(Type.String()),
        text: Type.String({ minLength: 1, maxLength: 20_000, description: 'why it is wrong, 1 to 20,000 characters' }),
        by: Type.Optional(Type.String()),
        language: Type.Optional(Type.String()),
      }),
      output: anything,
      run: async ({ principal, now }, { action_id, notice_id, text, by }) => {
        const actionId = action_id ?? (notice_id ? await actionOfNotice(notice_id) : undefined)
        if (!actionId)
          throw problem({
            code: 'invalid_input',
            field: 'action_id',
            value: null,
            detail: {
              zh: '需要 action_id 或 notice_id',
              en: 'Name the action_id or the notice_id that the appeal is about',
            },
          })
        // Whoever takes an appeal down for somebody else has not filed it: that person may still decide it.
        const actor = by ? { ...principal, id: `for:${by}` } : principal
        const filed = await appeals.file({ actionId, text, by: actor, now })
        return { appeal_id: filed.appeal_id, due_at: formatTime(filed.due_at) }
      },
    }),
    operation({
      name: 'appeals.get',
      summary: { zh: '申诉详情', en: 'One appeal' },
      method: 'GET',
      path: '/v1/appeals/:appeal_id',
      permission: 'appeal.read',
      input: Type.Object({ appeal_id: Type.String() }),
      output: anything,
      errors: ['not_found'],
      run: async ({ principal }, { appeal_id }) => {
        const row = await appeals.find(appeal_id)
        const root = await appeals.rootOf(row.root)
        const alive = await appeals.inForce(root)
        const entry = root.position === null ? null : await cases.entryAt(root.position)
        const notices = await actionStore.noticesByCause(db, [...new Set(root.actions.map((action) => action.cause))])
        return {
          ...(await view(row, principal.id)),
          actions: await actionViews(db, root.actions),
          notice: notices[0] ? noticeView(notices[0]) : null,
          event: entry?.event ?? null,
          decision: entry?.decision ?? null,
          trace: `/trace/${row.subject_type}/${row.subject_id}`,
          what_would_be_restored: [
            ...alive.actions.map((action) => ({ title: actionTitle(actionKind(action.kind)?.inverse ?? action.kind) })),
            ...alive.points.map((entry_) => ({
              title: { zh: `退回 ${entry_.points} 分`, en: `${entry_.points} points returned` },
            })),
          ],
        }
      },
    }),
    operation({
      name: 'appeals.decide',
      summary: { zh: '处理申诉（由另一位审核员）', en: 'Decide an appeal; another reviewer does it' },
      method: 'POST',
      path: '/v1/appeals/:appeal_id/decide',
      permission: 'appeal.decide',
      errors: ['not_found', 'already_decided', 'same_reviewer'],
      input: Type.Object({
        appeal_id: Type.String(),
        outcome: Type.Union(appealOutcomes.map((outcome) => Type.Literal(outcome))),
        note: Type.String({ minLength: 1, maxLength: 4000, description: 'the reason that the party will read' }),
        keep_action_ids: Type.Optional(Type.Array(Type.String())),
      }),
      output: anything,
      run: async ({ principal, now }, { appeal_id, outcome, note, keep_action_ids }) => {
        const { restored, pointsReturned, labelId } = await appeals.decide(
          appeal_id,
          { outcome, note, keep: keep_action_ids },
          principal,
          now,
        )
        return {
          restored: restored.map((row) => actionView(row, undefined)),
          points_returned: pointsReturned,
          label_id: labelId,
        }
      },
    }),
    operation({
      name: 'notices.get',
      summary: { zh: '告知书', en: 'One notice' },
      method: 'GET',
      path: '/v1/notices/:notice_id',
      permission: 'case.read',
      input: Type.Object({ notice_id: Type.String() }),
      output: anything,
      errors: ['not_found'],
      run: async (_context, { notice_id }) => {
        const row = await actionStore.noticeById(db, notice_id)
        if (!row)
          throw problem({
            code: 'not_found',
            field: 'notice_id',
            value: notice_id,
            detail: { zh: '没有这份告知书', en: 'No such notice' },
          })
        return noticeView(row)
      },
    }),
  ]

  async function actionOfNotice(id: string): Promise<string | undefined> {
    const row = await actionStore.noticeById(db, id)
    const ids = row ? (JSON.parse(row.action_ids) as string[]) : []
    const rows = await Promise.all(ids.map((action) => actionStore.actionById(db, action)))
    return rows.find((action) => action && actionKind(action.kind)?.restrictive)?.action_id
  }
}
