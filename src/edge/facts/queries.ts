import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from '@duckdb/node-api'
import { analystSchema, checkAnalystSql, type SqlTree } from '../../insight/warehouse/index.ts'
import { type Problem, problem, problemOf } from '../../kernel/problems.ts'
import type { FromFacts, QueryResult, ToFacts } from './protocol.ts'

type Query = Extract<ToFacts, { kind: 'query' }>

/** Connections for analysts: a short query or a check does not wait behind a long one. */
const analystLanes = 3

/** Runs queries on a few connections, each one after the other: analysts cannot hold up our own queries. */
export async function createQueries(instance: DuckDBInstance, send: (message: FromFacts) => void) {
  const own = await createLane(instance)
  const analysts = await Promise.all(Array.from({ length: analystLanes }, () => createLane(instance, analystSchema)))
  const lanes = [own, ...analysts]
  return {
    async run(query: Query): Promise<void> {
      const lane = query.options.trusted
        ? own
        : analysts.reduce((best, other) => (other.length() < best.length() ? other : best))
      try {
        send({ kind: 'result', id: query.id, result: await lane.run(query) })
      } catch (error) {
        send({ kind: 'refused', id: query.id, problem: describe(error) })
      }
    },
    cancel(id: number): void {
      for (const lane of lanes) lane.cancel(id)
    },
    close(): void {
      for (const lane of lanes) lane.close()
    },
  }
}

async function createLane(instance: DuckDBInstance, schema = 'main') {
  const connection = await instance.connect()
  await connection.run("SET TimeZone = 'UTC'")
  await connection.run(`USE ${schema}`)
  let tail: Promise<unknown> = Promise.resolve()
  let current: number | null = null
  /** Those that wait for their turn, and how to send them away. */
  const queued = new Map<number, (reason: Error) => void>()

  async function turn(query: Query): Promise<QueryResult | null> {
    if (!queued.delete(query.id)) return null
    current = query.id
    const timer = setTimeout(() => connection.interrupt(), query.options.timeoutMs)
    try {
      return await execute(connection, query)
    } finally {
      clearTimeout(timer)
      current = null
    }
  }

  return {
    length: () => queued.size + (current === null ? 0 : 1),
    run(query: Query): Promise<QueryResult> {
      return new Promise((resolve, reject) => {
        queued.set(query.id, reject)
        tail = tail.then(() => turn(query)).then((result) => result && resolve(result), reject)
      })
    },
    cancel(id: number): void {
      if (current === id) connection.interrupt()
      queued.get(id)?.(timeout())
      queued.delete(id)
    },
    close: () => connection.interrupt(),
  }
}

async function execute(connection: DuckDBConnection, { sql, options }: Query): Promise<QueryResult> {
  const started = performance.now()
  if (!options.trusted) checkAnalystSql(await parse(connection, sql))
  await connection.run('BEGIN TRANSACTION READ ONLY')
  try {
    const reader = await connection.streamAndReadUntil(
      sql,
      options.limit + 1,
      options.params as DuckDBValue[] | undefined,
    )
    const names = reader.columnNames()
    const types = reader.columnTypes().map(String)
    const found = reader.getRowsJson()
    const rows = found.slice(0, options.limit).map((row) => row.map((value, index) => plain(value, types[index] ?? '')))
    return {
      columns: names.map((name, index) => ({ name, type: types[index] ?? '' })),
      rows,
      truncated: found.length > options.limit || !reader.done,
      seconds: (performance.now() - started) / 1000,
    }
  } finally {
    await connection.run('ROLLBACK').catch(() => undefined)
  }
}

async function parse(connection: DuckDBConnection, sql: string): Promise<SqlTree> {
  const answer = await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)', [sql])
  return JSON.parse(String(answer.getRows()[0]?.[0])) as SqlTree
}

/** DuckDB gives 64-bit and decimal numbers as text; those that JavaScript holds exactly become numbers again. */
function plain(value: unknown, type: string): unknown {
  if (typeof value === 'string' && /^(U?(BIG|HUGE)INT|DECIMAL)/.test(type)) {
    const number = Number(value)
    return Number.isSafeInteger(number) || type.startsWith('DECIMAL') ? number : value
  }
  return value
}

function timeout(): Error {
  return problem({
    code: 'sql_timeout',
    detail: { zh: '查询超过时间上限，已停止', en: 'The query ran past its time limit and was stopped' },
    fix: { zh: '缩小时间范围或减少连接', en: 'Read a shorter period, or join less' },
  })
}

/** What went wrong in a query, for the one who asked. */
export function describe(error: unknown): Problem {
  const found = problemOf(error)
  if (found) return found
  const message = error instanceof Error ? error.message : String(error)
  if (/interrupt/i.test(message)) return problemOf(timeout()) as Problem
  if (/out of memory|could not allocate|failed to allocate/i.test(message))
    return {
      code: 'sql_memory',
      detail: { zh: `查询超过内存上限：${message}`, en: `The query ran past its memory limit: ${message}` },
    }
  return { code: 'sql_refused', detail: { zh: message, en: message } }
}
