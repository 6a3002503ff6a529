/** One piece of work that is due. `key` says what it is: two of one key never run at once, and a key that failed waits. */
export interface DueJob {
  readonly key: string
  run(): Promise<void>
}

export interface RunnerInput {
  /**
   * What is due at `now`, in the order in which it is to run. Where each job stands is the asker's to keep, in the
   * transaction of the job's effects: a runner that starts again finds what was missed, once.
   */
  due(now: number): Promise<readonly DueJob[]>
  /** The clock, in microseconds since 1970 UTC. */
  now(): number
  readonly everyMs: number
  failed(key: string, error: unknown): void
  /** Microseconds that a key waits after its first failure; each further one doubles it. */
  readonly backoff?: number
  readonly longestBackoff?: number
}

export interface Runner {
  start(): void
  /** Runs all that is due, one after the other; resolves when it is done. Whoever asks meanwhile waits for the same. */
  tick(now?: number): Promise<void>
  /** Takes nothing new and waits for what runs. */
  stop(): Promise<void>
}

/** Runs due work from one place, one job at a time, with backoff for what fails. */
export function createRunner(input: RunnerInput): Runner {
  const { backoff = 30_000_000, longestBackoff = 3_600_000_000 } = input
  const waiting = new Map<string, { until: number; failures: number }>()
  let running: Promise<void> | null = null
  let timer: NodeJS.Timeout | null = null
  let stopped = false

  async function runAll(now: number): Promise<void> {
    for (const job of await input.due(now)) {
      if (stopped) return
      const held = waiting.get(job.key)
      if (held && held.until > now) continue
      try {
        await job.run()
        waiting.delete(job.key)
      } catch (error) {
        const failures = (held?.failures ?? 0) + 1
        waiting.set(job.key, { failures, until: now + Math.min(longestBackoff, backoff * 2 ** (failures - 1)) })
        input.failed(job.key, error)
      }
    }
  }

  function tick(now = input.now()): Promise<void> {
    if (stopped) return running ?? Promise.resolve()
    running ??= runAll(now)
      .catch((error: unknown) => input.failed('due', error))
      .finally(() => {
        running = null
      })
    return running
  }

  return {
    tick,
    start() {
      timer ??= setInterval(() => void tick(), input.everyMs)
      timer.unref()
    },
    async stop() {
      stopped = true
      if (timer) clearInterval(timer)
      await running
    },
  }
}
