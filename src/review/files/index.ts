/** Files that people send as evidence: kept, attached, shown, gone. */
export { attachFiles } from './attach.ts'
export {
  type FileLimits,
  type FileView,
  fileView,
  maskedFileView,
  mostAttached,
  publicSender,
  type Sender,
  usualLimits,
} from './model.ts'
export { fileOperations } from './operations.ts'
export { createFiles, type FileAccess, type Files, type FilesInput } from './service.ts'
export {
  type FileDb,
  type FileLinkRow,
  type FileRow,
  type FileTables,
  type FileTx,
  fileSchema,
  filesOf,
  type LinkType,
} from './store.ts'
