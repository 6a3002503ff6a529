import { createHash, randomBytes } from 'node:crypto'
import { newId } from '../ids.ts'
import type { Principal } from '../operation.ts'
import { problem } from '../problems.ts'
import { day } from '../time.ts'
import type { AccessDb, InvitationRow } from './store.ts'

/** A link that nobody has used within this time is over. */
export const invitationMicros = 14 * day

export type Invitations = ReturnType<typeof createInvitations>

const hash = (secret: string) => createHash('sha256').update(secret).digest('hex')

/** Links by which a merchant or creator comes in. The secret is shown once and stored as a hash. */
export function createInvitations(db: AccessDb) {
  return {
    async create(
      wanted: { name: string; role: 'merchant' | 'creator'; party: { type: string; id: string } },
      by: Principal,
      now: number,
    ): Promise<{ invitation_id: string; secret: string; until: number }> {
      const secret = randomBytes(30).toString('base64url')
      const row: InvitationRow = {
        invitation_id: newId('inv'),
        secret_hash: hash(secret),
        at: now,
        until: now + invitationMicros,
        name: wanted.name,
        role: wanted.role,
        party_type: wanted.party.type,
        party_id: wanted.party.id,
        actor: by.id,
      }
      await db.insertInto('invitations').values(row).execute()
      return { invitation_id: row.invitation_id, secret, until: row.until }
    },
    list: (limit: number) =>
      db
        .selectFrom('invitations')
        .leftJoin('invitation_uses', 'invitation_uses.invitation_id', 'invitations.invitation_id')
        .selectAll('invitations')
        .select(['invitation_uses.at as used_at', 'invitation_uses.user_id'])
        .orderBy('invitations.at', 'desc')
        .limit(limit)
        .execute(),
    /** @throws not_found for a link that is unknown, used or over: it does not say which. */
    async mustFind(secret: string, now: number): Promise<InvitationRow> {
      const row = await db
        .selectFrom('invitations')
        .leftJoin('invitation_uses', 'invitation_uses.invitation_id', 'invitations.invitation_id')
        .selectAll('invitations')
        .where('invitations.secret_hash', '=', hash(secret))
        .where('invitation_uses.invitation_id', 'is', null)
        .where('invitations.until', '>', now)
        .executeTakeFirst()
      if (!row)
        throw problem({
          code: 'not_found',
          field: 'invitation',
          detail: { zh: '邀请链接无效、已使用或已过期', en: 'This invitation is not valid, used or over' },
          fix: { zh: '请平台重新发送邀请', en: 'Ask the marketplace for a new invitation' },
        })
      return row
    },
    /** Uses the link up; false when somebody else was faster. */
    async use(id: string, userId: string, now: number): Promise<boolean> {
      const done = await db
        .insertInto('invitation_uses')
        .values({ invitation_id: id, at: now, user_id: userId })
        .onConflict((on) => on.doNothing())
        .executeTakeFirst()
      return Number(done.numInsertedOrUpdatedRows ?? 0) > 0
    },
  }
}
