export { admitEvents, compareEvents, parseTime, readEvent, subjectsOf } from './events.ts'
export { checkLadder, describeProblem, type Problem } from './ladder.ts'
export type {
  Change,
  Ladder,
  LedgerStanding,
  LinkedSubject,
  SanctionInForce,
  Standing,
  StandingEvent,
  StandingEventType,
} from './model.ts'
export { ladderSchema } from './model.ts'
export { applyEvent, replay, standingOf } from './service.ts'
