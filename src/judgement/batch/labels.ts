import { wilson } from '../../kernel/statistics.ts'
import type { BatchStrategy } from '../strategies/index.ts'
import type { Warehouse } from './measure.ts'
import { subjectKey } from './model.ts'

const mostLabels = 100_000

/**
 * What people say of these subjects: labels that name the strategy or its policy. An appeal's word goes before a
 * review's or an investigation's, these before imports.
 */
export async function labelsOf(
  warehouse: Warehouse,
  strategy: BatchStrategy,
  hits: readonly { subject_type: string; subject_id: string }[],
) {
  const { rows } = await warehouse.query(
    `WITH said AS (SELECT subject_type || ':' || subject_id AS subject, label FROM labels
       WHERE policy = $2 OR len(list_filter(CAST(strategies AS VARCHAR[]), lambda s : split_part(s, '@', 1) = $3)) > 0
       QUALIFY row_number() OVER (PARTITION BY subject_type, subject_id ORDER BY CASE origin WHEN 'appeal' THEN 0 WHEN 'import' THEN 2 WHEN 'sample' THEN 3 ELSE 1 END, recorded_at DESC) = 1)
     SELECT subject, label FROM said JOIN (SELECT unnest(string_split($1, chr(10))) AS subject) USING (subject)`,
    {
      trusted: true,
      limit: mostLabels,
      timeoutMs: 60_000,
      params: [hits.map(subjectKey).join('\n'), strategy.policy, strategy.name],
    },
  )
  const bySubject = new Map(rows.map(([subject, label]) => [String(subject), String(label)]))
  const count = (label: string) => [...bySubject.values()].filter((said) => said === label).length
  const [violation, ok] = [count('violation'), count('ok')]
  const bounds = wilson(violation, violation + ok)
  return {
    bySubject,
    violation,
    ok,
    unlabelled: hits.length - violation - ok,
    precision: bounds ? { value: violation / (violation + ok), ...bounds, n: violation + ok } : null,
  }
}

/** Every subject that the strategy ever decided, for its precision. */
export async function decidedSubjects(warehouse: Warehouse, name: string) {
  const { rows } = await warehouse.query(
    'SELECT DISTINCT subject_type, subject_id FROM batch_hits WHERE strategy = $1 LIMIT 20000',
    { trusted: true, limit: 20_000, timeoutMs: 60_000, params: [name] },
  )
  return rows.map(([type, id]) => ({ subject_type: String(type), subject_id: String(id) }))
}
