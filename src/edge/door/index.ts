import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import {
  type Answered,
  type Asked,
  type DoorSettings,
  type FromDoor,
  gather,
  packAnswered,
  type ToDoor,
  unpackAsked,
} from './protocol.ts'

export type { Answered, Asked } from './protocol.ts'

/** What stands behind the door: a server that can listen on the path of a socket. */
export interface Inner {
  listen(options: { path: string }): Promise<unknown>
}

export interface Door {
  readonly url: string
  /** Takes no more requests, lets those that are under way be answered, and closes the port. */
  close(): Promise<void>
}

const reopenMs = 100
const longestCloseMs = 10_000

/**
 * Opens the port in a thread of its own. Decisions come from it many at a time, and their answers go back so; all other
 * requests it passes on to `inner`. A door that breaks is opened again on the same port.
 * @throws the error of the port, with its `code`, when it cannot be opened.
 */
export async function openDoor({
  inner,
  decide,
  folder,
  port,
  host,
  log,
}: {
  inner: Inner
  /** Never rejects. */
  decide: (asked: Asked) => Promise<Answered>
  /** The data folder, which is ours alone. */
  folder: string
  port: number
  host: string
  log: (message: string) => void
}): Promise<Door> {
  const path = innerPath(folder)
  if (!isPipe) rmSync(path, { force: true })
  await inner.listen({ path })
  const proxies = Number(process.env['AEDILE_PROXIES']) || 0
  let closing = false
  let worker: Worker

  const launch = (settings: DoorSettings): Promise<number> => {
    const started = new Worker(new URL('./worker.ts', import.meta.url), { workerData: settings })
    const answer = gather<Answered>((answers) =>
      started.postMessage({ kind: 'answers', answers: packAnswered(answers) } satisfies ToDoor),
    )
    worker = started
    return new Promise((resolve, reject) => {
      started.on('message', (message: FromDoor) => {
        if (message.kind === 'open') resolve(message.port)
        else if (message.kind === 'failed') {
          reject(Object.assign(new Error(message.message), { code: message.code }))
          // A thread without its port is of no use; one that was open before is tried again when this one is gone.
          void started.terminate()
        } else if (message.kind === 'asked')
          for (const asked of unpackAsked(message.asked)) void decide(asked).then(answer)
      })
      started.on('error', (error) => {
        log(`door: ${error.stack ?? error}`)
        reject(error)
      })
      started.on('exit', () => {
        if (closing || !isOpen || worker !== started) return
        log('door: its thread ended; opening it again')
        setTimeout(() => void (closing || launch({ ...settings, port: opened }).catch(() => undefined)), reopenMs)
      })
    })
  }

  async function shut(): Promise<void> {
    closing = true
    const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
    worker.postMessage({ kind: 'stop' } satisfies ToDoor)
    const timer = setTimeout(() => void worker.terminate(), longestCloseMs)
    await gone
    clearTimeout(timer)
    if (!isPipe) rmSync(path, { force: true })
  }

  let closed: Promise<void> | null = null
  let opened = port
  let isOpen = false
  opened = await launch({ port, host, inner: path, proxies })
  isOpen = true
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${opened}`,
    close: () => {
      closed ??= shut()
      return closed
    },
  }
}

const isPipe = process.platform === 'win32'
/** The path of a socket has room for little more on any system (unix(7)). */
const longestPath = 100

/** Only who owns the data folder may come in here: the addresses that the door forwards are believed. */
function innerPath(folder: string): string {
  const own = join(folder, 'door.sock')
  const name = `aedile-${crypto.randomUUID()}`
  if (isPipe) return `\\\\.\\pipe\\${name}`
  return own.length <= longestPath ? own : join(tmpdir(), `${name}.sock`)
}
