import { scopedFactsSql } from '../../insight/warehouse/index.ts'
import { presentScopes } from '../../kernel/access/index.ts'
import type { Facts } from './client.ts'

/** The facts, seen through the scopes of who asks: our own queries find only rows of their places. */
export function scopeFacts(facts: Facts): Facts {
  const limited = (sql: string) => {
    const scopes = presentScopes()
    return scopes ? scopedFactsSql(sql, scopes) : sql
  }
  return {
    ...facts,
    rows: (sql, params) => facts.rows(limited(sql), params),
    // What analysts write is refused to scoped principals before it comes here.
    query: (sql, options) => facts.query(options?.trusted ? limited(sql) : sql, options),
  }
}
