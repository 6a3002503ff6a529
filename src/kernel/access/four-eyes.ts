import { newId } from '../ids.ts'
import type { Context, Operation, Principal } from '../operation.ts'
import { problem } from '../problems.ts'
import { day, formatTime } from '../time.ts'
import { permissionsOf } from './roles.ts'
import * as store from './store.ts'

/** A request that nobody has approved within this time is over. */
export const approvalMicros = 7 * day

export type FourEyes = ReturnType<typeof createFourEyes>

export type ListedApproval = store.ApprovalRow & { outcome: string | null; decided_at: number | null }

/** The person behind a principal: a token and who made it are one. */
export const personOf = (principal: Principal) => principal.person ?? principal.id

/** Requests that a second person approves before they are carried out. Rows are inserted, never changed. */
export function createFourEyes(db: store.AccessDb) {
  const joined = () =>
    db
      .selectFrom('approvals')
      .leftJoin('approval_events', 'approval_events.approval_id', 'approvals.approval_id')
      .selectAll('approvals')
      .select(['approval_events.outcome', 'approval_events.at as decided_at'])

  return {
    /** Whether somebody else could approve: without one, four eyes do not exist here. */
    async hasSecond(permission: string, person: string): Promise<boolean> {
      const users = await store.allUsers(db)
      return users.some(
        (user) =>
          !user.disabled &&
          user.user_id !== person &&
          permissionsOf(JSON.parse(user.roles) as string[]).has(permission),
      )
    },
    async request(
      { name, permission }: { name: string; permission: string },
      input: unknown,
      { principal, now }: Pick<Context, 'principal' | 'now'>,
    ): Promise<{ approval_id: string; until: number }> {
      const row: store.ApprovalRow = {
        approval_id: newId('apr'),
        at: now,
        until: now + approvalMicros,
        operation: name,
        permission,
        input: JSON.stringify(input, (key, value) => (key === 'password' ? undefined : (value as unknown))),
        person: personOf(principal),
        actor: principal.id,
      }
      await db.insertInto('approvals').values(row).execute()
      return row
    },
    list: (limit: number): Promise<ListedApproval[]> => joined().orderBy('approvals.at', 'desc').limit(limit).execute(),
    /**
     * Decides a request; the first decision counts.
     * @throws not_found, same_person for one's own request when it is approved, not_allowed, conflict when it is decided or over.
     */
    async decide(
      id: string,
      { outcome, note }: { outcome: 'approved' | 'refused'; note: string },
      { principal, now }: Pick<Context, 'principal' | 'now'>,
    ): Promise<store.ApprovalRow> {
      const found = await joined().where('approvals.approval_id', '=', id).executeTakeFirst()
      if (!found || !principal.permissions.has(found.permission))
        throw problem({
          code: 'not_found',
          field: 'approval_id',
          value: id,
          detail: { zh: '没有这个申请', en: 'No such request' },
        })
      if (outcome === 'approved' && found.person === personOf(principal)) throw samePerson(id)
      if (found.outcome !== null || found.until < now) throw isOver(found)
      const done = await db
        .insertInto('approval_events')
        .values({ approval_id: id, at: now, outcome, note, actor: principal.id })
        .onConflict((on) => on.doNothing())
        .executeTakeFirst()
      if (Number(done.numInsertedOrUpdatedRows ?? 0) === 0) throw isOver({ ...found, outcome: 'decided' })
      return found
    },
  }
}

function samePerson(id: string): Error {
  return problem({
    code: 'same_person',
    field: 'approval_id',
    value: id,
    detail: { zh: '须由另一个人批准', en: 'Another person must approve: this is your own request' },
  })
}

function isOver({ approval_id, outcome, until }: ListedApproval): Error {
  return problem({
    code: 'conflict',
    field: 'approval_id',
    value: approval_id,
    detail:
      outcome === null
        ? { zh: `申请已于 ${formatTime(until)} 过期`, en: `The request was over at ${formatTime(until)}` }
        : { zh: '申请已经处理', en: 'The request is decided already' },
    fix: { zh: '重新提交申请', en: 'Make the request again' },
  })
}

/**
 * An operation that is marked for four eyes is carried out only when another person has approved it; until then the
 * answer says that it waits. Where nobody else could approve, and on the machine itself, it is carried out at once.
 */
export function withFourEyes(operation: Operation, fourEyes: FourEyes): Operation {
  const { fourEyes: marked } = operation
  if (!marked) return operation
  return {
    ...operation,
    async run(context, input) {
      const person = personOf(context.principal)
      if (!marked(input) || context.approved || person === 'operator') return operation.run(context, input)
      if (!(await fourEyes.hasSecond(operation.permission, person))) return operation.run(context, input)
      const { approval_id, until } = await fourEyes.request(operation, input, context)
      return { pending: true, approval_id, until: formatTime(until) }
    },
  }
}
