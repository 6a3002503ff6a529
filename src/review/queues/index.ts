export {
  type CaseFacts,
  caseColumns,
  defaultSla,
  type Queue,
  type QueueDefinition,
  queueSchema,
  type Routing,
  type RoutingProblem,
} from './model.ts'
export { reviewerOperations } from './operations.ts'
export { type Reviewer, refusalOf } from './reviewers.ts'
export { buildRouting, plainRouting } from './routing.ts'
export { type QueueTables, reviewerFrom, reviewerOf, reviewerRows, reviewerSchema, writeReviewer } from './store.ts'
