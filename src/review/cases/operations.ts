import { Type } from '@sinclair/typebox'
import { actionTitle, type Rules } from '../../enforcement/actions/index.ts'
import { operation } from '../../kernel/operation.ts'
import { anything, listOf, paging } from '../../kernel/paging.ts'
import { formatTime } from '../../kernel/time.ts'
import type { Text } from '../../kernel/values.ts'
import { actionOf, outcomes, outcomeTitles, undoMicros } from './model.ts'
import type { Cases } from './service.ts'
import type { CaseEventRow, ListedCase } from './store.ts'

const caseId = Type.Object({ case_id: Type.String() })
const choice = {
  outcome: Type.Union(outcomes.map((outcome) => Type.Literal(outcome))),
  policy: Type.Optional(Type.String()),
  markets: Type.Optional(Type.Array(Type.String())),
  points: Type.Optional(Type.Number({ minimum: 0 })),
}

export interface CaseOperationsInput {
  readonly cases: Cases
  readonly rules: () => Rules
  /** The newest event of a subject, from the facts; null when there is none. */
  readonly newestEvent: (subject: { type: string; id: string }) => Promise<unknown>
  readonly timeline: (subject: { type: string; id: string }) => Promise<unknown[]>
}

/** A case as lists show it. */
export function caseView(row: ListedCase, rules: Rules, now: number) {
  const policies = JSON.parse(row.policies) as string[]
  return {
    case_id: row.case_id,
    queue: row.queue,
    status: row.status === 'open' && row.holder !== null ? 'leased' : row.status === 'closed' ? 'decided' : row.status,
    severity: row.severity,
    subject: { type: row.subject_type, id: row.subject_id, title: row.title },
    party: row.party_id === null ? null : { type: row.party_type, id: row.party_id, name: row.party_id },
    markets: JSON.parse(row.markets) as string[],
    verdict: row.verdict,
    policies: policies.map((id) => ({ id, title: rules.policy(id)?.title ?? { zh: id, en: id } })),
    opened_at: formatTime(row.at),
    due_at: formatTime(row.due_at),
    overdue: row.status === 'open' && row.due_at < now,
    site: row.site,
    leased_by: row.holder === null ? null : { id: row.holder, name: row.holder_name },
    leased_until: row.until === null ? null : formatTime(row.until),
    outcome: row.outcome,
    decided_at: row.decided_at === null ? null : formatTime(row.decided_at),
    decided_by: row.decided_by,
  }
}

export function caseOperations({ cases, rules, newestEvent, timeline }: CaseOperationsInput) {
  return [
    operation({
      name: 'cases.list',
      summary: { zh: '案件列表', en: 'List cases' },
      method: 'GET',
      path: '/v1/cases',
      permission: 'case.read',
      input: Type.Object({
        ...paging,
        queue: Type.Optional(Type.String()),
        status: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('mine'), Type.Literal('decided')])),
        severity: Type.Optional(Type.String()),
        market: Type.Optional(Type.String()),
        q: Type.Optional(Type.String({ maxLength: 200 })),
      }),
      output: listOf,
      run: async ({ principal, now }, { limit = 50, ...filter }) => {
        const { items, total } = await cases.list({
          ...filter,
          status: filter.status,
          queue: filter.queue,
          severity: filter.severity,
          market: filter.market,
          q: filter.q,
          after: filter.after,
          limit: limit + 1,
          holder: principal.id,
          now,
        })
        const last = items[limit - 1]
        const next =
          items.length > limit && last ? `${filter.status === 'decided' ? last.at : last.due_at}~${last.case_id}` : null
        return { items: items.slice(0, limit).map((row) => caseView(row, rules(), now)), next, total }
      },
    }),
    operation({
      name: 'cases.next',
      summary: { zh: '领取最紧急的案件', en: 'Take the most urgent case' },
      method: 'POST',
      path: '/v1/cases/next',
      permission: 'case.decide',
      audited: false,
      input: Type.Object({
        queue: Type.Optional(Type.String()),
        after_case_id: Type.Optional(Type.String()),
        skip: Type.Optional(Type.Array(Type.String(), { maxItems: 200 })),
      }),
      output: anything,
      run: async ({ principal, now }, { queue, after_case_id, skip = [] }) => ({
        case_id: await cases.next({ queue, skip: after_case_id ? [...skip, after_case_id] : skip }, principal, now),
      }),
    }),
    operation({
      name: 'cases.get',
      summary: { zh: '案件详情', en: 'One case' },
      method: 'GET',
      path: '/v1/cases/:case_id',
      permission: 'case.read',
      input: caseId,
      output: anything,
      errors: ['not_found'],
      run: async ({ now }, { case_id }) => caseDetail(await cases.find(case_id, now), now),
    }),
    operation({
      name: 'cases.lease',
      summary: { zh: '领取案件', en: 'Take a case' },
      method: 'POST',
      path: '/v1/cases/:case_id/lease',
      permission: 'case.decide',
      audited: false,
      input: caseId,
      output: anything,
      errors: ['not_found', 'not_leased'],
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
      audited: false,
      input: Type.Object({ case_id: Type.String(), ...choice }),
      output: anything,
      errors: ['not_found'],
      run: async ({ now }, { case_id, ...decided }) => {
        const { notice, actions, points } = await cases.preview(case_id, decided, now)
        return {
          notice: noticeText(notice?.text),
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
      input: Type.Object({ case_id: Type.String(), ...choice, note: Type.Optional(Type.String({ maxLength: 4000 })) }),
      output: anything,
      errors: ['not_found', 'already_decided', 'not_leased'],
      run: async ({ principal, now }, { case_id, ...decided }) => {
        const { case_event_id, effectiveAt, notice } = await cases.decide(case_id, decided, principal, now)
        return {
          decision_id: case_event_id,
          effective_at: formatTime(effectiveAt),
          notice_preview: noticeText(notice?.text),
        }
      },
    }),
    operation({
      name: 'cases.undo',
      summary: { zh: '撤回判定', en: 'Undo a decision' },
      method: 'POST',
      path: '/v1/cases/:case_id/undo',
      permission: 'case.decide',
      input: caseId,
      output: anything,
      errors: ['too_late'],
      run: async ({ principal, now }, { case_id }) => {
        await cases.undo(case_id, principal, now)
        return {}
      },
    }),
  ]

  async function caseDetail(row: ListedCase, now: number) {
    const known = rules()
    const { event, decision } = await cases.entryAt(row.position)
    const policies = (JSON.parse(row.policies) as string[]).flatMap((id) => known.policy(id) ?? [])
    const first = policies[0]
    const live = decision.findings.filter((finding) => finding.mode === 'live')
    const [similar, events, now_, items] = await Promise.all([
      cases.similar(row),
      cases.events(row.case_id),
      newestEvent({ type: row.subject_type, id: row.subject_id }),
      timeline({ type: row.subject_type, id: row.subject_id }),
    ])
    return {
      ...caseView(row, known, now),
      event,
      decision,
      now: now_,
      spans: live.flatMap((finding) =>
        finding.evidence.flatMap((item) =>
          item.start === undefined
            ? []
            : [
                {
                  field: item.field,
                  start: item.start,
                  end: item.end,
                  strategy: finding.strategy,
                  term: item.term ?? null,
                  tag: item.tag ?? null,
                },
              ],
        ),
      ),
      policies: policies.map((policy) => ({
        id: policy.id,
        title: policy.title,
        text: policy.text,
        severity: policy.severity,
        legal_basis: policy.legal_basis ?? null,
        fix: policy.notice.fix,
        points: policy.points ?? null,
      })),
      similar: similar.map((found) => ({
        case_id: found.case_id,
        title: found.title,
        outcome: found.outcome,
        decided_at: found.decided_at === null ? null : formatTime(found.decided_at),
        policy: first?.id ?? null,
      })),
      timeline: items,
      choices: outcomes
        .filter(
          (outcome) =>
            outcome !== 'remove_and_points' || (first?.points && row.party_type && known.ladderOf(row.party_type)),
        )
        .map((outcome, index) => {
          const kind = actionOf(outcome, row.subject_type)
          return {
            key: String(index + 1),
            outcome,
            title: outcomeTitles[outcome],
            actions: kind === null ? [] : [{ kind, title: actionTitle(kind) }],
            points: outcome === 'remove_and_points' ? (first?.points?.points ?? null) : null,
          }
        }),
      outcome: outcomeOf(events),
      undo_until: row.status === 'decided' && row.decided_at !== null ? formatTime(row.decided_at + undoMicros) : null,
    }
  }
}

function outcomeOf(events: readonly CaseEventRow[]) {
  const decided = events.filter((event) => event.type === 'decided').at(-1)
  if (!decided) return null
  const title: Text = outcomeTitles[decided.outcome as keyof typeof outcomeTitles] ?? { zh: '', en: '' }
  return {
    outcome: decided.outcome,
    title,
    policy: decided.policy,
    at: formatTime(decided.at),
    by: decided.actor,
    effective: events.some((event) => event.type === 'effective' && event.cause === decided.case_event_id),
    note: (JSON.parse(decided.data) as { note?: string }).note ?? null,
  }
}

function noticeText(json: string | undefined): unknown {
  if (json === undefined) return { zh: '没有要告知的处置。', en: 'There is nothing to give notice of.' }
  const { zh, en } = JSON.parse(json) as { zh: { body: string }; en: { body: string } }
  return { zh: zh.body, en: en.body }
}
