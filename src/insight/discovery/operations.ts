import { Type } from '@sinclair/typebox'
import { operation } from '../../kernel/operation.ts'
import { anything } from '../../kernel/paging.ts'
import type { FactsReader } from '../facts.ts'
import type { Mining } from './service.ts'
import { minableLabels } from './store.ts'

export function miningOperations(mining: Mining, facts: FactsReader) {
  return [
    operation({
      name: 'mining.run',
      summary: { zh: '从标注历史中挖掘条件', en: 'Mine conditions from labelled history' },
      method: 'POST',
      path: '/v1/mining',
      permission: 'strategy.try',
      scope: 'whole',
      audited: false,
      errors: ['invalid_input', 'sql_timeout', 'sql_memory'],
      output: anything,
      input: Type.Object({
        type: Type.String({ minLength: 1, description: 'event type' }),
        label: Type.String({
          minLength: 1,
          default: 'violation',
          description: 'violation or ok, or the policy or kind of a violation',
        }),
        from: Type.Optional(
          Type.String({ maxLength: 40, description: 'labelled events from this ISO day or time on' }),
        ),
        to: Type.Optional(Type.String({ maxLength: 40, description: 'labelled events before this ISO day or time' })),
        include_known: Type.Optional(
          Type.Boolean({ description: 'also look for what running strategies find already' }),
        ),
        min_precision: Type.Optional(
          Type.Number({ minimum: 0.5, maximum: 1, description: 'least precision on the newer part, by default 0.9' }),
        ),
      }),
      run: async (_context, input) => mining.mine(input),
    }),
    operation({
      name: 'mining.labels',
      summary: { zh: '哪些事件类型有可挖掘的标注', en: 'Which event types have labels to mine' },
      method: 'GET',
      path: '/v1/mining/labels',
      permission: 'strategy.try',
      scope: 'whole',
      input: Type.Object({}),
      output: anything,
      run: async () => ({ items: await minableLabels(facts) }),
    }),
  ]
}
