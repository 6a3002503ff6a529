import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { createColumnStore } from '../../src/edge/facts/columns.ts'
import { type Column, createLayout } from '../../src/kernel/values.ts'
import { windowSqlOf } from './shop.ts'

/** The fields of an order that the history holds. */
export const historyFields: readonly Column[] = [
  ...(['buyer_id', 'device_id', 'ip', 'seller_id', 'category', 'currency', 'type'] as const).map((name) => ({
    name,
    type: 'VARCHAR' as const,
    cost: 0,
  })),
  ...(['amount', 'quantity', 'weight_g'] as const).map((name) => ({ name, type: 'DOUBLE' as const, cost: 0 })),
  { name: 'logged_at', type: 'TIMESTAMP', cost: 0 },
]

const wanted = new Set(['buyer_orders_1h', 'buyer_spend_24h', 'device_orders_24h', 'ip_orders_10m', 'seller_sales_24h'])
export const historyWindows = windowSqlOf(20).filter(({ id }) => wanted.has(id))

export const historyLayout = createLayout([
  ...historyFields,
  ...historyWindows.map(({ id }) => ({ name: id, type: 'DOUBLE' as const, cost: 1 })),
])

/** Orders over ten days in columns, the same on every machine; `keys` times fewer buyers, devices, addresses and sellers. */
function historySql(rows: number, fewer: number): string {
  const pick = (salt: number, below: number) => `(hash(i, ${salt}) % ${below})`
  const key = (prefix: string, salt: number, below: number) => `'${prefix}' || ${pick(salt, below / fewer)}`
  return `CREATE OR REPLACE TABLE history AS SELECT i AS position, 'order.placed' AS type,
    ${key('buyer_', 1, 200_000)} AS buyer_id, ${key('device_', 2, 150_000)} AS device_id, ${key('10.0.', 3, 50_000)} AS ip, ${key('seller_', 4, 5000)} AS seller_id,
    'goods/' || ${pick(5, 200)} AS category, ['EUR', 'USD', 'GBP', 'CNY'][(${pick(6, 4)} + 1)::BIGINT] AS currency,
    ${pick(7, 100_000)} / 100.0::DOUBLE AS amount, (1 + ${pick(8, 5)})::DOUBLE AS quantity, ${pick(9, 5000)}::DOUBLE AS weight_g,
    TIMESTAMP '2026-03-01' + to_microseconds((i * ${Math.floor((10 * 86_400e6) / rows)})::BIGINT) AS logged_at
    FROM range(${rows}) AS numbers(i)`
}

/** A store on disk with the settings of the facts: 2 GB of memory, two threads. */
export async function openHistory() {
  const folder = mkdtempSync(join(tmpdir(), 'aedile-bench-history-'))
  const instance = await DuckDBInstance.create(join(folder, 'history.duckdb'), {
    memory_limit: '2GB',
    threads: '2',
    preserve_insertion_order: 'false',
  })
  const connection = await instance.connect()
  await connection.run("SET TimeZone = 'UTC'")
  return {
    store: createColumnStore(connection),
    async fill(rows: number, fewer = 1): Promise<void> {
      await connection.run(historySql(rows, fewer))
      await connection.run('CHECKPOINT')
    },
    async rows(sql: string): Promise<Record<string, unknown>[]> {
      const reader = await connection.runAndReadAll(sql)
      return reader
        .getRowObjectsJS()
        .map((row) =>
          Object.fromEntries(
            Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]),
          ),
        )
    },
    close(): void {
      connection.closeSync()
      instance.closeSync()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
export type History = Awaited<ReturnType<typeof openHistory>>
