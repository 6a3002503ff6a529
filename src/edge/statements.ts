import type { ActionTables, Enforcement, Rules } from '../enforcement/actions/index.ts'
import {
  createSender,
  createStatements,
  type Statements,
  type StatementTables,
} from '../enforcement/statements/index.ts'
import { type Decided, followJournal } from '../judgement/decisions/index.ts'
import { type Db, part } from '../kernel/database.ts'
import { nowMicros } from '../kernel/time.ts'
import type { Entry } from '../perception/journal/index.ts'
import { type CaseTables, caseStore } from '../review/cases/index.ts'
import { noticeBehind } from '../review/inbound/index.ts'

export interface StatementParts {
  readonly db: Db<CaseTables & StatementTables & ActionTables>
  readonly rules: () => Rules
  readonly entryAt: (position: number) => Promise<Decided>
}

export interface StatementsFollowing extends StatementParts {
  /** Durable entries from a position on. */
  read(from: number): Promise<readonly Entry[]>
  readonly enforcement: Enforcement
  readonly log: (message: string) => void
  /** Where statements are sent; null = nowhere. */
  readonly database: { readonly url: string; readonly token: string } | null
}

export type { StatementTables }

/** `AEDILE_DSA_URL` and `AEDILE_DSA_TOKEN`; null unless both are set. */
export function transparencyDatabase(env: NodeJS.ProcessEnv = process.env): { url: string; token: string } | null {
  const [url, token] = [env['AEDILE_DSA_URL'], env['AEDILE_DSA_TOKEN']]
  return url && token ? { url, token } : null
}

const sendEveryMs = 5000

/** Statements of reasons over the state store; what an action rests on is read back from the journal. */
export function openStatements({ db, rules, entryAt }: StatementParts): Statements {
  const behind = async (action: { cause: string; position?: number | null }): Promise<Decided | null> => {
    if (action.position !== undefined && action.position !== null) return entryAt(action.position)
    const event = await caseStore.caseEvent(part(db), action.cause)
    const found = event
      ? await db.selectFrom('cases').select('position').where('case_id', '=', event.case_id).executeTakeFirst()
      : undefined
    return found ? entryAt(found.position) : null
  }
  const noticed = async (action: { cause: string }) => {
    const event = await caseStore.caseEvent(part(db), action.cause)
    return event ? noticeBehind(part(db as never), event.case_id) : null
  }
  return createStatements({ db: part(db), policy: () => rules().policy, behind, noticed })
}

/** The consumers that write statements and, where it is configured, their sender. */
export function followStatements({ read, enforcement, log, database, ...parts }: StatementsFollowing): {
  wake(): Promise<void>
  stop(): Promise<void>
} {
  const statements = openStatements(parts)
  const failed = (error: unknown) =>
    log(`statements: ${error instanceof Error ? (error.stack ?? error.message) : error}`)
  const stating = followJournal({
    // Only what enforcement has carried out: its actions are what statements are about.
    async read(from) {
      const done = await enforcement.applied()
      return from >= done ? [] : (await read(from)).filter((entry) => entry.next <= done)
    },
    start: statements.applied,
    apply: statements.applyDecisions,
    failed,
  })
  let news: Promise<void> = Promise.resolve()
  let stopped = false
  const followNews = (): Promise<void> => {
    news = news.then(() => (stopped ? undefined : statements.followNews())).catch(failed)
    return news
  }
  const sender = database ? createSender({ ...database, db: part(parts.db), request: fetch, log }) : null
  let sending: Promise<void> = Promise.resolve()
  const send = async (): Promise<void> => {
    while (!stopped && (await sender?.sendOnce(nowMicros()))) await new Promise((resolve) => setImmediate(resolve))
  }
  const clock = setInterval(() => {
    // Also while a long import keeps the consumers before us busy.
    void stating.wake()
    void followNews()
    if (sender) sending = sending.then(send).catch(failed)
  }, sendEveryMs)
  return {
    async wake() {
      await Promise.all([stating.wake(), followNews()])
    },
    async stop() {
      stopped = true
      clearInterval(clock)
      await Promise.all([stating.stop(), news, sending])
    },
  }
}
