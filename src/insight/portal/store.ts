import type { ActionRow, NoticeRow } from '../../enforcement/actions/index.ts'
import type { AppealDb } from '../../review/appeals/index.ts'

/** Who a merchant or creator is in the ledger. Every query of this file is limited to it. */
export interface Party {
  readonly type: string
  readonly id: string
}

/** Notices about something that was decided; answers to appeals are found beside the appeal, and the end of an action beside it. */
const noticesTo = (db: AppealDb, party: Party) =>
  db
    .selectFrom('notices')
    .leftJoin('appeal_events', 'appeal_events.appeal_event_id', 'notices.cause')
    .leftJoin('actions as ended', 'ended.action_id', 'notices.cause')
    .selectAll('notices')
    .where('ended.action_id', 'is', null)
    .where('appeal_events.appeal_event_id', 'is', null)
    .where('notices.party_type', '=', party.type)
    .where('notices.party_id', '=', party.id)

/** Newest first; `after` is `<at>~<id>` of the last row that the caller has. */
export function listNotices(
  db: AppealDb,
  party: Party,
  { limit, after }: { limit: number; after: { at: number; id: string } | undefined },
): Promise<NoticeRow[]> {
  const query = noticesTo(db, party).orderBy('notices.at', 'desc').orderBy('notices.notice_id', 'desc').limit(limit)
  if (!after) return query.execute()
  return query
    .where((or) =>
      or.or([
        or('notices.at', '<', after.at),
        or.and([or('notices.at', '=', after.at), or('notices.notice_id', '<', after.id)]),
      ]),
    )
    .execute()
}

export const findNotice = (db: AppealDb, party: Party, id: string): Promise<NoticeRow | undefined> =>
  noticesTo(db, party).where('notices.notice_id', '=', id).executeTakeFirst()

/** Notices to the party that these actions ended by themselves. */
export const endsOf = (db: AppealDb, party: Party, actions: readonly string[]): Promise<NoticeRow[]> =>
  actions.length === 0
    ? Promise.resolve([])
    : db
        .selectFrom('notices')
        .selectAll()
        .where('cause', 'in', [...actions])
        .where('party_type', '=', party.type)
        .where('party_id', '=', party.id)
        .orderBy('at')
        .execute()

/** The party's actions among `ids`. */
export const actionsOf = (db: AppealDb, party: Party, ids: readonly string[]): Promise<ActionRow[]> =>
  ids.length === 0
    ? Promise.resolve([])
    : db
        .selectFrom('actions')
        .selectAll()
        .where('action_id', 'in', [...ids])
        .where('party_type', '=', party.type)
        .where('party_id', '=', party.id)
        .orderBy('at')
        .execute()

/** Requests for documents that the party has got, newest first, taken back or not. */
export const documentRequests = (db: AppealDb, party: Party): Promise<ActionRow[]> =>
  db
    .selectFrom('actions')
    .selectAll()
    .where('party_type', '=', party.type)
    .where('party_id', '=', party.id)
    .where('kind', '=', 'request_documents')
    .where('inverse_of', 'is', null)
    .orderBy('at', 'desc')
    .limit(200)
    .execute()

/** The answer that the party got to an appeal. */
export const answerTo = (db: AppealDb, party: Party, appealEvent: string): Promise<NoticeRow | undefined> =>
  db
    .selectFrom('notices')
    .selectAll()
    .where('cause', '=', appealEvent)
    .where('party_type', '=', party.type)
    .where('party_id', '=', party.id)
    .executeTakeFirst()
