export { answerViews, documentOperations } from './operations.ts'
export { createDocuments, type Documents } from './service.ts'
export { type DocumentDb, type DocumentTables, documentSchema, findAnswer, type SentDocument } from './store.ts'
