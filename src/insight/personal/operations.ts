import { Type } from '@sinclair/typebox'
import { operation } from '../../kernel/operation.ts'
import { anything } from '../../kernel/paging.ts'
import { formatTime } from '../../kernel/time.ts'
import { personalFields, personalKinds } from '../../vocabulary/events/index.ts'
import type { Personal } from './service.ts'

/** Personal data of the subject of a case: masked unless a reason is given. */
export function personalOperations(personal: Personal) {
  return [
    operation({
      name: 'personal.fields',
      summary: { zh: '案件中有哪些个人信息', en: 'Which personal data a case has, and what of it is open to you' },
      method: 'GET',
      path: '/v1/cases/:case_id/personal',
      permission: 'personal.read',
      scope: { id: 'case_id' },
      unmasked: true,
      errors: ['not_found'],
      input: Type.Object({ case_id: Type.String() }),
      output: anything,
      run: async ({ principal, now }, { case_id }) => {
        const { until, values } = await personal.open({ actor: principal.id, caseId: case_id, now })
        const fields = await personal.fieldsOf(case_id, now)
        return {
          fields: fields.map((field) => ({ field, title: personalKinds[personalFields[field] ?? 'person'] })),
          until: until === null ? null : formatTime(until),
          values,
        }
      },
    }),
    operation({
      name: 'personal.reveal',
      summary: {
        zh: '说明理由后查看个人信息（限时，记入审计）',
        en: 'See personal data for a reason; for an hour, audited',
      },
      method: 'POST',
      path: '/v1/cases/:case_id/personal',
      permission: 'personal.read',
      scope: { id: 'case_id' },
      unmasked: true,
      errors: ['not_found'],
      auditDetail: ({ fields, reason }) => `${String(fields)}: ${String(reason)}`,
      input: Type.Object({
        case_id: Type.String(),
        fields: Type.Array(Type.String(), { minItems: 1, maxItems: 20, uniqueItems: true }),
        reason: Type.String({
          minLength: 10,
          maxLength: 400,
          description: 'what you need it for, 10 to 400 characters',
        }),
      }),
      output: anything,
      run: async ({ principal, now }, { case_id, fields, reason }) => {
        const found = await personal.reveal({ actor: principal.id, caseId: case_id, now }, { fields, reason })
        return {
          reveal_id: found.reveal_id,
          subject: { type: found.subject_type, id: found.subject_id },
          until: formatTime(found.until),
          values: found.values,
        }
      },
    }),
  ]
}
