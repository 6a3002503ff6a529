import { afterAll, beforeAll, expect, test } from 'vitest'
import { nowMicros } from '../../src/kernel/time.ts'
import { undoMicros } from '../../src/review/cases/index.ts'
import { type House, listing, openHouse } from './harness.ts'

let house: House
let sender: string
let qa: string
const reviewers: string[] = []

beforeAll(async () => {
  house = await openHouse()
  sender = await house.token('strategist')
  qa = await house.token('qa')
  for (let count = 0; count < 4; count++) reviewers.push(await house.token('reviewer'))
})
afterAll(() => house.close())

const [ann, bob, cem] = [() => reviewers[0] ?? '', () => reviewers[1] ?? '', () => reviewers[2] ?? '']
const call = (method: string, path: string, token: string, body?: unknown) =>
  house.call(method, path, body === undefined ? { token } : { token, body })
const later = () => house.app.cases.settle(nowMicros() + undoMicros + 1)

async function settings(change: Readonly<Record<string, unknown>>): Promise<void> {
  const now = (await call('GET', '/v1/quality/settings', qa)).body
  const answer = await call('PUT', '/v1/quality/settings', qa, { ...now, ...change })
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)])
}

async function send(data: Readonly<Record<string, unknown>>) {
  const answer = await call('POST', '/v1/decide', sender, listing(data))
  expect(answer.status).toBe(200)
  await house.app.settled()
  return answer.body
}

const next = async (token: string): Promise<string | null> =>
  (await call('POST', '/v1/cases/next', token, {})).body.case_id

async function judge(id: string, token: string, outcome: string): Promise<void> {
  expect((await call('POST', `/v1/cases/${id}/lease`, token)).status).toBe(200)
  const answer = await call('POST', `/v1/cases/${id}/decide`, token, { outcome })
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)])
  await later()
}

const open = async (token: string) => (await call('GET', '/v1/cases?status=open', token)).body.items
const rowsAbout = (listingId: string) =>
  house.app.db.selectFrom('cases').selectAll().where('subject_id', '=', listingId).orderBy('at').execute()

test('a golden item comes blind: it looks like any case, only its reviewer gets it, its decision does nothing and is counted', async () => {
  await send({ listing_id: 'g1', seller_id: 'gs1', title: 'a doubtful thing' })
  const work = (await next(ann())) ?? ''
  await judge(work, ann(), 'remove')
  const asCase = (await call('GET', `/v1/cases/${work}`, bob())).body
  const added = await call('POST', '/v1/golden', qa, { case_id: work, outcome: 'remove', reason: 'clear' })
  expect(added.status).toBe(200)
  expect((await call('POST', '/v1/golden', qa, { case_id: work, outcome: 'remove', reason: 'again' })).body.code).toBe(
    'conflict',
  )

  await settings({ golden_share: 1 })
  const golden = (await next(bob())) ?? ''
  expect(golden).toMatch(/^case_dec_[0-9a-z]{11}$/)
  expect(golden).not.toBe(work)
  // Whoever decided it the first time, and everybody else, sees nothing of it.
  expect(await next(ann())).toBeNull()
  expect((await open(cem())).map((row: { case_id: string }) => row.case_id)).not.toContain(golden)
  expect((await call('POST', `/v1/cases/${golden}/lease`, cem())).body.code).toBe('same_reviewer')

  const shown = (await call('GET', `/v1/cases/${golden}`, bob())).body
  expect(Object.keys(shown).sort()).toEqual(Object.keys(asCase).sort())
  expect(JSON.stringify(shown)).not.toMatch(/golden|purpose|only_by|not_by|gld_/)
  expect(JSON.stringify(shown)).not.toContain(work)
  expect(shown.timeline).toEqual([])

  const before = await house.app.db.selectFrom('actions').selectAll().execute()
  await judge(golden, bob(), 'allow')
  expect(await house.app.db.selectFrom('actions').selectAll().execute()).toEqual(before)
  expect(await house.app.db.selectFrom('labels').selectAll().where('actor', '=', 'bob').execute()).toEqual([])
  // The same person never gets the same item twice; another one does, and is right.
  expect(await next(bob())).toBeNull()
  const other = (await next(cem())) ?? ''
  await judge(other, cem(), 'remove_and_points')
  await settings({ golden_share: 0 })

  const overview = (await call('GET', '/v1/quality', qa)).body
  expect(overview.golden).toMatchObject({ value: 0.5, n: 2 })
  expect(overview.repeated).toMatchObject({ golden: 2, different: 1 })
  const items = (await call('GET', '/v1/quality/items', qa)).body.items
  expect(items[0]).toMatchObject({
    case_id: golden,
    purpose: 'golden',
    different: true,
    expected: { outcome: 'remove' },
  })

  const { golden_id: id } = added.body
  expect((await call('POST', `/v1/golden/${id}/retire`, qa, { reason: 'law changed' })).status).toBe(200)
  expect((await call('POST', `/v1/golden/${id}/retire`, qa, { reason: 'law changed' })).body.code).toBe('conflict')
  expect((await call('GET', '/v1/golden', qa)).body.items).toEqual([])
})

test('a second person repeats a decision blind, never the first; agreement and its interval follow; nothing happens twice', async () => {
  await settings({ double_share: 1 })
  for (const [number, answer] of ['remove', 'allow', 'remove', 'allow'].entries()) {
    await send({ listing_id: `d${number}`, seller_id: `ds${number}`, title: 'a doubtful thing' })
    await judge((await next(ann())) ?? '', ann(), answer)
    expect(await next(ann())).toBeNull()
    const again = (await next(bob())) ?? ''
    const actions = await house.app.db.selectFrom('actions').selectAll().execute()
    await judge(again, bob(), number === 3 ? 'remove' : answer)
    expect(await house.app.db.selectFrom('actions').selectAll().execute()).toEqual(actions)
    // The decision of a second is not repeated in turn.
    expect(await rowsAbout(`d${number}`)).toHaveLength(2)
  }
  await settings({ double_share: 0 })
  const { agreement } = (await call('GET', '/v1/quality', qa)).body
  expect(agreement.same).toMatchObject({ value: 0.75, n: 4 })
  // Two answers each way by the first, three and one by the second: chance agreement 0.5.
  expect(agreement.kappa.value).toBeCloseTo(0.5, 9)
  expect(agreement.kappa.low).toBeLessThanOrEqual(0.5)
  const people = (await call('GET', '/v1/quality/reviewers', qa)).body.items
  expect(people.every((row: { agreement: { same: { n: number } } }) => row.agreement.same.n <= 4)).toBe(true)
})

test('automatic decisions are sampled; a mistake found there becomes work for somebody else, and only that undoes it', async () => {
  await settings({ sample: { S1: 1, S2: 0, S3: 0, S4: 0, pass: 1 } })
  const wrong = await send({ listing_id: 'a1', seller_id: 'as1', title: 'a forbidden fruit' })
  expect(wrong.verdict).toBe('block')
  await send({ listing_id: 'a2', seller_id: 'as2', title: 'a forbidden knife' })
  await send({ listing_id: 'a3', seller_id: 'as3', title: 'a fine thing' })
  await settings({ sample: { S1: 0, S2: 0, S3: 0, S4: 0, pass: 0 } })
  const caseOf = async (id: string) => (await rowsAbout(id)).map((row) => row.case_id)
  const [[first = ''], [second = ''], [third = '']] = [await caseOf('a1'), await caseOf('a2'), await caseOf('a3')]
  await judge(first, ann(), 'allow')
  await judge(second, ann(), 'remove')
  await judge(third, ann(), 'allow')
  const inForce = async () =>
    (await house.app.db.selectFrom('actions').selectAll().where('target_id', '=', 'a1').execute()).map(
      (row) => row.kind,
    )
  expect(await inForce()).toEqual(['block_publish'])
  const [, follow = ''] = await caseOf('a1')
  expect((await call('POST', `/v1/cases/${follow}/lease`, ann())).body.code).toBe('same_reviewer')
  await judge(follow, bob(), 'allow')
  expect((await inForce()).sort()).toEqual(['allow_publish', 'block_publish'])

  const { automatic } = (await call('GET', '/v1/quality', qa)).body
  expect(automatic.strata.find((row: { stratum: string }) => row.stratum === 'S1')).toMatchObject({
    population: 2,
    sampled: 2,
    right: 1,
  })
  expect(automatic.restrictions).toMatchObject({ value: 0.5, n: 2 })
  expect(automatic.passed).toMatchObject({ value: 1, n: 1 })
  const labels = await house.app.db.selectFrom('labels').selectAll().where('subject_id', '=', 'a1').execute()
  expect(labels.map((row) => [row.origin, row.label])).toEqual([
    ['sample', 'ok'],
    ['review', 'ok'],
  ])
})

test('a calibration session hides the answers of others until one has answered', async () => {
  const [found] = (await call('GET', '/v1/cases?status=decided', qa)).body.items
  const made = await call('POST', '/v1/calibrations', qa, { title: 'Doubtful things', case_ids: [found.case_id] })
  const path = `/v1/calibrations/${made.body.calibration_id}`
  const vote = (token: string, outcome: string) =>
    call('POST', `${path}/votes`, token, { case_id: found.case_id, outcome, note: 'because' })
  expect((await vote(ann(), 'remove')).status).toBe(200)
  expect((await vote(ann(), 'allow')).body.code).toBe('conflict')
  expect((await call('GET', path, bob())).body.items[0]).toMatchObject({ answered: 1, mine: null, answers: [] })
  expect((await vote(bob(), 'allow')).status).toBe(200)
  expect((await call('GET', path, bob())).body.items[0].answers).toHaveLength(2)
  const agree = { case_id: found.case_id, outcome: 'remove', note: 'the policy says so' }
  expect((await call('POST', `${path}/agreed`, ann(), agree)).status).toBe(403)
  expect((await call('POST', `${path}/agreed`, qa, agree)).status).toBe(200)
  expect((await vote(cem(), 'remove')).body.code).toBe('conflict')
  expect((await call('GET', path, cem())).body).toMatchObject({
    items: [{ agreed: { outcome: 'remove' } }],
    // One case with two different answers: no agreement beyond chance.
    alpha: { value: 0, n: 1 },
  })
})

test('bad settings are refused with the field, the value and the fix', async () => {
  const now = (await call('GET', '/v1/quality/settings', qa)).body
  const answer = await call('PUT', '/v1/quality/settings', qa, { ...now, golden_share: 2 })
  expect([answer.status, answer.body.code, answer.body.field]).toEqual([400, 'invalid_input', 'golden_share'])
})
