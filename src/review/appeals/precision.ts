import { sql } from 'kysely'
import { wilson } from '../../kernel/statistics.ts'
import type { AppealDb, AppealTx } from './store.ts'

export interface Precision {
  readonly violations: number
  readonly labelled: number
  /** Share of labelled events that were violations; null when nothing is labelled. */
  readonly value: number | null
  readonly low: number | null
  readonly high: number | null
}

export interface PrecisionEffect {
  /** `<strategy>@<version>` */
  readonly strategy: string
  readonly before: Precision
  readonly after: Precision
}

interface LabelOf {
  readonly label_id: string
  readonly key: string
  readonly label: string
}

/**
 * What a label did to the precision of the strategies that it judges: their labelled events with and without it, the newest
 * label of each event counting, with the Wilson 95 % interval.
 */
export async function precisionEffect(
  db: AppealDb | AppealTx,
  labelId: string,
  strategies: readonly string[],
): Promise<PrecisionEffect[]> {
  return Promise.all(
    strategies.map(async (strategy) => {
      const { rows } = await sql<LabelOf>`
        SELECT label_id, COALESCE(source || '/' || event_id, subject_type || '/' || subject_id) AS key, label
        FROM labels WHERE EXISTS (SELECT 1 FROM json_each(labels.strategies) WHERE value = ${strategy})
        ORDER BY at, label_id`.execute(db)
      return {
        strategy,
        before: precisionOf(rows.filter((row) => row.label_id !== labelId)),
        after: precisionOf(rows),
      }
    }),
  )
}

function precisionOf(rows: readonly LabelOf[]): Precision {
  const newest = [...new Map(rows.map((row) => [row.key, row.label])).values()]
  const violations = newest.filter((label) => label === 'violation').length
  const interval = wilson(violations, newest.length)
  return {
    violations,
    labelled: newest.length,
    value: newest.length === 0 ? null : violations / newest.length,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
  }
}
