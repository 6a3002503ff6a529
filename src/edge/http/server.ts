import { existsSync } from 'node:fs'
import fastifyStatic from '@fastify/static'
import { Value, type ValueError } from '@sinclair/typebox/value'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Access } from '../../kernel/access/index.ts'
import { newId } from '../../kernel/ids.ts'
import type { Context, Operation, Principal } from '../../kernel/operation.ts'
import { type Problem, problem, problemCatalogue, problemOf, shorten } from '../../kernel/problems.ts'
import { nowMicros } from '../../kernel/time.ts'
import { openApi } from './openapi.ts'
import { clearCookie, requestedSession, setCookie } from './session.ts'

export interface ServerInput {
  readonly operations: readonly Operation[]
  readonly access: Access
  readonly consoleFolder: string | null
  readonly log: (message: string) => void
  /** Extra routes that are no operations: file upload, sign-in. */
  readonly routes?: (app: FastifyInstance, tools: RouteTools) => void
}

export interface RouteTools {
  /** The principal of a request; checks the permission like an operation does. */
  authorise(request: FastifyRequest, permission: string): Promise<Context>
}

const securityHeaders: Record<string, string> = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
}

/** The HTTP face: every operation as a route, problem+json errors, OpenAPI, and the console's files. */
export async function createServer(input: ServerInput): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    bodyLimit: 16 << 20,
    genReqId: () => newId('req'),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 1024 },
  })
  app.addContentTypeParser('application/x-ndjson', { parseAs: 'string' }, (_request, body, done) =>
    done(null, String(body)),
  )
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, parseJson)
  app.addHook('onSend', async (request, reply) => {
    reply.headers({ ...securityHeaders, 'x-request-id': request.id })
    if (request.url.startsWith('/v1')) reply.header('cache-control', 'no-store')
  })
  app.setErrorHandler((error, request, reply) => sendProblem(reply, toProblem(error, input.log), request.id))
  for (const operation of input.operations) route(app, operation, input)
  input.routes?.(app, { authorise: (request, permission) => authorise(request, permission, input.access) })
  signInRoutes(app, input)
  app.get('/openapi.json', async () => openApi(input.operations))
  await serveConsole(app, input.consoleFolder)
  return app
}

function parseJson(
  _request: FastifyRequest,
  body: string | Buffer,
  done: (error: Error | null, value?: unknown) => void,
): void {
  const text = String(body)
  if (text.trim() === '') return done(null, {})
  try {
    done(null, JSON.parse(text))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    done(
      problem({
        code: 'malformed_json',
        detail: { zh: `请求体不是 JSON：${reason}`, en: `The body is not JSON: ${reason}` },
        fix: {
          zh: '发送 JSON；批量可用 NDJSON（每行一个事件，坏行不影响其余）',
          en: 'Send JSON; for batches NDJSON works too (one event a line, a bad line does not stop the others)',
        },
      }),
    )
  }
}

function route(app: FastifyInstance, operation: Operation, { access, log }: ServerInput): void {
  app.route({
    method: operation.method,
    url: operation.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    handler: async (request, reply) => {
      const context = await authorise(request, operation.permission, access, operation)
      const values = inputOf(operation, request)
      try {
        const answer = await operation.run(context, values as never)
        if (operation.audited) await audit(access, operation, context, { outcome: 'done', target: targetOf(request) })
        return reply.send(answer ?? {})
      } catch (error) {
        if (operation.audited)
          await audit(access, operation, context, {
            outcome: problemOf(error)?.code ?? 'failed',
            target: targetOf(request),
          }).catch((failure) => log(`audit failed: ${failure}`))
        throw error
      }
    },
  })
}

const targetOf = (request: FastifyRequest) => request.url.split('?')[0]?.slice(0, 300) ?? ''

function audit(
  access: Access,
  operation: Operation,
  context: Context,
  { outcome, target }: { outcome: string; target: string },
) {
  return access.audit({
    at: context.now,
    actor: context.principal.id,
    operation: operation.name,
    target,
    outcome,
    request_id: context.requestId,
    detail: '',
  })
}

const nobody: Principal = { id: 'anonymous', name: 'anonymous', kind: 'user', roles: [], permissions: new Set() }

async function authorise(
  request: FastifyRequest,
  permission: string,
  access: Access,
  operation?: Operation,
): Promise<Context> {
  const now = nowMicros()
  const principal = await principalOf(request, access, now)
  const context = { principal: principal ?? nobody, requestId: request.id, now }
  if (permission === 'public') return context
  if (!principal)
    throw problem({
      code: 'sign_in_required',
      detail: { zh: '请先登录，或提供 API 令牌', en: 'Sign in, or send an API token' },
      fix: { zh: '请求头 Authorization: Bearer aed_…', en: 'Header Authorization: Bearer aed_…' },
    })
  if (principal.kind === 'user' && request.method !== 'GET' && request.headers['x-aedile'] !== 'console')
    throw problem({
      code: 'not_allowed',
      field: 'x-aedile',
      detail: {
        zh: '缺少请求头 x-aedile: console（防跨站请求）',
        en: 'The header x-aedile: console is missing (it keeps other sites from calling with your session)',
      },
    })
  if (permission !== 'signed-in' && !principal.permissions.has(permission)) {
    if (operation?.audited)
      await audit(access, operation, context, { outcome: 'not_allowed', target: targetOf(request) })
    throw problem({
      code: 'not_allowed',
      detail: {
        zh: `需要权限 ${permission}；你的角色：${principal.roles.join('、')}`,
        en: `This needs the permission ${permission}; your roles: ${principal.roles.join(', ')}`,
      },
      fix: { zh: '请管理员授予相应角色', en: 'Ask an administrator for a role that has it' },
    })
  }
  return context
}

async function principalOf(request: FastifyRequest, access: Access, now: number): Promise<Principal | null> {
  const header = request.headers.authorization
  if (header?.startsWith('Bearer ')) return access.byToken(header.slice(7).trim(), now)
  const secret = requestedSession(request)
  return secret === null ? null : ((await access.bySession(secret, now))?.principal ?? null)
}

/** Path, query and body as one object that fits the operation's schema; query texts become numbers and booleans where asked. */
function inputOf(operation: Operation, request: FastifyRequest): unknown {
  const body = operation.method === 'GET' || operation.method === 'DELETE' ? {} : request.body
  const merged: Record<string, unknown> = {
    ...(request.query as object),
    ...(typeof body === 'object' && body !== null && !Array.isArray(body) ? body : { body }),
    ...(request.params as object),
  }
  if (merged['body'] === undefined) delete merged['body']
  const converted = Value.Default(operation.input, Value.Convert(operation.input, merged))
  const [first] = Value.Errors(operation.input, converted)
  if (first) throw inputProblem(first)
  return converted
}

function inputProblem(error: ValueError): Error {
  const field = error.path.slice(1).replaceAll('/', '.')
  return problem({
    code: 'invalid_input',
    field,
    value: error.value === undefined ? null : shorten(error.value),
    detail: {
      zh: `字段 "${field}" 不合格：${error.message}（值 ${shorten(error.value ?? null)}）`,
      en: `Field "${field}": ${error.message} (value ${shorten(error.value ?? null)})`,
    },
    fix: {
      zh: error.schema.description ?? `参见 /openapi.json`,
      en: error.schema.description ?? 'See /openapi.json for what this field takes',
    },
  })
}

function signInRoutes(app: FastifyInstance, { access }: ServerInput): void {
  const answer = (
    user: { user_id: string; login: string; name: string; preferences: string },
    principal: Principal,
  ) => ({
    user: {
      id: user.user_id,
      login: user.login,
      name: user.name,
      roles: principal.roles,
      preferences: JSON.parse(user.preferences) as unknown,
    },
    permissions: [...principal.permissions].sort(),
  })
  app.post('/v1/session', async (request, reply) => {
    const body = (request.body ?? {}) as { login?: unknown; password?: unknown }
    if (typeof body.login !== 'string' || typeof body.password !== 'string')
      throw problem({
        code: 'invalid_input',
        field: 'login',
        detail: { zh: '需要 login 和 password', en: 'Send login and password' },
      })
    const now = nowMicros()
    const { secret, user, principal } = await access.signIn(body.login.slice(0, 200), body.password.slice(0, 1000), now)
    await access.audit({
      at: now,
      actor: principal.id,
      operation: 'session.open',
      target: '/v1/session',
      outcome: 'done',
      request_id: request.id,
      detail: '',
    })
    return reply.header('set-cookie', setCookie(secret)).send(answer(user, principal))
  })
  app.get('/v1/session', async (request) => {
    const secret = requestedSession(request)
    const found = secret === null ? null : await access.bySession(secret, nowMicros())
    if (!found) throw problem({ code: 'sign_in_required', detail: { zh: '请先登录', en: 'Sign in first' } })
    return answer(found.user, found.principal)
  })
  app.delete('/v1/session', async (request, reply) => {
    const secret = requestedSession(request)
    if (secret !== null) await access.signOut(secret)
    return reply.header('set-cookie', clearCookie()).send({})
  })
}

function toProblem(error: unknown, log: (message: string) => void): Problem {
  const found = problemOf(error) ?? (error instanceof Error && 'problem' in error ? (error.problem as Problem) : null)
  if (found) return found
  const raised = error as { code?: string; statusCode?: number; message?: string; stack?: string }
  if (raised.code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return {
      code: 'too_large',
      detail: { zh: '请求体超过 16 MiB', en: 'The body is larger than 16 MiB' },
      fix: { zh: '分批发送，或用导入', en: 'Send smaller batches, or use an import' },
    }
  if (raised.statusCode && raised.statusCode < 500)
    return { code: 'invalid_input', detail: { zh: String(raised.message), en: String(raised.message) } }
  log(`request failed: ${raised.stack ?? raised.message ?? error}`)
  return {
    code: 'internal',
    detail: { zh: '内部错误，已记录', en: 'Something failed here; it is in the log under this request id' },
  }
}

/** RFC 9457 problem details. */
export function sendProblem(reply: FastifyReply, found: Problem, requestId: string): FastifyReply {
  const { status, title } = problemCatalogue[found.code]
  return reply
    .code(status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send(JSON.stringify({ type: `urn:aedile:problem:${found.code}`, title, status, request_id: requestId, ...found }))
}

async function serveConsole(app: FastifyInstance, folder: string | null): Promise<void> {
  app.setNotFoundHandler((request, reply) => {
    if (
      folder !== null &&
      request.method === 'GET' &&
      !request.url.startsWith('/v1/') &&
      (request.headers.accept ?? '').includes('text/html')
    )
      return reply.sendFile('index.html')
    return sendProblem(
      reply,
      {
        code: 'not_found',
        field: 'path',
        value: request.url.slice(0, 200),
        detail: { zh: '没有这个地址', en: 'There is nothing at this address' },
        fix: { zh: '见 /openapi.json', en: 'See /openapi.json' },
      },
      request.id,
    )
  })
  if (folder !== null && existsSync(folder))
    await app.register(fastifyStatic, {
      root: folder,
      wildcard: false,
      maxAge: '1h',
      setHeaders: (reply, path) => void (path.endsWith('index.html') && reply.header('cache-control', 'no-cache')),
    })
}
