import { Type } from '@sinclair/typebox'
import { operation } from '../../kernel/operation.ts'
import { anything } from '../../kernel/paging.ts'
import type { Backtest } from './service.ts'

const feature = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z][a-z0-9_]{0,63}$' }),
    on: Type.Array(Type.String(), { minItems: 1 }),
    sql: Type.String({ minLength: 1, maxLength: 20_000 }),
  },
  { additionalProperties: true },
)

/** What a condition would have done over history. */
export function backtestOperations(backtest: Backtest) {
  return [
    operation({
      name: 'strategies.backtest',
      summary: { zh: '用历史回测一个条件，给出影响卡', en: 'Backtest a condition over history: the impact card' },
      method: 'POST',
      path: '/v1/strategies/backtest',
      permission: 'strategy.try',
      scope: 'whole',
      audited: false,
      errors: ['expression_refused', 'invalid_input', 'sql_timeout', 'sql_memory'],
      output: anything,
      input: Type.Object({
        when: Type.String({ minLength: 1, maxLength: 20_000, description: 'SQL condition' }),
        on: Type.Array(Type.String(), { minItems: 1, description: 'event types' }),
        features: Type.Optional(
          Type.Array(feature, { maxItems: 50, description: 'windows that are not in a pack yet: id, on, sql' }),
        ),
        days: Type.Optional(
          Type.Integer({ minimum: 1, maximum: 4000, description: 'days back from the newest event' }),
        ),
        engine: Type.Optional(Type.Union([Type.Literal('sql'), Type.Literal('sweep'), Type.Literal('stream')])),
      }),
      run: async (_context, input) => backtest.run(input),
    }),
  ]
}
