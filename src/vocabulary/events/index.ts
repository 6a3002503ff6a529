export { createRowReader, envelopeColumns, eventColumns, toValue } from './columns.ts'
export type { Detection } from './detections.ts'
export type { CloudEvent } from './envelope.ts'
export {
  isPersonal,
  leaves,
  maskPersonal,
  type PersonalKind,
  personalFields,
  personalKinds,
  pseudonym,
  pseudonymSql,
} from './personal.ts'
export {
  coreEventTypes,
  type EventType,
  type FieldType,
  type SubjectType,
  subjectTitles,
  subjectTypes,
} from './types.ts'
export { isCleanText, limits, type Validated, validateEvent } from './validate.ts'
