import type { Resolve, Row, Value } from '../../kernel/values.ts'
import { locate, observeInGroup, specialBytes, sweepGroup } from './groups.ts'
import type { Stream } from './layout.ts'
import { checkPlan, type FeaturePlan } from './model.ts'
import { isNullNumber } from './rings.ts'
import { type Restored, readSnapshot, writeSnapshot } from './snapshot.ts'
import { createPart, type Part, realign, type StoreState } from './state.ts'

/** Memory of a store. `bytes` counts arrays exactly and maps and texts by their size in V8. */
export interface FeatureStats {
  readonly keys: number
  /** Events held, once for every window storage that holds them. */
  readonly entries: number
  readonly bytes: number
  readonly bytesPerKey: number
}

/** Exact sliding windows in memory. Time is `logged_at` only; the clock of the machine is never read. */
export interface FeatureStore {
  readonly plans: readonly FeaturePlan[]
  /** `logged_at` of the newest event seen, -Infinity before the first. */
  loggedAt(): number
  /**
   * Adds the event to every window and returns the value of each plan, in the order of `plans`, as the event sees it:
   * itself included, everything later excluded. A plan that is not ready gives null. Nothing changes when it throws.
   * @throws Error when `loggedAtMicros` is not above that of every earlier event.
   */
  observe(row: Row, resolve: Resolve, loggedAtMicros: number): Value[]
  isReady(id: string): boolean
  markReady(id: string): void
  markUnready(id: string): void
  /**
   * Looks at up to `limit` keys per partition (all of them without one), forgets those whose windows are empty at
   * `nowMicros` and gives storage back; returns how many keys went. Never looks ahead of the newest event, so a clock that
   * is early loses nothing. `observe` does a little of this by itself.
   */
  expire(nowMicros: number, limit?: number): number
  stats(): FeatureStats
  /**
   * The state at the moment of the call, in pieces of a few hundred keys; events may be observed between two pieces.
   * Only one snapshot at a time; finish or return the iterator.
   */
  snapshot(): IterableIterator<Uint8Array>
  /**
   * Takes over a snapshot, cut in any pieces, into a store that has seen no event. Events after `loggedAt` are to be
   * replayed. Plans in `rebuild` are not in the snapshot with the same fingerprint: they stay NULL until they are
   * back-filled (`adopt`) or marked ready.
   * @throws Error when the bytes are not a whole snapshot of a known version; the store is then empty.
   */
  restore(pieces: Iterable<Uint8Array>): Restored
  /**
   * Replaces (or adds) the plans of `other`, which has been fed the history of these plans up to this store's newest
   * event, and marks them ready. `other` must not be used afterwards.
   */
  adopt(other: FeatureStore): void
}

const states = new WeakMap<FeatureStore, StoreState>()

/** Events between two automatic sweeps, which look at twice as many keys of each partition as are new, and a few more. */
const sweepEvery = 64
const sweepKeys = 16

/**
 * Creates an empty store.
 * @throws Error when a plan cannot be computed or two plans share an id.
 */
export function createFeatureStore(plans: readonly FeaturePlan[]): FeatureStore {
  const ids = new Set<string>()
  for (const plan of plans) {
    checkPlan(plan)
    if (ids.has(plan.id)) throw new Error(`feature "${plan.id}" is defined twice; give one of them another id`)
    ids.add(plan.id)
  }
  const state: StoreState = {
    plans: [...plans],
    parts: [],
    loggedAt: Number.NEGATIVE_INFINITY,
    snapshotting: false,
    unready: new Set(),
  }
  state.parts = [createPart(plans)]
  realign(state)
  const store = storeOf(state)
  states.set(store, state)
  return store
}

function storeOf(state: StoreState): FeatureStore {
  let events = 0
  return {
    get plans() {
      return state.plans
    },
    loggedAt: () => state.loggedAt,
    observe(row, resolve, loggedAtMicros) {
      checkTime(state, loggedAtMicros)
      const values = new Array<Value>(state.plans.length).fill(null)
      for (const part of state.parts) readInputs(part, row, resolve)
      state.loggedAt = loggedAtMicros
      for (const part of state.parts) addToPart(part, loggedAtMicros, values)
      if (++events % sweepEvery === 0) sweep(state, loggedAtMicros)
      if (state.unready.size > 0) hideUnready(state, values)
      return values
    },
    isReady: (id) => state.plans.some((plan) => plan.id === id) && !state.unready.has(id),
    markReady: (id) => void state.unready.delete(known(state, id)),
    markUnready: (id) => void state.unready.add(known(state, id)),
    expire: (now, limit) => sweep(state, Math.min(now, state.loggedAt), limit ?? Number.POSITIVE_INFINITY),
    stats: () => measure(state),
    snapshot: () => writeSnapshot(state),
    restore: (pieces) => readSnapshot(state, pieces),
    adopt: (other) => adopt(state, other),
  }
}

function checkTime(state: StoreState, loggedAt: number): void {
  if (Number.isSafeInteger(loggedAt) && loggedAt > state.loggedAt) return
  const rule = Number.isSafeInteger(loggedAt)
    ? `must be above that of the event before, ${state.loggedAt}`
    : 'is not one'
  throw new Error(`logged_at ${loggedAt} ${rule}: give every event a later whole number of microseconds`)
}

/** Evaluates keys, filters and arguments, which may throw, before anything changes. */
function readInputs(part: Part, row: Row, resolve: Resolve): void {
  const { inputs } = part.layout
  part.evaluated.fill(0)
  part.passed.fill(0)
  try {
    for (const group of part.groups) {
      const { streams, counts } = group
      group.adds = false
      for (let index = 0; index < streams.length; index++) {
        counts[index] = lets(part, streams[index]!, row, resolve)
        if (counts[index]) group.adds = true
      }
      group.key = part.interner.idOf(inputs.partitions[group.layout.partition]!(row, resolve))
    }
  } catch (error) {
    part.interner.settle()
    throw error
  }
}

/** Whether the stream takes the event; its arguments then stand in the inputs. */
function lets(part: Part, stream: Stream, row: Row, resolve: Resolve): boolean {
  const { filter, columns, keepNull } = stream
  if (filter >= 0) {
    if (part.passed[filter] === 0)
      part.passed[filter] = part.layout.inputs.filters[filter]!(row, resolve) === true ? 1 : -1
    if (part.passed[filter] === -1) return false
  }
  let counts = keepNull
  for (let index = 0; index < columns.length; index++) {
    const input = columns[index]!.value
    if (part.evaluated[input] === 0) {
      part.evaluated[input] = 1
      part.inputs[input] = part.codecs[input]!.encode(part.layout.inputs.values[input]!(row, resolve))
    }
    if (!isNullNumber(part.inputs[input]!)) counts = true
  }
  return counts
}

function addToPart(part: Part, time: number, out: Value[]): void {
  locate(part.groups)
  for (const group of part.groups) observeInGroup(group, time, out)
  part.interner.settle()
}

function hideUnready(state: StoreState, values: Value[]): void {
  state.plans.forEach((plan, index) => {
    if (state.unready.has(plan.id)) values[index] = null
  })
}

function known(state: StoreState, id: string): string {
  if (state.plans.some((plan) => plan.id === id)) return id
  throw new Error(`feature "${id}" is not in this store; it holds ${state.plans.map((plan) => plan.id).join(', ')}`)
}

/** Looks at `limit` keys of each partition; without one, at as many as keep memory bounded while new keys come. */
function sweep(state: StoreState, time: number, limit?: number): number {
  let removed = 0
  for (const part of state.parts) {
    for (const group of part.groups) {
      removed += sweepGroup(group, time, limit ?? sweepKeys + 2 * group.made)
      group.made = 0
    }
    part.interner.settle()
  }
  return removed
}

function measure(state: StoreState): FeatureStats {
  let [keys, entries, bytes] = [0, 0, 0]
  for (const part of state.parts) {
    bytes += part.interner.bytes()
    for (const arena of part.layout.arenas) {
      bytes += arena.bytes()
      entries += arena.entries
    }
    for (const group of part.groups) {
      keys += group.slots.size()
      bytes += group.slots.bytes() + specialBytes(group)
      for (const { columns } of group.streams) for (const { lastSeen } of columns) bytes += lastSeen?.bytes() ?? 0
    }
  }
  return { keys, entries, bytes, bytesPerKey: keys === 0 ? 0 : bytes / keys }
}

function adopt(state: StoreState, other: FeatureStore): void {
  const coming = states.get(other)
  if (!coming) throw new Error('adopt needs a store made by createFeatureStore')
  if (coming.snapshotting || state.snapshotting) throw new Error('a snapshot is being written; finish it before adopt')
  if (coming.loggedAt !== state.loggedAt)
    throw new Error(
      `the store to adopt stands at logged_at ${coming.loggedAt}, this one at ${state.loggedAt}: replay the rest first`,
    )
  const ids = new Set(coming.plans.map((plan) => plan.id))
  state.plans = [...state.plans.filter((plan) => !ids.has(plan.id)), ...coming.plans]
  state.parts = [...state.parts, ...coming.parts]
  for (const id of ids) state.unready.delete(id)
  for (const id of coming.unready) state.unready.add(id)
  realign(state)
}
