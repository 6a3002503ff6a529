import { Type } from '@sinclair/typebox'
import { operation } from '../../kernel/operation.ts'
import { listOf } from '../../kernel/paging.ts'
import type { Floor } from './service.ts'

/** The floor at a glance. */
export function staffingOperations(floor: Floor) {
  return [
    operation({
      name: 'review.floor',
      summary: {
        zh: '审核现场：队列、在场人员、超时预测与人力需求',
        en: 'The review floor: queues, who is there, breach forecast, staffing need',
      },
      method: 'GET',
      path: '/v1/review/floor',
      permission: 'case.read',
      scope: 'whole',
      input: Type.Object({}),
      output: listOf,
      run: async ({ now }) => ({ items: await floor.look(now), next: null }),
    }),
  ]
}
