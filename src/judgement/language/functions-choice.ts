import type { Value } from '../../kernel/values.ts'
import type { Overload, Parameter } from './model.ts'
import { compareValues } from './order.ts'

const same: Parameter = { type: 'SAME' }

function extreme(name: 'greatest' | 'least', sign: 1 | -1, zh: string): Overload {
  return {
    name,
    group: 'choice',
    cost: 2,
    parameters: [same],
    variadic: true,
    result: 'SAME',
    nulls: 'handled',
    call: (...values: Value[]) => {
      let best: Value = null
      for (const value of values)
        if (value !== null && (best === null || compareValues(value, best) * sign > 0)) best = value
      return best
    },
    sql: (args) => `${name}(${args.join(', ')})`,
    doc: { en: `The ${name} argument; NULL is skipped; NaN is the greatest.`, zh },
    example: `${name}(price, list_price)`,
  }
}

export const choiceFunctions: readonly Overload[] = [
  extreme('greatest', 1, '最大的参数;跳过 NULL;NaN 最大。'),
  extreme('least', -1, '最小的参数;跳过 NULL;NaN 最大。'),
  {
    name: 'nullif',
    group: 'choice',
    cost: 2,
    parameters: [same, same],
    result: 'SAME',
    nulls: 'handled',
    partial: true,
    call: (a: Value, b: Value) => (a !== null && b !== null && compareValues(a, b) === 0 ? null : a),
    sql: (args) => `nullif(${args.join(', ')})`,
    doc: { en: 'NULL when both are equal, else the first.', zh: '两者相等为 NULL,否则为第一个。' },
    example: "nullif(brand, '')",
  },
]
