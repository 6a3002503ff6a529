import { sql } from 'kysely'
import { priorCredibility } from './priority.ts'
import type { CaseDb } from './store.ts'

/** Outcomes that the prior weighs as much as: a source with ten of its own counts half by them. */
const priorWeight = 10
const freshFor = 60_000_000

/** The mean of the Beta distribution that starts at the prior and has seen these outcomes. */
export const credibilityAfter = (prior: number, { right, wrong }: { right: number; wrong: number }): number =>
  (prior * priorWeight + right) / (priorWeight + right + wrong)

/** How often each strategy was right, by the newest word on each event: an appeal comes after a review. */
async function outcomesOf(db: CaseDb): Promise<Map<string, { right: number; wrong: number }>> {
  const { rows } = await sql<{ strategy: string; right: number; wrong: number }>`
    SELECT strategy, SUM(label = 'violation') AS right, SUM(label = 'ok') AS wrong FROM (
      SELECT rtrim(rtrim(value, '0123456789'), '@') AS strategy, label,
             ROW_NUMBER() OVER (PARTITION BY value, coalesce(event_id, label_id), source ORDER BY at DESC) AS newest
      FROM labels, json_each(labels.strategies)) WHERE newest = 1 GROUP BY strategy`.execute(db)
  return new Map(rows.map(({ strategy, right, wrong }) => [`strategy:${strategy}`, { right, wrong }]))
}

/** Credibility of strategies from what people decided, at most a minute old; other sources have their documented prior. */
export function createCredibility(db: CaseDb) {
  let known = new Map<string, { right: number; wrong: number }>()
  let readAt = Number.NEGATIVE_INFINITY
  return {
    of(source: string): number {
      const outcomes = known.get(source)
      const prior = priorCredibility(source)
      return outcomes ? credibilityAfter(prior, outcomes) : prior
    },
    async refresh(now: number): Promise<void> {
      if (Math.abs(now - readAt) < freshFor) return
      readAt = now
      known = await outcomesOf(db)
    },
  }
}
