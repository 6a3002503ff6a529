import { Type } from '@sinclair/typebox'
import { type Operation, operation } from '../operation.ts'
import { anything, listOf, page, paging } from '../paging.ts'
import { problem } from '../problems.ts'
import { formatTime } from '../time.ts'
import { approvalView } from './four-eyes.ts'
import { grantOf } from './grants.ts'
import { roles } from './roles.ts'
import type { Access } from './service.ts'
import type { GrantRow } from './store.ts'

const place = (of: string) =>
  Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: 200, description: `${of}; empty = all` }),
  )

/** Where a role holds. */
export const scopeFields = { sites: place('sites'), markets: place('markets') }

const reason = Type.String({ minLength: 3, maxLength: 400, description: 'why, 3 to 400 characters' })

const grantView = (row: GrantRow) => ({
  grant_id: row.grant_id,
  user_id: row.user_id,
  ...grantOf(row),
  reason: row.reason,
  at: formatTime(row.at),
  by: row.actor,
})

/** Grants of roles with their scope, requests that wait for a second person, and invitations of people outside. */
export function trustOperations(access: Access, find: (name: string) => Operation | undefined) {
  return [...grantOperations(access), ...approvalOperations(access, find)]
}

function grantOperations(access: Access) {
  return [
    operation({
      name: 'grants.list',
      summary: { zh: '一个人的角色授予', en: 'Roles of a person, with sites and markets' },
      method: 'GET',
      path: '/v1/users/:user_id/grants',
      permission: 'user.read',
      scope: 'whole',
      input: Type.Object({ user_id: Type.String() }),
      output: listOf,
      run: async (_context, { user_id }) => ({ items: (await access.grants.of(user_id)).map(grantView), next: null }),
    }),
    operation({
      name: 'grants.add',
      summary: { zh: '授予角色（可限定站点与市场）', en: 'Give a role, for all or for some sites and markets' },
      method: 'POST',
      path: '/v1/users/:user_id/grants',
      permission: 'user.write',
      scope: 'whole',
      fourEyes: ({ role }) => role === 'administrator',
      errors: ['not_found'],
      input: Type.Object({
        user_id: Type.String(),
        role: Type.Union(
          roles.map((role) => Type.Literal(role)),
          { description: roles.join(', ') },
        ),
        ...scopeFields,
        reason,
      }),
      output: anything,
      run: async ({ principal, now }, { user_id, role, sites = [], markets = [], reason: why }) =>
        access.grants.add({ userId: user_id, role, sites, markets, reason: why }, principal, now),
    }),
    operation({
      name: 'grants.end',
      summary: { zh: '收回一项角色授予', en: 'End a grant of a role' },
      method: 'POST',
      path: '/v1/grants/:grant_id/end',
      permission: 'user.write',
      scope: 'whole',
      errors: ['not_found', 'conflict'],
      input: Type.Object({ grant_id: Type.String(), reason }),
      output: anything,
      run: async ({ principal, now }, { grant_id, reason: why }) => {
        await access.grants.end(grant_id, principal, { reason: why, now })
        return {}
      },
    }),
  ]
}

function approvalOperations({ fourEyes, principalById, users }: Access, find: (name: string) => Operation | undefined) {
  const titleOf = (name: string) => find(name)?.summary ?? { zh: name, en: name }
  return [
    operation({
      name: 'approvals.list',
      summary: { zh: '待第二人批准的申请', en: 'Requests that wait for a second person' },
      method: 'GET',
      path: '/v1/approvals',
      permission: 'approval.read',
      scope: 'whole',
      input: Type.Object({ ...paging, status: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('all')])) }),
      output: listOf,
      run: async (context, { limit = 50, after, status = 'open' }) => {
        const openAt = status === 'open' ? context.now : undefined
        const found = await fourEyes.list({ limit: limit + 1, after, openAt })
        const { items, next } = page(found, limit, (row) => String(row.at))
        const names = new Map((await users()).map(({ user_id, name }) => [user_id, name]))
        const view = (row: (typeof items)[number]) => {
          const seen = approvalView(row, context)
          const { user_id = '' } = seen.input as { user_id?: string }
          return { ...seen, title: titleOf(row.operation), person: names.get(user_id) ?? null }
        }
        return { items: items.map(view), next }
      },
    }),
    operation({
      name: 'approvals.decide',
      summary: {
        zh: '批准、拒绝（须为另一个人）或撤回申请',
        en: 'Approve or refuse a request of somebody else, or withdraw your own',
      },
      method: 'POST',
      path: '/v1/approvals/:approval_id/decide',
      permission: 'approval.read',
      scope: 'whole',
      errors: ['not_found', 'same_person', 'not_allowed', 'conflict', 'pack_invalid'],
      input: Type.Object({
        approval_id: Type.String(),
        outcome: Type.Union([Type.Literal('approved'), Type.Literal('refused'), Type.Literal('withdrawn')], {
          description: 'approved, refused or withdrawn',
        }),
        note: Type.Optional(Type.String({ maxLength: 400 })),
      }),
      output: anything,
      run: async (context, { approval_id, outcome, note = '' }) => {
        const { asked, approved } = await fourEyes.decide(approval_id, { outcome, note }, context)
        if (outcome !== 'approved') return { outcome }
        const requester = await principalById(asked.actor, context.now)
        const wanted = find(asked.operation)
        // What was asked for is done by who asked, who must still be allowed to.
        if (!wanted || !requester?.permissions.has(wanted.permission))
          throw problem({
            code: 'conflict',
            field: 'approval_id',
            value: approval_id,
            detail: {
              zh: '申请人已没有这项权限，申请不再有效',
              en: 'Who asked no longer holds the permission: the request is void',
            },
          })
        const asWhoAsked = { ...context, principal: requester, approved }
        return { outcome, result: await wanted.run(asWhoAsked, JSON.parse(asked.input) as never) }
      },
    }),
  ]
}
