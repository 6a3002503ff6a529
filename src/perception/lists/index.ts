export { listOperations } from './operations.ts'
export { type DeclaredList, type Entry, type Lists, openLists } from './service.ts'
export { listSchema, type ListTables } from './store.ts'
