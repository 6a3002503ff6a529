// The process that holds the facts: one DuckDB file, filled from the journal and the ledger's news, read by queries.
// It is a process of its own so that a query which cannot be interrupted can be killed without losing anything.
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import {
  analystSchema,
  analystViewSql,
  createFactMapper,
  createTableSql,
  type FactRow,
  type FactTable,
} from '../../insight/warehouse/index.ts'
import { decode } from '../../judgement/decisions/index.ts'
import type { NewsTable } from '../../kernel/database.ts'
import { problemOf } from '../../kernel/problems.ts'
import { createReader } from '../../perception/journal/index.ts'
import { coreEventTypes } from '../../vocabulary/events/index.ts'
import { openFiles } from '../files.ts'
import { giveWay } from '../give-way.ts'
import { readSalt } from '../personal.ts'
import { openSqlite } from '../sqlite.ts'
import type { FromFacts, ToFacts } from './protocol.ts'
import { createQueries } from './queries.ts'
import { createSweeps } from './sweeps.ts'
import { appendRows } from './writer.ts'

const [folder = '', memoryLimit = '2GB', extraTypes = '[]'] = process.argv.slice(2)
const batchEntries = 4096
giveWay()
const send = (message: FromFacts) => void process.send?.(message)

/** Tells why the store cannot be used and ends; the message is on its way before the process goes. */
function fail(error: unknown): Promise<never> {
  const message = error instanceof Error ? error.message : String(error)
  const failed: FromFacts = { kind: 'failed', code: 'facts_corrupt', message }
  return new Promise(() => process.send?.(failed, () => process.exit(3)))
}

function open(): Promise<DuckDBInstance> {
  return DuckDBInstance.create(join(folder, 'facts.duckdb'), {
    enable_external_access: 'false',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    memory_limit: memoryLimit,
    // What a query spills may not eat the disk that the journal needs.
    max_temp_directory_size: '2GB',
    threads: '2',
    preserve_insertion_order: 'false',
  })
}

const types = [...coreEventTypes, ...(JSON.parse(extraTypes) as typeof coreEventTypes)]
const mapper = createFactMapper(types)
const { instance, writing, queries, sweeps } = await start().catch(fail)

async function start() {
  const instance = await open()
  const writing = await instance.connect()
  await prepare(writing)
  const queries = await createQueries(instance, send)
  const sweeps = await createSweeps(instance, send)
  await writing.run('SET lock_configuration = true')
  return { instance, writing, queries, sweeps }
}

async function prepare(connection: DuckDBConnection): Promise<void> {
  await connection.run("SET TimeZone = 'UTC'")
  for (const table of mapper.tables) {
    await connection.run(createTableSql(table))
    const known = await connection.runAndReadAll(
      `SELECT column_name FROM information_schema.columns WHERE table_name = '${table.name}'`,
    )
    const names = new Set(known.getRows().map(([name]) => String(name)))
    for (const column of table.columns)
      if (!names.has(column.name))
        await connection.run(`ALTER TABLE "${table.name}" ADD COLUMN "${column.name}" ${column.type}`)
  }
  await connection.run('CREATE TABLE IF NOT EXISTS followed (feed VARCHAR PRIMARY KEY, upto BIGINT)')
  const salt = readSalt(folder)
  await connection.run(`CREATE SCHEMA IF NOT EXISTS ${analystSchema}`)
  for (const table of mapper.tables) await connection.run(analystViewSql(table, salt))
}

async function upto(feed: string): Promise<number> {
  const rows = await writing.runAndReadAll(`SELECT upto FROM followed WHERE feed = '${feed}'`)
  return Number(rows.getRows()[0]?.[0] ?? 0)
}

/** Rows and cursor commit together, so each arrives exactly once, also after a crash at any point. */
async function commit(feed: string, next: number, tables: readonly [FactTable, readonly FactRow[]][]): Promise<void> {
  await writing.run('BEGIN TRANSACTION')
  try {
    for (const [table, rows] of tables) await appendRows(writing, table, rows)
    await writing.run(`INSERT OR REPLACE INTO followed VALUES ('${feed}', ${next})`)
    await writing.run('COMMIT')
  } catch (error) {
    await writing.run('ROLLBACK').catch(() => undefined)
    throw error
  }
}

const journal = createReader(openFiles(), join(folder, 'journal'))
const state = openSqlite<NewsTable>(join(folder, 'state.sqlite'), { readOnly: true })
const tableOf = (name: string): FactTable => {
  const found = mapper.tables.find((table) => table.name === name)
  if (!found) throw new Error(`no fact table ${name}`)
  return found
}
let position = await upto('journal').catch(fail)
let seq = await upto('news').catch(fail)

async function followJournal(): Promise<boolean> {
  journal.durable()
  const entries = await journal.read(position, { limit: batchEntries, maxBytes: 16 << 20 })
  if (entries.length === 0) return false
  const next = entries.at(-1)?.next ?? position
  const rows = mapper.fromJournal(entries.map(decode))
  await commit('journal', next, [
    [tableOf('events'), rows.events],
    [tableOf('decisions'), rows.decisions],
    [tableOf('findings'), rows.findings],
  ])
  position = next
  return true
}

async function followNews(): Promise<boolean> {
  const news = await state.db
    .selectFrom('news')
    .selectAll()
    .where('seq', '>', seq)
    .orderBy('seq')
    .limit(batchEntries)
    .execute()
  if (news.length === 0) return false
  const rows = new Map<FactTable, FactRow[]>()
  for (const item of news) {
    const found = mapper.fromNews(item.kind, item.row)
    if (!found) continue
    const known = rows.get(found.table)
    if (known) known.push(found.row)
    else rows.set(found.table, [found.row])
  }
  const next = Number(news.at(-1)?.seq ?? seq)
  await commit('news', next, [...rows])
  seq = next
  return true
}

let running = false
let again = false

async function follow(): Promise<void> {
  again = true
  if (running) return
  running = true
  try {
    while (again) {
      again = false
      const moved = [await followJournal(), await followNews()]
      if (moved.includes(true)) {
        again = true
        send({ kind: 'progress', position, seq })
      }
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    console.error(`facts: ${message}; trying again`)
    // DuckDB takes nothing more after a fatal error, such as a full disk in the middle of a commit: only a new process does.
    if (/invalidated|fatal error/i.test(message)) process.exit(4)
    setTimeout(() => void follow(), 1000)
  } finally {
    running = false
  }
}

async function stop(): Promise<void> {
  queries.close()
  sweeps.close()
  while (running) await new Promise((resolve) => setTimeout(resolve, 20))
  writing.closeSync()
  instance.closeSync()
  state.close()
  process.exit(0)
}

process.on('message', (message: ToFacts) => {
  if (message.kind === 'follow') void follow()
  else if (message.kind === 'query') void queries.run(message)
  else if (message.kind === 'sweep') sweeps.run(message)
  else if (message.kind === 'cancel') {
    queries.cancel(message.id)
    sweeps.cancel(message.id)
  } else void stop()
})
process.on('disconnect', () => process.exit(0))
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined)
process.on('unhandledRejection', (error) => {
  const found = problemOf(error)
  console.error(`facts: ${found?.detail.en ?? (error instanceof Error ? error.stack : error)}`)
})
send({ kind: 'ready', position, seq })
void follow()
