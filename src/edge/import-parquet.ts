import { createWriteStream } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import {
  broken,
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
}

/** Unpacks a Parquet file where needed and selects the declared columns as texts. */
export async function stageParquet(folder: string, file: RecipeFile, path: string): Promise<ParquetSource> {
  const bytes = await openBytes(path)
  const plain = bytes.gzip ? join(folder, 'rows.parquet') : await realpath(path)
  if (bytes.gzip) await pipeline(bytes.chunks, createWriteStream(plain, { mode: 0o600 }))
  const duck = await openImportDuck(folder, plain)
  try {
    const { select, rows } = await parquetSelect(duck, file, plain)
    const fault = faultOf(file)
    await writeFaulty(duck, { file, select, fault, path: join(folder, 'rejects') })
    return { path: plain, rows, source: `SELECT * FROM (${select}) WHERE ${fault} IS NULL` }
  } finally {
    duck.close()
  }
}

function faultOf(file: RecipeFile): string {
  const names = sourceColumns(file).map((column) => sqlName(column.name))
  const long = names.map((name) => `strlen(${name}) > ${importLimits.fieldBytes}`).join(' OR ')
  const nul = names.map((name) => `contains(${name}, chr(0))`).join(' OR ')
  return `CASE WHEN ${long} THEN 'field_too_long' WHEN ${nul} THEN 'nul_byte' END`
}

interface Faulty {
  readonly file: RecipeFile
  readonly select: string
  readonly fault: string
  readonly path: string
}

async function writeFaulty(duck: ImportDuck, { file, select, fault, path }: Faulty): Promise<void> {
  const rejects = openWriter(path)
  const shown = sourceColumns(file).map(
    ({ name }) => `${sqlName(name)} := left(${sqlName(name)}, ${importLimits.sampleCharacters})`,
  )
  const rows = duck.stream(
    `SELECT line, ${fault} AS fault, CAST(to_json(struct_pack(${shown.join(', ')})) AS VARCHAR) FROM (${select}) WHERE fault IS NOT NULL ORDER BY line`,
  )
  for await (const chunk of rows)
    for (const [line, reason, values] of chunk) {
      const row = broken(Number(line), reason === 'nul_byte' ? reason : 'field_too_long', JSON.parse(String(values)))
      rejects.text(`${JSON.stringify(row)}\n`)
    }
  rejects.close()
}

/** The declared columns as texts, nested ones as JSON, with the row number as `line`. */
async function parquetSelect(
  duck: ImportDuck,
  file: RecipeFile,
  path: string,
): Promise<{ select: string; rows: number }> {
  const read = `read_parquet(${sqlText(path)}, file_row_number = true)`
  const found = new Map<string, { name: string; nested: boolean }>()
  let rows = 0
  try {
    for (const [name, type] of await duck.rows(`DESCRIBE SELECT * FROM ${read}`))
      found.set(String(name).toLowerCase(), { name: String(name), nested: /\[|STRUCT|MAP/.test(String(type)) })
    rows = Number((await duck.rows(`SELECT count(*) FROM ${read}`))[0]?.[0])
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
  return { rows, select: `SELECT file_row_number + 1 AS line, ${chosen.join(', ')} FROM ${read}` }
}
