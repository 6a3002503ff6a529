import type { Rules } from '../enforcement/actions/index.ts'
import { part } from '../kernel/database.ts'
import type { Operation } from '../kernel/operation.ts'
import type { Cases } from '../review/cases/index.ts'
import {
  createCalibrations,
  type Populations,
  type Quality,
  type QualityDb,
  qualityOperations,
  type StratumName,
} from '../review/quality/index.ts'
import type { Facts } from './facts/client.ts'

/**
 * Automatic decisions by stratum: what passed, and what was restricted without a person, by its highest severity. Scopes
 * hide decisions; the stratum of one that is in view is that of the whole of it, as when it was drawn: so all findings count.
 */
const populationSql = `
  SELECT CASE WHEN d.verdict = 'pass' THEN 'pass' ELSE f.severity END AS stratum, count(*) AS n
  FROM decisions d
  LEFT JOIN (SELECT decision_id, min(severity) AS severity, bool_or(verdict = 'review') AS asked FROM main.findings WHERE mode = 'live' GROUP BY ALL) f USING (decision_id)
  WHERE d.verdict <> 'review' AND NOT coalesce(f.asked, false) AND d.logged_at >= make_timestamp($1::BIGINT) AND d.logged_at < make_timestamp($2::BIGINT)
  GROUP BY ALL HAVING stratum IS NOT NULL`

export interface QualityParts {
  readonly db: QualityDb
  readonly quality: Quality
  readonly cases: Cases
  readonly rules: () => Rules
  readonly facts: Facts
}

export function openQualityOperations({ db, quality, cases, rules, facts }: QualityParts): Operation[] {
  const populations = async ({ from, to }: { from: number; to: number }): Promise<Populations> => {
    const rows = await facts.rows(populationSql, [from, to])
    return Object.fromEntries(rows.map((row) => [row['stratum'] as StratumName, Number(row['n'])]))
  }
  return qualityOperations({ quality, calibrations: createCalibrations(part(db)), cases, rules, populations })
}
