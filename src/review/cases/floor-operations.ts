import { Type } from '@sinclair/typebox'
import { operation } from '../../kernel/operation.ts'
import { anything, listOf } from '../../kernel/paging.ts'
import { formatTime } from '../../kernel/time.ts'
import { choice } from './operations.ts'
import type { Cases } from './service.ts'

const many = {
  case_ids: Type.Array(Type.String(), { minItems: 1, maxItems: 200, description: '1 to 200 cases' }),
  ...choice,
  bulk_id: Type.String({
    pattern: '^[A-Za-z0-9_-]{8,64}$',
    description: 'a key of your own; the same key never decides a case twice',
  }),
}

/** Presence, and deciding many cases at once. */
export function floorOperations(cases: Cases) {
  return [
    operation({
      name: 'cases.present',
      summary: { zh: '谁正在处理哪个案件', en: 'Who is on which case now' },
      method: 'GET',
      path: '/v1/cases/present',
      permission: 'case.read',
      scope: 'rows',
      input: Type.Object({}),
      output: listOf,
      run: async (_context, _input) => ({
        items: (await cases.present(_context.now)).map((row) => ({
          case_id: row.case_id,
          queue: row.queue,
          title: row.title || row.subject_id,
          person: { id: row.holder, name: row.holder_name },
          since: row.since === null ? null : formatTime(row.since),
          on_screen: row.shown_at !== null,
          until: formatTime(row.until),
        })),
        next: null,
      }),
    }),
    operation({
      name: 'cases.bulk_preview',
      summary: { zh: '预览批量判定的后果', en: 'See what a bulk decision would do' },
      method: 'POST',
      path: '/v1/cases/bulk/preview',
      permission: 'case.decide',
      scope: { id: 'case_ids' },
      audited: false,
      input: Type.Object(many),
      output: anything,
      run: async ({ principal, now }, { case_ids, bulk_id, ...decided }) =>
        cases.previewBulk({ bulkId: bulk_id, caseIds: case_ids, decided }, principal, now),
    }),
    operation({
      name: 'cases.bulk_decide',
      summary: { zh: '批量判定（须键入确认）', en: 'Decide many cases; confirmed by typing' },
      method: 'POST',
      path: '/v1/cases/bulk',
      permission: 'case.decide',
      scope: { id: 'case_ids' },
      input: Type.Object({
        ...many,
        note: Type.Optional(Type.String({ maxLength: 4000 })),
        confirm: Type.String({ description: 'the words that the preview gave, e.g. "remove 12"' }),
      }),
      output: anything,
      errors: ['invalid_input', 'already_decided'],
      run: async ({ principal, now }, { case_ids, bulk_id, confirm, ...decided }) => {
        const {
          decided: ids,
          refused,
          effectiveAt,
        } = await cases.applyBulk({ bulkId: bulk_id, caseIds: case_ids, decided, confirm }, principal, now)
        return { decided: ids, refused, effective_at: formatTime(effectiveAt) }
      },
    }),
  ]
}
