import { crc32 } from 'node:zlib'
import { type EntryContent, encodeEntry, groupFlag, roomFor, sealFrames } from './frames.ts'
import type { Held, HeldTable } from './held.ts'
import type { HashSeed } from './key-hash.ts'
import type { KeyIndex } from './key-index.ts'
import { type Files, type JournalLog, type JournalRefused, type OpenFile, refusalOf } from './model.ts'
import { addKey, createKeys, type Segment, type SegmentKeys, segmentPath, writeMark, writeSidecar } from './segments.ts'

export interface WriterState {
  readonly files: Files
  readonly folder: string
  readonly log: JournalLog
  readonly segmentBytes: number
  readonly highWaterBytes: number
  readonly seed: HashSeed
  readonly index: KeyIndex
  readonly held: HeldTable
  readonly segments: Segment[]
  readonly markFile: OpenFile
  activeFile: OpenFile
  activeKeys: SegmentKeys
  onDurable(position: number): void
}

export interface Writer {
  /**
   * Takes the entry into the next commit; `held` tells what became of it.
   * @throws JournalRefused `too_large`; nothing is taken then.
   */
  enqueue(held: Held, entry: EntryContent): void
  pendingBytes(): number
  /** Resolves when less than half of the high-water mark is pending. */
  drained(): Promise<void>
  /** Resolves when everything that was written before the call is durable or refused. */
  landed(): Promise<void>
  /** Resolves when nothing is on its way any more. */
  settled(): Promise<void>
  commits(): number
  /** Why nothing can be written until the next start; null while all is well. */
  failed(): JournalRefused | null
}

interface Chunk {
  bytes: Buffer
  used: number
}

/** What one commit writes. */
interface Group {
  chunks: Chunk[]
  entries: Held[]
  bytes: number
  /** Resolves when the group is durable or refused. */
  readonly landed: PromiseWithResolvers<void>
}

const chunkBytes = 1 << 20
const sparesKept = 16

/** What changes from commit to commit. */
interface Progress {
  /** Collects what the next commit writes. */
  group: Group
  readonly spares: Chunk[]
  /** Of the group that the newest entry is in: groups land one after the other. */
  newest: Promise<void>
  inCommit: number
  commits: number
  failed: JournalRefused | null
  running: Promise<void> | null
  drains: (() => void)[]
}

/**
 * Group commit: everything written in one turn, or while a sync runs, goes to the disk with one write and one sync.
 * Positions and checksums are set at commit, so a group that fails takes nothing with it.
 */
export function createWriter(state: WriterState): Writer {
  const progress: Progress = {
    group: createGroup(),
    spares: [],
    newest: Promise.resolve(),
    inCommit: 0,
    commits: 0,
    failed: null,
    running: null,
    drains: [],
  }
  return {
    enqueue(held, entry) {
      enqueue(progress, held, entry)
      progress.newest = progress.group.landed.promise
      progress.running ??= commitAll(state, progress)
    },
    pendingBytes: () => pendingBytes(progress),
    drained: () =>
      hasRoom(state, progress) ? Promise.resolve() : new Promise((wake) => void progress.drains.push(wake)),
    landed: () => progress.newest,
    settled: async () => {
      while (progress.running !== null) await progress.running
    },
    commits: () => progress.commits,
    failed: () => progress.failed,
  }
}

function pendingBytes({ group, inCommit }: Progress): number {
  return group.bytes + inCommit
}

function hasRoom(state: WriterState, progress: Progress): boolean {
  return pendingBytes(progress) <= state.highWaterBytes / 2
}

function enqueue({ group, spares }: Progress, held: Held, entry: EntryContent): void {
  const chunk = chunkFor(group, spares, roomFor(entry))
  const end = encodeEntry(chunk.bytes, chunk.used, entry)
  const bytes = end - chunk.used
  chunk.used = end
  held.state = 'queued'
  held.landed = group.landed.promise
  held.loggedAt = entry.loggedAt
  held.position = group.bytes
  group.bytes += bytes
  group.entries.push(held)
}

async function commitAll(state: WriterState, progress: Progress): Promise<void> {
  do {
    // One turn of the event loop, so that all who were just answered can join the next group.
    await new Promise<void>((next) => setImmediate(next))
    await commitNext(state, progress)
  } while (progress.group.entries.length > 0)
  progress.running = null
}

async function commitNext(state: WriterState, progress: Progress): Promise<void> {
  const current = progress.group
  progress.group = createGroup()
  progress.inCommit = current.bytes
  try {
    if (progress.failed !== null) throw progress.failed
    await commitGroup(state, current)
    progress.commits++
    settleGroup(state, current)
  } catch (error) {
    progress.failed = await takeBack(state, { current, error, failed: progress.failed })
  }
  progress.inCommit = 0
  current.landed.resolve()
  for (const { bytes } of current.chunks)
    if (progress.spares.length < sparesKept && bytes.length === chunkBytes) progress.spares.push({ bytes, used: 0 })
  if (!hasRoom(state, progress)) return
  for (const wake of progress.drains) wake()
  progress.drains = []
}

/** What is left of the fingerprint of an entry that is on disk: the caller may hold on to the rest. */
const nothing = new Uint8Array(0)

function createGroup(): Group {
  return { chunks: [], entries: [], bytes: 0, landed: Promise.withResolvers<void>() }
}

function chunkFor(group: Group, spares: Chunk[], bytes: number): Chunk {
  const last = group.chunks.at(-1)
  if (last !== undefined && last.used + bytes <= last.bytes.length) return last
  const spare = bytes <= chunkBytes ? spares.pop() : undefined
  const chunk = spare ?? { bytes: Buffer.allocUnsafeSlow(Math.max(bytes, chunkBytes)), used: 0 }
  group.chunks.push(chunk)
  return chunk
}

function activeOf(state: WriterState): Segment {
  const active = state.segments.at(-1)
  if (active === undefined) throw new Error('a journal has at least one segment')
  return active
}

async function commitGroup(state: WriterState, group: Group): Promise<void> {
  const before = activeOf(state)
  if (before.size > 0 && before.size + group.bytes > state.segmentBytes) rollSegment(state, before)
  const active = activeOf(state)
  const first = group.chunks[0]?.bytes
  if (first !== undefined) first[8] = first[8]! | groupFlag
  let position = active.first + active.size
  const parts = group.chunks.map((chunk) => chunk.bytes.subarray(0, chunk.used))
  for (const part of parts) {
    sealFrames(part, position)
    position += part.length
  }
  await state.activeFile.write(parts, active.size)
  await state.activeFile.datasync()
  state.activeKeys.crc = parts.reduce((crc, part) => crc32(part, crc), state.activeKeys.crc)
}

/** Makes a durable group visible: index, sizes, mark, receipts, news. */
function settleGroup(state: WriterState, group: Group): void {
  const active = activeOf(state)
  const start = active.size
  active.size += group.bytes
  for (const held of group.entries) {
    addKey(state.activeKeys, held, start + held.position)
    held.position += active.first + start
    held.state = 'done'
    held.fingerprint = nothing
    state.index.add(held.lo, held.hi, held.position)
    state.held.remove(held)
    state.activeKeys.lastLoggedAt = held.loggedAt
  }
  const durable = active.first + active.size
  markDurable(state, durable)
  for (const held of group.entries) held.waiting?.resolve({ position: held.position, loggedAt: held.loggedAt })
  state.onDurable(durable)
}

/** The mark may fall behind (a full disk on its first write): readers then see less, nothing is lost. */
function markDurable(state: WriterState, durable: number): void {
  try {
    writeMark(state.markFile, durable)
  } catch (error) {
    state.log('journal: the durable mark could not be written; readers in other processes lag until it can', {
      durable,
      reason: String(error),
    })
  }
}

/** Starts a new segment. The sealed one gets its index in the background. */
function rollSegment(state: WriterState, sealed: Segment): void {
  const first = sealed.first + sealed.size
  const path = segmentPath(state.folder, first)
  const file = state.files.open(path, 'write')
  try {
    state.files.syncFolder(state.folder)
  } catch (error) {
    file.close()
    state.files.remove(path)
    throw error
  }
  const keys = state.activeKeys
  state.activeFile.close()
  state.activeFile = file
  state.activeKeys = createKeys()
  state.activeKeys.lastLoggedAt = keys.lastLoggedAt
  state.segments.push({ first, path, size: 0 })
  writeSidecar(state.files, sealed, { keys, seed: state.seed }).catch((error: unknown) =>
    state.log('journal: the index of a segment could not be written; the next start makes it', {
      file: sealed.path,
      reason: String(error),
    }),
  )
}

interface Failure {
  current: Group
  error: unknown
  failed: JournalRefused | null
}

/**
 * Removes what a failed commit left and refuses its entries. A full disk passes; after any other failure the state of
 * the file is unknown, so the journal refuses until it is opened again.
 */
async function takeBack(state: WriterState, { current, error, failed }: Failure): Promise<JournalRefused | null> {
  const active = activeOf(state)
  let refusal = failed ?? refusalOf(error, active.path)
  if (failed === null)
    try {
      await state.activeFile.truncate(active.size)
    } catch (truncateError) {
      refusal = refusalOf(truncateError, active.path)
    }
  if (failed === null) state.log(`journal: ${refusal.message}`, { entries: current.entries.length, code: refusal.code })
  for (const held of current.entries) dropHeld(state.held, held, refusal)
  return refusal.code === 'disk_full' ? null : refusal
}

/** Gives a key free again and tells everybody who waits for it. */
export function dropHeld(all: HeldTable, held: Held, refusal: JournalRefused): void {
  held.state = 'done'
  held.refused = refusal
  all.remove(held)
  // Whoever did not ask must not bring the process down.
  held.waiting?.promise.catch(() => undefined)
  held.waiting?.reject(refusal)
}
