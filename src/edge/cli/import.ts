import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { problemOf } from '../../kernel/problems.ts'
import { openApp } from '../app.ts'
import { folderLines } from '../import-files.ts'
import { loadRecipe, loadRecipes } from '../import-recipes.ts'
import { type ImportRun, runImport } from '../imports.ts'
import { shippedPacks } from '../pack-files.ts'
import { dataFolder } from '../serve.ts'
import type { CommandIo } from './command.ts'

export interface ImportOptions {
  readonly recipe: string | undefined
  readonly file: string | undefined
  readonly json: boolean
  readonly delimiter?: string | undefined
  readonly encoding?: string | undefined
  readonly format?: string | undefined
}

const recipesFolder = join(shippedPacks, 'recipes')

/** Imports a file into the data folder: through the running server when there is one, else by opening the stores here. */
export async function runImportCommand(options: ImportOptions, io: CommandIo): Promise<number> {
  if (!options.recipe || !options.file) {
    io.error('usage: npm run aedile -- import <recipe> <file>\nrecipes:')
    for (const [id, checked] of await loadRecipes(recipesFolder))
      io.error(`  ${id.padEnd(24)} ${'recipe' in checked && checked.recipe ? checked.recipe.title.en : 'not valid'}`)
    return 1
  }
  const wrong = wrongOption(options)
  if (wrong !== null) {
    io.error(wrong)
    return 1
  }
  const progress = createProgress(io)
  const server = runningServer()
  try {
    const run = server ? await importThrough(server, options, progress) : await importHere(options, progress, io)
    progress.end()
    print(run, options.json, io)
    return run.status === 'done' ? 0 : 1
  } catch (error) {
    progress.end()
    const found = problemOf(error)
    io.error(
      found
        ? `${found.detail.en}${found.fix ? `\nfix: ${found.fix.en}` : ''}`
        : error instanceof Error
          ? error.message
          : String(error),
    )
    return 1
  }
}

const choices = {
  encoding: ['auto', 'utf-8', 'gb18030', 'utf-16le'],
  format: ['csv', 'tsv', 'ndjson', 'parquet'],
} as const

function wrongOption(options: ImportOptions): string | null {
  if (!existsSync(options.file ?? '')) return `there is no file ${options.file}`
  for (const name of ['encoding', 'format'] as const) {
    const value = options[name]
    const allowed: readonly string[] = choices[name]
    if (value !== undefined && !allowed.includes(value))
      return `--${name} = ${JSON.stringify(value)}: write one of ${allowed.join(', ')}`
  }
  if (options.delimiter !== undefined && options.delimiter.length !== 1)
    return `--delimiter = ${JSON.stringify(options.delimiter)}: write one character, such as ';'`
  return null
}

async function importHere(options: ImportOptions, progress: Progress, io: CommandIo): Promise<ImportRun> {
  const app = await openApp({ folder: dataFolder(), log: io.error })
  try {
    const run = await runImport(app, {
      recipe: options.recipe ?? '',
      path: options.file ?? '',
      by: 'operator',
      recipesFolder,
      options,
      onProgress: progress.show,
    })
    if (run.status === 'done') {
      io.error('writing consequences, cases and facts…')
      await app.settled()
    }
    return run
  } finally {
    await app.close()
  }
}

interface Server {
  readonly url: string
  readonly token: string
}

/** The server that holds the data folder, or null. */
export function runningServer(folder = dataFolder()): Server | null {
  const file = join(folder, 'server.json')
  if (!existsSync(file)) return null
  const { url, token, pid } = JSON.parse(readFileSync(file, 'utf8')) as Server & { pid: number }
  try {
    process.kill(pid, 0)
    return { url, token }
  } catch {
    return null
  }
}

async function importThrough(server: Server, options: ImportOptions, progress: Progress): Promise<ImportRun> {
  const headers = { authorization: `Bearer ${server.token}` }
  const query = new URLSearchParams({
    recipe: options.recipe ?? '',
    name: basename(options.file ?? ''),
    ...Object.fromEntries(
      Object.entries({ delimiter: options.delimiter, encoding: options.encoding, format: options.format }).filter(
        ([, value]) => value !== undefined,
      ) as [string, string][],
    ),
  })
  const body = await bytesOf(options)
  const started = await fetch(`${server.url}/v1/imports?${query}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/octet-stream' },
    body: Readable.toWeb(body) as ReadableStream,
    duplex: 'half',
  } as RequestInit)
  const first = (await started.json()) as ImportRun & { detail?: { en: string } }
  if (!started.ok) throw new Error(first.detail?.en ?? `the server answered ${started.status}`)
  let run: ImportRun = first
  while (run.status === 'running') {
    progress.show(run)
    await new Promise((resolve) => setTimeout(resolve, 500))
    run = (await (await fetch(`${server.url}/v1/imports/${first.import_id}`, { headers })).json()) as ImportRun
  }
  return run
}

/** What goes to the server: the file, or the files of a folder as lines. */
async function bytesOf({ recipe = '', file = '' }: ImportOptions): Promise<Readable> {
  if (!statSync(file).isDirectory()) return createReadStream(file)
  const lines = await folderLines(await loadRecipe(recipesFolder, recipe), file)
  if (lines === null) throw new Error(`${file} is a folder; name one file in it`)
  return Readable.from(lines, { objectMode: false })
}

interface Progress {
  show(run: ImportRun): void
  end(): void
}

function createProgress(io: CommandIo): Progress {
  let last = 0
  let shown = false
  return {
    show(run) {
      const now = Date.now()
      if (now - last < (process.stderr.isTTY ? 100 : 2000)) return
      last = now
      shown = true
      const bar = '█'.repeat(Math.round(run.progress * 24)).padEnd(24, '░')
      const line = `${bar} ${String(Math.round(run.progress * 100)).padStart(3)} %  ${run.rows_read.toLocaleString('en')} rows  ${run.accepted.toLocaleString('en')} events`
      if (process.stderr.isTTY) process.stderr.write(`\r${line} `)
      else io.error(line)
    },
    end() {
      if (shown && process.stderr.isTTY) process.stderr.write('\n')
    },
  }
}

function print(run: ImportRun, json: boolean, io: CommandIo): void {
  if (json) {
    io.write(JSON.stringify(run))
    return
  }
  if (run.error) {
    io.error(`not imported: ${run.error.en}`)
    return
  }
  const number = (value: number) => value.toLocaleString('en').padStart(10)
  io.write(`rows read            ${number(run.rows_read)}`)
  if (run.rows_after_steps !== run.rows_read) io.write(`rows after cleaning  ${number(run.rows_after_steps)}`)
  io.write(`events accepted      ${number(run.accepted)}`)
  io.write(`duplicates skipped   ${number(run.duplicates)}`)
  if (run.conflicts > 0) io.write(`conflicts refused    ${number(run.conflicts)}`)
  io.write(`quarantined          ${number(run.quarantined.reduce((sum, item) => sum + item.count, 0))}`)
  for (const { reason, count } of run.quarantined) io.write(`  ${number(count).trim().padStart(8)}  ${reason.en}`)
  for (const [list, count] of Object.entries(run.list_entries))
    io.write(`list ${list}: ${count.toLocaleString('en')} entries`)
  if (run.labels > 0) io.write(`labels kept          ${number(run.labels)}`)
  if (run.decisions.length > 0)
    io.write(
      `decisions by verdict   ${run.decisions.map(({ verdict, count }) => `${verdict} ${count.toLocaleString('en')}`).join(' · ')}`,
    )
  for (const { strategy, count } of run.strategies.slice(0, 12))
    io.write(`  ${number(count).trim().padStart(8)}  ${strategy}`)
  if (run.strategies.length > 12) io.write(`            … and ${run.strategies.length - 12} more strategies`)
  io.write(`${run.events_per_second.toLocaleString('en')} events/s (${run.seconds.toFixed(1)} s)`)
}
