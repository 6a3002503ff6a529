import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from './harness.ts'

let house: House
let reviewer: string
beforeAll(async () => {
  house = await openHouse()
  reviewer = await house.token('reviewer')
})
afterAll(() => house.close())

test('a negative complaint closes only with root cause, fix, verified effect and reply; a refusal says what is missing', async () => {
  const post = (path: string, body: object) => house.call('POST', path, { token: reviewer, body })
  const filed = await post('/v1/complaints', {
    source: 'hotline',
    complainant: 'buyer-9',
    subject: { type: 'listing', id: 'L9' },
    text: 'The charger caught fire.',
    severity: 'S1',
  })
  const id = filed.body.complaint_id
  const note = (type: string) => post(`/v1/complaints/${id}/events`, { type, text: `about ${type}`, refs: ['cpsc/17'] })
  const early = await note('closed')
  expect([early.status, early.body.code, early.body.missing]).toEqual([
    409,
    'conflict',
    ['root_cause', 'fix', 'verified_effect', 'reply'],
  ])
  expect(early.body.fix.en).toBe('Note the root cause first')
  expect((await note('reply')).status).toBe(409)
  expect((await note('root_cause')).body.status).toBe('explained')
  expect((await note('fix')).body.status).toBe('fixed')
  // The effect is not there: the fix is open again.
  expect((await note('not_effective')).body).toMatchObject({ status: 'explained', missing: [{ step: 'fix' }, {}, {}] })
  expect((await note('verified_effect')).status).toBe(409)
  for (const step of ['fix', 'verified_effect', 'reply']) expect((await note(step)).status).toBe(200)
  expect((await house.call('GET', '/v1/complaints?open=true', { token: reviewer })).body.items).toHaveLength(1)
  expect((await note('closed')).body).toMatchObject({ status: 'closed', missing: [], overdue: false })
  expect((await note('fix')).status).toBe(409)
  expect((await house.call('GET', '/v1/complaints?open=true', { token: reviewer })).body.items).toEqual([])
  const seen = (await house.call('GET', `/v1/complaints/${id}`, { token: reviewer })).body
  expect(seen.events.map((event: { type: string }) => event.type)).toEqual([
    'root_cause',
    'fix',
    'not_effective',
    'fix',
    'verified_effect',
    'reply',
    'closed',
  ])
})
