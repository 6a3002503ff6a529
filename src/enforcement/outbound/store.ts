import { type Db, insertOnly, type Schema, type Tx } from '../../kernel/database.ts'
import type { ActionRow, ActionTables } from '../actions/index.ts'

/** One version of an endpoint; the newest holds. Nothing of the secret is in it. */
export interface EndpointRow {
  change_id: string
  at: number
  endpoint_id: string
  title: string
  url: string
  /** Action kinds that are sent, as JSON; null = all. */
  kinds: string | null
  active: number
  cause: string
  actor: string
}

/** One attempt to call, or a person's order to try a dead letter again (`requeued`). */
export interface AttemptRow {
  attempt?: number | undefined
  at: number
  endpoint_id: string
  action_id: string
  /** Place of the action in the news. */
  seq: number
  outcome: 'sent' | 'failed' | 'dead' | 'requeued'
  /** HTTP status; null when there was no answer. */
  status: number | null
  detail: string
  actor: string
}

/** What waits to be sent. A convenience that can be rebuilt from actions and attempts. */
export interface QueuedRow {
  endpoint_id: string
  seq: number
  action_id: string
  subject: string
  failures: number
  next_at: number
}

export interface OutboundTables extends ActionTables {
  webhook_endpoints: EndpointRow
  /** Apart from everything that is read, recorded as news or exported. */
  webhook_secrets: { endpoint_id: string; at: number; secret: string }
  webhook_attempts: AttemptRow
  webhook_queue: QueuedRow
}

export type OutboundDb = Db<OutboundTables>
export type OutboundTx = Tx<OutboundTables>

export const outboundSchema: Schema = {
  room: 'outbound',
  statements: [
    'CREATE TABLE webhook_endpoints (change_id TEXT PRIMARY KEY, at REAL NOT NULL, endpoint_id TEXT NOT NULL, title TEXT NOT NULL, url TEXT NOT NULL, kinds TEXT, active INTEGER NOT NULL, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    'CREATE INDEX webhook_endpoints_id ON webhook_endpoints (endpoint_id)',
    ...insertOnly('webhook_endpoints'),
    'CREATE TABLE webhook_secrets (endpoint_id TEXT NOT NULL, at REAL NOT NULL, secret TEXT NOT NULL, PRIMARY KEY (endpoint_id, at))',
    'CREATE TABLE webhook_attempts (attempt INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, endpoint_id TEXT NOT NULL, action_id TEXT NOT NULL, seq INTEGER NOT NULL, outcome TEXT NOT NULL, status INTEGER, detail TEXT NOT NULL, actor TEXT NOT NULL)',
    'CREATE INDEX webhook_attempts_action ON webhook_attempts (action_id)',
    'CREATE INDEX webhook_attempts_endpoint ON webhook_attempts (endpoint_id, at)',
    ...insertOnly('webhook_attempts'),
    'CREATE TABLE webhook_queue (endpoint_id TEXT NOT NULL, seq INTEGER NOT NULL, action_id TEXT NOT NULL, subject TEXT NOT NULL, failures INTEGER NOT NULL, next_at REAL NOT NULL, PRIMARY KEY (endpoint_id, action_id))',
    'CREATE INDEX webhook_queue_subject ON webhook_queue (endpoint_id, subject, seq)',
  ],
}

/** The newest version of every endpoint, oldest endpoint first. */
export async function endpoints(db: OutboundDb | OutboundTx): Promise<EndpointRow[]> {
  const rows = await db.selectFrom('webhook_endpoints').selectAll().orderBy('at').orderBy('change_id').execute()
  return [...new Map(rows.map((row) => [row.endpoint_id, row])).values()]
}

export const secretOf = (db: OutboundDb, id: string) =>
  db
    .selectFrom('webhook_secrets')
    .select('secret')
    .where('endpoint_id', '=', id)
    .orderBy('at', 'desc')
    .limit(1)
    .executeTakeFirst()

export const lastNews = async (db: OutboundDb | OutboundTx): Promise<number> =>
  Number(
    (
      await db
        .selectFrom('news')
        .select((max) => max.fn.max('seq').as('seq'))
        .executeTakeFirst()
    )?.seq ?? 0,
  )

/** Actions among the news after `seq`, and how far this reading came. */
export async function newsAfter(
  db: OutboundDb | OutboundTx,
  seq: number,
  span: number,
): Promise<{ actions: { seq: number; action: ActionRow }[]; next: number }> {
  const rows = await db
    .selectFrom('news')
    .select(['seq', 'kind', 'row'])
    .where('seq', '>', seq)
    .orderBy('seq')
    .limit(span)
    .execute()
  return {
    actions: rows.flatMap((row) =>
      row.kind === 'actions' ? [{ seq: Number(row.seq), action: JSON.parse(row.row) as ActionRow }] : [],
    ),
    next: Number(rows.at(-1)?.seq ?? seq),
  }
}

export const enqueue = (tx: OutboundDb | OutboundTx, row: QueuedRow) =>
  tx
    .insertInto('webhook_queue')
    .values(row)
    .onConflict((on) => on.columns(['endpoint_id', 'action_id']).doNothing())
    .execute()

/** What is due: for every subject only the oldest that waits, so that nothing overtakes. */
export const dueCalls = (db: OutboundDb, { endpoint, now, limit }: { endpoint: string; now: number; limit: number }) =>
  db
    .selectFrom('webhook_queue as q')
    .selectAll('q')
    .where('q.endpoint_id', '=', endpoint)
    .where('q.next_at', '<=', now)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('webhook_queue as earlier')
            .select('earlier.seq')
            .whereRef('earlier.endpoint_id', '=', 'q.endpoint_id')
            .whereRef('earlier.subject', '=', 'q.subject')
            .whereRef('earlier.seq', '<', 'q.seq'),
        ),
      ),
    )
    .orderBy('q.seq')
    .limit(limit)
    .execute()

export const dequeue = (tx: OutboundTx, row: Pick<QueuedRow, 'endpoint_id' | 'action_id'>) =>
  tx
    .deleteFrom('webhook_queue')
    .where('endpoint_id', '=', row.endpoint_id)
    .where('action_id', '=', row.action_id)
    .execute()

export const postpone = (tx: OutboundTx, row: QueuedRow) =>
  tx
    .updateTable('webhook_queue')
    .set({ failures: row.failures, next_at: row.next_at })
    .where('endpoint_id', '=', row.endpoint_id)
    .where('action_id', '=', row.action_id)
    .execute()

export const attempt = (tx: OutboundTx, row: AttemptRow) => tx.insertInto('webhook_attempts').values(row).execute()

export const attemptsOf = (db: OutboundDb | OutboundTx, actionIds: readonly string[]) =>
  actionIds.length === 0
    ? Promise.resolve([])
    : db
        .selectFrom('webhook_attempts')
        .selectAll()
        .where('action_id', 'in', [...actionIds])
        .orderBy('attempt')
        .execute()

export const queuedOf = (db: OutboundDb, actionIds: readonly string[]) =>
  actionIds.length === 0
    ? Promise.resolve([])
    : db
        .selectFrom('webhook_queue')
        .selectAll()
        .where('action_id', 'in', [...actionIds])
        .execute()

export const queueCounts = (db: OutboundDb) =>
  db
    .selectFrom('webhook_queue')
    .groupBy('endpoint_id')
    .select([
      'endpoint_id',
      (count) => count.fn.countAll<number>().as('waiting'),
      (max) => max.fn.max('failures').as('failures'),
    ])
    .execute()

/** The last attempt of every call, newest first; `dead` = dead letters only. */
export function lastAttempts(
  db: OutboundDb,
  filter: { endpoint?: string | undefined; outcome?: string | undefined; limit: number; after?: number | undefined },
) {
  let query = db
    .selectFrom('webhook_attempts as a')
    .selectAll('a')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('webhook_attempts as later')
            .select('later.attempt')
            .whereRef('later.endpoint_id', '=', 'a.endpoint_id')
            .whereRef('later.action_id', '=', 'a.action_id')
            .whereRef('later.attempt', '>', 'a.attempt'),
        ),
      ),
    )
  if (filter.endpoint) query = query.where('a.endpoint_id', '=', filter.endpoint)
  if (filter.outcome) query = query.where('a.outcome', '=', filter.outcome as AttemptRow['outcome'])
  if (filter.after) query = query.where('a.attempt', '<', filter.after)
  return query.orderBy('a.attempt', 'desc').limit(filter.limit).execute()
}

export const outcomeCounts = (db: OutboundDb) =>
  db
    .selectFrom('webhook_attempts as a')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('webhook_attempts as later')
            .select('later.attempt')
            .whereRef('later.endpoint_id', '=', 'a.endpoint_id')
            .whereRef('later.action_id', '=', 'a.action_id')
            .whereRef('later.attempt', '>', 'a.attempt'),
        ),
      ),
    )
    .groupBy(['a.endpoint_id', 'a.outcome'])
    .select(['a.endpoint_id', 'a.outcome', (count) => count.fn.countAll<number>().as('n')])
    .execute()
