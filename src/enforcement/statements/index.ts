export {
  isAutomatic,
  needsStatement,
  puidOf,
  sourceTypeOf,
  statementOf,
  territorialScope,
} from './compose.ts'
export { personalDataIn, withoutPersonalData } from './facts.ts'
export { statementOperations } from './operations.ts'
export {
  csvOf,
  type ReportedComplaint,
  type ReportedNotice,
  type ReportInput,
  type ReportPart,
  reconcile,
  transparencyReport,
} from './report.ts'
export { isMapped, restrictionOf } from './restrictions.ts'
export type { Statement } from './schema.ts'
export * as statementSchemaV2 from './schema.ts'
export { type Doubt, selfCheck, soundness } from './self-check.ts'
export { createSender, sendAttempts } from './sender.ts'
export { type Behind, createStatements, type Noticed, noticeOf, type Statements, statementRow } from './service.ts'
export type { StatementSource } from './source.ts'
export {
  type DeliveryRow,
  type StatementDb,
  type StatementRow,
  type StatementTables,
  statementSchema,
  statementsOf,
} from './store.ts'
export { batchMost, type StatementProblem, validateBatch, validateStatement } from './validate.ts'
