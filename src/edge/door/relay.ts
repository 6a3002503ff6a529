import { Agent, request as ask, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'

/** Headers that concern one connection only (RFC 9110, 7.6.1). */
const connectionHeaders = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
])

/** Passes requests on to the program behind the door and its answers back, both as streams. */
export function createRelay(inner: string): (request: IncomingMessage, response: ServerResponse) => void {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 16 })
  return (request, response) => {
    const { method, url: path } = request
    const inward = ask({ socketPath: inner, agent, method, path, headers: inwardHeaders(request) }, (answer) => {
      // Who was answered before the body was read is not listened to any longer.
      const ending = request.complete ? {} : { connection: 'close' }
      response.writeHead(answer.statusCode ?? 502, { ...keptHeaders(answer), ...ending })
      pipeline(answer, response, () => undefined)
    })
    inward.on('error', () => {
      if (response.headersSent) response.destroy()
      else response.writeHead(503, { 'retry-after': '1', 'content-length': '0' }).end()
    })
    response.on('close', () => void (response.writableFinished || inward.destroy()))
    request.pipe(inward)
  }
}

/** Without a length that the sender gave, the body goes in pieces, as it came. */
function inwardHeaders(request: IncomingMessage): OutgoingHttpHeaders {
  const forwarded = request.headers['x-forwarded-for']
  const from = [forwarded, request.socket.remoteAddress].filter(Boolean).join(', ')
  return { ...keptHeaders(request), 'x-forwarded-for': from }
}

/** Every header with all its values; the name in lower case. */
function keptHeaders({ headersDistinct }: IncomingMessage): OutgoingHttpHeaders {
  const kept: OutgoingHttpHeaders = {}
  for (const [name, values = []] of Object.entries(headersDistinct))
    if (!connectionHeaders.has(name)) kept[name] = values.length === 1 ? values[0] : values
  return kept
}
