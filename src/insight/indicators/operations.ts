import { Type } from '@sinclair/typebox'
import { operation } from '../../kernel/operation.ts'
import { anything, listOf } from '../../kernel/paging.ts'
import type { Indicators } from './service.ts'

export function indicatorOperations(indicators: Indicators) {
  return [
    operation({
      name: 'indicators.list',
      summary: { zh: '指标一览', en: 'All indicators with their last value' },
      method: 'GET',
      path: '/v1/indicators',
      permission: 'indicator.read',
      scope: 'whole',
      input: Type.Object({}),
      output: listOf,
      run: async () => ({ items: await indicators.all(), next: null }),
    }),
    operation({
      name: 'indicators.get',
      summary: { zh: '指标序列、公式与 SQL', en: 'Series, formula and SQL of an indicator' },
      method: 'GET',
      path: '/v1/indicators/:indicator',
      permission: 'indicator.read',
      scope: 'whole',
      errors: ['not_found'],
      input: Type.Object({
        indicator: Type.String(),
        from: Type.Optional(Type.String({ maxLength: 40 })),
        to: Type.Optional(Type.String({ maxLength: 40 })),
        grain: Type.Optional(Type.String()),
        by: Type.Optional(Type.String()),
      }),
      output: anything,
      run: async (_context, { indicator, ...input }) =>
        indicators.detail(indicator, { from: input.from, to: input.to, grain: input.grain, by: input.by || undefined }),
    }),
  ]
}
