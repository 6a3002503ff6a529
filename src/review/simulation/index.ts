export { type Comparison, compare, copiesFor, type Interval, type Measures } from './compare.ts'
export { type Arrival, type Assumptions, defaultAssumptions, policies, type SimulatedPolicy } from './model.ts'
export { simulate } from './run.ts'
