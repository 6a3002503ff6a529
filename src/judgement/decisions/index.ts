export { inCanary } from './canary.ts'
export { type Admitted, createEngine, type Engine, type Gate, type Held, type Judged } from './engine.ts'
export { featureOperations } from './feature-operations.ts'
export { type Decided, decode, followJournal } from './follow.ts'
export { decideHit, type Hit, hitEvent, hitEventTitle, hitEventType } from './hit.ts'
export type { Decision, Evidence, Finding, Tripped } from './model.ts'
export { decisionOperations, type ItemResult, itemsOf, submitBatch } from './operations.ts'
export {
  createPipeline,
  journalFingerprint,
  type Landed,
  learnJournal,
  type Offer,
  type Pipeline,
  refusal,
  type Submitted,
  type SubmittedHit,
} from './pipeline.ts'
export {
  createQuarantine,
  type Quarantine,
  type QuarantineTables,
  quarantineSchema,
  type Refused,
} from './quarantine.ts'
