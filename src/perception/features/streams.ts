import { noRing, ringCapacity, ringClass } from './arena.ts'
import { addExact, addSpecial, isSpecial } from './exact-sum.ts'
import type { Interner } from './interner.ts'
import type { Frame, Stream } from './layout.ts'

/** How the argument of a stream is written as a number. */
export interface Codec {
  /** Whether the numbers are references to texts, which must be counted. */
  interned: boolean
  readonly interner: Interner
  compare(a: number, b: number): number
}

/** The key at hand (its two pages, and where its numbers start in them) and the event that is added or leaves. */
export interface Cursor {
  slot: number
  floats: Float64Array
  ints: Int32Array
  float: number
  int: number
  time: number
  value: number
  sequence: number
  codec: Codec
}

/** NULL in a column of values. Stored values are never -0, so it is free; for texts any 0 is NULL. */
export const nullNumber = -0

export const isNullNumber = (value: number): boolean => value === 0 && 1 / value < 0

const retain = (codec: Codec, value: number): void => {
  if (codec.interned && value !== 0) codec.interner.retain(value)
}

const release = (codec: Codec, value: number): void => {
  if (codec.interned && value !== 0) codec.interner.release(value)
}

const hasFrames = (stream: Stream): boolean => stream.kind === 'ring' || stream.kind === 'min' || stream.kind === 'max'

/** Lets the events before the start of each frame at `time` go; Infinity empties the stream. */
export function advance(stream: Stream, at: Cursor, time: number): void {
  if (!hasFrames(stream)) return
  const ref = at.ints[at.int + stream.int]! - 1
  if (ref === noRing) return
  const tail = at.floats[at.float + stream.float]!
  const page = stream.arena.page(ref)
  const offset = stream.arena.offset(ref)
  const mask = ringCapacity(ref) - 1
  const valued = stream.arena.width === 2
  // Narrow frames first: the widest, number 0, is the last to need an event.
  for (let index = stream.frames.length - 1; index >= 0; index--) {
    const frame = stream.frames[index]!
    const place = at.float + frame.head
    const limit = time - frame.range
    let head = at.floats[place]!
    while (head < tail) {
      const entry = valued ? offset + (head & mask) * 2 : offset + (head & mask)
      if (page[entry]! >= limit) break
      if (valued) {
        at.value = page[entry + 1]!
        at.sequence = head
        leave(stream, frame, at)
        if (index === 0) drop(stream, at)
      }
      head++
    }
    if (index === 0) stream.arena.entries -= head - at.floats[place]!
    at.floats[place] = head
  }
}

/** Takes the event out of one frame's sums. */
function leave(stream: Stream, frame: Frame, at: Cursor): void {
  if (frame.sum >= 0) addToSum(frame, at, -1)
  if (frame.distinct < 0 || stream.lastSeen!.get(at.slot, at.value) !== at.sequence) return
  at.ints[at.int + frame.distinct]!--
  if (frame.distinctSum >= 0) addToDistinctSum(frame, at, -1)
}

/** Forgets an event that no frame needs any more. */
function drop(stream: Stream, at: Cursor): void {
  if (stream.lastSeen && stream.lastSeen.get(at.slot, at.value) === at.sequence)
    stream.lastSeen.delete(at.slot, at.value)
  release(at.codec, at.value)
}

function addToSum(frame: Frame, at: Cursor, sign: 1 | -1): void {
  if (isSpecial(at.value)) addSpecial(frame.specials, at.slot, { value: at.value, sign })
  else addExact(at, { float: at.float + frame.sum, int: at.int + frame.sumInts }, at.value * sign)
}

function addToDistinctSum(frame: Frame, at: Cursor, sign: 1 | -1): void {
  if (isSpecial(at.value)) addSpecial(frame.distinctSpecials, at.slot, { value: at.value, sign })
  else addExact(at, { float: at.float + frame.distinctSum, int: at.int + frame.distinctSumInts }, at.value * sign)
}

/** Adds the event at the cursor. Frames must have been advanced to its time. */
export function push(stream: Stream, at: Cursor): void {
  if (stream.kind === 'ring') pushRing(stream, at)
  else if (stream.kind === 'min' || stream.kind === 'max') pushExtreme(stream, at)
  else if (stream.kind === 'set') pushSet(stream, at)
  else if (stream.kind === 'total') pushTotal(stream, at)
  else pushLast(stream, at)
}

function pushRing(stream: Stream, at: Cursor): void {
  const sequence = append(stream, at)
  const seen = stream.lastSeen ? stream.lastSeen.get(at.slot, at.value) : -1
  for (const frame of stream.frames) {
    if (frame.sum >= 0) addToSum(frame, at, 1)
    if (frame.distinct < 0 || seen >= at.floats[at.float + frame.head]!) continue
    at.ints[at.int + frame.distinct]!++
    if (frame.distinctSum >= 0) addToDistinctSum(frame, at, 1)
  }
  if (stream.lastSeen) stream.lastSeen.set(at.slot, at.value, sequence)
}

/** Writes the event at the end of the ring, growing it when full, and returns its running number. */
function append(stream: Stream, at: Cursor): number {
  const place = at.int + stream.int
  const tail = at.floats[at.float + stream.float]!
  let ref = at.ints[place]! - 1
  if (ref === noRing) ref = stream.arena.take(0)
  else ref = resize(stream, at, ref)
  at.ints[place] = ref + 1
  const page = stream.arena.page(ref)
  const index = tail & (ringCapacity(ref) - 1)
  if (stream.arena.width === 2) {
    const entry = stream.arena.offset(ref) + index * 2
    page[entry] = at.time
    page[entry + 1] = at.value
    retain(at.codec, at.value)
  } else page[stream.arena.offset(ref) + index] = at.time
  at.floats[at.float + stream.float] = tail + 1
  stream.arena.entries++
  return tail
}

/** The ring with room for one more event: doubled when full, halved when an eighth is used. */
function resize(stream: Stream, at: Cursor, ref: number): number {
  const count = at.floats[at.float + stream.float]! - oldest(stream, at)
  const capacity = ringCapacity(ref)
  if (count >= capacity) return move(stream, at, { from: ref, size: ringClass(ref) + 1 })
  return capacity >= 32 && count * 8 < capacity ? move(stream, at, { from: ref, size: ringClass(ref) - 1 }) : ref
}

/** Running number of the oldest event still kept. */
export function oldest(stream: Stream, at: Cursor): number {
  const head = stream.frames[0]!.head
  return head < 0 ? 0 : at.floats[at.float + head]!
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
  arena.free(change.from)
  return to
}

/** Gives back an empty ring, and halves one that is mostly empty. */
export function shrink(stream: Stream, at: Cursor): void {
  if (!hasFrames(stream)) return
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

function pushExtreme(stream: Stream, at: Cursor): void {
  const ref = at.ints[at.int + stream.int]! - 1
  const start = oldest(stream, at)
  let tail = at.floats[at.float + stream.float]!
  if (ref !== noRing) {
    const page = stream.arena.page(ref)
    const offset = stream.arena.offset(ref)
    const mask = ringCapacity(ref) - 1
    const sign = stream.kind === 'min' ? 1 : -1
    while (tail > start) {
      const back = page[offset + ((tail - 1) & mask) * 2 + 1]!
      // An earlier event that is not better can never again be the extreme of a frame.
      if (at.codec.compare(back, at.value) * sign < 0) break
      release(at.codec, back)
      stream.arena.entries--
      tail--
    }
    at.floats[at.float + stream.float] = tail
    for (const frame of stream.frames)
      if (at.floats[at.float + frame.head]! > tail) at.floats[at.float + frame.head] = tail
  }
  append(stream, at)
}

function pushSet(stream: Stream, at: Cursor): void {
  if (stream.lastSeen!.get(at.slot, at.value) >= 0) return
  const [frame] = stream.frames
  stream.lastSeen!.set(at.slot, at.value, append(stream, at))
  if (frame && frame.distinctSum >= 0) addToDistinctSum(frame, at, 1)
}

function pushTotal(stream: Stream, at: Cursor): void {
  const place = at.float + stream.float
  const { floats, codec, value } = at
  const count = floats[place]!
  floats[place] = count + 1
  if (stream.value < 0) return
  const [frame] = stream.frames
  if (frame && frame.sum >= 0) addToSum(frame, at, 1)
  if (stream.keepNull) {
    if (count === 0) keep(at, place + 1, value)
    return
  }
  if (count === 0 || codec.compare(value, floats[place + 2]!) < 0) keep(at, place + 2, value)
  if (count === 0 || codec.compare(value, floats[place + 3]!) > 0) keep(at, place + 3, value)
}

function keep(at: Cursor, place: number, value: number): void {
  retain(at.codec, value)
  release(at.codec, at.floats[place]!)
  at.floats[place] = value
}

function pushLast(stream: Stream, at: Cursor): void {
  const place = at.float + stream.float
  at.ints[at.int + stream.int] = 1
  at.floats[place] = at.time
  if (stream.kind === 'last' && stream.value >= 0) keep(at, place + 1, at.value)
}

/** Gives back everything the stream holds for the key. */
export function clear(stream: Stream, at: Cursor): void {
  advance(stream, at, Number.POSITIVE_INFINITY)
  shrink(stream, at)
  if (stream.kind === 'last') release(at.codec, at.floats[at.float + stream.float + 1]!)
}
