import { sql } from 'kysely'
import type { CaseDb, CaseFilter, CaseTx } from './store.ts'

/** An open case, as far as order and routing need it. */
export interface Waiting {
  readonly case_id: string
  readonly decision_id: string
  readonly opened_at: number
  readonly severity: string
  readonly queue: string
  readonly due_at: number
  readonly impact: number
  readonly reach: number
  readonly language: string | null
  readonly source: string
  readonly holder: string | null
  readonly policies: string
  readonly only_by: string | null
  readonly not_by: string | null
}

function waiting(db: CaseDb, now: number) {
  return db
    .selectFrom('case_state')
    .innerJoin('cases', 'cases.case_id', 'case_state.case_id')
    .leftJoin('leases', (join) => join.onRef('leases.case_id', '=', 'case_state.case_id').on('leases.until', '>', now))
    .where('case_state.status', '=', 'open')
    .where('case_state.impact', 'is not', null)
    .select([
      'case_state.case_id',
      'cases.decision_id',
      'cases.at as opened_at',
      'cases.severity',
      'case_state.queue',
      'case_state.due_at',
      'case_state.impact',
      'case_state.reach',
      'case_state.language',
      'case_state.source',
      'leases.holder',
      'cases.policies',
      'cases.only_by',
      'cases.not_by',
    ])
}

/** Open cases of a queue in one of two orders, after a place in it: largest impact first, or due first. */
export async function waitingPage(
  db: CaseDb,
  {
    queue,
    by,
    after,
    limit,
    now,
  }: { queue: string; by: 'impact' | 'due_at'; after: Waiting | null; limit: number; now: number },
): Promise<Waiting[]> {
  let query = waiting(db, now).where('case_state.queue', '=', queue)
  if (after)
    query = query.where(
      by === 'impact'
        ? sql<boolean>`case_state.impact <= ${after.impact} AND (case_state.impact < ${after.impact} OR case_state.case_id > ${after.case_id})`
        : sql<boolean>`(case_state.due_at, case_state.case_id) > (${after.due_at}, ${after.case_id})`,
    )
  const ordered = by === 'impact' ? query.orderBy('case_state.impact', 'desc') : query.orderBy('case_state.due_at')
  return (await ordered.orderBy('case_state.case_id').limit(limit).execute()) as Waiting[]
}

/** Every open case that fits a filter, in no order. */
export async function waitingAll(db: CaseDb, filter: Partial<CaseFilter> & { now: number }): Promise<Waiting[]> {
  let query = waiting(db, filter.now).where((or) =>
    or.or([or('cases.only_by', 'is', null), or('cases.only_by', '=', filter.holder ?? '')]),
  )
  if (filter.queue) query = query.where('case_state.queue', '=', filter.queue)
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
  if (filter.status === 'mine') query = query.where('leases.holder', '=', filter.holder ?? '')
  return (await query.execute()) as Waiting[]
}

/** Where a case waits and what its order is made from. */
export interface Place {
  readonly case_id: string
  readonly queue: string
  readonly due_at: number
  readonly impact: number
  readonly reach: number
  readonly language: string | null
  readonly source: string
  readonly opened_at: number
}

export const setPlace = (tx: CaseTx, { case_id, ...place }: Place) =>
  tx.updateTable('case_state').set(place).where('case_id', '=', case_id).execute()

/** Open cases in order of their ids, for routing them again. */
export const openPage = (db: CaseDb, after: string, limit: number) =>
  db
    .selectFrom('case_state')
    .innerJoin('cases', 'cases.case_id', 'case_state.case_id')
    .where('case_state.status', '=', 'open')
    .where('case_state.case_id', '>', after)
    .selectAll('cases')
    .select([
      'case_state.queue as placed',
      'case_state.due_at as placed_due',
      'case_state.impact',
      'case_state.reach',
      'case_state.language',
      'case_state.source',
    ])
    .orderBy('case_state.case_id')
    .limit(limit)
    .execute()

/** Distinct values of an indexed column over the open cases, by skipping from one to the next. */
async function openValues(db: CaseDb, column: 'queue' | 'source'): Promise<string[]> {
  const name = sql.ref(column)
  const { rows } = await sql<{ value: string }>`
    WITH RECURSIVE found(value) AS (
      SELECT min(${name}) FROM case_state WHERE status = 'open'
      UNION ALL SELECT (SELECT min(${name}) FROM case_state WHERE status = 'open' AND ${name} > found.value) FROM found WHERE found.value IS NOT NULL)
    SELECT value FROM found WHERE value IS NOT NULL`.execute(db)
  return rows.map((row) => row.value)
}

export const openSources = (db: CaseDb): Promise<string[]> => openValues(db, 'source')
export const openQueues = (db: CaseDb): Promise<string[]> => openValues(db, 'queue')

/** Open and overdue cases of every queue and the oldest of it; read from indexes alone. */
export const queueCounts = (db: CaseDb, now: number) =>
  db
    .selectFrom('case_state')
    .where('status', '=', 'open')
    .where('queue', 'is not', null)
    .groupBy('queue')
    .select((pick) => [
      sql<string>`queue`.as('queue'),
      pick.fn.countAll<number>().as('open'),
      sql<number>`SUM(CASE WHEN due_at < ${now} THEN 1 ELSE 0 END)`.as('overdue'),
      sql<
        number | null
      >`(SELECT min(other.opened_at) FROM case_state other WHERE other.status = 'open' AND other.queue = case_state.queue)`.as(
        'oldest_at',
      ),
    ])
    .execute()

/**
 * Cases among these that this person must not judge: passed upwards by them, or of the same decision as a case that they decided.
 */
export async function conflicted(db: CaseDb, ids: readonly string[], person: string): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await db
    .selectFrom('cases')
    .innerJoin('cases as sibling', 'sibling.decision_id', 'cases.decision_id')
    .innerJoin('case_events', 'case_events.case_id', 'sibling.case_id')
    .where('cases.case_id', 'in', [...ids])
    .where('case_events.actor', '=', person)
    .where((or) =>
      or.or([
        or('case_events.type', '=', 'escalated'),
        or.and([or('case_events.type', '=', 'decided'), or('sibling.case_id', '<>', or.ref('cases.case_id'))]),
      ]),
    )
    .select('cases.case_id')
    .distinct()
    .execute()
  return new Set(rows.map((row) => row.case_id))
}
