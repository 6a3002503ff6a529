import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { day, nowMicros } from '../../src/kernel/time.ts'
import { undoMicros } from '../../src/review/cases/index.ts'
import { type House, listing, openHouse } from './harness.ts'

let house: House
let administrator: string
let reviewer: string

beforeAll(async () => {
  process.env['AEDILE_NOTICES_PER_HOUR'] = '60'
  house = await openHouse()
  administrator = await house.token('administrator')
  reviewer = await house.token('reviewer')
})
afterAll(async () => {
  delete process.env['AEDILE_NOTICES_PER_HOUR']
  await house.close()
})

const post = (path: string, body: unknown, token: string | undefined = administrator) =>
  house.call('POST', path, { token, body })
const claim = async (id: string) =>
  (await house.call('GET', '/v1/claims', { token: reviewer })).body.items.find(
    (row: { notice_id: string }) => row.notice_id === id,
  )

/** A rights-holder notice about a new listing of a seller, decided. */
async function decided(id: string, { market = 'CN', seller = `s-${id}`, outcome = 'remove_and_points' } = {}) {
  await post(
    '/v1/decide',
    listing({ listing_id: id, seller_id: seller, title: `bag ${id}`, brand: 'Acme', ship_to: [market] }),
  )
  await house.app.settled()
  const receipt = await post(
    '/v1/public/notices',
    {
      kind: 'rights_notice',
      target_id: id,
      reason: 'trademark',
      text: 'The bag bears our mark without our consent.',
      market,
      name: 'Acme Inc.',
      email: 'legal@acme.example',
      right_owner: 'Acme Inc.',
      right_number: '018000001',
      evidence: ['https://acme.example/1'],
      good_faith: true,
      perjury: true,
      location: `https://shop.example/${id}`,
    },
    undefined,
  )
  expect(receipt.status).toBe(200)
  await house.app.settled()
  const { case_id } = (await house.call('GET', `/v1/inbound/notices/${receipt.body.notice_id}`, { token: reviewer }))
    .body
  expect((await post(`/v1/cases/${case_id}/lease`, {}, reviewer)).status).toBe(200)
  const answer = await post(`/v1/cases/${case_id}/decide`, { outcome, policy: 'LOOP.BANNED' }, reviewer)
  expect(answer.status).toBe(200)
  await house.app.cases.settle(nowMicros() + undoMicros + 1)
  await house.app.settled()
  return { ...receipt.body, case_id } as { notice_id: string; token: string; case_id: string }
}

const inForce = async (target: string) => {
  const rows = await house.app.db.selectFrom('actions').selectAll().where('target_id', '=', target).execute()
  const undone = new Set(rows.map((row) => row.inverse_of))
  return rows.filter((row) => row.inverse_of === null && !undone.has(row.action_id)).map((row) => row.kind)
}
const points = async (party: string) =>
  (await house.app.db.selectFrom('points').selectAll().where('party_id', '=', party).execute()).reduce(
    (sum, row) => sum + (row.type === 'violation' ? row.points : -row.points),
    0,
  )

test('a counter-notice is forwarded, its timer runs, and without proof everything is put back exactly once', async () => {
  const { notice_id, token } = await decided('c1')
  expect(await inForce('c1')).toEqual(['delist'])
  expect(await points('s-c1')).toBe(4)
  const early = await post(`/v1/claims/${notice_id}/proof`, { text: 'we have sued' }, reviewer)
  expect(early.body).toMatchObject({ code: 'conflict', field: 'notice_id' })
  const before = nowMicros()
  const countered = await post(
    `/v1/claims/${notice_id}/counter`,
    { text: 'I bought the bags from the owner.' },
    reviewer,
  )
  expect(countered.body).toMatchObject({ status: 'countered', timer: { rule: 'cn-ecommerce-43' } })
  const told = (await house.call('POST', `/v1/public/notices/${notice_id}/status`, { body: { token } })).body
  expect(told.replies.at(-1)).toMatchObject({
    kind: 'counter',
    text: { en: expect.stringMatching(/I bought the bags/) },
  })
  expect(await house.app.rights.tick(before + 14 * day)).toBe(0)
  expect(await house.app.rights.tick(nowMicros() + 15 * day)).toBe(1)
  expect(await house.app.rights.tick(nowMicros() + 16 * day)).toBe(0)
  expect(await inForce('c1')).toEqual([])
  expect(await points('s-c1')).toBe(0)
  expect(await claim(notice_id)).toMatchObject({ status: 'restored' })
  const last = (await house.call('POST', `/v1/public/notices/${notice_id}/status`, { body: { token } })).body
  expect(last).toMatchObject({ status: 'informed', outcome: 'no_action' })
  expect(last.replies.at(-1).text.en).toMatch(/has been put back/)
  expect((await post(`/v1/claims/${notice_id}/counter`, { text: 'again, please' }, reviewer)).status).toBe(409)
})

test('proof of a suit in time, given with the receipt, keeps what was removed; a wrong code gives none', async () => {
  const { notice_id, token } = await decided('c2')
  await post(`/v1/claims/${notice_id}/counter`, { text: 'This is my own design.' }, reviewer)
  const path = `/v1/public/notices/${notice_id}/proof`
  expect((await house.call('POST', path, { body: { token: 'wrong', text: 'case 1 O 1/26' } })).status).toBe(404)
  expect((await house.call('POST', path, { body: { token, text: 'case 1 O 1/26' } })).body.status).toBe('in_court')
  expect(await house.app.rights.tick(nowMicros() + 60 * day)).toBe(0)
  expect(await inForce('c2')).toEqual(['delist'])
})

test('trust falls with a counter-notice that succeeded, and repeat infringers are those against whom claims stand', async () => {
  const standard = (await house.call('GET', '/v1/notifiers', { token: reviewer })).body.items
  expect(standard).toMatchObject([{ status: 'standard', decided: 2, countered: 0.5 }])
  await decided('c3', { outcome: 'allow' })
  const after = (await house.call('GET', '/v1/notifiers', { token: reviewer })).body.items
  expect(after[0]).toMatchObject({ decided: 3, success: 2 / 3 })
  const infringers = (await house.call('GET', '/v1/infringers', { token: reviewer })).body.items
  expect(infringers).toEqual([{ party_type: 'seller', party_id: 's-c2', violations: 1, repeat: false }])
})

test('a seller is authorised for a brand by any of its writings, along a chain, in the territory that every link covers', async () => {
  const right = await post('/v1/rights', {
    type: 'trademark',
    office: 'EUIPO',
    number: '018000001',
    owner: 'Acme Inc.',
    brand: 'Acme',
    aliases: ['爱可美'],
    classes: ['18'],
    territory: ['EU'],
    valid_to: '2036-01-01',
  })
  expect(right.status).toBe(200)
  const first = await post('/v1/authorisations', {
    brand: 'Acme',
    seller: 'importer',
    classes: ['*'],
    territory: ['EU'],
  })
  const passed = await post('/v1/authorisations', {
    brand: '爱可美',
    seller: 's9',
    parent: first.body.authorisation_id,
    classes: ['bags'],
    territory: ['DE'],
  })
  const check = async (query: string) =>
    (await house.call('GET', `/v1/authorisations/check?${query}`, { token: reviewer })).body
  expect(await check('seller=s9&brand=A.C.M.E.&market=DE&category=bags/leather')).toMatchObject({
    authorised: true,
    chain: [first.body.authorisation_id, passed.body.authorisation_id],
    owners: ['Acme Inc.'],
  })
  // What is registered needs no suggestion; what is written to look like it gets one, and no right by it.
  expect((await check('seller=s9&brand=acme&market=DE')).suggestions).toEqual([])
  expect(await check(`seller=s9&brand=${encodeURIComponent('А\u0421ME')}&market=DE`)).toMatchObject({
    authorised: false,
    owners: [],
    suggestions: [{ brand: 'Acme', by: 'look-alike', score: 0.95 }],
  })
  expect((await check('seller=s9&brand=acne&market=DE')).suggestions).toMatchObject([{ brand: 'Acme', by: 'near' }])
  expect((await check('seller=s9&brand=acme&market=FR')).authorised).toBe(false)
  expect((await check('seller=s9&brand=acme&market=DE&category=shoes')).authorised).toBe(false)
  const third = await post('/v1/authorisations', {
    brand: 'Acme',
    seller: 's10',
    parent: passed.body.authorisation_id,
    classes: ['*'],
    territory: ['DE'],
  })
  expect(third.status).toBe(200)
  const fourth = await post('/v1/authorisations', {
    brand: 'Acme',
    seller: 's11',
    parent: third.body.authorisation_id,
    classes: ['*'],
    territory: ['DE'],
  })
  expect(fourth.body).toMatchObject({ code: 'conflict', field: 'parent' })
  await post('/v1/authorisations', {
    authorisation_id: first.body.authorisation_id,
    brand: 'Acme',
    seller: 'importer',
    classes: ['*'],
    territory: ['EU'],
    ended: true,
  })
  expect((await check('seller=s9&brand=acme&market=DE')).authorised).toBe(false)
})

test('with the shipped packs a copyright notice proposes its policy, and the statement says what law and which category', async () => {
  const shipped = await openHouse({ packs: join(import.meta.dirname, '../../packs') })
  try {
    const token = await shipped.token('administrator')
    const send = (path: string, body: unknown) => shipped.call('POST', path, { token, body })
    await send(
      '/v1/decide',
      listing({ listing_id: 'k1', seller_id: 'ks1', title: 'poster', category: 'home/decor', ship_to: ['DE'] }),
    )
    await shipped.app.settled()
    const notice = await send('/v1/public/notices', {
      kind: 'rights_notice',
      target_id: 'k1',
      reason: 'copyright',
      text: 'The poster is a copy of our photograph.',
      market: 'DE',
      name: 'Acme',
      email: 'legal@acme.example',
      right_owner: 'Acme',
      right_number: 'Photograph no. 7',
      good_faith: true,
      location: 'https://shop.example/k1',
    })
    await shipped.app.settled()
    const { case_id } = (await shipped.call('GET', `/v1/inbound/notices/${notice.body.notice_id}`, { token })).body
    const found = (await shipped.call('GET', `/v1/cases/${case_id}`, { token })).body
    expect(found.policies[0].id).toBe('IP.COPYRIGHT')
    expect(found.queue).toBe('intellectual-property')
    await send(`/v1/cases/${case_id}/lease`, {})
    expect((await send(`/v1/cases/${case_id}/decide`, { outcome: 'remove_and_points' })).status).toBe(200)
    await shipped.app.cases.settle(nowMicros() + undoMicros + 1)
    await shipped.app.settled()
    const [statement] = await shipped.app.db
      .selectFrom('statements')
      .selectAll()
      .where('source_type', '=', 'SOURCE_ARTICLE_16')
      .execute()
    expect(JSON.parse(statement?.payload ?? '{}')).toMatchObject({
      category: 'STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS',
      category_specification: ['KEYWORD_COPYRIGHT_INFRINGEMENT'],
      illegal_content_legal_ground: 'Directive 2001/29/EC arts. 2 to 4',
      automated_detection: 'No',
      automated_decision: 'AUTOMATED_DECISION_NOT_AUTOMATED',
    })
    expect([statement?.problems, statement?.doubts]).toEqual(['[]', '[]'])
    const entries = await shipped.app.db.selectFrom('points').selectAll().where('party_id', '=', 'ks1').execute()
    expect(entries).toMatchObject([{ class: 'ip-infringement', points: 6, policy: 'IP.COPYRIGHT' }])
  } finally {
    await shipped.close()
  }
})

test('a field that the register does not have is left out, and nobody writes its own fields from outside', async () => {
  const right = { type: 'trademark', office: 'EUIPO', number: '018000777', owner: 'Bravo SA', brand: 'Bravo' }
  const where = { classes: ['*'], territory: ['DE'], jurisdictions: ['EU'], actor: 'somebody else', row_id: 'mine' }
  const made = await post('/v1/rights', { ...right, ...where })
  expect(made.status).toBe(200)
  const again = await post('/v1/authorisations', { brand: 'Bravo', seller: 's-bravo', ...where })
  expect(again.status).toBe(200)
})
