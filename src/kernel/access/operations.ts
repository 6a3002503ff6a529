import { Type } from '@sinclair/typebox'
import { operation } from '../operation.ts'
import { anything, listOf, page, paging } from '../paging.ts'
import { problem } from '../problems.ts'
import { formatTime, parseTime } from '../time.ts'
import type { Access } from './service.ts'
import { scopeFields } from './trust-operations.ts'

const roleList = Type.Array(Type.String(), {
  minItems: 1,
  description: 'administrator, strategist, analyst, reviewer, qa, viewer',
})

const givesAdministrator = ({ roles }: Readonly<Record<string, unknown>>) =>
  Array.isArray(roles) && roles.includes('administrator')

/** People, tokens, preferences, audit. */
export function accessOperations(access: Access) {
  return [
    operation({
      name: 'session.password',
      summary: { zh: '修改自己的密码', en: 'Change your password' },
      method: 'POST',
      path: '/v1/session/password',
      permission: 'signed-in',
      scope: 'own',
      input: Type.Object({
        current: Type.String(),
        next: Type.String({ minLength: 10, description: 'at least 10 characters' }),
      }),
      output: anything,
      errors: ['sign_in_failed', 'too_many_requests'],
      run: async ({ principal, session, now }, input) => {
        await access.changePassword(principal.id, { ...input, session, now })
        return {}
      },
    }),
    operation({
      name: 'session.preferences',
      summary: { zh: '保存界面偏好', en: 'Save your preferences' },
      method: 'PUT',
      path: '/v1/session/preferences',
      permission: 'signed-in',
      scope: 'own',
      audited: false,
      input: Type.Object({
        language: Type.Optional(Type.Union([Type.Literal('zh'), Type.Literal('en')])),
        theme: Type.Optional(Type.String({ maxLength: 20 })),
        single_keys: Type.Optional(Type.Unknown()),
        density: Type.Optional(Type.String({ maxLength: 20 })),
      }),
      output: anything,
      run: async ({ principal }, input) => {
        await access.setPreferences(principal.id, input)
        return {}
      },
    }),
    operation({
      name: 'users.list',
      summary: { zh: '人员列表', en: 'List people' },
      method: 'GET',
      path: '/v1/users',
      permission: 'user.read',
      scope: 'whole',
      input: Type.Object({}),
      output: listOf,
      run: async () => ({
        items: (await access.users()).map((user) => ({
          party: user.party_id === null ? null : { type: user.party_type, id: user.party_id },
          user_id: user.user_id,
          login: user.login,
          name: user.name,
          roles: JSON.parse(user.roles) as string[],
          disabled: user.disabled === 1,
          created_at: formatTime(user.at),
        })),
        next: null,
      }),
    }),
    operation({
      name: 'users.create',
      summary: { zh: '新增人员', en: 'Add a person' },
      method: 'POST',
      path: '/v1/users',
      permission: 'user.write',
      scope: 'whole',
      errors: ['conflict'],
      fourEyes: givesAdministrator,
      input: Type.Object({
        login: Type.String({ pattern: '^[A-Za-z0-9._@-]{2,64}$', description: '2 to 64 letters, digits, . _ @ -' }),
        name: Type.String({ minLength: 1, maxLength: 100 }),
        roles: roleList,
        password: Type.Optional(Type.String({ minLength: 10 })),
      }),
      output: anything,
      run: async ({ principal, now }, input) => access.createUser({ ...input, by: principal, now }),
    }),
    operation({
      name: 'users.change',
      summary: { zh: '修改人员', en: 'Change a person' },
      method: 'PUT',
      path: '/v1/users/:user_id',
      permission: 'user.write',
      scope: 'whole',
      errors: ['not_found', 'conflict'],
      fourEyes: givesAdministrator,
      input: Type.Object({
        user_id: Type.String(),
        name: Type.Optional(Type.String({ minLength: 1 })),
        roles: Type.Optional(roleList),
        disabled: Type.Optional(Type.Boolean()),
      }),
      output: anything,
      run: async ({ principal, now }, { user_id, ...change }) => {
        await access.changeUser(user_id, change, principal, now)
        return {}
      },
    }),
    operation({
      name: 'tokens.list',
      summary: { zh: 'API 令牌列表', en: 'List API tokens' },
      method: 'GET',
      path: '/v1/tokens',
      permission: 'token.write',
      scope: 'whole',
      input: Type.Object({}),
      output: listOf,
      run: async () => ({
        items: (await access.tokens()).map((token) => ({
          token_id: token.token_id,
          name: token.name,
          roles: JSON.parse(token.roles) as string[],
          sites: JSON.parse(token.sites) as string[],
          markets: JSON.parse(token.markets) as string[],
          created_at: formatTime(token.at),
          expires_at: token.expires_at === null ? null : formatTime(token.expires_at),
          revoked_at: token.revoked_at === null ? null : formatTime(token.revoked_at),
        })),
        next: null,
      }),
    }),
    operation({
      name: 'tokens.create',
      summary: { zh: '新建 API 令牌（只显示一次）', en: 'Create an API token (shown once)' },
      method: 'POST',
      path: '/v1/tokens',
      permission: 'token.write',
      scope: 'whole',
      input: Type.Object({
        name: Type.String({ minLength: 1, maxLength: 100 }),
        roles: roleList,
        expires_at: Type.Optional(Type.String()),
        ...scopeFields,
      }),
      output: anything,
      run: async ({ principal, now }, input) => {
        const expiresAt = input.expires_at === undefined ? null : parseTime(input.expires_at)
        if (input.expires_at !== undefined && expiresAt === null)
          throw problem({
            code: 'invalid_input',
            field: 'expires_at',
            value: input.expires_at,
            detail: { zh: '不是 ISO 时间', en: 'expires_at is not an ISO time' },
          })
        const { name, roles, sites = [], markets = [] } = input
        return access.createToken({ name, roles, sites, markets, expiresAt, by: principal, now })
      },
    }),
    operation({
      name: 'tokens.revoke',
      summary: { zh: '吊销 API 令牌', en: 'Revoke an API token' },
      method: 'DELETE',
      path: '/v1/tokens/:token_id',
      permission: 'token.write',
      scope: 'whole',
      input: Type.Object({ token_id: Type.String() }),
      output: anything,
      run: async ({ now }, input) => {
        await access.revokeToken(input.token_id, now)
        return {}
      },
    }),
    operation({
      name: 'audit.list',
      summary: { zh: '审计日志', en: 'Audit log' },
      method: 'GET',
      path: '/v1/audit',
      permission: 'audit.read',
      scope: 'whole',
      input: Type.Object({ ...paging, q: Type.Optional(Type.String()) }),
      output: listOf,
      run: async (_context, { limit = 50, after, q }) => {
        const rows = await access.auditRows({
          limit: limit + 1,
          after: after === undefined ? undefined : Number(after),
          q,
        })
        const names = new Map((await access.users()).map((user) => [user.user_id, user.name]))
        const found = page(rows, limit, (row) => String(row.seq))
        return {
          ...found,
          items: found.items.map((row) => ({
            ...row,
            at: formatTime(row.at),
            actor: names.get(row.actor) ?? row.actor,
          })),
        }
      },
    }),
  ]
}
