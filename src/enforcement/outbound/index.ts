export { bodyOf, headerNames, isSigned, mostAttempts, pauseAfter, sign, urlProblem } from './model.ts'
export { outboundOperations } from './operations.ts'
export { createOutbound, type EndpointInput, type Outbound } from './service.ts'
export { type OutboundTables, outboundSchema } from './store.ts'
