import { Type } from '@sinclair/typebox'
import { operation } from '../../kernel/operation.ts'
import { anything, listOf, page, paging } from '../../kernel/paging.ts'
import { formatTime } from '../../kernel/time.ts'
import { secretPattern } from './model.ts'
import type { Outbound } from './service.ts'
import type { AttemptRow, EndpointRow } from './store.ts'

const fields = {
  title: Type.String({ minLength: 1, maxLength: 120 }),
  url: Type.String({ minLength: 1, maxLength: 1000, description: 'http or https, without login or fragment' }),
  secret: Type.String({
    pattern: secretPattern,
    description: '24 to 200 printable characters without spaces; it is never shown again',
  }),
  kinds: Type.Union([Type.Array(Type.String({ maxLength: 60 }), { maxItems: 60 }), Type.Null()]),
  active: Type.Boolean(),
}
const endpointId = { endpoint_id: Type.String({ maxLength: 80 }) }

const endpointView = (row: EndpointRow) => ({
  endpoint_id: row.endpoint_id,
  title: row.title,
  url: row.url,
  kinds: row.kinds === null ? null : (JSON.parse(row.kinds) as string[]),
  active: row.active === 1,
  changed_at: formatTime(row.at),
  by: row.actor,
})

const attemptView = (row: AttemptRow) => ({
  attempt: row.attempt ?? 0,
  endpoint_id: row.endpoint_id,
  action_id: row.action_id,
  outcome: row.outcome,
  status: row.status,
  detail: row.detail,
  at: formatTime(row.at),
  by: row.actor,
})

/** Endpoints of the outside call, what became of every call, and dead letters. */
export function outboundOperations(outbound: Outbound, wake: () => void) {
  return [
    operation({
      name: 'webhooks.list',
      summary: { zh: '外部调用的接收端', en: 'Endpoints of the outside call' },
      method: 'GET',
      path: '/v1/webhooks',
      permission: 'webhook.read',
      scope: 'whole',
      input: Type.Object({}),
      output: listOf,
      run: async () => {
        const [rows, queues, outcomes] = await Promise.all([
          outbound.endpoints(),
          outbound.queueCounts(),
          outbound.outcomeCounts(),
        ])
        const count = (id: string, outcome: string) =>
          Number(outcomes.find((row) => row.endpoint_id === id && row.outcome === outcome)?.n ?? 0)
        return {
          items: rows.map((row) => ({
            ...endpointView(row),
            waiting: Number(queues.find((queue) => queue.endpoint_id === row.endpoint_id)?.waiting ?? 0),
            sent: count(row.endpoint_id, 'sent'),
            dead: count(row.endpoint_id, 'dead'),
          })),
          next: null,
        }
      },
    }),
    operation({
      name: 'webhooks.create',
      summary: { zh: '新增接收端（密钥只写不读）', en: 'Add an endpoint; its secret is written, never read' },
      method: 'POST',
      path: '/v1/webhooks',
      permission: 'webhook.write',
      scope: 'whole',
      errors: ['invalid_input'],
      input: Type.Object({
        title: fields.title,
        url: fields.url,
        secret: fields.secret,
        kinds: Type.Optional(fields.kinds),
        active: Type.Optional(fields.active),
      }),
      output: anything,
      run: async ({ principal, now }, input) => endpointView(await outbound.create(input, principal, now)),
    }),
    operation({
      name: 'webhooks.change',
      summary: { zh: '修改接收端', en: 'Change an endpoint' },
      method: 'PUT',
      path: '/v1/webhooks/:endpoint_id',
      permission: 'webhook.write',
      scope: 'whole',
      errors: ['not_found', 'invalid_input'],
      input: Type.Object({
        ...endpointId,
        title: Type.Optional(fields.title),
        url: Type.Optional(fields.url),
        secret: Type.Optional(fields.secret),
        kinds: Type.Optional(fields.kinds),
        active: Type.Optional(fields.active),
      }),
      output: anything,
      run: async ({ principal, now }, { endpoint_id, ...input }) =>
        endpointView(await outbound.change(endpoint_id, input, principal, now)),
    }),
    operation({
      name: 'webhooks.deliveries',
      summary: { zh: '外部调用的送达情况与死信', en: 'Deliveries and dead letters' },
      method: 'GET',
      path: '/v1/webhook-deliveries',
      permission: 'webhook.read',
      scope: 'whole',
      input: Type.Object({
        ...paging,
        endpoint_id: Type.Optional(endpointId.endpoint_id),
        outcome: Type.Optional(
          Type.Union(
            ['sent', 'failed', 'dead', 'requeued'].map((outcome) => Type.Literal(outcome)),
            {
              description: 'sent, failed (is tried again), dead or requeued',
            },
          ),
        ),
      }),
      output: listOf,
      run: async (_context, { limit = 50, after, endpoint_id, outcome }) => {
        const rows = await outbound.lastAttempts({
          endpoint: endpoint_id,
          outcome,
          limit: limit + 1,
          after: after === undefined ? undefined : Number(after) || 0,
        })
        const found = page(rows, limit, (row) => String(row.attempt))
        return { ...found, items: found.items.map(attemptView) }
      },
    }),
    operation({
      name: 'webhooks.retry',
      summary: { zh: '重发一封死信', en: 'Send a dead letter again' },
      method: 'POST',
      path: '/v1/webhook-deliveries/:endpoint_id/:action_id/retry',
      permission: 'webhook.write',
      scope: 'whole',
      errors: ['not_found', 'conflict'],
      input: Type.Object({ ...endpointId, action_id: Type.String({ maxLength: 600 }) }),
      output: anything,
      run: async ({ principal, now }, { endpoint_id, action_id }) => {
        await outbound.retry(endpoint_id, action_id, principal, now)
        wake()
        return {}
      },
    }),
    operation({
      name: 'actions.deliveries',
      summary: { zh: '一项处置的外部调用：等待、已达、死信', en: 'The outside calls of one action' },
      method: 'GET',
      path: '/v1/actions/:action_id/deliveries',
      permission: 'case.read',
      scope: { id: 'action_id' },
      input: Type.Object({ action_id: Type.String({ maxLength: 600 }) }),
      output: anything,
      run: async (_context, { action_id }) => {
        const [attempts, waiting] = await Promise.all([
          outbound.attemptsOf([action_id]),
          outbound.queuedOf([action_id]),
        ])
        return {
          waiting: waiting.map((row) => ({
            endpoint_id: row.endpoint_id,
            failures: row.failures,
            next_at: formatTime(Math.floor(row.next_at)),
          })),
          attempts: attempts.map(attemptView),
        }
      },
    }),
  ]
}
