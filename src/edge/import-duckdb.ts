import { DuckDBInstance } from '@duckdb/node-api'
import type { RecipeCheck } from '../perception/imports/index.ts'

export interface ImportDuck extends RecipeCheck {
  /** Streams a SELECT in chunks of up to 2,048 rows, in the order of the result. */
  stream(select: string): AsyncGenerator<unknown[][]>
  close(): void
}

/**
 * Opens a private in-memory DuckDB for one import. It can read `folder` and `file` and nothing else, cannot change its settings,
 * loads no extension, and spills to `folder` when 512 MB do not suffice.
 */
export async function openImportDuck(folder: string | null, file?: string): Promise<ImportDuck> {
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    memory_limit: '512MB',
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
    stream: async function* (select) {
      const result = await connection.stream(select)
      for (
        let chunk = await result.fetchChunk();
        chunk !== null && chunk.rowCount > 0;
        chunk = await result.fetchChunk()
      )
        yield chunk.getRows()
    },
    close: () => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}
