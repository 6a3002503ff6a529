import type { Text } from '../../kernel/values.ts'
import type { CloudEvent } from '../../vocabulary/events/index.ts'
import { limits as eventLimits } from '../../vocabulary/events/index.ts'

/** Bounds of an import; a field is as long as an event's field may be at four bytes a character. */
export const importLimits = {
  fieldBytes: eventLimits.fieldCharacters * 4,
  recordBytes: 8 * 1024 * 1024,
  depth: eventLimits.depth,
  unpackedBytes: 16 * 1024 ** 3,
  sampleCharacters: 300,
  samplesPerReason: 5,
} as const

/** A row that was not turned into events, and why. `values` is shortened; `line` counts physical lines (or records) from 1. */
export interface Quarantined {
  readonly line: number
  readonly reason: string
  readonly text: Text
  readonly values: Readonly<Record<string, unknown>>
}

/** Ground truth of one event. Strategies never see it; evaluation and backtests join it by (source, event). */
export interface ImportedLabel {
  readonly source: string
  readonly event: string
  readonly label: 'violation' | 'ok'
  readonly kind: string | null
}

/** One value for a list that signals look up. `expires` is ISO 8601 or null; `note` says more than the reason. */
export interface ListEntry {
  readonly list: string
  readonly value: string
  readonly reason: string
  readonly expires: string | null
  readonly note: string | null
}

/** Consecutive rows of a file, read and mapped. `lines[i]` is where `events[i]` stood. */
export interface ImportBatch {
  readonly events: readonly CloudEvent[]
  readonly lines: readonly number[]
  readonly labels: readonly ImportedLabel[]
  readonly listEntries: readonly ListEntry[]
  readonly quarantined: readonly Quarantined[]
  readonly rows: number
}

/** What became of a batch. `quarantined` carries the reasons of the `refused` ones. */
export interface SinkResult {
  readonly accepted: number
  readonly duplicates: number
  readonly conflicts: number
  readonly refused: number
  readonly quarantined?: readonly Quarantined[]
}

/** `checking`: bytes of the file as it lies on disk; `importing`: rows of the file. */
export interface ImportProgress {
  readonly phase: 'checking' | 'importing'
  readonly done: number
  readonly total: number
  readonly events: number
}

/** The figures that an import prints. `rowsRead` = rows of the file without its header, malformed ones included. */
export interface ImportSummary {
  readonly recipe: string
  readonly rowsRead: number
  readonly rowsAfterSteps: number
  readonly eventsMade: number
  readonly accepted: number
  readonly duplicates: number
  readonly conflicts: number
  readonly refused: number
  readonly quarantined: Readonly<Record<string, number>>
  readonly samples: readonly Quarantined[]
  readonly labels: number
  readonly listEntries: Readonly<Record<string, number>>
  readonly seconds: number
  readonly eventsPerSecond: number
}

type Tally = {
  -readonly [K in keyof ImportSummary]: ImportSummary[K] extends Readonly<Record<string, number>>
    ? Record<string, number>
    : ImportSummary[K] extends readonly Quarantined[]
      ? Quarantined[]
      : ImportSummary[K]
}

/** An empty tally for `recipe`. */
export function startTally(recipe: string): Tally {
  return {
    recipe,
    rowsRead: 0,
    rowsAfterSteps: 0,
    eventsMade: 0,
    accepted: 0,
    duplicates: 0,
    conflicts: 0,
    refused: 0,
    quarantined: {},
    samples: [],
    labels: 0,
    listEntries: {},
    seconds: 0,
    eventsPerSecond: 0,
  }
}

/** Adds one batch and what its sink answered. */
export function addBatch(tally: Tally, batch: ImportBatch, result: SinkResult): void {
  tally.eventsMade += batch.events.length
  tally.labels += batch.labels.length
  tally.accepted += result.accepted
  tally.duplicates += result.duplicates
  tally.conflicts += result.conflicts
  tally.refused += result.refused
  for (const entry of batch.listEntries) tally.listEntries[entry.list] = (tally.listEntries[entry.list] ?? 0) + 1
  for (const row of [...batch.quarantined, ...(result.quarantined ?? [])]) {
    const seen = tally.quarantined[row.reason] ?? 0
    tally.quarantined[row.reason] = seen + 1
    if (seen < importLimits.samplesPerReason) tally.samples.push(row)
  }
}

/** Closes the tally with the time it took. */
export function finishTally(tally: Tally, seconds: number): ImportSummary {
  return { ...tally, seconds, eventsPerSecond: seconds > 0 ? Math.round(tally.eventsMade / seconds) : 0 }
}

/** Shortens every value of a quarantined row, so that quarantine stays small whatever a file holds. */
export function shortenValues(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== null && value !== '')
      .map(([name, value]) => [
        name,
        typeof value === 'string' && value.length > importLimits.sampleCharacters
          ? `${value.slice(0, importLimits.sampleCharacters)}…`
          : value,
      ]),
  )
}
