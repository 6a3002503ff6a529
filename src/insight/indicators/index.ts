export { checkIndicator, type Indicator, type Point, pointOf } from './model.ts'
export { indicatorOperations } from './operations.ts'
export { createIndicators, type Indicators } from './service.ts'
