import { record } from '../../kernel/database.ts'
import { derivedId } from '../../kernel/ids.ts'
import type { Routing } from '../queues/index.ts'
import type { EventFacts } from './facts.ts'
import { placeOf } from './opening.ts'
import * as store from './store.ts'
import { dropLeases } from './store-leases.ts'
import { setPlace } from './store-waiting.ts'

/** A case about what somebody outside said, not about what a strategy found. `case_id` is derived from `cause`. */
export type NoticeCase = Omit<store.CaseRow, 'case_id' | 'verdict' | 'strategies'>

/**
 * Opens a case that stems from a notice and puts it into its queue; the same cause opens it once. `due_at` is the deadline of the
 * notice: the case is due then, or earlier when its queue says so. Returns its id.
 */
export async function openNoticeCase(
  tx: store.CaseTx,
  found: NoticeCase,
  { facts, routing }: { facts: EventFacts; routing: () => Routing },
): Promise<string> {
  const caseId = derivedId('case', found.cause)
  if (await store.findCase(tx, caseId, found.at)) return caseId
  const row: store.CaseRow = { ...found, case_id: caseId, verdict: 'review', strategies: '[]' }
  await record(tx, 'cases', row)
  await record(tx, 'case_events', {
    case_event_id: derivedId('cev', caseId, 'opened'),
    at: found.at,
    case_id: caseId,
    type: 'opened',
    outcome: null,
    policy: null,
    data: '{}',
    cause: found.cause,
    actor: 'notice',
  })
  await store.setState(tx, { case_id: caseId, status: 'open', outcome: null, decided_by: null, decided_at: null })
  await setPlace(tx, placeOf(row, facts, { routing }))
  return caseId
}

/** Open cases about a subject, oldest first. */
export const openCasesOn = (tx: store.CaseTx, subject: { type: string; id: string }) =>
  tx
    .selectFrom('cases')
    .innerJoin('case_state', 'case_state.case_id', 'cases.case_id')
    .selectAll('cases')
    .where('case_state.status', '=', 'open')
    .where('cases.subject_type', '=', subject.type)
    .where('cases.subject_id', '=', subject.id)
    .orderBy('cases.at')
    .execute()

/** Closes a case that nobody has decided because what it stems from was taken back. False when it is not open. */
export async function withdrawCase(
  tx: store.CaseTx,
  caseId: string,
  by: { cause: string; actor: string; at: number },
): Promise<boolean> {
  const found = await store.findCase(tx, caseId, by.at)
  if (found?.status !== 'open') return false
  await record(tx, 'case_events', {
    case_event_id: derivedId('cev', caseId, by.cause),
    at: by.at,
    case_id: caseId,
    type: 'withdrawn',
    outcome: null,
    policy: null,
    data: '{}',
    cause: by.cause,
    actor: by.actor,
  })
  await store.setState(tx, { case_id: caseId, status: 'closed', outcome: null, decided_by: null, decided_at: null })
  await dropLeases(tx, caseId)
  return true
}
