import { crc32 } from 'node:zlib'
import { type Bytes, type Entry, type JournalRecord, type RecordKind, refuse } from './model.ts'

/*
 * A frame: [u32 payload length][u32 crc][u8 kind and flags][f64 loggedAt µs][payload], little-endian.
 * The crc covers everything behind it and is seeded with the frame's position, so bytes in the wrong place fail too.
 * An entry is an event frame followed by what belongs to it; its last frame carries `lastFlag`.
 * The first frame of each commit carries `groupFlag`: a commit starts only when the one before it is durable, so a
 * readable group start proves that everything in front of it had been acknowledged.
 * Payload of an event: [u16 source bytes][u16 id bytes][u8 fingerprint bytes][source][id][fingerprint][event].
 * A payload is below 2^24 bytes: every header holds a zero byte, which JSON text never does, so no content can pass
 * for a frame.
 */
export const headerBytes = 17
export const eventHeadBytes = 5
export const maxPayload = 2 ** 24 - 1
export const groupFlag = 0x80
export const lastFlag = 0x40
/** A range that a repair fenced off. */
export const holeKind = 15
const kindNumbers: Record<RecordKind, number> = { event: 1, decision: 2 }
const kindNames = new Map<number, RecordKind>([
  [1, 'event'],
  [2, 'decision'],
])

export interface Frame {
  kind: number
  group: boolean
  last: boolean
  loggedAt: number
  /** Payload range in the bytes that were parsed. */
  start: number
  end: number
}

/** `short`: the bytes end inside the frame, which needs `needed` bytes. `bad`: these bytes are no frame. */
export type FrameFailure = { failure: 'short'; needed: number } | { failure: 'bad' }

const bad: FrameFailure = { failure: 'bad' }

/** Reads the frame at `offset` of `bytes`; `position` is that offset's place in the journal. */
export function parseFrame(bytes: Buffer, offset: number, position: number): Frame | FrameFailure {
  if (offset + headerBytes > bytes.length) return { failure: 'short', needed: headerBytes }
  const length = bytes.readUInt32LE(offset)
  const flags = bytes[offset + 8]!
  const kind = flags & 15
  if (length > maxPayload || (flags & 0x30) !== 0 || (!kindNames.has(kind) && kind !== holeKind)) return bad
  const end = offset + headerBytes + length
  if (end > bytes.length) return { failure: 'short', needed: headerBytes + length }
  if (bytes.readUInt32LE(offset + 4) !== frameCrc(bytes, offset, length, position)) return bad
  return {
    kind,
    group: (flags & groupFlag) !== 0,
    last: (flags & lastFlag) !== 0,
    loggedAt: bytes.readDoubleLE(offset + 9),
    start: offset + headerBytes,
    end,
  }
}

/** The checksum of the frame at `offset`, whose place in the journal is `position`. */
export function frameCrc(bytes: Buffer, offset: number, length: number, position: number): number {
  return crc32(bytes.subarray(offset + 8, offset + headerBytes + length), position % 4294967296)
}

/** All frames of one entry. A fenced-off range parses as frames of kind `holeKind`. */
export interface EntryFrames {
  frames: Frame[]
  end: number
}

/** Reads the whole entry at `offset`: every frame up to the one that says it is the last. */
export function parseEntry(bytes: Buffer, offset: number, position: number): EntryFrames | FrameFailure {
  const frames: Frame[] = []
  let at = offset
  while (true) {
    const frame = parseFrame(bytes, at, position + at - offset)
    if ('failure' in frame)
      return frame.failure === 'short' ? { failure: 'short', needed: at - offset + frame.needed } : frame
    if ((frames.length === 0) === (frame.kind === kindNumbers.decision)) return bad
    frames.push(frame)
    at = frame.end
    if (frame.last) return { frames, end: at }
  }
}

/** The key that an event's payload starts with. */
export function parseKey(
  bytes: Buffer,
  start: number,
): { source: string; id: string; fingerprint: Buffer; end: number } {
  const sourceEnd = start + eventHeadBytes + bytes.readUInt16LE(start)
  const idEnd = sourceEnd + bytes.readUInt16LE(start + 2)
  const end = idEnd + bytes[start + 4]!
  return {
    source: bytes.toString('utf8', start + eventHeadBytes, sourceEnd),
    id: bytes.toString('utf8', sourceEnd, idEnd),
    fingerprint: bytes.subarray(idEnd, end),
    end,
  }
}

/** Makes an entry of parsed frames. The bytes are views, not copies. */
export function toEntry(bytes: Buffer, parsed: EntryFrames, position: number, next: number): Entry {
  const first = parsed.frames[0]!
  const key = parseKey(bytes, first.start)
  const records: JournalRecord[] = [{ kind: 'event', bytes: bytes.subarray(key.end, first.end) }]
  for (let at = 1; at < parsed.frames.length; at++) {
    const frame = parsed.frames[at]!
    records.push({ kind: kindNames.get(frame.kind) ?? 'decision', bytes: bytes.subarray(frame.start, frame.end) })
  }
  const { source, id, fingerprint } = key
  return { position, next, loggedAt: first.loggedAt, source, id, fingerprint, records }
}

export interface EntryContent {
  readonly source: string
  readonly id: string
  readonly fingerprint: Uint8Array
  readonly loggedAt: number
  readonly event: Bytes
  readonly decision: Bytes | undefined
}

/** The most bytes that a text or bytes take. */
const mostBytes = (bytes: Bytes): number => (typeof bytes === 'string' ? bytes.length * 3 : bytes.length)

const byteLength = (bytes: Bytes): number => (typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length)

/**
 * Bytes that are surely enough for the frames of an entry, found without reading it.
 * @throws JournalRefused `too_large` when the event or the decision does not fit a frame.
 */
export function roomFor(content: EntryContent): number {
  const { source, id, fingerprint, event, decision } = content
  const head = eventHeadBytes + (source.length + id.length) * 3 + fingerprint.length
  const eventBytes = head + mostBytes(event)
  const decisionBytes = decision === undefined ? 0 : mostBytes(decision)
  if (eventBytes > maxPayload && head + byteLength(event) > maxPayload)
    throw tooLarge(content, 'event', head + byteLength(event))
  if (decision !== undefined && decisionBytes > maxPayload && byteLength(decision) > maxPayload)
    throw tooLarge(content, 'decision', byteLength(decision))
  return 2 * headerBytes + eventBytes + decisionBytes
}

function tooLarge({ source, id }: EntryContent, part: 'event' | 'decision', size: number): Error {
  return refuse('too_large', {
    en: `${part} of source "${source}" id "${id}" has ${size} bytes; at most ${maxPayload} fit: send media as links`,
    zh: `来源 "${source}" 编号 "${id}" 的 ${part} 有 ${size} 字节,上限 ${maxPayload}:媒体请以链接发送`,
  })
}

/**
 * Writes the entry's frames at `offset` and returns where they end. Checksums are left out: those need the position,
 * known at commit.
 */
export function encodeEntry(target: Buffer, offset: number, entry: EntryContent): number {
  const { source, id, fingerprint, event, decision, loggedAt } = entry
  const start = offset + headerBytes
  const sourceEnd = copyText(target, start + eventHeadBytes, source)
  const idEnd = copyText(target, sourceEnd, id)
  target.writeUInt16LE(sourceEnd - start - eventHeadBytes, start)
  target.writeUInt16LE(idEnd - sourceEnd, start + 2)
  target[start + 4] = fingerprint.length
  if (fingerprint.length > 0) target.set(fingerprint, idEnd)
  const end = copyBytes(target, idEnd + fingerprint.length, event)
  const flags = kindNumbers.event | (decision === undefined ? lastFlag : 0)
  encodeHeader(target, offset, { length: end - start, flags, loggedAt })
  if (decision === undefined) return end
  const decisionEnd = copyBytes(target, end + headerBytes, decision)
  const length = decisionEnd - end - headerBytes
  encodeHeader(target, end, { length, flags: kindNumbers.decision | lastFlag, loggedAt })
  return decisionEnd
}

/** Writes a text, short and plain as ids are, byte by byte: half the cost of a call for it. */
function copyText(target: Buffer, offset: number, text: string): number {
  if (text.length > 64) return copyBytes(target, offset, text)
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit >= 0x80) return copyBytes(target, offset, text)
    target[offset + at] = unit
  }
  return offset + text.length
}

export function encodeHeader(
  target: Buffer,
  offset: number,
  header: { length: number; flags: number; loggedAt: number },
): number {
  target.writeUInt32LE(header.length, offset)
  target[offset + 8] = header.flags
  target.writeDoubleLE(header.loggedAt, offset + 9)
  return offset + headerBytes
}

function copyBytes(target: Buffer, offset: number, bytes: Bytes): number {
  if (typeof bytes === 'string') return offset + target.write(bytes, offset, 'utf8')
  target.set(bytes, offset)
  return offset + bytes.length
}

/** Puts the checksum into every frame of `bytes`, whose first byte stands at `position`. */
export function sealFrames(bytes: Buffer, position: number): void {
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32LE(at)
    bytes.writeUInt32LE(frameCrc(bytes, at, length, position + at), at + 4)
    at += headerBytes + length
  }
}
