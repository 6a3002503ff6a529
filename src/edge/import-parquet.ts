import { createWriteStream } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import {
  importLimits,
  type RecipeFile,
  refuseFile,
  sourceColumns,
  sqlName,
  sqlText,
} from '../perception/imports/index.ts'
import { openBytes } from './import-bytes.ts'
import { type ImportDuck, openImportDuck } from './import-duckdb.ts'
import { openWriter } from './import-lines.ts'

export interface ParquetSource {
  /** The plain Parquet file that the import must be able to read. */
  readonly path: string
  readonly source: string
  readonly rows: number
  /** SQL: a field of the row is too long. */
  readonly guard: string
}

/** Unpacks a Parquet file where needed and selects the declared columns as texts. */
export async function stageParquet(folder: string, file: RecipeFile, path: string): Promise<ParquetSource> {
  const bytes = await openBytes(path)
  const plain = bytes.gzip ? join(folder, 'rows.parquet') : await realpath(path)
  if (bytes.gzip) await pipeline(bytes.chunks, createWriteStream(plain, { mode: 0o600 }))
  openWriter(join(folder, 'rejects')).close()
  const duck = await openImportDuck(folder, plain)
  try {
    return { path: plain, ...(await parquetSource(duck, file, plain)) }
  } finally {
    duck.close()
  }
}

async function parquetSource(
  duck: ImportDuck,
  file: RecipeFile,
  path: string,
): Promise<{ source: string; rows: number; guard: string }> {
  const read = `read_parquet(${sqlText(path)}, file_row_number = true)`
  const found = new Map<string, { name: string; nested: boolean }>()
  let rows = 0
  try {
    for await (const described of duck.stream(`DESCRIBE SELECT * FROM ${read}`))
      for (const [name, type] of described)
        found.set(String(name).toLowerCase(), { name: String(name), nested: /\[|STRUCT|MAP/.test(String(type)) })
    for await (const counted of duck.stream(`SELECT count(*) FROM ${read}`)) rows = Number(counted[0]?.[0])
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw refuseFile({
      refusal: 'damaged_parquet',
      value: message.slice(0, 200),
      zh: `Parquet 文件无法读取：${message.slice(0, 200)}`,
      en: `the Parquet file cannot be read: ${message.slice(0, 200)}`,
      fix: { zh: '重新取得文件', en: 'fetch the file again' },
    })
  }
  found.delete('file_row_number')
  const columns = sourceColumns(file).map((column) => ({
    ...column,
    at: column.headers.map((header) => found.get(header.toLowerCase())).find((hit) => hit !== undefined),
  }))
  const missing = columns.filter((column) => !column.optional && !column.at).map((column) => column.name)
  if (missing.length > 0) {
    const names = [...found.values()].map((column) => column.name)
    throw refuseFile({
      refusal: 'missing_column',
      field: missing[0] ?? '',
      value: names,
      zh: `缺少列 ${missing.join('、')}；文件里有 [${names.join(', ')}]`,
      en: `column ${missing.join(', ')} is missing; the file has [${names.join(', ')}]`,
      fix: {
        zh: '在配方的 file.columns 里写上这个文件用的列名（from）',
        en: 'name this file’s columns under file.columns (from) in the recipe',
      },
    })
  }
  const chosen = columns.map((column) => {
    const value = !column.at
      ? 'NULL'
      : column.at.nested
        ? `to_json(${sqlName(column.at.name)})`
        : sqlName(column.at.name)
    return `CAST(${value} AS VARCHAR) AS ${sqlName(column.name)}`
  })
  const guard = columns.map((column) => `strlen(${sqlName(column.name)}) > ${importLimits.fieldBytes}`).join(' OR ')
  return {
    rows,
    guard: `coalesce(${guard}, false)`,
    source: `SELECT file_row_number + 1 AS line, ${chosen.join(', ')} FROM ${read}`,
  }
}
