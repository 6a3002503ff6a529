/** SQL expressions and windows: parsed by DuckDB, checked, compiled to JavaScript, printed back as DuckDB SQL. */
export { checkExpression, costBound } from './check.ts'
export { compile, compileSet, interpretSet } from './compile.ts'
export { type ColumnSql, quoteName, toDuckSql } from './duck-sql.ts'
export { isLanguageError } from './errors.ts'
export { type CheckedFeature, type FeatureAggregate, featureAggregates, parseFeature } from './feature.ts'
export { functions } from './functions.ts'
export { interpret } from './interpret.ts'
export type {
  Checked,
  CompareOperator,
  ErrorCode,
  Evaluate,
  EvaluateSet,
  LanguageError,
  Node,
  Parsed,
  ParseSql,
  SerializedSql,
  Type,
} from './model.ts'
export { compareValues } from './order.ts'
export { parseExpression } from './parse.ts'
export { renderReference } from './reference.ts'
export { timestampFromText, timestampText } from './time.ts'
