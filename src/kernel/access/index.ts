export { type AuditEntry, type AuditVerdict, auditHead, insertAudit, type NotedHead, verifyAudit } from './audit.ts'
export { approvalView, type FourEyes, personOf, withFourEyes } from './four-eyes.ts'
export { accessOperations } from './operations.ts'
export { findPlace, type PlaceTables, placedTables, placeSchemas, putPlace, scopedSql, withCtes } from './places.ts'
export { outsideRoles, permissionsOf, type Role, rolePermissions, roles, roleTitles } from './roles.ts'
export {
  describeRule,
  inScopes,
  mayChange,
  maySee,
  needsEverything,
  type Place,
  presentScopes,
  scopesOf,
  unscoped,
  withScope,
} from './scope.ts'
export { type Access, createAccess } from './service.ts'
export { type AccessDb, type AccessTables, accessSchema } from './store.ts'
export { trustOperations } from './trust-operations.ts'
