import { frameCrc, headerBytes, holeKind, parseEntry, toEntry } from './frames.ts'
import { corrupt, type Entry, type Files } from './model.ts'
import { readSegment } from './recovery.ts'
import { listSegments, type Segment, sidecarPath } from './segments.ts'

/** New content for the records of an entry, each at most as long as what it replaces; null = the record stays. */
export type Rewritten = readonly (Uint8Array | null)[]

export interface RewriteInput {
  readonly files: Files
  /** Folder of the journal. The caller holds the data folder's lock. */
  readonly folder: string
  /** Null = the entry stays as it is. */
  change(entry: Entry): Rewritten | null
  /** Whether what a fenced-off range holds is to be blanked. */
  blankHole?(bytes: Buffer): boolean
}

const space = 0x20

/**
 * Writes other content into entries that stand: for erasing what may not be kept, and nothing else. Every entry keeps
 * its position, key, time and length (the rest is filled with spaces, which JSON ignores), so cursors and references
 * hold. A segment is replaced as a whole when its new file is on the medium. Returns the positions that were changed.
 */
export async function rewriteJournal(input: RewriteInput): Promise<number[]> {
  const changed: number[] = []
  for (const segment of listSegments(input.files, input.folder)) {
    const bytes = readSegment(input.files, segment)
    const found = rewriteSegment(bytes, segment, input)
    if (found === null) continue
    await replaceSegment(bytes, segment, input)
    changed.push(...found)
  }
  return changed
}

/** Changes `bytes` in place; null when nothing was to be changed. */
function rewriteSegment(bytes: Buffer, segment: Segment, { change, blankHole }: RewriteInput): number[] | null {
  const changed: number[] = []
  let holes = false
  for (let at = 0; at < bytes.length; ) {
    const position = segment.first + at
    const parsed = parseEntry(bytes, at, position)
    if ('failure' in parsed) throw corrupt(segment.path, at, 'no whole entry begins here')
    if (parsed.frames[0]?.kind === holeKind) {
      for (const { start, end } of parsed.frames) {
        const hole = bytes.subarray(start, end)
        if (!blankHole?.(hole)) continue
        hole.fill(space)
        seal(bytes, { start, end }, segment.first)
        holes = true
      }
    } else {
      // A copy, because records are views of the bytes that are being changed.
      const entry = toEntry(bytes, parsed, position, segment.first + parsed.end)
      const content = change(entry)
      if (content && write(bytes, { entry, parsed: parsed.frames, content, first: segment.first }))
        changed.push(position)
    }
    at = parsed.end
  }
  return changed.length > 0 || holes ? changed : null
}

interface Writing {
  readonly entry: Entry
  readonly parsed: readonly { readonly start: number; readonly end: number }[]
  readonly content: Rewritten
  readonly first: number
}

function write(bytes: Buffer, { entry, parsed, content, first }: Writing): boolean {
  let changed = false
  for (const [index, replacement] of content.entries()) {
    const frame = parsed[index]
    const old = entry.records[index]?.bytes
    if (!replacement || !frame || !old || old.equals(replacement)) continue
    if (replacement.length > old.length)
      throw new Error(`position ${entry.position}: ${replacement.length} bytes do not fit into ${old.length}`)
    // The record is the end of its frame; an event's key stands in front of it and stays.
    bytes.set(replacement, frame.end - old.length)
    bytes.fill(space, frame.end - old.length + replacement.length, frame.end)
    seal(bytes, frame, first)
    changed = true
  }
  return changed
}

function seal(bytes: Buffer, { start, end }: { start: number; end: number }, first: number): void {
  const header = start - headerBytes
  bytes.writeUInt32LE(frameCrc(bytes, header, end - start, first + header), header + 4)
}

async function replaceSegment(bytes: Buffer, segment: Segment, { files, folder }: RewriteInput): Promise<void> {
  const staging = `${segment.path}.new`
  files.remove(staging)
  const file = files.open(staging, 'write')
  try {
    await file.write([bytes], 0)
    await file.datasync()
  } finally {
    file.close()
  }
  // It holds a checksum of the bytes as they were, and is made again at the next start.
  files.remove(sidecarPath(segment))
  files.rename(staging, segment.path)
  files.syncFolder(folder)
}
