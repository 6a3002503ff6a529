import { crc32 } from 'node:zlib'
import type { HashSeed } from './key-hash.ts'
import type { Files, OpenFile } from './model.ts'

/** One file of the journal: the bytes from position `first` on. */
export interface Segment {
  readonly first: number
  readonly path: string
  size: number
}

const positionDigits = 20

export function segmentPath(folder: string, first: number): string {
  return `${folder}/${String(first).padStart(positionDigits, '0')}.log`
}

/** The segments of a folder in order, with their present sizes. */
export function listSegments(files: Files, folder: string): Segment[] {
  return files
    .list(folder)
    .filter((name) => /^\d{20}\.log$/.test(name))
    .sort()
    .map((name) => {
      const path = `${folder}/${name}`
      const file = files.open(path, 'read')
      try {
        return { first: Number(name.slice(0, positionDigits)), path, size: file.size() }
      } finally {
        file.close()
      }
    })
}

/** The last segment that begins at or before `position`. */
export function segmentOf(segments: readonly Segment[], position: number): Segment | undefined {
  let low = 0
  let high = segments.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (segments[middle]!.first <= position) low = middle
    else high = middle - 1
  }
  const found = segments[low]
  return found && found.first <= position ? found : undefined
}

export function markPath(folder: string): string {
  return `${folder}/durable`
}

/*
 * `durable` holds the position up to which the journal was acknowledged: [f64 position][u32 crc]. It is written after
 * each commit and not synced, so after a power loss it may be behind, never ahead. It tells readers in other processes
 * how far to read, and recovery which bytes may not be missing.
 */
export function writeMark(file: OpenFile, durable: number): void {
  const bytes = Buffer.alloc(12)
  bytes.writeDoubleLE(durable)
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 8)), 8)
  file.writeSync(bytes, 0)
}

/** The marked position; null when there is no mark or a write of it is under way. */
export function readMark(file: OpenFile): number | null {
  const bytes = Buffer.alloc(12)
  if (file.readSync(bytes, 0) < 12 || crc32(bytes.subarray(0, 8)) !== bytes.readUInt32LE(8)) return null
  return bytes.readDoubleLE()
}

/** The keys of one segment, so that opening need not read its events. Offsets count from the segment's start. */
export interface SegmentKeys {
  count: number
  lo: Uint32Array
  hi: Uint32Array
  offset: Uint32Array
  lastLoggedAt: number
  /** crc32 of all bytes of the segment. */
  crc: number
}

export function createKeys(capacity = 1024): SegmentKeys {
  return {
    count: 0,
    lo: new Uint32Array(capacity),
    hi: new Uint32Array(capacity),
    offset: new Uint32Array(capacity),
    lastLoggedAt: 0,
    crc: 0,
  }
}

export function addKey(keys: SegmentKeys, key: { lo: number; hi: number }, offset: number): void {
  if (keys.count === keys.lo.length) {
    keys.lo = enlarge(keys.lo)
    keys.hi = enlarge(keys.hi)
    keys.offset = enlarge(keys.offset)
  }
  keys.lo[keys.count] = key.lo
  keys.hi[keys.count] = key.hi
  keys.offset[keys.count++] = offset
}

function enlarge(from: Uint32Array): Uint32Array {
  const to = new Uint32Array(from.length * 2)
  to.set(from)
  return to
}

const sidecarMagic = 0x58444541
const sidecarVersion = 1
const sidecarHead = 56

export function sidecarPath(segment: Segment): string {
  return segment.path.replace(/\.log$/, '.idx')
}

/** Writes the keys of a sealed segment beside it. It can always be made again, so it is not synced. */
export async function writeSidecar(
  files: Files,
  segment: Segment,
  content: { keys: SegmentKeys; seed: HashSeed },
): Promise<void> {
  const { keys, seed } = content
  const body = [keys.lo, keys.hi, keys.offset].map((column) =>
    Buffer.from(column.buffer, column.byteOffset, keys.count * 4),
  )
  const head = Buffer.alloc(sidecarHead)
  for (const [at, word] of [sidecarMagic, sidecarVersion, ...seed, keys.crc].entries()) head.writeUInt32LE(word, at * 4)
  head.writeDoubleLE(segment.size, 20)
  head.writeDoubleLE(keys.count, 28)
  head.writeDoubleLE(keys.lastLoggedAt, 36)
  head.writeUInt32LE(
    body.reduce((crc, part) => crc32(part, crc), crc32(head.subarray(0, 44))),
    44,
  )
  const path = sidecarPath(segment)
  const file = files.open(`${path}.tmp`, 'write')
  try {
    await file.truncate(0)
    await file.write([head, ...body], 0)
  } finally {
    file.close()
  }
  files.rename(`${path}.tmp`, path)
}

/** Reads a sidecar; null when it is missing, damaged or does not belong to the segment as it is now. */
export function readSidecar(files: Files, segment: Segment): { keys: SegmentKeys; seed: HashSeed } | null {
  const bytes = readWhole(files, sidecarPath(segment))
  if (bytes === null || bytes.length < sidecarHead || bytes.readUInt32LE(0) !== sidecarMagic) return null
  const count = bytes.readDoubleLE(28)
  if (bytes.readUInt32LE(4) !== sidecarVersion || bytes.readDoubleLE(20) !== segment.size) return null
  if (bytes.length !== sidecarHead + count * 12) return null
  const crc = crc32(bytes.subarray(sidecarHead), crc32(bytes.subarray(0, 44)))
  if (crc !== bytes.readUInt32LE(44)) return null
  const column = (at: number): Uint32Array =>
    new Uint32Array(bytes.buffer, bytes.byteOffset + sidecarHead + at * count * 4, count)
  return {
    keys: {
      count,
      lo: column(0),
      hi: column(1),
      offset: column(2),
      lastLoggedAt: bytes.readDoubleLE(36),
      crc: bytes.readUInt32LE(16),
    },
    seed: [bytes.readUInt32LE(8), bytes.readUInt32LE(12)],
  }
}

function readWhole(files: Files, path: string): Buffer | null {
  let file: OpenFile
  try {
    file = files.open(path, 'read')
  } catch {
    return null
  }
  try {
    const bytes = Buffer.allocUnsafeSlow(file.size())
    return file.readSync(bytes, 0) === bytes.length ? bytes : null
  } finally {
    file.close()
  }
}
