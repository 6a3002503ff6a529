export { actionOf, dueMicros, outcomes, type Outcome, outcomeTitles, statusAfter, transitions, undoMicros } from './model.ts'
export { type CaseDecision, type Cases, createCases } from './service.ts'
export * as caseStore from './store.ts'
export { type CaseDb, type CaseEventRow, type CaseRow, caseSchema, type CaseTables, type CaseTx, type ListedCase } from './store.ts'
