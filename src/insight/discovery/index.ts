export { type DraftInput, draftYaml } from './draft.ts'
export { miningOperations } from './operations.ts'
export { createMining, type Mining, type MiningReport, type MiningRequest, type Proposal } from './service.ts'
