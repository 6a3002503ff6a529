import { sql } from 'kysely'
import { hour } from '../../kernel/time.ts'
import type { CaseDb } from '../cases/index.ts'

/** Open cases by queue and by the hour in which they become due; hour −1 is overdue, the last one takes all that is later. */
export const dueByHour = (db: CaseDb, now: number, hours: number) =>
  db
    .selectFrom('case_state')
    .where('status', '=', 'open')
    .where('queue', 'is not', null)
    .select((pick) => [
      'queue',
      sql<number>`max(-1, min(${hours}, CASE WHEN due_at < ${now} THEN -1 ELSE CAST((due_at - ${now}) / ${hour} AS INTEGER) END))`.as(
        'hour',
      ),
      pick.fn.countAll<number>().as('count'),
    ])
    .groupBy(['queue', sql`2`])
    .execute()

/** Open cases that are due between now and a moment, by queue in order of their due times. */
export const dueUntil = (db: CaseDb, now: number, until: number, limit: number) =>
  db
    .selectFrom('case_state')
    .where('status', '=', 'open')
    .where('due_at', '>=', now)
    .where('due_at', '<', until)
    .where('queue', 'is not', null)
    .select(['case_id', 'queue', 'due_at'])
    .orderBy('due_at')
    .orderBy('case_id')
    .limit(limit)
    .execute()

/** New cases since a moment, by queue and severity. */
export const openedSince = (db: CaseDb, since: number) =>
  db
    .selectFrom('cases')
    .innerJoin('case_state', 'case_state.case_id', 'cases.case_id')
    .where('cases.at', '>', since)
    .groupBy(['case_state.queue', 'cases.severity'])
    .select((pick) => ['case_state.queue', 'cases.severity', pick.fn.countAll<number>().as('count')])
    .execute()

/** Decisions since a moment, newest first, with how long each case was on the screen. */
export const decidedSince = (db: CaseDb, since: number, limit: number) =>
  db
    .selectFrom('case_events')
    .innerJoin('case_state', 'case_state.case_id', 'case_events.case_id')
    .where('case_events.type', '=', 'decided')
    .where('case_events.at', '>', since)
    .select([
      'case_state.queue',
      'case_events.at',
      sql<number | null>`json_extract(case_events.data, '$.handling_ms')`.as('handling_ms'),
    ])
    .orderBy('case_events.at', 'desc')
    .limit(limit)
    .execute()
