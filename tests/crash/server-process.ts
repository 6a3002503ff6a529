import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Call, caller, testPacks } from '../server/harness.ts'

const child = join(import.meta.dirname, 'server-child.ts')

export interface Running {
  readonly process: ChildProcess
  readonly call: Call
  readonly token: string
  readonly output: () => string
  /** Ends it and waits until it is gone. */
  end(signal?: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

export interface StartOptions {
  readonly packs?: string
  /** A shell line in front, such as limits; `exec "$@"` runs the server. */
  readonly shell?: string
}

/** Starts the real server as a process of its own and waits until it answers. @throws Error with its output when it ends instead. */
export async function startServer(folder: string, { packs = testPacks, shell }: StartOptions = {}): Promise<Running> {
  rmSync(join(folder, 'server.json'), { force: true })
  const args = [process.execPath, '--disable-warning=ExperimentalWarning', child, folder, packs]
  const [command = '', ...rest] = shell === undefined ? args : ['sh', '-c', shell, 'sh', ...args]
  const server = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const keep = (piece: Buffer) => {
    output += piece
  }
  for (const stream of [server.stdout, server.stderr]) stream.on('data', keep)
  const gone = once(server, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  const ended = gone.then(() => 'ended' as const)
  for (;;) {
    const state = await Promise.race([ended, new Promise<'wait'>((resolve) => setTimeout(() => resolve('wait'), 20))])
    if (state === 'ended') throw new Error(output)
    const ready = readReady(folder)
    if (ready !== null && ready.pid === server.pid && output.includes('ready after'))
      return {
        process: server,
        call: caller(ready.url),
        token: ready.token,
        output: () => output,
        async end(signal = 'SIGTERM') {
          server.kill(signal)
          const [code, by] = await gone
          return { code, signal: by }
        },
      }
  }
}

function readReady(folder: string): { url: string; pid: number; token: string } | null {
  const file = join(folder, 'server.json')
  if (!existsSync(file)) return null
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as { url: string; pid: number; token: string }
  } catch {
    return null
  }
}
