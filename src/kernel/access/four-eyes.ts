import { newId } from '../ids.ts'
import type { Approved, Context, Operation, Principal } from '../operation.ts'
import { problem } from '../problems.ts'
import { day, formatTime } from '../time.ts'
import type { Text } from '../values.ts'
import { permissionsOf } from './roles.ts'
import * as store from './store.ts'

/** A request that nobody has approved within this time is over. */
export const approvalMicros = 7 * day

export type FourEyes = ReturnType<typeof createFourEyes>

export type Outcome = 'approved' | 'refused' | 'withdrawn'

export type ListedApproval = store.ApprovalRow & {
  outcome: string | null
  note: string | null
  decided_at: number | null
  decided_by: string | null
}

/** What somebody asks for: the operation, its input, and who may decide. */
export interface Asked {
  readonly name: string
  /** The permission of who approves or refuses. */
  readonly permission: string
  readonly input: unknown
  /** What it is about, as a key of its room. */
  readonly about?: string
  readonly why?: Text
}

type By = Pick<Context, 'principal' | 'now'>

/** The person behind a principal: a token and who made it are one. */
export const personOf = (principal: Principal) => principal.person ?? principal.id

/** A request as it is shown to `principal`. */
export const approvalView = (row: ListedApproval, { principal, now }: By) => ({
  approval_id: row.approval_id,
  status: row.outcome ?? (row.until < now ? 'over' : 'open'),
  operation: row.operation,
  about: row.about,
  input: JSON.parse(row.input) as unknown,
  why: row.why === '' ? null : (JSON.parse(row.why) as unknown),
  by: row.actor,
  at: formatTime(row.at),
  until: formatTime(row.until),
  mine: row.person === personOf(principal),
  may_decide: principal.permissions.has(row.permission),
  decided_at: row.decided_at === null ? null : formatTime(row.decided_at),
  decided_by: row.decided_by,
  note: row.note,
})

/** Requests that a second person approves before they are carried out. Rows are inserted, never changed. */
export function createFourEyes(db: store.AccessDb) {
  /** Keeps a decision; the first one counts. */
  async function record(found: ListedApproval, given: { outcome: Outcome; note: string }, { principal, now }: By) {
    const done = await db
      .insertInto('approval_events')
      .values({ approval_id: found.approval_id, at: now, ...given, actor: principal.id })
      .onConflict((on) => on.doNothing())
      .executeTakeFirst()
    if (Number(done.numInsertedOrUpdatedRows ?? 0) === 0) throw isOver({ ...found, outcome: 'decided' })
  }

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
      { name, permission, input, about = '', why }: Asked,
      { principal, now }: By,
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
        about,
        why: why ? JSON.stringify(why) : '',
      }
      await db.insertInto('approvals').values(row).execute()
      return row
    },
    /** Requests with their decisions, newest first. */
    list: (filter: store.ApprovalFilter): Promise<ListedApproval[]> => store.approvals(db, filter),
    /**
     * The request, once `principal` may give it this outcome. An approval is not kept yet: what runs under it does so by
     * `record`, which lets only the first decision pass.
     * @throws not_found, same_person for one's own request, not_allowed to withdraw another's, conflict when it is decided or over.
     */
    async decide(
      id: string,
      given: { outcome: Outcome; note: string },
      by: By,
    ): Promise<{ asked: store.ApprovalRow; approved: Approved }> {
      const [found] = await store.approvals(db, { limit: 1, id })
      const own = found?.person === personOf(by.principal)
      if (!found || !(own || by.principal.permissions.has(found.permission)))
        throw problem({
          code: 'not_found',
          field: 'approval_id',
          value: id,
          detail: { zh: '没有这个申请', en: 'No such request' },
        })
      if (given.outcome === 'withdrawn' && !own) throw notYours(id)
      if (given.outcome !== 'withdrawn' && own) throw samePerson(id)
      if (found.outcome !== null || found.until < by.now) throw isOver(found)
      if (given.outcome !== 'approved') await record(found, given, by)
      return { asked: found, approved: { approval_id: id, record: () => record(found, given, by) } }
    },
  }
}

const samePerson = (id: string): Error =>
  problem({
    code: 'same_person',
    field: 'approval_id',
    value: id,
    detail: {
      zh: '这是你自己的申请（令牌算作其创建者），须由另一个人处理',
      en: 'This is your own request (a token counts as whoever made it); another person must answer it',
    },
    fix: { zh: '请有权限的同事处理，或撤回', en: 'Ask a colleague who may approve, or withdraw it' },
  })

const notYours = (id: string): Error =>
  problem({
    code: 'not_allowed',
    field: 'approval_id',
    value: id,
    detail: { zh: '只有申请人可以撤回', en: 'Only whoever asked can withdraw a request' },
    fix: { zh: '你可以拒绝它', en: 'You can refuse it' },
  })

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
  const { fourEyes: marked, name, permission } = operation
  if (!marked || marked === 'own') return operation
  return {
    ...operation,
    async run(context, input) {
      const person = personOf(context.principal)
      if (context.approved) {
        await context.approved.record()
        return operation.run(context, input)
      }
      if (!marked(input) || person === 'operator' || !(await fourEyes.hasSecond(permission, person)))
        return operation.run(context, input)
      const { approval_id, until } = await fourEyes.request({ name, permission, input }, context)
      return { pending: true, approval_id, until: formatTime(until) }
    },
  }
}
