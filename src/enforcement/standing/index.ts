export {
  type AppealMatter,
  appealRule,
  defaultAppealRule,
  type EarlierAppeal,
  type NextStep,
  nextAppeal,
  reachesEurope,
  reporterLevelsOf,
  statutoryDays,
} from './appeals.ts'
export { createZone } from './calendar.ts'
export { admitEvents, compareEvents, findClass, parseTime, readEvent, subjectsOf } from './events.ts'
export { duePeriods, type OrderPeriod } from './kept-orders.ts'
export { checkLadder, describeProblem, type Problem } from './ladder.ts'
export type {
  AppealRule,
  Change,
  JointRule,
  Ladder,
  LedgerStanding,
  LinkedSubject,
  SanctionInForce,
  Standing,
  StandingEvent,
  StandingEventType,
} from './model.ts'
export { ladderSchema } from './model.ts'
export { sanctionsWhileAppealed } from './resting.ts'
export { applyEvent, replay, standingOf } from './service.ts'
