export type {
  Admission,
  AppendResult,
  Bytes,
  Entry,
  Files,
  JournalCorrupt,
  JournalLog,
  JournalRecord,
  JournalRefused,
  JournalStats,
  Key,
  NewEntry,
  OpenFile,
  Receipt,
  RecordKind,
  RefusalCode,
  Ticket,
} from './model.ts'
export { createReader, type Reader, type ReadLimit } from './reader.ts'
export { type Damage, repairJournal } from './repair.ts'
export { type Rewritten, rewriteJournal } from './rewrite.ts'
export { type EntryBody, type Journal, type JournalOptions, openJournal, type Queued } from './service.ts'
