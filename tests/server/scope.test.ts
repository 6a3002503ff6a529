import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { operator } from '../../src/edge/serve.ts'
import { roles } from '../../src/kernel/access/index.ts'
import { nowMicros } from '../../src/kernel/time.ts'
import { type Answer, type House, listing, openHouse } from './harness.ts'

/*
 * Two places, both full: site alpha sells to DE, site beta to US. Somebody whose roles hold for one of them asks every
 * operation there is, with the ids of both, and never hears a word of the other.
 */

let house: House
const everyRole = roles.filter((role) => !['merchant', 'creator'].includes(role))
let byMarket = ''
let bySite = ''
let everywhere = ''
const seeds = { alpha: 'DE', beta: 'US' } as const
type SiteName = keyof typeof seeds
const ids: Record<SiteName, Record<string, string>> = { alpha: {}, beta: {} }

async function scoped(scope: { sites?: string[]; markets?: string[] }): Promise<string> {
  const input = { name: JSON.stringify(scope), roles: [...everyRole], expiresAt: null, by: operator, now: nowMicros() }
  return (await house.app.access.createToken({ ...input, ...scope })).token
}

async function seed(site: SiteName, token: string): Promise<void> {
  const data = (name: string, title: string) => ({
    listing_id: `${site}-${name}`,
    seller_id: `${site}-seller`,
    title: `${title} of ${site}-goods`,
    ship_to: [seeds[site]],
  })
  for (const [name, title] of [
    ['blocked', 'forbidden'],
    ['doubted', 'doubtful'],
    ['decided', 'doubtful'],
    ['fine', 'fine'],
  ] as const) {
    const event = listing(data(name, title), { id: `${site}-event-${name}`, site, source: `${site}-source` })
    const answer = await house.call('POST', '/v1/decide', { token, body: event })
    expect(answer.status).toBe(200)
    ids[site][`decision_${name}`] = answer.body.decision_id
  }
  await house.app.settled()
  const cases = await house.app.db.selectFrom('cases').selectAll().where('site', '=', site).execute()
  ids[site]['case_id'] = cases.find((row) => row.subject_id === `${site}-doubted`)?.case_id ?? ''
  const decided = cases.find((row) => row.subject_id === `${site}-decided`)?.case_id ?? ''
  ids[site]['decided_case'] = decided
  expect((await house.call('POST', `/v1/cases/${decided}/lease`, { token, body: {} })).status).toBe(200)
  const note = `note of ${site}-reviewer`
  await house.call('POST', `/v1/cases/${decided}/decide`, { token, body: { outcome: 'remove', note } })
  const golden = { case_id: decided, outcome: 'remove', reason: `a clear case of ${site}-goods` }
  ids[site]['golden_id'] = (await house.call('POST', '/v1/golden', { token, body: golden })).body.golden_id
  const session = { title: `session on ${site}-goods`, case_ids: [decided] }
  ids[site]['calibration_id'] = (
    await house.call('POST', '/v1/calibrations', { token, body: session })
  ).body.calibration_id
  const [action] = await house.app.db
    .selectFrom('actions')
    .selectAll()
    .where('target_id', '=', `${site}-blocked`)
    .execute()
  ids[site]['action_id'] = action?.action_id ?? ''
  const [notice] = await house.app.db
    .selectFrom('notices')
    .selectAll()
    .where('subject_id', '=', `${site}-blocked`)
    .execute()
  ids[site]['notice_id'] = notice?.notice_id ?? ''
  const filed = await house.call('POST', '/v1/appeals', {
    token,
    body: { action_id: action?.action_id, text: `appeal of ${site}-seller`, by: `${site}-seller` },
  })
  ids[site]['appeal_id'] = filed.body.appeal_id
}

beforeAll(async () => {
  house = await openHouse()
  everywhere = await scoped({})
  bySite = await scoped({ sites: ['alpha'] })
  byMarket = await scoped({ markets: ['DE'] })
  // Known answers would open cases of their own when somebody asks for the next.
  const settings = await house.call('GET', '/v1/quality/settings', { token: everywhere })
  const none = { token: everywhere, body: { ...settings.body, golden_share: 0 } }
  expect((await house.call('PUT', '/v1/quality/settings', none)).status).toBe(200)
  await seed('alpha', everywhere)
  await seed('beta', everywhere)
  await house.app.settled()
  await house.app.cases.settle(nowMicros() + 60e6)
  await house.app.settled()
})
afterAll(() => house.close())

/** Everything of site `beta` that could show in an answer. */
function foreign(): string[] {
  const own = Object.values(ids.beta).filter((id) => id !== '')
  return ['beta-', ...own]
}

/** What is asked for is said back in a problem; only the answer itself is looked at. */
function leak(answer: Answer): string[] {
  const said = answer.status < 400 ? answer.text : ''
  return foreign().filter((word) => said.includes(word))
}

/** Inputs with which an operation finds something of `site`, as far as its fields are known. */
function inputOf(fields: readonly string[], site: SiteName): Record<string, unknown> {
  const known: Record<string, unknown> = {
    ...ids[site],
    type: 'listing',
    id: `${site}-blocked`,
    q: site,
    text: 'words',
    outcome: 'upheld',
    note: 'a note',
    limit: 100,
    sql: 'SELECT * FROM events',
    when: 'price > 0',
    case_ids: [ids[site]['case_id']],
    bulk_id: `bulk-${site}`,
    confirm: '1',
    on: ['listing.submitted'],
    pack: 'loop',
    strategy: 'banned',
    version: 3,
  }
  return Object.fromEntries(fields.filter((field) => field in known).map((field) => [field, known[field]]))
}

async function ask(operation: House['operations'][number], token: string, input: Record<string, unknown>) {
  const rest = { ...input }
  const path = operation.path.replaceAll(/:(\w+)/g, (_all, name: string) => {
    const value = String(rest[name] ?? 'nothing')
    delete rest[name]
    return encodeURIComponent(value)
  })
  const query = new URLSearchParams(
    Object.entries(rest).map(([key, value]): [string, string] => [key, String(value)]),
  ).toString()
  return operation.method === 'GET' || operation.method === 'DELETE'
    ? house.call(operation.method, `${path}?${query}`, { token })
    : house.call(operation.method, path, { token, body: rest })
}

describe('a role that holds for some sites or markets', () => {
  test('is understood by every operation: each declares how it is scoped', () => {
    expect(
      house.operations
        .filter(({ permission, scope }) => !['public', 'signed-in'].includes(permission) && scope === undefined)
        .map(({ name }) => `${name}: declare "scope" (see ScopeRule in src/kernel/operation.ts)`),
    ).toEqual([])
  })

  test('shows nothing of another place through any operation, whatever id is asked for', async () => {
    const asked = foreign()
    let answers = 0
    // Changes are tried on the other place only: on its own they would take away what the next question needs.
    for (const operation of house.operations) {
      const fields = Object.keys(operation.input.properties)
      for (const token of [bySite, byMarket])
        for (const site of ['beta', 'alpha'] as const) {
          if (operation.method !== 'GET' && site === 'alpha') continue
          const answer = await ask(operation, token, inputOf(fields, site))
          expect([operation.name, site, leak(answer)]).toEqual([operation.name, site, []])
          if (answer.status === 500) throw new Error(`${operation.name}: ${house.logged.at(-1)}`)
          answers++
        }
    }
    expect(answers).toBeGreaterThan(150)
    expect(asked.length).toBeGreaterThan(8)
  })

  test('the same questions do find what is there, so the silence means something', async () => {
    const found = await Promise.all(
      [
        `/v1/cases/${ids.alpha['case_id']}`,
        `/v1/appeals/${ids.alpha['appeal_id']}`,
        `/v1/notices/${ids.alpha['notice_id']}`,
        '/v1/trace/listing/alpha-blocked',
        '/v1/subjects/seller/alpha-seller',
        '/v1/cases?status=open',
        '/v1/appeals',
        '/v1/subjects?q=goods',
        '/v1/strategies/loop/banned',
        '/v1/golden',
        '/v1/calibrations',
        `/v1/calibrations/${ids.alpha['calibration_id']}`,
      ].map(async (path) => [
        (await house.call('GET', path, { token: bySite })).text.includes('alpha-'),
        (await house.call('GET', path, { token: byMarket })).text.includes('alpha-'),
        (await house.call('GET', path.replaceAll('alpha', 'beta'), { token: everywhere })).text.length > 40,
      ]),
    )
    expect(found).toEqual(found.map(() => [true, true, true]))
    const all = await house.call('GET', '/v1/cases?status=open', { token: everywhere })
    const some = await house.call('GET', '/v1/cases?status=open', { token: bySite })
    expect([all.body.total, some.body.total]).toEqual([2, 1])
  })

  test('answers 404 to the records of another place, reads and changes alike, as if they were not there', async () => {
    const missing = await house.call('GET', '/v1/cases/nothing', { token: bySite })
    for (const token of [bySite, byMarket])
      for (const [method, path, body] of [
        ['GET', `/v1/cases/${ids.beta['case_id']}`, undefined],
        ['POST', `/v1/cases/${ids.beta['case_id']}/lease`, {}],
        ['POST', `/v1/cases/${ids.beta['case_id']}/decide`, { outcome: 'allow' }],
        [
          'POST',
          '/v1/cases/bulk/preview',
          { case_ids: [ids.alpha['case_id'], ids.beta['case_id']], bulk_id: 'bulk-of-two', outcome: 'allow' },
        ],
        ['GET', `/v1/appeals/${ids.beta['appeal_id']}`, undefined],
        ['POST', `/v1/appeals/${ids.beta['appeal_id']}/decide`, { outcome: 'overturned', note: 'x' }],
        ['POST', '/v1/appeals', { action_id: ids.beta['action_id'], text: 'x' }],
        ['GET', `/v1/notices/${ids.beta['notice_id']}`, undefined],
        ['POST', '/v1/golden', { case_id: ids.beta['decided_case'], outcome: 'remove', reason: 'clear' }],
        ['POST', `/v1/golden/${ids.beta['golden_id']}/retire`, { reason: 'clear' }],
        ['GET', `/v1/calibrations/${ids.beta['calibration_id']}`, undefined],
        ['GET', '/v1/subjects/listing/beta-fine', undefined],
        ['GET', '/v1/subjects/seller/beta-seller', undefined],
      ] as const) {
        const answer = await house.call(method, path, { token, ...(body === undefined ? {} : { body }) })
        expect([path, answer.status, Object.keys(answer.body).sort()]).toEqual([
          path,
          404,
          Object.keys(missing.body).sort(),
        ])
      }
    const left = await house.call('GET', `/v1/appeals/${ids.beta['appeal_id']}`, { token: everywhere })
    expect(left.body.status).toBe('open')
  })

  test('refuses what reads everything, SQL first, and says which role would do', async () => {
    for (const [method, path, body] of [
      ['POST', '/v1/sql', { sql: 'SELECT 1' }],
      ['GET', '/v1/quarantine', undefined],
      ['GET', '/v1/audit', undefined],
      ['GET', '/v1/users', undefined],
      ['GET', '/v1/imports', undefined],
      ['GET', '/v1/quality/settings', undefined],
      ['GET', '/v1/batch', undefined],
      ['GET', '/v1/batch-runs/any', undefined],
      ['GET', '/v1/webhooks', undefined],
      ['POST', '/v1/recalls', { strategy: 'loop/banned', version: 3 }],
    ] as const) {
      const answer = await house.call(method, path, { token: bySite, ...(body === undefined ? {} : { body }) })
      expect([path, answer.status, answer.body.field]).toEqual([path, 403, 'scope'])
      expect(answer.body.detail.en).toContain('site alpha')
    }
  })

  test('sends events for its own site only', async () => {
    const event = (site: string) => listing({ ship_to: ['DE'] }, { site })
    const send = (token: string, site: string) => house.call('POST', '/v1/decide', { token, body: event(site) })
    expect((await send(bySite, 'alpha')).status).toBe(200)
    expect((await send(bySite, 'beta')).status).toBe(403)
    const lines = [event('alpha'), event('beta')].map((line) => JSON.stringify(line)).join('\n')
    const batch = await house.call('POST', '/v1/events', { token: bySite, raw: lines, type: 'application/x-ndjson' })
    expect(batch.status).toBe(403)
    const both = await house.call('POST', '/v1/events', {
      token: bySite,
      body: { events: [event('alpha'), event('beta')] },
    })
    expect(both.status).toBe(403)
  })

  test('a change needs every market of the record: a case of DE and US is read in both and decided by neither', async () => {
    const event = listing({ title: 'doubtful two-market goods', ship_to: ['DE', 'US'] }, { site: 'alpha' })
    await house.call('POST', '/v1/decide', { token: everywhere, body: event })
    await house.app.settled()
    const [row] = await house.app.db
      .selectFrom('cases')
      .selectAll()
      .where('subject_id', '=', String(event.data.listing_id))
      .execute()
    const path = `/v1/cases/${row?.case_id}`
    expect((await house.call('GET', path, { token: byMarket })).status).toBe(200)
    expect((await house.call('POST', `${path}/lease`, { token: byMarket, body: {} })).status).toBe(403)
    expect((await house.call('POST', `${path}/lease`, { token: bySite, body: {} })).status).toBe(200)
  })
})

describe('grants', () => {
  test('are given with a reason, limit what they name, end, and stay on record', async () => {
    const { cookie, id } = await house.person('scoped-viewer', 'viewer')
    const admin = await house.token('administrator')
    const list = async () => (await house.call('GET', `/v1/users/${id}/grants`, { token: admin })).body.items
    const [first] = await list()
    expect((await house.call('POST', `/v1/grants/${first.grant_id}/end`, { token: admin, body: {} })).status).toBe(400)
    const ended = { token: admin, body: { reason: 'moves to another desk' } }
    expect((await house.call('POST', `/v1/grants/${first.grant_id}/end`, ended)).status).toBe(200)
    expect((await house.call('GET', '/v1/session', { cookie })).status).toBe(401)
    const body = { role: 'reviewer', sites: ['alpha'], reason: 'reviews alpha now' }
    expect((await house.call('POST', `/v1/users/${id}/grants`, { token: admin, body })).status).toBe(200)
    expect(await list()).toMatchObject([{ role: 'reviewer', sites: ['alpha'], markets: [], reason: body.reason }])
    const again = await house.call('POST', '/v1/session', {
      body: { login: 'scoped-viewer', password: 'password of scoped-viewer' },
    })
    const mine = (again.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
    expect((await house.call('GET', `/v1/cases/${ids.alpha['case_id']}`, { cookie: mine })).status).toBe(200)
    expect((await house.call('GET', `/v1/cases/${ids.beta['case_id']}`, { cookie: mine })).status).toBe(404)
    const rows = await house.app.db.selectFrom('grants').selectAll().where('user_id', '=', id).execute()
    expect(rows).toHaveLength(2)
    await expect(house.app.db.deleteFrom('grants').execute()).rejects.toThrow(/insert-only/)
    await expect(house.app.db.updateTable('grant_ends').set({ reason: 'x' }).execute()).rejects.toThrow(/insert-only/)
  })

  test('nobody gives a role for a place where they do not hold it', async () => {
    const limited = await house.app.access.byToken(bySite, nowMicros())
    if (!limited) throw new Error('the token is gone')
    const { id } = await house.person('plain', 'viewer')
    const give = (sites: string[]) =>
      house.app.access.grants.add({ userId: id, role: 'reviewer', sites, markets: [], reason: 'x' }, limited, 1)
    await expect(give([])).rejects.toThrow(/do not hold/)
    await expect(give(['beta'])).rejects.toThrow(/do not hold/)
    expect(await give(['alpha'])).toMatchObject({ grant_id: expect.any(String) })
  })
})

test('a notice from outside is seen and handled where it belongs, and is not there for anybody else', async () => {
  const file = async (site: SiteName) => {
    const body = {
      ...{ kind: 'partner', target_type: 'listing', target_id: `${site}-fine`, reason: 'scam' },
      ...{ text: `a copy, says ${site}-notifier`, email: `${site}-notifier@example.org`, site, market: seeds[site] },
    }
    const answer = await house.call('POST', '/v1/inbound/notices', { token: everywhere, body })
    expect(answer.status).toBe(200)
    return String(answer.body.notice_id)
  }
  const notices = { alpha: await file('alpha'), beta: await file('beta') }
  await house.app.settled()
  const all = await house.call('GET', '/v1/inbound/notices', { token: everywhere })
  expect(all.body.total).toBe(2)
  for (const token of [bySite, byMarket]) {
    const list = await house.call('GET', '/v1/inbound/notices', { token })
    expect([list.body.total, list.body.items.map((row: { notice_id: string }) => row.notice_id)]).toEqual([
      1,
      [notices.alpha],
    ])
    for (const part of ['', '/contact']) {
      const own = await house.call('GET', `/v1/inbound/notices/${notices.alpha}${part}`, { token })
      expect([part, own.status, leak(own)]).toEqual([part, 200, []])
      const other = await house.call('GET', `/v1/inbound/notices/${notices.beta}${part}`, { token })
      expect([part, other.status]).toEqual([part, 404])
    }
    for (const [verb, body] of [
      ['reject', { missing: ['evidence'] }],
      ['unfounded', { reason: 'made up' }],
    ] as const) {
      const other = await house.call('POST', `/v1/inbound/notices/${notices.beta}/${verb}`, { token, body })
      expect([verb, other.status]).toEqual([verb, 404])
    }
  }
  const body = { missing: ['evidence'] }
  const done = await house.call('POST', `/v1/inbound/notices/${notices.alpha}/reject`, { token: byMarket, body })
  expect(done.body).toMatchObject({ notice_id: notices.alpha, status: 'rejected' })
})
