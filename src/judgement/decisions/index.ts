export { type Admitted, createEngine, type Engine } from './engine.ts'
export { type Decided, decode, followJournal } from './follow.ts'
export type { Decision, Evidence, Finding } from './model.ts'
