export { channelTitle } from './channels.ts'
export { classById, classOf, type PolicyClass, policyClasses } from './classes.ts'
export { type Credibility, credibility } from './credibility.ts'
export {
  after,
  type CalendarOf,
  calendarsBy,
  deadlineOf,
  deadlineRules,
  platformSpans,
  type Span,
} from './deadlines.ts'
export type { Filing, Receipt } from './filing.ts'
export { heartbeatOf, leastArrivals, ordinarySilence } from './heartbeat.ts'
export { type IntakeInput, ownSource, type Subject } from './intake.ts'
export { fieldTexts, kindOfReporter, kindRules, type NoticeField, type NoticeKind, noticeKinds } from './kinds.ts'
export { reply as tellNotifier } from './ledger.ts'
export { measureDue, misuseLimits, suspendedUntil } from './misuse.ts'
export {
  missingFields,
  nextStatus,
  noticeEventTypes,
  noticeIdOf,
  noticeStatuses,
  noticeTransitions,
  personSource,
} from './model.ts'
export { inboundOperations } from './operations.ts'
export { reviseNotice } from './outcomes.ts'
export { createInbound, createInboundWork, type Inbound } from './service.ts'
export {
  type InboundDb,
  type InboundTables,
  inboundSchema,
  type ListedNotice,
  noticeBehind,
  reportedNotices,
  suspensionsIn,
} from './store.ts'
export { rulesView, spanText } from './views.ts'
