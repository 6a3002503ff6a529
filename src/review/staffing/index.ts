export {
  begunWithin,
  erlangC,
  forecastBreaches,
  type Lateness,
  lateCases,
  type Staffing,
  staffNeeded,
  type Workload,
} from './model.ts'
export { staffingOperations } from './operations.ts'
export { createStaffing, type Floor, forecastHours } from './service.ts'
