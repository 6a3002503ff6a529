import { poissonTail } from '../../kernel/statistics.ts'
import { formatTime, hour } from '../../kernel/time.ts'
import type { Strategy } from '../../vocabulary/packs/index.ts'
import type { Decision, Gate, Held, Tripped } from '../decisions/index.ts'
import { createMeter, createTraffic, type Meter, type Traffic } from './meter.ts'

export type Limits = Required<NonNullable<Strategy['limits']>>

/** What holds where a strategy says nothing: far above what the usual strategy does, well below what a slip does. */
export const defaultLimits: Limits = { per_hour: 5_000, per_day: 50_000, share: 0.5, jump: 20 }

/**
 * Below these a share or a jump means nothing. A jump that the strategy does not name a limit for needs many hits: an
 * attack is a jump too, and a strategy that is there to catch it must not stop at its first minutes.
 */
export const floors = {
  shareEvents: 1_000,
  jumpHits: 50,
  jumpHitsByDefault: 500,
  jumpHours: 24,
  jumpChance: 1e-6,
} as const

export function limitsOf(strategy: Pick<Strategy, 'limits'>): Limits {
  return { ...defaultLimits, ...strategy.limits }
}

export interface BrakeState {
  /** `<pack>/<id>` */
  readonly strategy: string
  readonly version: number
  readonly held: Held['by'] | null
  readonly tripped: Tripped | null
  readonly last_hour: number
  readonly last_day: number
}

export interface Brakes extends Gate {
  /** Takes over what a journaled decision says: its traffic, what acted, which brakes were pulled. In order of time. */
  remember(decision: Pick<Decision, 'event' | 'findings'>, loggedAt: number): void
  /** A brake that was pulled before the part of the journal that `remember` is told. */
  pull(strategy: string, version: number, tripped: Tripped): void
  /** Lets a braked version act again; the counters start afresh. */
  release(strategy: string, version: number): void
  /** A recalled version never acts again. */
  recall(strategy: string, version: number): void
  stateOf(strategy: string, version: number): BrakeState
}

interface Entry {
  readonly meter: Meter
  held: Held['by'] | null
  tripped: Tripped | null
}

const keyOf = (strategy: string, version: number): string => `${strategy}@${version}`

/**
 * Keeps count of what every live strategy version does and pulls its brake at the first action over a limit: that action
 * and all later ones only watch. A new version starts with a clean sheet. Everything here can be told from the journal.
 */
export function createBrakes(): Brakes {
  const entries = new Map<string, Entry>()
  const traffic: Traffic = createTraffic()

  function entryOf(strategy: string, version: number): Entry {
    const key = keyOf(strategy, version)
    const known = entries.get(key)
    if (known) return known
    const made: Entry = { meter: createMeter(), held: null, tripped: null }
    entries.set(key, made)
    return made
  }

  return {
    arrived: (type, loggedAt) => traffic.add(type, loggedAt),
    hold(strategy, loggedAt) {
      const entry = entryOf(strategy.name, strategy.version)
      if (entry.held) return { by: entry.held }
      const tripped = overLimit(strategy, { meter: entry.meter, traffic, at: loggedAt })
      if (tripped) {
        entry.held = 'brake'
        entry.tripped = tripped
        return { by: 'brake', tripped }
      }
      entry.meter.add(loggedAt)
      return null
    },
    remember({ event, findings }, loggedAt) {
      traffic.add(event.type, loggedAt)
      for (const finding of findings) {
        if (finding.mode === 'live') entryOf(finding.strategy, finding.version).meter.add(loggedAt)
        if (!finding.tripped) continue
        const entry = entryOf(finding.strategy, finding.version)
        entry.held ??= 'brake'
        entry.tripped = finding.tripped
      }
    },
    pull(strategy, version, tripped) {
      const entry = entryOf(strategy, version)
      entry.held ??= 'brake'
      entry.tripped = tripped
    },
    release(strategy, version) {
      const entry = entryOf(strategy, version)
      if (entry.held !== 'brake') return
      entries.delete(keyOf(strategy, version))
    },
    recall(strategy, version) {
      entryOf(strategy, version).held = 'recall'
    },
    stateOf(strategy, version) {
      const entry = entries.get(keyOf(strategy, version))
      const { lastHour = 0, lastDay = 0 } = entry?.meter.now() ?? {}
      return {
        strategy,
        version,
        held: entry?.held ?? null,
        tripped: entry?.tripped ?? null,
        last_hour: lastHour,
        last_day: lastDay,
      }
    },
  }
}

/** The first limit that one more action at `at` would go over; null when none. */
function overLimit(
  strategy: Pick<Strategy, 'limits' | 'on'>,
  { meter, traffic, at }: { meter: Meter; traffic: Traffic; at: number },
): Tripped | null {
  const limits = limitsOf(strategy)
  const types = strategy.on
  const { lastHour, lastDay, firstOfHour, firstOfDay } = meter.at(at)
  const trip = (
    limit: Tripped['limit'],
    found: { allowed: number; observed: number; since: number | null },
  ): Tripped => ({
    limit,
    allowed: found.allowed,
    observed: found.observed,
    since: formatTime(found.since ?? at),
  })
  if (lastHour + 1 > limits.per_hour)
    return trip('per_hour', { allowed: limits.per_hour, observed: lastHour + 1, since: firstOfHour })
  if (lastDay + 1 > limits.per_day)
    return trip('per_day', { allowed: limits.per_day, observed: lastDay + 1, since: firstOfDay })
  if (lastHour + 1 < floors.jumpHits) return null
  const enough = strategy.limits?.jump === undefined ? floors.jumpHitsByDefault : floors.jumpHits
  const events = traffic.lastHour(types, at)
  if (events >= floors.shareEvents && lastHour + 1 > limits.share * events)
    return trip('share', { allowed: limits.share, observed: round((lastHour + 1) / events), since: firstOfHour })
  const past = traffic.past(types, at)
  if (past.hours < floors.jumpHours || lastHour + 1 < enough) return null
  const hits = meter.past(at) + 1
  const expected = Math.max(hits / past.hours, (hits / (past.events + 1)) * events)
  const observed = lastHour + 1
  if (observed > limits.jump * expected && poissonTail(observed, expected) < floors.jumpChance)
    return trip('jump', { allowed: limits.jump, observed: round(observed / expected), since: firstOfHour })
  return null
}

const round = (value: number): number => Math.round(value * 100) / 100

/** Longest look back of a brake: the journal of this time gives its whole state, but for brakes pulled earlier. */
export const brakeMemory = 170 * hour
