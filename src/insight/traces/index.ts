export type { TraceInput } from './model.ts'
export { type Layer, layers, type TimelineItem } from './model.ts'
export { traceOperations } from './operations.ts'
export { createTraces, type Traces } from './service.ts'
