export { answerView, documentOperations } from './operations.ts'
export { createDocuments, type Documents } from './service.ts'
export { type DocumentDb, type DocumentTables, documentSchema, type SentDocument } from './store.ts'
