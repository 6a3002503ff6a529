import { createAdmission } from './admission.ts'
import type { EntryContent } from './frames.ts'
import { createHeldTable, type Held, waitFor } from './held.ts'
import { createKeyHash, type HashSeed } from './key-hash.ts'
import {
  type Admission,
  type AppendResult,
  type Bytes,
  type Entry,
  type Files,
  type JournalLog,
  type JournalRefused,
  type JournalStats,
  type Key,
  type NewEntry,
  type Receipt,
  refuse,
  type Ticket,
} from './model.ts'
import { type ReadLimit, readEntries } from './reader.ts'
import { type Recovered, recover } from './recovery.ts'
import { createWriter, dropHeld, type Writer, type WriterState } from './writer.ts'

export interface JournalOptions {
  readonly files: Files
  /** Folder of the segments; made when missing. The caller holds the data folder's lock. */
  readonly folder: string
  readonly log?: JournalLog
  /** Microseconds since 1970 UTC; default the system clock. */
  readonly now?: () => number
  /** Size at which a segment is sealed; default 64 MiB. */
  readonly segmentBytes?: number
  /** Bytes in flight above which `append` waits and writers should await `drained()`; default 16 MiB. */
  readonly highWaterBytes?: number
  /** The fingerprint of an event's bytes, for keys that are admitted without one. */
  readonly fingerprintOf?: (event: Uint8Array) => Bytes
  /** Sealed bytes, newest first, whose checksum is compared before opening; default 1 GiB. */
  readonly verifyBytes?: number
}

/** What belongs to one admitted key. */
export interface EntryBody {
  /** From `nextLoggedAt`, in the order of the calls to `write`. */
  readonly loggedAt: number
  readonly event: Bytes
  readonly decision?: Bytes
}

/** An entry on its way: what became of it, to be read when `landed` has resolved. */
export interface Queued {
  readonly source: string
  readonly id: string
  /** Never rejects. Null = known already. */
  readonly landed: Promise<void> | null
  /** Why it was not written; null = it was, at `position`. */
  readonly refused: JournalRefused | null
  readonly position: number
  readonly loggedAt: number
}

/**
 * The append-only truth of everything that arrived and what was decided. In one synchronous turn:
 * `admit` → `nextLoggedAt` → decide → `write`; then await the receipt: it comes when the entry is durable.
 */
export interface Journal {
  /**
   * Whether a key is new; a new one is reserved until `write` or `release`.
   * @throws JournalRefused `bad_key`, `closed`; JournalCorrupt when the entry it must compare with is damaged.
   */
  admit(key: Key): Admission
  /**
   * Reserves a time: later than every earlier one; the clock, or for history `wanted` (never ahead of the clock).
   * Microseconds since 1970 UTC.
   */
  nextLoggedAt(wanted?: number): number
  /**
   * Writes event and decision together. Rejects with JournalRefused (`disk_full`, `write_failed`, `too_large`,
   * `out_of_order`, `closed`); the key is then free again.
   */
  write(ticket: Ticket, body: EntryBody): Promise<Receipt>
  /**
   * As `write`, for many in one turn: one promise stands for all entries of a commit, and what became of each is read
   * when it has resolved.
   */
  enqueue(ticket: Ticket, body: EntryBody): Queued
  /** Gives an admitted key back without writing, for example when deciding failed. */
  release(ticket: Ticket): void
  /** Admits and writes a batch in order, waiting where too much is in flight; one result per entry, in order. */
  append(entries: readonly NewEntry[]): Promise<AppendResult[]>
  /** Durable entries from `from` (0, or the `next` of an entry); empty at the end. */
  read(from: number, options?: ReadLimit): Promise<Entry[]>
  /** Batches from `from` to the present end; with `follow` goes on until `signal` aborts. */
  batches(from: number, options?: ReadLimit & { follow?: boolean; signal?: AbortSignal }): AsyncGenerator<Entry[]>
  /** Everything before this position is durable; the `next` of the last entry. */
  durable(): number
  /** Calls after every commit with the new durable position; returns how to stop. */
  onDurable(listener: (position: number) => void): () => void
  pendingBytes(): number
  /** Resolves when everything that was written before the call is durable or refused. */
  landed(): Promise<void>
  /** Resolves when there is room for more. */
  drained(): Promise<void>
  stats(): JournalStats
  /** Waits for what is in flight and closes. Later writes are refused. */
  close(): Promise<void>
}

const defaultSegmentBytes = 64 << 20
const defaultHighWaterBytes = 16 << 20
const defaultVerifyBytes = 1 << 30

/**
 * Opens or creates the journal in a folder.
 * @throws JournalCorrupt naming file, offset and fix when acknowledged bytes are missing or damaged.
 */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { files, folder, log = () => undefined, now = () => Date.now() * 1000 } = options
  const random = crypto.getRandomValues(new Uint32Array(2))
  const freshSeed: HashSeed = [random[0] ?? 0, random[1] ?? 0]
  const verifyBytes = options.verifyBytes ?? defaultVerifyBytes
  const recovered = await recover({ files, folder, log, freshSeed, verifyBytes })
  const listeners = new Set<(position: number) => void>()
  const state: WriterState = {
    ...recovered,
    files,
    folder,
    log,
    segmentBytes: options.segmentBytes ?? defaultSegmentBytes,
    highWaterBytes: options.highWaterBytes ?? defaultHighWaterBytes,
    held: createHeldTable(),
    onDurable: (position) => {
      for (const listener of listeners) tell(listener, position, log)
    },
  }
  const writing = createWriting({
    ...{ state, writer: createWriter(state), recovered, now },
    fingerprintOf: options.fingerprintOf ?? noFingerprint,
  })
  return { ...writing, ...createReading(state, listeners) }
}

/** What listens must not be able to harm what writes. */
function tell(listener: (position: number) => void, position: number, log: JournalLog): void {
  try {
    listener(position)
  } catch (error) {
    log('journal: a listener failed', { position, reason: String(error) })
  }
}

interface Parts {
  state: WriterState
  writer: Writer
  recovered: Recovered
  now: () => number
  fingerprintOf: (event: Uint8Array) => Bytes
}

type Writing = Omit<Journal, 'read' | 'batches' | 'durable' | 'onDurable'>
type Reading = Pick<Journal, 'read' | 'batches' | 'durable' | 'onDurable'>

function createWriting({ state, writer, recovered, now, fingerprintOf }: Parts): Writing {
  const hash = createKeyHash(recovered.seed)
  const admission = createAdmission({ ...state, hash, fingerprintOf, segments: () => state.segments })
  const times: Times = { reserved: recovered.lastLoggedAt, written: recovered.lastLoggedAt }
  let closing: Promise<void> | null = null

  const admit = (key: Key): Admission => {
    if (closing !== null) throw closedRefusal()
    return admission.admit(key)
  }
  const nextLoggedAt = (wanted?: number): number => reserveTime(times, Math.floor(now()), wanted)
  /** Puts the entry into the next commit; a refusal frees the key and is thrown. */
  const queue = (held: Held, body: EntryBody): void => {
    try {
      const failure = closing !== null ? closedRefusal() : writer.failed()
      if (failure !== null) throw failure
      const { loggedAt } = body
      if (loggedAt <= times.written || loggedAt > times.reserved) throw orderRefusal(loggedAt, times.written)
      writer.enqueue(held, contentOf(held, body))
      times.written = loggedAt
    } catch (error) {
      dropHeld(state.held, held, isRefusal(error) ? error : releaseRefusal(held))
      throw error
    }
  }
  const write = (ticket: Ticket, body: EntryBody): Promise<Receipt> => {
    const held = heldOf(ticket)
    try {
      queue(held, body)
      return waitFor(held)
    } catch (error) {
      return Promise.reject(error)
    }
  }
  const enqueue = (ticket: Ticket, body: EntryBody): Queued => {
    const held = heldOf(ticket)
    try {
      queue(held, body)
    } catch (error) {
      if (!isRefusal(error)) throw error
    }
    return held
  }
  return {
    admit,
    nextLoggedAt,
    write,
    enqueue,
    release: (ticket) => dropHeld(state.held, heldOf(ticket), releaseRefusal(ticket)),
    append: (entries) => appendAll({ admit, nextLoggedAt, write, writer, state }, entries),
    pendingBytes: writer.pendingBytes,
    landed: writer.landed,
    drained: writer.drained,
    stats: () => statsOf(state, writer, times.written),
    close() {
      closing ??= writer.settled().then(() => {
        admission.close()
        state.activeFile.close()
        state.markFile.close()
      })
      return closing
    },
  }
}

/** The last `loggedAt` given out, and the last one written. */
interface Times {
  reserved: number
  written: number
}

function reserveTime(times: Times, clock: number, wanted: number | undefined): number {
  const time = wanted === undefined || !Number.isFinite(wanted) ? clock : Math.min(Math.floor(wanted), clock)
  times.reserved = Math.max(time, times.reserved + 1)
  return times.reserved
}

const nothing = new Uint8Array(0)

function contentOf({ source, id, fingerprint }: Held, { loggedAt, event, decision }: EntryBody): EntryContent {
  const stored = typeof fingerprint === 'function' ? nothing : fingerprint
  return { source, id, fingerprint: stored, loggedAt, event, decision }
}

function createReading(state: WriterState, listeners: Set<(position: number) => void>): Reading {
  const durable = (): number => {
    const active = state.segments.at(-1)
    return active === undefined ? 0 : active.first + active.size
  }
  const read = (from: number, options?: ReadLimit): Promise<Entry[]> =>
    readEntries({ files: state.files, segments: () => state.segments, durable }, from, options)
  const onDurable = (listener: (position: number) => void): (() => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }
  const news = (signal: AbortSignal | undefined): Promise<void> =>
    new Promise((wake) => {
      const stop = onDurable(() => done())
      const done = (): void => {
        stop()
        signal?.removeEventListener('abort', done)
        wake()
      }
      signal?.addEventListener('abort', done)
    })
  async function* batches(
    from: number,
    options: ReadLimit & { follow?: boolean; signal?: AbortSignal } = {},
  ): AsyncGenerator<Entry[]> {
    const { follow = false, signal } = options
    const end = durable()
    for (let at = from; !signal?.aborted; ) {
      if (at >= durable() || (!follow && at >= end)) {
        if (!follow) return
        await news(signal)
        continue
      }
      const entries = await read(at, options)
      at = entries.at(-1)?.next ?? durable()
      if (entries.length > 0) yield entries
    }
  }
  return { read, batches, durable, onDurable }
}

interface AppendParts extends Pick<Journal, 'admit' | 'nextLoggedAt' | 'write'> {
  writer: Writer
  state: WriterState
}

async function appendAll(parts: AppendParts, entries: readonly NewEntry[]): Promise<AppendResult[]> {
  const results: Promise<AppendResult>[] = []
  for (const entry of entries) {
    if (parts.writer.pendingBytes() > parts.state.highWaterBytes) await parts.writer.drained()
    results.push(appendOne(parts, entry))
  }
  return Promise.all(results)
}

async function appendOne({ admit, nextLoggedAt, write }: AppendParts, entry: NewEntry): Promise<AppendResult> {
  try {
    const admission = admit(entry)
    if (admission.status !== 'new') return { status: admission.status, ...(await admission.first) }
    const { event, decision, at } = entry
    const loggedAt = nextLoggedAt(at)
    const body = decision === undefined ? { loggedAt, event } : { loggedAt, event, decision }
    return { status: 'accepted', ...(await write(admission.ticket, body)) }
  } catch (error) {
    if (!isRefusal(error)) throw error
    return { status: 'refused', error }
  }
}

function heldOf(ticket: Ticket): Held {
  if (!isHeld(ticket) || ticket.state !== 'admitted')
    throw new Error(`the ticket of source "${ticket.source}" id "${ticket.id}" was used before; admit the key again`)
  return ticket
}

function isHeld(ticket: Ticket): ticket is Held {
  return 'state' in ticket && 'fingerprint' in ticket
}

function isRefusal(error: unknown): error is JournalRefused {
  return error instanceof Error && 'code' in error && 'text' in error
}

function noFingerprint(): never {
  throw new Error('a key was admitted without a fingerprint: open the journal with fingerprintOf')
}

function closedRefusal(): JournalRefused {
  return refuse('closed', { en: 'the journal is closed; start Aedile again', zh: '日志已关闭;请重新启动 Aedile' })
}

function releaseRefusal({ source, id }: Ticket): JournalRefused {
  return refuse('released', {
    en: `source "${source}" id "${id}" was not written, because deciding it failed; send it again`,
    zh: `来源 "${source}" 编号 "${id}" 因判定失败未写入;请重发`,
  })
}

function orderRefusal(loggedAt: number, last: number): JournalRefused {
  return refuse('out_of_order', {
    en: `logged_at ${loggedAt} is not after ${last}, or was not reserved; call nextLoggedAt and write in the same turn`,
    zh: `logged_at ${loggedAt} 不晚于 ${last} 或未经预留;请在同一轮次内调用 nextLoggedAt 与 write`,
  })
}

function statsOf(state: WriterState, writer: Writer, lastLoggedAt: number): JournalStats {
  const active = state.segments.at(-1)
  const durable = active === undefined ? 0 : active.first + active.size
  return {
    entries: state.index.size,
    bytes: durable,
    segments: state.segments.length,
    indexBytes: state.index.bytes,
    bytesPerKey: state.index.size === 0 ? 0 : Math.round((state.index.bytes / state.index.size) * 10) / 10,
    pendingBytes: writer.pendingBytes(),
    commits: writer.commits(),
    durable,
    lastLoggedAt,
  }
}
