export { type BuildInput, type Built, buildPrograms } from './build.ts'
export type { CompiledFeature, CompiledStrategy, Programs } from './model.ts'
