import type { Value } from '../../kernel/values.ts'
import type { ValueCodec } from './codecs.ts'
import type { GroupLayout, Stream } from './layout.ts'
import { createReader, emptyValue, type Reader } from './readers.ts'
import { createSlots, type Slots, slotPageMask } from './slots.ts'
import { advance, type Cursor, clear, push, shrink } from './streams.ts'

/** The windows over one partition: its keys, and for each its streams. */
export interface Group {
  readonly layout: GroupLayout
  readonly slots: Slots
  readonly streams: readonly Stream[]
  readonly codecs: readonly ValueCodec[]
  readonly readers: readonly Reader[]
  readonly cursor: Cursor
  /** Called before the state of a slot changes; a running snapshot saves the page first. */
  beforeTouch: (slot: number) => void
  sweepAt: number
  /** The event at hand, by stream: whether it counts, and the argument as a number. */
  readonly counts: boolean[]
  readonly values: number[]
  /** Where each binding's value goes in the answer; -1 = another part of the store answers for the plan now. */
  readonly positions: number[]
}

const nowhere = new Float64Array(0)

export function createGroup(layout: GroupLayout, codecOf: (value: number) => ValueCodec): Group {
  const codecs = layout.streams.map((stream) => codecOf(stream.value))
  const readers = layout.bindings.map((binding) => createReader(binding, codecOf(binding.stream.value).decode))
  const first = codecs[0]
  if (!first) throw new Error('a group of windows has no stream')
  const place = { slot: -1, floats: nowhere, ints: new Int32Array(0), float: 0, int: 0 }
  const cursor: Cursor = { ...place, time: 0, value: 0, sequence: 0, codec: first }
  const slots = createSlots(layout.floats, layout.ints)
  const positions = layout.bindings.map(() => -1)
  const inbox = { counts: codecs.map(() => false), values: codecs.map(() => 0) }
  const fixed = { layout, slots, streams: layout.streams, codecs, readers, positions }
  return { ...fixed, ...inbox, cursor, beforeTouch: () => {}, sweepAt: 0 }
}

/** Puts the cursor on a key. */
export function pointAt(group: Group, slot: number): Cursor {
  const { cursor, slots } = group
  const within = slot & slotPageMask
  cursor.slot = slot
  cursor.floats = slots.floats(slot)
  cursor.ints = slots.ints(slot)
  cursor.float = within * slots.floatsPerSlot
  cursor.int = within * slots.intsPerSlot
  return cursor
}

/** Adds the event in the inbox under `event.key` and puts each plan's value at its position of `out`. */
export function observeInGroup(group: Group, event: { key: string; time: number }, out: Value[]): void {
  const { layout, slots, readers, positions } = group
  const adds = group.counts.includes(true)
  let slot = slots.find(event.key)
  if (slot < 0 && adds) slot = createSlot(group, event.key)
  else if (slot >= 0) group.beforeTouch(slot)
  if (slot < 0) {
    for (let index = 0; index < readers.length; index++)
      if (positions[index]! >= 0) out[positions[index]!] = emptyValue(layout.bindings[index]!.plan.aggregate)
    return
  }
  const at = pointAt(group, slot)
  at.time = event.time
  if (adds) at.floats[at.float] = event.time
  addToStreams(group, at)
  for (let index = 0; index < readers.length; index++)
    if (positions[index]! >= 0) out[positions[index]!] = readers[index]!(at)
}

function addToStreams(group: Group, at: Cursor): void {
  const { streams, codecs, counts, values } = group
  for (let index = 0; index < streams.length; index++) {
    const stream = streams[index]!
    at.codec = codecs[index]!
    stream.before = at.ints[at.int + stream.int] === 0 ? Number.NaN : at.floats[at.float + stream.float]!
    advance(stream, at, at.time)
    if (!counts[index]) continue
    at.value = values[index]!
    push(stream, at)
  }
}

/** Gives the key a slot. */
export function createSlot(group: Group, key: string): number {
  group.beforeTouch(group.slots.next())
  return group.slots.create(key)
}

/**
 * Visits up to `limit` slots from where the last sweep stopped: forgets keys whose windows are all empty at `time` and
 * gives back the storage of windows that have emptied. Returns how many keys went.
 */
export function sweepGroup(group: Group, time: number, limit: number): number {
  const end = group.slots.end()
  let removed = 0
  for (let visited = Math.min(limit, end); visited > 0; visited--) {
    if (group.sweepAt >= end) group.sweepAt = 0
    const slot = group.sweepAt++
    if (group.slots.keyOf(slot) === undefined) continue
    const within = (slot & slotPageMask) * group.slots.floatsPerSlot
    const idle = time - group.slots.floats(slot)[within]!
    if (idle > group.layout.retention) {
      removeSlot(group, slot)
      removed++
    } else if (idle > group.layout.shortest) trimSlot(group, slot, time)
  }
  return removed
}

function removeSlot(group: Group, slot: number): void {
  group.beforeTouch(slot)
  const at = pointAt(group, slot)
  for (let index = 0; index < group.streams.length; index++) {
    at.codec = group.codecs[index]!
    clear(group.streams[index]!, at)
  }
  group.slots.remove(slot)
}

function trimSlot(group: Group, slot: number, time: number): void {
  group.beforeTouch(slot)
  const at = pointAt(group, slot)
  for (let index = 0; index < group.streams.length; index++) {
    at.codec = group.codecs[index]!
    advance(group.streams[index]!, at, time)
    shrink(group.streams[index]!, at)
  }
}

/** Bytes of the special values, which are too rare for columns. */
export function specialBytes(group: Group): number {
  let count = 0
  for (const stream of group.streams)
    for (const frame of stream.frames) count += frame.specials.size + frame.distinctSpecials.size
  return count * 200
}
