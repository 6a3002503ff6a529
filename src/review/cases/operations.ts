import { Type } from '@sinclair/typebox'
import { actionTitle } from '../../enforcement/actions/index.ts'
import { operation, type Principal } from '../../kernel/operation.ts'
import { anything, listOf, paging } from '../../kernel/paging.ts'
import { problem } from '../../kernel/problems.ts'
import { formatTime } from '../../kernel/time.ts'
import { type CaseOperationsInput, caseDetail, type LateMark } from './detail.ts'
import { outcomes } from './model.ts'
import type { ListedCase } from './store.ts'
import { caseView, lateView, noticeText, priorityView } from './view.ts'

const caseId = Type.Object({ case_id: Type.String() })
export const choice = {
  outcome: Type.Union(outcomes.map((outcome) => Type.Literal(outcome))),
  policy: Type.Optional(Type.String()),
  markets: Type.Optional(Type.Array(Type.String())),
  points: Type.Optional(Type.Number({ minimum: 0 })),
}

export function caseOperations(input: CaseOperationsInput) {
  const { cases, rules } = input
  const nobody: ReadonlyMap<string, LateMark> = new Map()
  const lateAt = async (now: number) => (await input.late?.(now)) ?? nobody
  const listed = (row: ListedCase, principal: Principal, { now, late }: { now: number; late: typeof nobody }) => {
    const hidden = cases.hides(row, principal)
    return {
      ...caseView(row, rules(), now, { hidden }),
      will_be_late: row.status === 'open' ? lateView(late.get(row.case_id)) : null,
      priority: row.status === 'open' ? priorityView(row, cases.priority(row, now), { now, hidden }) : null,
    }
  }
  return [
    operation({
      name: 'cases.list',
      summary: { zh: '案件列表', en: 'List cases' },
      method: 'GET',
      path: '/v1/cases',
      permission: 'case.read',
      scope: 'rows',
      input: Type.Object({
        ...paging,
        queue: Type.Optional(Type.String()),
        status: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('mine'), Type.Literal('decided')])),
        severity: Type.Optional(Type.String()),
        market: Type.Optional(Type.String()),
        q: Type.Optional(Type.String({ maxLength: 200 })),
        sort: Type.Optional(
          Type.Union([Type.Literal('priority'), Type.Literal('due')], {
            description: 'priority (default for open cases) or due',
          }),
        ),
      }),
      output: listOf,
      errors: ['invalid_input'],
      run: async ({ principal, now }, { limit = 50, sort = 'priority', ...filter }) => {
        const wanted = {
          status: filter.status,
          queue: filter.queue,
          severity: filter.severity,
          market: filter.market,
          q: filter.q,
          holder: principal.id,
        }
        const late = filter.status === 'decided' ? nobody : await lateAt(now)
        if (filter.status !== 'decided' && sort === 'priority') {
          // The order is that of the moment of the first page, so that paging neither skips nor repeats.
          const { asOf, offset } = place(filter.after, now)
          const { items, total } = await cases.listByPriority({ ...wanted, limit, now: asOf }, offset)
          const next = offset + limit < total ? `${asOf}~${offset + limit}` : null
          return { items: items.map((row) => listed(row, principal, { now, late })), next, total }
        }
        const { items, total } = await cases.list({ ...wanted, after: filter.after, limit: limit + 1, now })
        const last = items[limit - 1]
        const next =
          items.length > limit && last ? `${filter.status === 'decided' ? last.at : last.due_at}~${last.case_id}` : null
        return { items: items.slice(0, limit).map((row) => listed(row, principal, { now, late })), next, total }
      },
    }),
    operation({
      name: 'cases.next',
      summary: { zh: '领取最紧急的案件', en: 'Take the most urgent case' },
      method: 'POST',
      path: '/v1/cases/next',
      permission: 'case.decide',
      scope: 'rows',
      audited: false,
      input: Type.Object({
        queue: Type.Optional(Type.String()),
        after_case_id: Type.Optional(Type.String()),
        skip: Type.Optional(Type.Array(Type.String(), { maxItems: 200 })),
      }),
      output: anything,
      run: async ({ principal, now }, { queue, after_case_id, skip = [] }) => ({
        case_id: await cases.next(
          {
            queue,
            skip: after_case_id ? [...skip, after_case_id] : skip,
            // Asked for beside a case that is on the screen, it is prepared for later.
            shown: after_case_id === undefined,
          },
          principal,
          now,
        ),
      }),
    }),
    operation({
      name: 'cases.get',
      summary: { zh: '案件详情', en: 'One case' },
      method: 'GET',
      path: '/v1/cases/:case_id',
      permission: 'case.read',
      scope: { id: 'case_id' },
      input: caseId,
      output: anything,
      errors: ['not_found'],
      run: async ({ principal, now }, { case_id }) => {
        const row = await cases.find(case_id, now)
        return {
          ...listed(row, principal, { now, late: await lateAt(now) }),
          ...(await caseDetail(row, principal, input)),
        }
      },
    }),
    operation({
      name: 'cases.lease',
      summary: { zh: '领取案件', en: 'Take a case' },
      method: 'POST',
      path: '/v1/cases/:case_id/lease',
      permission: 'case.decide',
      scope: { id: 'case_id' },
      audited: false,
      input: caseId,
      output: anything,
      errors: ['not_found', 'not_leased', 'not_allowed', 'same_reviewer'],
      run: async ({ principal, now }, { case_id }) => ({
        until: formatTime(await cases.lease(case_id, principal, now)),
      }),
    }),
    operation({
      name: 'cases.release',
      summary: { zh: '放回案件', en: 'Put a case back' },
      method: 'DELETE',
      path: '/v1/cases/:case_id/lease',
      permission: 'case.decide',
      scope: { id: 'case_id' },
      audited: false,
      input: caseId,
      output: anything,
      run: async ({ principal }, { case_id }) => {
        await cases.release(case_id, principal)
        return {}
      },
    }),
    operation({
      name: 'cases.preview',
      summary: { zh: '预览判定的处置与告知', en: 'See actions and notice before deciding' },
      method: 'POST',
      path: '/v1/cases/:case_id/preview',
      permission: 'case.decide',
      scope: { id: 'case_id' },
      audited: false,
      input: Type.Object({ case_id: Type.String(), ...choice }),
      output: anything,
      errors: ['not_found', 'invalid_input'],
      run: async ({ principal, now }, { case_id, ...decided }) => {
        const { notice, actions, points } = await cases.preview(case_id, decided, now)
        // The notice quotes what the strategies matched.
        const hidden = cases.hides(await cases.find(case_id, now), principal)
        return {
          notice: hidden ? blindNotice : noticeText(notice?.text),
          actions: actions.map((action) => ({ kind: action.kind, title: actionTitle(action.kind) })),
          points: points.reduce((sum, entry) => sum + entry.points, 0),
        }
      },
    }),
    operation({
      name: 'cases.decide',
      summary: { zh: '判定案件（10 秒内可撤回）', en: 'Decide a case; it can be undone for 10 s' },
      method: 'POST',
      path: '/v1/cases/:case_id/decide',
      permission: 'case.decide',
      scope: { id: 'case_id' },
      input: Type.Object({ case_id: Type.String(), ...choice, note: Type.Optional(Type.String({ maxLength: 4000 })) }),
      output: anything,
      errors: ['not_found', 'already_decided', 'not_leased', 'same_reviewer', 'invalid_input'],
      run: async ({ principal, now }, { case_id, ...decided }) => {
        const { case_event_id, effectiveAt, notice, found } = await cases.decide(case_id, decided, principal, now)
        return {
          decision_id: case_event_id,
          effective_at: formatTime(effectiveAt),
          notice_preview: cases.hides(found, principal) ? blindNotice : noticeText(notice?.text),
        }
      },
    }),
    operation({
      name: 'cases.undo',
      summary: { zh: '撤回判定', en: 'Undo a decision' },
      method: 'POST',
      path: '/v1/cases/:case_id/undo',
      permission: 'case.decide',
      scope: { id: 'case_id' },
      input: caseId,
      output: anything,
      errors: ['too_late'],
      run: async ({ principal, now }, { case_id }) => {
        await cases.undo(case_id, principal, now)
        return {}
      },
    }),
  ]
}

/** Where a page of the list by priority begins: `<as of>~<offset>`. @throws invalid_input. */
function place(after: string | undefined, now: number): { asOf: number; offset: number } {
  if (after === undefined) return { asOf: now, offset: 0 }
  const [asOf, offset] = after.split('~').map(Number)
  if (asOf === undefined || offset === undefined || !Number.isInteger(offset) || !Number.isFinite(asOf) || offset < 0)
    throw problem({
      code: 'invalid_input',
      field: 'after',
      value: after,
      detail: { zh: '翻页位置无效', en: 'This is no place in the list' },
      fix: { zh: '使用上一页返回的 next', en: 'Use the "next" of the page before' },
    })
  return { asOf, offset }
}

const blindNotice = {
  zh: '盲审队列：判定生效后才显示告知内容。',
  en: 'A blind queue: the notice is shown once the decision has taken effect.',
}
