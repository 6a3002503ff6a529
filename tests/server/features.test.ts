import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, listing, openHouse, testPacks } from './harness.ts'

const root = mkdtempSync(join(tmpdir(), 'aedile-features-'))
const packs = join(root, 'packs')
const file = join(packs, 'loop', 'features.yaml')
let house: House
let token: string

beforeAll(async () => {
  cpSync(testPacks, packs, { recursive: true })
  house = await openHouse({ packs, folder: join(root, 'data') })
  token = await house.token('administrator')
})
afterAll(async () => {
  await house.close()
  rmSync(root, { recursive: true, force: true })
})

const features = async () => (await house.call('GET', '/v1/features', { token })).body
const decide = async (data: Readonly<Record<string, unknown>>) =>
  (await house.call('POST', '/v1/decide', { token, body: listing(data) })).body
const addFeature = (id: string, sql: string) =>
  writeFileSync(
    file,
    `${readFileSync(file, 'utf8')}- id: ${id}\n  title: { zh: 新, en: New }\n  on: [listing.submitted]\n  sql: ${sql}\n`,
  )
const over = (range: string) =>
  `OVER (PARTITION BY seller_id ORDER BY logged_at RANGE BETWEEN INTERVAL ${range} PRECEDING AND CURRENT ROW)`

test('a new feature learns the past before a decision sees it: first absent, never 0, then the exact value', async () => {
  const events = Array.from({ length: 5000 }, (_, index) =>
    listing({ seller_id: index % 2 ? 'odd' : 'even', price: 2 }),
  )
  const sent = await house.call('POST', '/v1/events', {
    token,
    raw: events.map((each) => JSON.stringify(each)).join('\n'),
    type: 'application/x-ndjson',
  })
  expect(sent.body.accepted).toBe(5000)
  addFeature('seller_day', `count(*) ${over('24 HOURS')}`)
  const reloaded = house.app.reloadPacks()
  const states = new Set<string>()
  const values = new Set<unknown>()
  let done = false
  void reloaded.then(() => {
    done = true
  })
  let sentSince = 0
  while (!done) {
    const state = (await features()).items.find((each: { id: string }) => each.id === 'seller_day')?.state ?? 'absent'
    const running = house.app.pipeline.engine().programs.features.some(({ id }) => id === 'seller_day')
    const { saw } = await decide({ seller_id: 'odd', price: 2 })
    sentSince++
    states.add(state)
    if (!running) values.add(saw.seller_day)
  }
  expect(await reloaded).toBe(true)
  expect([...states]).toContain('learning')
  for (const value of values) expect([undefined, 2500 + sentSince]).toContain(value)
  expect((await decide({ seller_id: 'odd', price: 2 })).saw.seller_day).toBe(2500 + sentSince + 1)
  const answer = await features()
  expect(answer.items.find((each: { id: string }) => each.id === 'seller_day')).toMatchObject({
    state: 'ready',
    range: 86_400,
    on: ['listing.submitted'],
  })
  expect(answer.learning).toBeNull()
  expect(answer.history_from).toMatch(/^20..-/)
  expect(answer.memory).toMatchObject({ keys: expect.any(Number), bytes_per_key: expect.any(Number) })
  expect(answer.memory.bytes_per_key).toBeGreaterThan(0)
}, 60_000)

test('a feature that is new at a start, or added when nothing arrived since the start, knows the past too', async () => {
  await house.close()
  addFeature('seller_spend', `sum(price) ${over('24 HOURS')}`)
  house = await openHouse({ packs, folder: join(root, 'data') })
  token = await house.token('administrator')
  addFeature('seller_first', 'epoch(logged_at - lag(logged_at) OVER (PARTITION BY seller_id ORDER BY logged_at))')
  expect(await house.app.reloadPacks()).toBe(true)
  const { saw } = await decide({ seller_id: 'even', price: 2 })
  expect(saw.seller_spend).toBe(2 * 2501)
  expect(saw.seller_day).toBe(2501)
  expect(saw.seller_first).toBeGreaterThan(0)
}, 60_000)
