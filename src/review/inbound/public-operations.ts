import { Type } from '@sinclair/typebox'
import type { Context } from '../../kernel/operation.ts'
import { operation } from '../../kernel/operation.ts'
import { anything } from '../../kernel/paging.ts'
import { problem } from '../../kernel/problems.ts'
import type { RateLimit } from '../../kernel/rate-limit.ts'
import { formatTime } from '../../kernel/time.ts'
import { subjectTitles, subjectTypes } from '../../vocabulary/events/index.ts'
import { markets } from '../../vocabulary/markets.ts'
import { complaintView } from './complaints.ts'
import { filingInput } from './inputs.ts'
import { kindRules, type NoticeKind } from './kinds.ts'
import { suspendedUntil } from './misuse.ts'
import { receiptText } from './replies.ts'
import type { Inbound } from './service.ts'
import { measureView, replyView, rulesView } from './views.ts'

/** Enough for 10,000 characters and 20 links; files are sent before, each by itself. */
const mostBytes = 64 << 10
const receiptInput = Type.Object({
  notice_id: Type.String({ maxLength: 80 }),
  token: Type.String({ maxLength: 80, description: 'the code of the receipt' }),
})

export interface PublicInput {
  readonly inbound: Inbound
  /** Filed by one address, and looked up by one address. */
  readonly limits: { readonly filing: RateLimit; readonly following: RateLimit }
}

/** What anybody may do without signing in: give notice (DSA art. 16 is open to everybody), follow it, take it back. */
export function publicInboundOperations({ inbound, limits }: PublicInput) {
  const limited = (limit: RateLimit, { address, now }: Context): void => {
    if (limit.take(address ?? '', now)) return
    throw problem({
      code: 'too_many_requests',
      detail: { zh: '此网络地址的请求过多', en: 'Too many requests from this network address' },
      fix: { zh: '请一小时后再试', en: 'Try again in an hour' },
    })
  }
  return [
    operation({
      name: 'inbound.form',
      summary: { zh: '公开通知表单的选项', en: 'Choices of the public notice form' },
      method: 'GET',
      path: '/v1/public/notice-form',
      permission: 'public',
      input: Type.Object({}),
      output: anything,
      run: async () => {
        const { kinds, fields, classes } = rulesView()
        return {
          kinds: kinds.filter((found) => found.who === 'anyone'),
          fields,
          classes,
          markets: markets.map(({ id, title, groups }) => ({ id, title, groups })),
          targets: subjectTypes
            .filter((type) => type !== 'report')
            .map((type) => ({ id: type, title: subjectTitles[type] })),
        }
      },
    }),
    operation({
      name: 'inbound.file_public',
      summary: { zh: '任何人提交通知（无需登录）', en: 'Give notice without signing in' },
      method: 'POST',
      path: '/v1/public/notices',
      permission: 'public',
      mostBytes,
      input: Type.Object(filingInput),
      output: anything,
      errors: ['not_allowed', 'conflict', 'too_many_requests', 'too_large'],
      run: async (context, filing) => {
        limited(limits.filing, context)
        return receiptView(await inbound.filePublic(filing, context.now))
      },
    }),
    operation({
      name: 'inbound.follow',
      summary: { zh: '凭回执查看通知的处理情况', en: 'Follow a notice with its receipt' },
      method: 'POST',
      path: '/v1/public/notices/:notice_id/status',
      permission: 'public',
      audited: false,
      mostBytes,
      input: receiptInput,
      output: anything,
      errors: ['not_found', 'too_many_requests'],
      run: async (context, { notice_id, token }) => {
        limited(limits.following, context)
        return statusOf(notice_id, token, context.now)
      },
    }),
    operation({
      name: 'inbound.withdraw',
      summary: { zh: '凭回执撤回通知', en: 'Take a notice back with its receipt' },
      method: 'POST',
      path: '/v1/public/notices/:notice_id/withdraw',
      permission: 'public',
      mostBytes,
      input: receiptInput,
      output: anything,
      errors: ['not_found', 'conflict', 'too_many_requests'],
      run: async (context, { notice_id, token }) => {
        limited(limits.following, context)
        await inbound.withdraw(notice_id, token, context.now)
        return statusOf(notice_id, token, context.now)
      },
    }),
    operation({
      name: 'inbound.complain',
      summary: {
        zh: '凭回执投诉对通知的决定（由另一位人员处理）',
        en: 'Complain about the decision on a notice, with its receipt; somebody else decides',
      },
      method: 'POST',
      path: '/v1/public/notices/:notice_id/complaint',
      permission: 'public',
      mostBytes,
      input: Type.Composite([
        receiptInput,
        Type.Object({
          text: Type.String({
            minLength: 10,
            maxLength: 10_000,
            description: 'why the decision is wrong, 10 to 10,000',
          }),
          evidence: Type.Optional(
            Type.Array(Type.String({ minLength: 1, maxLength: 2000 }), {
              maxItems: 20,
              description: 'links, at most 20',
            }),
          ),
        }),
      ]),
      output: anything,
      errors: ['not_found', 'conflict', 'appeal_exists', 'appeal_closed', 'too_many_requests', 'too_large'],
      run: async (context, { notice_id, token, text, evidence = [] }) => {
        limited(limits.filing, context)
        const { notice } = await inbound.follow(notice_id, token)
        await inbound.complaints.file(notice, { text, evidence }, context.now)
        return statusOf(notice_id, token, context.now)
      },
    }),
    operation({
      name: 'inbound.appeal_measure',
      summary: { zh: '对滥用措施提出申诉', en: 'Contest a warning or suspension' },
      method: 'POST',
      path: '/v1/public/notices/:notice_id/measures/:measure_id/appeal',
      permission: 'public',
      mostBytes,
      input: Type.Composite([
        receiptInput,
        Type.Object({
          measure_id: Type.String({ maxLength: 200 }),
          text: Type.String({ minLength: 10, maxLength: 4000 }),
        }),
      ]),
      output: anything,
      errors: ['not_found', 'conflict', 'too_many_requests'],
      run: async (context, { notice_id, token, measure_id, text }) => {
        limited(limits.following, context)
        const { notice } = await inbound.follow(notice_id, token)
        await inbound.measures.appeal(measure_id, { source: notice?.source_id ?? '', text }, context.now)
        return statusOf(notice_id, token, context.now)
      },
    }),
  ]

  async function statusOf(id: string, token: string, now: number) {
    const { notice, filing, replies, events } = await inbound.follow(id, token)
    const kind = (notice?.kind ?? filing?.kind ?? 'user_report') as NoticeKind
    const measures = notice ? await inbound.measures.of(notice.source_id) : []
    const until = suspendedUntil(measures, now)
    return {
      notice_id: id,
      kind,
      kind_title: kindRules[kind].title,
      status: notice?.status ?? 'received',
      outcome: notice?.outcome ?? null,
      subject: notice ? { type: notice.subject_type, id: notice.subject_id } : null,
      received_at: formatTime(notice?.at ?? filing?.at ?? now),
      due_at: notice ? formatTime(notice.due_at) : null,
      can_withdraw: notice !== undefined && ['received', 'held', 'case'].includes(notice.status),
      complaint: complaintView(await inbound.complaints.of(notice, now)),
      replies:
        replies.length > 0 || !notice
          ? replies.map(replyView)
          : [{ at: formatTime(notice.at), kind: 'receipt', text: receiptText(kind, notice.due_at) }],
      history: events.map((row) => ({ at: formatTime(row.at), type: row.type })),
      suspended_until: until === null ? null : formatTime(until),
      measures: measures.filter((row) => row.kind === 'warned' || row.kind === 'suspended').map(measureView),
    }
  }
}

/** What the filer gets at once. */
export function receiptView(receipt: Awaited<ReturnType<Inbound['filePublic']>>) {
  return {
    notice_id: receipt.notice_id,
    token: receipt.token,
    status: 'received',
    due_at: formatTime(receipt.due_at),
    deadline_rule: receipt.deadline_rule,
    text: receipt.text,
  }
}
