import { type Arena, createArena } from './arena.ts'
import type { Special } from './exact-sum.ts'
import { createLastSeen, type LastSeen } from './last-seen.ts'
import type { FeaturePlan, Scalar } from './model.ts'

/**
 * What is kept for one partition:
 * - `ring`: one for each filter, the events of the widest frame with every argument asked for, one head per frame; count,
 *   sum, avg, first, DISTINCT
 * - `min`, `max`: only the events that can still become the extreme of some frame (monotone deque), one head per frame
 * - `last`: the last event; `since`: the time of the last event
 * - `total`: running results of frames without a lower bound; `set`: the distinct values of such frames
 * All but `ring` are for one argument.
 */
export type StreamKind = 'ring' | 'min' | 'max' | 'last' | 'since' | 'total' | 'set'

/** Running results of one argument in one frame. Offsets count from the first float or int of the key; -1 = not kept. */
export interface Tally {
  /** Which of the stream's columns. */
  readonly column: number
  /** Events whose argument is not NULL. */
  count: number
  /** `high` of the sum, then `middle` and `low` among the ints. */
  sum: number
  sumInts: number
  distinct: number
  distinctSum: number
  distinctSumInts: number
  /** Infinite, NaN and huge values in the frame, by slot: rare, so not worth a column. */
  readonly specials: Map<number, Special>
  readonly distinctSpecials: Map<number, Special>
}

/** One frame over a stream. */
export interface Frame {
  readonly range: number
  head: number
  readonly tallies: Tally[]
}

/** One argument of the events of a stream. */
export interface RingColumn {
  readonly value: number
  /** Where each distinct value was seen last; null where nothing is counted DISTINCT. Long rings only, and sets. */
  lastSeen: LastSeen | null
}

export interface Stream {
  readonly kind: StreamKind
  /** Index of the filter, -1 = none. */
  readonly filter: number
  readonly columns: RingColumn[]
  /** Whether an event counts when all its arguments are NULL: count(*), and FIRST and LAST, to whom NULL is a row. */
  keepNull: boolean
  /** Widest first, so that frame 0 says what may be dropped. */
  frames: Frame[]
  /** ring, min, max, set: running number of the next event. last, since: time. total: number of events. */
  float: number
  /** ring, min, max, set: reference of the ring plus 1, 0 = none. last, since, total: 1 once there was an event. */
  int: number
  /** Entries are the time and the columns. */
  arena: Arena
  /** last, since: time of the last event before the one at hand, NaN = none. */
  before: number
}

/** The window a plan reads. */
export interface Binding {
  readonly plan: FeaturePlan
  readonly stream: Stream
  /** -1 = no argument. */
  readonly column: number
  readonly frame: Frame | null
  readonly tally: Tally | null
}

export interface GroupLayout {
  readonly partition: number
  readonly streams: Stream[]
  readonly bindings: Binding[]
  readonly floats: number
  readonly ints: number
  /** A key is forgotten this long after its last event; Infinity = never. */
  readonly retention: number
  /** After this long without an event, the storage of some stream can be given back. */
  readonly shortest: number
}

/** Functions of all plans, each once. */
export interface Inputs {
  readonly partitions: FeaturePlan['key'][]
  readonly filters: Scalar[]
  readonly values: Scalar[]
}

export interface StoreLayout {
  readonly inputs: Inputs
  readonly groups: GroupLayout[]
  readonly arenas: readonly Arena[]
}

const unbounded = Number.POSITIVE_INFINITY

interface Member {
  readonly plan: FeaturePlan
  readonly filter: number
  readonly value: number
}

/** Decides which storage every plan reads, sharing whatever means the same. */
export function layOut(plans: readonly FeaturePlan[]): StoreLayout {
  const inputs: Inputs = { partitions: [], filters: [], values: [] }
  const partitionOf = numberer(inputs.partitions)
  const filterOf = numberer(inputs.filters)
  const argumentOf = numberer(inputs.values)
  const members = new Map<number, Member[]>()
  for (const plan of plans) {
    const partition = partitionOf(plan.key, plan.partitionId)
    const filter = plan.filter ? filterOf(plan.filter, plan.filterId) : -1
    const value = plan.value ? argumentOf(plan.value, plan.valueId) : -1
    const list = members.get(partition) ?? []
    list.push({ plan, filter, value })
    members.set(partition, list)
  }
  const arenas = new Map<number, Arena>()
  const groups = [...members].map(([partition, list]) => {
    const streams = new Map<string, Stream>()
    const bindings = list.map((member) => bind(member, streams))
    return finish({ partition, streams: [...streams.values()], bindings }, arenas)
  })
  return { inputs, groups, arenas: [...arenas.values()] }
}

function numberer<F>(list: F[]): (item: F, id: string | undefined) => number {
  const known = new Map<unknown, number>()
  return (item, id) => {
    const found = known.get(id ?? item)
    if (found !== undefined) return found
    known.set(id ?? item, list.length)
    return list.push(item) - 1
  }
}

function streamKind(plan: FeaturePlan): StreamKind {
  const { aggregate, distinct, rangeMicros } = plan
  if (aggregate === 'last') return 'last'
  if (aggregate === 'seconds_since_last') return 'since'
  if (aggregate === 'min' || aggregate === 'max') return rangeMicros === null ? 'total' : aggregate
  if (rangeMicros === null) return distinct ? 'set' : 'total'
  return 'ring'
}

const unplaced = createArena(1)

function bind({ plan, filter, value }: Member, streams: Map<string, Stream>): Binding {
  const kind = streamKind(plan)
  const nullCounts = plan.aggregate === 'first' || plan.aggregate === 'last' || value < 0
  const name = kind === 'ring' ? `ring ${filter}` : `${kind} ${filter} ${value} ${nullCounts}`
  const fresh: Stream = {
    ...{ kind, filter, columns: [], keepNull: nullCounts, frames: [] },
    ...{ float: -1, int: -1, arena: unplaced, before: Number.NaN },
  }
  const stream = streams.get(name) ?? fresh
  streams.set(name, stream)
  if (nullCounts) stream.keepNull = true
  const column = columnOf(stream, value)
  if (plan.distinct && (kind === 'ring' || kind === 'set')) stream.columns[column]!.lastSeen ??= createLastSeen()
  if (kind === 'last' || kind === 'since') return { plan, stream, column, frame: null, tally: null }
  const frame = frameOf(stream, plan.rangeMicros ?? unbounded)
  return { plan, stream, column, frame, tally: tallyOf(stream, frame, { plan, column }) }
}

function columnOf(stream: Stream, value: number): number {
  if (value < 0) return -1
  const known = stream.columns.findIndex((column) => column.value === value)
  return known >= 0 ? known : stream.columns.push({ value, lastSeen: null }) - 1
}

function frameOf(stream: Stream, range: number): Frame {
  const known = stream.frames.find((frame) => frame.range === range)
  if (known) return known
  const frame: Frame = { range, head: -1, tallies: [] }
  stream.frames.push(frame)
  stream.frames.sort((a, b) => b.range - a.range)
  return frame
}

/** What the frame keeps of the argument, with room marked (0) for what the plan needs; null = nothing. */
function tallyOf(stream: Stream, frame: Frame, { plan, column }: { plan: FeaturePlan; column: number }): Tally | null {
  const { aggregate, distinct } = plan
  if (column < 0 || stream.kind === 'min' || stream.kind === 'max' || aggregate === 'first') return null
  const known = frame.tallies.find((tally) => tally.column === column)
  const none = { count: -1, sum: -1, sumInts: -1, distinct: -1, distinctSum: -1, distinctSumInts: -1 }
  const tally = known ?? { column, ...none, specials: new Map(), distinctSpecials: new Map() }
  if (!known) frame.tallies.push(tally)
  const adds = aggregate === 'sum' || aggregate === 'avg'
  if (stream.kind === 'ring' && !distinct) tally.count = 0
  if (stream.kind === 'ring' && distinct) tally.distinct = 0
  if (adds && !distinct) tally.sum = 0
  if (adds && distinct) tally.distinctSum = 0
  return tally
}

/** Gives every number its place in the key's columns, and every stream the arena of its width. */
function finish(
  draft: { partition: number; streams: Stream[]; bindings: Binding[] },
  arenas: Map<number, Arena>,
): GroupLayout {
  let floats = 1 // float 0 of a key: time of its last event
  let ints = 0
  let retention = 0
  for (const stream of draft.streams) {
    const width = 1 + stream.columns.length
    stream.arena = arenas.get(width) ?? createArena(width)
    arenas.set(width, stream.arena)
    stream.float = floats
    stream.int = ints++
    // last: time, value. total: number of events, first, smallest, greatest value.
    floats += stream.kind === 'total' ? 4 : stream.kind === 'last' ? 2 : 1
    for (const frame of stream.frames) {
      if (frame.range !== unbounded) frame.head = floats++
      for (const tally of frame.tallies) {
        if (tally.count === 0) tally.count = ints++
        if (tally.sum === 0) [tally.sum, tally.sumInts, floats, ints] = [floats, ints, floats + 1, ints + 2]
        if (tally.distinct === 0) tally.distinct = ints++
        if (tally.distinctSum === 0)
          [tally.distinctSum, tally.distinctSumInts, floats, ints] = [floats, ints, floats + 1, ints + 2]
      }
    }
  }
  for (const { plan } of draft.bindings) retention = Math.max(retention, plan.rangeMicros ?? unbounded)
  const widths = draft.streams.map((stream) => stream.frames[0]?.range ?? unbounded)
  return { ...draft, floats, ints, retention, shortest: Math.min(...widths) }
}
