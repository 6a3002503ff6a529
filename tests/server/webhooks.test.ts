import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createOutbound, headerNames, isSigned, mostAttempts } from '../../src/enforcement/outbound/index.ts'
import { part } from '../../src/kernel/database.ts'
import { nowMicros } from '../../src/kernel/time.ts'
import { type House, openHouse } from './harness.ts'

const secret = 'a-secret-that-nobody-guesses-1'
interface Heard {
  readonly headers: IncomingHttpHeaders
  readonly body: string
  // biome-ignore lint/suspicious/noExplicitAny: each test looks at its own part of the call
  readonly json: any
}

/** A real receiver: what it answers, one status after the other (`null` = never), then 200 for ever. */
async function receiver(...answers: (number | null)[]) {
  const heard: Heard[] = []
  const server: Server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      heard.push({ headers: request.headers, body, json: JSON.parse(body) })
      const status = answers.length > 0 ? answers.shift() : 200
      if (status === null || status === undefined) return
      if (status >= 300 && status < 400) response.setHeader('location', 'http://127.0.0.1:1/')
      response.statusCode = status
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(
    () => void server.closeAllConnections(),
    () => void server.close(),
  )
  return { heard, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` }
}

let house: House
let admin: string
let reviewer: string
const closing: (() => void)[] = []
beforeAll(async () => {
  house = await openHouse({ clock: false })
  admin = await house.token('administrator')
  reviewer = await house.token('reviewer')
})
afterEach(async () => {
  for (const row of await house.app.enforcing.outbound.endpoints())
    await house.call('PUT', `/v1/webhooks/${row.endpoint_id}`, { token: admin, body: { active: false } })
  for (const close of closing.splice(0)) close()
})
afterAll(() => house.close())

const outbound = (timeoutMs = 2000) =>
  createOutbound({
    db: part(house.app.db),
    request: fetch,
    log: (line) => house.logged.push(line),
    random: () => 0,
    timeoutMs,
  })

async function endpoint(url: string, more: object = {}) {
  const made = await house.call('POST', '/v1/webhooks', { token: admin, body: { title: 'shop', url, secret, ...more } })
  expect([made.status, made.text.includes(secret)]).toEqual([200, false])
  return made.body.endpoint_id as string
}
async function impose(id: string, kind = 'delist') {
  const made = await house.call('POST', '/v1/actions', {
    token: reviewer,
    body: { kind, target: { type: 'listing', id }, party: { type: 'seller', id: `of-${id}` }, reason: 'unsafe' },
  })
  expect(made.status).toBe(200)
  return made.body.action_id as string
}
const lift = (id: string) =>
  house.call('POST', `/v1/actions/${id}/lift`, { token: reviewer, body: { reason: 'we were wrong' } })
const deliveries = async (id: string) =>
  (await house.call('GET', `/v1/actions/${id}/deliveries`, { token: reviewer })).body

/** Lets the clock of the deliveries run: every pause is over. */
async function rounds(count: number, using = outbound()) {
  for (let n = 0; n < count; n++) await using.deliver(nowMicros() + n * 3_700_000_000)
}

test('an action and its end reach the receiver: signed, in order, with what it needs to carry them out', async () => {
  const shop = await receiver()
  await endpoint(shop.url)
  const id = await impose('w1')
  await lift(id)
  await rounds(2)
  expect(shop.heard.map(({ json }) => [json.type, json.call])).toEqual([
    ['action.imposed', 'item.delist'],
    ['action.reversed', 'item.relist'],
  ])
  expect(shop.heard[0]?.json).toMatchObject({
    key: id,
    subject: { type: 'listing', id: 'w1' },
    party: { type: 'seller', id: 'of-w1' },
    action: { id, kind: 'delist', until: null, markets: ['*'], inverse_of: null },
  })
  expect(shop.heard[1]?.json.action.inverse_of).toBe(id)
  for (const { headers, body, json } of shop.heard) {
    const timestamp = String(headers[headerNames.timestamp])
    const signature = String(headers[headerNames.signature])
    expect(isSigned(secret, { timestamp, body, signature })).toBe(true)
    expect(isSigned('another-secret-that-is-long', { timestamp, body, signature })).toBe(false)
    expect(headers[headerNames.key]).toBe(json.key)
  }
  expect((await deliveries(id)).attempts).toMatchObject([{ outcome: 'sent', status: 200 }])
})

test('500, no answer and a redirect are tried again later with the same key and body; then it is sent', async () => {
  const shop = await receiver(500, null, 302)
  await endpoint(shop.url)
  const id = await impose('w2')
  await rounds(4, outbound(300))
  expect(shop.heard).toHaveLength(4)
  expect(new Set(shop.heard.map(({ body }) => body)).size).toBe(1)
  expect(shop.heard.map(({ headers }) => headers[headerNames.key])).toEqual([id, id, id, id])
  expect(shop.heard.map(({ headers }) => headers[headerNames.attempt])).toEqual(['1', '2', '3', '4'])
  expect(
    (await deliveries(id)).attempts.map((row: { outcome: string; status: number | null }) => [row.outcome, row.status]),
  ).toEqual([
    ['failed', 500],
    ['failed', null],
    ['failed', 302],
    ['sent', 200],
  ])
})

test('a pause is kept: nothing is tried again before it is over', async () => {
  const shop = await receiver(503)
  await endpoint(shop.url)
  await impose('w3')
  const now = nowMicros()
  const using = outbound()
  await using.deliver(now)
  await using.deliver(now + 4_000_000)
  expect(shop.heard).toHaveLength(1)
  await using.deliver(now + 6_000_000)
  expect(shop.heard).toHaveLength(2)
})

test('what concerns one subject never overtakes; another subject is not kept waiting', async () => {
  const shop = await receiver(500)
  await endpoint(shop.url)
  const first = await impose('w4')
  await lift(first)
  await impose('w5')
  const using = outbound()
  const now = nowMicros()
  await using.deliver(now)
  expect(shop.heard.map(({ json }) => [json.subject.id, json.type]).toSorted()).toEqual([
    ['w4', 'action.imposed'],
    ['w5', 'action.imposed'],
  ])
  await using.deliver(now + 1_000_000)
  expect(shop.heard).toHaveLength(2)
  await using.deliver(now + 10_000_000)
  await using.deliver(now + 20_000_000)
  expect(shop.heard.slice(2).map(({ json }) => json.type)).toEqual(['action.imposed', 'action.reversed'])
})

test('after ten failures it is a dead letter that can be seen and sent again; what follows it passes', async () => {
  const shop = await receiver(...Array.from({ length: mostAttempts }, () => 500))
  const to = await endpoint(shop.url)
  const id = await impose('w6')
  await rounds(mostAttempts)
  expect(shop.heard).toHaveLength(mostAttempts)
  const dead = async () =>
    (await house.call('GET', `/v1/webhook-deliveries?outcome=dead&endpoint_id=${to}`, { token: admin })).body.items
  expect(await dead()).toMatchObject([{ action_id: id, outcome: 'dead', status: 500 }])
  expect((await house.call('GET', '/v1/webhooks', { token: admin })).body.items).toContainEqual(
    expect.objectContaining({ endpoint_id: to, dead: 1, waiting: 0 }),
  )
  await rounds(2)
  expect(shop.heard).toHaveLength(mostAttempts)
  const alarms = (await house.call('GET', '/v1/overview', { token: admin })).body.alarms
  expect(alarms).toContainEqual(expect.objectContaining({ id: 'webhooks:dead', link: '/webhooks?outcome=dead' }))
  const inverse = (await lift(id)).body.action_id
  const again = await house.call('POST', `/v1/webhook-deliveries/${to}/${id}/retry`, { token: admin })
  expect(again.status).toBe(200)
  await rounds(3)
  expect(shop.heard.slice(mostAttempts).map(({ json }) => json.key)).toEqual([id, inverse])
  expect(await dead()).toEqual([])
  const twice = await house.call('POST', `/v1/webhook-deliveries/${to}/${id}/retry`, { token: admin })
  expect([twice.status, twice.body.code]).toEqual([409, 'conflict'])
})

test('killed between sending and noting it: the call comes again with the same key, and nothing else is lost or doubled', async () => {
  const shop = await receiver()
  await endpoint(shop.url)
  const id = await impose('w7')
  const dying = createOutbound({
    db: part(house.app.db),
    log: () => undefined,
    request: async (...call) => {
      await fetch(...call)
      // The receiver has it; the process dies before the ledger does.
      return new Promise<Response>(() => undefined)
    },
  })
  void dying.deliver(nowMicros())
  await expect.poll(() => shop.heard.length).toBe(1)
  await rounds(3)
  expect(shop.heard.map(({ headers }) => headers[headerNames.key])).toEqual([id, id])
  expect(new Set(shop.heard.map(({ body }) => body)).size).toBe(1)
  expect((await deliveries(id)).attempts).toMatchObject([{ outcome: 'sent' }])
})

test('an endpoint hears what it asked for, from its beginning on, and nothing while it is off', async () => {
  const before = await impose('w8')
  const shop = await receiver()
  const to = await endpoint(shop.url, { kinds: ['hold'] })
  await impose('w9')
  const held = await impose('w10', 'hold')
  await lift(held)
  await lift(before)
  await rounds(3)
  expect(shop.heard.map(({ json }) => json.call)).toEqual(['item.hold', 'item.release'])
  await house.call('PUT', `/v1/webhooks/${to}`, { token: admin, body: { active: false } })
  await impose('w11', 'hold')
  await rounds(1)
  await house.call('PUT', `/v1/webhooks/${to}`, { token: admin, body: { active: true } })
  await rounds(2)
  expect(shop.heard).toHaveLength(2)
})

test('the secret is nowhere to be read: no answer, no log, no news, no audit', async () => {
  const shop = await receiver(500)
  const to = await endpoint(shop.url)
  await house.call('PUT', `/v1/webhooks/${to}`, { token: admin, body: { secret: `${secret}-new` } })
  await impose('w12')
  await rounds(1)
  const { db } = house.app
  const everything = JSON.stringify([
    (await house.call('GET', '/v1/webhooks', { token: admin })).body,
    (await house.call('GET', '/v1/webhook-deliveries', { token: admin })).body,
    (await db.selectFrom('news').selectAll().execute()).map((row) => row.row),
    await db.selectFrom('webhook_endpoints').selectAll().execute(),
    await db.selectFrom('audit').selectAll().execute(),
    house.logged,
  ])
  expect(everything).not.toContain(secret)
  expect(isSigned(`${secret}-new`, callOf(shop.heard[0]))).toBe(true)
})

const callOf = (heard: Heard | undefined) => ({
  timestamp: String(heard?.headers[headerNames.timestamp]),
  signature: String(heard?.headers[headerNames.signature]),
  body: heard?.body ?? '',
})

test.each([
  ['url', { url: 'ftp://shop.example/' }, /http and https/],
  ['url', { url: 'https://me:pass@shop.example/' }, /login or password/],
  ['kinds', { kinds: ['explode'] }, /No such action/],
  ['secret', { secret: 'short' }, /secret/],
])('a wrong %s is refused by name', async (field, wrong, said) => {
  const body = { title: 'x', url: 'https://shop.example/', secret, ...wrong }
  const answer = await house.call('POST', '/v1/webhooks', { token: admin, body })
  expect([answer.status, answer.body.field]).toEqual([400, field])
  expect(`${answer.body.detail.en} ${answer.body.fix?.en}`).toMatch(said)
  expect(answer.text).not.toContain('me:pass')
})

test.each(['webhooks.md', 'webhooks.zh.md'])(
  'the receiver of %s checks, carries out once, and answers',
  async (page) => {
    const text = readFileSync(join(import.meta.dirname, '../../docs/how-to', page), 'utf8')
    const [, code = ''] = /```js\n(.*?)```/s.exec(text) ?? []
    const folder = mkdtempSync(join(tmpdir(), 'aedile-receiver-'))
    writeFileSync(join(folder, 'receiver.mjs'), code)
    const free = createServer()
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve))
    const { port } = free.address() as AddressInfo
    await new Promise<void>((resolve) => free.close(() => resolve()))
    const child = spawn(process.execPath, [join(folder, 'receiver.mjs')], {
      env: { ...process.env, SECRET: secret, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    closing.push(
      () => void child.kill(),
      () => rmSync(folder, { recursive: true }),
    )
    let printed = ''
    child.stdout.on('data', (chunk) => {
      printed += chunk
    })
    const url = `http://127.0.0.1:${port}/`
    await expect
      .poll(() =>
        fetch(url, { method: 'POST', body: '{}' }).then(
          (answer) => answer.status,
          () => 0,
        ),
      )
      .toBe(401)
    await endpoint(url)
    const id = await impose(`doc-${page}`)
    await lift(id)
    await outbound().deliver(nowMicros())
    await outbound().deliver(nowMicros())
    await expect
      .poll(() => printed)
      .toBe(`item.delist listing doc-${page} [ '*' ] null\nitem.relist listing doc-${page} [ '*' ] null\n`)
  },
)
