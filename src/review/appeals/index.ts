export { appealDueMicros, type AppealOutcome, appealOutcomes, type Appeals, createAppeals } from './service.ts'
export { type AppealDb, appealSchema, type AppealTables, type ListedAppeal } from './store.ts'
export { actionView, actionViews, appealOperations, appealView, noticeView } from './operations.ts'
