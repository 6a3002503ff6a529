export { accessOperations } from './operations.ts'
export { permissionsOf, type Role, rolePermissions, roles, roleTitles } from './roles.ts'
export { type Access, createAccess } from './service.ts'
export { type AccessTables, accessSchema } from './store.ts'
