import { DuckDBInstance, type DuckDBValue } from '@duckdb/node-api'

/** One row as plain JSON-able values: BIGINT as number, TIMESTAMP as ISO text, lists as arrays. */
export type DuckRow = Record<string, unknown>

export interface Duck {
  /** Runs one statement without a result. */
  run(sql: string, params?: DuckDBValue[]): Promise<void>
  /** Runs one statement and returns every row. Keep results small, or use `limit`. */
  rows(sql: string, params?: DuckDBValue[]): Promise<DuckRow[]>
  /** DuckDB's own syntax tree of one SELECT (`json_serialize_sql`), or its error. */
  parse(select: string): Promise<SerializedSql>
  close(): void
}

/** The document that `json_serialize_sql` returns. */
export interface SerializedSql {
  error: boolean
  error_type?: string
  error_message?: string
  error_subtype?: string
  position?: string
  statements?: { node: Record<string, unknown> }[]
}

/** Opens DuckDB at `path` (`:memory:` for a private one). `config` takes DuckDB's own option names. */
export async function openDuck(path = ':memory:', config: Record<string, string> = {}): Promise<Duck> {
  const instance = await DuckDBInstance.create(path, {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    ...config,
  })
  const connection = await instance.connect()
  await connection.run("SET TimeZone = 'UTC'")
  const rows = async (sql: string, params?: DuckDBValue[]): Promise<DuckRow[]> => {
    const reader = await connection.runAndReadAll(sql, params)
    return reader.getRowObjectsJS().map((row) => plain(row) as DuckRow)
  }
  return {
    run: async (sql, params) => void (await connection.run(sql, params)),
    rows,
    parse: async (select) => {
      const [row] = await rows('SELECT json_serialize_sql($1::VARCHAR) AS tree', [select])
      return JSON.parse(String(row?.tree)) as SerializedSql
    },
    close: () => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map(plain)
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
  return value
}
