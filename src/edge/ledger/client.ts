import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { FloorRules } from '../floor-rules.ts'
import type { PositionsOf } from '../inbound.ts'
import type { PackRules } from '../rules.ts'
import type { FromLedger, ToLedger } from './protocol.ts'

/** The writer of the ledger as the rest of the program sees it. */
export interface LedgerWriter {
  /** Tells that the journal or the ledger has grown. */
  wake(): void
  /** Resolves when all that was durable at the call is in the ledger. */
  caughtUp(): Promise<void>
  /** Puts other packs in charge of consequences; resolves when they are. */
  putPacks(packs: readonly PackRules[]): Promise<void>
  /** Puts other queues in charge of where new cases wait; resolves when they are. */
  putQueues(queues: FloorRules): Promise<void>
  /** Calls when rows were added; returns how to stop. */
  onGrown(listener: () => void): () => void
  close(): Promise<void>
}

/** Durable news reaches the ledger this soon, many decisions at once. */
const gatherMs = 20
/** And this late when news keeps coming: every pass waits for the disk, and so does whoever decides meanwhile. */
const busyGatherMs = 250
const relaunchMs = 200

/** Starts the process that writes the ledger and keeps it running: a new one goes on at the cursors that the last one committed. */
export function startLedger({
  folder,
  log,
  positionsOf,
  clock,
}: {
  folder: string
  log: (message: string) => void
  /** Answers what the writer asks of the facts. */
  positionsOf: PositionsOf
  /** False = the passing of time changes nothing. */
  clock: boolean
}): LedgerWriter {
  const waiting = new Map<number, { message: ToLedger; resolve: () => void }>()
  const listeners = new Set<() => void>()
  let packs: readonly PackRules[] = []
  let queues: FloorRules | null = null
  let nextId = 1
  let closing = false
  let child = launch()
  let gathering: NodeJS.Timeout | null = null
  let lastWake = Number.NEGATIVE_INFINITY

  function launch(): ChildProcess {
    const started = fork(fileURLToPath(new URL('./worker.ts', import.meta.url)), [folder, clock ? 'clock' : 'still'], {
      serialization: 'advanced',
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    started.on('message', (message: FromLedger) => receive(message))
    started.on('error', (error) => log(`ledger: ${error.message}`))
    started.on('exit', (code, signal) => {
      if (closing || child !== started) return
      log(`ledger: its process ended (${signal ?? code}); starting it again`)
      setTimeout(relaunch, relaunchMs)
    })
    return started
  }

  function relaunch(): void {
    if (closing) return
    child = launch()
    post({ kind: 'packs', id: 0, packs })
    if (queues) post({ kind: 'queues', id: 0, queues })
    for (const { message } of waiting.values()) post(message)
  }

  function receive(message: FromLedger): void {
    if (message.kind === 'log') log(message.line)
    else if (message.kind === 'grown') for (const listener of listeners) listener()
    else if (message.kind === 'positions') {
      const answer = (found: readonly [string, number][] | null) => post({ kind: 'positions', id: message.id, found })
      if (closing) answer(null)
      else positionsOf(message.subjects, message.before).then(answer, () => answer(null))
    } else {
      waiting.get(message.id)?.resolve()
      waiting.delete(message.id)
    }
  }

  function post(message: ToLedger): void {
    if (child.connected) child.send(message, () => undefined)
  }

  function ask(make: (id: number) => ToLedger): Promise<void> {
    if (closing) return Promise.resolve()
    const message = make(nextId++)
    return new Promise((resolve) => {
      if (message.kind !== 'stop' && message.kind !== 'positions') waiting.set(message.id, { message, resolve })
      post(message)
    })
  }

  return {
    wake() {
      gathering ??= setTimeout(
        () => {
          gathering = null
          lastWake = performance.now()
          post({ kind: 'follow', id: 0 })
        },
        performance.now() - lastWake < 2 * busyGatherMs ? busyGatherMs : gatherMs,
      ).unref()
    },
    caughtUp: () => ask((id) => ({ kind: 'follow', id })),
    putPacks(next) {
      packs = next.map(({ header, policies, strategies, batch }) => ({ header, policies, strategies, batch }))
      return ask((id) => ({ kind: 'packs', id, packs }))
    },
    putQueues(next) {
      queues = next
      return ask((id) => ({ kind: 'queues', id, queues: next }))
    },
    onGrown(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async close() {
      closing = true
      if (gathering) clearTimeout(gathering)
      const last = child
      if (last.exitCode === null && last.signalCode === null) {
        const gone = new Promise<void>((resolve) => last.once('exit', () => resolve()))
        post({ kind: 'stop' })
        const timer = setTimeout(() => last.kill('SIGKILL'), 10_000)
        await gone
        clearTimeout(timer)
      }
      for (const { resolve } of waiting.values()) resolve()
      waiting.clear()
    },
  }
}
