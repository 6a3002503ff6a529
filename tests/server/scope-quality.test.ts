import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { operator } from '../../src/edge/serve.ts'
import { nowMicros } from '../../src/kernel/time.ts'
import { undoMicros } from '../../src/review/cases/index.ts'
import { type House, listing, openHouse, testPacks } from './harness.ts'

/*
 * Quality of review in two places that differ in everything: in alpha (DE) the second person agrees, samples are right
 * and appeals are upheld; in beta (US) the opposite. A figure that mixed them would be neither.
 */

const packs = mkdtempSync(join(tmpdir(), 'aedile-scope-quality-packs-'))
let house: House
const tokens: Record<'all' | 'alpha' | 'de' | 'ann' | 'bob' | 'sender', string> = {
  ...{ all: '', alpha: '', de: '', ann: '', bob: '', sender: '' },
}
const sites = { alpha: 'DE', beta: 'US' } as const
type Site = keyof typeof sites
const limited = ['alpha', 'de'] as const

const call = (method: string, path: string, token: string, body?: unknown) =>
  house.call(method, path, body === undefined ? { token } : { token, body })

async function done(method: string, path: string, token: string, body: unknown) {
  const answer = await call(method, path, token, body)
  expect([path, answer.status, answer.text]).toEqual([path, 200, expect.any(String)])
  return answer.body
}

async function tokenFor(role: string, scope: { sites?: string[]; markets?: string[] }): Promise<string> {
  const input = { name: `${role} ${JSON.stringify(scope)}`, roles: [role], expiresAt: null, by: operator }
  return (await house.app.access.createToken({ ...input, now: nowMicros(), ...scope })).token
}

async function send(site: Site, name: string, title: string, markets: readonly string[] = [sites[site]]) {
  const data = { listing_id: `${site}-${name}`, seller_id: `${site}-${name}-seller`, title: `${title} of ${site}` }
  await done('POST', '/v1/decide', tokens.sender, listing({ ...data, ship_to: markets }, { site }))
  await house.app.settled()
}

const settings = async (change: Readonly<Record<string, unknown>>) => {
  const now = (await call('GET', '/v1/quality/settings', tokens.all)).body
  await done('PUT', '/v1/quality/settings', tokens.all, { ...now, ...change })
}

const casesOf = async (subject: string) =>
  (await house.app.db.selectFrom('cases').selectAll().where('subject_id', '=', subject).orderBy('at').execute()).map(
    (row) => row.case_id,
  )

async function judge(id: string, token: string, outcome: string): Promise<void> {
  await done('POST', `/v1/cases/${id}/lease`, token, {})
  await done('POST', `/v1/cases/${id}/decide`, token, { outcome })
  await house.app.cases.settle(nowMicros() + undoMicros + 1)
}

/** Doubtful things that ann decides and bob repeats. */
async function twice(site: Site, count: number, second: string): Promise<void> {
  for (let number = 0; number < count; number++) {
    await send(site, `doubted-${number}`, 'doubtful thing')
    const [work = ''] = await casesOf(`${site}-doubted-${number}`)
    await judge(work, tokens.ann, 'remove')
    const [, repeated = ''] = await casesOf(`${site}-doubted-${number}`)
    await judge(repeated, tokens.bob, second)
  }
}

/** Things that are decided by themselves, of which a person sees all. */
async function sampled(site: Site, counts: { blocked: number; passed: number }, outcome: string): Promise<void> {
  for (let number = 0; number < counts.blocked; number++) {
    await send(site, `blocked-${number}`, 'forbidden thing')
    const [sample = ''] = await casesOf(`${site}-blocked-${number}`)
    await judge(sample, tokens.bob, outcome)
  }
  for (let number = 0; number < counts.passed; number++) {
    await send(site, `passed-${number}`, 'fine thing')
    const [sample = ''] = await casesOf(`${site}-passed-${number}`)
    await judge(sample, tokens.bob, 'allow')
  }
}

async function appealed(site: Site, outcome: string): Promise<void> {
  const [blocked] = await house.app.db
    .selectFrom('actions')
    .selectAll()
    .where('target_id', '=', `${site}-blocked-0`)
    .where('inverse_of', 'is', null)
    .execute()
  const filed = await done('POST', '/v1/appeals', tokens.all, { action_id: blocked?.action_id, text: 'not so' })
  await done('POST', `/v1/appeals/${filed.appeal_id}/decide`, tokens.bob, { outcome, note: 'looked at it again' })
}

beforeAll(async () => {
  cpSync(testPacks, packs, { recursive: true })
  const both = (text: string) => `{ zh: ${text}, en: ${text} }`
  // Graver in one market than in the other.
  appendFileSync(
    join(packs, 'loop', 'strategies.yaml'),
    ['us', '*']
      .map((market) => {
        const banned = market === 'us'
        return `- id: ${banned ? 'contraband' : 'untidy'}
  version: 1
  title: ${both(banned ? 'Contraband' : 'Untidy')}
  policy: ${banned ? 'LOOP.BANNED' : 'LOOP.BUSY'}
  on: [listing.submitted]
  markets: ["${market.toUpperCase()}"]
  when: title LIKE '%contraband%'
  verdict: ${banned ? 'block' : 'label'}
  mode: live
  owner: tests
`
      })
      .join(''),
  )
  // It wears those down who look at it.
  appendFileSync(
    join(packs, 'loop', 'policies.yaml'),
    `- id: LOOP.VIOLENT
  version: 1
  title: ${both('Violence')}
  text: ${both('No violence')}
  severity: S2
  verification: unverified
  notice: { what: ${both('It is violent')}, fix: ${both('Take it down')} }
  dsa: { category: STATEMENT_CATEGORY_VIOLENCE }
`,
  )
  appendFileSync(
    join(packs, 'loop', 'strategies.yaml'),
    `- id: violent
  version: 1
  title: ${both('Violence')}
  policy: LOOP.VIOLENT
  on: [listing.submitted]
  markets: ["*"]
  when: title LIKE '%violent%'
  verdict: review
  mode: live
  owner: tests
`,
  )
  house = await openHouse({ packs })
  Object.assign(tokens, {
    all: await tokenFor('qa', {}),
    alpha: await tokenFor('qa', { sites: ['alpha'] }),
    de: await tokenFor('qa', { markets: ['DE'] }),
    ann: await tokenFor('reviewer', {}),
    bob: await tokenFor('reviewer', {}),
    sender: await tokenFor('strategist', {}),
  })
  await settings({ golden_share: 0, double_share: 1 })
  await twice('alpha', 2, 'remove')
  await twice('beta', 3, 'allow')
  await settings({ double_share: 0, sample: { S1: 1, S2: 1, S3: 1, S4: 1, pass: 1 } })
  await sampled('alpha', { blocked: 1, passed: 1 }, 'remove')
  await sampled('beta', { blocked: 2, passed: 3 }, 'allow')
  await appealed('alpha', 'upheld')
  await appealed('beta', 'overturned')
}, 120_000)
afterAll(async () => {
  await house.close()
  rmSync(packs, { recursive: true, force: true })
})

const overview = async (who: keyof typeof tokens) => (await call('GET', '/v1/quality', tokens[who])).body
const strataOf = (report: { automatic: { strata: { stratum: string }[] } }) =>
  Object.fromEntries(report.automatic.strata.map((row) => [row.stratum, row]))

describe('a QA lead of one place', () => {
  test.each(limited)('reads every figure over the cases of that place alone (%s)', async (who) => {
    const own = await overview(who)
    expect(own).toMatchObject({
      decided: 2,
      agreement: { same: { value: 1, n: 2 } },
      overturned: { value: 0, n: 1 },
      automatic: { restrictions: { value: 1, n: 1, unseen: 0 }, passed: { value: 1, n: 1, unseen: 0 } },
      repeated: { golden: 0, second: 2, sample: 2, different: 0 },
    })
    expect(strataOf(own)).toMatchObject({ S1: { population: 1, sampled: 1 }, pass: { population: 1, sampled: 1 } })
    const whole = await overview('all')
    expect(whole).toMatchObject({
      decided: 5,
      agreement: { same: { value: 0.4, n: 5 } },
      overturned: { value: 0.5, n: 2 },
      automatic: { restrictions: { n: 3 }, passed: { n: 4 } },
      repeated: { second: 5, sample: 7, different: 5 },
    })
    expect(strataOf(whole)).toMatchObject({ S1: { population: 3, sampled: 3 }, pass: { population: 4, sampled: 4 } })
  })

  test.each(limited)('reads people, policies and single items of that place alone (%s)', async (who) => {
    const people = (await call('GET', '/v1/quality/reviewers', tokens[who])).body.items
    expect(
      people.map((row: { decided: number; agreement: { same: { n: number } } }) => [row.decided, row.agreement.same.n]),
    ).toEqual([
      [2, 2],
      [0, 2],
    ])
    const policies = (await call('GET', '/v1/quality/policies', tokens[who])).body.items
    expect(policies.find((row: { policy: string }) => row.policy === 'LOOP.BANNED')).toMatchObject({
      automatic: { value: 1, n: 1 },
      overturned: { value: 0, n: 1 },
    })
    const items = await call('GET', '/v1/quality/items', tokens[who])
    expect([items.body.items.length, items.text.includes('beta')]).toEqual([4, false])
    const all = await call('GET', '/v1/quality/items', tokens.all)
    expect([all.body.items.length, all.text.includes('beta')]).toEqual([12, true])
  })

  test('counts a decision of two markets by the whole of it, as the sample did', async () => {
    const before = strataOf(await overview('de')) as Record<string, { population?: number }>
    await send('alpha', 'two-markets', 'contraband', ['DE', 'US'])
    const [sample = ''] = await casesOf('alpha-two-markets')
    await judge(sample, tokens.bob, 'remove')
    const after = strataOf(await overview('de')) as Record<string, { population?: number }>
    const grown = ['S1', 'S2', 'S3', 'S4'].map(
      (name) => (after[name]?.population ?? 0) - (before[name]?.population ?? 0),
    )
    expect(grown).toEqual([1, 0, 0, 0])
  })

  test('is refused what holds everywhere: the shares and budgets', async () => {
    const now = (await call('GET', '/v1/quality/settings', tokens.all)).body
    for (const who of limited) {
      const read = await call('GET', '/v1/quality/settings', tokens[who])
      const change = await call('PUT', '/v1/quality/settings', tokens[who], { ...now, golden_share: 1 })
      expect([read.status, change.status, change.body.field]).toEqual([403, 403, 'scope'])
    }
    expect((await call('GET', '/v1/quality/settings', tokens.all)).body).toEqual(now)
  })
})

describe('known answers', () => {
  const add = (token: string, id: string) =>
    call('POST', '/v1/golden', token, { case_id: id, outcome: 'remove', reason: 'a clear case' })

  test.each([
    ['alpha', 0],
    ['de', 1],
  ] as const)('are added, listed and retired where they belong and are not there for others (%s)', async (who, n) => {
    const token = tokens[who]
    const [own = ''] = await casesOf(`alpha-doubted-${n}`)
    const [other = ''] = await casesOf(`beta-doubted-${n}`)
    const added = await add(token, own)
    expect([added.status, (await add(token, other)).status]).toEqual([200, 404])
    const elsewhere = await add(tokens.all, other)
    const list = await call('GET', '/v1/golden', token)
    expect(list.body.items.map((row: { golden_id: string }) => row.golden_id)).toEqual([added.body.golden_id])
    const retire = (id: string) => call('POST', `/v1/golden/${id}/retire`, token, { reason: 'the law changed' })
    expect((await retire(elsewhere.body.golden_id)).status).toBe(404)
    expect((await retire(added.body.golden_id)).status).toBe(200)
    expect((await call('GET', '/v1/golden', token)).body.items).toEqual([])
    expect((await call('GET', '/v1/golden', tokens.all)).body.items).toHaveLength(1)
    await done('POST', `/v1/golden/${elsewhere.body.golden_id}/retire`, tokens.all, { reason: 'the law changed' })
  })

  test('come to a reviewer of one place from that place only, and never one that they may not decide', async () => {
    await send('alpha', 'wide', 'doubtful thing', ['DE', 'US'])
    const [wide = ''] = await casesOf('alpha-wide')
    await judge(wide, tokens.ann, 'remove')
    const [foreign = ''] = await casesOf('beta-doubted-2')
    const [near = ''] = await casesOf('alpha-doubted-0')
    for (const id of [wide, foreign]) expect((await add(tokens.all, id)).status).toBe(200)
    await settings({ golden_share: 1 })
    const reviewer = await tokenFor('reviewer', { markets: ['DE'] })
    const next = async () => (await done('POST', '/v1/cases/next', reviewer, {})).case_id
    expect(await next()).toBeNull()
    expect((await add(tokens.all, near)).status).toBe(200)
    const given = await next()
    expect(await casesOf('alpha-doubted-0')).toContain(given)
    await judge(given, reviewer, 'allow')
    await settings({ golden_share: 0 })
    expect(await overview('alpha')).toMatchObject({ golden: { value: 0, n: 1 } })
    const beta = await tokenFor('qa', { sites: ['beta'] })
    expect((await call('GET', '/v1/quality', beta)).body).toMatchObject({ golden: { value: null, n: 0 } })
  })
})

test('a calibration session is there for who may see all of its cases, answers come from who may change the case', async () => {
  const [own = ''] = await casesOf('alpha-doubted-0')
  const [other = ''] = await casesOf('beta-doubted-0')
  const create = (token: string, title: string, ids: string[]) =>
    call('POST', '/v1/calibrations', token, { title, case_ids: ids })
  for (const who of limited) expect((await create(tokens[who], 'mixed', [own, other])).status).toBe(404)
  const near = (await create(tokens.alpha, 'alpha only', [own])).body.calibration_id
  const mixed = (await create(tokens.all, 'both places', [own, other])).body.calibration_id
  const far = (await create(tokens.all, 'beta only', [other])).body.calibration_id
  const answer = { case_id: other, outcome: 'remove' }
  for (const who of limited) {
    const list = await call('GET', '/v1/calibrations', tokens[who])
    expect(list.body.items.map((row: { calibration_id: string }) => row.calibration_id)).toEqual([near])
    const read = async (id: string) => (await call('GET', `/v1/calibrations/${id}`, tokens[who])).status
    expect([await read(near), await read(mixed), await read(far)]).toEqual([200, 404, 404])
    for (const part of ['votes', 'agreed'])
      expect((await call('POST', `/v1/calibrations/${far}/${part}`, tokens[who], answer)).status).toBe(404)
  }
  await done('POST', `/v1/calibrations/${near}/votes`, tokens.de, { case_id: own, outcome: 'remove' })
  await done('POST', `/v1/calibrations/${near}/agreed`, tokens.alpha, { case_id: own, outcome: 'remove' })
  expect((await call('GET', '/v1/calibrations', tokens.all)).body.items).toHaveLength(3)
})

test('what somebody has seen wears them down also where their role no longer reaches', async () => {
  const { budgets } = (await call('GET', '/v1/quality/settings', tokens.all)).body
  await settings({ sample: { S1: 0, S2: 0, S3: 0, S4: 0, pass: 0 }, budgets: { ...budgets, violence: 1 } })
  const { cookie, id, password } = await house.person('mover', 'reviewer')
  const as = (session: string) => ({ cookie: session, headers: { 'x-aedile': 'console' } })
  await send('alpha', 'violent', 'violent thing')
  const [seen = ''] = await casesOf('alpha-violent')
  for (const [part, body] of [
    ['lease', {}],
    ['decide', { outcome: 'remove' }],
  ] as const)
    expect((await house.call('POST', `/v1/cases/${seen}/${part}`, { ...as(cookie), body })).status).toBe(200)

  const [everywhere] = await house.app.db.selectFrom('grants').selectAll().where('user_id', '=', id).execute()
  const beta = { userId: id, role: 'reviewer', sites: ['beta'], markets: [], reason: 'moves to beta' }
  await house.app.access.grants.add(beta, operator, nowMicros())
  await house.app.access.grants.end(everywhere?.grant_id ?? '', operator, { reason: 'moves to beta', now: nowMicros() })
  const again = await house.call('POST', '/v1/session', { body: { login: 'mover', password } })
  const session = (again.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  const next = async () => (await house.call('POST', '/v1/cases/next', { ...as(session), body: {} })).body.case_id

  await send('beta', 'violent', 'violent thing')
  const given: string[] = []
  for (let found = await next(); found !== null; found = await next()) {
    given.push(found)
    const path = `/v1/cases/${found}/decide`
    expect((await house.call('POST', path, { ...as(session), body: { outcome: 'allow' } })).status).toBe(200)
  }
  const [waiting = ''] = await casesOf('beta-violent')
  expect(given).not.toContain(waiting)
  await settings({ budgets })
  expect(await next()).toBe(waiting)
})
