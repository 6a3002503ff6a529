import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Access } from '../../kernel/access/index.ts'
import type { Context, Principal } from '../../kernel/operation.ts'
import { problem, problemOf } from '../../kernel/problems.ts'
import { nowMicros } from '../../kernel/time.ts'
import { audit, authorise } from './authorise.ts'
import { clearCookie, requestedSession, setCookie } from './session.ts'

interface SignedIn {
  readonly user: { user_id: string; login: string; name: string; preferences: string }
  readonly principal: Principal
}

const view = ({ user, principal }: SignedIn) => ({
  user: {
    id: user.user_id,
    login: user.login,
    name: user.name,
    roles: principal.roles,
    preferences: JSON.parse(user.preferences) as unknown,
  },
  permissions: [...principal.permissions].sort(),
  party: principal.party ?? null,
})

const summaries = {
  open: { zh: '登录', en: 'Sign in with login and password; sets the session cookie' },
  get: { zh: '当前登录者', en: 'Who is signed in, with permissions' },
  close: { zh: '退出登录', en: 'Sign out' },
}

/** Sign-in, sign-out, and who is signed in. Sign-ins that fail are audited with the login that was tried. */
export function signInRoutes(app: FastifyInstance, access: Access): void {
  const described = (
    name: keyof typeof summaries,
    more: { body?: object; errors?: readonly ('sign_in_failed' | 'too_many_requests' | 'sign_in_required')[] },
  ) => ({
    described: { name: `session.${name}`, summary: summaries[name], permission: 'public', errors: [], ...more },
  })
  const body = {
    type: 'object',
    required: ['login', 'password'],
    properties: { login: { type: 'string' }, password: { type: 'string' } },
  }
  app.post(
    '/v1/session',
    { config: described('open', { body, errors: ['sign_in_failed', 'too_many_requests'] }) },
    async (request, reply) => {
      const { login, password } = credentials(request.body)
      const now = nowMicros()
      const row = (principal: Principal, outcome: string) =>
        audit(access, request, {
          context: { principal, requestId: request.id, now },
          operation: 'session.open',
          outcome,
          detail: login,
        })
      try {
        const found = await access.signIn(login, password, now)
        await row(found.principal, 'done')
        return reply.header('set-cookie', setCookie(found.secret)).send(view(found))
      } catch (error) {
        const code = problemOf(error)?.code
        if (code) await row(nobodyYet, code)
        throw error
      }
    },
  )
  app.get('/v1/session', { config: described('get', { errors: ['sign_in_required'] }) }, async (request) => {
    const secret = requestedSession(request)
    const found = secret === null ? null : await access.bySession(secret, nowMicros())
    if (!found) throw problem({ code: 'sign_in_required', detail: { zh: '请先登录', en: 'Sign in first' } })
    return view(found)
  })
  app.delete('/v1/session', { config: described('close', {}) }, async (request, reply) => {
    const context = await authorise(request, { permission: 'public', audited: null }, access)
    await close(request, context)
    return reply.header('set-cookie', clearCookie()).send({})
  })

  async function close(request: FastifyRequest, context: Context): Promise<void> {
    const secret = requestedSession(request)
    if (secret === null || context.session === undefined) return
    await access.signOut(secret)
    await audit(access, request, { context, operation: 'session.close', outcome: 'done' })
  }
}

const nobodyYet: Principal = { id: 'anonymous', name: 'anonymous', kind: 'user', roles: [], permissions: new Set() }

function credentials(body: unknown): { login: string; password: string } {
  const { login, password } = (body ?? {}) as { login?: unknown; password?: unknown }
  if (typeof login !== 'string' || typeof password !== 'string')
    throw problem({
      code: 'invalid_input',
      field: typeof login === 'string' ? 'password' : 'login',
      detail: { zh: '需要 login 和 password', en: 'Send login and password' },
    })
  return { login: login.slice(0, 200), password: password.slice(0, 1000) }
}
