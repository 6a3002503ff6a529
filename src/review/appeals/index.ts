export { appellantsOf, contestedPoints } from './contested.ts'
export type { DecidedAppeal } from './decide.ts'
export type { AppealEvidence, Filing, Party } from './file.ts'
export { type AppealDecision, type AppealOutcome, appealOutcomes } from './imposing.ts'
export { appealEvidence, appealOperations } from './operations.ts'
export type { Precision, PrecisionEffect } from './precision.ts'
export { type Appeals, bulkPhrase, createAppeals } from './service.ts'
export * as appealStore from './store.ts'
export {
  type AppealDb,
  type AppealRow,
  type AppealTables,
  appealSchema,
  type ListedAppeal,
  type Side,
} from './store.ts'
export { actionView, actionViews, appealView, noticeView } from './views.ts'
