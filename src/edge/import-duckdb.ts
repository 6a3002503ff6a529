import { DuckDBInstance } from '@duckdb/node-api'
import type { RecipeCheck } from '../perception/imports/index.ts'

export interface ImportDuck extends RecipeCheck {
  /** Every row of a small result. */
  rows(select: string): Promise<unknown[][]>
  /**
   * Streams a SELECT in chunks of up to 2,048 rows, in the order of the result. The result is computed whole (in memory, then on
   * disk) before its first row: a streamed query that fails halfway ends like one that is complete, without an error.
   */
  stream(select: string): AsyncGenerator<unknown[][]>
  close(): void
}

/**
 * Opens a private in-memory DuckDB for one import. It can read `folder` and `file` and nothing else, cannot change its settings,
 * loads no extension, and spills to `folder` when 256 MB do not suffice.
 */
export async function openImportDuck(folder: string | null, file?: string): Promise<ImportDuck> {
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    memory_limit: '256MB',
    threads: '2',
    ...(folder === null ? {} : { temp_directory: `${folder}/spill` }),
  })
  const connection = await instance.connect()
  const text = (value: string) => `'${value.replaceAll("'", "''")}'`
  await connection.run("SET TimeZone = 'UTC'")
  if (folder !== null) await connection.run(`SET allowed_directories = [${text(`${folder}/`)}]`)
  if (file !== undefined) await connection.run(`SET allowed_paths = [${text(file)}]`)
  await connection.run('SET enable_external_access = false')
  await connection.run('SET lock_configuration = true')
  return {
    parse: async (select) => {
      const reader = await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)', [select])
      return JSON.parse(String(reader.getRows()[0]?.[0]))
    },
    bind: async (select) => {
      try {
        const prepared = await connection.prepare(select)
        prepared.destroySync()
        return null
      } catch (error) {
        return error instanceof Error ? error.message : String(error)
      }
    },
    rows: async (select) => (await connection.runAndReadAll(select)).getRows(),
    stream: async function* (select) {
      await connection.run(`CREATE OR REPLACE TEMP TABLE streamed AS ${select}`)
      const total = Number((await connection.runAndReadAll('SELECT count(*) FROM streamed')).getRows()[0]?.[0])
      const result = await connection.stream('SELECT * FROM streamed')
      let count = 0
      for (
        let chunk = await result.fetchChunk();
        chunk !== null && chunk.rowCount > 0;
        chunk = await result.fetchChunk()
      ) {
        count += chunk.rowCount
        yield chunk.getRows()
      }
      if (count !== total) throw new Error(`DuckDB ended a result after ${count} of ${total} rows`)
    },
    close: () => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}
