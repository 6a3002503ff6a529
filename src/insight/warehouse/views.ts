import { personalFields, pseudonymSql } from '../../vocabulary/events/index.ts'
import type { FactTable } from './tables.ts'

/** The schema in which analysts' queries run: every table of the facts, personal data as pseudonyms. */
export const analystSchema = 'analyst'

const names = Object.keys(personalFields)

/** Columns of a table that analysts see changed, and as what. */
function replacements(table: FactTable, salt: string): string[] {
  const columns = new Set(table.columns.map((column) => column.name))
  const found = Object.entries(personalFields)
    .filter(([field]) => columns.has(field))
    .map(([field, kind]) => `${pseudonymSql(kind, `"${field}"`, salt)} AS "${field}"`)
  // The data as it came: personal fields are left out, their columns stand beside it.
  if (table.name === 'events')
    found.push(`json_merge_patch(data, '${JSON.stringify(Object.fromEntries(names.map((n) => [n, null])))}') AS data`)
  if (table.name === 'quarantine') {
    const holds = `(regexp_matches("raw", '"(${names.join('|')})"\\s*:') OR coalesce("field" IN (${names.map((n) => `'${n}'`).join(', ')}), false))`
    found.push(`CASE WHEN ${holds} THEN NULL ELSE "raw" END AS "raw"`)
    found.push(`CASE WHEN ${holds} THEN NULL ELSE "value" END AS "value"`)
  }
  return found
}

/** DDL of the view of one table that analysts query instead of it. */
export function analystViewSql(table: FactTable, salt: string): string {
  const changed = replacements(table, salt)
  return `CREATE OR REPLACE VIEW ${analystSchema}."${table.name}" AS SELECT *${changed.length > 0 ? ` REPLACE (${changed.join(', ')})` : ''} FROM main."${table.name}"`
}
