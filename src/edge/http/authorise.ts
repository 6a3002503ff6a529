import type { IncomingHttpHeaders } from 'node:http'
import { type Access, needsEverything, scopesOf } from '../../kernel/access/index.ts'
import type { Context, Principal } from '../../kernel/operation.ts'
import { problem } from '../../kernel/problems.ts'
import { nowMicros } from '../../kernel/time.ts'
import { requestedSession } from './session.ts'

/** What is looked at of a request to say who asks. */
export interface Asking {
  readonly id: string
  readonly ip: string
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
}

/** What a request wants: a permission, `signed-in` or `public`, and the name under which it is audited (null = not). */
export interface Wanted {
  readonly permission: string
  readonly audited: string | null
}

const nobody: Principal = { id: 'anonymous', name: 'anonymous', kind: 'user', roles: [], permissions: new Set() }

/** Writes one audit row about a request. */
export function audit(
  access: Access,
  request: Asking,
  row: { context: Context; operation: string; outcome: string; detail?: string },
): Promise<void> {
  const { context, operation, outcome, detail = '' } = row
  const target = request.url.split('?')[0]?.slice(0, 300) ?? ''
  return access.audit({
    at: context.now,
    actor: context.principal.id,
    operation,
    target,
    outcome,
    request_id: context.requestId,
    detail,
  })
}

/**
 * Who asks, and whether they may. Runs before the body is read.
 * @throws sign_in_required, not_allowed (audited when the request would change something).
 */
export async function authorise(request: Asking, wanted: Wanted, access: Access): Promise<Context> {
  const now = nowMicros()
  const found = await principalOf(request, access, now)
  const context = {
    principal: found?.principal ?? nobody,
    requestId: request.id,
    now,
    address: request.ip,
    ...(found?.session === undefined ? {} : { session: found.session }),
  }
  const refusal =
    found === null ? (wanted.permission === 'public' ? null : signIn()) : refusalOf(request, wanted, found.principal)
  if (refusal === null) return context
  if (found !== null && wanted.audited !== null)
    await audit(access, request, { context, operation: wanted.audited, outcome: 'not_allowed' })
  throw refusal
}

/** The same for routes that are no operations: they see everything, so a scoped principal is refused. */
export async function authoriseWhole(request: Asking, wanted: Wanted, access: Access): Promise<Context> {
  const context = await authorise(request, wanted, access)
  const scopes = scopesOf(context.principal, wanted.permission)
  if (scopes !== null) throw needsEverything(wanted.permission, scopes)
  return context
}

async function principalOf(
  request: Asking,
  access: Access,
  now: number,
): Promise<{ principal: Principal; session?: string } | null> {
  const header = request.headers.authorization
  if (header?.startsWith('Bearer ')) {
    const principal = await access.byToken(header.slice(7).trim(), now)
    return principal === null ? null : { principal }
  }
  const secret = requestedSession(request)
  return secret === null ? null : access.bySession(secret, now)
}

function signIn(): Error {
  return problem({
    code: 'sign_in_required',
    detail: { zh: '请先登录，或提供 API 令牌', en: 'Sign in, or send an API token' },
    fix: { zh: '请求头 Authorization: Bearer aed_…', en: 'Header Authorization: Bearer aed_…' },
  })
}

const reading = new Set(['GET', 'HEAD'])

function refusalOf(request: Asking, { permission }: Wanted, principal: Principal): Error | null {
  if (principal.kind === 'user' && !reading.has(request.method) && request.headers['x-aedile'] !== 'console')
    return problem({
      code: 'not_allowed',
      field: 'x-aedile',
      detail: {
        zh: '缺少请求头 x-aedile: console（防跨站请求）',
        en: 'The header x-aedile: console is missing (it keeps other sites from calling with your session)',
      },
    })
  if (permission === 'public' || permission === 'signed-in' || principal.permissions.has(permission)) return null
  return problem({
    code: 'not_allowed',
    detail: {
      zh: `需要权限 ${permission}；你的角色：${principal.roles.join('、')}`,
      en: `This needs the permission ${permission}; your roles: ${principal.roles.join(', ')}`,
    },
    fix: { zh: '请管理员授予相应角色', en: 'Ask an administrator for a role that has it' },
  })
}
