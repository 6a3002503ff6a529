import type { Layout } from '../../kernel/values.ts'
import { type FeaturePlan, partitionKey, windowSql } from '../../perception/features/index.ts'
import {
  type Checked,
  type CheckedFeature,
  type ColumnSql,
  compile,
  type Evaluate,
  toDuckSql,
} from '../language/index.ts'

/**
 * Turns a checked feature into the plan that the window store runs. Plans with the same key, argument or filter text
 * share its evaluation and storage.
 */
export function featurePlan(id: string, checked: CheckedFeature, layout: Layout): FeaturePlan {
  const { aggregate, distinct, rangeMicros, type, argument, filter, partition } = checked
  const keys = partition.map((key) => compile(key, layout))
  return {
    ...{ id, aggregate, distinct, rangeMicros, type },
    key: keyOf(keys),
    partitionId: partition.map((key) => toDuckSql(key)).join(', '),
    ...(argument ? { value: compile(argument, layout), valueId: toDuckSql(argument) } : {}),
    ...(filter ? { filter: compile(filter, layout), filterId: toDuckSql(filter) } : {}),
    fingerprint: featureSql(checked),
  }
}

function keyOf(keys: readonly Evaluate[]): FeaturePlan['key'] {
  const [only] = keys
  if (only && keys.length === 1) return (row, resolve) => partitionKey([only(row, resolve)])
  return (row, resolve) => partitionKey(keys.map((key) => key(row, resolve)))
}

/**
 * The feature as DuckDB SQL over a table of events with `logged_at`: what the window store computes, bit for bit, also
 * where DuckDB's own sum of DOUBLE depends on the order of addition. A TIMESTAMP result comes as TIMESTAMP.
 */
export function featureSql(checked: CheckedFeature, column?: ColumnSql): string {
  const print = (part: Checked): string => (column ? toDuckSql(part, column) : toDuckSql(part))
  const { aggregate, distinct, argument, filter, partition, rangeMicros } = checked
  return windowSql({
    ...{ aggregate, distinct, rangeMicros },
    argument: argument ? print(argument) : null,
    filter: filter ? print(filter) : null,
    partition: partition.map(print),
    wholeNumbers: argument?.type === 'BIGINT' || argument?.type === 'BOOLEAN',
  })
}
