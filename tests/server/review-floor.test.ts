import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { permissionsOf } from '../../src/kernel/access/index.ts'
import { part } from '../../src/kernel/database.ts'
import { nowMicros } from '../../src/kernel/time.ts'
import { leaseMicros, undoMicros } from '../../src/review/cases/index.ts'
import { createStaffing } from '../../src/review/staffing/index.ts'
import { type House, listing, openHouse, testPacks } from './harness.ts'

const queues = (blind: boolean, second = 'severity') => `
- { id: german, order: 1, title: { zh: 德国, en: Germany }, when: "list_contains(markets, 'DE')", skills: [law], languages: [de], sla: { S2: 8h } }
- { id: blind, order: 2, title: { zh: 盲审, en: Blind }, when: "title LIKE '%sealed%'", blind: ${blind} }
- { id: dear, order: 3, title: { zh: 贵重, en: Dear }, when: "${second} = 'S2' AND reach >= 40", hidden_actions: [label] }
`
const packs = mkdtempSync(join(tmpdir(), 'aedile-floor-packs-'))
let house: House
let sender: string
let first: string
let second: string

beforeAll(async () => {
  cpSync(testPacks, packs, { recursive: true })
  mkdirSync(join(packs, 'queues'))
  writeFileSync(join(packs, 'queues', 'queues.yaml'), queues(true))
  house = await openHouse({ packs })
  sender = await house.token('strategist')
  first = await house.token('reviewer')
  second = await house.token('reviewer')
})
afterAll(async () => {
  await house.close()
  rmSync(packs, { recursive: true })
})

let number = 0
/** A case of a listing; answers its id. */
async function open(data: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const id = `floor-${++number}`
  const body = listing({ listing_id: id, title: 'doubtful thing', seller_id: `seller-${id}`, ...data })
  expect((await house.call('POST', '/v1/decide', { token: sender, body })).body.verdict).toBe('review')
  await house.app.settled()
  const { items } = (await house.call('GET', `/v1/cases?limit=200&q=${body.data.listing_id}`, { token: first })).body
  return items.find((row: { subject: { id: string } }) => row.subject.id === body.data.listing_id).case_id
}
const get = async (id: string, token = first) => (await house.call('GET', `/v1/cases/${id}`, { token })).body
const take = (id: string, token: string) => house.call('POST', `/v1/cases/${id}/lease`, { token })
const principal = (id: string) => ({
  id,
  name: id,
  kind: 'user' as const,
  roles: ['reviewer'],
  permissions: permissionsOf(['reviewer']),
})

describe('routing', () => {
  test('every case waits in the first queue that fits, else where its policy says; the service level counts from the opening', async () => {
    const cases = await Promise.all([
      open({ ship_to: ['DE', 'US'], price: 9000 }),
      open({ price: 9000, title: 'a sealed doubtful thing' }),
      open({ price: 5000 }),
      open({ price: 10 }),
    ])
    const rows = await Promise.all(cases.map((id) => get(id)))
    expect(rows.map((row) => row.queue)).toEqual(['german', 'blind', 'dear', 'loop'])
    expect(Date.parse(rows[0].due_at) - Date.parse(rows[0].opened_at)).toBe(8 * 3_600_000)
    expect(Date.parse(rows[2].due_at) - Date.parse(rows[2].opened_at)).toBe(4 * 3_600_000)
    const listed = await Promise.all(
      ['german', 'blind', 'dear', 'loop'].map((queue) =>
        house.call('GET', `/v1/cases?queue=${queue}&limit=200`, { token: first }),
      ),
    )
    const ids = listed.flatMap((answer) => answer.body.items.map((row: { case_id: string }) => row.case_id))
    expect(new Set(ids).size).toBe(ids.length)
    const all = await house.app.db.selectFrom('case_state').select('case_id').where('status', '=', 'open').execute()
    expect(ids.sort()).toEqual(all.map((row) => row.case_id).sort())
  })

  test('saving the file moves open cases, the same file moves nothing, and a file with an error changes nothing', async () => {
    const id = await open({ price: 6000 })
    expect((await get(id)).queue).toBe('dear')
    writeFileSync(join(packs, 'queues', 'queues.yaml'), queues(true, 'site'))
    await house.app.reloadPacks()
    expect((await get(id)).queue).toBe('loop')
    expect(await house.app.cases.reroute()).toBe(0)
    writeFileSync(join(packs, 'queues', 'queues.yaml'), queues(true, 'no_such_column'))
    await house.app.reloadPacks()
    expect((await get(id)).queue).toBe('loop')
    expect(house.logged.join('\n')).toMatch(/queue "dear".*no_such_column[\s\S]*\^[\s\S]*fix:/)
    writeFileSync(join(packs, 'queues', 'queues.yaml'), queues(true))
    await house.app.reloadPacks()
    expect((await get(id)).queue).toBe('dear')
  })

  test('outcomes that a queue hides are not offered and not taken', async () => {
    const id = await open({ price: 7000 })
    const found = await get(id)
    expect(found.choices.map((choice: { outcome: string }) => choice.outcome)).not.toContain('label')
    expect(found.choices.map((choice: { key: string }) => choice.key)).toEqual(['1', '3', '4', '5', '6', '7'])
    await take(id, first)
    const answer = await house.call('POST', `/v1/cases/${id}/decide`, { token: first, body: { outcome: 'label' } })
    expect([answer.status, answer.body.code, answer.body.field]).toEqual([400, 'invalid_input', 'outcome'])
  })
})

describe('who may take a case', () => {
  test('skills and languages are asked for once somebody has said what a person can review', async () => {
    const id = await open({ ship_to: ['DE'] })
    const { cookie, id: person } = await house.person('hanna', 'reviewer')
    const headers = { 'x-aedile': 'console' }
    const lease = () => house.call('POST', `/v1/cases/${id}/lease`, { cookie, headers })
    const say = (skills: string[], languages: string[]) =>
      house.app.access.users().then(async () =>
        house.call('PUT', `/v1/reviewers/${person}`, {
          token: await house.token('administrator'),
          body: { skills, languages },
        }),
      )
    expect((await lease()).status).toBe(200)
    await house.call('DELETE', `/v1/cases/${id}/lease`, { cookie, headers })
    expect((await say(['law'], ['en'])).status).toBe(200)
    const refused = await lease()
    expect([refused.status, refused.body.code]).toEqual([403, 'not_allowed'])
    expect(refused.body.detail.en).toContain('de')
    expect(
      (await house.call('POST', '/v1/cases/next', { cookie, headers, body: { queue: 'german' } })).body.case_id,
    ).toBeNull()
    await say(['law'], ['de'])
    expect((await lease()).status).toBe(200)
    const listed = await house.call('GET', '/v1/reviewers', { token: first })
    expect(listed.body.items).toContainEqual(
      expect.objectContaining({ user_id: person, skills: ['law'], languages: ['de'] }),
    )
    await expect(house.app.db.updateTable('reviewers').set({ skills: '[]' }).execute()).rejects.toThrow(/insert-only/)
  })

  test('who passed a case on does not get it again', async () => {
    const id = await open({ price: 8000 })
    await take(id, first)
    await house.call('POST', `/v1/cases/${id}/decide`, { token: first, body: { outcome: 'escalate' } })
    const again = await take(id, first)
    expect([again.status, again.body.code]).toEqual([403, 'same_reviewer'])
    expect((await take(id, second)).status).toBe(200)
  })
})

describe('leases', () => {
  test('forty people who ask at once get forty different cases, by priority', async () => {
    const { cases } = house.app
    for (let index = 0; index < 45; index++)
      await house.call('POST', '/v1/decide', {
        token: sender,
        body: listing({ title: 'doubtful crowd', price: 10 + index }),
      })
    await house.app.settled()
    const now = nowMicros()
    const people = Array.from({ length: 40 }, (_, index) => principal(`crowd-${index}`))
    const taken = await Promise.all(people.map((person) => cases.next({ queue: 'loop', skip: [] }, person, now)))
    expect(taken.filter((id) => id === null)).toEqual([])
    expect(new Set(taken).size).toBe(40)
    const holders = await house.app.db.selectFrom('leases').selectAll().where('holder', 'like', 'crowd-%').execute()
    expect(holders.length).toBe(40)
    for (const [index, person] of people.entries()) await cases.release(taken[index] ?? '', person)
  })

  test('presence shows who is on which case, a heartbeat keeps it, silence frees it', async () => {
    const { cases } = house.app
    const id = await open({ title: 'doubtful presence' })
    const now = nowMicros()
    const [anna, ben] = [principal('anna'), principal('ben')]
    await cases.lease(id, anna, now)
    const shown = (at: number) =>
      cases.present(at).then((rows) => rows.find((row) => row.case_id === id)?.holder ?? null)
    expect(await shown(now + 1)).toBe('anna')
    await expect(cases.lease(id, ben, now + 1)).rejects.toThrow(/holds/)
    // The heartbeat comes before the silence is too long, and the start of the work stays what it was.
    await cases.lease(id, anna, now + leaseMicros - 1)
    expect(await shown(now + leaseMicros + 1)).toBe('anna')
    expect((await cases.present(now + leaseMicros + 1)).find((row) => row.case_id === id)?.since).toBe(now)
    const silent = now + 2 * leaseMicros
    expect(await shown(silent)).toBe(null)
    await cases.lease(id, ben, silent)
    expect(await shown(silent + 1)).toBe('ben')
    const row = await house.app.db.selectFrom('leases').selectAll().where('case_id', '=', id).executeTakeFirst()
    expect([row?.since, row?.shown_at]).toEqual([silent, silent])
  })
})

describe('a blind queue', () => {
  test('tells a reviewer nothing of the proposal by any way before the decision has taken effect', async () => {
    const id = await open({ listing_id: 'sealed-1', seller_id: 'seller-sealed-1', title: 'a sealed doubtful thing' })
    const reader = await house.token('reviewer')
    const telling = /loop\/doubtful|LOOP\.DOUBTFUL|存疑|"verdict":"review"|"evidence":\[\{/
    const ways = [
      `/v1/cases/${id}`,
      '/v1/cases?queue=blind&limit=200',
      '/v1/cases?queue=blind&limit=200&sort=due',
      '/v1/trace/listing/sealed-1',
      '/v1/trace/seller/seller-sealed-1',
      '/v1/subjects/seller/seller-sealed-1',
      `/v1/trace/case/${id}`,
      '/v1/subjects/listing/sealed-1',
      '/v1/cases/present',
      '/v1/overview',
    ]
    await take(id, reader)
    const policies = (await get(id, reader)).policies.map((policy: { id: string }) => policy.id)
    // The policies of the queue are there to choose from, all of them.
    expect(policies).toEqual(['LOOP.BANNED', 'LOOP.DOUBTFUL'])
    const look = async (token: string) => {
      const answers = await Promise.all(ways.map((path) => house.call('GET', path, { token })))
      expect(answers.map((answer) => answer.status)).toEqual(ways.map(() => 200))
      return answers.map((answer) =>
        JSON.stringify(answer.body, (key, value) => (key === 'policies' && answer === answers[0] ? [] : value)),
      )
    }
    expect((await look(reader)).filter((text) => telling.test(text))).toEqual([])
    const decided = { token: reader, body: { outcome: 'remove', policy: 'LOOP.BANNED' } }
    const preview = await house.call('POST', `/v1/cases/${id}/preview`, { ...decided, body: { outcome: 'remove' } })
    expect(preview.text).not.toMatch(telling)
    const answer = await house.call('POST', `/v1/cases/${id}/decide`, decided)
    expect([answer.status, telling.test(answer.text)]).toEqual([200, false])
    // It can still be undone, so it is still not told.
    expect((await look(reader)).filter((text) => telling.test(text))).toEqual([])
    // Who does not decide cases sees it, and everybody does once it has taken effect.
    expect((await house.call('GET', `/v1/cases/${id}`, { token: sender })).text).toMatch(/loop\/doubtful/)
    await house.app.cases.settle(nowMicros() + undoMicros + 1)
    expect((await house.call('GET', `/v1/cases/${id}`, { token: reader })).text).toMatch(/loop\/doubtful/)
  })
})

describe('bulk decisions', () => {
  test('preview, typed confirmation, each case exactly once', async () => {
    const ids = [await open({ price: 1 }), await open({ price: 2 }), await open({ price: 3 })]
    const sealed = await open({ title: 'sealed doubtful' })
    const held = await open({ price: 4 })
    await take(held, second)
    const body = {
      case_ids: [...ids, sealed, held, 'case_nothing'],
      outcome: 'remove_and_points',
      policy: 'LOOP.DOUBTFUL',
      bulk_id: 'bulk-test-1',
    }
    const seen = (await house.call('POST', '/v1/cases/bulk/preview', { token: first, body })).body
    expect(seen).toMatchObject({
      cases: 3,
      points: 6,
      notices: 3,
      actions: [{ kind: 'delist', count: 3 }],
      confirm: 'remove_and_points 3',
    })
    expect(seen.refused.map((row: { problem: { code: string } }) => row.problem.code).sort()).toEqual([
      'not_allowed',
      'not_found',
      'not_leased',
    ])
    const count = async () =>
      (
        await house.app.db
          .selectFrom('case_events')
          .selectAll()
          .where('type', '=', 'decided')
          .where('case_id', 'in', ids)
          .execute()
      ).length
    expect(await count()).toBe(0)
    const send = (confirm: string) => house.call('POST', '/v1/cases/bulk', { token: first, body: { ...body, confirm } })
    expect((await send('yes')).body.field).toBe('confirm')
    expect((await send('remove_and_points 4')).body.field).toBe('confirm')
    expect(await count()).toBe(0)
    const answers = await Promise.all([send(seen.confirm), send(seen.confirm), send(seen.confirm)])
    expect(answers.some((answer) => answer.status === 200)).toBe(true)
    expect((await send(seen.confirm)).body.decided.sort()).toEqual([...ids].sort())
    expect(await count()).toBe(3)
    await house.app.cases.settle(nowMicros() + undoMicros + 1)
    await house.app.cases.settle(nowMicros() + undoMicros + 1)
    const rows = await house.app.db.selectFrom('points').selectAll().where('policy', '=', 'LOOP.DOUBTFUL').execute()
    for (const id of ids) {
      const { subject } = await get(id)
      expect(rows.filter((row) => row.party_id === `seller-${subject.id}`).length).toBe(1)
    }
    expect((await get(held)).status).toBe('leased')
  })
})

test('what people allow makes its strategy less credible, and its cases less urgent', async () => {
  const { cases } = house.app
  const id = await open({ title: 'doubtful and allowed' })
  const score = async (now: number) => {
    await cases.listByPriority({ holder: '', now, limit: 1 }, 0)
    return cases.priority(await cases.find(id, now), now)
  }
  const now = nowMicros() + 120_000_000
  const before = await score(now)
  for (let index = 0; index < 3; index++) {
    const other = await open({ title: `doubtful ${index}`, price: 5 })
    await take(other, second)
    await house.call('POST', `/v1/cases/${other}/decide`, { token: second, body: { outcome: 'allow' } })
  }
  await cases.settle(nowMicros() + undoMicros + 1)
  const after = await score(now + 61_000_000)
  expect(after.credibility).toBeLessThan(before.credibility)
  expect(after.harm).toBe(before.harm)
})

test('a case that will miss its service level at the present pace is marked with the reason, as a fresh forecast says', async () => {
  const id = await open({ price: 5000, title: 'a doubtful thing that is late' })
  const { queue } = await get(id)
  const listed = async () =>
    (await house.call('GET', `/v1/cases?queue=${queue}&limit=200`, { token: first })).body.items as {
      case_id: string
      will_be_late: { due_until_then: number; done_until_then: number; per_hour: number } | null
    }[]
  const pace = async () =>
    (await house.call('GET', '/v1/review/floor', { token: first })).body.items.find(
      (row: { queue: string }) => row.queue === queue,
    ).throughput_per_hour as number
  // More than the pace of the last hour can do in the time that is left.
  for (let more = (await pace()) * 4; more > 0; more--) await open({ price: 5000 })
  // Figures are a few seconds old at most.
  await expect
    .poll(
      async () => {
        const fresh = await createStaffing({ db: part(house.app.db), cases: house.app.cases }).late(nowMicros())
        return (await listed()).filter((row) => (row.will_be_late !== null) !== fresh.has(row.case_id)).length
      },
      { timeout: 20_000 },
    )
    .toBe(0)
  const marked = (await listed()).flatMap((row) => row.will_be_late ?? [])
  expect(marked.length).toBeGreaterThan(0)
  for (const mark of marked) expect(mark.due_until_then).toBeGreaterThan(mark.done_until_then)
  const decided = (await house.call('GET', '/v1/cases?status=decided&limit=200', { token: first })).body.items
  for (const row of decided) expect(row.will_be_late).toBeNull()
})
