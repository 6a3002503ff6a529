import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api'
import type { ColumnKind, ColumnStore, ColumnValues } from '../../judgement/backtest/index.ts'
import type { Value } from '../../kernel/values.ts'

/** Reads DuckDB's columns as they lie in its memory: no row and no text is built for a number. */
export function createColumnStore(connection: DuckDBConnection): ColumnStore {
  return {
    run: async (sql) => void (await connection.run(sql)),
    async columns(sql, kinds) {
      const result = await connection.run(sql)
      const chunks = Array.from({ length: result.chunkCount }, (_, index) => result.getChunk(index))
      const rows = result.rowCount
      return { rows, columns: kinds.map((kind, index) => join(chunks, { index, kind, rows })) }
    },
  }
}

function join(
  chunks: readonly DuckDBDataChunk[],
  { index, kind, rows }: { index: number; kind: ColumnKind; rows: number },
): ColumnValues {
  if (kind === 'value') return chunks.flatMap((chunk) => chunk.getColumnValues(index) as Value[])
  const all = kind === 'number' ? new Float64Array(rows) : new Int32Array(rows)
  let from = 0
  for (const chunk of chunks) {
    const { items } = chunk.getColumnVector(index) as unknown as { items: Float64Array | Int32Array }
    all.set(items, from)
    from += items.length
  }
  return all
}
