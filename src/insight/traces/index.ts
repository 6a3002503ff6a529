export { traceOperations } from './operations.ts'
export { createTraces, type Layer, layers, type TimelineItem, type Traces } from './service.ts'
