import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Decoded, DecodeImage } from '../../perception/media/index.ts'
import { type DecodeJob, type DecodeReply, memoryExit } from './protocol.ts'

export interface DecoderLimits {
  /** One picture may take this long. */
  readonly timeMs: number
  /** The process may take this much, itself included. */
  readonly memoryMb: number
  /** So many pictures may wait. */
  readonly waiting: number
  /** The process ends when it has had nothing to do for so long. */
  readonly idleMs: number
}

const usual: DecoderLimits = { timeMs: 10_000, memoryMb: 768, waiting: 32, idleMs: 30_000 }

export interface Decoder {
  readonly decode: DecodeImage
  /** The process at work; null when none is. */
  pid(): number | null
  close(): void
}

interface Waiting {
  readonly bytes: Uint8Array
  readonly done: (decoded: Decoded) => void
}

/** Decodes images in a child process, one at a time. A picture that takes too long or too much costs that process, never this one. */
export function createDecoder(limits: Partial<DecoderLimits> = {}): Decoder {
  const { timeMs, memoryMb, waiting: most, idleMs } = { ...usual, ...limits }
  const queue: Waiting[] = []
  let child: ChildProcess | null = null
  let current: (Waiting & { readonly id: number; readonly timer: NodeJS.Timeout }) | null = null
  let idle: NodeJS.Timeout | null = null
  let jobs = 0

  function finish(decoded: Decoded): void {
    const job = current
    if (!job) return
    clearTimeout(job.timer)
    current = null
    job.done(decoded)
    next()
  }

  function stop(): void {
    const stopped = child
    child = null
    stopped?.removeAllListeners()
    stopped?.on('error', () => undefined)
    stopped?.kill('SIGKILL')
  }

  function start(): ChildProcess {
    const made = fork(fileURLToPath(new URL('./decode-worker.ts', import.meta.url)), [String(memoryMb)], {
      serialization: 'advanced',
      // Nothing of ours is in its environment: no token, no password.
      env: { NODE_NO_WARNINGS: '1' },
      execArgv: ['--max-old-space-size=256'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    made.on('message', (reply: DecodeReply) => {
      if (reply.id !== current?.id) return
      finish('rendition' in reply ? { rendition: reply.rendition } : { failure: reply.failure })
    })
    made.on('error', () => undefined)
    made.on('exit', (code) => {
      if (child !== made) return
      child = null
      // What ends the process by itself ends it again: the picture is what is wrong.
      finish({ failure: code === memoryExit ? 'memory' : 'broken' })
    })
    return made
  }

  function next(): void {
    if (current) return
    const job = queue.shift()
    if (!job) {
      if (child) idle = setTimeout(stop, idleMs).unref()
      return
    }
    if (idle) clearTimeout(idle)
    child ??= start()
    const id = ++jobs
    const timer = setTimeout(() => {
      stop()
      finish({ failure: 'time' })
    }, timeMs)
    current = { ...job, id, timer }
    child.send({ id, bytes: job.bytes } satisfies DecodeJob, (error) => {
      if (error && current?.id === id) finish({ failure: 'broken' })
    })
  }

  return {
    decode: (bytes) =>
      new Promise((done) => {
        if (queue.length >= most) return done({ failure: 'busy' })
        queue.push({ bytes, done })
        next()
      }),
    pid: () => child?.pid ?? null,
    close() {
      if (idle) clearTimeout(idle)
      stop()
      for (const job of queue.splice(0)) job.done({ failure: 'busy' })
      finish({ failure: 'busy' })
    },
  }
}
