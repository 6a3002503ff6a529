import { crc32 } from 'node:zlib'
import { groupFlag, headerBytes, holeKind, parseEntry, parseFrame, parseKey } from './frames.ts'
import { createKeyHash, type HashSeed } from './key-hash.ts'
import { createKeyIndex, type KeyIndex } from './key-index.ts'
import { corrupt, type Files, type JournalLog, type OpenFile } from './model.ts'
import {
  addKey,
  createKeys,
  listSegments,
  markPath,
  readMark,
  readSidecar,
  type Segment,
  type SegmentKeys,
  segmentPath,
  writeMark,
  writeSidecar,
} from './segments.ts'

export interface RecoveryInput {
  files: Files
  folder: string
  log: JournalLog
  /** Used when no sealed segment brings its own. */
  freshSeed: HashSeed
  /** Sealed bytes, newest first, whose checksum is compared before opening. */
  verifyBytes: number
}

/** An opened journal: every segment known, every key in the index, the tail whole. */
export interface Recovered {
  segments: Segment[]
  index: KeyIndex
  seed: HashSeed
  activeFile: OpenFile
  activeKeys: SegmentKeys
  markFile: OpenFile
  lastLoggedAt: number
}

/**
 * Opens the segments of a folder. A torn end of the last commit is cut off with a log line.
 * @throws JournalCorrupt when acknowledged bytes are missing or damaged.
 */
export async function recover(input: RecoveryInput): Promise<Recovered> {
  const { files, folder, log } = input
  files.makeFolder(folder)
  const segments = listSegments(files, folder)
  if (segments.length === 0) {
    segments.push({ first: 0, path: segmentPath(folder, 0), size: 0 })
    files.open(segmentPath(folder, 0), 'write').close()
  }
  const markFile = files.open(markPath(folder), 'write')
  files.syncFolder(folder)
  const mark = readMark(markFile) ?? 0
  const active = checkChain(segments, mark)
  const sealed = segments.slice(0, -1)
  const sidecars = sealed.map((segment) => readSidecar(files, segment))
  const seed = sidecars.find((sidecar) => sidecar !== null)?.seed ?? input.freshSeed
  const hash = createKeyHash(seed)
  const index = createKeyIndex()
  let unchecked = sealed.reduce((sum, segment) => sum + segment.size, 0) - input.verifyBytes
  index.reserve(sidecars.reduce((sum, sidecar) => sum + (sidecar?.keys.count ?? 0), 0))
  let lastLoggedAt = 0
  for (const [number, segment] of sealed.entries()) {
    const verify = unchecked <= 0
    unchecked -= segment.size
    const keys = await openSealed({ files, segment, sidecar: sidecars[number] ?? null, seed, verify, hash, log })
    loadKeys(index, keys, segment.first)
    lastLoggedAt = Math.max(lastLoggedAt, keys.lastLoggedAt)
  }
  const activeFile = files.open(active.path, 'write')
  const activeKeys = await openActive({ segment: active, file: activeFile, mark, hash, log })
  loadKeys(index, activeKeys, active.first)
  lastLoggedAt = Math.max(lastLoggedAt, activeKeys.lastLoggedAt)
  await showTail({ activeFile, markFile, mark, end: active.first + active.size, log })
  return { segments, index, seed, activeFile, activeKeys, markFile, lastLoggedAt }
}

/**
 * Whole entries behind the mark were written just before the process died. They count from now on: they are made durable,
 * and readers in other processes learn of them now, not with the next commit.
 */
async function showTail(tail: {
  activeFile: OpenFile
  markFile: OpenFile
  mark: number
  end: number
  log: JournalLog
}): Promise<void> {
  if (tail.mark >= tail.end) return
  await tail.activeFile.datasync()
  try {
    writeMark(tail.markFile, tail.end)
  } catch (error) {
    tail.log('journal: the durable mark could not be written; readers in other processes lag until it can', {
      durable: tail.end,
      reason: String(error),
    })
  }
}

/** Every segment begins where the one before it ends, and nothing acknowledged is missing at the end. */
function checkChain(segments: readonly Segment[], mark: number): Segment {
  let end = 0
  let previous: Segment | undefined
  for (const segment of segments) {
    if (segment.first !== end) {
      const why = `it should go on to position ${segment.first}, where the next file begins; bytes or a whole file are missing or too many`
      throw corrupt(previous?.path ?? segment.path, previous?.size ?? 0, why)
    }
    end = segment.first + segment.size
    previous = segment
  }
  if (previous === undefined) throw new Error('a journal has at least one segment')
  if (end < mark) {
    const why = `the journal ends at position ${end}, but everything before ${mark} was acknowledged`
    throw corrupt(previous.path, previous.size, why)
  }
  return previous
}

interface SealedInput {
  files: Files
  segment: Segment
  sidecar: { keys: SegmentKeys; seed: HashSeed } | null
  seed: HashSeed
  verify: boolean
  hash: ReturnType<typeof createKeyHash>
  log: JournalLog
}

async function openSealed(input: SealedInput): Promise<SegmentKeys> {
  const { files, segment, sidecar, seed } = input
  const usable = sidecar !== null && sidecar.seed[0] === seed[0] && sidecar.seed[1] === seed[1]
  if (usable && (!input.verify || segmentCrc(files, segment) === sidecar.keys.crc)) return sidecar.keys
  const scan = scanSegment(readSegment(files, segment), segment.first, input.hash)
  if (scan.end < segment.size) throw corrupt(segment.path, scan.end, 'the entry there does not match its checksum')
  input.log('journal: the index of a segment was missing or stale and was made again', { file: segment.path })
  await writeSidecar(files, segment, { keys: scan.keys, seed }).catch((error: unknown) =>
    input.log('journal: the index of a segment could not be written; the next start scans it again', {
      file: segment.path,
      reason: String(error),
    }),
  )
  return scan.keys
}

interface ActiveInput {
  segment: Segment
  file: OpenFile
  mark: number
  hash: ReturnType<typeof createKeyHash>
  log: JournalLog
}

async function openActive({ segment, file, mark, hash, log }: ActiveInput): Promise<SegmentKeys> {
  const bytes = Buffer.allocUnsafeSlow(segment.size)
  file.readSync(bytes, 0)
  const { end, keys } = scanSegment(bytes, segment.first, hash)
  if (end === bytes.length) return keys
  if (segment.first + end < mark || hasGroupStart(bytes, end + 1, segment.first))
    throw corrupt(segment.path, end, 'the entry there does not match its checksum, and it had been acknowledged')
  log('journal: the end of an interrupted write was cut off; nothing in it had been acknowledged', {
    file: segment.path,
    offset: end,
    bytes: bytes.length - end,
  })
  await file.truncate(end)
  await file.datasync()
  segment.size = end
  return keys
}

export function readSegment(files: Files, segment: Segment): Buffer {
  const file = files.open(segment.path, 'read')
  try {
    const bytes = Buffer.allocUnsafeSlow(segment.size)
    file.readSync(bytes, 0)
    return bytes
  } finally {
    file.close()
  }
}

function segmentCrc(files: Files, segment: Segment): number {
  const file = files.open(segment.path, 'read')
  try {
    const piece = Buffer.allocUnsafeSlow(Math.min(segment.size, 1 << 20))
    let crc = 0
    for (let at = 0; at < segment.size; at += piece.length)
      crc = crc32(piece.subarray(0, file.readSync(piece.subarray(0, segment.size - at), at)), crc)
    return crc
  } finally {
    file.close()
  }
}

/** Reads whole entries from the front; `end` is the offset of the first byte that belongs to none. */
export function scanSegment(
  bytes: Buffer,
  first: number,
  hash: ReturnType<typeof createKeyHash>,
): { end: number; keys: SegmentKeys } {
  const keys = createKeys()
  let at = 0
  while (at < bytes.length) {
    const entry = parseEntry(bytes, at, first + at)
    if ('failure' in entry) break
    const event = entry.frames[0]!
    if (event.kind !== holeKind) {
      const key = parseKey(bytes, event.start)
      addKey(keys, hash(key.source, key.id), at)
      keys.lastLoggedAt = event.loggedAt
    }
    at = entry.end
  }
  keys.crc = crc32(bytes.subarray(0, at))
  return { end: at, keys }
}

/** Whether a commit begins behind `from`: it would prove that everything before it had been acknowledged. */
function hasGroupStart(bytes: Buffer, from: number, first: number): boolean {
  for (let at = from; at + headerBytes <= bytes.length; at++) {
    if ((bytes[at + 8]! & groupFlag) === 0 || bytes[at + 3] !== 0) continue
    const frame = parseFrame(bytes, at, first + at)
    if (!('failure' in frame) && frame.group) return true
  }
  return false
}

function loadKeys(index: KeyIndex, keys: SegmentKeys, first: number): void {
  for (let at = 0; at < keys.count; at++) index.add(keys.lo[at]!, keys.hi[at]!, first + keys.offset[at]!)
}
