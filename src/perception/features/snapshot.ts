import { noRing, ringCapacity } from './arena.ts'
import { type ByteReader, type ByteWriter, createReader, createWriter, frame, unframe } from './bytes.ts'
import { adopt, type ValueKind, valueKinds } from './codecs.ts'
import { addSpecial, type Special } from './exact-sum.ts'
import { createSlot, type Group, pointAt } from './groups.ts'
import type { Interner } from './interner.ts'
import type { Stream } from './layout.ts'
import { type FeaturePlan, planFingerprint } from './model.ts'
import { type Codec, type Cursor, isNullNumber, nullNumber, oldest } from './rings.ts'
import { slotPageBits, slotPageSize } from './slots.ts'
import { createPart, type Part, realign, type StoreState } from './state.ts'
import { advance, push } from './streams.ts'

/** What `restore` found. */
export interface Restored {
  /** Replay the events after this `logged_at`; -Infinity = all of them. */
  readonly loggedAt: number
  readonly restored: readonly string[]
  readonly rebuild: readonly string[]
}

const magic = 'aedile-features'
const version = 2

/** The first frame of a snapshot, as JSON. Groups and streams are numbered over all parts. */
interface Header {
  readonly magic: string
  readonly version: number
  readonly loggedAt: number | null
  readonly groups: readonly HeaderGroup[]
}

interface HeaderGroup {
  readonly streams: readonly { readonly kind: string; readonly columns: number }[]
  readonly plans: readonly HeaderPlan[]
}

/** Fingerprint of a plan, the stream and column it reads, and whether it was ready. */
interface HeaderPlan {
  readonly fingerprint: string
  readonly stream: number
  readonly column: number
  readonly ready: boolean
}

interface Source {
  readonly group: Group
  readonly part: Part
}

const sourcesOf = (state: StoreState): Source[] =>
  state.parts.flatMap((part) => part.groups.map((group) => ({ group, part })))

/** Writes the state as it is now. A page of keys that is about to change is written before it does. */
export function* writeSnapshot(state: StoreState): Generator<Uint8Array> {
  if (state.snapshotting) throw new Error('a snapshot is being written already; finish it before the next')
  const sources = sourcesOf(state)
  const saved: Uint8Array[] = []
  const pages = sources.map((source, index) => watch(source, index, saved))
  state.snapshotting = true
  try {
    yield frame(new TextEncoder().encode(JSON.stringify(headerOf(state, sources))))
    let count = 0
    for (const [index, written] of pages.entries())
      for (let page = 0; page < written.length; page++) {
        if (!written[page]) saveGroupPage(sources[index]!, { index, page, written, saved })
        for (const bytes of saved.splice(0)) {
          count++
          yield frame(bytes)
        }
      }
    yield frame(endMark(count))
  } finally {
    state.snapshotting = false
    for (const { group } of sources) group.beforeTouch = () => {}
  }
}

function endMark(count: number): Uint8Array {
  const writer = createWriter()
  writer.uint(0xffffffff)
  writer.uint(count)
  return writer.done()
}

/** Lets the group save a page before it changes it. Returns which pages are written. */
function watch(source: Source, index: number, saved: Uint8Array[]): boolean[] {
  const { group } = source
  const written = new Array<boolean>(Math.ceil(group.slots.end() / slotPageSize)).fill(false)
  group.beforeTouch = (slot) => {
    const page = slot >> slotPageBits
    if (page < written.length && !written[page]) saveGroupPage(source, { index, page, written, saved })
  }
  return written
}

function saveGroupPage(
  { group, part: { codecs } }: Source,
  job: { index: number; page: number; written: boolean[]; saved: Uint8Array[] },
): void {
  const writer = createWriter()
  writer.uint(job.index)
  // Here and not in the header: an argument shows its kind with its first value, perhaps after the header was written.
  for (const { columns } of group.streams)
    for (const { value } of columns) writer.uint(valueKinds.indexOf(codecs[value]!.kind))
  const first = job.page * slotPageSize
  const slots = Array.from({ length: slotPageSize }, (_, index) => first + index)
  const used = slots.filter((slot) => group.slots.keyOf(slot) !== 0)
  writer.uint(used.length)
  for (const slot of used) writeKey(writer, group, slot)
  job.written[job.page] = true
  job.saved.push(writer.done())
}

function headerOf(state: StoreState, sources: readonly Source[]): Header {
  const groups = sources.map(({ group }) => ({
    streams: group.streams.map(({ kind, columns }) => ({ kind, columns: columns.length })),
    plans: group.layout.bindings
      .filter((_, index) => group.positions[index]! >= 0)
      .map(({ plan, stream, column }) => ({
        fingerprint: planFingerprint(plan),
        stream: group.streams.indexOf(stream),
        column,
        ready: !state.unready.has(plan.id),
      })),
  }))
  return { magic, version, loggedAt: Number.isFinite(state.loggedAt) ? state.loggedAt : null, groups }
}

function writeKey(writer: ByteWriter, group: Group, slot: number): void {
  const at = pointAt(group, slot)
  writer.text(group.interner.textOf(group.slots.keyOf(slot)))
  writer.float(at.floats[at.float]!)
  for (const stream of group.streams) writeStream(writer, stream, at)
}

/** Numbers as they are; texts by their number within the page, in full where they come first; 0 = NULL. */
function writeStored(writer: ByteWriter, codec: Codec | undefined, stored: number): void {
  if (!codec?.interned) writer.float(stored)
  else if (stored === 0) writer.uint(0)
  else {
    const known = writer.texts.get(stored)
    const number = known ?? writer.texts.size + 1
    writer.uint(number)
    if (known !== undefined) return
    writer.texts.set(stored, number)
    writer.text(codec.interner.textOf(stored))
  }
}

function readStored(reader: ByteReader, interner: Interner, interned: boolean): number {
  if (!interned) return reader.float()
  const number = reader.uint()
  if (number === 0) return nullNumber
  if (number === reader.texts.length + 1) reader.texts.push(interner.idOf(reader.text()))
  const id = reader.texts[number - 1]
  if (id === undefined) throw new Error(`it refers to a text that is not there (${number})`)
  return id
}

const codecAt = (stream: Stream, at: Cursor, column: number): Codec | undefined =>
  at.codecs[stream.columns[column]?.value ?? -1]

function writeStream(writer: ByteWriter, stream: Stream, at: Cursor): void {
  const place = at.float + stream.float
  if (stream.kind === 'last' || stream.kind === 'since') {
    writer.uint(at.ints[at.int + stream.int]!)
    writer.float(at.floats[place]!)
    if (stream.kind === 'last') writeStored(writer, codecAt(stream, at, 0), at.floats[place + 1]!)
  } else if (stream.kind === 'total') writeTotal(writer, stream, at)
  else writeRing(writer, stream, at)
}

function writeRing(writer: ByteWriter, stream: Stream, at: Cursor): void {
  const ref = at.ints[at.int + stream.int]! - 1
  const from = oldest(stream, at)
  const to = ref === noRing ? from : at.floats[at.float + stream.float]!
  const { width } = stream.arena
  writer.uint(to - from)
  for (let sequence = from; sequence < to; sequence++) {
    const entry = stream.arena.offset(ref) + (sequence & (ringCapacity(ref) - 1)) * width
    const page = stream.arena.page(ref)
    writer.float(page[entry]!)
    for (let column = 0; column < stream.columns.length; column++)
      writeStored(writer, codecAt(stream, at, column), page[entry + 1 + column]!)
  }
}

function writeTotal(writer: ByteWriter, stream: Stream, at: Cursor): void {
  const place = at.float + stream.float
  const tally = stream.frames[0]?.tallies[0]
  writer.float(at.floats[place]!)
  for (let part = 1; part < 4; part++) writeStored(writer, codecAt(stream, at, 0), at.floats[place + part]!)
  const adds = tally !== undefined && tally.sum >= 0
  writer.uint(adds ? 1 : 0)
  if (!adds) return
  writer.float(at.floats[at.float + tally.sum]!)
  writer.uint(at.ints[at.int + tally.sumInts]! >>> 0)
  writer.uint(at.ints[at.int + tally.sumInts + 1]! >>> 0)
  const special = tally.specials.get(at.slot)
  const values = special ? specialValues(special) : []
  writer.uint(values.length)
  for (const value of values) writer.float(value)
}

const specialValues = (special: Special): number[] => [
  ...new Array<number>(special.nan).fill(Number.NaN),
  ...new Array<number>(special.plus).fill(Number.POSITIVE_INFINITY),
  ...new Array<number>(special.minus).fill(Number.NEGATIVE_INFINITY),
  ...special.huge,
]

/** Fills an empty store from a snapshot. */
export function readSnapshot(state: StoreState, pieces: Iterable<Uint8Array>): Restored {
  if (state.loggedAt !== Number.NEGATIVE_INFINITY) throw new Error('restore needs a store that has seen no event')
  const frames = unframe(pieces)
  try {
    const header = readHeader(frames.next().value)
    const { targets, restored } = rearrange(state, header)
    readFrames(frames, header, targets)
    state.loggedAt = header.loggedAt ?? Number.NEGATIVE_INFINITY
    const rebuild = state.plans.map((plan) => plan.id).filter((id) => !restored.includes(id))
    for (const id of rebuild) state.unready.add(id)
    return { loggedAt: state.loggedAt, restored, rebuild }
  } catch (cause) {
    state.parts = [createPart(state.plans)]
    realign(state)
    throw new Error(`the snapshot cannot be restored: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    })
  }
}

function readHeader(bytes: Uint8Array | undefined): Header {
  const header = bytes ? (JSON.parse(new TextDecoder().decode(bytes)) as Partial<Header>) : {}
  if (header.magic !== magic) throw new Error('it does not start like one; rebuild from the journal')
  if (header.version !== version)
    throw new Error(`its version is ${header.version}, this program reads ${version}; rebuild from the journal`)
  return header as Header
}

/** A group of the snapshot that lives on: for each of its streams and their columns, the one to fill; -1 = none. */
interface Target {
  readonly group: Group
  readonly part: Part
  readonly streams: readonly number[]
  readonly columns: readonly (readonly number[])[]
}

interface Kept extends HeaderPlan {
  readonly plan: FeaturePlan
}

/** Lays the store out so that plans which lay together in the snapshot do so again, and new plans lie apart. */
function rearrange(state: StoreState, header: Header): { targets: (Target | null)[]; restored: string[] } {
  const known = new Map(state.plans.map((plan) => [planFingerprint(plan), plan]))
  const fresh = new Set(state.plans)
  const restored: string[] = []
  const parts: Part[] = []
  const targets = header.groups.map((group) => {
    const kept = group.plans.flatMap((entry) => {
      const plan = known.get(entry.fingerprint)
      return plan && fresh.has(plan) && entry.ready ? [{ ...entry, plan }] : []
    })
    const part = createPart(kept.map((entry) => entry.plan))
    const target = part.groups.length === 1 ? match(part, group, kept) : null
    if (!target) return null
    for (const { plan } of kept) fresh.delete(plan)
    restored.push(...kept.map(({ plan }) => plan.id))
    parts.push(part)
    return target
  })
  if (fresh.size > 0) parts.push(createPart([...fresh]))
  state.parts = parts
  realign(state)
  return { targets, restored }
}

/** Pairs the streams of the snapshot with those of the new group; null when they do not correspond one to one. */
function match(part: Part, source: HeaderGroup, kept: readonly Kept[]): Target | null {
  const [group] = part.groups
  if (!group) return null
  const streams = source.streams.map(() => -1)
  const columns = source.streams.map(({ columns: count }) => new Array<number>(count).fill(-1))
  const origin = new Map<number, number>()
  for (const { plan, stream, column } of kept) {
    const binding = group.layout.bindings.find((each) => each.plan === plan)!
    const target = group.streams.indexOf(binding.stream)
    if ((origin.get(target) ?? stream) !== stream || (streams[stream] !== -1 && streams[stream] !== target)) return null
    origin.set(target, stream)
    streams[stream] = target
    if (source.streams[stream]?.kind !== binding.stream.kind) return null
    if (column < 0 !== binding.column < 0) return null
    const paired = columns[stream]
    if (column >= 0 && paired) paired[column] = binding.column
  }
  return { group, part, streams, columns }
}

function readFrames(frames: Iterable<Uint8Array>, header: Header, targets: readonly (Target | null)[]): void {
  let count = 0
  let ended = false
  for (const bytes of frames) {
    const reader = createReader(bytes)
    const index = reader.uint()
    if (index === 0xffffffff) {
      if (reader.uint() !== count) throw new Error(`it lacks pieces: ${count} were read`)
      ended = true
      continue
    }
    count++
    const target = targets[index]
    const source = header.groups[index]
    if (!target || !source) continue
    const kinds = source.streams.map(({ columns }) =>
      Array.from({ length: columns }, () => valueKinds[reader.uint()] ?? 'unknown'),
    )
    for (let keys = reader.uint(); keys > 0; keys--)
      readKey(reader, target, { source, kinds, time: header.loggedAt ?? 0 })
    target.part.interner.settle()
  }
  if (!ended) throw new Error('its end is missing')
}

function readKey(
  reader: ByteReader,
  target: Target,
  from: { source: HeaderGroup; kinds: readonly (readonly ValueKind[])[]; time: number },
): void {
  const { group } = target
  const slot = createSlot(group, group.interner.idOf(reader.text()))
  const at = pointAt(group, slot)
  at.floats[at.float] = reader.float()
  from.source.streams.forEach(({ kind }, index) => {
    const kinds = from.kinds[index] ?? []
    const stream = group.streams[target.streams[index]!] ?? null
    const columns = (target.columns[index] ?? []).map((column) => stream?.columns[column]?.value ?? -1)
    for (const [column, input] of columns.entries()) adoptKind(target, input, kinds[column])
    const interned = kinds.map((each) => each === 'text' || each === 'list')
    readStream(reader, { group, stream, kind, columns, interned }, at)
    at.time = from.time
    if (stream) advance(stream, at)
  })
}

function adoptKind({ group, part }: Target, input: number, kind: ValueKind | undefined): void {
  const codec = part.codecs[input]
  if (codec && kind !== undefined && kind !== 'unknown' && codec.kind !== kind)
    adopt(codec, kind, group.layout.bindings[0]!.plan.id)
}

/** One stream of the snapshot: where its columns go (arguments of the part, -1 = nowhere) and which are texts. */
interface StreamJob {
  readonly group: Group
  readonly stream: Stream | null
  readonly kind: string
  readonly columns: readonly number[]
  readonly interned: readonly boolean[]
}

/** Reads one stream of one key, or past it when no plan wants it any more. */
function readStream(reader: ByteReader, job: StreamJob, at: Cursor): void {
  if (job.kind === 'last' || job.kind === 'since') readLast(reader, job, at)
  else if (job.kind === 'total') readTotal(reader, job, at)
  else readRing(reader, job, at)
}

function readRing(reader: ByteReader, job: StreamJob, at: Cursor): void {
  const { stream, columns, interned, group } = job
  for (let count = reader.uint(); count > 0; count--) {
    at.time = reader.float()
    let counts = stream?.keepNull ?? false
    for (let column = 0; column < columns.length; column++) {
      const value = readStored(reader, group.interner, interned[column] ?? false)
      const input = columns[column]!
      if (input < 0) continue
      at.inputs[input] = value
      if (!isNullNumber(value)) counts = true
    }
    if (stream && counts) push(stream, at)
  }
}

function readLast(reader: ByteReader, job: StreamJob, at: Cursor): void {
  const has = reader.uint()
  at.time = reader.float()
  if (job.kind === 'last') {
    const value = readStored(reader, job.group.interner, job.interned[0] ?? false)
    if (job.stream) at.inputs[job.columns[0]!] = value
  }
  if (job.stream && has) push(job.stream, at)
}

function readTotal(reader: ByteReader, { group, stream, interned: [interned = false] }: StreamJob, at: Cursor): void {
  const numbers = [reader.float()]
  for (let part = 1; part < 4; part++) numbers.push(readStored(reader, group.interner, interned))
  const sum =
    reader.uint() === 1 ? { words: [reader.float(), reader.uint(), reader.uint()], specials: readList(reader) } : null
  if (!stream) return
  const tally = stream.frames[0]?.tallies[0]
  numbers.forEach((number, part) => {
    at.floats[at.float + stream.float + part] = number
    if (part > 0 && interned && number !== 0) group.interner.retain(number)
  })
  if (!sum || !tally || tally.sum < 0) return
  at.floats[at.float + tally.sum] = sum.words[0]!
  at.ints[at.int + tally.sumInts] = sum.words[1]! | 0
  at.ints[at.int + tally.sumInts + 1] = sum.words[2]! | 0
  for (const value of sum.specials) addSpecial(tally.specials, at.slot, { value, sign: 1 })
}

const readList = (reader: ByteReader): number[] => Array.from({ length: reader.uint() }, () => reader.float())
