import { noRing, ringCapacity } from './arena.ts'
import { type ByteReader, type ByteWriter, createReader, createWriter, frame, unframe } from './bytes.ts'
import { adopt as adoptKind, type ValueKind, valueKinds } from './codecs.ts'
import { addSpecial, type Special } from './exact-sum.ts'
import { createSlot, type Group, pointAt } from './groups.ts'
import type { Stream } from './layout.ts'
import { type FeaturePlan, planFingerprint } from './model.ts'
import { slotPageBits, slotPageSize } from './slots.ts'
import { createPart, type Part, realign, type StoreState } from './state.ts'
import { advance, type Cursor, nullNumber, oldest, push } from './streams.ts'

/** What `restore` found. */
export interface Restored {
  /** Replay the events after this `logged_at`; -Infinity = all of them. */
  readonly loggedAt: number
  readonly restored: readonly string[]
  readonly rebuild: readonly string[]
}

const magic = 'aedile-features'
const version = 1

/** The first frame of a snapshot, as JSON. Groups and streams are numbered over all parts. */
interface Header {
  readonly magic: string
  readonly version: number
  readonly loggedAt: number | null
  readonly groups: readonly HeaderGroup[]
}

interface HeaderGroup {
  readonly streams: readonly { readonly kind: string }[]
  /** Fingerprint of each plan, the stream it reads, and whether it was ready. */
  readonly plans: readonly { readonly fingerprint: string; readonly stream: number; readonly ready: boolean }[]
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
  const pages = sources.map((source, index) => watch(source.group, index, saved))
  state.snapshotting = true
  try {
    yield frame(new TextEncoder().encode(JSON.stringify(headerOf(state, sources))))
    let count = 0
    for (const [index, written] of pages.entries())
      for (let page = 0; page < written.length; page++) {
        if (!written[page]) saveGroupPage(sources[index]!.group, { index, page, written, saved })
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
function watch(group: Group, index: number, saved: Uint8Array[]): boolean[] {
  const written = new Array<boolean>(Math.ceil(group.slots.end() / slotPageSize)).fill(false)
  group.beforeTouch = (slot) => {
    const page = slot >> slotPageBits
    if (page < written.length && !written[page]) saveGroupPage(group, { index, page, written, saved })
  }
  return written
}

function saveGroupPage(
  group: Group,
  job: { index: number; page: number; written: boolean[]; saved: Uint8Array[] },
): void {
  const writer = createWriter()
  writer.uint(job.index)
  // Here and not in the header: an argument shows its kind with its first value, perhaps after the header was written.
  for (const codec of group.codecs) writer.uint(valueKinds.indexOf(codec.kind))
  const first = job.page * slotPageSize
  const slots = Array.from({ length: slotPageSize }, (_, index) => first + index)
  const used = slots.filter((slot) => group.slots.keyOf(slot) !== undefined)
  writer.uint(used.length)
  for (const slot of used) writeKey(writer, group, slot)
  job.written[job.page] = true
  job.saved.push(writer.done())
}

function headerOf(state: StoreState, sources: readonly Source[]): Header {
  const groups = sources.map(({ group }) => ({
    streams: group.streams.map(({ kind }) => ({ kind })),
    plans: group.layout.bindings
      .filter((_, index) => group.positions[index]! >= 0)
      .map(({ plan, stream }) => ({
        fingerprint: planFingerprint(plan),
        stream: group.streams.indexOf(stream),
        ready: !state.unready.has(plan.id),
      })),
  }))
  return { magic, version, loggedAt: Number.isFinite(state.loggedAt) ? state.loggedAt : null, groups }
}

function writeKey(writer: ByteWriter, group: Group, slot: number): void {
  const at = pointAt(group, slot)
  writer.text(group.slots.keyOf(slot) ?? '')
  writer.float(at.floats[at.float]!)
  for (let index = 0; index < group.streams.length; index++) {
    at.codec = group.codecs[index]!
    writeStream(writer, group.streams[index]!, at)
  }
}

/** Numbers as they are; texts by their number within the page, in full where they come first; 0 = NULL. */
function writeStored(writer: ByteWriter, at: Cursor, stored: number): void {
  if (!at.codec.interned) writer.float(stored)
  else if (stored === 0) writer.uint(0)
  else {
    const known = writer.texts.get(stored)
    const number = known ?? writer.texts.size + 1
    writer.uint(number)
    if (known !== undefined) return
    writer.texts.set(stored, number)
    writer.text(at.codec.interner.textOf(stored))
  }
}

function readStored(reader: ByteReader, at: Cursor, interned: boolean): number {
  if (!interned) return reader.float()
  const number = reader.uint()
  if (number === 0) return nullNumber
  if (number === reader.texts.length + 1) reader.texts.push(at.codec.interner.idOf(reader.text()))
  const id = reader.texts[number - 1]
  if (id === undefined) throw new Error(`it refers to a text that is not there (${number})`)
  return id
}

function writeStream(writer: ByteWriter, stream: Stream, at: Cursor): void {
  const place = at.float + stream.float
  if (stream.kind === 'last' || stream.kind === 'since') {
    writer.uint(at.ints[at.int + stream.int]!)
    writer.float(at.floats[place]!)
    if (stream.kind === 'last') writeStored(writer, at, at.floats[place + 1]!)
  } else if (stream.kind === 'total') writeTotal(writer, stream, at)
  else writeRing(writer, stream, at)
}

function writeRing(writer: ByteWriter, stream: Stream, at: Cursor): void {
  const ref = at.ints[at.int + stream.int]! - 1
  const from = oldest(stream, at)
  const to = ref === noRing ? from : at.floats[at.float + stream.float]!
  const { width } = stream.arena
  writer.uint(to - from)
  writer.uint(width)
  for (let sequence = from; sequence < to; sequence++) {
    const entry = stream.arena.offset(ref) + (sequence & (ringCapacity(ref) - 1)) * width
    writer.float(stream.arena.page(ref)[entry]!)
    if (width === 2) writeStored(writer, at, stream.arena.page(ref)[entry + 1]!)
  }
}

function writeTotal(writer: ByteWriter, stream: Stream, at: Cursor): void {
  const place = at.float + stream.float
  const frame = stream.frames[0]!
  writer.float(at.floats[place]!)
  for (let part = 1; part < 4; part++) writeStored(writer, at, at.floats[place + part]!)
  writer.uint(frame.sum >= 0 ? 1 : 0)
  if (frame.sum < 0) return
  writer.float(at.floats[at.float + frame.sum]!)
  writer.uint(at.ints[at.int + frame.sumInts]! >>> 0)
  writer.uint(at.ints[at.int + frame.sumInts + 1]! >>> 0)
  const special = frame.specials.get(at.slot)
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

/** A group of the snapshot that lives on: for each of its streams, the stream to fill. */
interface Target {
  readonly group: Group
  readonly part: Part
  readonly streams: readonly number[]
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
      return plan && fresh.has(plan) && entry.ready ? [{ plan, stream: entry.stream }] : []
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
function match(part: Part, source: HeaderGroup, kept: readonly { plan: FeaturePlan; stream: number }[]): Target | null {
  const [group] = part.groups
  if (!group) return null
  const streams = source.streams.map(() => -1)
  const origin = new Map<number, number>()
  for (const { plan, stream } of kept) {
    const target = group.streams.indexOf(group.layout.bindings.find((binding) => binding.plan === plan)!.stream)
    if ((origin.get(target) ?? stream) !== stream || (streams[stream] !== -1 && streams[stream] !== target)) return null
    origin.set(target, stream)
    streams[stream] = target
    if (source.streams[stream]?.kind !== group.streams[target]!.kind) return null
  }
  return { group, part, streams }
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
    const kinds = source.streams.map(() => valueKinds[reader.uint()] ?? 'unknown')
    for (let keys = reader.uint(); keys > 0; keys--)
      readKey(reader, target, { source, kinds, time: header.loggedAt ?? 0 })
    target.part.interner.settle()
  }
  if (!ended) throw new Error('its end is missing')
}

function readKey(
  reader: ByteReader,
  target: Target,
  from: { source: HeaderGroup; kinds: readonly ValueKind[]; time: number },
): void {
  const { group } = target
  const slot = createSlot(group, reader.text())
  const at = pointAt(group, slot)
  at.floats[at.float] = reader.float()
  from.source.streams.forEach(({ kind }, index) => {
    const values = from.kinds[index] ?? 'unknown'
    const interned = values === 'text' || values === 'list'
    const to = target.streams[index]!
    const stream = group.streams[to] ?? null
    const codec = group.codecs[to]
    at.codec = codec ?? group.codecs[0]!
    if (codec && stream && codec.kind !== values && values !== 'unknown')
      adoptKind(codec, values, group.layout.bindings[0]!.plan.id)
    readStream(reader, { stream, kind, interned }, at)
    if (stream) advance(stream, at, from.time)
  })
}

/** Reads one stream of one key into `job.stream`, or past it when no plan wants it any more. */
function readStream(
  reader: ByteReader,
  job: { stream: Stream | null; kind: string; interned: boolean },
  at: Cursor,
): void {
  if (job.kind === 'last' || job.kind === 'since') readLast(reader, job, at)
  else if (job.kind === 'total') readTotal(reader, job, at)
  else readRing(reader, job, at)
}

function readRing(reader: ByteReader, job: { stream: Stream | null; interned: boolean }, at: Cursor): void {
  const count = reader.uint()
  const width = reader.uint()
  for (let index = 0; index < count; index++) {
    at.time = reader.float()
    at.value = width === 2 ? readStored(reader, at, job.interned) : 0
    if (job.stream) push(job.stream, at)
  }
}

function readLast(
  reader: ByteReader,
  job: { stream: Stream | null; kind: string; interned: boolean },
  at: Cursor,
): void {
  const has = reader.uint()
  at.time = reader.float()
  at.value = job.kind === 'last' ? readStored(reader, at, job.interned) : 0
  if (job.stream && has) push(job.stream, at)
}

function readTotal(reader: ByteReader, job: { stream: Stream | null; interned: boolean }, at: Cursor): void {
  const { stream } = job
  const numbers = [reader.float()]
  for (let part = 1; part < 4; part++) numbers.push(readStored(reader, at, job.interned))
  const sum =
    reader.uint() === 1 ? { words: [reader.float(), reader.uint(), reader.uint()], specials: readList(reader) } : null
  if (!stream) return
  const frame = stream.frames[0]!
  numbers.forEach((number, part) => {
    at.floats[at.float + stream.float + part] = number
    if (part > 0 && job.interned && number !== 0) at.codec.interner.retain(number)
  })
  if (!sum || frame.sum < 0) return
  at.floats[at.float + frame.sum] = sum.words[0]!
  at.ints[at.int + frame.sumInts] = sum.words[1]! | 0
  at.ints[at.int + frame.sumInts + 1] = sum.words[2]! | 0
  for (const value of sum.specials) addSpecial(frame.specials, at.slot, { value, sign: 1 })
}

const readList = (reader: ByteReader): number[] => Array.from({ length: reader.uint() }, () => reader.float())
