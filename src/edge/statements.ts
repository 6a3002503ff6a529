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
import type { Journal } from '../perception/journal/index.ts'
import { type CaseTables, caseStore } from '../review/cases/index.ts'

export interface StatementsOpening {
  readonly db: Db<CaseTables & StatementTables & ActionTables>
  readonly journal: Journal
  readonly enforcement: Enforcement
  readonly rules: () => Rules
  readonly entryAt: (position: number) => Promise<Decided>
  readonly log: (message: string) => void
  /** Where statements are sent; null = nowhere. */
  readonly database: { readonly url: string; readonly token: string } | null
}

/** Statements of reasons with their consumers and, where it is configured, their sender. */
export interface OpenStatements {
  readonly statements: Statements
  wake(): Promise<void>
  stop(): Promise<void>
}

/** `AEDILE_DSA_URL` and `AEDILE_DSA_TOKEN`; null unless both are set. */
export function transparencyDatabase(env: NodeJS.ProcessEnv = process.env): { url: string; token: string } | null {
  const [url, token] = [env['AEDILE_DSA_URL'], env['AEDILE_DSA_TOKEN']]
  return url && token ? { url, token } : null
}

const sendEveryMs = 5000

export function openStatements({
  db,
  journal,
  enforcement,
  rules,
  entryAt,
  log,
  database,
}: StatementsOpening): OpenStatements {
  const behind = async (action: { cause: string; position?: number | null }): Promise<Decided | null> => {
    if (action.position !== undefined && action.position !== null) return entryAt(action.position)
    const event = await caseStore.caseEvent(part(db), action.cause)
    const found = event
      ? await db.selectFrom('cases').select('position').where('case_id', '=', event.case_id).executeTakeFirst()
      : undefined
    return found ? entryAt(found.position) : null
  }
  const statements = createStatements({ db: part(db), policy: () => rules().policy, behind })
  const failed = (error: unknown) =>
    log(`statements: ${error instanceof Error ? (error.stack ?? error.message) : error}`)
  const stating = followJournal({
    // Only what enforcement has carried out: its actions are what statements are about.
    async read(from) {
      const done = await enforcement.applied()
      return from >= done
        ? []
        : (await journal.read(from, { limit: 2000, maxBytes: 8 << 20 })).filter((entry) => entry.next <= done)
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
  const sender = database ? createSender({ ...database, db: part(db), request: fetch, log }) : null
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
    statements,
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
