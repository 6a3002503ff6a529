export { type BuildInput, type Built, buildPrograms } from './build.ts'
export { featurePlan, featureSql } from './feature-plan.ts'
export { createPackManager, type PackManager, type PackStatus } from './manager.ts'
export type { BatchStrategy, CompiledFeature, CompiledStrategy, Programs } from './model.ts'
