import { withCtes } from '../../kernel/access/index.ts'
import type { Scope } from '../../kernel/operation.ts'
import { factTables } from './tables.ts'

const text = (value: string) => `'${value.replaceAll("'", "''")}'`

/** SQL that holds where a row's site and markets (an expression of type VARCHAR[]) lie in one of `scopes`. */
function inside(scopes: readonly Scope[], markets: string, site = 'site'): string {
  const each = scopes.map((scope) => {
    const at = scope.sites.length === 0 ? 'true' : `coalesce(${site} IN (${scope.sites.map(text).join(', ')}), false)`
    const where =
      scope.markets.length === 0 ? 'true' : `list_has_any(${markets}, [${scope.markets.map(text).join(', ')}])`
    return `(${at} AND ${where})`
  })
  return each.length === 0 ? 'false' : `(${each.join(' OR ')})`
}

/** What each table holds for a scoped principal. A table that is not named here is empty for them. */
function conditions(scopes: readonly Scope[]): Readonly<Record<string, string>> {
  const everySite = scopes.map((scope) => ({ ...scope, sites: [] }))
  const caused = 'cause IN (SELECT decision_id FROM decisions UNION ALL SELECT case_event_id FROM case_events)'
  return {
    decisions: inside(scopes, 'json_keys(markets)'),
    events: 'position IN (SELECT position FROM decisions)',
    findings: `${inside(scopes, 'markets')} AND decision_id IN (SELECT decision_id FROM decisions)`,
    cases: 'decision_id IN (SELECT decision_id FROM decisions)',
    case_events: 'case_id IN (SELECT case_id FROM cases)',
    actions: `${inside(everySite, `from_json(markets, '["VARCHAR"]')`)} AND (${caused} OR inverse_of IN (SELECT action_id FROM main.actions WHERE ${caused}))`,
    points: caused,
    notices: caused,
    labels: caused,
    appeals: 'cause IN (SELECT action_id FROM actions)',
    appeal_events: 'appeal_id IN (SELECT appeal_id FROM appeals)',
    statements: 'action_id IN (SELECT action_id FROM actions)',
  }
}

/** The same query over the facts, seeing only rows of these places: every table is hidden by a query of the same name. */
export function scopedFactsSql(sql: string, scopes: readonly Scope[]): string {
  const known = conditions(scopes)
  const named = [
    ...Object.keys(known),
    ...factTables.map((table) => table.name).filter((name) => known[name] === undefined),
  ]
  const hidden = named.map((name) => `"${name}" AS (SELECT * FROM main."${name}" WHERE ${known[name] ?? 'false'})`)
  return withCtes(sql, hidden)
}
