import type { Value } from '../../kernel/values.ts'
import { noRing } from './arena.ts'
import type { ValueCodec } from './codecs.ts'
import type { Interner } from './interner.ts'
import type { GroupLayout, Stream } from './layout.ts'
import { createReader, emptyValue, type Reader } from './readers.ts'
import type { Cursor } from './rings.ts'
import { createSlots, type Slots, slotPageMask } from './slots.ts'
import { advance, clear, push, trim } from './streams.ts'

/** The windows over one partition: its keys, and for each its streams. */
export interface Group {
  readonly layout: GroupLayout
  readonly slots: Slots
  /** Keys are numbers of its texts. */
  readonly interner: Interner
  readonly streams: readonly Stream[]
  readonly readers: readonly Reader[]
  readonly cursor: Cursor
  /** Called before the state of a slot changes; a running snapshot saves the page first. */
  beforeTouch: (slot: number) => void
  sweepAt: number
  /** Keys made since the last sweep. */
  made: number
  /** The key of the event at hand, and its slot, -1 = none. */
  key: number
  slot: number
  /** Whether the event at hand counts in any stream, and in which. */
  adds: boolean
  readonly counts: boolean[]
  /** Where each binding's value goes in the answer; -1 = another part of the store answers for the plan now. */
  readonly positions: number[]
}

const nowhere = new Float64Array(0)

/** What the groups of one part share. */
export interface Shared {
  readonly interner: Interner
  readonly codecs: readonly ValueCodec[]
  readonly inputs: Float64Array
}

export function createGroup(layout: GroupLayout, { interner, codecs, inputs }: Shared): Group {
  const plain = (stored: number): Value => stored
  const readers = layout.bindings.map((binding) => {
    const input = binding.stream.columns[binding.column]?.value ?? -1
    return createReader(binding, codecs[input]?.decode ?? plain)
  })
  const place = { slot: -1, floats: nowhere, ints: new Int32Array(0), float: 0, int: 0, time: 0 }
  const cursor: Cursor = { ...place, inputs, codecs }
  const slots = createSlots(layout.floats, layout.ints)
  const positions = layout.bindings.map(() => -1)
  const fixed = { layout, slots, interner, streams: layout.streams, readers, positions }
  return {
    ...fixed,
    counts: layout.streams.map(() => false),
    cursor,
    beforeTouch: () => {},
    sweepAt: 0,
    made: 0,
    key: 0,
    slot: -1,
    adds: false,
  }
}

/** Puts the cursor on a key. */
export function pointAt(group: Group, slot: number): Cursor {
  const { cursor, slots } = group
  const within = slot & slotPageMask
  cursor.slot = slot
  cursor.floats = slots.floats(slot)
  cursor.ints = slots.ints(slot)
  cursor.float = within * slots.stride
  cursor.int = (cursor.float + slots.floatsPerSlot) * 2
  return cursor
}

/**
 * Finds the slots of the event at hand and reads a number of each key and of each ring. The groups do not depend on each
 * other, so their waits for memory overlap here, which they would not if each group did all its work in turn. The sum
 * that it returns is of no use but to make it read them.
 */
export function locate(groups: readonly Group[]): number {
  let touched = 0
  for (let index = 0; index < groups.length; index++) {
    const group = groups[index]!
    group.slot = group.slots.find(group.key)
  }
  for (let index = 0; index < groups.length; index++) {
    const { slot, slots } = groups[index]!
    if (slot >= 0) touched += slots.floats(slot)[(slot & slotPageMask) * slots.stride]!
  }
  for (let index = 0; index < groups.length; index++) {
    const { slot, slots, streams } = groups[index]!
    const [stream] = streams
    if (slot < 0 || stream?.kind !== 'ring') continue
    const at = ((slot & slotPageMask) * slots.stride + slots.floatsPerSlot) * 2
    const ref = slots.ints(slot)[at + stream.int]! - 1
    if (ref !== noRing) touched += stream.arena.page(ref)[stream.arena.offset(ref)]!
  }
  return touched
}

/** Adds the event at hand under its key and puts each plan's value at its position of `out`. */
export function observeInGroup(group: Group, time: number, out: Value[]): void {
  const { layout, readers, positions } = group
  let { slot } = group
  const { adds } = group
  if (slot < 0 && adds) slot = createSlot(group, group.key)
  else if (slot >= 0) group.beforeTouch(slot)
  if (slot < 0) {
    for (let index = 0; index < readers.length; index++)
      if (positions[index]! >= 0) out[positions[index]!] = emptyValue(layout.bindings[index]!.plan.aggregate)
    return
  }
  const at = pointAt(group, slot)
  at.time = time
  if (adds) at.floats[at.float] = time
  addToStreams(group, at)
  for (let index = 0; index < readers.length; index++)
    if (positions[index]! >= 0) out[positions[index]!] = readers[index]!(at)
}

function addToStreams(group: Group, at: Cursor): void {
  const { streams, counts } = group
  for (let index = 0; index < streams.length; index++) {
    const stream = streams[index]!
    stream.before = at.ints[at.int + stream.int] === 0 ? Number.NaN : at.floats[at.float + stream.float]!
    advance(stream, at)
    if (counts[index]) push(stream, at)
  }
}

/** Gives the key a slot. */
export function createSlot(group: Group, key: number): number {
  group.beforeTouch(group.slots.next())
  group.interner.retain(key)
  group.made++
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
    if (group.slots.keyOf(slot) === 0) continue
    const within = (slot & slotPageMask) * group.slots.stride
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
  for (const stream of group.streams) clear(stream, at)
  group.interner.release(group.slots.keyOf(slot))
  group.slots.remove(slot)
}

function trimSlot(group: Group, slot: number, time: number): void {
  group.beforeTouch(slot)
  const at = pointAt(group, slot)
  at.time = time
  for (const stream of group.streams) {
    advance(stream, at)
    trim(stream, at)
  }
}

/** Bytes of the special values, which are too rare for columns. */
export function specialBytes(group: Group): number {
  let count = 0
  for (const stream of group.streams)
    for (const { tallies } of stream.frames)
      for (const tally of tallies) count += tally.specials.size + tally.distinctSpecials.size
  return count * 200
}
