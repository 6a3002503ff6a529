import { noRing, ringCapacity } from './arena.ts'
import type { Stream } from './layout.ts'
import {
  addToDistinctSum,
  addToSum,
  advanceRing,
  append,
  type Cursor,
  clearRing,
  oldest,
  pushRing,
  release,
  retain,
  shrink,
} from './rings.ts'

const isDeque = ({ kind }: Stream): boolean => kind === 'min' || kind === 'max'

/** Lets the events before the start of each frame at the cursor's time go. */
export function advance(stream: Stream, at: Cursor): void {
  if (stream.kind === 'ring') advanceRing(stream, at)
  else if (isDeque(stream)) advanceDeque(stream, at, at.time)
}

/** Adds the event at the cursor. Frames must have been advanced to its time. */
export function push(stream: Stream, at: Cursor): void {
  if (stream.kind === 'ring') pushRing(stream, at)
  else if (isDeque(stream)) pushExtreme(stream, at)
  else if (stream.kind === 'set') pushSet(stream, at)
  else if (stream.kind === 'total') pushTotal(stream, at)
  else pushLast(stream, at)
}

/** Gives back storage that has become empty. Frames must have been advanced. */
export function trim(stream: Stream, at: Cursor): void {
  if (stream.kind === 'ring' || isDeque(stream)) shrink(stream, at)
}

/** Gives back everything the stream holds for the key. */
export function clear(stream: Stream, at: Cursor): void {
  if (stream.kind === 'ring') clearRing(stream, at)
  else if (isDeque(stream)) {
    advanceDeque(stream, at, Number.POSITIVE_INFINITY)
    shrink(stream, at)
  } else if (stream.kind === 'last') release(codecOf(stream, at), at.floats[at.float + stream.float + 1]!)
}

const inputOf = (stream: Stream, at: Cursor): number => at.inputs[stream.columns[0]!.value]!
const codecOf = (stream: Stream, at: Cursor) => at.codecs[stream.columns[0]!.value]!

function advanceDeque(stream: Stream, at: Cursor, time: number): void {
  const ref = at.ints[at.int + stream.int]! - 1
  if (ref === noRing) return
  const tail = at.floats[at.float + stream.float]!
  const page = stream.arena.page(ref)
  const offset = stream.arena.offset(ref)
  const mask = ringCapacity(ref) - 1
  const codec = codecOf(stream, at)
  for (let index = stream.frames.length - 1; index >= 0; index--) {
    const place = at.float + stream.frames[index]!.head
    const limit = time - stream.frames[index]!.range
    const start = at.floats[place]!
    let head = start
    for (; head < tail && page[offset + (head & mask) * 2]! < limit; head++)
      if (index === 0) release(codec, page[offset + (head & mask) * 2 + 1]!)
    if (index === 0) stream.arena.entries -= head - start
    at.floats[place] = head
  }
}

function pushExtreme(stream: Stream, at: Cursor): void {
  const codec = codecOf(stream, at)
  const value = inputOf(stream, at)
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
      if (codec.compare(back, value) * sign < 0) break
      release(codec, back)
      stream.arena.entries--
      tail--
    }
    at.floats[at.float + stream.float] = tail
    for (const frame of stream.frames)
      if (at.floats[at.float + frame.head]! > tail) at.floats[at.float + frame.head] = tail
  }
  appendValue(stream, at)
}

/** Writes the event and its argument at the end of the ring; returns its running number. */
function appendValue(stream: Stream, at: Cursor): number {
  const entry = append(stream, at)
  const value = inputOf(stream, at)
  stream.arena.page(at.ints[at.int + stream.int]! - 1)[entry + 1] = value
  retain(codecOf(stream, at), value)
  return at.floats[at.float + stream.float]! - 1
}

function pushSet(stream: Stream, at: Cursor): void {
  const { lastSeen } = stream.columns[0]!
  const value = inputOf(stream, at)
  if (lastSeen!.get(at.slot, value) >= 0) return
  const tally = stream.frames[0]?.tallies[0]
  lastSeen!.set(at.slot, value, appendValue(stream, at))
  if (tally && tally.distinctSum >= 0) addToDistinctSum(tally, at, value, 1)
}

function pushTotal(stream: Stream, at: Cursor): void {
  const place = at.float + stream.float
  const { floats } = at
  const count = floats[place]!
  floats[place] = count + 1
  if (stream.columns.length === 0) return
  const codec = codecOf(stream, at)
  const value = inputOf(stream, at)
  const tally = stream.frames[0]?.tallies[0]
  if (tally && tally.sum >= 0) addToSum(tally, at, value, 1)
  if (stream.keepNull) {
    if (count === 0) keep(stream, at, { place: place + 1, value })
    return
  }
  if (count === 0 || codec.compare(value, floats[place + 2]!) < 0) keep(stream, at, { place: place + 2, value })
  if (count === 0 || codec.compare(value, floats[place + 3]!) > 0) keep(stream, at, { place: place + 3, value })
}

function keep(stream: Stream, at: Cursor, { place, value }: { place: number; value: number }): void {
  const codec = codecOf(stream, at)
  retain(codec, value)
  release(codec, at.floats[place]!)
  at.floats[place] = value
}

function pushLast(stream: Stream, at: Cursor): void {
  const place = at.float + stream.float
  at.ints[at.int + stream.int] = 1
  at.floats[place] = at.time
  if (stream.kind === 'last') keep(stream, at, { place: place + 1, value: inputOf(stream, at) })
}
