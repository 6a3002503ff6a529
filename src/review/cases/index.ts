export { credibilityAfter } from './credibility.ts'
export type { CaseDecision, CaseQuality, CasesInput } from './effects.ts'
export { eventFacts, reachOf } from './facts.ts'
export { floorOperations } from './floor-operations.ts'
export { type NoticeCase, openCasesOn, openNoticeCase, withdrawCase } from './from-notice.ts'
export {
  actionOf,
  isFromNotice,
  leaseMicros,
  type Outcome,
  outcomes,
  outcomeTitles,
  type Purpose,
  statusAfter,
  transitions,
  undoMicros,
} from './model.ts'
export { caseRow, needsPerson, placeOf } from './opening.ts'
export { caseOperations } from './operations.ts'
export { type CredibilityOf, inOrder, mostUrgent, type Ranked, rank } from './order.ts'
export { harmOf, impactOf, type Priority, priorCredibility, priorityOf, urgencyOf } from './priority.ts'
export { type Cases, createCases } from './service.ts'
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
export type { Waiting } from './store-waiting.ts'
export { caseView } from './view.ts'
