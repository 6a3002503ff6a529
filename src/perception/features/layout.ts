import { type Arena, createArena } from './arena.ts'
import type { Special } from './exact-sum.ts'
import { createLastSeen, type LastSeen } from './last-seen.ts'
import type { FeaturePlan, Scalar } from './model.ts'

/**
 * What is kept for one (partition, filter, argument):
 * - `ring`: the events of the widest frame, one head per frame; count, sum, avg, first, DISTINCT
 * - `min`, `max`: only the events that can still become the extreme of some frame (monotone deque), one head per frame
 * - `last`: the last event; `since`: the time of the last event
 * - `total`: running results of frames without a lower bound; `set`: the distinct values of such frames
 */
export type StreamKind = 'ring' | 'min' | 'max' | 'last' | 'since' | 'total' | 'set'

/** One frame over a stream. Offsets count from the first float or int of the key; -1 = not kept. */
export interface Frame {
  readonly range: number
  head: number
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

export interface Stream {
  readonly kind: StreamKind
  /** Index of the filter and of the argument, -1 = none. */
  readonly filter: number
  readonly value: number
  /** FIRST and LAST count a NULL argument as a row, the others skip it. */
  readonly keepNull: boolean
  /** Widest first, so that frame 0 says what may be dropped. */
  frames: Frame[]
  /** ring, min, max, set: running number of the next event. last, since: time. total: number of events. */
  float: number
  /** ring, min, max, set: reference of the ring plus 1, 0 = none. last, since, total: 1 once there was an event. */
  int: number
  /** Whether entries carry the argument, or the time alone. */
  valued: boolean
  arena: Arena
  /** Where each distinct value was seen last; null where nothing is counted DISTINCT. */
  lastSeen: LastSeen | null
  /** last, since: time of the last event before the one at hand, NaN = none. */
  before: number
}

/** The window a plan reads. */
export interface Binding {
  readonly plan: FeaturePlan
  readonly stream: Stream
  readonly frame: Frame | null
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
  readonly arenas: readonly [Arena, Arena]
}

const unbounded = Number.POSITIVE_INFINITY

/** Decides which storage every plan reads, sharing whatever means the same. */
export function layOut(plans: readonly FeaturePlan[]): StoreLayout {
  const inputs: Inputs = { partitions: [], filters: [], values: [] }
  const arenas = [createArena(1), createArena(2)] as const
  const partitionOf = numberer(inputs.partitions)
  const filterOf = numberer(inputs.filters)
  const argumentOf = numberer(inputs.values)
  const members = new Map<number, { plan: FeaturePlan; filter: number; value: number }[]>()
  for (const plan of plans) {
    const partition = partitionOf(plan.key, plan.partitionId)
    const filter = plan.filter ? filterOf(plan.filter, plan.filterId) : -1
    const value = plan.value ? argumentOf(plan.value, plan.valueId) : -1
    const list = members.get(partition) ?? []
    list.push({ plan, filter, value })
    members.set(partition, list)
  }
  const groups = [...members].map(([partition, list]) => {
    const streams = new Map<string, Stream>()
    const bindings = list.map((member) => bind(member, streams, arenas))
    return finish({ partition, streams: [...streams.values()], bindings }, arenas)
  })
  return { inputs, groups, arenas }
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

function bind(
  member: { plan: FeaturePlan; filter: number; value: number },
  streams: Map<string, Stream>,
  arenas: readonly [Arena, Arena],
): Binding {
  const { plan, filter, value } = member
  const kind = streamKind(plan)
  const keepNull = plan.aggregate === 'first' || plan.aggregate === 'last'
  const name = `${kind} ${filter} ${value} ${keepNull}`
  const fresh: Stream = {
    ...{ kind, filter, value, keepNull, lastSeen: null },
    ...{ frames: [], float: -1, int: -1, valued: kind !== 'ring', arena: arenas[1], before: Number.NaN },
  }
  const stream = streams.get(name) ?? fresh
  streams.set(name, stream)
  if (plan.distinct && (kind === 'ring' || kind === 'set')) stream.lastSeen ??= createLastSeen()
  if (kind === 'ring' && (plan.distinct || plan.aggregate !== 'count')) stream.valued = true
  if (kind === 'last' || kind === 'since') return { plan, stream, frame: null }
  return { plan, stream, frame: frameOf(stream, plan) }
}

/** The frame of that width, with room marked (0) for what the plan needs. */
function frameOf(stream: Stream, plan: FeaturePlan): Frame {
  const range = plan.rangeMicros ?? unbounded
  let frame = stream.frames.find((known) => known.range === range)
  if (!frame) {
    const none = { head: -1, sum: -1, sumInts: -1, distinct: -1, distinctSum: -1, distinctSumInts: -1 }
    frame = { range, ...none, specials: new Map(), distinctSpecials: new Map() }
    stream.frames.push(frame)
    stream.frames.sort((a, b) => b.range - a.range)
  }
  const adds = plan.aggregate === 'sum' || plan.aggregate === 'avg'
  if (adds && !plan.distinct) frame.sum = 0
  if (adds && plan.distinct) frame.distinctSum = 0
  if (plan.distinct && stream.kind === 'ring') frame.distinct = 0
  return frame
}

/** Gives every number its place in the key's columns. */
function finish(
  draft: { partition: number; streams: Stream[]; bindings: Binding[] },
  arenas: readonly [Arena, Arena],
): GroupLayout {
  let floats = 1 // float 0 of a key: time of its last event
  let ints = 0
  let retention = 0
  for (const stream of draft.streams) {
    stream.arena = arenas[stream.valued ? 1 : 0]
    stream.float = floats
    stream.int = ints++
    // last: time, value. total: number of events, first, smallest, greatest value.
    floats += stream.kind === 'total' ? 4 : stream.kind === 'last' ? 2 : 1
    for (const frame of stream.frames) {
      if (frame.range !== unbounded) frame.head = floats++
      if (frame.sum === 0) [frame.sum, frame.sumInts, floats, ints] = [floats, ints, floats + 1, ints + 2]
      if (frame.distinct === 0) frame.distinct = ints++
      if (frame.distinctSum === 0)
        [frame.distinctSum, frame.distinctSumInts, floats, ints] = [floats, ints, floats + 1, ints + 2]
    }
  }
  for (const { plan } of draft.bindings) retention = Math.max(retention, plan.rangeMicros ?? unbounded)
  const widths = draft.streams.map((stream) => stream.frames[0]?.range ?? unbounded)
  return { ...draft, floats, ints, retention, shortest: Math.min(...widths) }
}
