export { compareUtf8 } from './codecs.ts'
export {
  type ColumnWindowShape,
  createColumnWindow,
  type WindowBatch,
  type WindowValues,
} from './column-windows.ts'
export { type Aggregate, aggregates, type FeaturePlan, largestRangeMicros, partitionKey, type Scalar } from './model.ts'
export { createFeatureStore, type FeatureStats, type FeatureStore } from './service.ts'
export type { Restored } from './snapshot.ts'
export { type WindowSql, windowSql } from './window-sql.ts'
