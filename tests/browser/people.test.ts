import { afterAll, beforeAll, expect, test } from 'vitest'
import { en } from '../../console/src/texts/en.ts'
import { listing } from '../server/harness.ts'
import { openConsole } from './open-console.ts'

let opened: Awaited<ReturnType<typeof openConsole>>
beforeAll(async () => {
  opened = await openConsole()
}, 120_000)
afterAll(() => opened.close())

const named = (text: string, values: Record<string, string>) =>
  Object.entries(values).reduce((line, [name, value]) => line.replace(`{${name}}`, value), text)

test('an administrator limits a role to a site and a market, reads it in plain words, and revokes it; a second administrator is asked where four eyes are needed', async () => {
  const { house, page, sender, cleanOf } = opened
  await house.person('second', 'administrator')
  const { id } = await house.person('rita', 'viewer')
  const event = listing({ listing_id: 'a', seller_id: 's', title: 'a thing' }, { id: 'e1', site: 'alpha' })
  expect((await house.call('POST', '/v1/events', { token: sender, body: event })).status).toBe(200)
  await expect
    .poll(async () => (await house.call('GET', '/v1/sites', { token: sender })).body.sites, { timeout: 20_000 })
    .toEqual(['alpha'])

  await page.goto(`${house.url}/people`)
  await page.getByRole('button', { name: `${en['grants.open']} rita` }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText(en['grants.everywhere'], { exact: true }).waitFor()
  await dialog.getByLabel(en['grants.role'], { exact: true }).selectOption('reviewer')
  await dialog.getByLabel('alpha').check()
  await dialog.getByLabel('Germany', { exact: true }).check()
  await dialog.getByLabel(en['grants.reason']).fill('reviews German listings')
  await cleanOf('grants')
  await dialog.getByRole('button', { name: en['grants.give'] }).click()
  const words = named(en['grants.onBoth'], { sites: 'alpha', markets: 'Germany' })
  await dialog.getByText(words, { exact: true }).first().waitFor()
  const held = async () =>
    (await house.app.access.grants.of(id)).map(({ role, sites, markets }) => [role, sites, markets])
  expect(await held()).toEqual([
    ['viewer', '[]', '[]'],
    ['reviewer', '["alpha"]', '["DE"]'],
  ])

  await dialog.getByLabel(en['grants.role'], { exact: true }).selectOption('administrator')
  await dialog.getByText(en['grants.fourEyes']).waitFor()
  await dialog.getByLabel(en['grants.reason']).fill('on call')
  await dialog.getByRole('button', { name: en['grants.give'] }).click()
  await page.getByText(en['approvals.pending']).first().waitFor()
  expect((await held()).length).toBe(2)

  await dialog.getByRole('button', { name: new RegExp(`${en['grants.end']}.*alpha`) }).click()
  await dialog.getByLabel(en['grants.endReason']).fill('moved on')
  await dialog.getByRole('button', { name: en['grants.end'], exact: true }).click()
  await page.getByText(en['grants.ended']).first().waitFor()
  expect(await held()).toEqual([['viewer', '[]', '[]']])
}, 90_000)

test('a change of the name of a person leaves the places of their roles as they are', async () => {
  const { house, page } = opened
  const { id } = await house.person('sam', 'viewer')
  const [grant] = await house.app.access.grants.of(id)
  const admin = await house.token('administrator')
  const scope = { role: 'viewer', markets: ['DE'], reason: 'only there' }
  expect((await house.call('POST', `/v1/users/${id}/grants`, { token: admin, body: scope })).status).toBe(200)
  const end = `/v1/grants/${grant?.grant_id}/end`
  expect((await house.call('POST', end, { token: admin, body: { reason: 'too wide' } })).status).toBe(200)
  await page.goto(`${house.url}/people`)
  await page.getByRole('button', { name: `${en['ui.edit']} sam` }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(en['people.name']).fill('Samuel')
  await dialog.getByRole('button', { name: en['ui.save'] }).click()
  await page.getByRole('button', { name: `${en['ui.edit']} Samuel` }).waitFor()
  expect((await house.app.access.grants.of(id)).map((row) => row.markets)).toEqual(['["DE"]'])
})
