import { afterAll, beforeAll, expect, test } from 'vitest'
import { roles } from '../../src/kernel/access/index.ts'
import { pseudonym } from '../../src/vocabulary/events/index.ts'
import { type House, listing, openHouse } from './harness.ts'

/* Planted personal data; no answer of any operation may hold it, but for the one that is there to show it. */
const phone = '+49 151 55512399'
const planted = {
  phone,
  email: 'planted.person@example.org',
  address: '7 Planted Lane, 10115 Berlin',
  ip: '203.0.113.77',
  device_id: 'device-planted-4711',
  payment_instrument: 'DE02 1203 0000 0000 2020 51',
  recipient_name: 'Petra Planted',
}
const secrets = Object.values(planted)

let house: House
let caseId = ''
let admin = ''

beforeAll(async () => {
  house = await openHouse()
  admin = await house.token('administrator')
  const send = (body: unknown) => house.call('POST', '/v1/decide', { token: admin, body })
  const about = { title: 'doubtful goods', listing_id: 'planted-listing', seller_id: 'planted-seller' }
  expect((await send(listing({ ...about, ...planted }))).status).toBe(200)
  const account = { account_id: 'planted-account', ...planted }
  const event = { id: 'acc-1', source: 'shop', type: 'account.registered', site: 'test', data: account }
  expect((await send(event)).status).toBe(200)
  // Refused, so that it lies in quarantine as it came.
  await send({ id: 'bad', source: 'shop', type: 'account.registered', time: 'never', data: account })
  await house.app.settled()
  caseId = (await house.app.db.selectFrom('cases').selectAll().executeTakeFirstOrThrow()).case_id
})
afterAll(() => house.close())

const found = (text: string) => secrets.filter((value) => text.includes(value))

test('no operation answers with planted personal data, whatever role asks', async () => {
  const known: Record<string, string> = {
    case_id: caseId,
    type: 'account',
    id: 'planted-account',
    q: 'planted',
    pack: 'loop',
    strategy: 'doubtful',
    list: 'loop-brands',
    limit: '100',
  }
  let asked = 0
  for (const operation of house.operations.filter(({ method, unmasked }) => method === 'GET' && !unmasked)) {
    const fields = Object.keys(operation.input.properties)
    for (const type of ['account', 'listing']) {
      const input = { ...known, type, id: `planted-${type}` }
      const path = operation.path.replaceAll(/:(\w+)/g, (_all, name: keyof typeof input) =>
        encodeURIComponent(input[name] ?? 'nothing'),
      )
      const query = fields.flatMap((field) =>
        field in input && !operation.path.includes(`:${field}`)
          ? [`${field}=${input[field as keyof typeof input]}`]
          : [],
      )
      for (const role of ['administrator', 'viewer', 'analyst', 'reviewer']) {
        const answer = await house.call('GET', `${path}?${query.join('&')}`, { token: await house.token(role) })
        expect([operation.name, role, found(answer.text)]).toEqual([operation.name, role, []])
        asked++
      }
    }
  }
  expect(asked).toBeGreaterThan(200)
  for (const path of [`/v1/cases/${caseId}`, '/v1/subjects/account/planted-account', '/v1/quarantine'])
    expect((await house.call('GET', path, { token: admin })).text).toMatch(/phone~[0-9a-f]{12}/)
})

test('SQL sees pseudonyms: equal values stay equal, the value is nowhere, by whatever way it is asked for', async () => {
  const run = async (sql: string) => house.call('POST', '/v1/sql', { token: admin, body: { sql } })
  for (const sql of [
    'SELECT * FROM events',
    'SELECT phone AS p, upper(email) AS e, data FROM events',
    "SELECT data->>'phone' AS p, data::VARCHAR AS d, json_extract_string(data, '$.ip') AS i FROM events",
    'SELECT * FROM decisions',
    'SELECT * FROM findings',
    'SELECT * FROM quarantine',
    'SELECT to_json(e) FROM events e',
    'WITH e AS (SELECT * FROM events) SELECT list(e) FROM e',
    'FROM analyst.events',
    'SUMMARIZE events',
  ]) {
    const answer = await run(sql)
    expect([sql, answer.status, found(answer.text)]).toEqual([sql, 200, []])
  }
  for (const sql of [
    'SELECT phone FROM main.events',
    'SELECT phone FROM facts.main.events',
    'SELECT phone FROM "main"."events"',
    'SELECT view_definition FROM information_schema.views',
    'SELECT sql FROM duckdb_views()',
    "SELECT * FROM query_table('main.events')",
  ]) {
    const answer = await run(sql)
    expect([sql, answer.status]).toEqual([sql, 422])
    expect(found(answer.text)).toEqual([])
    expect(answer.text).not.toContain(house.app.trust.salt)
  }
  const same = await run(
    "SELECT count(DISTINCT phone) AS n, any_value(phone) AS p FROM events WHERE phone LIKE 'phone~%'",
  )
  expect(same.body.rows).toEqual([[1, pseudonym('phone', phone, house.app.trust.salt)]])
  expect((await run(`SELECT count(*) FROM events WHERE phone = '${phone}'`)).body.rows).toEqual([[0]])
})

test('a person with the permission sees it for a reason, in one case, for an hour; the audit log says who, why and what', async () => {
  const path = `/v1/cases/${caseId}/personal`
  const { cookie } = await house.person('revealer', 'reviewer')
  const ask = (body: unknown) => house.call('POST', path, { cookie, headers: { 'x-aedile': 'console' }, body })
  const fields = ['phone', 'email']
  expect((await house.call('GET', path, { cookie })).body).toMatchObject({ until: null, values: {} })
  const short = await ask({ fields, reason: 'because' })
  expect([short.status, short.body.field]).toEqual([400, 'reason'])
  expect((await ask({ fields: ['title'], reason: 'a good long reason' })).status).toBe(400)
  const shown = await ask({ fields, reason: 'calls the buyer back about the recall' })
  expect(shown.body.values).toEqual({ phone, email: planted.email })
  expect((await house.call('GET', path, { cookie })).body.values).toEqual({ phone, email: planted.email })
  const other = await house.person('other', 'reviewer')
  expect((await house.call('GET', path, { cookie: other.cookie })).body.values).toEqual({})
  const audit = await house.call('GET', '/v1/audit?q=personal.reveal', { token: admin })
  expect(audit.body.items.find((row: { outcome: string }) => row.outcome === 'done')).toMatchObject({
    actor: 'revealer',
    target: path,
    detail: 'phone,email: calls the buyer back about the recall',
  })
  expect(found(audit.text)).toEqual([])
  await expect(house.app.db.updateTable('reveals').set({ reason: 'x' }).execute()).rejects.toThrow(/insert-only/)
})

test('whoever lacks the permission is refused, and the time of a reveal is over after an hour', async () => {
  const lacking = roles.filter((role) => !['administrator', 'reviewer', 'qa'].includes(role))
  for (const role of lacking)
    expect(
      (
        await house.call('POST', `/v1/cases/${caseId}/personal`, {
          token: await house.token(role),
          body: { fields: ['phone'], reason: 'a good long reason' },
        })
      ).status,
    ).toBe(403)
  const by = { actor: 'somebody', caseId, now: 1_000_000 }
  await house.app.trust.personal.reveal(by, { fields: ['phone'], reason: 'a good long reason' })
  expect((await house.app.trust.personal.open({ ...by, now: by.now + 3599e6 })).values).toEqual({ phone })
  expect((await house.app.trust.personal.open({ ...by, now: by.now + 3601e6 })).values).toEqual({})
})
