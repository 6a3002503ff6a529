import type { Problem } from '../kernel/problems.ts'

/** The facts as insight reads them; the edge gives the real one. */
export interface FactsReader {
  rows(sql: string, params?: readonly (string | number | boolean | null)[]): Promise<Record<string, unknown>[]>
  query(
    sql: string,
    options: { limit: number; timeoutMs: number; trusted: boolean },
  ): Promise<{
    columns: readonly { name: string; type: string }[]
    rows: readonly (readonly unknown[])[]
    truncated: boolean
    seconds: number
  }>
}

export type { Problem }

/** DuckDB's text of a TIMESTAMP (`2026-11-01 08:30:00.5`) as ISO in UTC. */
export function isoTime(value: unknown): string | null {
  if (typeof value !== 'string' || value === '') return null
  const [date = '', clock = '00:00:00'] = value.replace('T', ' ').split(' ')
  return `${date}T${clock
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '')
    .replace(/Z$/, '')}Z`
}
