import { Type } from '@sinclair/typebox'
import { operation } from '../../kernel/operation.ts'
import { anything } from '../../kernel/paging.ts'
import { problemOf } from '../../kernel/problems.ts'
import type { FactsReader } from '../facts.ts'
import type { FactTable } from '../warehouse/index.ts'

/** Limits of one analyst query. */
/** A query inside this is bound and planned, never run to its end. */
const wrapped = 'SELECT * FROM ('

export const sqlLimits = { rows: 10_000, milliseconds: 30_000 } as const

const sqlText = Type.String({ minLength: 1, maxLength: 100_000, description: 'one SELECT over the facts' })

/** The read-only SQL workbench. */
export function workbenchOperations({ facts, tables }: { facts: FactsReader; tables: readonly FactTable[] }) {
  return [
    operation({
      name: 'sql.run',
      summary: { zh: '运行只读 SQL', en: 'Run read-only SQL' },
      method: 'POST',
      path: '/v1/sql',
      permission: 'sql.run',
      scope: 'whole',
      errors: ['sql_refused', 'sql_timeout', 'sql_memory', 'store_unavailable'],
      input: Type.Object({
        sql: sqlText,
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: sqlLimits.rows, default: 1000 })),
      }),
      output: anything,
      run: async (_context, { sql, limit = 1000 }) => {
        const answer = await facts.query(sql, { limit, timeoutMs: sqlLimits.milliseconds, trusted: false })
        return { ...answer, rows_total_known: !answer.truncated }
      },
    }),
    operation({
      name: 'sql.check',
      summary: { zh: '检查 SQL，不运行', en: 'Check SQL without running it' },
      method: 'POST',
      path: '/v1/sql/check',
      permission: 'sql.run',
      scope: 'whole',
      audited: false,
      input: Type.Object({ sql: sqlText }),
      output: anything,
      run: async (_context, { sql }) => {
        try {
          await facts.query(`${wrapped}${sql.replace(/;\s*$/, '')}\n) LIMIT 0`, {
            limit: 1,
            timeoutMs: 5000,
            trusted: false,
          })
          return { ok: true }
        } catch (error) {
          const found = problemOf(error)
          if (!found) throw error
          const position = found['position']
          // DuckDB names what may have been meant after what went wrong.
          const meant = /(?:Candidate|Did you mean)([\s\S]*)/.exec(found.detail.en)?.[1] ?? ''
          return {
            ok: false,
            error: {
              message: found.detail,
              position: typeof position === 'number' ? Math.max(0, position - wrapped.length) : null,
              candidates: [...meant.matchAll(/"([^"]+)"/g)].map(([, name]) => name).slice(0, 5),
            },
          }
        }
      },
    }),
    operation({
      name: 'sql.tables',
      summary: { zh: '事实表与列', en: 'Tables and columns of the facts' },
      method: 'GET',
      path: '/v1/sql/tables',
      permission: 'sql.run',
      scope: 'shared',
      input: Type.Object({}),
      output: anything,
      run: async () => {
        const counts = await facts.rows('SELECT table_name, estimated_size FROM duckdb_tables()')
        const rows = new Map(counts.map((row) => [String(row['table_name']), Number(row['estimated_size'])]))
        return { tables: tables.map((table) => ({ ...table, rows: rows.get(table.name) ?? 0 })) }
      },
    }),
  ]
}
