import { afterAll, beforeAll, expect, test } from 'vitest'
import { nowMicros } from '../../src/kernel/time.ts'
import { type House, openHouse } from './harness.ts'

let house: House
const headers = { 'x-aedile': 'console' }
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const as = (cookie: string) => ({
  post: (path: string, body: unknown) => house.call('POST', path, { cookie, headers, body }),
  get: (path: string) => house.call('GET', path, { cookie }),
})

test('where nobody else could approve, a marked operation is carried out at once', async () => {
  const first = as((await house.person('first', 'administrator')).cookie)
  const { id } = await house.person('second-to-be', 'viewer')
  const done = await first.post(`/v1/users/${id}/grants`, { role: 'administrator', reason: 'the second one' })
  expect([done.status, done.body.pending, typeof done.body.grant_id]).toEqual([200, undefined, 'string'])
})

test('the role of administrator is given by two persons: asked by one, approved by another, held only then', async () => {
  const asking = await house.person('asking', 'administrator')
  const approving = await house.person('approving', 'administrator')
  const { id } = await house.person('candidate', 'viewer')
  const asked = await as(asking.cookie).post(`/v1/users/${id}/grants`, { role: 'administrator', reason: 'on call' })
  expect(asked.body).toMatchObject({ pending: true, approval_id: expect.any(String) })
  const roles = async () => (await house.app.access.grants.of(id)).map((row) => row.role)
  expect(await roles()).toEqual(['viewer'])
  const path = `/v1/approvals/${asked.body.approval_id}/decide`
  const own = await as(asking.cookie).post(path, { outcome: 'approved' })
  expect([own.status, own.body.code]).toEqual([403, 'same_person'])
  const listed = await as(approving.cookie).get('/v1/approvals')
  expect(listed.body.items).toMatchObject([{ operation: 'grants.add', mine: false, may_decide: true, by: 'asking' }])
  const done = await as(approving.cookie).post(path, { outcome: 'approved', note: 'known to me' })
  expect([done.status, done.body.outcome]).toEqual([200, 'approved'])
  expect(await roles()).toEqual(['viewer', 'administrator'])
  const again = await as(approving.cookie).post(path, { outcome: 'approved' })
  expect([again.status, again.body.code]).toEqual([409, 'conflict'])
  expect(await roles()).toEqual(['viewer', 'administrator'])
})

test('a token and the person who made it are one person', async () => {
  const maker = await house.person('maker', 'administrator')
  const token = (await as(maker.cookie).post('/v1/tokens', { name: 'mine', roles: ['administrator'] })).body.token
  const { id } = await house.person('friend', 'viewer')
  const asked = await as(maker.cookie).post(`/v1/users/${id}/grants`, { role: 'administrator', reason: 'a friend' })
  const path = `/v1/approvals/${asked.body.approval_id}/decide`
  const own = await house.call('POST', path, { token, body: { outcome: 'approved' } })
  expect([own.status, own.body.code]).toEqual([403, 'same_person'])
  expect((await as(maker.cookie).post(path, { outcome: 'refused' })).body.code).toBe('same_person')
  const withdrawn = await house.call('POST', path, { token, body: { outcome: 'withdrawn' } })
  expect([withdrawn.status, withdrawn.body.outcome]).toEqual([200, 'withdrawn'])
})

test('a refused, an over and a foreign request are not carried out, and requests cannot be changed', async () => {
  const asking = await house.person('strategist-one', 'strategist')
  await house.person('strategist-two', 'strategist')
  const recall = { strategy: 'loop/banned', version: 3, apply: true, reason: 'wrong rule' }
  const dry = await as(asking.cookie).post('/v1/recalls', { ...recall, apply: false })
  expect(dry.body.pending).toBeUndefined()
  const asked = await as(asking.cookie).post('/v1/recalls', recall)
  expect(asked.body.pending).toBe(true)
  const outsider = await house.person('reader', 'viewer')
  const path = `/v1/approvals/${asked.body.approval_id}/decide`
  expect((await as(outsider.cookie).post(path, { outcome: 'approved' })).status).toBe(403)
  const second = await house.app.access.principalById((await house.person('strategist-three', 'strategist')).id, 1)
  if (!second) throw new Error('the person is gone')
  const late = { principal: second, now: nowMicros() + 8 * 86_400e6 }
  const decide = { outcome: 'approved' as const, note: '' }
  await expect(house.app.access.fourEyes.decide(asked.body.approval_id, decide, late)).rejects.toThrow(/was over/)
  expect((await house.call('GET', '/v1/recalls', { token: await house.token('viewer') })).body.items).toEqual([])
  await expect(house.app.db.deleteFrom('approvals').execute()).rejects.toThrow(/insert-only/)
  await expect(house.app.db.updateTable('approvals').set({ person: 'x' }).execute()).rejects.toThrow(/insert-only/)
})

test('an approved recall runs as who asked for it', async () => {
  const asking = await house.person('recalling', 'strategist')
  const approving = await house.person('approves', 'strategist')
  const asked = await as(asking.cookie).post('/v1/recalls', {
    strategy: 'loop/busy',
    version: 1,
    apply: true,
    reason: 'too noisy',
  })
  const path = `/v1/approvals/${asked.body.approval_id}/decide`
  const done = await as(approving.cookie).post(path, { outcome: 'approved' })
  expect(done.body.result).toMatchObject({ applied: true })
  const [row] = await house.app.db.selectFrom('recalls').selectAll().execute()
  expect(row?.actor).toBe(asking.id)
})

test('no password of a person to be added lies in a request', async () => {
  const asking = await house.person('adds', 'administrator')
  const body = { login: 'new-admin', name: 'New', roles: ['administrator'], password: 'a secret nobody sees' }
  expect((await as(asking.cookie).post('/v1/users', body)).body.pending).toBe(true)
  const rows = JSON.stringify(await house.app.db.selectFrom('approvals').selectAll().execute())
  expect(rows).toContain('new-admin')
  expect(rows).not.toContain('a secret nobody sees')
})
