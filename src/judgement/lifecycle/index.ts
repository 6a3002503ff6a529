export {
  type BrakeState,
  type Brakes,
  brakeMemory,
  createBrakes,
  defaultLimits,
  floors,
  type Limits,
  limitsOf,
} from './brakes.ts'
export { lintPacks, lintVersion, type PackWarning } from './lint.ts'
export { lifecycleOperations } from './operations.ts'
export { alwaysIs, implies, neverFalse, possible } from './reason.ts'
export { alertView, createLifecycle, type Lifecycle, restoreBrakes } from './service.ts'
export { type AlertRow, type LifecycleTables, lifecycleSchema, openChannelAlerts } from './store.ts'
