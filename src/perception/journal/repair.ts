import { encodeHeader, headerBytes, holeKind, lastFlag, maxPayload, parseEntry, sealFrames } from './frames.ts'
import { createKeyHash } from './key-hash.ts'
import type { Files } from './model.ts'
import { readSegment, scanSegment } from './recovery.ts'
import { listSegments, markPath, type Segment, sidecarPath, writeMark } from './segments.ts'

/** A range of the journal that could not be read and was fenced off or cut. */
export interface Damage {
  readonly file: string
  /** Byte offset in `file`, and how many bytes from there are lost. */
  readonly offset: number
  readonly bytes: number
  /** The same range as a journal position. */
  readonly position: number
}

/**
 * Makes a damaged journal readable again and tells what is lost. A damaged range gets the header of a gap written over
 * its first bytes, so every other entry keeps its position; a range without an end (the last segment) is cut off.
 * The events in it may be sent again: their keys are free. The caller holds the data folder's lock.
 */
export async function repairJournal(files: Files, folder: string): Promise<Damage[]> {
  const segments = listSegments(files, folder)
  const damages: Damage[] = []
  for (const [number, segment] of segments.entries())
    damages.push(...(await repairSegment({ files, segment, next: segments[number + 1] })))
  const last = segments.at(-1)
  if (last === undefined) return damages
  const markFile = files.open(markPath(folder), 'write')
  writeMark(markFile, last.first + last.size)
  await markFile.datasync()
  markFile.close()
  return damages
}

interface Input {
  files: Files
  segment: Segment
  next: Segment | undefined
}

async function repairSegment({ files, segment, next }: Input): Promise<Damage[]> {
  const wanted = next === undefined ? segment.size : next.first - segment.first
  const bytes = Buffer.alloc(Math.max(wanted, segment.size))
  readSegment(files, segment).copy(bytes)
  const content = bytes.subarray(0, wanted)
  const damages: Damage[] = []
  let size = wanted
  for (let at = wholeUntil(content, segment, 0); at < size; at = wholeUntil(content, segment, at)) {
    const end = nextEntry(content, at + headerBytes, segment.first)
    if (end === null && next === undefined) size = at
    else fence(content, { from: at, to: end ?? wanted, first: segment.first })
    const bytesLost = (end ?? wanted) - at
    damages.push({ file: segment.path, offset: at, bytes: bytesLost, position: segment.first + at })
  }
  if (damages.length === 0 && segment.size === wanted) return damages
  const file = files.open(segment.path, 'write')
  await file.write([content.subarray(0, size)], 0)
  await file.truncate(size)
  await file.datasync()
  file.close()
  files.remove(sidecarPath(segment))
  segment.size = size
  return damages
}

function wholeUntil(content: Buffer, segment: Segment, from: number): number {
  const scan = scanSegment(content.subarray(from), segment.first + from, createKeyHash([0, 0]))
  return from + scan.end
}

function nextEntry(content: Buffer, from: number, first: number): number | null {
  for (let at = from; at + headerBytes <= content.length; at++)
    if (content[at + 3] === 0 && !('failure' in parseEntry(content, at, first + at))) return at
  return null
}

/** Turns a range into gap frames. What the range held stays in place behind their headers. */
function fence(content: Buffer, range: { from: number; to: number; first: number }): void {
  const largest = headerBytes + maxPayload
  for (let at = range.from; at < range.to; ) {
    const left = range.to - at
    const piece = left <= largest ? left : Math.min(largest, left - headerBytes)
    encodeHeader(content, at, { length: piece - headerBytes, flags: holeKind | lastFlag, loggedAt: 0 })
    sealFrames(content.subarray(at, at + piece), range.first + at)
    at += piece
  }
}
