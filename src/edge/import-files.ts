import { glob, mkdir, mkdtemp, readFile, realpath, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import {
  broken,
  type ImportBatch,
  type ImportProgress,
  type ImportSummary,
  importLimits,
  importStaged,
  jsonDepth,
  type Quarantined,
  type Recipe,
  type RecipeFile,
  refuseFile,
  type SinkResult,
  type StagedFile,
  sourceColumns,
  sqlName,
  sqlText,
} from '../perception/imports/index.ts'
import { type Encoding, type FileBytes, firstBytes, openBytes, toUtf8 } from './import-bytes.ts'
import { type ImportDuck, openImportDuck } from './import-duckdb.ts'
import { openWriter, readChunks } from './import-lines.ts'
import { stageParquet } from './import-parquet.ts'
import { type Outputs, reject, stageCsv, stageLines, takeJson } from './import-stage.ts'

/** What a person may say about a file that differs from what its recipe expects. */
export interface FileOptions {
  readonly encoding?: Encoding
  readonly delimiter?: string
  readonly format?: RecipeFile['format']
}

export interface ImportOptions extends FileOptions {
  /** Takes one batch of some thousand rows; the next is read when it is done. */
  sink(batch: ImportBatch): Promise<SinkResult>
  onProgress?(progress: ImportProgress): void
}

/** The folder of public data sets: `AEDILE_PUBLIC_DATA`, or `../shared/data` beside the repository. */
export function publicDataFolder(): string {
  return resolve(process.env['AEDILE_PUBLIC_DATA'] ?? join(import.meta.dirname, '../../../shared/data'))
}

/**
 * Imports one file by a recipe. The file is first checked, unpacked and decoded whole into a private temporary copy, so a file that
 * breaks off is refused before the sink sees a row; malformed rows are quarantined one by one.
 * @throws a problem (`problemOf`) with field, value and fix when the file is refused; nothing was imported then.
 */
export async function importFile(recipe: Recipe, path: string, options: ImportOptions): Promise<ImportSummary> {
  const began = performance.now()
  const staged = await stageFile(recipe, path, options)
  try {
    const clock = () => performance.now()
    const summary = await importStaged(recipe, staged, {
      sink: options.sink,
      clock,
      ...(options.onProgress ? { onProgress: options.onProgress } : {}),
    })
    const seconds = (clock() - began) / 1000
    return { ...summary, seconds, eventsPerSecond: Math.round(summary.eventsMade / seconds) }
  } finally {
    await staged.close()
  }
}

type Report = Pick<ImportOptions, 'onProgress'> & FileOptions

/** Stages a file for `readRecipe`; close it when done. */
export async function stageFile(recipe: Recipe, path: string, options: Report = {}): Promise<StagedFile> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'aedile-import-'))
  try {
    await mkdir(join(folder, 'spill'))
    return await stageInto(folder, recipe, path, options)
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

async function stageInto(folder: string, recipe: Recipe, path: string, options: Report): Promise<StagedFile> {
  const file = recipe.file
  if (!file) return stageEvents(folder, path, options)
  const format = options.format ?? (await formatOf(path, file))
  if (format === 'parquet') {
    const parquet = await stageParquet(folder, file, path)
    return staged(folder, parquet, parquet.path)
  }
  const outputs = openOutputs(folder)
  try {
    if (format === 'json-folder')
      return csvSource(folder, file, await stageFolder(file, path, { ...options, outputs }), positions(file))
    const bytes = await openBytes(path)
    const text = toUtf8(bytes.chunks, options.encoding ?? file.encoding ?? 'auto')
    const tick = ticker(bytes, options)
    if (format === 'ndjson') {
      const names = sourceColumns(file).map((column) => column.headers)
      const rows = await stageLines(text, { outputs, tick }, (line) => takeJson(outputs, names, line))
      return csvSource(folder, file, rows, positions(file))
    }
    // A delimiter of the recipe belongs to its own format: a TSV edition of a CSV file has tabs.
    const { delimiter: _, ...rest } = file
    const delimiter = options.delimiter ?? (format === file.format ? file.delimiter : undefined)
    const staged = await stageCsv(
      text,
      { ...rest, format, ...(delimiter === undefined ? {} : { delimiter }) },
      { outputs, tick },
    )
    return csvSource(folder, file, staged.rows, {
      places: staged.header?.places ?? [],
      width: staged.header?.width ?? 0,
      delimiter: staged.delimiter,
    })
  } finally {
    outputs.rows.close()
    outputs.rejects.close()
  }
}

function openOutputs(folder: string): Outputs {
  return { rows: openWriter(join(folder, 'rows')), rejects: openWriter(join(folder, 'rejects')) }
}

function ticker(bytes: FileBytes, options: Report): () => void {
  return () =>
    options.onProgress?.({
      phase: 'checking',
      done: Math.min(bytes.consumed(), bytes.size),
      total: bytes.size,
      events: 0,
    })
}

const endings: readonly [ending: string, format: RecipeFile['format']][] = [
  ['.parquet', 'parquet'],
  ['.ndjson', 'ndjson'],
  ['.jsonl', 'ndjson'],
  ['.tsv', 'tsv'],
  ['.csv', 'csv'],
]

async function formatOf(path: string, file: RecipeFile): Promise<RecipeFile['format']> {
  const found = await stat(path).catch(() => null)
  if (found?.isDirectory()) {
    if (file.format === 'json-folder') return 'json-folder'
    throw refuseFile({
      refusal: 'is_a_folder',
      value: path,
      zh: `${path} 是文件夹`,
      en: `${path} is a folder`,
      fix: { zh: '指定其中一个文件', en: 'name one file in it' },
    })
  }
  if (found?.isFile() && (await firstBytes(path, 4)).toString('latin1') === 'PAR1') return 'parquet'
  const name = path.toLowerCase().replace(/\.gz$/, '')
  const byName = endings.find(([ending]) => name.endsWith(ending))?.[1]
  // The EU's lists are tab-separated files called .csv: the recipe knows better than the name.
  if (byName === undefined || (byName === 'csv' && file.format === 'tsv'))
    return file.format === 'json-folder' ? 'ndjson' : file.format
  return byName
}

function positions(file: RecipeFile): Layout {
  const count = file.columns.length
  return { places: file.columns.map((_, index) => index), width: count, delimiter: ',' }
}

interface Layout {
  readonly places: readonly (number | null)[]
  readonly width: number
  readonly delimiter: string
}

/** The staged CSV as a relation; the DuckDB that reads it sees this folder only. */
function csvSource(folder: string, file: RecipeFile, rows: number, layout: Layout): StagedFile {
  const types = ["'line': 'BIGINT'", ...Array.from({ length: layout.width }, (_, index) => `'c${index}': 'VARCHAR'`)]
  const chosen = sourceColumns(file).map((column, index) => {
    const place = layout.places[index] ?? null
    return `${place === null ? 'CAST(NULL AS VARCHAR)' : `c${place}`} AS ${sqlName(column.name)}`
  })
  const source = `SELECT line, ${chosen.join(', ')} FROM read_csv(${sqlText(join(folder, 'rows'))}, auto_detect = false, header = false, delim = ${sqlText(layout.delimiter)}, quote = '"', escape = '"', new_line = '\\n', nullstr = '', columns = {${types.join(', ')}}, max_line_size = ${importLimits.recordBytes + 64}, buffer_size = ${importLimits.recordBytes * 2})`
  return staged(folder, { rows, source })
}

function staged(folder: string, part: Pick<StagedFile, 'rows' | 'source'>, file?: string): StagedFile {
  let duck: ImportDuck | null = null
  return {
    ...part,
    rejects: () => readRejects(join(folder, 'rejects')),
    query: async function* (select) {
      duck ??= await openImportDuck(folder, file)
      yield* duck.stream(select)
    },
    lines: () => readLines(join(folder, 'rows')),
    close: async () => {
      duck?.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

// Our own lines, written while staging.
const readRejects = (path: string) => readChunks(path, (line) => JSON.parse(line) as Quarantined)

function readLines(path: string): AsyncGenerator<{ line: number; text: string }[]> {
  return readChunks(path, (line) => {
    const tab = line.indexOf('\t')
    return { line: Number(line.slice(0, tab)), text: line.slice(tab + 1) }
  })
}

async function stageEvents(folder: string, path: string, options: Report): Promise<StagedFile> {
  const outputs = openOutputs(folder)
  try {
    const bytes = await openBytes(path)
    const text = toUtf8(bytes.chunks, options.encoding ?? 'auto')
    const rows = await stageLines(text, { outputs, tick: ticker(bytes, options) }, (line) => {
      if (jsonDepth(line.text) > importLimits.depth) reject(outputs, broken(line.line, 'too_deep', { text: line.text }))
      else outputs.rows.text(`${line.line}\t${line.text}\n`)
    })
    return staged(folder, { rows, source: null })
  } finally {
    outputs.rows.close()
    outputs.rejects.close()
  }
}

/** The files of a folder that a recipe reads, in the order in which it reads them. @throws a problem when there is none. */
async function filesIn(file: RecipeFile, path: string): Promise<string[]> {
  const names: string[] = []
  for await (const name of glob(file.files ?? '**/*.json', { cwd: path })) names.push(name)
  if (names.length === 0)
    throw refuseFile({
      refusal: 'empty_folder',
      value: path,
      zh: `${path} 里没有 ${file.files ?? '**/*.json'}`,
      en: `there is no ${file.files ?? '**/*.json'} in ${path}`,
      fix: { zh: '检查路径', en: 'check the path' },
    })
  return names.sort()
}

/** A folder of JSON files as one stream of NDJSON, which the recipe reads to the same rows; null when it reads no folders. */
export async function folderLines(recipe: Recipe, path: string): Promise<AsyncIterable<string> | null> {
  const { file } = recipe
  if (file?.format !== 'json-folder') return null
  const names = await filesIn(file, path)
  return (async function* () {
    // A line break stands only between the tokens of JSON, never inside a text.
    for (const name of names) yield `${(await readFile(join(path, name), 'utf8')).replace(/[\r\n]+/g, ' ')}\n`
  })()
}

async function stageFolder(file: RecipeFile, path: string, options: Report & { outputs: Outputs }): Promise<number> {
  const names = await filesIn(file, path)
  const columns = sourceColumns(file).map((column) => column.headers)
  for (const [index, name] of names.entries()) {
    takeJson(options.outputs, columns, { line: index + 1, text: await readFile(join(path, name), 'utf8') })
    if (index % 200 === 0) options.onProgress?.({ phase: 'checking', done: index, total: names.length, events: 0 })
  }
  return names.length
}
