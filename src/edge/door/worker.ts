// The thread that owns the port: it reads requests and writes answers, so that the thread that decides does nothing else.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import { newId } from '../../kernel/ids.ts'
import { answerHeaders } from '../http/headers.ts'
import {
  type Asked,
  type DoorSettings,
  type FromDoor,
  gather,
  packAsked,
  type ToDoor,
  unpackAnswered,
} from './protocol.ts'
import { createRelay } from './relay.ts'

const { port, host, inner, proxies } = workerData as DoorSettings
const tell = (message: FromDoor) => parentPort?.postMessage(message)
const ask = gather<Asked>((asked) => tell({ kind: 'asked', asked: packAsked(asked) }))
const relay = createRelay(inner)
const waiting = new Map<number, { id: string; response: ServerResponse }>()
const mostBytes = 1 << 20
const fixedHeaders = answerHeaders.flat()
let last = 0

/** Plain decisions come in by the short way; whatever is special about a request, the program behind looks at. */
function isPlainDecision({ method, url, headers }: IncomingMessage): boolean {
  const type = headers['content-type']
  return (
    method === 'POST' &&
    url === '/v1/decide' &&
    headers.authorization?.startsWith('Bearer ') === true &&
    (type === 'application/json' || type === 'application/json; charset=utf-8') &&
    Number(headers['content-length']) <= mostBytes
  )
}

/** The address that asks: the peer, or what the last proxy that is believed says (as `trustProxy` of fastify does). */
function addressOf({ headers, socket }: IncomingMessage): string {
  const peer = socket.remoteAddress ?? ''
  const forwarded = headers['x-forwarded-for']
  if (proxies === 0 || forwarded === undefined) return peer
  const hops = [
    ...String(forwarded)
      .split(',')
      .map((hop) => hop.trim()),
    peer,
  ]
  return hops.at(-1 - proxies) ?? hops[0] ?? peer
}

function take(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
    const number = ++last
    const id = newId('req')
    waiting.set(number, { id, response })
    const { authorization } = request.headers
    ask({ number, id, authorization, address: addressOf(request), body: body.toString('utf8') })
  })
}

const server = createServer((request, response) =>
  isPlainDecision(request) ? take(request, response) : relay(request, response),
)
server.keepAliveTimeout = 72_000
server.on('error', (error: NodeJS.ErrnoException) => tell({ kind: 'failed', code: error.code, message: error.message }))
server.listen({ port, host }, () => tell({ kind: 'open', port: (server.address() as AddressInfo).port }))

parentPort?.on('message', (message: ToDoor) => {
  if (message.kind === 'stop') {
    // Connections fall idle one after the other, as their last answers go out.
    const closing = setInterval(() => server.closeIdleConnections(), 20)
    server.close(() => {
      clearInterval(closing)
      parentPort?.close()
    })
    server.closeIdleConnections()
    return
  }
  for (const { number, status, type, body } of unpackAnswered(message.answers)) {
    const asked = waiting.get(number)
    waiting.delete(number)
    if (!asked) continue
    asked.response
      .writeHead(status, [
        ...fixedHeaders,
        ...['x-request-id', asked.id, 'content-type', type, 'content-length', String(Buffer.byteLength(body))],
      ])
      .end(body)
  }
})
