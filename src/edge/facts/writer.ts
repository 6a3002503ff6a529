import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBListType,
  DuckDBTimestampValue,
  type DuckDBType,
  type DuckDBValue,
  listValue,
  TIMESTAMP,
  VARCHAR,
} from '@duckdb/node-api'
import type { FactColumn, FactRow, FactTable } from '../../insight/warehouse/index.ts'
import type { Value } from '../../kernel/values.ts'

const duckTypes: Record<FactColumn['type'], DuckDBType> = {
  VARCHAR,
  DOUBLE,
  BIGINT,
  BOOLEAN,
  TIMESTAMP,
  JSON: VARCHAR,
  'VARCHAR[]': new DuckDBListType(VARCHAR),
  'DOUBLE[]': new DuckDBListType(DOUBLE),
}

const chunkRows = 2048

/** Appends rows column by column, the fastest way into DuckDB from JavaScript. */
export async function appendRows(
  connection: DuckDBConnection,
  table: FactTable,
  rows: readonly FactRow[],
): Promise<void> {
  if (rows.length === 0) return
  const appender = await connection.createAppender(table.name)
  const types = table.columns.map((column) => duckTypes[column.type])
  for (let from = 0; from < rows.length; from += chunkRows) {
    const part = rows.slice(from, from + chunkRows)
    const chunk = DuckDBDataChunk.create(types, part.length)
    for (const [index, column] of table.columns.entries())
      chunk.setColumnValues(
        index,
        part.map((row) => toDuck(row[index] ?? null, column.type)),
      )
    appender.appendDataChunk(chunk)
  }
  appender.closeSync()
}

function toDuck(value: Value, type: FactColumn['type']): DuckDBValue {
  if (value === null) return null
  switch (type) {
    case 'BIGINT':
      return BigInt(Math.trunc(Number(value)))
    case 'TIMESTAMP':
      return new DuckDBTimestampValue(BigInt(Math.trunc(Number(value))))
    case 'BOOLEAN':
      return Boolean(value)
    case 'VARCHAR[]':
    case 'DOUBLE[]':
      return Array.isArray(value) ? listValue([...value]) : null
    case 'DOUBLE':
      return Number(value)
    default:
      return typeof value === 'string' ? value : String(value)
  }
}
