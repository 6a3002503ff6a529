import { Type } from '@sinclair/typebox'
import { operation } from '../../kernel/operation.ts'
import { anything, listOf, page, paging } from '../../kernel/paging.ts'
import { problem } from '../../kernel/problems.ts'
import { formatTime, parseTime } from '../../kernel/time.ts'
import type { Recalls } from './service.ts'

/** Recalls of strategy versions: dry run unless `apply` is true. */
export function recallOperations(recalls: Recalls) {
  return [
    operation({
      name: 'recalls.run',
      summary: {
        zh: '召回策略版本：撤销它造成的一切（默认只预演）',
        en: 'Recall a strategy version: take back all that it caused (a dry run unless apply)',
      },
      method: 'POST',
      path: '/v1/recalls',
      permission: 'recall.run',
      scope: 'whole',
      errors: ['invalid_input'],
      fourEyes: (input) => input['apply'] === true,
      output: anything,
      input: Type.Object({
        strategy: Type.String({
          pattern: '^[^/@\\s]+/[^/@\\s]+$',
          maxLength: 200,
          description: '<pack>/<strategy id>',
        }),
        version: Type.Integer({ minimum: 1 }),
        apply: Type.Optional(Type.Boolean({ description: 'false = only show what would be reversed' })),
        reason: Type.Optional(Type.String({ maxLength: 400 })),
        since: Type.Optional(Type.String({ maxLength: 40, description: 'ISO time; only what it did from here on' })),
      }),
      run: async ({ principal, now }, { strategy, version, apply = false, reason = '', since }) => {
        const from = since === undefined ? null : parseTime(since)
        if (since !== undefined && from === null)
          throw problem({
            code: 'invalid_input',
            field: 'since',
            value: since,
            detail: { zh: 'since 不是 ISO 时间', en: 'since is not an ISO time' },
            fix: { zh: '例如 2026-11-01T08:00:00Z', en: 'e.g. 2026-11-01T08:00:00Z' },
          })
        if (apply && reason.trim() === '')
          throw problem({
            code: 'invalid_input',
            field: 'reason',
            value: reason,
            detail: { zh: '召回需要写明理由', en: 'A recall needs a reason' },
            fix: { zh: '填写 reason', en: 'Set reason to a sentence that the audit can show' },
          })
        return recalls.run({ strategy, version, apply, reason, since: from }, principal, now)
      },
    }),
    operation({
      name: 'recalls.list',
      summary: { zh: '已执行的召回', en: 'Recalls that were run' },
      method: 'GET',
      path: '/v1/recalls',
      permission: 'pack.read',
      scope: 'whole',
      input: Type.Object({ ...paging }),
      output: listOf,
      run: async (_context, { limit = 50, after }) => {
        const { items, next } = page(await recalls.list({ limit: limit + 1, after }), limit, (row) => row.recall_id)
        return {
          items: items.map((row) => ({
            ...row,
            at: formatTime(row.at),
            since: row.since === null ? null : formatTime(row.since),
            summary: JSON.parse(row.summary) as unknown,
          })),
          next,
        }
      },
    }),
  ]
}
