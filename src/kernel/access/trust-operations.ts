import { Type } from '@sinclair/typebox'
import { type Operation, operation } from '../operation.ts'
import { anything, listOf } from '../paging.ts'
import { problem } from '../problems.ts'
import { formatTime } from '../time.ts'
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

function approvalOperations(access: Access, find: (name: string) => Operation | undefined) {
  return [
    operation({
      name: 'approvals.list',
      summary: { zh: '待第二人批准的申请', en: 'Requests that wait for a second person' },
      method: 'GET',
      path: '/v1/approvals',
      permission: 'approval.read',
      scope: 'whole',
      input: Type.Object({ status: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('all')])) }),
      output: listOf,
      run: async ({ principal, now }, { status = 'open' }) => ({
        items: (await access.fourEyes.list(200))
          .map((row) => ({
            approval_id: row.approval_id,
            status: row.outcome ?? (row.until < now ? 'over' : 'open'),
            operation: row.operation,
            title: find(row.operation)?.summary ?? { zh: row.operation, en: row.operation },
            input: JSON.parse(row.input) as unknown,
            by: row.actor,
            at: formatTime(row.at),
            until: formatTime(row.until),
            mine: row.person === (principal.person ?? principal.id),
            may_decide: principal.permissions.has(row.permission),
          }))
          .filter((row) => status === 'all' || row.status === 'open'),
        next: null,
      }),
    }),
    operation({
      name: 'approvals.decide',
      summary: { zh: '批准或拒绝申请（须为另一个人）', en: 'Approve or refuse a request; another person does it' },
      method: 'POST',
      path: '/v1/approvals/:approval_id/decide',
      permission: 'approval.read',
      scope: 'whole',
      errors: ['not_found', 'same_person', 'conflict'],
      input: Type.Object({
        approval_id: Type.String(),
        outcome: Type.Union([Type.Literal('approved'), Type.Literal('refused')]),
        note: Type.Optional(Type.String({ maxLength: 400 })),
      }),
      output: anything,
      run: async (context, { approval_id, outcome, note = '' }) => {
        const found = await access.fourEyes.decide(approval_id, { outcome, note }, context)
        if (outcome === 'refused') return { outcome }
        const requester = await access.principalById(found.actor, context.now)
        const wanted = find(found.operation)
        // What was asked for is done by who asked, who must still be allowed to.
        if (!requester?.permissions.has(found.permission) || !wanted)
          throw problem({
            code: 'conflict',
            field: 'approval_id',
            value: approval_id,
            detail: {
              zh: '申请人已没有这项权限，申请不再有效',
              en: 'Who asked no longer holds the permission: the request is void',
            },
          })
        const asked = { ...context, principal: requester, approved: true }
        return { outcome, result: await wanted.run(asked, JSON.parse(found.input) as never) }
      },
    }),
  ]
}
