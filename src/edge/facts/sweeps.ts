import type { DuckDBInstance } from '@duckdb/node-api'
import { type ColumnStore, findBySweep } from '../../judgement/backtest/index.ts'
import type { ParseSql, SerializedSql } from '../../judgement/language/index.ts'
import { createColumnStore } from './columns.ts'
import type { FromFacts, ToFacts } from './protocol.ts'
import { describe } from './queries.ts'

type Sweep = Extract<ToFacts, { kind: 'sweep' }>

/** Sweeps run one after the other, on a connection that may make temporary tables. */
export async function createSweeps(instance: DuckDBInstance, send: (message: FromFacts) => void) {
  const connection = await instance.connect()
  await connection.run("SET TimeZone = 'UTC'")
  const parse: ParseSql = async (select) => {
    const answer = await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)', [select])
    return JSON.parse(String(answer.getRows()[0]?.[0])) as SerializedSql
  }
  const columns = createColumnStore(connection)
  // An interrupt reaches a query that runs; between two queries the next one asks.
  const ifWanted = async <Result>(query: () => Promise<Result>): Promise<Result> => {
    if (current !== null && cancelled.has(current)) throw new Error('interrupted')
    return query()
  }
  const store: ColumnStore = {
    run: columns.run,
    columns: (sql, kinds) => ifWanted(() => columns.columns(sql, kinds)),
  }
  let tail: Promise<void> = Promise.resolve()
  let current: number | null = null
  const cancelled = new Set<number>()
  const waiting = new Set<number>()
  async function turn({ id, request }: Sweep): Promise<void> {
    current = id
    try {
      send({ kind: 'swept', id, found: await findBySweep(request, { store, parse }) })
    } catch (error) {
      send({ kind: 'refused', id, problem: describe(error) })
    }
    current = null
    waiting.delete(id)
    cancelled.delete(id)
  }
  return {
    run(sweep: Sweep): void {
      waiting.add(sweep.id)
      tail = tail.then(() => turn(sweep))
    },
    cancel(id: number): void {
      if (waiting.has(id)) cancelled.add(id)
      if (current === id) connection.interrupt()
    },
    close: () => connection.interrupt(),
  }
}
