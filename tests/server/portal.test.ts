import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { operator } from '../../src/edge/serve.ts'
import { appealRuleOf } from '../../src/enforcement/actions/index.ts'
import { nowMicros } from '../../src/kernel/time.ts'
import { type House, listing, openHouse } from './harness.ts'

/* Two sellers with the same kind of violation. Each signs in by its invitation and asks for everything. */
let house: House
let admin = ''
const headers = { 'x-aedile': 'console' }
const sellers = ['anna', 'bert'] as const
type SellerName = (typeof sellers)[number]
const cookies = new Map<SellerName, string>()
const own = new Map<SellerName, { notice: string; action: string; asked: string; entry: string }>()

async function invite(name: SellerName): Promise<string> {
  const made = await house.call('POST', '/v1/invitations', {
    token: admin,
    body: { party_type: 'seller', party_id: `${name}-shop`, name: `${name} Ltd` },
  })
  expect(made.status).toBe(200)
  return made.body.invitation
}

async function seed(name: SellerName): Promise<void> {
  const about = (kind: string, title: string) => ({
    listing_id: `${name}-${kind}`,
    seller_id: `${name}-shop`,
    title: `${title} of ${name}-goods`,
  })
  for (const event of [listing(about('banned', 'forbidden')), listing(about('unclear', 'doubtful'))])
    expect((await house.call('POST', '/v1/decide', { token: admin, body: event })).status).toBe(200)
  await house.app.settled()
  const found = await house.app.db
    .selectFrom('cases')
    .selectAll()
    .where('subject_id', '=', `${name}-unclear`)
    .executeTakeFirstOrThrow()
  const path = `/v1/cases/${found.case_id}`
  await house.call('POST', `${path}/lease`, { token: admin, body: {} })
  await house.call('POST', `${path}/decide`, {
    token: admin,
    body: { outcome: 'request_evidence', note: 'inside only' },
  })
  await house.app.cases.settle(nowMicros() + 60e6)
  const mine = await house.app.db.selectFrom('actions').selectAll().where('party_id', '=', `${name}-shop`).execute()
  const notices = await house.app.db.selectFrom('notices').selectAll().where('party_id', '=', `${name}-shop`).execute()
  const points = await house.app.db
    .selectFrom('points')
    .selectAll()
    .where('party_id', '=', `${name}-shop`)
    .executeTakeFirst()
  own.set(name, {
    notice: notices.find((row) => row.subject_id === `${name}-banned`)?.notice_id ?? '',
    action: mine.find((row) => row.target_id === `${name}-banned`)?.action_id ?? '',
    asked: mine.find((row) => row.kind === 'request_documents')?.action_id ?? '',
    entry: points?.entry_id ?? '',
  })
}

beforeAll(async () => {
  house = await openHouse()
  admin = await house.token('administrator')
  for (const name of sellers) {
    await seed(name)
    const invitation = await invite(name)
    const body = { invitation, login: name, password: `password of ${name}` }
    expect((await house.call('POST', '/v1/invitation/accept', { body })).status).toBe(200)
    const signed = await house.call('POST', '/v1/session', { body: { login: name, password: body.password } })
    cookies.set(name, (signed.headers.get('set-cookie') ?? '').split(';')[0] ?? '')
    expect(signed.body).toMatchObject({ permissions: ['portal.use'], party: { type: 'seller', id: `${name}-shop` } })
  }
})
afterAll(() => house.close())

const as = (name: SellerName) => ({
  get: (path: string) => house.call('GET', path, { cookie: cookies.get(name) ?? '' }),
  post: (path: string, body: unknown) => house.call('POST', path, { cookie: cookies.get(name) ?? '', headers, body }),
})
const portal = () => house.operations.filter(({ permission }) => permission === 'portal.use')

describe('an invitation', () => {
  test('is used once, is over after two weeks, and says what it is for without signing in', async () => {
    const invitation = await invite('anna')
    expect((await house.call('POST', '/v1/invitation', { body: { invitation } })).body).toMatchObject({
      name: 'anna Ltd',
      role: 'merchant',
      party: { type: 'seller', id: 'anna-shop' },
    })
    const taken = { invitation, login: 'bert', password: 'a password of mine' }
    expect((await house.call('POST', '/v1/invitation/accept', { body: taken })).body.code).toBe('conflict')
    const late = house.app.access.invitations.mustFind(invitation, nowMicros() + 15 * 86_400e6)
    await expect(late).rejects.toThrow(/not valid, used or over/)
    const both = await Promise.all(
      ['anna-two', 'anna-three'].map((login) =>
        house.call('POST', '/v1/invitation/accept', { body: { ...taken, login } }),
      ),
    )
    expect(both.map((answer) => answer.status).sort()).toEqual([200, 404])
    expect((await house.call('POST', '/v1/invitation', { body: { invitation } })).status).toBe(404)
    const stored = JSON.stringify(await house.app.db.selectFrom('invitations').selectAll().execute())
    expect(stored).not.toContain(invitation)
  })

  test('is the only way to the role: nobody gives it by hand', async () => {
    const { cookie } = await house.person('boss', 'administrator')
    for (const [path, body] of [
      ['/v1/users', { login: 'fake', name: 'x', roles: ['merchant'] }],
      ['/v1/tokens', { name: 'x', roles: ['creator'] }],
    ] as const)
      expect((await house.call('POST', path, { cookie, headers, body })).status).toBe(403)
  })
})

/** The levels of an appeal of a seller against what holds in every market. */
const levelsOf = () =>
  appealRuleOf(house.app.rules(), { partyType: 'seller', policy: 'LOOP.BANNED', markets: ['*'] }).levels

describe('a seller', () => {
  test('sees its own standing, violations with reasons, and documents asked for', async () => {
    const overview = (await as('anna').get('/v1/my')).body
    expect(overview).toMatchObject({ party: { id: 'anna-shop' }, violations: 1, documents_open: 1 })
    expect(overview.standing[0]).toMatchObject({ score: 4, entries: [{ points: 4, reversed: false }] })
    const { items } = (await as('anna').get('/v1/my/violations')).body
    const about = items.map((row: { subject: { id: string }; status: string }) => [row.subject.id, row.status])
    // The hold while the case waited, what came of it, and the banned goods.
    expect(about.sort()).toEqual([
      ['anna-banned', 'in_force'],
      ['anna-unclear', 'asked'],
      ['anna-unclear', 'restored'],
    ])
    const one = (await as('anna').get(`/v1/my/violations/${own.get('anna')?.notice}`)).body
    expect(one).toMatchObject({ status: 'in_force', may_appeal: true, why_not: null, points: 4, appeal: null })
    expect(one.chances_left).toBe(levelsOf().reduce((sum, level) => sum + level.chances, 0))
    expect(one.statement.en.fix).toContain('Take the listing down')
    expect(one.statement.zh.why).toContain('商品是违禁品')
    const paged: string[] = []
    for (let after: string | null = ''; after !== null; ) {
      const page = (await as('anna').get(`/v1/my/violations?limit=1${after && `&after=${after}`}`)).body
      paged.push(...page.items.map((row: { notice_id: string }) => row.notice_id))
      after = page.next as string | null
    }
    expect(paged).toEqual(items.map((row: { notice_id: string }) => row.notice_id))
  })

  test('answers the quiz about its own points once; that of another seller is not there', async () => {
    const entryOf = async (name: SellerName) => (await as(name).get('/v1/my')).body.standing[0].entries[0]
    const [mine, theirs] = [await entryOf('anna'), await entryOf('bert')]
    expect(mine.quiz).toMatchObject({ state: 'open' })
    const asked = await as('anna').get(`/v1/my/points/${mine.id}/quiz`)
    expect(asked.body).toMatchObject({ entry_id: mine.id, taken: null })
    expect(asked.text).not.toContain('"right"')
    const answers = Object.fromEntries(
      asked.body.questions.map((question: { id: string; options: { id: string }[] }) => [
        question.id,
        question.options[0]?.id,
      ]),
    )
    const unknown = await as('anna').get('/v1/my/points/pts_nothing/quiz')
    for (const answer of [
      await as('anna').get(`/v1/my/points/${theirs.id}/quiz`),
      await as('anna').post(`/v1/my/points/${theirs.id}/quiz`, { answers }),
    ])
      expect([answer.status, answer.body.code]).toEqual([unknown.status, unknown.body.code])
    const done = await as('anna').post(`/v1/my/points/${mine.id}/quiz`, { answers })
    expect(done.body).toMatchObject({ perfect: expect.any(Boolean), total: asked.body.questions.length })
    expect((await as('anna').post(`/v1/my/points/${mine.id}/quiz`, { answers })).body.code).toBe('conflict')
    expect((await entryOf('anna')).quiz.state).not.toBe('open')
    expect((await entryOf('bert')).quiz.state).toBe('open')
  })

  test('sees nothing of another seller, of the people inside, or of the rules behind, on any route of the portal', async () => {
    const theirs = own.get('bert')
    let asked = 0
    for (const operation of portal())
      for (const ids of [own.get('anna'), theirs]) {
        const path = operation.path
          .replace(':notice_id', ids?.notice ?? '')
          .replace(':action_id', ids?.asked ?? '')
          .replace(':entry_id', ids?.entry ?? '')
        const answer =
          operation.method === 'GET'
            ? await as('anna').get(path)
            : await as('anna').post(
                path,
                ids === theirs ? { text: 'x', answers: {}, documents: [{ kind: 'a', number: 'b' }] } : {},
              )
        const said = answer.status < 400 ? answer.text : ''
        for (const word of ['bert', 'inside only', 'loop/', 'usr_', 'tok_', 'administrator'])
          expect([operation.name, word, said.includes(word)]).toEqual([operation.name, word, false])
        if (ids === theirs && operation.path.includes(':'))
          expect([operation.name, answer.status]).toEqual([operation.name, 404])
        asked++
      }
    expect(asked).toBe(portal().length * 2)
    expect(await house.app.db.selectFrom('appeals').selectAll().execute()).toEqual([])
  })

  test('hears the same about what belongs to another and what does not exist', async () => {
    const shape = (answer: { status: number; body: Record<string, unknown> }) => {
      const { request_id: _request, value: _value, ...rest } = answer.body
      return [answer.status, rest]
    }
    for (const [theirs, nothing] of [
      [`/v1/my/violations/${own.get('bert')?.notice}`, '/v1/my/violations/ntc_nothing'],
      [`/v1/my/violations/${own.get('bert')?.notice}/appeal`, '/v1/my/violations/ntc_nothing/appeal'],
      [`/v1/my/documents/${own.get('bert')?.asked}`, '/v1/my/documents/act_nothing'],
    ] as const) {
      const body = { text: 'mine', documents: [{ kind: 'a', number: 'b' }] }
      const ask = (path: string) =>
        /violations\/[^/]+$/.test(path) ? as('anna').get(path) : as('anna').post(path, body)
      expect(shape(await ask(theirs))).toEqual(shape(await ask(nothing)))
      expect((await ask(theirs)).status).toBe(404)
    }
  })

  test('is refused by every other operation and route, with 403', async () => {
    let refused = 0
    for (const operation of house.operations) {
      if (['public', 'signed-in', 'portal.use'].includes(operation.permission)) continue
      const path = operation.path.replaceAll(/:(\w+)/g, () => own.get('anna')?.notice ?? 'x')
      for (const cookie of cookies.values()) {
        const answer = await house.call(operation.method, path, { cookie, headers })
        expect([operation.name, answer.status, answer.body.code]).toEqual([operation.name, 403, 'not_allowed'])
        refused++
      }
    }
    expect(refused).toBeGreaterThan(100)
    for (const path of ['/v1/imports', '/v1/recipes']) expect((await as('anna').get(path)).status).toBe(403)
  })

  test('staff are no party: the portal tells them so', async () => {
    const made = { name: 'x', roles: ['merchant'], expiresAt: null, by: operator, now: nowMicros() }
    const { token } = await house.app.access.createToken(made)
    const answer = await house.call('GET', '/v1/my', { token })
    expect([answer.status, answer.body.field]).toEqual([404, 'party'])
    expect((await house.call('GET', '/v1/my', { token: admin })).status).toBe(403)
  })

  test('sends the documents that were asked for; staff see them with the subject', async () => {
    const path = `/v1/my/documents/${own.get('anna')?.asked}`
    const bad = await as('anna').post(path, { documents: [{ kind: 'CE', number: '1', link: 'javascript:alert(1)' }] })
    expect([bad.status, bad.body.field]).toEqual([400, 'documents.0.link'])
    const documents = [{ kind: 'CE declaration', number: 'CE-2026-17', valid_until: '2028-01-01' }]
    expect((await as('anna').post(path, { text: 'as you asked', documents })).status).toBe(200)
    const [row] = (await as('anna').get('/v1/my/documents')).body.items
    expect(row).toMatchObject({ open: false, answers: [{ text: 'as you asked', documents }] })
    const listed = await house.call('GET', '/v1/documents', { token: admin })
    expect(listed.body.items).toMatchObject([{ party: { id: 'anna-shop' }, documents }])
    const trace = await house.call('GET', '/v1/trace/listing/anna-unclear', { token: admin })
    expect(trace.text).toContain('CE-2026-17')
  })

  test('reads when a restriction ran out, beside the violation that it belongs to', async () => {
    const party = { type: 'seller', id: 'anna-shop' }
    const target = { type: 'listing', id: 'anna-timed' }
    const imposed = await house.call('POST', '/v1/actions', {
      token: admin,
      body: { kind: 'demote', target, party, days: 1, reason: 'misleading pictures' },
    })
    expect(imposed.status).toBe(200)
    const before = (await as('anna').get('/v1/my/violations')).body.items
    await house.app.enforcement.expire(nowMicros() + 2 * 86_400_000_000)
    const items = (await as('anna').get('/v1/my/violations')).body.items as { notice_id: string; subject: unknown }[]
    expect(items).toHaveLength(before.length)
    const mine = items.find((row) => JSON.stringify(row.subject) === JSON.stringify(target))
    const one = (await as('anna').get(`/v1/my/violations/${mine?.notice_id}`)).body
    expect(one.ended).toHaveLength(1)
    expect(one.ended[0].text.en.what).toMatch(/“anna-timed” is restored since/)
    expect(one.ended[0].text.zh.what).toMatch(/「anna-timed」自 .* 起恢复/)
    // It has ended, and can still be appealed against.
    expect(one).toMatchObject({ status: 'restored', may_appeal: true })
    const again = { text: 'the pictures were right', evidence: [{ kind: 'reference', value: 'https://example.org/p' }] }
    expect((await as('anna').post(`/v1/my/violations/${mine?.notice_id}/appeal`, again)).status).toBe(200)
    const [filed] = await house.app.db
      .selectFrom('appeals')
      .selectAll()
      .where('subject_id', '=', 'anna-timed')
      .execute()
    expect(JSON.parse(filed?.evidence ?? '[]')).toEqual(again.evidence)
  })

  test('appeals once; when staff overturn, everything is restored and the answer is there', async () => {
    const { notice = '' } = own.get('anna') ?? {}
    const path = `/v1/my/violations/${notice}`
    const filed = await as('anna').post(`${path}/appeal`, { text: 'this is a permitted model' })
    expect(filed.status).toBe(200)
    expect((await as('anna').get(path)).body).toMatchObject({
      status: 'appealed',
      may_appeal: false,
      why_not: 'pending',
      chances_left: levelsOf().reduce((sum, level) => sum + level.chances, 0) - 1,
      appeal_text: 'this is a permitted model',
      appeal: { status: 'open' },
    })
    expect((await as('anna').post(`${path}/appeal`, { text: 'again' })).body.code).toBe('appeal_exists')
    const decided = await house.call('POST', `/v1/appeals/${filed.body.appeal_id}/decide`, {
      token: admin,
      body: { outcome: 'overturned', note: 'the model is permitted' },
    })
    expect(decided.status).toBe(200)
    const after = (await as('anna').get(path)).body
    expect(after).toMatchObject({ may_appeal: false, why_not: 'reversed', chances_left: 0 })
    expect(after).toMatchObject({ status: 'restored', points: 0, appeal: { status: 'overturned' } })
    expect(after.answer.en.body).toContain('the model is permitted')
    expect(after.actions.every((action: { lifted_at: string | null }) => action.lifted_at !== null)).toBe(true)
    expect((await as('anna').get('/v1/my')).body.standing[0].score).toBe(0)
    expect((await as('bert').get('/v1/my')).body.standing[0].score).toBe(4)
  })
})
