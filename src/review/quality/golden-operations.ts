import { Type } from '@sinclair/typebox'
import { operation } from '../../kernel/operation.ts'
import { anything, listOf } from '../../kernel/paging.ts'
import { problem } from '../../kernel/problems.ts'
import { formatTime } from '../../kernel/time.ts'
import type { Cases } from '../cases/index.ts'
import { outcome, reason, titleOf } from './inputs.ts'
import type { Quality } from './service.ts'

/** Cases with a known answer. */
export function goldenOperations(quality: Quality, cases: Cases) {
  return [
    operation({
      name: 'golden.list',
      summary: { zh: '标准题', en: 'Golden items: cases with a known answer' },
      method: 'GET',
      path: '/v1/golden',
      permission: 'quality.read',
      scope: 'rows',
      input: Type.Object({}),
      output: listOf,
      run: async () => ({
        items: (await quality.golden()).map((row) => ({
          golden_id: row.golden_id,
          case_id: row.cause,
          title: row.title,
          outcome: { outcome: row.outcome, title: titleOf(row.outcome) },
          policy: row.policy,
          reason: row.reason,
          at: formatTime(row.at),
          actor: row.actor,
        })),
        next: null,
      }),
    }),
    operation({
      name: 'golden.add',
      summary: { zh: '把已判定的案件加为标准题', en: 'Make a decided case a golden item' },
      method: 'POST',
      path: '/v1/golden',
      permission: 'quality.write',
      scope: { id: 'case_id' },
      input: Type.Object({ case_id: Type.String(), outcome, policy: Type.Optional(Type.String()), reason }),
      output: anything,
      errors: ['not_found', 'conflict'],
      run: async ({ principal, now }, input) => {
        const found = await cases.find(input.case_id, now)
        if (found.status === 'open')
          throw problem({
            code: 'conflict',
            field: 'case_id',
            value: input.case_id,
            detail: { zh: '案件尚未判定', en: 'The case is not decided yet' },
            fix: { zh: '先判定，再加为标准题', en: 'Decide it first' },
          })
        const item = { found, outcome: input.outcome, policy: input.policy ?? null, reason: input.reason }
        return { golden_id: await quality.addGolden(item, principal, now) }
      },
    }),
    operation({
      name: 'golden.retire',
      summary: { zh: '停用标准题', en: 'Retire a golden item' },
      method: 'POST',
      path: '/v1/golden/:golden_id/retire',
      permission: 'quality.write',
      scope: { id: 'golden_id' },
      input: Type.Object({ golden_id: Type.String(), reason }),
      output: anything,
      errors: ['not_found', 'conflict'],
      run: async ({ principal, now }, input) => {
        await quality.retireGolden(input.golden_id, input.reason, { principal, now })
        return {}
      },
    }),
  ]
}
