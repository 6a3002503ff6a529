import type { Severity } from '../../vocabulary/verdicts.ts'
import type { Queue, Routing } from '../queues/index.ts'
import { type Priority, priorityOf, urgencyOf } from './priority.ts'
import type { CaseDb } from './store.ts'
import { type Waiting, waitingPage } from './store-waiting.ts'

/** How far a source can be trusted, 0 to 1: measured from outcomes where there are any. */
export type CredibilityOf = (source: string) => number

export interface Ranked extends Waiting {
  readonly priority: Priority
}

export interface OrderInput {
  readonly routing: Routing
  readonly credibilityOf: CredibilityOf
  readonly now: number
}

/** The priority of a case now; one that was never routed counts with what is known. */
export function rank(
  found: Pick<Waiting, 'queue' | 'severity' | 'due_at'> & { reach: number | null; source: string | null },
  { routing, credibilityOf, now }: OrderInput,
): Priority {
  const severity = found.severity as Severity
  return priorityOf({
    severity,
    reach: found.reach ?? 1,
    credibility: credibilityOf(found.source ?? ''),
    dueAt: found.due_at,
    window: routing.queue(found.queue).sla[severity],
    now,
  })
}

/** Highest priority first; equal ones in the order of their due times, then of their ids: the same order wherever it is asked for. */
export const inOrder = (a: Ranked, b: Ranked): number =>
  b.priority.score - a.priority.score || a.due_at - b.due_at || (a.case_id < b.case_id ? -1 : 1)

export interface Wanted extends OrderInput {
  readonly queue: Queue
  /** How many of the most urgent cases. */
  readonly take: number
  /** The highest credibility of any source with an open case. */
  readonly mostCredible: number
  /** Those among the rows that may be given out. */
  readonly accept: (rows: readonly Waiting[]) => Promise<readonly Waiting[]> | readonly Waiting[]
}

const pageRows = 64

/**
 * The most urgent cases of a queue, exactly, without reading the queue: Fagin's threshold algorithm (Fagin, Lotem, Naor 2003,
 * J. Comput. Syst. Sci. 66:614). It reads two indexes side by side, by impact and by due time, until no case that is further down
 * in both can have a higher score than those found.
 */
export async function mostUrgent(db: CaseDb, wanted: Wanted): Promise<Ranked[]> {
  const { queue, now, take, accept } = wanted
  const seen = new Set<string>()
  let best: Ranked[] = []
  let lastImpact: Waiting | null = null
  let lastDue: Waiting | null = null
  const limit = Math.max(pageRows, take)
  for (;;) {
    const byImpact: Waiting[] = await waitingPage(db, { queue: queue.id, by: 'impact', after: lastImpact, limit, now })
    const byDue: Waiting[] = await waitingPage(db, { queue: queue.id, by: 'due_at', after: lastDue, limit, now })
    const fresh: Waiting[] = []
    for (const row of [...byImpact, ...byDue])
      if (!seen.has(row.case_id)) {
        seen.add(row.case_id)
        fresh.push(row)
      }
    const accepted = fresh.length > 0 ? await accept(fresh) : []
    best = [...best, ...accepted.map((row) => ({ ...row, priority: rank(row, wanted) }))].sort(inOrder).slice(0, take)
    // One list at its end means that every case has been seen.
    if (byImpact.length < limit || byDue.length < limit) return best
    lastImpact = byImpact.at(-1) ?? null
    lastDue = byDue.at(-1) ?? null
    const least = best.length >= take ? (best.at(-1)?.priority.score ?? 0) : Number.NEGATIVE_INFINITY
    if (lastImpact && lastDue && least > highestBelow(lastImpact.impact, lastDue.due_at, wanted)) return best
  }
}

/** No case with at most this impact that is due no earlier has a higher score. */
function highestBelow(impact: number, dueAt: number, { queue, now, mostCredible }: Wanted): number {
  const urgency = Math.max(...Object.values(queue.sla).map((window) => urgencyOf(dueAt - now, window)))
  return impact * mostCredible * urgency
}
