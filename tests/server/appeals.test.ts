import { afterAll, beforeAll, expect, test } from 'vitest'
import { nowMicros } from '../../src/kernel/time.ts'
import { undoMicros } from '../../src/review/cases/index.ts'
import { type House, listing, openHouse } from './harness.ts'

let house: House
let sender: string
const reviewers: string[] = []
beforeAll(async () => {
  house = await openHouse()
  sender = await house.token('strategist')
  for (let n = 0; n < 5; n++) reviewers.push(await house.token('reviewer'))
})
afterAll(() => house.close())

const as = (n: number) => ({ token: reviewers[n] })
const post = (path: string, n: number, body: object) => house.call('POST', path, { ...as(n), body })
async function decideEvent(data: Readonly<Record<string, unknown>>) {
  const answer = await house.call('POST', '/v1/decide', { token: sender, body: listing(data) })
  await house.app.settled()
  return answer.body
}
const actionsOn = (id: string) =>
  house.app.db.selectFrom('actions').selectAll().where('target_id', '=', id).orderBy('at').execute()
const standing = async (id: string) => {
  const rows = await actionsOn(id)
  return rows.filter((row) => row.inverse_of === null && !rows.some((other) => other.inverse_of === row.action_id))
}
const imposed = async (kind: string, id: string, more: object = {}) =>
  (
    await post('/v1/actions', 0, {
      kind,
      target: { type: 'listing', id },
      party: { type: 'seller', id: `of-${id}` },
      markets: ['TH'],
      reason: 'looks wrong',
      ...more,
    })
  ).body.action_id as string
const file = (n: number, action: string, more: object = {}) =>
  post('/v1/appeals', n, { action_id: action, text: 'it is fine', by: 'the seller', ...more })
const decide = (n: number, appeal: string, outcome: string, more: object = {}) =>
  post(`/v1/appeals/${appeal}/decide`, n, { outcome, note: 'we looked', ...more })
const proof = { evidence: [{ kind: 'reference', value: 'certificate 17' }] }

async function closeCase(id: string, n: number, body: object): Promise<string> {
  const found = (await house.call('GET', `/v1/cases?q=${id}`, as(n))).body.items[0].case_id
  await post(`/v1/cases/${found}/lease`, n, {})
  expect((await post(`/v1/cases/${found}/decide`, n, body)).status).toBe(200)
  await house.app.cases.settle(nowMicros() + undoMicros + 1)
  return found
}

test('levels and chances: each instance has another reviewer, new evidence buys the next chance, then it is over', async () => {
  const action = await imposed('delist', 'lv1', { policy: 'LOOP.BANNED' })
  const first = await file(1, action)
  expect(first.body).toMatchObject({ level: 1, chance: 1 })
  expect((await file(1, action, proof)).body.code).toBe('appeal_exists')
  // Who imposed it does not decide; nor does who decided an instance before.
  expect((await decide(0, first.body.appeal_id, 'upheld')).body.code).toBe('same_reviewer')
  expect((await decide(1, first.body.appeal_id, 'upheld')).status).toBe(200)

  const second = await file(1, action, proof)
  expect(second.body).toMatchObject({ level: 1, chance: 2 })
  expect((await decide(1, second.body.appeal_id, 'upheld')).body.code).toBe('same_reviewer')
  expect((await decide(2, second.body.appeal_id, 'upheld')).status).toBe(200)

  const third = await file(1, action)
  expect(third.body).toMatchObject({ level: 2, chance: 1 })
  for (const n of [0, 1, 2]) expect((await decide(n, third.body.appeal_id, 'upheld')).body.code).toBe('same_reviewer')
  const seen = (await house.call('GET', `/v1/appeals/${third.body.appeal_id}`, as(3))).body
  expect(seen).toMatchObject({
    level: 2,
    not_you: false,
    earlier: [
      { level: 1, chance: 1 },
      { level: 1, chance: 2 },
    ],
  })
  expect(seen.earlier[1].evidence).toEqual(proof.evidence)
  expect((await decide(3, third.body.appeal_id, 'upheld')).status).toBe(200)
  expect((await file(1, action, proof)).body).toMatchObject({ code: 'appeal_closed', why: 'chances' })
})

test('the last level can still overturn: every effect is taken back once', async () => {
  const action = await imposed('delist', 'lv2')
  const first = await file(1, action)
  await decide(1, first.body.appeal_id, 'upheld')
  const second = await file(1, action)
  const won = await decide(2, second.body.appeal_id, 'overturned')
  expect(won.body.restored).toMatchObject([{ kind: 'relist', inverse_of: action }])
  expect(await standing('lv2')).toEqual([])
  expect((await file(1, action)).body.code).toBe('appeal_closed')
})

test('what the rule says rests while the appeal is pending; it holds again when the decision stands', async () => {
  const mild = await imposed('demote', 'sp1', { days: 30 })
  const before = (await standing('sp1'))[0]
  const filed = await file(1, mild)
  expect(await standing('sp1')).toEqual([])
  expect((await house.call('GET', `/v1/appeals/${filed.body.appeal_id}`, as(2))).body.suspended).toMatchObject([
    { action_id: mild },
  ])
  const upheld = await decide(2, filed.body.appeal_id, 'upheld')
  expect(upheld.body.imposed).toMatchObject([{ kind: 'demote', in_force: true }])
  const after = await standing('sp1')
  expect(after).toHaveLength(1)
  // The time that was left is what it was when the appeal was filed.
  expect((after[0]?.until ?? 0) - (after[0]?.at ?? 0)).toBeLessThanOrEqual((before?.until ?? 0) - (before?.at ?? 0))
  // What holds again can be appealed against at the next level, and comes off for good.
  const again = await file(1, after[0]?.action_id ?? '')
  expect(again.body).toMatchObject({ level: 2 })
  await decide(3, again.body.appeal_id, 'overturned')
  expect(await standing('sp1')).toEqual([])
  const grave = await imposed('delist', 'sp2')
  await file(1, grave)
  expect(await standing('sp2')).toHaveLength(1)
})

test('the window is the one of the ladder; in the EU it is never under six months', async () => {
  const past = nowMicros() - 61 * 86_400_000_000
  const { measures } = house.app.enforcing
  const party = { type: 'seller', id: 'wn' }
  const impose = (markets: string[], id: string) =>
    measures.impose(
      { kind: 'delist', target: { type: 'listing', id }, party, markets, reason: 'x' },
      { id: 'somebody' },
      past,
    )
  const asia = await impose(['TH'], 'wn1')
  expect((await file(1, asia.action_id)).body).toMatchObject({ code: 'appeal_closed', why: 'window' })
  const europe = await impose(['TH', 'DE'], 'wn2')
  expect((await file(1, europe.action_id)).status).toBe(200)
  const shown = (await house.call('GET', '/v1/subjects/listing/wn2', as(1))).body.actions[0]
  expect(Date.parse(shown.appeal_until) - Date.parse(shown.at)).toBe(183 * 86_400_000)
})

test('a reporter appeals against too little: another reviewer imposes what was missing, and the seller may appeal against that', async () => {
  await decideEvent({ listing_id: 'rp1', seller_id: 'rps', title: 'doubtful' })
  const early = (await house.call('GET', '/v1/cases?q=rp1', as(0))).body.items[0].case_id
  const reporter = { case_id: early, reporter_id: 'buyer-7', text: 'It burned my hand.', ...proof }
  expect((await post('/v1/appeals', 1, reporter)).body.code).toBe('appeal_closed')
  const id = await closeCase('rp1', 0, { outcome: 'allow' })
  expect((await post('/v1/appeals', 1, { case_id: id, text: 'x' })).body.field).toBe('reporter_id')
  const filed = await post('/v1/appeals', 1, reporter)
  expect(filed.status).toBe(200)
  expect((await post('/v1/appeals', 1, reporter)).body.code).toBe('appeal_exists')
  const seen = (await house.call('GET', `/v1/appeals/${filed.body.appeal_id}`, as(2))).body
  expect(seen).toMatchObject({ side: 'reporter', party: { type: 'reporter', id: 'buyer-7' } })
  expect(seen.suggestions.filter((each: { suggested: boolean }) => each.suggested)).toMatchObject([{ kind: 'hold' }])
  expect((await decide(0, filed.body.appeal_id, 'overturned')).body.code).toBe('same_reviewer')
  expect((await decide(2, filed.body.appeal_id, 'overturned')).body.field).toBe('impose')
  expect((await decide(2, filed.body.appeal_id, 'overturned', { impose: [{ kind: 'stop_live' }] })).body.field).toBe(
    'impose',
  )
  const done = await decide(2, filed.body.appeal_id, 'overturned', { impose: [{ kind: 'delist' }] })
  expect(done.body.imposed).toMatchObject([{ kind: 'delist', party: { type: 'seller', id: 'rps' } }])
  const labels = await house.app.db
    .selectFrom('labels')
    .selectAll()
    .where('subject_id', '=', 'rp1')
    .orderBy('at')
    .execute()
  expect(labels.map((row) => row.label)).toEqual(['ok', 'violation'])
  const notices = await house.app.db.selectFrom('notices').selectAll().where('subject_id', '=', 'rp1').execute()
  expect(notices.some((row) => row.party_type === 'reporter' && /you were right/.test(row.text))).toBe(true)
  expect(
    notices.some((row) => row.party_type === 'seller' && row.action_ids.includes(done.body.imposed[0].action_id)),
  ).toBe(true)
  // The other side: a first instance of its own, before somebody who has not been in it.
  const answer = await file(1, done.body.imposed[0].action_id)
  expect(answer.body).toMatchObject({ level: 1, chance: 1 })
  for (const n of [0, 2]) expect((await decide(n, answer.body.appeal_id, 'overturned')).body.code).toBe('same_reviewer')
  expect((await decide(3, answer.body.appeal_id, 'overturned')).body.restored).toMatchObject([{ kind: 'relist' }])
  expect(await standing('rp1')).toEqual([])
})

test('many alike: a preview that changes nothing, a typed phrase, and each line tells its own outcome', async () => {
  const ids: string[] = []
  for (const n of [1, 2, 3]) ids.push((await file(1, await imposed('delist', `bk${n}`))).body.appeal_id)
  const decided = (await file(1, await imposed('delist', 'bk4'))).body.appeal_id
  await decide(2, decided, 'upheld')
  const body = { appeal_ids: [...ids, decided, 'apl_nothing'], outcome: 'overturned', note: 'wrong list' }
  const preview = await post('/v1/appeals/bulk', 2, body)
  expect(preview.body).toMatchObject({ applied: false, decidable: 3, restored: 3, confirm: 'overturned 5' })
  expect(preview.body.items.map((line: { refused: { code: string } | null }) => line.refused?.code ?? null)).toEqual([
    null,
    null,
    null,
    'already_decided',
    'not_found',
  ])
  expect(await standing('bk1')).toHaveLength(1)
  const wrong = await post('/v1/appeals/bulk', 2, { ...body, confirm: 'yes' })
  expect([wrong.status, wrong.body.field, wrong.body.fix.en]).toEqual([400, 'confirm', 'Type overturned 5'])
  // Who imposed them is refused line by line, not as a whole.
  const own = await post('/v1/appeals/bulk', 0, { ...body, confirm: 'overturned 5' })
  expect(own.body).toMatchObject({ decidable: 0, restored: 0 })
  const applied = await post('/v1/appeals/bulk', 2, { ...body, confirm: 'overturned 5' })
  expect(applied.body).toMatchObject({ applied: true, decidable: 3, restored: 3 })
  for (const n of [1, 2, 3]) expect(await standing(`bk${n}`)).toEqual([])
})

test('the effect on the precision of the strategy is told at once, with intervals, and stays on the page of the appeal', async () => {
  for (const [n, outcome] of [
    ['1', 'upheld'],
    ['2', 'upheld'],
    ['3', 'overturned'],
  ] as const) {
    await decideEvent({ listing_id: `pr${n}`, seller_id: 'prs', title: `forbidden ${n}` })
    const [action] = await standing(`pr${n}`)
    const filed = await file(1, action?.action_id ?? '')
    const done = await decide(2, filed.body.appeal_id, outcome)
    const [effect] = done.body.precision
    expect(effect.strategy).toBe('loop/banned@3')
    if (n !== '3') continue
    expect(effect.after.labelled).toBe(effect.before.labelled + 1)
    expect(effect.after.violations).toBe(effect.before.violations)
    expect(effect.after.value).toBeLessThan(effect.before.value)
    expect(effect.after.low).toBeLessThan(effect.after.value)
    expect(effect.after.high).toBeGreaterThan(effect.after.value)
    const seen = (await house.call('GET', `/v1/appeals/${filed.body.appeal_id}`, as(3))).body
    expect(seen.precision).toEqual(done.body.precision)
  }
})

test('a reviewer who clears one policy leaves what another policy asks for, with its own reason', async () => {
  const decision = await decideEvent({ listing_id: 'mp1', seller_id: 'mps', title: 'doubtful and forbidden' })
  expect((await standing('mp1')).map((row) => row.kind).toSorted()).toEqual(['block_publish', 'hold'])
  await closeCase('mp1', 0, { outcome: 'allow', policy: 'LOOP.DOUBTFUL' })
  const left = await standing('mp1')
  expect(left).toMatchObject([{ kind: 'block_publish', policy: 'LOOP.BANNED', cause: decision.decision_id }])
  const points = await house.app.db.selectFrom('points').selectAll().where('party_id', '=', 'mps').execute()
  expect(points.map((row) => [row.type, row.policy])).toEqual([['violation', 'LOOP.BANNED']])
})

test('a reviewer who clears the policy that blocked takes back the block and its points, and nothing else', async () => {
  await decideEvent({ listing_id: 'mp2', seller_id: 'mps2', title: 'doubtful and forbidden' })
  await closeCase('mp2', 0, { outcome: 'allow', policy: 'LOOP.BANNED' })
  expect(await standing('mp2')).toEqual([])
  const points = await house.app.db.selectFrom('points').selectAll().where('party_id', '=', 'mps2').execute()
  expect(points.map((row) => row.type)).toEqual(['violation', 'overturn'])
})

test('overdue appeals are listed as such', async () => {
  const filed = await house.app.appeals.file({
    side: 'subject',
    actionId: await imposed('delist', 'od1'),
    text: 'please',
    by: { id: 'for:x' },
    now: nowMicros() - 0,
  })
  const later = { limit: 200, now: filed.due_at + 1, status: 'overdue' as const }
  expect((await house.app.appeals.list(later)).map((row) => row.appeal_id)).toContain(filed.appeal_id)
  expect(await house.app.appeals.overdue(filed.due_at + 1)).toBeGreaterThan(0)
  const now = (await house.call('GET', '/v1/appeals?status=overdue', as(1))).body.items
  expect(now.map((row: { appeal_id: string }) => row.appeal_id)).not.toContain(filed.appeal_id)
})

test('a party sees and appeals only what is its own', async () => {
  const action = await imposed('delist', 'pt1')
  const attempt = (acting: { type: string; id: string }) =>
    house.app.appeals.file({
      side: 'subject',
      actionId: action,
      acting,
      text: 'mine',
      by: { id: 'x' },
      now: nowMicros(),
    })
  await expect(attempt({ type: 'seller', id: 'somebody-else' })).rejects.toMatchObject({
    problem: { code: 'not_found' },
  })
  await expect(attempt({ type: 'creator', id: 'of-pt1' })).rejects.toMatchObject({ problem: { code: 'not_found' } })
  const filed = await attempt({ type: 'seller', id: 'of-pt1' })
  const list = (party: { type: string; id: string }) => house.app.appeals.list({ party, now: nowMicros(), limit: 10 })
  expect((await list({ type: 'seller', id: 'of-pt1' })).map((row) => row.appeal_id)).toEqual([filed.appeal_id])
  expect(await list({ type: 'seller', id: 'somebody-else' })).toEqual([])
})
