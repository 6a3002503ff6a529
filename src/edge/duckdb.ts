import { DuckDBInstance, type DuckDBValue, listValue } from '@duckdb/node-api'

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
    parse: createParser(rows),
    close: () => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

/** Runs `work` in a transaction of which nothing stays. Throws what `work` throws. */
export async function undone<Answer>(duck: Duck, work: () => Promise<Answer>): Promise<Answer> {
  await duck.run('BEGIN TRANSACTION')
  let answer: Answer
  try {
    answer = await work()
  } catch (error) {
    // What failed may have ended the transaction by itself; then this fails too, and must not hide why.
    await duck.run('ROLLBACK').catch(() => undefined)
    throw error
  }
  await duck.run('ROLLBACK')
  return answer
}

const mostParsed = 1000

/** Calls of one turn travel to DuckDB together: a round trip costs more than the parsing of many expressions. */
function createParser(rows: Duck['rows']): Duck['parse'] {
  interface Asked {
    readonly select: string
    readonly resolve: (tree: SerializedSql) => void
    readonly reject: (error: unknown) => void
  }
  let waiting: Asked[] = []
  const answer = ({ resolve, reject }: Asked, tree: unknown) => {
    try {
      resolve(JSON.parse(String(tree)) as SerializedSql)
    } catch (error) {
      reject(error)
    }
  }
  const alone = async (asked: Asked) => {
    try {
      const [row] = await rows('SELECT json_serialize_sql($1::VARCHAR) AS tree', [asked.select])
      answer(asked, row?.tree)
    } catch (error) {
      asked.reject(error)
    }
  }
  const together = async (batch: readonly Asked[]) => {
    const sql = 'SELECT list_transform($1::VARCHAR[], lambda one : json_serialize_sql(one)::VARCHAR) AS trees'
    try {
      const [row] = await rows(sql, [listValue(batch.map(({ select }) => select))])
      const trees = row?.trees as readonly unknown[]
      for (const [index, asked] of batch.entries()) answer(asked, trees[index])
    } catch {
      // One text that DuckDB cannot even refuse must not take the others with it.
      for (const asked of batch) await alone(asked)
    }
  }
  const flush = async () => {
    const all = waiting
    waiting = []
    for (let from = 0; from < all.length; from += mostParsed) {
      const batch = all.slice(from, from + mostParsed)
      const [only] = batch
      await (only && batch.length === 1 ? alone(only) : together(batch))
    }
  }
  return (select) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(() => void flush())
      waiting.push({ select, resolve, reject })
    })
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map(plain)
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
  return value
}
