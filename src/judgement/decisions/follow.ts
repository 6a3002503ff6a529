import type { Entry } from '../../perception/journal/index.ts'
import type { CloudEvent } from '../../vocabulary/events/index.ts'
import type { Decision } from './model.ts'

/** One journal entry, read back. */
export interface Decided {
  readonly position: number
  readonly next: number
  readonly loggedAt: number
  readonly event: CloudEvent
  readonly decision: Decision
}

export interface FollowInput {
  read(from: number): Promise<readonly Entry[]>
  /** Where this consumer stands; it keeps its own cursor, in the transaction of its effects. */
  start(): Promise<number>
  apply(batch: readonly Decided[], next: number): Promise<void>
  /** Called when a batch fails; the same batch is tried again after a pause. */
  failed(error: unknown): void
}

/** Follows the journal: every entry is applied in order, each exactly once because cursor and effects commit together. */
export function followJournal({ read, start, apply, failed }: FollowInput) {
  let position: number | null = null
  let running: Promise<void> | null = null
  let again = false
  let stopped = false

  async function drain(): Promise<void> {
    let from: number = position ?? (await start())
    while (!stopped) {
      const entries = await read(from)
      if (entries.length === 0) return
      const next: number = entries.at(-1)?.next ?? from
      await apply(entries.map(decode), next)
      from = next
      position = next
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  async function run(): Promise<void> {
    do {
      again = false
      try {
        await drain()
      } catch (error) {
        failed(error)
        position = null
        again = true
        await new Promise((resolve) => setTimeout(resolve, 500).unref())
      }
    } while (again && !stopped)
    running = null
  }

  function wake(): Promise<void> {
    again = true
    running ??= run()
    return running
  }

  return {
    /** Applies whatever is there; resolves when the end of the journal is reached. */
    wake,
    async stop(): Promise<void> {
      stopped = true
      await running
    },
    position: () => position ?? 0,
  }
}

/** Reads an entry back. Event and decision are parsed when they are first asked for: most consumers skip most entries. */
export function decode(entry: Entry): Decided {
  let event: CloudEvent | undefined
  let decision: Decision | undefined
  const parsed = (index: number) => JSON.parse(entry.records[index]?.bytes.toString('utf8') ?? 'null') as unknown
  return {
    position: entry.position,
    next: entry.next,
    loggedAt: entry.loggedAt,
    get event() {
      event ??= parsed(0) as CloudEvent
      return event
    },
    get decision() {
      decision ??= parsed(1) as Decision
      return decision
    },
  }
}
