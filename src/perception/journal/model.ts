import type { Text } from '../../kernel/values.ts'

/** One open file. Offsets and sizes are bytes. Every failure throws the system's error with its `code`. */
export interface OpenFile {
  size(): number
  /** Fills `target` from `offset`; returns the bytes read, fewer than asked only at the end of the file. */
  readSync(target: Uint8Array, offset: number): number
  read(target: Uint8Array, offset: number): Promise<number>
  /** Writes all parts one after the other from `offset`, or throws (some bytes may then have been written). */
  write(parts: readonly Uint8Array[], offset: number): Promise<void>
  writeSync(bytes: Uint8Array, offset: number): void
  /** Returns when the content is on the medium. */
  datasync(): Promise<void>
  truncate(length: number): Promise<void>
  close(): void
}

/** The file abilities that the journal needs; `openFiles` in src/edge/files.ts gives the real ones. */
export interface Files {
  makeFolder(path: string): void
  list(folder: string): string[]
  /** `read` fails when the file is missing, `write` reads and writes and creates it. */
  open(path: string, mode: 'read' | 'write'): OpenFile
  rename(from: string, to: string): void
  remove(path: string): void
  /** Makes created, renamed and removed names durable. */
  syncFolder(path: string): void
}

/** What a record is: the event that arrived (first of every entry), or what was decided about it. */
export type RecordKind = 'event' | 'decision'

/** Bytes that the journal keeps as they are; a string is kept as UTF-8. */
export type Bytes = string | Uint8Array

export interface JournalRecord {
  readonly kind: RecordKind
  readonly bytes: Buffer
}

/** One event and what was decided about it, written together or not at all. */
export interface Entry {
  /** Byte position of the entry in the whole journal; strictly increasing; consumers resume from `next`. */
  readonly position: number
  readonly next: number
  /** Microseconds since 1970 UTC, strictly increasing over the whole journal. */
  readonly loggedAt: number
  readonly source: string
  readonly id: string
  /** Empty where it is derived from the event. */
  readonly fingerprint: Buffer
  /** The event first. */
  readonly records: readonly JournalRecord[]
}

/** Where and when an entry was journaled. */
export interface Receipt {
  readonly position: number
  readonly loggedAt: number
}

/** The right to write one entry; give it to `write` or `release`, exactly once. */
export interface Ticket {
  readonly source: string
  readonly id: string
}

/**
 * `new`: the key is unseen and now reserved. `duplicate`: the same content is there already; `first` tells where.
 * `conflict`: other content stands under this key. `first` is a promise while the first is not durable yet: await it
 * before answering, and refuse with its error when it rejects.
 */
export type Admission =
  | { readonly status: 'new'; readonly ticket: Ticket }
  | { readonly status: 'duplicate' | 'conflict'; readonly first: Receipt | Promise<Receipt> }

export interface Key {
  readonly source: string
  readonly id: string
  /**
   * Canonical hash of the content, at most 255 bytes: the same fingerprint means the same event. A function is asked only
   * when the key is there already, and nothing is stored: the journal then derives the fingerprint of what it holds.
   */
  readonly fingerprint: Bytes | (() => Bytes)
}

export interface NewEntry extends Key {
  /** Wanted `loggedAt` in microseconds, for history that is imported. */
  readonly at?: number
  readonly event: Bytes
  readonly decision?: Bytes
}

export type AppendResult =
  | ({ readonly status: 'accepted' | 'duplicate' | 'conflict' } & Receipt)
  | { readonly status: 'refused'; readonly error: JournalRefused }

export type RefusalCode =
  | 'disk_full'
  | 'write_failed'
  | 'closed'
  | 'bad_key'
  | 'too_large'
  | 'out_of_order'
  | 'released'

/** Why an entry was not written. Nothing of it remains; after `disk_full` the same entry may be tried again. */
export interface JournalRefused extends Error {
  readonly code: RefusalCode
  readonly text: Text
}

/** The store is damaged where it had been acknowledged. Nothing is changed by finding this out. */
export interface JournalCorrupt extends Error {
  readonly code: 'journal_corrupt'
  readonly file: string
  /** Byte offset in `file`. */
  readonly offset: number
  readonly fix: Text
}

export interface JournalStats {
  readonly entries: number
  readonly bytes: number
  readonly segments: number
  /** Memory of the index of keys, and its share per key. */
  readonly indexBytes: number
  readonly bytesPerKey: number
  readonly pendingBytes: number
  readonly commits: number
  /** Everything before this position is durable. */
  readonly durable: number
  readonly lastLoggedAt: number
}

export type JournalLog = (message: string, details: Record<string, string | number>) => void

/** A position outside the journal, or inside an entry. */
export function badPosition(position: number, durable: number): Error {
  return new Error(
    `position ${position} is not the start of an entry (the journal ends at ${durable}); use 0, or the "next" of an entry`,
  )
}

export function refuse(code: RefusalCode, text: Text, cause?: unknown): JournalRefused {
  return Object.assign(new Error(text.en, { cause }), { code, text })
}

export function corrupt(file: string, offset: number, why: string): JournalCorrupt {
  const fix: Text = {
    en: `Restore ${file} from a backup, or stop Aedile and run "npm run aedile -- journal repair": it fences off the damaged bytes, keeps every other entry at its position and prints what is lost. Then run "npm run aedile -- facts rebuild".`,
    zh: `请从备份恢复 ${file};或停止 Aedile 后运行 "npm run aedile -- journal repair":隔离损坏的字节,其余记录位置不变,并列出丢失的内容。然后运行 "npm run aedile -- facts rebuild"。`,
  }
  return Object.assign(new Error(`journal is damaged: ${file} at byte ${offset}: ${why}. ${fix.en}`), {
    code: 'journal_corrupt' as const,
    file,
    offset,
    fix,
  })
}

const fullCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/** Turns a system error into a refusal: a full disk passes, anything else needs a restart. */
export function refusalOf(error: unknown, file: string): JournalRefused {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  if (fullCodes.has(code))
    return refuse(
      'disk_full',
      {
        en: `nothing was written: no space left for ${file} (${code}); free space or raise the limit, then send it again; reading goes on`,
        zh: `未写入:${file} 所在磁盘已满或超出限额(${code});请释放空间或提高限额后重发;读取不受影响`,
      },
      error,
    )
  return refuse(
    'write_failed',
    {
      en: `nothing was written: ${file} cannot be written (${code}: ${error instanceof Error ? error.message : error}); check the disk and restart Aedile`,
      zh: `未写入:${file} 无法写入(${code});请检查磁盘并重启 Aedile`,
    },
    error,
  )
}
