import { type ChildProcess, fork } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Found, SweepRequest } from '../../judgement/backtest/index.ts'
import { type Problem, problem } from '../../kernel/problems.ts'
import type { FromFacts, QueryOptions, QueryResult, ToFacts } from './protocol.ts'

/** The facts as the rest of the program sees them. */
export interface Facts {
  /** Tells that the journal or the ledger has grown. */
  wake(): void
  query(sql: string, options?: Partial<QueryOptions>): Promise<QueryResult>
  /** A trial in one pass over the facts. */
  sweep(request: SweepRequest, timeoutMs: number): Promise<Found>
  /** Our own query as objects; `$1…` are bound. */
  rows(sql: string, params?: readonly (string | number | boolean | null)[]): Promise<Record<string, unknown>[]>
  /** Resolves when everything up to here is in the facts; after `timeoutMs` anyway, with false. */
  caughtUp(at: { position?: number; seq?: number }, timeoutMs?: number): Promise<boolean>
  progress(): { position: number; seq: number }
  /** Process id of the facts; null while they start again. */
  processId(): number | null
  close(): Promise<void>
}

export interface FactsOptions {
  readonly folder: string
  /** DuckDB's own limit for all queries. */
  readonly memoryLimit?: string
  /** Bytes of the whole process above which it is killed: some calls escape DuckDB's limit. */
  readonly processBytes?: number
  readonly log: (message: string) => void
}

interface Waiting {
  readonly query: Extract<ToFacts, { kind: 'query' | 'sweep' }>
  readonly resolve: (result: QueryResult | Found) => void
  readonly reject: (error: unknown) => void
  deadline: NodeJS.Timeout | null
  state: 'held' | 'sent' | 'expired'
  /** How often it went down with the process. */
  falls: number
}

/** Grace after the time limit before the process is killed: an interrupt does not reach into one long scalar call. */
const graceMs = 2000

/**
 * Starts the process that holds the facts and keeps it running: when a query has to be killed, a new process goes on
 * at the cursor and nothing is lost.
 * @throws Error naming the file and how to rebuild when the store file is damaged.
 */
export async function startFacts({
  folder,
  memoryLimit = '2GB',
  processBytes = 6 * 2 ** 30,
  log,
}: FactsOptions): Promise<Facts> {
  const waiting = new Map<number, Waiting>()
  const listeners = new Set<() => void>()
  let progress = { position: 0, seq: 0 }
  let nextId = 1
  let closing = false
  let killedFor: 'time' | 'memory' | null = null
  let child: ChildProcess | null = null
  child = await launch()

  function launch(): Promise<ChildProcess> {
    return new Promise((resolve, reject) => {
      const started = fork(fileURLToPath(new URL('./worker.ts', import.meta.url)), [folder, memoryLimit], {
        serialization: 'advanced',
        execArgv: ['--disable-warning=ExperimentalWarning'],
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      })
      started.on('message', (message: FromFacts) => {
        if (message.kind === 'ready') resolve(started)
        if (message.kind === 'failed') reject(new Error(damaged(folder, message.message)))
        receive(message)
      })
      // A message to a process that just died: its end is what counts, and it is told by `exit`.
      started.on('error', reject)
      started.on('exit', (code, signal) => {
        reject(new Error(damaged(folder, `its process ended (${signal ?? code}) before it was ready`)))
        if (child === started) ended(signal ?? String(code))
      })
    })
  }

  function receive(message: FromFacts): void {
    if (message.kind === 'ready' || message.kind === 'progress') {
      progress = { position: message.position, seq: message.seq }
      for (const listener of listeners) listener()
    } else if (message.kind === 'result') take(message.id)?.resolve(message.result)
    else if (message.kind === 'swept') take(message.id)?.resolve(message.found)
    else if (message.kind === 'refused') take(message.id)?.reject(problem(message.problem))
  }

  function take(id: number): Waiting | undefined {
    const found = waiting.get(id)
    if (found?.deadline) clearTimeout(found.deadline)
    waiting.delete(id)
    return found
  }

  /** The process died under its queries. Queries only read: those that are not to blame are asked again, once. */
  function ended(reason: string): void {
    child = null
    const cause = killedFor
    killedFor = null
    if (closing) return
    log(`facts: the process ended (${cause ?? reason}); starting it again`)
    for (const [id, entry] of waiting) {
      const innocent =
        entry.state === 'held' || (entry.state === 'sent' && (cause === 'time' || entry.query.options.trusted))
      if (innocent && entry.falls === 0) {
        entry.state = 'held'
        entry.falls++
      } else take(id)?.reject(problem(cause === 'memory' ? outgrown : killed))
    }
    relaunch(100)
  }

  function relaunch(waitMs: number): void {
    launch().then(
      (started) => {
        if (closing) return void started.kill('SIGKILL')
        child = started
        for (const entry of waiting.values()) deliver(entry)
      },
      (error) => {
        log(`facts: ${error instanceof Error ? error.message : error}`)
        if (!closing) setTimeout(() => relaunch(Math.min(waitMs * 2, 10_000)), waitMs).unref()
      },
    )
  }

  function kill(reason: 'time' | 'memory'): void {
    killedFor ??= reason
    child?.kill('SIGKILL')
  }

  function send(message: ToFacts): void {
    if (child?.connected) child.send(message, () => undefined)
  }

  function deliver(entry: Waiting): void {
    if (!child?.connected) return
    entry.state = 'sent'
    child.send(entry.query, () => undefined)
  }

  function expire(id: number): void {
    const entry = waiting.get(id)
    if (!entry) return
    if (entry.state === 'held') {
      take(id)?.reject(problem(starting))
      return
    }
    entry.state = 'expired'
    send({ kind: 'cancel', id })
    entry.deadline = setTimeout(() => kill('time'), graceMs)
  }

  const watch = setInterval(() => {
    if (waiting.size > 0 && residentBytes(child?.pid) > processBytes) kill('memory')
  }, 250).unref()

  function ask(query: Waiting['query']): Promise<QueryResult | Found> {
    return new Promise((resolve, reject) => {
      const entry: Waiting = {
        ...{ query, resolve, reject },
        deadline: setTimeout(() => expire(query.id), query.options.timeoutMs),
        state: 'held',
        falls: 0,
      }
      waiting.set(query.id, entry)
      deliver(entry)
    })
  }

  async function query(sql: string, options: Partial<QueryOptions> = {}): Promise<QueryResult> {
    const full: QueryOptions = { limit: 1000, timeoutMs: 30_000, trusted: false, ...options }
    return (await ask({ kind: 'query', id: nextId++, sql, options: full })) as QueryResult
  }

  return {
    wake: () => send({ kind: 'follow' }),
    query,
    async sweep(request, timeoutMs) {
      const options: QueryOptions = { limit: 0, timeoutMs, trusted: true }
      return (await ask({ kind: 'sweep', id: nextId++, request, options })) as Found
    },
    async rows(sql, params) {
      const { columns, rows } = await query(sql, {
        trusted: true,
        limit: 100_000,
        timeoutMs: 60_000,
        ...(params ? { params } : {}),
      })
      return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column.name, row[index]])))
    },
    caughtUp({ position = 0, seq = 0 }, timeoutMs = 5000) {
      const there = () => progress.position >= position && progress.seq >= seq
      if (there()) return Promise.resolve(true)
      send({ kind: 'follow' })
      return new Promise((resolve) => {
        const done = (answer: boolean) => {
          clearTimeout(timer)
          listeners.delete(check)
          resolve(answer)
        }
        const check = () => there() && done(true)
        const timer = setTimeout(() => done(false), timeoutMs)
        listeners.add(check)
      })
    },
    progress: () => progress,
    processId: () => child?.pid ?? null,
    async close() {
      closing = true
      clearInterval(watch)
      for (const id of [...waiting.keys()]) take(id)?.reject(problem(starting))
      const last = child
      if (last === null || last.exitCode !== null || last.signalCode !== null) return
      const gone = new Promise<void>((resolve) => last.once('exit', () => resolve()))
      send({ kind: 'stop' })
      const timer = setTimeout(() => last.kill('SIGKILL'), 5000)
      await gone
      clearTimeout(timer)
    },
  }
}

const killed: Problem = {
  code: 'sql_timeout',
  detail: { zh: '查询无法中断，已强制停止', en: 'The query could not be interrupted and was killed' },
  fix: { zh: '缩小查询', en: 'Make the query smaller' },
}

const outgrown: Problem = {
  code: 'sql_memory',
  detail: { zh: '查询占用的内存超过上限，已停止', en: 'The query outgrew the memory limit and was killed' },
  fix: { zh: '缩小查询', en: 'Make the query smaller' },
}

const starting: Problem = {
  code: 'store_unavailable',
  detail: { zh: '事实库正在重启，请稍后再试', en: 'The facts are starting again; try again in a moment' },
}

function damaged(folder: string, reason: string): string {
  return `the facts store ${folder}/facts.duckdb cannot be opened: ${reason}. The journal is the truth: stop Aedile and run "npm run aedile -- facts rebuild" to make the facts anew.`
}

function residentBytes(pid: number | undefined): number {
  const file = `/proc/${pid}/statm`
  if (pid === undefined || !existsSync(file)) return 0
  try {
    return Number(readFileSync(file, 'utf8').split(' ')[1]) * 4096
  } catch {
    return 0
  }
}
