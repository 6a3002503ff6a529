export { actionView, actionViews, appealOperations, appealView, noticeView } from './operations.ts'
export { type AppealOutcome, type Appeals, appealDueMicros, appealOutcomes, createAppeals } from './service.ts'
export * as appealStore from './store.ts'
export { type AppealDb, type AppealTables, appealSchema, type ListedAppeal } from './store.ts'
