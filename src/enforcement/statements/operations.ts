import { Type } from '@sinclair/typebox'
import { operation } from '../../kernel/operation.ts'
import { anything, listOf, page, paging } from '../../kernel/paging.ts'
import { problem } from '../../kernel/problems.ts'
import { formatTime, parseTime } from '../../kernel/time.ts'
import type { Statements } from './service.ts'
import type { DeliveryRow, StatementRow } from './store.ts'

const view = (row: StatementRow, deliveries: readonly DeliveryRow[]) => ({
  puid: row.puid,
  action_id: row.action_id,
  kind: row.kind,
  applies_from: formatTime(row.at),
  decision_ground: row.decision_ground,
  category: row.category,
  territorial_scope: JSON.parse(row.territorial_scope) as string[],
  source_type: row.source_type,
  automated_detection: row.automated_detection,
  automated_decision: row.automated_decision,
  valid: row.problems === '[]',
  doubts: (JSON.parse(row.doubts) as unknown[]).length,
  delivery: deliveries.at(-1)?.outcome ?? null,
})

const time = (field: string, text: string | undefined): number | undefined => {
  const found = text === undefined ? undefined : parseTime(text)
  if (found === null)
    throw problem({
      code: 'invalid_input',
      field,
      value: text,
      detail: { zh: `${field} 不是 ISO 时间`, en: `${field} is not an ISO time` },
      fix: { zh: '例如 2026-01-01', en: 'For example 2026-01-01' },
    })
  return found
}

/** Statements of reasons: the list, and one with its payload and what the validator says. */
export function statementOperations(statements: Statements) {
  return [
    operation({
      name: 'statements.list',
      summary: { zh: '理由说明列表', en: 'List statements of reasons' },
      method: 'GET',
      path: '/v1/statements',
      permission: 'statement.read',
      scope: 'rows',
      input: Type.Object({
        ...paging,
        from: Type.Optional(Type.String({ description: 'ISO time, inclusive' })),
        to: Type.Optional(Type.String({ description: 'ISO time, exclusive' })),
        category: Type.Optional(Type.String()),
        invalid: Type.Optional(Type.Boolean({ description: 'true = only those that the validator refuses' })),
        delivery: Type.Optional(
          Type.Union([Type.Literal('sent'), Type.Literal('dead')], { description: 'dead = dead letters' }),
        ),
      }),
      output: listOf,
      run: async (_context, { limit = 50, after, from, to, category, invalid, delivery }) => {
        const [at, puid] = (after ?? '').split('~')
        const cursor = after === undefined ? undefined : { at: Number(at), puid: puid ?? '' }
        if (cursor && !Number.isFinite(cursor.at))
          throw problem({
            code: 'invalid_input',
            field: 'after',
            value: after,
            detail: { zh: 'after 须为上一页的 next', en: 'after must be the next of the answer before' },
          })
        const rows = await statements.list({
          limit: limit + 1,
          after: cursor,
          from: time('from', from),
          to: time('to', to),
          category,
          invalid,
          delivery,
        })
        const found = page(rows, limit, (row) => `${row.at}~${row.puid}`)
        const sent = Map.groupBy(await statements.deliveries(found.items.map((row) => row.puid)), (row) => row.puid)
        return { ...found, items: found.items.map((row) => view(row, sent.get(row.puid) ?? [])) }
      },
    }),
    operation({
      name: 'statements.get',
      summary: { zh: '一份理由说明：报文与校验', en: 'One statement: payload and validation' },
      method: 'GET',
      path: '/v1/statements/:id',
      permission: 'statement.read',
      scope: 'rows',
      errors: ['not_found'],
      input: Type.Object({ id: Type.String({ maxLength: 600, description: 'puid, or the id of the action' }) }),
      output: anything,
      run: async (_context, { id }) => {
        const row = await statements.find(id)
        const deliveries = await statements.deliveries([row.puid])
        return {
          ...view(row, deliveries),
          payload: JSON.parse(row.payload) as unknown,
          problems: JSON.parse(row.problems) as unknown,
          doubts: JSON.parse(row.doubts) as unknown,
          deliveries: deliveries.map((delivery) => ({
            at: formatTime(delivery.at),
            outcome: delivery.outcome,
            detail: delivery.detail,
          })),
        }
      },
    }),
  ]
}
