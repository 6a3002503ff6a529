import { derivedId } from '../../kernel/ids.ts'
import { formatTime } from '../../kernel/time.ts'
import { writeEndNotice } from '../notices/index.ts'
import { actionKind, actionTitle } from './catalogue.ts'
import * as store from './store.ts'

/** The notice that tells of the end of an action: one for each, whoever asks. */
export const endNoticeId = (actionId: string): string => derivedId('ntc', actionId, 'ended')

/**
 * The notice to the party that a timed restriction ran out, naming what else still holds for the same subject; null when nobody answers for
 * it, or when it was no restriction. To be read before its inverse is written, or after: it leaves the action itself out.
 */
export async function endNotice(tx: store.ActionTx, action: store.ActionRow): Promise<store.NoticeRow | null> {
  const { party_type, party_id, until } = action
  if (party_type === null || party_id === null || until === null || !actionKind(action.kind)?.restrictive) return null
  const subject = { type: action.target_type, id: action.target_id }
  const others = (await store.restrictionsOn(tx, subject)).filter(
    (row) =>
      row.action_id !== action.action_id &&
      actionKind(row.kind)?.restrictive &&
      (row.until === null || row.until > until),
  )
  const since = formatTime(until)
  return {
    notice_id: endNoticeId(action.action_id),
    at: until,
    party_type,
    party_id,
    subject_type: subject.type,
    subject_id: subject.id,
    action_ids: JSON.stringify([action.action_id]),
    text: JSON.stringify(
      writeEndNotice({
        subject,
        ended: actionTitle(action.kind),
        since: `${since.slice(0, 16).replace('T', ' ')} UTC`,
        others: others.map((row) => actionTitle(row.kind)),
      }),
    ),
    deadline: null,
    policy: action.policy,
    cause: action.action_id,
    actor: 'system',
  }
}
