import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { type App, openApp } from '../../src/edge/app.ts'
import { composeServer, operator } from '../../src/edge/serve.ts'
import type { Operation } from '../../src/kernel/operation.ts'
import { nowMicros } from '../../src/kernel/time.ts'

/** A small pack of the tests' own, so that the shipped packs can change freely. */
export const testPacks = join(import.meta.dirname, '..', 'fixtures', 'packs')

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: answers are JSON of many shapes and every test looks at its own part
  readonly body: any
  readonly text: string
}

export interface Ask {
  readonly token?: string | undefined
  readonly cookie?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: unknown
  /** Sent as it is. */
  readonly raw?: string | Uint8Array<ArrayBuffer>
  readonly type?: string
}

/** Whose request it is. */
export type As = Pick<Ask, 'token' | 'cookie' | 'headers'>

export type Call = (method: string, path: string, ask?: Ask) => Promise<Answer>

/** Calls a server over real HTTP. */
export function caller(url: string): Call {
  return async (method, path, { token, cookie, headers, body, raw, type = 'application/json' } = {}) => {
    const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body))
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(cookie === undefined ? {} : { cookie }),
        ...(sent === undefined ? {} : { 'content-type': type }),
        ...headers,
      },
      ...(sent === undefined ? {} : { body: sent }),
    })
    const text = await answer.text()
    const json = /json/.test(answer.headers.get('content-type') ?? '')
    return { status: answer.status, headers: answer.headers, text, body: json ? JSON.parse(text) : text }
  }
}

export interface House {
  readonly app: App
  readonly url: string
  readonly folder: string
  readonly server: FastifyInstance
  readonly operations: readonly Operation[]
  readonly logged: string[]
  readonly call: Call
  /** A new API token with these roles. */
  token(...roles: string[]): Promise<string>
  /** Signs a new person with these roles in; the answer is the cookie and the person. */
  person(login: string, ...roles: string[]): Promise<{ cookie: string; id: string; password: string }>
  close(): Promise<void>
}

/** The real program in this process: real stores in a temporary folder, real HTTP on a free port. */
export async function openHouse({
  packs = testPacks,
  folder,
  clock = true,
  consoleFolder = null,
  env,
}: {
  packs?: string
  folder?: string
  /** False = the test is the clock of the ledger. */
  clock?: boolean
  /** A built console to serve beside the API. */
  consoleFolder?: string | null
  /** Settings of the environment; those of this process unless given. */
  env?: Readonly<Record<string, string | undefined>>
} = {}): Promise<House> {
  const home = folder ?? mkdtempSync(join(tmpdir(), 'aedile-server-'))
  const logged: string[] = []
  const log = (line: string) => void logged.push(line)
  const app = await openApp({ folder: home, packs, log, clock, ...(env ? { env } : {}) })
  const { server, operations, listen, close } = await composeServer(app, {
    say: log,
    log,
    consoleFolder,
    ...(env ? { env } : {}),
  })
  const url = await listen({ port: 0, host: '127.0.0.1' })
  const call = caller(url)
  return {
    app,
    url,
    folder: home,
    server,
    operations,
    logged,
    call,
    async token(...roles) {
      const made = await app.access.createToken({
        name: roles.join(' '),
        roles,
        expiresAt: null,
        by: operator,
        now: nowMicros(),
      })
      return made.token
    },
    async person(login, ...roles) {
      const password = `password of ${login}`
      const made = await app.access.createUser({ login, name: login, roles, password, by: operator, now: nowMicros() })
      const answer = await call('POST', '/v1/session', { body: { login, password } })
      if (answer.status !== 200) throw new Error(answer.text)
      return { cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '', id: made.user_id, password }
    },
    async close() {
      await close()
      if (folder === undefined) rmSync(home, { recursive: true, force: true })
    },
  }
}

let numbers = 0

/** A listing as an event; what is given replaces the rest. */
export function listing(
  data: Readonly<Record<string, unknown>> = {},
  envelope: Readonly<Record<string, unknown>> = {},
) {
  const number = ++numbers
  return {
    id: `event-${number}`,
    source: 'shop',
    type: 'listing.submitted',
    time: '2026-06-01T08:00:00Z',
    site: 'test',
    data: { listing_id: `listing-${number}`, seller_id: `seller-${number}`, title: 'a fine thing', price: 10, ...data },
    ...envelope,
  }
}
