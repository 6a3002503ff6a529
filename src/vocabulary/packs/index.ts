export {
  type BatchDefinition,
  type BatchInputContract,
  type BatchRow,
  scheduleOf,
} from './batch.ts'
export { type LoadedPack, loadPack, type Pack, type PackProblem, type Place } from './load.ts'
export type { Feature, ListDefinition, PackCase, PackHeader, Policy, SignalDefinition, Strategy } from './schema.ts'
