import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type ReplayReport, replay, timeOf } from '../../judgement/backtest/index.ts'
import { createReader, type Entry, type Reader } from '../../perception/journal/index.ts'
import { coreEventTypes } from '../../vocabulary/events/index.ts'
import { openDuck } from '../duckdb.ts'
import { openFiles } from '../files.ts'
import { createKeptEngines } from '../pack-store.ts'
import { dataFolder } from '../serve.ts'
import { openSqlite } from '../sqlite.ts'
import type { CommandIo } from './command.ts'
import { callOperation, runningServer } from './local.ts'

export interface ReplayOptions {
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly json?: boolean | undefined
}

/** `replay`: decides every stored decision of a time again. Exit code 0 = no difference, 2 = differences. */
export async function runReplay(options: ReplayOptions, io: CommandIo): Promise<number> {
  const { from, to } = options
  const asked = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
  const report = (await runningServer())
    ? ((await callOperation({ name: 'replay.run', path: '/v1/replay', input: asked })) as unknown as ReplayReport)
    : await replayFolder(options)
  if (options.json) io.write(JSON.stringify(report))
  else for (const line of readable(report)) io.write(line)
  return report.differences > 0 ? 2 : 0
}

/** Reads a stopped data folder; nothing is written. */
async function replayFolder({ from, to }: ReplayOptions): Promise<ReplayReport> {
  const folder = dataFolder()
  if (!existsSync(join(folder, 'journal')))
    throw new Error(`there is no journal in ${folder}: set AEDILE_DATA to the data folder`)
  const reader = createReader(openFiles(), join(folder, 'journal'))
  const duck = await openDuck()
  try {
    const types = new Map(coreEventTypes.map((type) => [type.type, type]))
    return await replay({
      from: timeOf('--from', from),
      to: timeOf('--to', to),
      batches: batchesOf(reader),
      types,
      engineFor: createKeptEngines(folder, duck.parse),
      running: null,
      forgotten: readForgotten(folder),
    })
  } finally {
    reader.close()
    duck.close()
  }
}

/** Positions of erased entries, from a store that may be older than erasing. */
function readForgotten(folder: string): ReadonlySet<number> {
  const { raw, close } = openSqlite(join(folder, 'state.sqlite'), { readOnly: true })
  try {
    const known = raw.prepare("SELECT 1 FROM sqlite_master WHERE name = 'forgotten'").get()
    const rows = known ? raw.prepare('SELECT position FROM forgotten').all() : []
    return new Set(rows.map((row) => Number(row['position'])))
  } finally {
    close()
  }
}

async function* batchesOf(reader: Reader): AsyncGenerator<Entry[]> {
  reader.durable()
  for (let from = 0; ; ) {
    const entries = await reader.read(from, { limit: 2000, maxBytes: 8 << 20 })
    if (entries.length === 0) return
    yield entries
    from = entries.at(-1)?.next ?? from
  }
}

function* readable(report: ReplayReport): Generator<string> {
  yield `${report.decisions} decisions, ${report.differences} differences  (${report.compared} compared in ${report.seconds.toFixed(1)} s)`
  if (report.forgotten > 0)
    yield `  ${report.forgotten} forgotten: their personal data was erased, so they are not compared`
  for (const version of report.versions) {
    const state = version.missing === null ? `${version.compared} compared` : `not compared: ${version.missing}`
    yield `  ${version.decisions} by ${version.engine}${version.running ? ' (running)' : ''}: ${state}`
  }
  for (const difference of report.listed) {
    yield `✗ ${difference.decision_id}  ${difference.event}`
    for (const [name, { stored, again }] of Object.entries(difference.parts))
      yield `    ${name}\n      - ${JSON.stringify(stored)}\n      + ${JSON.stringify(again)}`
  }
  if (report.differences > report.listed.length) yield `… ${report.differences - report.listed.length} more`
}
