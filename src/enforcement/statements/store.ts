import { type Db, insertOnly, type Schema, type Tx } from '../../kernel/database.ts'
import type { ActionTables } from '../actions/index.ts'

/** One statement of reasons; `payload`, `problems` and `doubts` are JSON. `at` is when the restriction began to apply. */
export interface StatementRow {
  puid: string
  at: number
  action_id: string
  kind: string
  decision_ground: string
  category: string
  territorial_scope: string
  source_type: string
  automated_detection: string
  automated_decision: string
  /** When the notice came in that led to it; null when found on own initiative. */
  noticed_at: number | null
  payload: string
  problems: string
  doubts: string
  cause: string
  actor: string
}

/** What became of one attempt to send: `sent`, `failed` (is tried again), `refused` or `dead` (dead letter). */
export interface DeliveryRow {
  delivery_id: string
  at: number
  puid: string
  outcome: 'sent' | 'failed' | 'refused' | 'dead'
  detail: string
}

export interface StatementTables extends ActionTables {
  statements: StatementRow
  statement_deliveries: DeliveryRow
}

export type StatementDb = Db<StatementTables>
export type StatementTx = Tx<StatementTables>

export const statementSchema: Schema = {
  room: 'statements',
  statements: [
    'CREATE TABLE statements (puid TEXT PRIMARY KEY, at REAL NOT NULL, action_id TEXT NOT NULL UNIQUE REFERENCES actions(action_id), kind TEXT NOT NULL, decision_ground TEXT NOT NULL, category TEXT NOT NULL, territorial_scope TEXT NOT NULL, source_type TEXT NOT NULL, automated_detection TEXT NOT NULL, automated_decision TEXT NOT NULL, noticed_at REAL, payload TEXT NOT NULL, problems TEXT NOT NULL, doubts TEXT NOT NULL, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    'CREATE INDEX statements_at ON statements (at, puid)',
    ...insertOnly('statements'),
    'CREATE TABLE statement_deliveries (delivery_id TEXT PRIMARY KEY, at REAL NOT NULL, puid TEXT NOT NULL REFERENCES statements(puid), outcome TEXT NOT NULL, detail TEXT NOT NULL)',
    'CREATE INDEX statement_deliveries_puid ON statement_deliveries (puid)',
    ...insertOnly('statement_deliveries'),
  ],
}

export const statementById = (db: StatementDb, puid: string) =>
  db
    .selectFrom('statements')
    .selectAll()
    .where((or) => or.or([or('puid', '=', puid), or('action_id', '=', puid)]))
    .executeTakeFirst()

export async function knownPuids(db: StatementDb | StatementTx, puids: readonly string[]): Promise<Set<string>> {
  const known = new Set<string>()
  for (let from = 0; from < puids.length; from += 500) {
    const rows = await db
      .selectFrom('statements')
      .select('puid')
      .where('puid', 'in', puids.slice(from, from + 500))
      .execute()
    for (const row of rows) known.add(row.puid)
  }
  return known
}

export interface StatementFilter {
  readonly limit: number
  /** `at` and `puid` of the last row that the caller has. */
  readonly after?: { at: number; puid: string } | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
  readonly category?: string | undefined
  readonly invalid?: boolean | undefined
  readonly delivery?: 'sent' | 'dead' | undefined
}

/** Newest first. */
export function listStatements(
  db: StatementDb,
  { limit, after, from, to, category, invalid, delivery }: StatementFilter,
) {
  let query = db
    .selectFrom('statements')
    .selectAll('statements')
    .orderBy('statements.at', 'desc')
    .orderBy('statements.puid', 'desc')
    .limit(limit)
  if (after)
    query = query.where((and) =>
      and.or([
        and('statements.at', '<', after.at),
        and.and([and('statements.at', '=', after.at), and('statements.puid', '<', after.puid)]),
      ]),
    )
  if (from !== undefined) query = query.where('statements.at', '>=', from)
  if (to !== undefined) query = query.where('statements.at', '<', to)
  if (category) query = query.where('category', '=', category)
  if (invalid !== undefined) query = query.where('problems', invalid ? '!=' : '=', '[]')
  if (delivery)
    query = query.where('statements.puid', 'in', (inner) =>
      inner
        .selectFrom('statement_deliveries')
        .select('puid')
        .where('outcome', 'in', delivery === 'dead' ? ['refused', 'dead'] : ['sent']),
    )
  return query.execute()
}

/** Oldest first, from `from` until before `to`, in pages: all statements of a period without holding more than a page. */
export async function* statementsOf(
  db: StatementDb,
  { from, to }: { from: number; to: number },
): AsyncGenerator<StatementRow> {
  let last = { at: from, puid: '' }
  for (;;) {
    const rows = await db
      .selectFrom('statements')
      .selectAll()
      .where('at', '<', to)
      .where((and) =>
        and.or([and('at', '>', last.at), and.and([and('at', '=', last.at), and('puid', '>', last.puid)])]),
      )
      .orderBy('at')
      .orderBy('puid')
      .limit(1000)
      .execute()
    yield* rows
    const end = rows.at(-1)
    if (!end || rows.length < 1000) return
    last = end
  }
}

export const deliveriesOf = (db: StatementDb, puids: readonly string[]) =>
  puids.length === 0
    ? Promise.resolve([])
    : db
        .selectFrom('statement_deliveries')
        .selectAll()
        .where('puid', 'in', [...puids])
        .orderBy('at')
        .execute()

/** Valid statements that were neither sent nor given up, oldest first. */
export const waitingStatements = (db: StatementDb, limit: number) =>
  db
    .selectFrom('statements')
    .select(['puid', 'payload'])
    .where('problems', '=', '[]')
    .where('puid', 'not in', (inner) =>
      inner.selectFrom('statement_deliveries').select('puid').where('outcome', 'in', ['sent', 'refused', 'dead']),
    )
    .orderBy('at')
    .limit(limit)
    .execute()

/** Ledger news of actions after `seq`, in a window of `span` numbers; `next` is where to go on. */
export async function newActions(db: StatementDb, seq: number, span: number) {
  const newest = await db
    .selectFrom('news')
    .select((max) => max.fn.max('seq').as('seq'))
    .executeTakeFirst()
  const next = Math.min(seq + span, Number(newest?.seq ?? 0))
  const rows =
    next <= seq
      ? []
      : await db
          .selectFrom('news')
          .select('row')
          .where('kind', '=', 'actions')
          .where('seq', '>', seq)
          .where('seq', '<=', next)
          .orderBy('seq')
          .execute()
  return { rows: rows.map(({ row }) => JSON.parse(row) as ActionTables['actions']), next: Math.max(next, seq) }
}
