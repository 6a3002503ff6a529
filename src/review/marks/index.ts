/** Regions of images that people point at. */
export { fileImage, imagesOf, markEvidence, markView } from './model.ts'
export { markOperations } from './operations.ts'
export { type MarkDb, type MarkRow, type MarkTables, markSchema, marksOn } from './store.ts'
