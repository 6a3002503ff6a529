import { Type } from '@sinclair/typebox'
import { operation } from '../../kernel/operation.ts'
import { anything, listOf, paging } from '../../kernel/paging.ts'
import { formatTime } from '../../kernel/time.ts'
import { fileView } from '../files/index.ts'
import { complaintView } from './complaints.ts'
import { fieldInput, filingInput, kindInput } from './inputs.ts'
import { type PublicInput, publicInboundOperations, receiptView } from './public-operations.ts'
import {
  channelView,
  contentView,
  eventView,
  measureView,
  noticeView,
  replyView,
  rulesView,
  sourceView,
} from './views.ts'

const noticeId = Type.Object({ notice_id: Type.String() })

/** The intake for staff and partners, after what is open to everybody. */
export function inboundOperations({ inbound, limits }: PublicInput) {
  return [
    ...publicInboundOperations({ inbound, limits }),
    operation({
      name: 'inbound.file',
      summary: { zh: '以令牌提交通知、命令或反馈', en: 'File a notice, order or feedback with a token' },
      method: 'POST',
      path: '/v1/inbound/notices',
      permission: 'inbound.file',
      scope: 'shared',
      mostBytes: 256 << 10,
      input: Type.Object({
        ...filingInput,
        source: Type.Optional(
          Type.String({ maxLength: 80, description: 'for staff: the registered source that it comes from' }),
        ),
      }),
      output: anything,
      errors: ['not_allowed', 'not_found', 'conflict'],
      run: async ({ principal, now }, filing) => receiptView(await inbound.fileAs(filing, principal, now)),
    }),
    operation({
      name: 'inbound.list',
      summary: { zh: '外部通知列表', en: 'List notices from outside' },
      method: 'GET',
      path: '/v1/inbound/notices',
      permission: 'inbound.read',
      scope: 'rows',
      input: Type.Object({
        ...paging,
        kind: Type.Optional(kindInput),
        channel: Type.Optional(Type.String({ maxLength: 300 })),
        source: Type.Optional(Type.String({ maxLength: 200 })),
        case_id: Type.Optional(Type.String({ maxLength: 200 })),
        status: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('late'), Type.Literal('done')])),
      }),
      output: listOf,
      run: async ({ now }, { limit = 50, case_id, ...filter }) => {
        const { items, total } = await inbound.list({
          ...filter,
          caseId: case_id,
          kind: filter.kind,
          status: filter.status,
          after: filter.after,
          now,
          limit: limit + 1,
        })
        const last = items[limit - 1]
        const waiting = filter.status === 'open' || filter.status === 'late'
        const next = items.length > limit && last ? `${waiting ? last.due_at : last.at}~${last.notice_id}` : null
        return { items: items.slice(0, limit).map((row) => noticeView(row, now)), next, total }
      },
    }),
    operation({
      name: 'inbound.get',
      summary: { zh: '一份外部通知', en: 'One notice from outside' },
      method: 'GET',
      path: '/v1/inbound/notices/:notice_id',
      permission: 'inbound.read',
      scope: { id: 'notice_id' },
      input: noticeId,
      output: anything,
      errors: ['not_found'],
      run: async ({ now }, { notice_id }) => {
        const row = await inbound.find(notice_id)
        const [content, events, replies, files, beside, whole, sameReason, complaint] = await Promise.all([
          inbound.entryAt(row.position),
          inbound.events(notice_id),
          inbound.replies(notice_id),
          inbound.files(notice_id),
          row.case_id === null ? [] : inbound.ofCase(row.case_id),
          inbound.credibilityOf(row.source_id),
          inbound.credibilityOf(row.source_id, row.reason),
          inbound.complaints.of(row, now),
        ])
        return {
          ...noticeView(row, now),
          ...contentView(content),
          files: files.map(fileView),
          history: events.map(eventView),
          replies: replies.map(replyView),
          complaint: complaintView(complaint),
          duplicates: beside.filter((found) => found.notice_id !== notice_id).map((found) => noticeView(found, now)),
          credibility: { all: whole, reason: sameReason },
        }
      },
    }),
    operation({
      name: 'inbound.contact',
      summary: { zh: '通知人的联系方式（记录查看）', en: 'Who gave notice, by name; looking is recorded' },
      method: 'GET',
      path: '/v1/inbound/notices/:notice_id/contact',
      permission: 'case.decide',
      scope: { id: 'notice_id' },
      unmasked: true,
      audited: true,
      input: noticeId,
      output: anything,
      errors: ['not_found'],
      run: async (_context, { notice_id }) => {
        await inbound.find(notice_id)
        const found = await inbound.contact(notice_id)
        return { name: found?.name ?? null, email: found?.email ?? null, language: found?.language ?? null }
      },
    }),
    operation({
      name: 'inbound.reject',
      summary: { zh: '退回不完整的通知', en: 'Send back a notice that is not complete' },
      method: 'POST',
      path: '/v1/inbound/notices/:notice_id/reject',
      permission: 'case.decide',
      scope: { id: 'notice_id' },
      input: Type.Object({
        notice_id: Type.String(),
        missing: Type.Array(fieldInput, { minItems: 1, description: 'the fields that it lacks' }),
      }),
      output: anything,
      errors: ['not_found', 'conflict'],
      run: async ({ principal, now }, { notice_id, missing }) => {
        await inbound.reject(notice_id, missing, principal, now)
        return noticeView(await inbound.find(notice_id), now)
      },
    }),
    operation({
      name: 'inbound.mark_unfounded',
      summary: { zh: '标记为明显无根据（滥用）', en: 'Mark a notice as manifestly unfounded' },
      method: 'POST',
      path: '/v1/inbound/notices/:notice_id/unfounded',
      permission: 'case.decide',
      scope: { id: 'notice_id' },
      input: Type.Object({
        notice_id: Type.String(),
        reason: Type.String({ minLength: 5, maxLength: 1000, description: 'why anybody can see that it is unfounded' }),
      }),
      output: anything,
      errors: ['not_found', 'conflict'],
      run: async ({ principal, now }, { notice_id, reason }) =>
        inbound.measures.mark(await inbound.find(notice_id), reason, principal, now),
    }),
    operation({
      name: 'inbound.channels',
      summary: { zh: '渠道与心跳', en: 'Channels and their heartbeats' },
      method: 'GET',
      path: '/v1/inbound/channels',
      permission: 'inbound.read',
      scope: 'whole',
      input: Type.Object({}),
      output: listOf,
      run: async ({ now }) => ({ items: (await inbound.channels.views(now)).map(channelView) }),
    }),
    operation({
      name: 'inbound.declare',
      summary: { zh: '声明渠道的到达频率', en: 'Declare how often a channel must bring something' },
      method: 'PUT',
      path: '/v1/inbound/channels/:channel',
      permission: 'inbound.manage',
      scope: 'whole',
      input: Type.Object({
        channel: Type.String({ minLength: 3, maxLength: 300 }),
        every_hours: Type.Union([Type.Number({ minimum: 0.1, maximum: 8760 }), Type.Null()], {
          description: 'hours within which something must arrive; null = from its own past',
        }),
      }),
      output: anything,
      run: async ({ principal, now }, { channel, every_hours }) => {
        await inbound.channels.declare(channel, every_hours === null ? null : every_hours * 36e8, {
          actor: principal.id,
          at: now,
        })
        return { channel, every_hours }
      },
    }),
    operation({
      name: 'inbound.sources',
      summary: { zh: '登记的来源', en: 'Registered sources' },
      method: 'GET',
      path: '/v1/inbound/sources',
      permission: 'inbound.read',
      scope: 'whole',
      input: Type.Object({}),
      output: listOf,
      run: async () => ({
        items: await Promise.all(
          (await inbound.sources()).map(async (row) => ({
            ...sourceView(row),
            credibility: await inbound.credibilityOf(row.source_id),
          })),
        ),
      }),
    }),
    operation({
      name: 'inbound.source',
      summary: { zh: '一个来源的可信度与措施', en: 'Credibility and measures of one source' },
      method: 'GET',
      path: '/v1/inbound/sources/:source_id',
      permission: 'inbound.read',
      scope: 'whole',
      input: Type.Object({ source_id: Type.String({ maxLength: 200 }) }),
      output: anything,
      run: async (_context, { source_id }) => ({
        source_id,
        credibility: await inbound.credibilityOf(source_id),
        by_reason: await inbound.credibilityByReason(source_id),
        measures: (await inbound.measures.of(source_id)).map(measureView),
      }),
    }),
    operation({
      name: 'inbound.save_source',
      summary: { zh: '登记或修改来源', en: 'Register or change a source' },
      method: 'POST',
      path: '/v1/inbound/sources',
      permission: 'inbound.manage',
      scope: 'whole',
      input: Type.Object({
        source_id: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{1,62}$' })),
        name: Type.String({ minLength: 1, maxLength: 200 }),
        kinds: Type.Array(kindInput, { minItems: 1 }),
        country: Type.Optional(Type.String({ pattern: '^[A-Z]{2}$' })),
        token_id: Type.Optional(Type.String({ maxLength: 80, description: 'the API token that files for it' })),
        ended: Type.Optional(Type.Boolean({ description: 'true = it may not file any longer' })),
      }),
      output: anything,
      run: async ({ principal, now }, source) => inbound.saveSource(source, principal, now),
    }),
    operation({
      name: 'inbound.measures',
      summary: { zh: '对滥用的措施', en: 'Measures against misuse' },
      method: 'GET',
      path: '/v1/inbound/measures',
      permission: 'inbound.read',
      scope: 'whole',
      input: Type.Object({}),
      output: listOf,
      run: async () => ({ items: (await inbound.measures.list(200)).map(measureView) }),
    }),
    operation({
      name: 'inbound.settle_measure',
      summary: { zh: '维持或撤销滥用措施', en: 'Keep or lift a measure against misuse' },
      method: 'POST',
      path: '/v1/inbound/measures/:measure_id/settle',
      permission: 'inbound.manage',
      scope: 'whole',
      input: Type.Object({
        measure_id: Type.String(),
        lift: Type.Boolean(),
        reason: Type.String({ minLength: 5, maxLength: 1000 }),
      }),
      output: anything,
      errors: ['not_found', 'conflict', 'same_reviewer'],
      run: async ({ principal, now }, { measure_id, lift, reason }) => {
        await inbound.measures.settle(measure_id, { lift, reason }, principal, now)
        return { measure_id, lifted: lift, at: formatTime(now) }
      },
    }),
    operation({
      name: 'inbound.rules',
      summary: { zh: '通知的种类、必填项与期限', en: 'Kinds of notices, required fields and deadlines' },
      method: 'GET',
      path: '/v1/inbound/rules',
      permission: 'inbound.read',
      scope: 'shared',
      input: Type.Object({}),
      output: anything,
      run: async () => rulesView(),
    }),
  ]
}
