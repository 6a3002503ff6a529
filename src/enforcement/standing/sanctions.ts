import { DAY_MS, type SanctionInForce, type SanctionRule } from './model.ts'

/** What brought a bundle of sanctions. */
export interface Occasion {
  readonly time: number
  readonly ledger: string
  readonly threshold: number | null
  readonly rule: string | null
  readonly cause: string
}

/** Turns a configured bundle into sanctions that run from the occasion. */
export function imposeSanctions(bundle: readonly SanctionRule[], occasion: Occasion): SanctionInForce[] {
  const { time, ...origin } = occasion
  return bundle.map((rule) => ({
    kind: rule.kind,
    scope: rule.scope ?? null,
    from: time,
    until: rule.durationDays === undefined ? null : time + rule.durationDays * DAY_MS,
    ...origin,
  }))
}

/**
 * The sanctions that govern: of several of one kind and scope the one that lasts longest (then the one that began first).
 * Ordered by start, then by kind.
 */
export function governing(sanctions: readonly SanctionInForce[]): SanctionInForce[] {
  const best = new Map<string, SanctionInForce>()
  for (const sanction of sanctions) {
    const key = JSON.stringify([sanction.kind, sanction.scope])
    const rival = best.get(key)
    if (rival === undefined || endOf(sanction) > endOf(rival)) best.set(key, sanction)
  }
  return [...best.values()].sort((a, b) => a.from - b.from || (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0))
}

/** When a sanction ends; infinity when it has no end of its own. */
export function endOf(sanction: SanctionInForce): number {
  return sanction.until ?? Number.POSITIVE_INFINITY
}

/** The sanction with the given share of its whole length taken off its end, at the earliest ending now. */
export function shorten(sanction: SanctionInForce, fraction: number, now: number): SanctionInForce {
  if (sanction.until === null) return sanction
  const end = Math.round(sanction.from + (sanction.until - sanction.from) * (1 - fraction))
  return { ...sanction, until: Math.max(now, end) }
}
