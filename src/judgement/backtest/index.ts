export { type Difference, type ReplayInput, type ReplayRange, type ReplayReport, replay } from './replay.ts'
export { replayOperations, timeOf } from './replay-operations.ts'
