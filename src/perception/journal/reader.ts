import { holeKind, parseEntry, toEntry } from './frames.ts'
import { badPosition, corrupt, type Entry, type Files } from './model.ts'
import { listSegments, markPath, readMark, type Segment, segmentOf } from './segments.ts'

export interface ReadLimit {
  /** Most entries in one answer; default 1,000. */
  readonly limit?: number
  /** Stops after this many bytes of entries (at least one entry comes); default 4 MiB. */
  readonly maxBytes?: number
}

/** What entry reading needs to know of the journal. */
export interface Extent {
  readonly files: Files
  segments(): readonly Segment[]
  durable(): number
}

const startBytes = 1 << 18

/** Reads entries in order. The bytes of one answer share a buffer that lives as long as any of its entries. */
export async function readEntries(extent: Extent, from: number, options: ReadLimit = {}): Promise<Entry[]> {
  const { limit = 1000, maxBytes = 1 << 22 } = options
  const entries: Entry[] = []
  const durable = extent.durable()
  if (!Number.isSafeInteger(from) || from < 0 || from > durable) throw badPosition(from, durable)
  let at = from
  while (at < durable && entries.length < limit && at - from < maxBytes) {
    const segment = segmentOf(extent.segments(), at)
    if (segment === undefined) throw badPosition(at, durable)
    const end = Math.min(durable, segment.first + segment.size)
    if (at >= end) throw badPosition(at, durable)
    at = await readFrom({ extent, segment, at, end, stop: from + maxBytes, limit, entries })
  }
  return entries
}

interface Stretch {
  extent: Extent
  segment: Segment
  at: number
  end: number
  stop: number
  limit: number
  entries: Entry[]
}

/** Reads one piece of a segment, enlarged until it holds at least one entry; returns the position behind the last. */
async function readFrom(stretch: Stretch): Promise<number> {
  const { segment, at, end } = stretch
  const file = stretch.extent.files.open(segment.path, 'read')
  try {
    let want = Math.min(end - at, startBytes)
    while (true) {
      const bytes = Buffer.allocUnsafeSlow(want)
      if ((await file.read(bytes, at - segment.first)) < want)
        throw corrupt(segment.path, at - segment.first, `the file ends before position ${at + want}`)
      const parsed = parsePiece(bytes, stretch)
      if (parsed.next > at) return parsed.next
      if (parsed.needed <= want) throw corrupt(segment.path, at - segment.first, whyUnreadable(at))
      want = Math.min(end - at, Math.max(parsed.needed, want))
      if (want < parsed.needed) throw corrupt(segment.path, at - segment.first, whyUnreadable(at))
    }
  } finally {
    file.close()
  }
}

function whyUnreadable(position: number): string {
  return `no entry with a matching checksum begins at position ${position} (damaged, or not the "next" of an entry)`
}

function parsePiece(bytes: Buffer, { at, stop, limit, entries }: Stretch): { next: number; needed: number } {
  let offset = 0
  while (offset < bytes.length && entries.length < limit && at + offset < stop) {
    const parsed = parseEntry(bytes, offset, at + offset)
    if ('failure' in parsed) return { next: at + offset, needed: parsed.failure === 'short' ? parsed.needed : 0 }
    if (parsed.frames[0]!.kind !== holeKind) entries.push(toEntry(bytes, parsed, at + offset, at + parsed.end))
    offset = parsed.end
  }
  return { next: at + offset, needed: 0 }
}

/** Reads the journal of another process. */
export interface Reader {
  /** Entries from `from` (0, or the `next` of an entry) that are durable; empty at the end. */
  read(from: number, options?: ReadLimit): Promise<Entry[]>
  /** Everything before this position is durable. */
  durable(): number
  close(): void
}

/**
 * A reader for any process: it sees what the writer has acknowledged, by the `durable` mark beside the segments, and
 * never bytes that may still be taken back. Poll `durable()` (one small read), or be told by the writer.
 * @throws the system's error when the folder holds no journal.
 */
export function createReader(files: Files, folder: string): Reader {
  const markFile = files.open(markPath(folder), 'read')
  let segments = listSegments(files, folder)
  let marked = 0
  const durable = (): number => {
    marked = Math.max(marked, readMark(markFile) ?? 0)
    const last = segments.at(-1)
    if (last === undefined || last.first + last.size < marked) segments = listSegments(files, folder)
    return marked
  }
  const extent: Extent = { files, segments: () => segments, durable }
  return {
    durable,
    read: (from, options) => readEntries(extent, from, options),
    close: () => markFile.close(),
  }
}
