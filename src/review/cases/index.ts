export {
  actionOf,
  dueMicros,
  type Outcome,
  outcomes,
  outcomeTitles,
  statusAfter,
  transitions,
  undoMicros,
} from './model.ts'
export { caseOperations, caseView } from './operations.ts'
export { type CaseDecision, type Cases, createCases } from './service.ts'
export * as caseStore from './store.ts'
export {
  type CaseDb,
  type CaseEventRow,
  type CaseRow,
  type CaseTables,
  type CaseTx,
  caseSchema,
  type ListedCase,
} from './store.ts'
