export {
  type ActionKind,
  actionKind,
  actionKinds,
  actionTitle,
  defaultAction,
  type Matter,
  outsideCall,
  strengthFor,
  suggestActions,
} from './catalogue.ts'
export { endNoticeId } from './ended.ts'
export { createMeasures, type Imposition, type Measures } from './measures.ts'
export { actionOperations, kindView } from './operations.ts'
export { appealDaysOf, appealRuleOf, inverseOf, type Origin, planEffects, pointsRow, type Rules } from './plan.ts'
export {
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
  type MeasureRow,
  type NoticeRow,
  type PointsRow,
} from './store.ts'
