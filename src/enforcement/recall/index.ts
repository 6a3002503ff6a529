export { recallOperations } from './operations.ts'
export { type DecisionRecall, planRecall, type StrategyVersion } from './plan.ts'
export { createRecalls, type RecallCases, type RecallReport, type Recalls } from './service.ts'
export { type RecallRow, type RecallTables, recallSchema } from './store.ts'
