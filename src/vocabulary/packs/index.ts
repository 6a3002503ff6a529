export {
  type BatchDefinition,
  type BatchInputContract,
  type BatchRow,
  scheduleOf,
} from './batch.ts'
export { type LoadedPack, loadPack, type Pack, type PackProblem, type Place, placeOf } from './load.ts'
export {
  caseSchema,
  type Feature,
  type ListDefinition,
  type PackCase,
  type PackHeader,
  type Policy,
  type RolloutEntry,
  type RolloutState,
  rolloutStates,
  type SignalDefinition,
  type Strategy,
  strategySchema,
} from './schema.ts'
