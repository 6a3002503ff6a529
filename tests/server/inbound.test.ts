import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runStatementsReport } from '../../src/edge/cli/statements.ts'
import { day, hour, nowMicros } from '../../src/kernel/time.ts'
import { undoMicros } from '../../src/review/cases/index.ts'
import { type House, listing, openHouse } from './harness.ts'

let house: House
let sender: string
let reviewer: string
let other: string
let administrator: string

beforeAll(async () => {
  process.env['AEDILE_NOTICES_PER_HOUR'] = '40'
  house = await openHouse()
  sender = await house.token('strategist')
  reviewer = await house.token('reviewer')
  other = await house.token('administrator')
  administrator = await house.token('administrator')
})
afterAll(async () => {
  delete process.env['AEDILE_NOTICES_PER_HOUR']
  await house.close()
})

const notice = (more: Readonly<Record<string, unknown>> = {}) => ({
  kind: 'user_report',
  target_type: 'listing',
  target_id: 'n1',
  reason: 'counterfeit',
  text: 'This is a copy of my own bag, the stitching is wrong.',
  email: 'anna@example.org',
  ...more,
})

async function offer(id: string, seller = `s-${id}`) {
  const answer = await house.call('POST', '/v1/decide', {
    token: sender,
    body: listing({ listing_id: id, seller_id: seller, title: `offer ${id}`, ship_to: ['DE'] }),
  })
  expect(answer.status).toBe(200)
  await house.app.settled()
}

const give = (body: unknown) => house.call('POST', '/v1/public/notices', { body })
const follow = async ({ notice_id, token }: { notice_id: string; token: string }) =>
  (await house.call('POST', `/v1/public/notices/${notice_id}/status`, { body: { token } })).body
const open = async (id: string) => (await house.call('GET', `/v1/inbound/notices/${id}`, { token: reviewer })).body

async function decide(caseId: string, outcome: string, token = reviewer) {
  expect((await house.call('POST', `/v1/cases/${caseId}/lease`, { token })).status).toBe(200)
  const answer = await house.call('POST', `/v1/cases/${caseId}/decide`, { token, body: { outcome } })
  expect(answer.status).toBe(200)
  await house.app.cases.settle(nowMicros() + undoMicros + 1)
  await house.app.settled()
}

test('a notice without an account gets a receipt at once, becomes a case about its listing, and its notifier reads the outcome', async () => {
  await offer('n1', 'ns1')
  const receipt = await give(notice())
  expect(receipt.status).toBe(200)
  expect(receipt.body).toMatchObject({ status: 'received', text: { zh: expect.any(String), en: expect.any(String) } })
  await house.app.settled()
  const first = await follow(receipt.body)
  expect(first).toMatchObject({ status: 'case', outcome: null, subject: { type: 'listing', id: 'n1' } })
  const { case_id } = await open(receipt.body.notice_id)
  const found = (await house.call('GET', `/v1/cases/${case_id}`, { token: reviewer })).body
  expect(found).toMatchObject({
    subject: { type: 'listing', id: 'n1', title: 'offer n1' },
    party: { type: 'seller', id: 'ns1' },
    severity: 'S2',
    markets: ['DE'],
  })
  await decide(case_id, 'remove')
  const last = await follow(receipt.body)
  expect(last).toMatchObject({ status: 'informed', outcome: 'action' })
  expect(last.replies.at(-1).text.en).toMatch(/We checked it and acted: Delist.*six months/s)
  expect(last.replies.at(-1).text.zh).toMatch(/采取了措施/)
  const told = await house.app.db.selectFrom('notices').selectAll().where('subject_id', '=', 'n1').execute()
  expect(told).toMatchObject([{ party_type: 'seller', party_id: 'ns1' }])
})

describe('a complaint about a decision not to act', () => {
  const complain = (receipt: { notice_id: string; token: string }, body: Readonly<Record<string, unknown>> = {}) =>
    house.call('POST', `/v1/public/notices/${receipt.notice_id}/complaint`, {
      body: { token: receipt.token, text: 'You have not looked at the second picture.', ...body },
    })
  const decideComplaint = (id: string, token: string, body: unknown) =>
    house.call('POST', `/v1/appeals/${id}/decide`, { token, body })

  test('by number and code, decided by another reviewer, acts, and everybody of the case is told', async () => {
    await offer('k1', 'ks1')
    const nameless = (await give(notice({ target_id: 'k1', email: undefined }))).body
    const beside = (await give(notice({ target_id: 'k1', email: 'beside@example.org' }))).body
    await house.app.settled()
    expect((await complain(nameless)).body).toMatchObject({ code: 'conflict', field: 'notice_id' })
    await decide((await open(nameless.notice_id)).case_id, 'allow')
    expect((await follow(nameless)).complaint).toMatchObject({ open: true, left: 1, level: 1, filed: [] })
    expect((await complain({ ...nameless, token: 'wrong' })).status).toBe(404)
    expect((await complain(nameless, { text: 'short' })).body.field).toBe('text')
    const filed = (await complain(nameless, { evidence: ['https://example.org/picture'] })).body
    expect(filed.complaint).toMatchObject({ open: false, why: 'pending', left: 0, filed: [{ status: 'open' }] })
    expect(filed.replies.at(-1)).toMatchObject({
      kind: 'complaint',
      text: { en: expect.stringMatching(/Another person/) },
    })
    expect((await complain(nameless)).body.code).toBe('appeal_exists')
    const { appeal_id } = filed.complaint.filed[0]
    expect((await decideComplaint(appeal_id, reviewer, { outcome: 'upheld', note: 'no' })).body.code).toBe(
      'same_reviewer',
    )
    const right = { outcome: 'overturned', note: 'It shows the copied logo.', impose: [{ kind: 'delist' }] }
    expect((await decideComplaint(appeal_id, other, right)).status).toBe(200)
    await house.app.settled()
    for (const receipt of [nameless, beside]) expect((await follow(receipt)).outcome).toBe('action')
    const told = await follow(nameless)
    expect(told.complaint).toMatchObject({ open: false, filed: [{ status: 'overturned' }] })
    expect(told.replies.at(-1).text.en).toMatch(/you were right.*It shows the copied logo/s)
    expect(told.replies.at(-1).text.zh).not.toContain('如有异议，请在')
    expect((await follow(beside)).replies.at(-1).text.en).toMatch(/outcome has changed.*acted: Delist/s)
    const taken = await house.app.db.selectFrom('actions').selectAll().where('target_id', '=', 'k1').execute()
    expect(taken.map((row) => row.kind)).toEqual(['delist'])
    const heard = await house.app.db.selectFrom('notices').selectAll().where('party_id', '=', 'ks1').execute()
    expect(heard).toHaveLength(1)
  })

  test('two notifiers without a name have their own chances; who has used them is told so, and the case stands', async () => {
    await offer('k2', 'ks2')
    const one = (await give(notice({ target_id: 'k2', email: undefined }))).body
    const two = (await give(notice({ target_id: 'k2', email: undefined }))).body
    await house.app.settled()
    const { case_id } = await open(one.notice_id)
    await decide(case_id, 'allow')
    const { complaint } = (await complain(one)).body
    const upheld = { outcome: 'upheld', note: 'It is the real bag.' }
    expect((await decideComplaint(complaint.filed[0].appeal_id, other, upheld)).status).toBe(200)
    await house.app.settled()
    const last = await follow(one)
    expect(last).toMatchObject({ outcome: 'no_action', complaint: { open: false, why: 'chances', left: 0 } })
    expect(last.replies.at(-1).text.en).toMatch(/outcome stands.*real bag/s)
    expect((await complain(one)).body).toMatchObject({ code: 'appeal_closed', why: 'chances' })
    expect((await follow(two)).complaint).toMatchObject({ open: true, left: 1 })
    expect((await follow(two)).replies).toHaveLength(2)
    expect(await house.app.db.selectFrom('actions').selectAll().where('target_id', '=', 'k2').execute()).toEqual([])
  })

  test('is open for six months from the day that the notifier was told, also where a ladder gives the seller less', async () => {
    await offer('k3', 'ks3')
    const receipt = (await give(notice({ target_id: 'k3', email: 'late@example.org' }))).body
    await house.app.settled()
    await decide((await open(receipt.notice_id)).case_id, 'allow')
    const { complaint } = await follow(receipt)
    expect(Date.parse(complaint.until)).toBeGreaterThan(Date.now() + 182 * 86_400_000)
    const row = await house.app.inbound.find(receipt.notice_id)
    const late = nowMicros() + 184 * day
    expect((await house.app.inbound.complaints.of(row, late)).next).toMatchObject({ open: false, why: 'window' })
    const said = { text: 'Too late, I know.', evidence: [] }
    await expect(house.app.inbound.complaints.file(row, said, late)).rejects.toThrow(/window for an appeal is over/)
  })
})

test('the statement of reasons names the notice as source: art. 16, trusted flagger, or our own when a strategy was first', async () => {
  const sourceOf = async (id: string) =>
    (
      await house.app.db
        .selectFrom('statements')
        .innerJoin('actions', 'actions.action_id', 'statements.action_id')
        .select(['statements.source_type', 'statements.noticed_at', 'statements.doubts', 'statements.problems'])
        .where('actions.target_id', '=', id)
        .where('actions.actor', '<>', 'strategy')
        .execute()
    ).at(-1)
  expect(await sourceOf('n1')).toMatchObject({
    source_type: 'SOURCE_ARTICLE_16',
    noticed_at: expect.any(Number),
    doubts: '[]',
    problems: '[]',
  })
  await house.call('POST', '/v1/inbound/sources', {
    token: administrator,
    body: { source_id: 'flagger-de', name: 'Flagger', kinds: ['trusted_flagger'], country: 'DE' },
  })
  await offer('n2')
  const flagged = await house.call('POST', '/v1/inbound/notices', {
    token: administrator,
    body: notice({ kind: 'trusted_flagger', target_id: 'n2', good_faith: true, market: 'DE', source: 'flagger-de' }),
  })
  expect(flagged.status).toBe(200)
  await house.app.settled()
  await decide((await open(flagged.body.notice_id)).case_id, 'remove')
  expect(await sourceOf('n2')).toMatchObject({ source_type: 'SOURCE_TRUSTED_FLAGGER', doubts: '[]' })
  await house.call('POST', '/v1/decide', {
    token: sender,
    body: listing({ listing_id: 'n3', title: 'a doubtful thing', ship_to: ['DE'] }),
  })
  await house.app.settled()
  const [auto] = await house.app.db.selectFrom('cases').select('case_id').where('subject_id', '=', 'n3').execute()
  await decide(auto?.case_id ?? '', 'remove')
  expect(await sourceOf('n3')).toMatchObject({ source_type: 'SOURCE_VOLUNTARY' })
})

test('many notices on one subject and class make one case, every notifier is told; another class makes another', async () => {
  await offer('d1')
  const receipts = []
  for (const person of ['a', 'b', 'c'])
    receipts.push((await give(notice({ target_id: 'd1', email: `${person}@example.org` }))).body)
  const apart = (await give(notice({ target_id: 'd1', reason: 'privacy' }))).body
  await house.app.settled()
  const rows = await Promise.all([...receipts, apart].map((receipt) => open(receipt.notice_id)))
  expect(new Set(rows.slice(0, 3).map((row) => row.case_id)).size).toBe(1)
  expect(rows[3].case_id).not.toBe(rows[0].case_id)
  expect(rows[0].duplicates).toHaveLength(2)
  await decide(rows[0].case_id, 'allow')
  for (const receipt of receipts)
    expect(await follow(receipt)).toMatchObject({ status: 'informed', outcome: 'no_action' })
  expect(await follow(apart)).toMatchObject({ status: 'case' })
  await house.app.inbound.followNews()
  expect(
    (await open(receipts[0].notice_id)).replies.filter((row: { kind: string }) => row.kind === 'outcome'),
  ).toHaveLength(1)
})

test('the same notice sent again gets the same number and a receipt that opens it; other content under its id is refused', async () => {
  const body = notice({ target_id: 'i1', external_id: 'mine-1' })
  const [first, second] = [await give(body), await give(body)]
  expect(second.body.notice_id).toBe(first.body.notice_id)
  expect(second.body.due_at).toBe(first.body.due_at)
  await house.app.settled()
  expect((await follow(second.body)).notice_id).toBe(first.body.notice_id)
  const rows = await house.app.db
    .selectFrom('inbound_notices')
    .selectAll()
    .where('notice_id', '=', first.body.notice_id)
    .execute()
  expect(rows).toHaveLength(1)
  const changed = await give({ ...body, text: 'Something else altogether, really.' })
  expect(changed.body).toMatchObject({ code: 'conflict', field: 'external_id', value: 'mine-1' })
})

test('what kind and market ask for and is missing is named with what to do; nothing is kept', async () => {
  const before = await house.app.db.selectFrom('inbound_filings').select('notice_id').execute()
  const short = await give(notice({ text: 'bad' }))
  expect([short.status, short.body.field]).toEqual([400, 'text'])
  expect(short.body.fix.en).toMatch(/at least 10/)
  const german = await give(notice({ market: 'DE' }))
  expect(german.body).toMatchObject({ code: 'invalid_input', field: 'good_faith', missing: ['good_faith'] })
  const dmca = await give({
    ...notice({ kind: 'rights_notice', market: 'US', name: 'A', right_owner: 'B', right_number: '1' }),
  })
  expect(dmca.body.missing).toEqual(['good_faith', 'perjury', 'location'])
  const order = await give(notice({ kind: 'authority_order' }))
  expect([order.status, order.body.field]).toEqual([403, 'kind'])
  expect(await house.app.db.selectFrom('inbound_filings').select('notice_id').execute()).toHaveLength(before.length)
})

test('name and address of a notifier are in no event and in no list; looking at them is recorded', async () => {
  const { body } = await give(notice({ target_id: 'p1', name: 'Berta Beispiel', email: 'berta@secret.example' }))
  await house.app.settled()
  const events = await house.app.facts.query("SELECT data FROM events WHERE type = 'report.filed'", {
    trusted: true,
    limit: 1000,
    timeoutMs: 10_000,
  })
  expect(JSON.stringify(events.rows)).not.toMatch(/berta@secret|Beispiel/i)
  expect(JSON.stringify(await open(body.notice_id))).not.toMatch(/berta@secret|Beispiel/i)
  const contact = await house.call('GET', `/v1/inbound/notices/${body.notice_id}/contact`, { token: reviewer })
  expect(contact.body).toMatchObject({ name: 'Berta Beispiel', email: 'berta@secret.example' })
  const looked = (await house.app.access.auditRows({ limit: 50, q: 'inbound.contact' })).filter(
    (row) => row.outcome === 'done',
  )
  expect(looked).toHaveLength(1)
})

test('a wrong code opens nothing, and tells no more than a wrong number does', async () => {
  const { body } = await give(notice({ target_id: 'w1' }))
  const wrong = await house.call('POST', `/v1/public/notices/${body.notice_id}/status`, { body: { token: 'wrong' } })
  const nobody = await house.call('POST', '/v1/public/notices/ntf_none/status', { body: { token: body.token } })
  expect([wrong.status, nobody.status]).toEqual([404, 404])
  expect(wrong.body.detail).toEqual(nobody.body.detail)
})

test('a notice that is taken back closes the case that rested on it alone', async () => {
  const { body } = await give(notice({ target_id: 'wd1' }))
  await house.app.settled()
  const { case_id } = await open(body.notice_id)
  const answer = await house.call('POST', `/v1/public/notices/${body.notice_id}/withdraw`, {
    body: { token: body.token },
  })
  expect(answer.body).toMatchObject({ status: 'withdrawn', can_withdraw: false })
  const row = await house.app.db.selectFrom('case_state').selectAll().where('case_id', '=', case_id).executeTakeFirst()
  expect(row?.status).toBe('closed')
  const again = await house.call('POST', `/v1/public/notices/${body.notice_id}/withdraw`, {
    body: { token: body.token },
  })
  expect(again.status).toBe(409)
})

test('a report that comes as an event goes the same way; one about service is answered at once and burdens no reviewer', async () => {
  const event = (id: string, data: Readonly<Record<string, unknown>>) =>
    house.call('POST', '/v1/events', {
      token: sender,
      body: { id, source: 'shop', type: 'report.filed', time: '2026-06-01T08:00:00Z', data },
    })
  await offer('e1')
  await event('r1', {
    reporter_id: 'U1',
    reporter_kind: 'buyer',
    target_id: 'e1',
    target_type: 'listing',
    reason: 'scam',
    text: 'never came',
  })
  await event('r2', {
    reporter_id: 'U1',
    reporter_kind: 'buyer',
    target_id: 'O1',
    target_type: 'order',
    reason: 'late_delivery',
    text: 'late',
  })
  await house.app.settled()
  const list = (await house.call('GET', '/v1/inbound/notices?channel=user_report:shop', { token: reviewer })).body
  expect(
    list.items.map((row: Record<string, unknown>) => [row['reason'], row['status'], row['outcome']]).sort(),
  ).toEqual([
    ['late_delivery', 'informed', 'referred'],
    ['scam', 'case', null],
  ])
})

test('a partner files only the kinds that its source is registered for', async () => {
  const made = await house.app.access.createToken({
    name: 'carrier',
    roles: ['partner'],
    expiresAt: null,
    by: { id: 'x', name: 'x', kind: 'system', roles: [], permissions: new Set(['inbound.file']) },
    now: nowMicros(),
  })
  const file = (body: unknown) => house.call('POST', '/v1/inbound/notices', { token: made.token, body })
  const parcel = notice({
    kind: 'logistics',
    target_type: 'order',
    target_id: 'O9',
    reason: 'seized',
    tracking_number: 'RR1',
  })
  expect((await file(parcel)).body).toMatchObject({ code: 'not_allowed', field: 'kind' })
  await house.call('POST', '/v1/inbound/sources', {
    token: administrator,
    body: { source_id: 'carrier', name: 'Carrier', kinds: ['logistics'], token_id: made.token_id },
  })
  expect((await file(parcel)).status).toBe(200)
  expect((await file(notice({ kind: 'authority_order' }))).status).toBe(403)
  expect((await house.call('GET', '/v1/inbound/notices', { token: made.token })).status).toBe(403)
})

describe('the heartbeat', () => {
  test('a declared channel that is silent, or works past its deadline, raises one alert within one cycle and answers it after', async () => {
    const now = nowMicros()
    const channel = 'logistics:api/quiet-carrier'
    await house.call('PUT', `/v1/inbound/channels/${encodeURIComponent(channel)}`, {
      token: administrator,
      body: { channel, every_hours: 24 },
    })
    const alerts = async (name: string) =>
      (await house.call('GET', '/v1/alerts?limit=200', { token: reviewer })).body.items.filter(
        (row: { strategy: string }) => row.strategy === name,
      )
    await house.app.inbound.tick(now + 23 * hour)
    expect(await alerts(channel)).toEqual([])
    await house.app.inbound.tick(now + 25 * hour)
    await house.app.inbound.tick(now + 26 * hour)
    expect(await alerts(channel)).toMatchObject([
      { kind: 'channel', level: 'watch', title: { en: expect.stringMatching(/nothing arrives/) } },
    ])
    await house.call('PUT', `/v1/inbound/channels/${encodeURIComponent(channel)}`, {
      token: administrator,
      body: { channel, every_hours: null },
    })
    await house.app.inbound.tick(now + 27 * hour)
    expect(await alerts(channel)).toEqual([])
    await house.app.inbound.tick(now + 8 * day)
    const form = await alerts('user_report:form')
    expect(form.map((row: { title: { en: string } }) => row.title.en).sort()).toEqual([
      expect.stringMatching(/past their deadline/),
      expect.stringMatching(/nothing arrives/),
      expect.stringMatching(/none is decided/),
    ])
    const home = (await house.call('GET', '/v1/overview', { token: reviewer })).body
    expect(home.alarms.some((row: { link: string }) => row.link.startsWith('/inbound?channel=user_report'))).toBe(true)
  })
})

test('misuse: manifestly unfounded notices bring a warning, then a suspension that holds notices back until it is over or lifted', async () => {
  const bad = async (id: string) => {
    const { body } = await give(notice({ target_id: id, email: 'troll@example.org' }))
    await house.app.settled()
    return body
  }
  const mark = async (id: string) => {
    const receipt = await bad(id)
    const row = await open(receipt.notice_id)
    await decide(row.case_id, 'allow')
    return house.call('POST', `/v1/inbound/notices/${receipt.notice_id}/unfounded`, {
      token: reviewer,
      body: { reason: 'the listing is his competitor and shows nothing' },
    })
  }
  const measures = []
  for (const id of ['m1', 'm2', 'm3', 'm4', 'm5', 'm6']) measures.push((await mark(id)).body.measure)
  expect(measures).toEqual([null, null, 'warned', null, null, 'suspended'])
  const held = await bad('m7')
  const state = await follow(held)
  expect(state).toMatchObject({ status: 'held', suspended_until: expect.any(String) })
  expect(state.replies.at(-1).text.en).toMatch(/not processed until/)
  const suspension = state.measures.at(-1)
  const appeal = await house.call(
    'POST',
    `/v1/public/notices/${held.notice_id}/measures/${suspension.measure_id}/appeal`,
    {
      body: { token: held.token, text: 'My notices were in good faith, please look again.' },
    },
  )
  expect(appeal.status).toBe(200)
  const settle = (token: string) =>
    house.call('POST', `/v1/inbound/measures/${suspension.measure_id}/settle`, {
      token,
      body: { lift: true, reason: 'the marks were too harsh' },
    })
  expect((await settle(reviewer)).status).toBe(403)
  expect((await settle(other)).status).toBe(200)
  expect((await settle(other)).status).toBe(409)
  await house.app.inbound.tick(nowMicros())
  await house.app.inbound.tick(nowMicros())
  expect(await follow(held)).toMatchObject({ status: 'case', suspended_until: null })
  const credibility = (
    await house.call('GET', `/v1/inbound/sources/${(await open(held.notice_id)).source}`, { token: reviewer })
  ).body
  expect(credibility.credibility).toMatchObject({ decided: 6, mean: 1 / 8 })
  expect(credibility.by_reason).toMatchObject([{ reason: 'counterfeit', decided: 6 }])
})

test('an appeal that succeeds tells the notifier that the outcome has changed, and turns the credibility', async () => {
  await offer('ap1', 'aps1')
  const { body } = await give(notice({ target_id: 'ap1', email: 'right@example.org' }))
  await house.app.settled()
  const row = await open(body.notice_id)
  await decide(row.case_id, 'remove')
  expect((await house.app.inbound.credibilityOf(row.source)).mean).toBeCloseTo(2 / 3)
  const action = await house.app.db
    .selectFrom('actions')
    .selectAll()
    .where('target_id', '=', 'ap1')
    .where('inverse_of', 'is', null)
    .execute()
  const filed = await house.call('POST', '/v1/appeals', {
    token: administrator,
    body: { action_id: action.at(-1)?.action_id, text: 'it is genuine' },
  })
  const decided = await house.call('POST', `/v1/appeals/${filed.body.appeal_id}/decide`, {
    token: await house.token('reviewer'),
    body: { outcome: 'overturned', note: 'papers shown' },
  })
  expect(decided.status).toBe(200)
  await house.app.settled()
  expect(await follow(body)).toMatchObject({ status: 'informed', outcome: 'no_action' })
  expect((await house.app.inbound.credibilityOf(row.source)).mean).toBeCloseTo(1 / 3)
})

test('the transparency report counts notices and orders as the intake holds them, with median times, and reconciles with the journal', async () => {
  await house.call('POST', '/v1/inbound/sources', {
    token: administrator,
    body: { source_id: 'bnetza', name: 'Authority', kinds: ['authority_order'], country: 'DE' },
  })
  await offer('o1')
  const order = await house.call('POST', '/v1/inbound/notices', {
    token: administrator,
    body: notice({
      kind: 'authority_order',
      target_id: 'o1',
      reason: 'recall',
      market: 'DE',
      territory: ['DE'],
      issuing_authority: 'Authority',
      order_reference: 'X-1',
      legal_basis: 'GPSR art. 22',
      source: 'bnetza',
    }),
  })
  expect(order.body.deadline_rule).toBe('platform')
  await house.app.settled()
  const { case_id, history } = await open(order.body.notice_id)
  expect(history[0]).toMatchObject({ type: 'acknowledged' })
  const found = (await house.call('GET', `/v1/cases/${case_id}`, { token: reviewer })).body
  expect(found.markets).toEqual(['DE'])
  await decide(case_id, 'remove')
  const out = mkdtempSync(join(tmpdir(), 'aedile-report-'))
  const said: string[] = []
  const io = { write: (line: string) => void said.push(line), error: (line: string) => void said.push(line) }
  const code = await runStatementsReport({ folder: house.folder, from: '2020-01-01', to: '2030-01-01', out }, io)
  expect([code, said.join('\n')]).toEqual([0, expect.stringContaining('reconciled')])
  const rows = (file: string) =>
    readFileSync(join(out, file), 'utf8')
      .trim()
      .split('\r\n')
      .map((line) => line.split(','))
  const orders = rows('02-member-state-orders.csv')
  const value = (all: string[][], indicator: string, scope: string) =>
    all.find((row) => row[0] === indicator && row[1] === scope)?.[3]
  expect(value(orders, 'orders to act against illegal content', 'DE')).toBe('1')
  expect(value(orders, 'orders to act against illegal content', 'measure taken')).toBe('1')
  expect(value(orders, 'median hours to give effect to an order', 'all')).toMatch(/^0(\.\d+)?$/)
  const notices = rows('03-notices.csv')
  const all = await house.app.db.selectFrom('inbound_notices').select('kind').execute()
  expect(value(notices, 'notices received', 'all')).toBe(
    String(all.filter((row) => row.kind !== 'authority_order').length),
  )
  expect(value(notices, 'notices received', 'trusted flaggers')).toBe('1')
  expect(value(rows('06-complaints-and-misuse.csv'), 'suspensions of notifiers', 'manifestly unfounded notices')).toBe(
    '1',
  )
  rmSync(out, { recursive: true })
})

test('forms that are too large or too many are refused', async () => {
  const large = await give(notice({ text: 'x'.repeat(70_000) }))
  expect(large.status).toBe(413)
  let last = 0
  for (let tries = 0; tries < 40 && last !== 429; tries++)
    last = (await give(notice({ target_id: `f${tries}` }))).status
  expect(last).toBe(429)
})

test('staff send an incomplete notice back: the notifier reads what it lacks, and the case that rested on it is closed', async () => {
  const partner = await house.call('POST', '/v1/inbound/notices', {
    token: administrator,
    body: notice({ kind: 'partner', target_id: 'rj1', reason: 'scam' }),
  })
  await house.app.settled()
  const { case_id } = await open(partner.body.notice_id)
  const path = `/v1/inbound/notices/${partner.body.notice_id}/reject`
  expect((await house.call('POST', path, { token: reviewer, body: { missing: ['nothing'] } })).status).toBe(400)
  expect((await house.call('POST', path, { token: reviewer, body: { missing: ['evidence'] } })).body.status).toBe(
    'rejected',
  )
  expect((await house.call('POST', path, { token: reviewer, body: { missing: ['evidence'] } })).status).toBe(409)
  expect((await follow(partner.body)).replies.at(-1).text.en).toMatch(/Missing: evidence: Give at least one link/)
  const row = await house.app.db.selectFrom('case_state').selectAll().where('case_id', '=', case_id).executeTakeFirst()
  expect(row?.status).toBe('closed')
})

test('a notice whose case is withdrawn with the strategy that opened it gets a case of its own', async () => {
  const answer = await house.call('POST', '/v1/decide', {
    token: sender,
    body: listing({ listing_id: 'or1', title: 'a doubtful thing', ship_to: ['DE'] }),
  })
  await house.app.settled()
  const [auto] = await house.app.db.selectFrom('cases').selectAll().where('subject_id', '=', 'or1').execute()
  const body = await house.call('POST', '/v1/inbound/notices', {
    token: administrator,
    body: notice({ kind: 'partner', target_id: 'or1', reason: 'scam' }),
  })
  await house.app.settled()
  // Puts the notice into the case of the strategy, as it is when both are about the same class.
  const own = (await open(body.body.notice_id)).case_id
  expect(own).not.toBe(auto?.case_id)
  await house.app.db.transaction().execute((tx) =>
    tx
      .updateTable('inbound_state')
      .set({ case_id: auto?.case_id ?? null })
      .where('notice_id', '=', body.body.notice_id)
      .execute(),
  )
  await house.app.db.transaction().execute((tx) =>
    house.app.cases.withdraw(tx as never, [answer.body.decision_id], {
      cause: 'recall-1',
      actor: 'x',
      at: nowMicros(),
    }),
  )
  await house.app.settled()
  const after = await open(body.body.notice_id)
  expect(after.status).toBe('case')
  expect(after.case_id).not.toBe(auto?.case_id)
  const state = await house.app.db
    .selectFrom('case_state')
    .selectAll()
    .where('case_id', '=', after.case_id)
    .executeTakeFirst()
  expect(state?.status).toBe('open')
})

test('behind a proxy the limit is that of the address behind it, and a forged address in front of it changes nothing', async () => {
  process.env['AEDILE_PROXIES'] = '1'
  process.env['AEDILE_NOTICES_PER_HOUR'] = '1'
  const behind = await openHouse()
  try {
    const from = async (forwarded: string) =>
      (
        await behind.call('POST', '/v1/public/notices', {
          body: notice({ target_id: forwarded }),
          headers: { 'x-forwarded-for': forwarded },
        })
      ).status
    expect(await from('192.0.2.1')).toBe(200)
    expect(await from('192.0.2.1')).toBe(429)
    expect(await from('203.0.113.9, 192.0.2.1')).toBe(429)
    expect(await from('192.0.2.2')).toBe(200)
  } finally {
    delete process.env['AEDILE_PROXIES']
    process.env['AEDILE_NOTICES_PER_HOUR'] = '40'
    await behind.close()
  }
})
