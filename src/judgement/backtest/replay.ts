import { canonicalJson } from '../../kernel/canonical.ts'
import { createPause } from '../../kernel/pause.ts'
import { parseTime } from '../../kernel/time.ts'
import type { Entry } from '../../perception/journal/index.ts'
import type { EventType } from '../../vocabulary/events/index.ts'
import { type Decided, type Decision, decideHit, decode, type Engine, hitEventType } from '../decisions/index.ts'

export interface ReplayRange {
  /** Microseconds since 1970 UTC, by `logged_at`; both included. */
  readonly from?: number | undefined
  readonly to?: number | undefined
}

export interface ReplayInput extends ReplayRange {
  /** The journal in batches, oldest first. */
  readonly batches: AsyncIterable<readonly Entry[]>
  readonly types: ReadonlyMap<string, EventType>
  /** The programs that a decision names, or why they cannot be built again. */
  engineFor(fingerprint: string): Promise<Engine | { readonly missing: string }>
  /** Fingerprint of the packs in charge; null when nothing runs. */
  readonly running: string | null
  /** Positions of entries whose personal data was erased: they cannot be decided again. */
  readonly forgotten?: ReadonlySet<number>
  /** Most differences that are reported in full. */
  readonly most?: number
}

export interface Difference {
  readonly decision_id: string
  readonly position: number
  readonly event: string
  readonly engine: string
  /** The parts of the decision that differ: as stored, and as computed again. */
  readonly parts: Readonly<Record<string, { readonly stored: unknown; readonly again: unknown }>>
}

export interface ReplayReport {
  readonly decisions: number
  readonly compared: number
  readonly differences: number
  /** Decisions about erased data, which are not compared. */
  readonly forgotten: number
  readonly listed: readonly Difference[]
  /** Decisions by the pack versions that made them. */
  readonly versions: readonly {
    readonly engine: string
    readonly running: boolean
    readonly decisions: number
    readonly compared: number
    readonly missing: string | null
  }[]
  readonly seconds: number
}

interface Version {
  readonly engine: Engine | { readonly missing: string }
  decisions: number
  compared: number
}

/**
 * Decides every stored decision again from what it stored, with the very pack versions that made it, and compares the
 * whole record. Decisions whose pack versions are not kept are counted, not compared.
 */
export async function replay(input: ReplayInput): Promise<ReplayReport> {
  const started = performance.now()
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, most = 100 } = input
  const versions = new Map<string, Version>()
  const listed: Difference[] = []
  let differences = 0
  let forgotten = 0
  const pause = createPause()
  for await (const entries of input.batches) {
    for (const entry of entries) {
      const waiting = pause()
      if (waiting) await waiting
      if (entry.loggedAt < from || entry.loggedAt > to || entry.records.length < 2) continue
      const decided = decode(entry)
      const { event, decision, position } = decided
      const version = versions.get(decision.engine) ?? {
        engine: await input.engineFor(decision.engine),
        decisions: 0,
        compared: 0,
      }
      versions.set(decision.engine, version)
      version.decisions++
      if (input.forgotten?.has(position)) {
        forgotten++
        continue
      }
      const again = 'missing' in version.engine ? null : decideAgain(decided, version.engine, input.types)
      if (again === null) continue
      version.compared++
      const text = JSON.stringify(again)
      if (text === entry.records[1]?.bytes.toString('utf8')) continue
      const parts = partsThatDiffer(decision, JSON.parse(text) as Decision)
      if (Object.keys(parts).length === 0) continue
      differences++
      if (listed.length < most)
        listed.push({
          decision_id: decision.decision_id,
          position,
          event: `${event.source}/${event.id}`,
          engine: decision.engine,
          parts,
        })
    }
  }
  const rows = [...versions].map(([engine, { decisions, compared, engine: found }]) => ({
    engine,
    running: engine === input.running,
    decisions,
    compared,
    missing: 'missing' in found ? found.missing : null,
  }))
  const sum = (count: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + count(row), 0)
  return {
    decisions: sum((row) => row.decisions),
    compared: sum((row) => row.compared),
    differences,
    forgotten,
    listed,
    versions: rows,
    seconds: (performance.now() - started) / 1000,
  }
}

/** The decision once more, from the event and what was stored with it; null for an event type that is not known any more. */
function decideAgain(
  { event, decision, loggedAt }: Decided,
  engine: Engine,
  types: ReadonlyMap<string, EventType>,
): Decision | null {
  if (event.type === hitEventType)
    return decideHit(engine.programs, { event, loggedAt, held: decision.findings[0]?.held })
  const type = types.get(event.type)
  if (!type) return null
  return engine.again({ event, type, time: parseTime(event.time ?? '') ?? loggedAt, loggedAt }, decision)
}

function partsThatDiffer(stored: Decision, again: Decision): Record<string, { stored: unknown; again: unknown }> {
  const names = new Set([...Object.keys(stored), ...Object.keys(again)]) as Set<keyof Decision>
  return Object.fromEntries(
    [...names]
      .filter((name) => canonicalJson(stored[name]) !== canonicalJson(again[name]))
      .map((name) => [name, { stored: stored[name], again: again[name] }]),
  )
}
