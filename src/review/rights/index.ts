export {
  type Authorisation,
  authorisedFor,
  brandKey,
  brandOf,
  claimEvents,
  claimStatuses,
  claimTransitions,
  mostLinks,
  nextClaim,
  quarter,
} from './model.ts'
export { rightsOperations } from './operations.ts'
export { type BrandQuestion, type BrandRegister, createBrandRegister } from './register.ts'
export { countOnce, createRights, type Rights, statusOf } from './service.ts'
export { type RightsTables, rightsSchema } from './store.ts'
export { counterRules, counterTimer } from './timers.ts'
export { ratesOf, trustLimits, trustOf } from './trust.ts'
