export { belongsTo, type Erased, eraseDecision, eraseEvent, type Person } from './erase.ts'
export { createRowEraser, erasedMark } from './erase-rows.ts'
export { personalOperations } from './operations.ts'
export { createPersonal, type Personal } from './service.ts'
export {
  erasureSchema,
  forgottenPositions,
  type PersonalDb,
  type PersonalTables,
  personalSchema,
} from './store.ts'
