import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rolePermissions, roles } from '../../src/kernel/access/index.ts'
import { problemCatalogue } from '../../src/kernel/problems.ts'
import { type Answer, type House, listing, openHouse } from './harness.ts'

let house: House
const tokens = new Map<string, string>()

beforeAll(async () => {
  house = await openHouse()
  for (const role of roles) tokens.set(role, await house.token(role))
})
afterAll(() => house.close())

/** A path with every parameter filled. */
const filled = (path: string) => path.replaceAll(/[:{](\w+)\}?/g, 'nothing')

function expectProblem(answer: Answer, code: keyof typeof problemCatalogue): void {
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/)
  expect(answer.body).toMatchObject({
    type: `urn:aedile:problem:${code}`,
    code,
    status: answer.status,
    detail: { zh: expect.any(String), en: expect.any(String) },
    title: problemCatalogue[code].title,
  })
  expect(answer.status).toBe(problemCatalogue[code].status)
  expect(answer.body.request_id).toBe(answer.headers.get('x-request-id'))
}

const auditRows = async (operation: string) =>
  (await house.app.access.auditRows({ limit: 200, q: operation })).filter((row) => row.operation === operation)

describe('every operation', () => {
  test('is known to somebody: each permission is held by the administrator, but for what only people outside may', () => {
    const held = new Set<string>([...rolePermissions.administrator, ...rolePermissions.merchant])
    expect(rolePermissions.merchant).toEqual(['portal.use'])
    expect(rolePermissions.creator).toEqual(['portal.use'])
    expect(house.operations.length).toBeGreaterThan(40)
    expect(
      house.operations
        .filter(
          (operation) => !['signed-in', 'public'].includes(operation.permission) && !held.has(operation.permission),
        )
        .map((operation) => operation.name),
    ).toEqual([])
    expect(new Set(house.operations.map((operation) => operation.name)).size).toBe(house.operations.length)
  })

  test('answers 401 without credentials, with a wrong token and with a wrong session, before it looks at the body', async () => {
    for (const operation of house.operations.filter((found) => found.permission !== 'public')) {
      const raw = operation.method === 'POST' || operation.method === 'PUT' ? '{not json' : undefined
      for (const ask of [
        {},
        { token: 'aed_wrong' },
        { cookie: 'aedile_session=wrong', headers: { 'x-aedile': 'console' } },
      ]) {
        const answer = await house.call(operation.method, filled(operation.path), {
          ...ask,
          ...(raw === undefined ? {} : { raw }),
        })
        expect([operation.name, answer.status]).toEqual([operation.name, 401])
        expectProblem(answer, 'sign_in_required')
      }
    }
  })

  test('answers 403 to every role that lacks its permission, names what is missing, and audits the refusal of a write', async () => {
    let checked = 0
    for (const operation of house.operations) {
      const lacking = roles.filter(
        (role) =>
          !['public', 'signed-in'].includes(operation.permission) &&
          !(rolePermissions[role] as readonly string[]).includes(operation.permission),
      )
      for (const role of lacking) {
        const answer = await house.call(operation.method, filled(operation.path), { token: tokens.get(role) })
        expect([operation.name, role, answer.status]).toEqual([operation.name, role, 403])
        expectProblem(answer, 'not_allowed')
        expect(answer.body.detail.en).toContain(operation.permission)
        checked++
      }
      if (operation.audited && lacking.length > 0)
        expect([
          operation.name,
          (await auditRows(operation.name)).filter((row) => row.outcome === 'not_allowed').length,
        ]).toEqual([operation.name, lacking.length])
    }
    expect(checked).toBeGreaterThan(60)
  })

  test('lets every role that holds its permission in', async () => {
    for (const operation of house.operations.filter((found) => found.method === 'GET')) {
      for (const role of roles.filter(
        (found) =>
          operation.permission === 'signed-in' ||
          (rolePermissions[found] as readonly string[]).includes(operation.permission),
      )) {
        const answer = await house.call('GET', filled(operation.path), { token: tokens.get(role) })
        expect([operation.name, role, [401, 403, 500].includes(answer.status)]).toEqual([operation.name, role, false])
      }
    }
  })

  test('that changes something refuses a session without the console header', async () => {
    const { cookie } = await house.person('csrf', 'administrator')
    for (const operation of house.operations.filter((found) => found.method !== 'GET')) {
      const answer = await house.call(operation.method, filled(operation.path), { cookie })
      expect([operation.name, answer.status, answer.body.field]).toEqual([operation.name, 403, 'x-aedile'])
      expectProblem(answer, 'not_allowed')
    }
    expect((await house.call('DELETE', '/v1/session', { cookie })).status).toBe(403)
    expect((await house.call('GET', '/v1/session', { cookie })).status).toBe(200)
  })

  test('answers a problem from the catalogue to input that does not fit, with field and value', async () => {
    const token = tokens.get('administrator')
    const answer = await house.call('POST', '/v1/users', {
      token,
      body: { login: 'no spaces please', name: 'x', roles: ['viewer'] },
    })
    expectProblem(answer, 'invalid_input')
    expect(answer.body).toMatchObject({ field: 'login', value: 'no spaces please' })
    expect((await auditRows('users.create')).some((row) => row.outcome === 'invalid_input')).toBe(true)
    for (const operation of house.operations.filter((found) => found.method === 'POST' || found.method === 'PUT')) {
      const mine = operation.permission === 'portal.use' ? tokens.get('merchant') : token
      const wrong = await house.call(operation.method, filled(operation.path), { token: mine, raw: '[1, 2' })
      expect([operation.name, wrong.status]).toEqual([operation.name, 400])
      expectProblem(wrong, 'malformed_json')
    }
  })
})

test('what is not there, other methods, other content types and bodies that are too large get a problem as well', async () => {
  const token = tokens.get('administrator')
  expectProblem(await house.call('GET', '/v1/nothing', { token }), 'not_found')
  expectProblem(await house.call('GET', '/nothing', { headers: { accept: 'text/html' } }), 'not_found')
  expectProblem(await house.call('PUT', '/v1/decide', { token, body: {} }), 'not_found')
  expectProblem(
    await house.call('POST', '/v1/events', { token, raw: '<a/>', type: 'application/xml' }),
    'invalid_input',
  )
  expectProblem(await house.call('POST', '/v1/events', { token, raw: `"${'x'.repeat(17 << 20)}"` }), 'too_large')
  expectProblem(await house.call('GET', '/v1/cases/none', { token }), 'not_found')
  expectProblem(await house.call('GET', '/v1/cases?limit=1000', { token }), 'invalid_input')
})

test('every answer carries the security headers and is not cached', async () => {
  for (const path of ['/v1/health', '/v1/cases', '/openapi.json']) {
    const { headers } = await house.call('GET', path, { token: tokens.get('viewer') })
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    if (path.startsWith('/v1')) expect(headers.get('cache-control')).toBe('no-store')
  }
})

describe('sessions', () => {
  test('open by password, carry role and permissions, and end on sign-out', async () => {
    const { cookie, password } = await house.person('anna', 'reviewer')
    const opened = await house.call('POST', '/v1/session', { body: { login: 'anna', password } })
    expect(opened.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Strict/)
    expect(opened.body).toMatchObject({
      user: { login: 'anna', roles: ['reviewer'] },
      permissions: [...rolePermissions.reviewer].sort(),
    })
    expect((await house.call('GET', '/v1/session', { cookie })).body.user.login).toBe('anna')
    expect((await house.call('DELETE', '/v1/session', { cookie, headers: { 'x-aedile': 'console' } })).status).toBe(200)
    expectProblem(await house.call('GET', '/v1/session', { cookie }), 'sign_in_required')
    expectProblem(await house.call('GET', '/v1/cases', { cookie }), 'sign_in_required')
    expect((await auditRows('session.open')).map((row) => row.outcome)).toContain('done')
    expect((await auditRows('session.close')).map((row) => row.outcome)).toContain('done')
  })

  test('end when the password changes (but for the one that changed it), when roles change and when the person is disabled', async () => {
    const headers = { 'x-aedile': 'console' }
    const { cookie, id, password } = await house.person('berta', 'viewer')
    const other =
      (await house.call('POST', '/v1/session', { body: { login: 'berta', password } })).headers
        .get('set-cookie')
        ?.split(';')[0] ?? ''
    expectProblem(
      await house.call('POST', '/v1/session/password', {
        cookie,
        headers,
        body: { current: 'wrong', next: 'a new password' },
      }),
      'sign_in_failed',
    )
    expectProblem(
      await house.call('POST', '/v1/session/password', { cookie, headers, body: { current: password, next: 'short' } }),
      'invalid_input',
    )
    expect(
      (
        await house.call('POST', '/v1/session/password', {
          cookie,
          headers,
          body: { current: password, next: 'a new password' },
        })
      ).status,
    ).toBe(200)
    expect((await house.call('GET', '/v1/session', { cookie })).status).toBe(200)
    expect((await house.call('GET', '/v1/session', { cookie: other })).status).toBe(401)
    expectProblem(await house.call('POST', '/v1/session', { body: { login: 'berta', password } }), 'sign_in_failed')
    const token = tokens.get('administrator')
    expect((await house.call('PUT', `/v1/users/${id}`, { token, body: { roles: ['reviewer'] } })).status).toBe(200)
    expect((await house.call('GET', '/v1/session', { cookie })).status).toBe(401)
    const again = await house.call('POST', '/v1/session', { body: { login: 'berta', password: 'a new password' } })
    expect(again.body.user.roles).toEqual(['reviewer'])
    expect((await house.call('PUT', `/v1/users/${id}`, { token, body: { disabled: true } })).status).toBe(200)
    expect(
      (await house.call('GET', '/v1/session', { cookie: again.headers.get('set-cookie')?.split(';')[0] ?? '' })).status,
    ).toBe(401)
    expectProblem(
      await house.call('POST', '/v1/session', { body: { login: 'berta', password: 'a new password' } }),
      'sign_in_failed',
    )
  })

  test('after 8 wrong passwords no more guesses are heard, not even at once in parallel, nor the right one; others sign in', async () => {
    const { password } = await house.person('carla', 'viewer')
    await house.person('dora', 'viewer')
    const guesses = await Promise.all(
      Array.from({ length: 20 }, (_, guess) =>
        house.call('POST', '/v1/session', { body: { login: 'carla', password: `guess ${guess}` } }),
      ),
    )
    expect(guesses.filter((answer) => answer.status === 401)).toHaveLength(8)
    for (const answer of guesses.filter((found) => found.status !== 401)) expectProblem(answer, 'too_many_requests')
    expectProblem(await house.call('POST', '/v1/session', { body: { login: 'carla', password } }), 'too_many_requests')
    expect(
      (await house.call('POST', '/v1/session', { body: { login: 'dora', password: 'password of dora' } })).status,
    ).toBe(200)
    expect(
      (await auditRows('session.open')).filter((row) => row.outcome === 'sign_in_failed').length,
    ).toBeGreaterThanOrEqual(8)
    expect((await auditRows('session.open')).some((row) => row.outcome === 'too_many_requests')).toBe(true)
  })

  test('guessing the current password of a stolen session is limited as well', async () => {
    const { cookie } = await house.person('emma', 'viewer')
    const change = () =>
      house.call('POST', '/v1/session/password', {
        cookie,
        headers: { 'x-aedile': 'console' },
        body: { current: 'wrong', next: 'a new password' },
      })
    for (let guess = 0; guess < 8; guess++) expect((await change()).status).toBe(401)
    expectProblem(await change(), 'too_many_requests')
  })
})

describe('API tokens', () => {
  test('are shown once, work until they are revoked or over, and are stored only as hashes', async () => {
    const token = tokens.get('administrator')
    const made = await house.call('POST', '/v1/tokens', { token, body: { name: 'partner', roles: ['viewer'] } })
    expect(made.body.token).toMatch(/^aed_/)
    expect((await house.call('GET', '/v1/cases', { token: made.body.token })).status).toBe(200)
    const listed = await house.call('GET', '/v1/tokens', { token })
    expect(listed.text).not.toContain(made.body.token)
    const stored = JSON.stringify([
      await house.app.access.tokens(),
      await house.app.access.users(),
      await house.app.access.auditRows({ limit: 500 }),
    ])
    expect(stored).not.toContain(made.body.token)
    expect((await house.call('DELETE', `/v1/tokens/${made.body.token_id}`, { token })).status).toBe(200)
    expectProblem(await house.call('GET', '/v1/cases', { token: made.body.token }), 'sign_in_required')
    const over = await house.call('POST', '/v1/tokens', {
      token,
      body: { name: 'old', roles: ['viewer'], expires_at: '2020-01-01' },
    })
    expect((await house.call('GET', '/v1/cases', { token: over.body.token })).status).toBe(401)
    expect((await auditRows('tokens.create')).filter((row) => row.outcome === 'done').length).toBeGreaterThanOrEqual(2)
    expect((await auditRows('tokens.revoke')).map((row) => row.outcome)).toContain('done')
  })

  test('of a person who is disabled stop working', async () => {
    const headers = { 'x-aedile': 'console' }
    const { cookie, id } = await house.person('frieda', 'administrator')
    const made = await house.call('POST', '/v1/tokens', { cookie, headers, body: { name: 'mine', roles: ['viewer'] } })
    expect((await house.call('GET', '/v1/cases', { token: made.body.token })).status).toBe(200)
    await house.call('PUT', `/v1/users/${id}`, { token: tokens.get('administrator'), body: { disabled: true } })
    expect((await house.call('GET', '/v1/cases', { token: made.body.token })).status).toBe(401)
  })

  test('never carry a permission that their maker does not hold, nor an unknown role', async () => {
    const token = tokens.get('administrator')
    expectProblem(
      await house.call('POST', '/v1/tokens', { token, body: { name: 'x', roles: ['emperor'] } }),
      'invalid_input',
    )
    expectProblem(
      await house.call('POST', '/v1/users', { token, body: { login: 'twice', name: 'x', roles: [] } }),
      'invalid_input',
    )
  })
})

test('every change writes one audit row with who, what, which outcome and the request id of the answer', async () => {
  const token = tokens.get('administrator')
  const answer = await house.call('POST', '/v1/users', {
    token,
    body: { login: 'greta', name: 'Greta', roles: ['viewer'] },
  })
  const again = await house.call('POST', '/v1/users', {
    token,
    body: { login: 'greta', name: 'Greta', roles: ['viewer'] },
  })
  expectProblem(again, 'conflict')
  const rows = await auditRows('users.create')
  const find = (found: Answer) => rows.filter((row) => row.request_id === found.headers.get('x-request-id'))
  expect(find(answer)).toMatchObject([{ outcome: 'done', target: '/v1/users' }])
  expect(find(again)).toMatchObject([{ outcome: 'conflict' }])
  const shown = await house.call('GET', '/v1/audit?q=users.create&limit=200', { token })
  expect(shown.body.items.length).toBe(rows.length)
})

test('the audit log cannot be changed or deleted, not even by SQL', async () => {
  await expect(house.app.db.updateTable('audit').set({ actor: 'somebody' }).execute()).rejects.toThrow(/insert-only/)
  await expect(house.app.db.deleteFrom('audit').execute()).rejects.toThrow(/insert-only/)
})

describe('the OpenAPI document', () => {
  test('is version 3.1 and holds every route that the server answers, each with id, summary, permission and problems', async () => {
    const { body: document } = await house.call('GET', '/openapi.json')
    expect(document.openapi).toBe('3.1.0')
    const printed = house.server.printRoutes({ commonPrefix: false })
    const described = new Set(
      Object.entries(document.paths as Record<string, object>).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
      ),
    )
    const served = routesOf(printed).filter((route) => !route.startsWith('HEAD') && !route.startsWith('OPTIONS'))
    expect(served.length).toBeGreaterThanOrEqual(house.operations.length + 8)
    expect(served.filter((route) => !described.has(route))).toEqual([])
    expect([...described].filter((route) => !served.includes(route))).toEqual([])
  })

  test('is whole: ids are unique, path parameters are declared, references resolve, every operation names its answers', async () => {
    const { body: document, text } = await house.call('GET', '/openapi.json')
    const ids = new Set<string>()
    for (const [path, methods] of Object.entries(document.paths as Record<string, Record<string, Described>>)) {
      expect(path).toMatch(/^(\/[\w.-]+|\/\{\w+\})+$/)
      for (const [method, described] of Object.entries(methods)) {
        expect(ids.has(described.operationId)).toBe(false)
        ids.add(described.operationId)
        expect(described.summary.length).toBeGreaterThan(3)
        const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
        expect(
          described.parameters
            .filter((item) => item.in === 'path')
            .map((item) => item.name)
            .sort(),
        ).toEqual(inPath.sort())
        for (const item of described.parameters)
          expect([item.name, item.in !== 'path' || item.required, typeof item.schema]).toEqual([
            item.name,
            true,
            'object',
          ])
        expect(Object.keys(described.responses)).toContain('200')
        if (['get', 'delete'].includes(method)) expect(described.requestBody).toBeUndefined()
      }
    }
    for (const [, reference = ''] of text.matchAll(/"\$ref":"#\/([^"]+)"/g))
      expect([
        reference,
        reference.split('/').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document),
      ]).not.toEqual([reference, undefined])
  })
})

interface Described {
  readonly operationId: string
  readonly summary: string
  readonly parameters: readonly { name: string; in: string; required: boolean; schema: unknown }[]
  readonly requestBody?: unknown
  readonly responses: Record<string, unknown>
}

/** Routes from fastify's drawing of its tree. */
function routesOf(printed: string): string[] {
  const found: string[] = []
  const path: string[] = []
  for (const line of printed.split('\n')) {
    const parts = /^((?:[│ ] {3})*)[├└]── (\S*) ?(?:\(([A-Z, ]+)\))?/.exec(line)
    if (!parts) continue
    const depth = (parts[1] ?? '').length / 4
    path.length = depth
    path[depth] = parts[2] ?? ''
    const full = path
      .join('')
      .replaceAll(/:(\w+)/g, '{$1}')
      .replace(/(.)\/$/, '$1')
    for (const method of (parts[3] ?? '').split(', '))
      if (method !== '' && full !== '*' && full !== '/*') found.push(`${method} ${full}`)
  }
  return found
}

test('two logins at once, a decide and a list: answers do not mix', async () => {
  const token = tokens.get('administrator')
  const events = Array.from({ length: 40 }, () => listing())
  const answers = await Promise.all(events.map((event) => house.call('POST', '/v1/decide', { token, body: event })))
  expect(answers.map((answer) => answer.body.event.id)).toEqual(events.map((event) => event.id))
})
