import { sql } from 'kysely'
import type { ActionTables } from '../../enforcement/actions/index.ts'
import type { Db, Schema, Tx } from '../../kernel/database.ts'
import { insertOnly, record } from '../../kernel/database.ts'
import { derivedId } from '../../kernel/ids.ts'
import type { MarkTables } from '../marks/index.ts'
import type { Purpose } from './model.ts'

export interface CaseRow {
  case_id: string
  at: number
  queue: string
  severity: string
  subject_type: string
  subject_id: string
  title: string
  party_type: string | null
  party_id: string | null
  site: string | null
  markets: string
  verdict: string
  policies: string
  strategies: string
  due_at: number
  position: number
  decision_id: string
  cause: string
  /** Absent in rows of before there were purposes: work. */
  purpose?: Purpose | undefined
  /** The one person who can take it, and one who cannot. */
  only_by?: string | null | undefined
  not_by?: string | null | undefined
  /** The right by which it is reviewed sooner, as the party had it when the case was opened; null = none. */
  lane?: string | null | undefined
}

export interface CaseEventRow {
  case_event_id: string
  at: number
  case_id: string
  type: string
  outcome: string | null
  policy: string | null
  data: string
  cause: string
  actor: string
}

export interface LeaseRow {
  case_id: string
  holder: string
  holder_name: string
  until: number
  /** Since when this person holds it, and since when it is on their screen (null while it is only prepared for them). */
  since: number | null
  shown_at: number | null
}

/** Status derived from `case_events`; place and order derived from the case and the queues in force. */
export interface CaseStateRow {
  case_id: string
  status: string
  outcome: string | null
  decided_by: string | null
  decided_at: number | null
  queue: string | null
  due_at: number | null
  impact: number | null
  reach: number | null
  language: string | null
  source: string | null
  opened_at: number | null
}

export interface CaseTables extends ActionTables, MarkTables {
  cases: CaseRow
  case_events: CaseEventRow
  leases: LeaseRow
  case_state: CaseStateRow
}

export type CaseDb = Db<CaseTables>
export type CaseTx = Tx<CaseTables>

/** `leases` and `case_state` are conveniences that can be dropped: presence, and the status derived from `case_events`. */
export const caseSchema: Schema = {
  room: 'cases',
  statements: [
    'CREATE TABLE cases (case_id TEXT PRIMARY KEY, at REAL NOT NULL, queue TEXT NOT NULL, severity TEXT NOT NULL, subject_type TEXT NOT NULL, subject_id TEXT NOT NULL, title TEXT NOT NULL, party_type TEXT, party_id TEXT, site TEXT, markets TEXT NOT NULL, verdict TEXT NOT NULL, policies TEXT NOT NULL, strategies TEXT NOT NULL, due_at REAL NOT NULL, position REAL NOT NULL, decision_id TEXT NOT NULL, cause TEXT NOT NULL)',
    'CREATE INDEX cases_subject ON cases (subject_type, subject_id)',
    'CREATE INDEX cases_decision ON cases (decision_id)',
    'CREATE INDEX cases_due ON cases (due_at)',
    ...insertOnly('cases'),
    'CREATE TABLE case_events (case_event_id TEXT PRIMARY KEY, at REAL NOT NULL, case_id TEXT NOT NULL REFERENCES cases(case_id), type TEXT NOT NULL, outcome TEXT, policy TEXT, data TEXT NOT NULL, cause TEXT NOT NULL, actor TEXT NOT NULL)',
    'CREATE INDEX case_events_case ON case_events (case_id)',
    ...insertOnly('case_events'),
    'CREATE TABLE leases (case_id TEXT PRIMARY KEY, holder TEXT NOT NULL, holder_name TEXT NOT NULL, until REAL NOT NULL)',
    'CREATE TABLE case_state (case_id TEXT PRIMARY KEY, status TEXT NOT NULL, outcome TEXT, decided_by TEXT, decided_at REAL)',
    'CREATE INDEX case_state_status ON case_state (status)',
    'ALTER TABLE leases ADD COLUMN since REAL',
    'ALTER TABLE leases ADD COLUMN shown_at REAL',
    'ALTER TABLE case_state ADD COLUMN queue TEXT',
    'ALTER TABLE case_state ADD COLUMN due_at REAL',
    'ALTER TABLE case_state ADD COLUMN impact REAL',
    'ALTER TABLE case_state ADD COLUMN reach REAL',
    'ALTER TABLE case_state ADD COLUMN language TEXT',
    'ALTER TABLE case_state ADD COLUMN source TEXT',
    'CREATE INDEX case_state_impact ON case_state (status, queue, impact DESC, case_id)',
    'CREATE INDEX case_state_due ON case_state (status, queue, due_at, case_id)',
    'CREATE INDEX case_state_source ON case_state (status, source)',
    'CREATE INDEX case_events_actor ON case_events (actor, case_id)',
    "ALTER TABLE cases ADD COLUMN purpose TEXT NOT NULL DEFAULT 'work'",
    'ALTER TABLE cases ADD COLUMN only_by TEXT',
    'ALTER TABLE cases ADD COLUMN not_by TEXT',
    "CREATE INDEX cases_purpose ON cases (purpose, at) WHERE purpose <> 'work'",
    'ALTER TABLE case_state ADD COLUMN opened_at REAL',
    'CREATE INDEX case_state_opened ON case_state (status, queue, opened_at)',
    'ALTER TABLE cases ADD COLUMN lane TEXT',
  ],
}

export interface CaseFilter {
  readonly queue?: string | undefined
  readonly status?: 'open' | 'mine' | 'decided' | undefined
  readonly severity?: string | undefined
  readonly market?: string | undefined
  readonly q?: string | undefined
  readonly holder: string
  readonly now: number
  readonly limit: number
  readonly after?: string | undefined
}

/** A case as it stands: its queue and due time are those of the queues in force when it was last routed. */
export type ListedCase = CaseRow & {
  status: string
  outcome: string | null
  decided_by: string | null
  decided_at: number | null
  reach: number | null
  language: string | null
  source: string | null
  holder: string | null
  holder_name: string | null
  until: number | null
}

const plainColumns = [
  'cases.case_id',
  'cases.at',
  'cases.severity',
  'cases.subject_type',
  'cases.subject_id',
  'cases.title',
  'cases.party_type',
  'cases.party_id',
  'cases.site',
  'cases.markets',
  'cases.verdict',
  'cases.policies',
  'cases.strategies',
  'cases.position',
  'cases.decision_id',
  'cases.cause',
  'cases.purpose',
  'cases.only_by',
  'cases.not_by',
  'cases.lane',
] as const
const queueOf = sql<string>`coalesce(case_state.queue, cases.queue)`
const dueOf = sql<number>`coalesce(case_state.due_at, cases.due_at)`

function joined(db: CaseDb | CaseTx, now: number) {
  return db
    .selectFrom('cases')
    .innerJoin('case_state', 'case_state.case_id', 'cases.case_id')
    .leftJoin('leases', (join) => join.onRef('leases.case_id', '=', 'cases.case_id').on('leases.until', '>', now))
    .select(plainColumns)
    .select([queueOf.as('queue'), dueOf.as('due_at')])
    .select([
      'case_state.reach',
      'case_state.language',
      'case_state.source',
      'case_state.status',
      'case_state.outcome',
      'case_state.decided_by',
      'case_state.decided_at',
      'leases.holder',
      'leases.holder_name',
      'leases.until',
    ])
}

/** Open cases by deadline (most urgent first), decided ones newest first; `after` is `<sort value>~<case id>`. */
export async function listCases(db: CaseDb, filter: CaseFilter): Promise<{ items: ListedCase[]; total: number }> {
  const open = filter.status !== 'decided'
  let query = joined(db, filter.now).where('case_state.status', open ? '=' : '<>', 'open')
  query = query.where((or) => or.or([or('cases.only_by', 'is', null), or('cases.only_by', '=', filter.holder)]))
  if (filter.queue) query = query.where(queueOf, '=', filter.queue)
  if (filter.severity) query = query.where('cases.severity', '=', filter.severity)
  if (filter.market)
    query = query.where(sql<boolean>`EXISTS (SELECT 1 FROM json_each(cases.markets) WHERE value = ${filter.market})`)
  if (filter.q)
    query = query.where((or) =>
      or.or([
        or('cases.title', 'like', `%${filter.q}%`),
        or('cases.subject_id', 'like', `%${filter.q}%`),
        or('cases.case_id', '=', filter.q ?? ''),
        or('cases.party_id', 'like', `%${filter.q}%`),
      ]),
    )
  if (filter.status === 'mine') query = query.where('leases.holder', '=', filter.holder)
  const total = await query
    .clearSelect()
    .select((count) => count.fn.countAll<number>().as('n'))
    .executeTakeFirst()
  if (filter.after) {
    const [value = '', id = ''] = filter.after.split('~')
    query = open
      ? query.where(sql<boolean>`(${dueOf}, cases.case_id) > (${Number(value)}, ${id})`)
      : query.where(sql<boolean>`(cases.at, cases.case_id) < (${Number(value)}, ${id})`)
  }
  const ordered = open
    ? query.orderBy(dueOf).orderBy('cases.case_id')
    : query.orderBy('cases.at', 'desc').orderBy('cases.case_id', 'desc')
  return { items: (await ordered.limit(filter.limit).execute()) as ListedCase[], total: Number(total?.n ?? 0) }
}

export async function findCase(db: CaseDb | CaseTx, id: string, now: number): Promise<ListedCase | undefined> {
  return (await joined(db, now).where('cases.case_id', '=', id).executeTakeFirst()) as ListedCase | undefined
}

/** These cases, in the order of the ids. */
export async function casesById(db: CaseDb, ids: readonly string[], now: number): Promise<ListedCase[]> {
  if (ids.length === 0) return []
  const rows = (await joined(db, now)
    .where('cases.case_id', 'in', [...ids])
    .execute()) as ListedCase[]
  const found = new Map(rows.map((row) => [row.case_id, row]))
  return ids.flatMap((id) => found.get(id) ?? [])
}

export const casesOfDecision = (db: CaseDb | CaseTx, decision: string) =>
  db.selectFrom('cases').selectAll().where('decision_id', '=', decision).where('purpose', '=', 'work').execute()

export async function casesOn(db: CaseDb, subject: { type: string; id: string }, now: number): Promise<ListedCase[]> {
  const rows = await joined(db, now)
    .where('cases.purpose', '=', 'work')
    .where((or) =>
      or.or([
        or.and([or('subject_type', '=', subject.type), or('subject_id', '=', subject.id)]),
        or.and([or('party_type', '=', subject.type), or('party_id', '=', subject.id)]),
      ]),
    )
    .orderBy('cases.at', 'desc')
    .limit(100)
    .execute()
  return rows as ListedCase[]
}

/** Cases of these decisions that are open. */
export async function undecidedOf(db: CaseDb | CaseTx, decisions: readonly string[]): Promise<{ case_id: string }[]> {
  const found: { case_id: string }[] = []
  for (let from = 0; from < decisions.length; from += 500)
    found.push(
      ...(await db
        .selectFrom('cases')
        .innerJoin('case_state', 'case_state.case_id', 'cases.case_id')
        .select('cases.case_id')
        .where('case_state.status', '=', 'open')
        .where('cases.decision_id', 'in', decisions.slice(from, from + 500))
        .execute()),
    )
  return found
}

export const eventsOfCase = (db: CaseDb | CaseTx, id: string) =>
  db.selectFrom('case_events').selectAll().where('case_id', '=', id).orderBy('at').orderBy('case_event_id').execute()
export const caseEvent = (db: CaseDb | CaseTx, id: string) =>
  db.selectFrom('case_events').selectAll().where('case_event_id', '=', id).executeTakeFirst()

export const setState = (
  tx: CaseTx,
  state: Pick<CaseStateRow, 'case_id' | 'status' | 'outcome' | 'decided_by' | 'decided_at'>,
) =>
  tx
    .insertInto('case_state')
    .values(state)
    .onConflict((on) => on.column('case_id').doUpdateSet(state))
    .execute()

/** Decisions whose undo time is over and that have not taken effect. */
export const waitingDecisions = (db: CaseDb, before: number) =>
  db
    .selectFrom('case_state')
    .innerJoin('case_events', 'case_events.case_id', 'case_state.case_id')
    .selectAll('case_events')
    .where('case_state.status', '=', 'decided')
    .where('case_events.type', '=', 'decided')
    .whereRef('case_events.at', '=', 'case_state.decided_at')
    .where('case_events.at', '<=', before)
    .orderBy('case_events.at')
    .limit(200)
    .execute()

/** Earlier decided cases that share a policy with this one. */
export const similarCases = (db: CaseDb, found: { caseId: string; decisionId: string; policy: string }) =>
  db
    .selectFrom('cases')
    .innerJoin('case_state', 'case_state.case_id', 'cases.case_id')
    .select(['cases.case_id', 'cases.title', 'case_state.outcome', 'case_state.decided_at'])
    .where('case_state.status', '<>', 'open')
    .where('cases.case_id', '<>', found.caseId)
    .where('cases.decision_id', '<>', found.decisionId)
    .where('cases.purpose', '=', 'work')
    .where(sql<boolean>`EXISTS (SELECT 1 FROM json_each(cases.policies) WHERE value = ${found.policy})`)
    .orderBy('case_state.decided_at', 'desc')
    .limit(8)
    .execute()

/** Closes a case that waits or has not taken effect: an appeal overturned what it is about. */
export async function closeByAppeal(
  tx: CaseTx,
  id: string,
  by: { cause: string; actor: string; at: number },
): Promise<void> {
  const state = await tx.selectFrom('case_state').selectAll().where('case_id', '=', id).executeTakeFirst()
  if (!state || state.status === 'closed') return
  await record(tx, 'case_events', {
    case_event_id: derivedId('cev', id, by.cause),
    at: by.at,
    case_id: id,
    type: 'appealed',
    outcome: null,
    policy: null,
    data: '{}',
    cause: by.cause,
    actor: by.actor,
  })
  await setState(tx, { ...state, status: 'closed' })
  await tx.deleteFrom('leases').where('case_id', '=', id).execute()
}
