export { type ActionKind, actionKind, actionKinds, actionTitle, defaultAction } from './catalogue.ts'
export { inverseOf, type Origin, planEffects, pointsRow, type Rules } from './plan.ts'
export {
  appealDays,
  createEnforcement,
  type Enforcement,
  noticeRow,
  originOf,
  policiesOf,
  type Reversal,
  titleOf,
} from './service.ts'
export * as actionStore from './store.ts'
export {
  type ActionDb,
  type ActionRow,
  type ActionTables,
  type ActionTx,
  actionSchema,
  type LabelRow,
  type NoticeRow,
  type PointsRow,
} from './store.ts'
