import { createPause } from '../../kernel/pause.ts'
import { parseTime } from '../../kernel/time.ts'
import type { Resolve, Row, Value } from '../../kernel/values.ts'
import { createFeatureStore } from '../../perception/features/index.ts'
import type { Entry } from '../../perception/journal/index.ts'
import { type CloudEvent, createRowReader } from '../../vocabulary/events/index.ts'
import { compile, compileSet } from '../language/index.ts'
import type { Programs } from '../strategies/index.ts'
import type { PreparedTrial } from './condition.ts'
import { createFinder, type Sides } from './found.ts'
import type { Found, Scope } from './model.ts'

/** The live engine's own way over the journal: windows in memory, signals computed from the texts and today's lists. */
export async function findByStream(
  trial: PreparedTrial,
  scope: Scope,
  { programs, batches }: { programs: Programs; batches: AsyncIterable<readonly Entry[]> },
): Promise<Found> {
  const look = createLook(trial, programs)
  const on = new Set(trial.on)
  const finder = createFinder(trial.gaps)
  const types = programs.types
  const pause = createPause()
  for await (const entries of batches) {
    for (const entry of entries) {
      const waiting = pause()
      if (waiting) await waiting
      if (entry.loggedAt > scope.until) continue
      const event = JSON.parse(entry.records[0]?.bytes.toString('utf8') ?? 'null') as CloudEvent
      if (!types.has(event.type)) continue
      const inScope = on.has(event.type) && entry.loggedAt > scope.since
      if (!inScope && trial.features.length === 0) continue
      const marks = look.marks(event, entry.loggedAt, inScope)
      if (!inScope) continue
      finder.add(entry.position, marks, look.sides)
    }
  }
  return finder.found()
}

/** Reads an event into the windows and, when it is in scope, tells what each part of the condition says: 1, 0, or -1 for NULL. */
function createLook(trial: PreparedTrial, programs: Programs) {
  const { layout } = trial
  const read = createRowReader(layout, [...programs.types.values()])
  const store = createFeatureStore(trial.features.map((feature) => feature.plan))
  const slots = trial.features.map((feature) => layout.slot(feature.id) ?? -1)
  const signals = new Map(programs.signals.map((signal) => [signal.slot, signal]))
  const run = compileSet(trial.parts, layout)
  const out = new Int8Array(trial.parts.length)
  let now = 0
  const resolve: Resolve = (row, slot) => {
    const value = signals.get(slot)?.evaluate((column) => valueAt(row, layout.slot(column)), now).value ?? null
    row[slot] = value
    return value
  }
  function valueAt(row: Row, slot: number | undefined): Value {
    if (slot === undefined) return null
    const value = row[slot]
    return value === undefined ? resolve(row, slot) : value
  }
  const sideOf = trial.gaps.map(
    (gap) => gap && { value: compile(gap.value, layout), limit: compile(gap.limit, layout) },
  )
  let current: Row = []
  const sides: Sides = (part, side) => {
    const value = sideOf[part]?.[side](current, resolve)
    return typeof value === 'number' ? value : Number.NaN
  }
  return {
    /** Sides of the comparisons of the event that `marks` was asked about last. */
    sides,
    marks(event: CloudEvent, loggedAt: number, inScope: boolean): Int8Array {
      now = loggedAt
      current = read(event, parseTime(event.time ?? '') ?? loggedAt, loggedAt)
      const values = store.observe(current, resolve, loggedAt)
      for (const [index, slot] of slots.entries()) current[slot] = values[index] ?? null
      if (inScope) run(current, resolve, out)
      return out
    },
  }
}
