import { afterAll, beforeAll, expect, test } from 'vitest'
import { en } from '../../console/src/texts/en.ts'
import { zh } from '../../console/src/texts/zh.ts'
import { patience } from '../../scripts/chromium.ts'
import { listing } from '../server/harness.ts'
import { cleanOf } from './look.ts'
import { openConsole, type Shown } from './open-console.ts'

let shown: Shown
beforeAll(async () => {
  shown = await openConsole()
  await shown.person('anna', 'administrator')
})
afterAll(() => shown?.close())

const named = (text: string, values: Record<string, string>) =>
  Object.entries(values).reduce((line, [name, value]) => line.replace(`{${name}}`, value), text)

test('an administrator limits a role to a site and a market, reads it in plain words, and revokes it; a second administrator is asked where four eyes are needed', async () => {
  const { house, api } = shown
  await house.person('second', 'administrator')
  const { id } = await house.person('rita', 'viewer')
  const event = listing({ listing_id: 'a', seller_id: 's', title: 'a thing' }, { id: 'e1', site: 'alpha' })
  await api('POST', '/v1/events', event)
  await expect.poll(async () => (await api('GET', '/v1/sites')).sites, { timeout: patience }).toEqual(['alpha'])

  const page = await shown.signIn('anna', '/people')
  await page.getByRole('button', { name: `${en['grants.open']} rita` }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText(en['grants.everywhere'], { exact: true }).waitFor()
  await dialog.getByLabel(en['grants.role'], { exact: true }).selectOption('reviewer')
  await dialog.getByLabel('alpha').check()
  await dialog.getByLabel('Germany', { exact: true }).check()
  await dialog.getByLabel(en['grants.reason']).fill('reviews German listings')
  await cleanOf(page, 'grants')
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
  await page
    .getByText(
      named(en['approvals.what.grant'], { name: 'rita', role: 'Administrator', where: en['grants.everywhere'] }),
    )
    .waitFor()

  await dialog.getByRole('button', { name: new RegExp(`${en['grants.end']}.*alpha`) }).click()
  await dialog.getByLabel(en['grants.endReason']).fill('moved on')
  await dialog.getByRole('button', { name: en['grants.end'], exact: true }).click()
  await page.getByText(en['grants.ended']).first().waitFor()
  expect(await held()).toEqual([['viewer', '[]', '[]']])
})

test('in Chinese a request says whom it changes and how, and reasons that Aedile gives itself are Chinese', async () => {
  const { house } = shown
  const { id } = await house.person('tao', 'viewer')
  await house.person('other', 'administrator')
  const page = await shown.signIn('anna', '/people', { language: 'zh' })
  const asked = await page.request.put(`${house.url}/v1/users/${id}`, {
    headers: { 'x-aedile': 'console' },
    data: { roles: ['administrator', 'qa'] },
  })
  expect(await asked.json()).toMatchObject({ pending: true })
  await page.reload()
  await page.getByText('tao 的角色改为：管理员、质检，范围：全部站点与市场').waitFor()
  expect(await page.getByText(id).count()).toBe(0)
  await cleanOf(page, 'requests-zh')
  await page.getByRole('button', { name: `${zh['grants.open']} tao` }).click()
  await page.getByRole('dialog').getByText(zh['grants.because.added']).waitFor()
})

test('a change of the name of a person leaves the places of their roles as they are', async () => {
  const { house, api } = shown
  const { id } = await house.person('sam', 'viewer')
  const [grant] = await house.app.access.grants.of(id)
  await api('POST', `/v1/users/${id}/grants`, { role: 'viewer', markets: ['DE'], reason: 'only there' })
  await api('POST', `/v1/grants/${grant?.grant_id}/end`, { reason: 'too wide' })
  const page = await shown.signIn('anna', '/people')
  await page.getByRole('button', { name: `${en['ui.edit']} sam` }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(en['people.name']).fill('Samuel')
  await dialog.getByRole('button', { name: en['ui.save'] }).click()
  await page.getByRole('button', { name: `${en['ui.edit']} Samuel` }).waitFor()
  expect((await house.app.access.grants.of(id)).map((row) => row.markets)).toEqual(['["DE"]'])
})
