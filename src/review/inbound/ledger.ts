import { record } from '../../kernel/database.ts'
import { derivedId } from '../../kernel/ids.ts'
import type { Text } from '../../kernel/values.ts'
import { type NoticeEventType, type NoticeOutcome, type NoticeStatus, nextStatus } from './model.ts'
import * as store from './store.ts'

export interface By {
  readonly cause: string
  readonly actor: string
  readonly at: number
}

export interface Happening {
  readonly type: NoticeEventType
  readonly caseId?: string | null
  readonly outcome?: NoticeOutcome | null
  readonly data?: Readonly<Record<string, unknown>>
}

export type Standing = Pick<store.ListedNotice, 'notice_id' | 'case_id' | 'outcome' | 'decided_at'> & { status: string }

/** Writes what happened to a notice and its derived state. @throws Error when the state machine refuses it. */
export async function happen<Found extends Standing>(
  tx: store.InboundTx,
  notice: Found,
  { type, caseId = notice.case_id, outcome = null, data = {} }: Happening,
  by: By,
): Promise<Found> {
  const status = nextStatus(notice.status as NoticeStatus, type)
  await record(tx, 'inbound_events', {
    inbound_event_id: derivedId('nev', notice.notice_id, type, by.cause),
    at: by.at,
    notice_id: notice.notice_id,
    type,
    case_id: caseId,
    outcome,
    data: JSON.stringify(data),
    cause: by.cause,
    actor: by.actor,
  })
  const next = {
    status,
    case_id: caseId,
    outcome: outcome ?? notice.outcome,
    // The first decision: what an appeal changes later does not change how long the notifier waited.
    decided_at: type === 'decided' ? by.at : notice.decided_at,
  }
  await store.setState(tx, { notice_id: notice.notice_id, ...next })
  return { ...notice, ...next }
}

/** Writes what the notifier is told. */
export async function reply(
  tx: store.InboundTx,
  notice: { notice_id: string },
  { kind, text }: { kind: string; text: Text },
  by: By,
): Promise<void> {
  await record(tx, 'inbound_replies', {
    reply_id: derivedId('nrp', notice.notice_id, kind, by.cause),
    at: by.at,
    notice_id: notice.notice_id,
    kind,
    text: JSON.stringify(text),
    cause: by.cause,
    actor: by.actor,
  })
}
