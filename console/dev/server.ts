// Development aid: serves dist/console with made-up data so that screens can be looked at without the product's server.
// Never shipped, never used by tests of the product. `node console/dev/server.ts [port]`; any password signs in.
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { answer } from './api.ts'

const root = fileURLToPath(new URL('../../dist/console', import.meta.url))
const port = Number(process.argv[2] ?? 8491)
const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}
const policy = "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  try {
    return JSON.parse(Buffer.concat(chunks).toString() || '{}') as Record<string, unknown>
  } catch {
    return {}
  }
}

createServer(async (request, response) => {
  const url = new URL(request.url ?? '/', 'http://console')
  response.setHeader('content-security-policy', policy)
  response.setHeader('x-development-aid', 'made-up data, not Aedile')
  if (url.pathname.startsWith('/v1/')) {
    const reply = answer({
      method: request.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      body: await bodyOf(request),
    })
    response.writeHead(reply.status ?? 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(reply.body))
    return
  }
  const path = normalize(join(root, url.pathname))
  const file = path.startsWith(root) && extname(path) !== '' ? path : join(root, 'index.html')
  try {
    const content = await readFile(file)
    response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' })
    response.end(content)
  } catch {
    response.writeHead(404).end()
  }
}).listen(port, '127.0.0.1', () => console.log(`made-up data for the console on http://127.0.0.1:${port}`))
