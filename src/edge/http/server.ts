import { existsSync } from 'node:fs'
import fastifyStatic from '@fastify/static'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Access } from '../../kernel/access/index.ts'
import { newId } from '../../kernel/ids.ts'
import { type Context, type FileAnswer, fileOf, jsonTextOf, type Operation } from '../../kernel/operation.ts'
import { problemOf } from '../../kernel/problems.ts'
import { sendProblem, toProblem } from './answers.ts'
import { audit, authorise, authoriseWhole, type Wanted } from './authorise.ts'
import { jsonType } from './direct.ts'
import { answerHeaders, fileHeaders, pageHeaders } from './headers.ts'
import { inputOf, type Opened, readBody, refusedBody } from './input.ts'
import { type DescribedRoute, openApi } from './openapi.ts'
import { signInRoutes } from './sign-in.ts'

export interface ServerInput {
  readonly operations: readonly Operation[]
  readonly access: Access
  readonly consoleFolder: string | null
  readonly log: (message: string) => void
  /** Hosts of the marketplace whose images pages may show, e.g. `https://img.example.com`; none = only our own. */
  readonly imageHosts?: readonly string[]
  /** Extra routes that are no operations: file upload, sign-in. */
  readonly routes?: (app: FastifyInstance, tools: RouteTools) => void
}

export interface RouteTools {
  /** The principal of a request; checks the permission like an operation does. */
  authorise(request: FastifyRequest, wanted: Wanted): Promise<Context>
}

const openApiRoute = {
  name: 'openapi',
  summary: { zh: '本接口的 OpenAPI 文档', en: 'This document' },
  permission: 'public',
  errors: [],
}

/** The HTTP face: every operation as a route, problem+json errors, OpenAPI, and the console's files. */
export async function createServer(input: ServerInput): Promise<FastifyInstance> {
  const proxies = Number(process.env['AEDILE_PROXIES']) || 0
  const app = fastify({
    logger: false,
    // As many of the addresses in X-Forwarded-For are believed as proxies stand in front, and the door of the program itself.
    trustProxy: (_address: string, hop: number) => hop <= proxies,
    bodyLimit: 16 << 20,
    genReqId: () => newId('req'),
    frameworkErrors: (error, request, reply) => void sendProblem(reply, toProblem(error, input.log), request.id),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 1024 },
  })
  app.addContentTypeParser('application/x-ndjson', { parseAs: 'string' }, (_request, body, done) =>
    done(null, String(body)),
  )
  app.removeContentTypeParser('application/json')
  const open = new WeakMap<FastifyRequest, Opened>()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, createJsonParser(open))
  takeFiles(app, open)
  const described: DescribedRoute[] = []
  const ofPages = pageHeaders(input.imageHosts ?? [])
  app.addHook('onRoute', ({ method, url, config }) => {
    if (config?.described && method !== 'HEAD')
      described.push({ ...config.described, method: String(method), path: url })
  })
  app.addHook('onSend', (request, reply, payload, done) => {
    // Straight to Node's response: on this path every answer goes, and the names are lower case already.
    const headers = request.url.startsWith('/v1') ? answerHeaders : ofPages
    for (const [name, value] of headers) reply.raw.setHeader(name, value)
    reply.raw.setHeader('x-request-id', request.id)
    // Connections are the door's; one that ended before the rest of a body was written would take the answer with it.
    reply.removeHeader('connection')
    done(null, payload)
  })
  app.setErrorHandler((error, request, reply) => sendProblem(reply, toProblem(error, input.log), request.id))
  for (const operation of input.operations) route(app, operation, { ...input, open })
  input.routes?.(app, { authorise: (request, wanted) => authoriseWhole(request, wanted, input.access) })
  signInRoutes(app, input.access)
  app.get('/openapi.json', { config: { described: openApiRoute } }, async () => openApi(input.operations, described))
  await serveConsole(app, input.consoleFolder)
  return app
}

/** Bodies that are files, for operations that take one; elsewhere text stays text and everything else is refused. */
function takeFiles(app: FastifyInstance, open: WeakMap<FastifyRequest, Opened>): void {
  app.removeContentTypeParser('text/plain')
  app.addContentTypeParser(/^(image|text)\/|^application\/pdf/, { parseAs: 'buffer' }, (request, body, done) => {
    const type = request.headers['content-type'] ?? ''
    if (open.get(request)?.operation.fileBody) done(null, { bytes: body, declared: type })
    else if (type.startsWith('text/plain')) done(null, body.toString())
    else done(Object.assign(new Error(`Unsupported Media Type: ${type}`), { statusCode: 415 }))
  })
}

/** The parser of JSON bodies. A body that is not JSON may be kept by the operation that it was sent to, before it is refused. */
function createJsonParser(open: WeakMap<FastifyRequest, Opened>) {
  return (
    request: FastifyRequest,
    body: string | Buffer,
    done: (error: Error | null, value?: unknown) => void,
  ): void => {
    const opened = open.get(request)
    let value: unknown
    try {
      value = readBody(opened, String(body))
    } catch (error) {
      refusedBody(opened, String(body), error).then(done, done)
      return
    }
    done(null, value)
  }
}

function route(
  app: FastifyInstance,
  operation: Operation,
  { access, log, open }: ServerInput & { open: WeakMap<FastifyRequest, Opened> },
): void {
  const wanted = { permission: operation.permission, audited: operation.audited ? operation.name : null }
  /** What was done is done, and reading goes on when the disk is full: a row that cannot be written goes to the log. */
  const note = async (request: FastifyRequest, context: Context, outcome: string): Promise<void> => {
    if (!operation.audited) return
    const detail = operation.auditDetail?.((request.body ?? {}) as Record<string, unknown>).slice(0, 1000) ?? ''
    await audit(access, request, { context, operation: operation.name, outcome, detail }).catch((failure) =>
      log(`audit failed: ${context.principal.id} ${operation.name} ${outcome} ${request.id}: ${failure}`),
    )
  }
  app.route({
    method: operation.method,
    url: operation.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    ...(operation.mostBytes === undefined ? {} : { bodyLimit: operation.mostBytes }),
    // Before the body is read: who may not ask is not listened to.
    onRequest: async (request) =>
      void open.set(request, { operation, context: await authorise(request, wanted, access) }),
    handler: async (request, reply) => {
      const opened = open.get(request)?.context
      if (!opened) throw new Error('a request came past its authorisation')
      const context = operation.fileBody ? { ...opened, file: sentFile(request) } : opened
      try {
        const answer = await operation.run(context, inputOf(operation, request) as never)
        await note(request, context, 'done')
        const file = fileOf(answer)
        if (file) return sendFile(reply, file)
        const text = jsonTextOf(answer)
        if (text !== null) return reply.header('content-type', jsonType).send(text)
        return reply.send(answer ?? {})
      } catch (error) {
        await note(request, context, problemOf(error)?.code ?? 'failed')
        throw error
      }
    },
  })
}

function sentFile({ body }: FastifyRequest): Context['file'] {
  return typeof body === 'object' && body !== null && 'bytes' in body ? (body as Context['file']) : undefined
}

/** Only what was made here is shown in a page; what others sent is downloaded. */
function sendFile(reply: FastifyReply, { bytes, type, name, inline }: FileAnswer): FastifyReply {
  for (const [header, value] of fileHeaders) reply.header(header, value)
  return reply
    .header('content-type', type.startsWith('text/') ? `${type}; charset=utf-8` : type)
    .header(
      'content-disposition',
      `${inline ? 'inline' : 'attachment'}; filename="${name.replace(/[^\w. -]/g, '_')}"; filename*=UTF-8''${encodeURIComponent(name)}`,
    )
    .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
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
      maxAge: '1h',
      setHeaders: (reply, path) => void (path.endsWith('index.html') && reply.header('cache-control', 'no-cache')),
    })
}
