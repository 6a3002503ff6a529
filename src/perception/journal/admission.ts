import { eventHeadBytes, headerBytes, maxPayload, parseFrame, parseKey } from './frames.ts'
import { type Held, type HeldTable, waitFor } from './held.ts'
import type { Hash64 } from './key-hash.ts'
import type { KeyIndex } from './key-index.ts'
import {
  type Admission,
  type Bytes,
  badPosition,
  corrupt,
  type Files,
  type Key,
  type OpenFile,
  refuse,
} from './model.ts'
import { type Segment, segmentOf } from './segments.ts'

export interface AdmissionState {
  readonly files: Files
  readonly index: KeyIndex
  readonly hash: (source: string, id: string) => Hash64
  readonly held: HeldTable
  /** The fingerprint of a journaled event whose key was admitted without one. */
  readonly fingerprintOf: (event: Uint8Array) => Bytes
  segments(): readonly Segment[]
}

const checkBytes = 512
const openFilesKept = 64

/**
 * Decides synchronously whether a key is new, against entries in flight and on disk. A hash hit is read back and
 * compared byte by byte, so two keys with one hash are told apart.
 */
export function createAdmission(state: AdmissionState): { admit(key: Key): Admission; close(): void } {
  const { files, index, hash, held, fingerprintOf } = state
  const handles = createHandles(files)
  const head = Buffer.allocUnsafeSlow(checkBytes)
  const readBack = (position: number) => {
    const segment = segmentOf(state.segments(), position)
    if (segment === undefined) throw badPosition(position, 0)
    return readHead(handles.get(segment.path), { segment, position, head })
  }
  return {
    admit(key) {
      checkKey(key)
      const { source, id } = key
      const fingerprint = typeof key.fingerprint === 'string' ? Buffer.from(key.fingerprint) : key.fingerprint
      const same = (other: Uint8Array | (() => Bytes)) => sameBytes(bytesOf(other), bytesOf(fingerprint))
      const both = hash(source, id)
      const inFlight = held.find(both, source, id)
      if (inFlight !== null)
        return {
          status: same(inFlight.fingerprint) ? 'duplicate' : 'conflict',
          first: waitFor(inFlight),
        }
      const { lo, hi } = both
      let admission: Admission | undefined
      index.find(lo, hi, (position) => {
        const there = readBack(position)
        if (there.source !== source || there.id !== id) return false
        const derived = there.fingerprint.length === 0
        const status = same(derived ? () => fingerprintOf(there.event) : there.fingerprint) ? 'duplicate' : 'conflict'
        admission = { status, first: { position, loggedAt: there.loggedAt } }
        return true
      })
      if (admission !== undefined) return admission
      const ticket: Held = {
        source,
        id,
        lo,
        hi,
        fingerprint,
        state: 'admitted',
        loggedAt: 0,
        position: 0,
        waiting: null,
        landed: null,
        refused: null,
        chained: null,
      }
      held.add(ticket)
      return { status: 'new', ticket }
    },
    close: handles.close,
  }
}

/** Segments opened for reading back; the ones used last stay open. */
function createHandles(files: Files): { get(path: string): OpenFile; close(): void } {
  const open = new Map<string, OpenFile>()
  return {
    get(path) {
      const file = open.get(path) ?? files.open(path, 'read')
      open.delete(path)
      open.set(path, file)
      const [oldest] = open
      if (open.size > openFilesKept && oldest) {
        open.delete(oldest[0])
        oldest[1].close()
      }
      return file
    },
    close() {
      for (const file of open.values()) file.close()
      open.clear()
    },
  }
}

interface HeadInput {
  segment: Segment
  position: number
  head: Buffer
}

/** Key, fingerprint and time of the entry at a position. The whole frame is read and checked: what answers is true. */
function readHead(file: OpenFile, { segment, position, head }: HeadInput) {
  const offset = position - segment.first
  let bytes = head.subarray(0, file.readSync(head, offset))
  const length = bytes.length < headerBytes ? maxPayload + 1 : bytes.readUInt32LE(0)
  if (length <= maxPayload && length + headerBytes > bytes.length) {
    const whole = Buffer.allocUnsafe(headerBytes + length)
    bytes = whole.subarray(0, file.readSync(whole, offset))
  }
  const frame = parseFrame(bytes, 0, position)
  if ('failure' in frame || frame.end - frame.start < eventHeadBytes)
    throw corrupt(segment.path, offset, 'the entry there does not match its checksum')
  const key = parseKey(bytes, frame.start)
  return { ...key, loggedAt: frame.loggedAt, event: bytes.subarray(key.end, frame.end) }
}

function bytesOf(fingerprint: Uint8Array | (() => Bytes)): Uint8Array {
  const bytes = typeof fingerprint === 'function' ? fingerprint() : fingerprint
  return typeof bytes === 'string' ? Buffer.from(bytes) : bytes
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0
}

const maxKeyBytes = 4096

function checkKey({ source, id, fingerprint }: Key): void {
  checkKeyPart('source', source)
  checkKeyPart('id', id)
  if (typeof fingerprint === 'function') return
  if (fingerprint.length === 0 || fingerprint.length > 255 || Buffer.byteLength(fingerprint) > 255)
    throw refuse('bad_key', {
      en: `fingerprint of source "${source}" id "${id}" has ${fingerprint.length} bytes; give a hash of 1 to 255 bytes`,
      zh: `来源 "${source}" 编号 "${id}" 的指纹长度为 ${fingerprint.length} 字节;应为 1 至 255 字节的哈希`,
    })
}

function checkKeyPart(field: 'source' | 'id', value: string): void {
  if (value.length > 0 && value.length <= maxKeyBytes / 3 && value.isWellFormed()) return
  if (value.length > 0 && value.isWellFormed() && Buffer.byteLength(value) <= maxKeyBytes) return
  const shown = JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value)
  throw refuse('bad_key', {
    en: `field ${field} is ${shown}; it must be well-formed text of 1 to ${maxKeyBytes} bytes`,
    zh: `字段 ${field} 的值为 ${shown};应为 1 至 ${maxKeyBytes} 字节的合法文本`,
  })
}
