import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { type Answered, type Asked, type Door, openDoor } from './index.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

interface Behind {
  /** What the program behind the door answers. */
  handle?: (request: IncomingMessage, response: ServerResponse) => void
  decide?: (asked: Asked) => Promise<Answered>
}

async function openWith({ handle, decide }: Behind): Promise<{ door: Door; asked: Asked[]; logged: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'aedile-door-test-'))
  const [asked, logged]: [Asked[], string[]] = [[], []]
  const server = createServer(handle ?? ((_request, response) => response.writeHead(404).end()))
  const door = await openDoor({
    folder,
    inner: { listen: ({ path }) => new Promise<void>((open) => server.listen(path, open)) },
    decide: (request) => {
      asked.push(request)
      return decide?.(request) ?? Promise.resolve(answerTo(request, request.body))
    },
    port: 0,
    host: '127.0.0.1',
    log: (line) => logged.push(line),
  })
  closers.push(
    () => rmSync(folder, { recursive: true, force: true }),
    () => server.close(),
    () => door.close(),
  )
  return { door, asked, logged }
}

const answerTo = ({ number }: Asked, body: string): Answered => ({
  number,
  status: 200,
  type: 'application/json',
  body,
})

const decideAt = (door: Door, body: string, headers: Record<string, string> = {}) =>
  fetch(`${door.url}/v1/decide`, {
    method: 'POST',
    headers: { authorization: 'Bearer secret', 'content-type': 'application/json', ...headers },
    body,
  })

test('decisions come in many at a time and every caller gets the answer to what it asked, whatever the order of answers', async () => {
  const { door } = await openWith({
    decide: async (asked) => {
      await new Promise((later) => setTimeout(later, Math.random() * 20))
      return answerTo(asked, JSON.stringify({ echo: asked.body, from: asked.authorization }))
    },
  })
  const bodies = Array.from({ length: 200 }, (_, index) => JSON.stringify({ index, text: '价格 ½ 👍'.repeat(index) }))
  const answers = await Promise.all(bodies.map(async (body) => (await decideAt(door, body)).json()))
  expect(answers).toEqual(bodies.map((echo) => ({ echo, from: 'Bearer secret' })))
})

test('a body that arrives in pieces, cut inside of a character, is read whole', async () => {
  const { door, asked } = await openWith({})
  const body = Buffer.from(JSON.stringify({ title: '军刀' }))
  const { port } = new URL(door.url)
  const socket = connect(Number(port), '127.0.0.1')
  closers.push(() => socket.destroy())
  const answered = new Promise<string>((resolve) => socket.once('data', (chunk) => resolve(chunk.toString())))
  socket.write(
    `POST /v1/decide HTTP/1.1\r\nhost: a\r\nauthorization: Bearer x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`,
  )
  for (const byte of body) {
    socket.write(Buffer.from([byte]))
    await new Promise((next) => setImmediate(next))
  }
  expect(await answered).toContain('军刀')
  expect(asked.map((each) => each.body)).toEqual([body.toString()])
})

test('what is not a plain decision goes to the program behind: method, headers and body arrive, status, headers and body come back', async () => {
  const { door, asked } = await openWith({
    handle: async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      response.writeHead(418, { 'x-seen': String(request.headers['x-own']), 'set-cookie': ['a=1', 'b=2'] })
      const { method, url, headers } = request
      response.end(
        JSON.stringify({ method, url, from: headers['x-forwarded-for'], bytes: Buffer.concat(chunks).length }),
      )
    },
  })
  const big = 'x'.repeat(3 << 20)
  const answer = await fetch(`${door.url}/v1/events?q=%20a`, {
    method: 'PUT',
    headers: { 'x-own': 'mine', 'x-forwarded-for': '203.0.113.9' },
    body: big,
  })
  expect(answer.status).toBe(418)
  expect(answer.headers.get('x-seen')).toBe('mine')
  expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  expect(await answer.json()).toEqual({
    method: 'PUT',
    url: '/v1/events?q=%20a',
    from: '203.0.113.9, 127.0.0.1',
    bytes: big.length,
  })
  // No token, no JSON, a body too long for the short way: the routes of the program say what is wrong.
  for (const headers of [{ authorization: '' }, { 'content-type': 'text/plain' }])
    expect((await decideAt(door, '{}', headers as Record<string, string>)).status).toBe(418)
  expect((await decideAt(door, `"${'x'.repeat(1 << 20)}"`)).status).toBe(418)
  expect(asked).toEqual([])
})

test('closing lets decisions that are under way be answered, and takes no more', async () => {
  const { door, asked } = await openWith({
    decide: async (request) => {
      await new Promise((later) => setTimeout(later, 100))
      return answerTo(request, '"late"')
    },
  })
  const answer = decideAt(door, '{}')
  while (asked.length === 0) await new Promise((next) => setTimeout(next, 5))
  const closed = door.close()
  expect(await (await answer).json()).toBe('late')
  await closed
  await expect(decideAt(door, '{}')).rejects.toThrow()
})

test('a program behind that breaks off is told as unavailable, and the door goes on', async () => {
  let broken = true
  const { door } = await openWith({
    handle: (request, response) => void (broken ? request.socket.destroy() : response.writeHead(204).end()),
  })
  expect((await fetch(`${door.url}/v1/any`)).status).toBe(503)
  broken = false
  expect((await fetch(`${door.url}/v1/any`)).status).toBe(204)
})

test('a program whose port is taken ends: no thread of the door keeps it', async () => {
  const { door } = await openWith({})
  const folder = mkdtempSync(join(tmpdir(), 'aedile-door-test-'))
  closers.push(() => rmSync(folder, { recursive: true, force: true }))
  const code = `
    import { openDoor } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
    const inner = { listen: async () => undefined }
    const [port, folder] = [${new URL(door.url).port}, ${JSON.stringify(folder)}]
    await openDoor({ inner, decide: async () => undefined, folder, port, host: '127.0.0.1', log: () => {} }).catch((e) => console.log(e.code))`
  writeFileSync(join(folder, 'taken.mjs'), code)
  const ended = spawnSync(process.execPath, [join(folder, 'taken.mjs')], { encoding: 'utf8', timeout: 30_000 })
  expect([ended.stdout.trim(), ended.status]).toEqual(['EADDRINUSE', 0])
})

test('a port that is taken is an error with its code', async () => {
  const { door } = await openWith({})
  const port = Number(new URL(door.url).port)
  const folder = mkdtempSync(join(tmpdir(), 'aedile-door-test-'))
  closers.push(() => rmSync(folder, { recursive: true, force: true }))
  const opened = openDoor({
    ...{ folder, port, host: '127.0.0.1', log: () => undefined },
    inner: { listen: async () => undefined },
    decide: async (asked) => answerTo(asked, ''),
  })
  await expect(opened).rejects.toMatchObject({ code: 'EADDRINUSE' })
})
