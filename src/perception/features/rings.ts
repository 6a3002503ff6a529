import { noRing, ringCapacity, ringClass } from './arena.ts'
import { addExact, addSpecial, isSpecial, type Special } from './exact-sum.ts'
import type { Interner } from './interner.ts'
import type { Frame, Stream, Tally } from './layout.ts'

/** How an argument is written as a number. */
export interface Codec {
  /** Whether the numbers are references to texts, which must be counted. */
  interned: boolean
  readonly interner: Interner
  compare(a: number, b: number): number
}

/** The key at hand (its two pages, and where its numbers start in them) and the event that is added. */
export interface Cursor {
  slot: number
  floats: Float64Array
  ints: Int32Array
  float: number
  int: number
  time: number
  /** The arguments of the event, by their number; and how each is written. */
  readonly inputs: Float64Array
  readonly codecs: readonly Codec[]
}

/** NULL in a column of values. Stored values are never -0, so it is free; for texts any 0 is NULL. */
export const nullNumber = -0

export const isNullNumber = (value: number): boolean => value === 0 && 1 / value < 0

export function retain(codec: Codec, value: number): void {
  if (codec.interned && value !== 0) codec.interner.retain(value)
}

export function release(codec: Codec, value: number): void {
  if (codec.interned && value !== 0) codec.interner.release(value)
}

/** Running number of the oldest event still kept. */
export function oldest(stream: Stream, at: Cursor): number {
  const head = stream.frames[0]!.head
  return head < 0 ? 0 : at.floats[at.float + head]!
}

/** A ring of up to this many events is looked through for a value; a longer one has a table. */
const shortRing = 16

/** Makes room for one more entry and writes its time; returns where it starts in the page of the ring. */
export function append(stream: Stream, at: Cursor): number {
  const { arena } = stream
  const place = at.int + stream.int
  const tail = at.floats[at.float + stream.float]!
  let ref = at.ints[place]! - 1
  ref = ref === noRing ? arena.take(0) : withRoom(stream, at, ref)
  at.ints[place] = ref + 1
  const entry = arena.offset(ref) + (tail & (ringCapacity(ref) - 1)) * arena.width
  arena.page(ref)[entry] = at.time
  at.floats[at.float + stream.float] = tail + 1
  arena.entries++
  return entry
}

/** The ring with room for one more event: doubled when full, halved when an eighth is used. */
function withRoom(stream: Stream, at: Cursor, ref: number): number {
  const count = at.floats[at.float + stream.float]! - oldest(stream, at)
  const capacity = ringCapacity(ref)
  if (count >= capacity) return move(stream, at, { from: ref, size: ringClass(ref) + 1 })
  return capacity >= 32 && count * 8 < capacity ? move(stream, at, { from: ref, size: ringClass(ref) - 1 }) : ref
}

/** Copies the ring into one of another size. */
function move(stream: Stream, at: Cursor, change: { from: number; size: number }): number {
  const { arena } = stream
  const to = arena.take(change.size)
  const [source, target] = [arena.page(change.from), arena.page(to)]
  const [start, goal] = [arena.offset(change.from), arena.offset(to)]
  const [mask, wide] = [ringCapacity(change.from) - 1, ringCapacity(to) - 1]
  const tail = at.floats[at.float + stream.float]!
  for (let sequence = oldest(stream, at); sequence < tail; sequence++)
    for (let part = 0; part < arena.width; part++)
      target[goal + (sequence & wide) * arena.width + part] = source[start + (sequence & mask) * arena.width + part]!
  if (stream.kind === 'ring' && mask < shortRing !== wide < shortRing) {
    for (let sequence = oldest(stream, at); sequence < tail; sequence++)
      keepSeen(stream, at, { sequence, entry: goal + (sequence & wide) * arena.width, page: target }, wide < shortRing)
  }
  arena.free(change.from)
  return to
}

/** Puts the values of an entry into the tables of DISTINCT as the ring becomes long, or takes them out again. */
function keepSeen(
  { columns }: Stream,
  { slot }: Cursor,
  { sequence, entry, page }: { sequence: number; entry: number; page: Float64Array },
  isShort: boolean,
): void {
  for (let column = 0; column < columns.length; column++) {
    const { lastSeen } = columns[column]!
    const value = page[entry + 1 + column]!
    if (lastSeen === null || isNullNumber(value)) continue
    if (isShort) lastSeen.delete(slot, value)
    else lastSeen.set(slot, value, sequence)
  }
}

/** Gives back an empty ring, and halves one that is mostly empty. */
export function shrink(stream: Stream, at: Cursor): void {
  const place = at.int + stream.int
  const ref = at.ints[place]! - 1
  if (ref === noRing) return
  const count = at.floats[at.float + stream.float]! - oldest(stream, at)
  if (count === 0) {
    stream.arena.free(ref)
    at.ints[place] = 0
  } else if (ringClass(ref) > 0 && count * 8 <= ringCapacity(ref))
    at.ints[place] = move(stream, at, { from: ref, size: ringClass(ref) - 1 }) + 1
}

/** Where the ring of the key at hand lies. */
interface Ring {
  page: Float64Array
  offset: number
  mask: number
  width: number
  tail: number
}

const ring: Ring = { page: new Float64Array(0), offset: 0, mask: 0, width: 1, tail: 0 }

function openRing(stream: Stream, at: Cursor): boolean {
  const ref = at.ints[at.int + stream.int]! - 1
  if (ref === noRing) return false
  ring.page = stream.arena.page(ref)
  ring.offset = stream.arena.offset(ref)
  ring.mask = ringCapacity(ref) - 1
  ring.width = stream.arena.width
  ring.tail = at.floats[at.float + stream.float]!
  return true
}

/** Lets the events before the start of each frame at the cursor's time go. */
export function advanceRing(stream: Stream, at: Cursor): void {
  if (!openRing(stream, at)) return
  const { page, offset, mask, width, tail } = ring
  const { frames } = stream
  // Narrow frames first: the widest, number 0, is the last to need an event.
  for (let index = frames.length - 1; index >= 0; index--) {
    const frame = frames[index]!
    const place = at.float + frame.head
    const limit = at.time - frame.range
    const start = at.floats[place]!
    let head = start
    while (head < tail) {
      const entry = offset + (head & mask) * width
      if (page[entry]! >= limit) break
      for (let each = 0; each < frame.tallies.length; each++) {
        const tally = frame.tallies[each]!
        const value = page[entry + 1 + tally.column]!
        if (!isNullNumber(value)) leave(stream, tally, at, value, head)
      }
      if (index === 0) drop(stream, at, entry, head)
      head++
    }
    if (head === start) continue
    if (index === 0) stream.arena.entries -= head - start
    at.floats[place] = head
  }
}

/** Takes a value out of one frame's results. The ring is open. */
function leave(stream: Stream, tally: Tally, at: Cursor, value: number, sequence: number): void {
  if (tally.count >= 0) at.ints[at.int + tally.count]!--
  if (tally.sum >= 0) addToSum(tally, at, value, -1)
  if (tally.distinct < 0) return
  const { lastSeen } = stream.columns[tally.column]!
  const last =
    ring.mask < shortRing ? lastOf(tally.column, value, sequence) : (lastSeen?.get(at.slot, value) ?? sequence)
  if (last !== sequence) return
  at.ints[at.int + tally.distinct]!--
  if (tally.distinctSum >= 0) addToDistinctSum(tally, at, value, -1)
}

/** The number of the last event of the open ring with that value, from number `from` on; -1 = none. */
function lastOf(column: number, value: number, from: number): number {
  const { page, offset, mask, width } = ring
  for (let sequence = ring.tail - 1; sequence >= from; sequence--)
    if (Object.is(page[offset + (sequence & mask) * width + 1 + column], value)) return sequence
  return -1
}

/** Forgets an event that no frame needs any more. The ring is open. */
function drop(stream: Stream, at: Cursor, entry: number, sequence: number): void {
  const { columns } = stream
  for (let column = 0; column < columns.length; column++) {
    const { lastSeen, value: input } = columns[column]!
    const value = ring.page[entry + 1 + column]!
    if (lastSeen !== null && ring.mask >= shortRing && lastSeen.get(at.slot, value) === sequence)
      lastSeen.delete(at.slot, value)
    release(at.codecs[input]!, value)
  }
}

/** Adds the event at the cursor, whose arguments stand in its inputs. Frames must have been advanced to its time. */
export function pushRing(stream: Stream, at: Cursor): void {
  const entry = append(stream, at)
  openRing(stream, at)
  const sequence = ring.tail - 1
  const { columns, frames } = stream
  for (let column = 0; column < columns.length; column++) {
    const { value: input, lastSeen } = columns[column]!
    const value = at.inputs[input]!
    const isNull = isNullNumber(value)
    let seen = -1
    if (lastSeen !== null && !isNull)
      seen =
        ring.mask < shortRing ? lastBefore(column, value, oldest(stream, at)) : lastSeen.swap(at.slot, value, sequence)
    ring.page[entry + 1 + column] = value
    if (isNull) continue
    retain(at.codecs[input]!, value)
    for (let index = 0; index < frames.length; index++) join(frames[index]!, at, column, value, seen)
  }
}

/** As `lastOf`, without the event that is being written. */
function lastBefore(column: number, value: number, from: number): number {
  ring.tail--
  const found = lastOf(column, value, from)
  ring.tail++
  return found
}

/** Adds a value to what one frame keeps of its argument; `seen` = the last event before with the same value. */
function join(frame: Frame, at: Cursor, column: number, value: number, seen: number): void {
  const { tallies, head } = frame
  for (let each = 0; each < tallies.length; each++) {
    const tally = tallies[each]!
    if (tally.column !== column) continue
    if (tally.count >= 0) at.ints[at.int + tally.count]!++
    if (tally.sum >= 0) addToSum(tally, at, value, 1)
    if (tally.distinct < 0 || seen >= at.floats[at.float + head]!) continue
    at.ints[at.int + tally.distinct]!++
    if (tally.distinctSum >= 0) addToDistinctSum(tally, at, value, 1)
  }
}

/** Gives back everything the ring holds for the key, whose results are not asked for again. */
export function clearRing(stream: Stream, at: Cursor): void {
  if (!openRing(stream, at)) return
  const from = oldest(stream, at)
  const { page, offset, mask, width, tail } = ring
  for (let sequence = from; sequence < tail; sequence++) {
    const entry = offset + (sequence & mask) * width
    for (let column = 0; column < stream.columns.length; column++) {
      const { value: input, lastSeen } = stream.columns[column]!
      if (lastSeen !== null && mask >= shortRing) lastSeen.delete(at.slot, page[entry + 1 + column]!)
      release(at.codecs[input]!, page[entry + 1 + column]!)
    }
  }
  for (const { tallies } of stream.frames)
    for (const tally of tallies) {
      tally.specials.delete(at.slot)
      tally.distinctSpecials.delete(at.slot)
    }
  stream.arena.entries -= tail - from
  stream.arena.free(at.ints[at.int + stream.int]! - 1)
  at.ints[at.int + stream.int] = 0
}

export function addToSum(tally: Tally, at: Cursor, value: number, sign: 1 | -1): void {
  if (isSpecial(value)) noteSpecial(tally.specials, at.slot, value, sign)
  else addExact(at, at.float + tally.sum, at.int + tally.sumInts, value * sign)
}

export function addToDistinctSum(tally: Tally, at: Cursor, value: number, sign: 1 | -1): void {
  if (isSpecial(value)) noteSpecial(tally.distinctSpecials, at.slot, value, sign)
  else addExact(at, at.float + tally.distinctSum, at.int + tally.distinctSumInts, value * sign)
}

function noteSpecial(all: Map<number, Special>, slot: number, value: number, sign: 1 | -1): void {
  addSpecial(all, slot, { value, sign })
}
