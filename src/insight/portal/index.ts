export { invitationOperations, portalOperations } from './operations.ts'
export { createPortal, type Portal } from './service.ts'
