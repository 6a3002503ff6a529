import { Type } from '@sinclair/typebox'
import { operation } from '../../kernel/operation.ts'
import { anything, listOf, page, paging } from '../../kernel/paging.ts'
import { formatTime } from '../../kernel/time.ts'
import { complaintSteps, missingSteps, stepTitles } from './model.ts'
import type { Complaints } from './service.ts'

type Found = Awaited<ReturnType<Complaints['find']>>

const text = Type.String({ minLength: 1, maxLength: 8000 })

function view(row: Found, now: number) {
  return {
    complaint_id: row.complaint_id,
    at: formatTime(row.at),
    source: row.source,
    complainant: row.complainant,
    subject: row.subject_id === null ? null : { type: row.subject_type, id: row.subject_id },
    text: row.text,
    severity: row.severity,
    status: row.status,
    due_at: formatTime(row.due_at),
    overdue: row.status !== 'closed' && row.due_at < now,
    missing: missingSteps(row.status).map((step) => ({ step, title: stepTitles[step] })),
    events: row.events.map((event) => ({
      id: event.complaint_event_id,
      at: formatTime(event.at),
      type: event.type,
      text: event.text,
      refs: JSON.parse(event.refs) as string[],
      by: event.actor,
    })),
  }
}

/** Negative complaints and the four steps to their end. */
export function complaintOperations(complaints: Complaints) {
  return [
    operation({
      name: 'complaints.list',
      summary: { zh: '负向投诉列表', en: 'List negative complaints' },
      method: 'GET',
      path: '/v1/complaints',
      permission: 'appeal.read',
      scope: 'whole',
      input: Type.Object({ ...paging, open: Type.Optional(Type.Boolean({ description: 'true = not closed yet' })) }),
      output: listOf,
      run: async ({ now }, { limit = 50, after, open }) => {
        const found = page(await complaints.list({ open, limit: limit + 1, after }), limit, (row) => row.complaint_id)
        return { ...found, items: found.items.map((row) => view(row, now)) }
      },
    }),
    operation({
      name: 'complaints.get',
      summary: { zh: '一个负向投诉', en: 'One negative complaint' },
      method: 'GET',
      path: '/v1/complaints/:complaint_id',
      permission: 'appeal.read',
      scope: 'whole',
      errors: ['not_found'],
      input: Type.Object({ complaint_id: Type.String({ maxLength: 80 }) }),
      output: anything,
      run: async ({ now }, { complaint_id }) => view(await complaints.find(complaint_id), now),
    }),
    operation({
      name: 'complaints.file',
      summary: { zh: '登记负向投诉', en: 'File a negative complaint' },
      method: 'POST',
      path: '/v1/complaints',
      permission: 'appeal.file',
      scope: 'whole',
      input: Type.Object({
        source: Type.String({
          minLength: 1,
          maxLength: 120,
          description: 'where it came from: hotline, press, regulator …',
        }),
        complainant: Type.String({ minLength: 1, maxLength: 200 }),
        subject: Type.Optional(
          Type.Object({ type: Type.String({ maxLength: 40 }), id: Type.String({ minLength: 1, maxLength: 200 }) }),
        ),
        text,
        severity: Type.Union([Type.Literal('S1'), Type.Literal('S2'), Type.Literal('S3'), Type.Literal('S4')]),
      }),
      output: anything,
      run: async ({ principal, now }, { subject = null, ...wanted }) => {
        const row = await complaints.file({ ...wanted, subject }, principal, now)
        return { complaint_id: row.complaint_id, due_at: formatTime(row.due_at) }
      },
    }),
    operation({
      name: 'complaints.note',
      summary: {
        zh: '记录一步：根因、整改、验证效果、回复；四步齐全才能关闭',
        en: 'Note a step: root cause, fix, verified effect, reply; it closes only with all four',
      },
      method: 'POST',
      path: '/v1/complaints/:complaint_id/events',
      permission: 'appeal.decide',
      scope: 'whole',
      errors: ['not_found', 'conflict'],
      input: Type.Object({
        complaint_id: Type.String({ maxLength: 80 }),
        type: Type.Union(
          [...complaintSteps, 'not_effective', 'closed'].map((type) => Type.Literal(type)),
          { description: `${complaintSteps.join(', ')}, not_effective or closed` },
        ),
        text,
        refs: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 400 }), { maxItems: 20 })),
      }),
      output: anything,
      run: async ({ principal, now }, { complaint_id, type, ...noted }) => {
        const event = [...complaintSteps, 'not_effective', 'closed'] as const
        const known = event.find((each) => each === type) ?? 'root_cause'
        await complaints.note(complaint_id, { ...noted, type: known }, { by: principal, now })
        return view(await complaints.find(complaint_id), now)
      },
    }),
  ]
}
