import { Type } from '@sinclair/typebox'
import { operation } from '../../kernel/operation.ts'
import { anything, listOf, page, paging } from '../../kernel/paging.ts'
import { alertView, type Lifecycle } from './service.ts'

export interface LifecycleOperationsInput {
  readonly lifecycle: Lifecycle
  /** End of the journal. */
  readonly position: () => number
}

/** Alerts of brakes, and their release. */
export function lifecycleOperations({ lifecycle, position }: LifecycleOperationsInput) {
  return [
    operation({
      name: 'alerts.list',
      summary: { zh: '告警：策略制动、渠道异常', en: 'Alerts of pulled brakes and of channels in trouble' },
      method: 'GET',
      path: '/v1/alerts',
      permission: 'overview.read',
      scope: 'shared',
      output: listOf,
      input: Type.Object({ ...paging, status: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('all')])) }),
      run: async (_context, { limit = 50, after, status = 'open' }) => {
        const rows = await lifecycle.alerts({ open: status === 'open', limit: limit + 1, after })
        const { items, next } = page(rows, limit, (row) => String(row.at))
        return { items: items.map(alertView), next }
      },
    }),
    operation({
      name: 'alerts.release',
      summary: { zh: '解除制动，策略恢复生效', en: 'Release a brake: the strategy acts again' },
      method: 'POST',
      path: '/v1/alerts/:alert_id/release',
      permission: 'recall.run',
      scope: 'whole',
      errors: ['not_found', 'conflict'],
      output: anything,
      input: Type.Object({
        alert_id: Type.String(),
        reason: Type.String({ minLength: 1, maxLength: 400, description: 'why it may act again' }),
      }),
      run: async ({ principal, now }, { alert_id, reason }) =>
        lifecycle.release(alert_id, { principal, reason, position: position(), now }),
    }),
  ]
}
