export { listOperations } from './operations.ts'
export { type DeclaredList, type Entry, type Lists, openLists } from './service.ts'
export { type ListTables, listSchema } from './store.ts'
