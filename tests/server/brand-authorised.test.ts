import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, listing, openHouse, testPacks } from './harness.ts'

const packs = mkdtempSync(join(tmpdir(), 'aedile-brand-packs-'))
const folder = mkdtempSync(join(tmpdir(), 'aedile-brand-'))
let house: House
let token: string

beforeAll(async () => {
  cpSync(testPacks, packs, { recursive: true })
  appendFileSync(join(packs, 'loop', 'signals.yaml'), '- { id: brand_authorised, kind: brand_authorised }\n')
  appendFileSync(
    join(packs, 'loop', 'strategies.yaml'),
    `- id: unauthorised
  version: 1
  title: { zh: 未获品牌授权, en: Brand without authorisation }
  policy: LOOP.DOUBTFUL
  on: [listing.submitted]
  markets: ["*"]
  when: NOT brand_authorised
  verdict: review
  mode: live
  owner: tests
`,
  )
  house = await openHouse({ packs, folder })
  token = await house.token('administrator')
})
afterAll(async () => {
  await house.close()
  for (const each of [packs, folder]) rmSync(each, { recursive: true })
})

const post = (path: string, body: unknown) => house.call('POST', path, { token, body })

/** Whether a person is asked about a listing, what the decision saw, and whether the strategy could not tell. */
async function offer(data: Readonly<Record<string, unknown>>) {
  const { status, body } = await post('/v1/decide', listing({ category: 'fashion/bags', ship_to: ['DE'], ...data }))
  expect(status).toBe(200)
  await house.app.settled()
  const [row] = await house.app.facts.rows(
    `SELECT saw->>'$.brand_authorised' AS saw, list_contains(unknown, 'loop/unauthorised') AS unknown
     FROM decisions WHERE decision_id = '${body.decision_id}'`,
  )
  return [body.verdict === 'review', row?.['saw'] ?? null, row?.['unknown'] === true]
}

test('a strategy asks the register: brand and seller in every market; what nobody registered is unknown', async () => {
  const bag = { brand: 'Acmé', seller_id: 'shop-a' }
  expect(await offer(bag)).toEqual([false, null, true])
  const right = {
    type: 'trademark',
    office: 'EUIPO',
    number: '1',
    owner: 'Acme Inc.',
    classes: ['*'],
    territory: ['*'],
  }
  expect((await post('/v1/rights', { ...right, brand: 'Acme', aliases: ['Acmé', '雅可美'] })).status).toBe(200)
  expect(await offer(bag)).toEqual([true, 'false', false])
  const given = { brand: 'Acme', seller: 'shop-a', classes: ['fashion'], territory: ['EU'] }
  const { authorisation_id } = (await post('/v1/authorisations', given)).body
  // From the next decision on, under any writing, in every market of the listing.
  expect(await offer({ ...bag, brand: '雅可美' })).toEqual([false, 'true', false])
  expect(await offer({ ...bag, ship_to: ['DE', 'FR'] })).toEqual([false, 'true', false])
  expect(await offer({ ...bag, ship_to: ['DE', 'US'] })).toEqual([true, 'false', false])
  expect(await offer({ ...bag, category: 'toys' })).toEqual([true, 'false', false])
  expect(await offer({ ...bag, seller_id: 'shop-b' })).toEqual([true, 'false', false])
  expect(await offer({ ...bag, brand: 'Unheard' })).toEqual([false, null, true])
  const passed = { ...given, seller: 'shop-b', parent: authorisation_id }
  expect((await post('/v1/authorisations', passed)).status).toBe(200)
  expect(await offer({ ...bag, seller_id: 'shop-b' })).toEqual([false, 'true', false])
  // Who takes the first link back takes what rests on it, too.
  expect((await post('/v1/authorisations', { ...given, authorisation_id, ended: true })).status).toBe(200)
  for (const seller_id of ['shop-a', 'shop-b'])
    expect(await offer({ ...bag, seller_id })).toEqual([true, 'false', false])
})

test('a replay sees what the register said then, and the register is there after a new start', async () => {
  expect(await house.app.replay({})).toMatchObject({ differences: 0 })
  const before = await offer({ brand: 'Acme', seller_id: 'shop-c' })
  await house.close()
  house = await openHouse({ packs, folder })
  token = await house.token('administrator')
  expect(await offer({ brand: 'Acme', seller_id: 'shop-c' })).toEqual(before)
  expect(before).toEqual([true, 'false', false])
}, 60_000)
