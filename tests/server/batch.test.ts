import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { type House, listing, openHouse, testPacks } from './harness.ts'

const packs = mkdtempSync(join(tmpdir(), 'aedile-batch-packs-'))
let house: House

const both = (text: string) => ({ zh: text, en: text })
const strategy = {
  id: 'many-cheap',
  version: 1,
  title: both('many cheap goods'),
  policy: 'LOOP.BANNED',
  owner: 'tests',
  schedule: { after: '1h' },
  window: '1d',
  contract: [{ table: 'events', where: "type = 'listing.submitted'", min_rows: 1, max_age: '1d' }],
  output: { max: 100 },
  cap: 1,
  verdict: 'block',
  mode: 'live',
  expires: '2030-01-01',
  canaries: [
    {
      subject_type: 'shop',
      subject_id: 'canary-shop',
      rows: [{ type: 'listing.submitted', listing_id: 'canary-{n}', seller_id: 'canary-shop', price: 1, repeat: 2 }],
    },
  ],
  query: `SELECT 'shop' AS subject_type, seller_id AS subject_id, count(*) AS score FROM events
    WHERE type = 'listing.submitted' AND price < 2 AND logged_at > :window_from AND logged_at <= :window_to GROUP BY seller_id HAVING count(*) >= 2`,
  cases: [
    {
      name: 'two',
      rows: [{ type: 'listing.submitted', listing_id: 'L{n}', seller_id: 'A', price: 1, repeat: 2 }],
      expect: ['shop:A'],
    },
    {
      name: 'one',
      trap: true,
      rows: [{ type: 'listing.submitted', listing_id: 'L', seller_id: 'A', price: 1 }],
      expect: [],
    },
  ],
}
const path = '/v1/batch/loop/many-cheap'
const window = { window_from: '2026-06-01T00:00:00Z', window_to: '2026-06-02T00:00:00Z' }

beforeAll(async () => {
  cpSync(testPacks, packs, { recursive: true })
  mkdirSync(join(packs, 'loop', 'batch'))
  writeFileSync(join(packs, 'loop', 'batch', 'many-cheap.yaml'), stringify(strategy))
  house = await openHouse({ packs })
  for (const seller of ['A', 'A', 'B', 'B', 'C']) {
    const done = house.app.pipeline.submit(listing({ seller_id: seller, price: 1 }), { history: true })
    if (done.status === 'accepted') await done.durable
  }
  await house.app.settled()
})
afterAll(async () => {
  await house.close()
  rmSync(packs, { recursive: true, force: true })
})

test('an analyst looks and tries, only a strategist runs, and who started a run over its cap cannot approve it', async () => {
  const [analyst, first, second] = [
    await house.token('analyst'),
    (await house.person('fritz', 'strategist')).cookie,
    (await house.person('sena', 'strategist')).cookie,
  ]
  const as = (cookie: string) => ({ cookie, headers: { 'x-aedile': 'console' } })
  const dry = await house.call('POST', `${path}/dry-run`, { token: analyst, body: window })
  expect(dry.body).toMatchObject({
    report: { hits: 2, fresh: 2, canaries: { expected: 1, missed: [] } },
    labels: { unlabelled: 2 },
  })
  expect((await house.call('POST', `${path}/run`, { token: analyst, body: window })).status).toBe(403)

  const run = await house.call('POST', `${path}/run`, { ...as(first), body: window })
  expect(run.body).toMatchObject({ status: 'held', hits: 2, fresh: 2, faults: [{ kind: 'over_cap' }] })
  const approve = (cookie: string, body: unknown) =>
    house.call('POST', `/v1/batch-runs/${run.body.run_id}/approve`, { ...as(cookie), body })
  const refused = await approve(first, { reason: 'mine' })
  expect([refused.status, refused.body.code]).toEqual([403, 'same_reviewer'])
  expect((await approve(second, { reason: '' })).body).toMatchObject({ code: 'invalid_input', field: 'reason' })
  expect((await approve(second, { reason: 'looked', subjects: 3 })).status).toBe(409)
  expect((await approve(second, { reason: 'looked', subjects: 2 })).body).toMatchObject({ status: 'applied' })
  await house.app.settled()

  const shown = await house.call('GET', `/v1/batch-runs/${run.body.run_id}`, { token: analyst })
  expect(
    shown.body.hit_list.map((hit: { subject_id: string; standing: string }) => [hit.subject_id, hit.standing]),
  ).toEqual([
    ['A', 'fresh'],
    ['B', 'fresh'],
  ])
  expect(shown.body.events.map((event: { type: string }) => event.type)).toEqual([
    'started',
    'held',
    'approved',
    'applied',
  ])
  const trace = await house.call('GET', '/v1/subjects/shop/A', { token: analyst })
  expect(JSON.stringify(trace.body)).toContain('block_publish')
  const board = await house.call('GET', '/v1/batch', { token: analyst })
  expect(board.body.items).toMatchObject([{ strategy: 'loop/many-cheap', runs: [{ status: 'applied', fresh: 2 }] }])
})

test('a window that is no window is refused with the field, the value and the fix', async () => {
  const token = await house.token('strategist')
  const answer = await house.call('POST', `${path}/dry-run`, { token, body: { ...window, window_from: '2026-06-03' } })
  expect(answer.body).toMatchObject({ code: 'invalid_input', field: 'window_to', fix: { en: expect.any(String) } })
  const half = await house.call('POST', `${path}/run`, { token, body: { window_to: window.window_to } })
  expect(half.body).toMatchObject({ code: 'invalid_input', field: 'window_from' })
  expect((await house.call('POST', '/v1/batch/loop/nothing/run', { token, body: {} })).status).toBe(404)
})
