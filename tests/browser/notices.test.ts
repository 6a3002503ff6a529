import { afterAll, beforeAll, expect, test } from 'vitest'
import { en } from '../../console/src/texts/en.ts'
import { zh } from '../../console/src/texts/zh.ts'
import { patience } from '../../scripts/chromium.ts'
import { nowMicros } from '../../src/kernel/time.ts'
import { undoMicros } from '../../src/review/cases/index.ts'
import { listing } from '../server/harness.ts'
import { cleanOf } from './look.ts'
import { openConsole, type Shown } from './open-console.ts'

let shown: Shown

beforeAll(async () => {
  shown = await openConsole()
  await shown.person('anna', 'administrator')
  const bag = { listing_id: 'bag-1', seller_id: 'shop-1', title: 'Leather bag', ship_to: ['DE'] }
  await shown.api('POST', '/v1/decide', listing(bag))
  await shown.house.app.settled()
})
afterAll(() => shown?.close())

test('somebody without an account reports a listing, a reviewer decides, and the notifier reads the outcome', async () => {
  const { app } = shown.house
  const page = await shown.page('/report')
  await page.getByRole('heading', { level: 1, name: en['report.title'] }).waitFor()
  await cleanOf(page, 'the form')
  await page.getByLabel(en['report.target'], { exact: true }).fill('bag-1')
  await page.locator('select[name=market]').selectOption('DE')
  await page.locator('select[name=reason]').selectOption('counterfeit')
  await page.locator('textarea[name=text]').fill('The seams and the logo are not those of the brand.')
  await page.locator('input[name=email]').fill('anna@example.org')
  // The country asks for a statement of good faith: without it the form does not go.
  await page.getByRole('button', { name: en['report.send'] }).click()
  expect(await page.locator('input[name=good_faith]:invalid').count()).toBe(1)
  await page.locator('input[name=good_faith]').check()
  await page.getByRole('button', { name: en['report.send'] }).click()
  await page.getByRole('heading', { name: en['report.receipt'] }).waitFor()
  await cleanOf(page, 'the receipt')
  const id = (await page.locator('[data-notice]').textContent()) ?? ''
  expect(id).toMatch(/^ntf_[0-9a-f]{24}$/)
  await app.settled()
  await page.getByRole('link', { name: en['report.followNow'] }).click()
  await page.locator('[data-state=case]').waitFor()
  await cleanOf(page, 'the state')

  const staff = await shown.signIn('anna', '/inbound')
  await staff.getByRole('link', { name: 'bag-1' }).click()
  await staff.getByText('The seams and the logo').waitFor()
  await cleanOf(staff, 'the notice')
  await staff.getByRole('button', { name: en['inbound.contact'] }).click()
  await staff.getByText('anna@example.org').waitFor()
  await staff.getByRole('link', { name: en['inbound.toCase'] }).click()
  await staff.getByRole('heading', { level: 1, name: 'Leather bag' }).waitFor()
  await staff.getByRole('heading', { name: '1 notice from outside' }).waitFor()
  await staff.getByRole('radio', { name: 'Remove', exact: true }).check()
  await staff.getByRole('button', { name: en['action.submit'], exact: false }).first().click()
  await expect
    .poll(async () => (await app.db.selectFrom('case_state').select('status').execute())[0]?.status, {
      timeout: patience,
    })
    .toBe('decided')
  await app.cases.settle(nowMicros() + undoMicros + 1)
  await app.settled()

  await page.reload()
  await page.locator('[data-state=informed]').waitFor()
  const told = await page.locator('.replies').textContent()
  expect(told).toMatch(/We checked it and acted: Delist/)
  expect(told).toMatch(/within six months you can complain to us free of charge/)
})

test.each(['en', 'zh'] as const)(
  'in %s: nothing was done about a notice; its notifier complains with number and code, another person decides, and it is answered',
  async (language) => {
    const texts = { en, zh }[language]
    const id = `bag-${language}`
    const { app, call } = shown.house
    await shown.api(
      'POST',
      '/v1/decide',
      listing({ listing_id: id, seller_id: 'shop-2', title: 'A bag', ship_to: ['DE'] }),
    )
    await app.settled()
    const filing = {
      target_type: 'listing',
      target_id: id,
      reason: 'counterfeit',
      text: 'The zip is not the real one.',
    }
    const receipt = await app.inbound.filePublic({ kind: 'user_report', ...filing }, nowMicros())
    await app.settled()
    const { case_id } = await app.inbound.find(receipt.notice_id)
    const post = async (path: string, token: string, body: unknown = {}) =>
      expect([path, (await call('POST', path, { token, body })).status]).toEqual([path, 200])
    const [first, second] = [await shown.house.token('administrator'), await shown.house.token('administrator')]
    await post(`/v1/cases/${case_id}/lease`, first)
    await post(`/v1/cases/${case_id}/decide`, first, { outcome: 'allow' })
    await app.cases.settle(nowMicros() + undoMicros + 1)
    await app.settled()

    const look = { language, theme: language === 'zh' ? 'dark' : 'light' } as const
    const page = await shown.page(`/report/status#${receipt.notice_id}.${receipt.token}`, look)
    await page.locator('[data-state=informed]').waitFor()
    await page.getByRole('button', { name: texts['report.complaint.start'] }).click()
    await page.getByLabel(texts['report.complaint.text']).fill('The second picture shows the copied logo.')
    await cleanOf(page, `the complaint in ${language}`)
    await page.getByRole('button', { name: texts['report.send'] }).click()
    await page.locator('[data-complaint=open]').waitFor()
    const [filed] = await app.db.selectFrom('appeals').selectAll().where('subject_id', '=', id).execute()
    await post(`/v1/appeals/${filed?.appeal_id}/decide`, second, {
      outcome: 'overturned',
      note: 'The logo is copied.',
      impose: [{ kind: 'delist' }],
    })
    await app.settled()
    await page.reload()
    await page.locator('[data-complaint=overturned]').waitFor()
    expect(await page.locator('.replies').textContent()).toContain('The logo is copied.')
    await cleanOf(page, `the answer in ${language}`)

    const staff = await shown.signIn('anna', `/inbound/${receipt.notice_id}`, { language })
    await staff.getByRole('link', { name: texts['report.complaint.state.overturned'] }).waitFor()
  },
)

test('the form, the receipt and the inbox speak Chinese in the dark, too, and a wrong code is answered kindly', async () => {
  const look = { language: 'zh', theme: 'dark' } as const
  const page = await shown.page('/report/status', look)
  await page.getByLabel(zh['report.number']).fill('ntf_nothing')
  await page.getByLabel(zh['report.code']).fill('wrong')
  await page.getByRole('button', { name: zh['report.followNow'] }).click()
  await page.getByRole('alert').getByText('没有这个编号，或口令不对').waitFor()
  await cleanOf(page, 'a wrong code')
  await page.goto(`${shown.house.url}/report`)
  await page.locator('select[name=kind]').selectOption('rights_notice')
  await page.locator('input[name=right_owner]').waitFor()
  await cleanOf(page, 'the form for rights')
  const staff = await shown.signIn('anna', '/inbound?tab=channels', look)
  await staff.getByRole('cell', { name: zh['inbound.beat.ok'] }).waitFor()
  await cleanOf(staff, 'channels')
  for (const tab of ['sources', 'measures']) {
    await staff.goto(`${shown.house.url}/inbound?tab=${tab}`)
    await staff.getByRole('tabpanel').locator('.empty').waitFor()
    await cleanOf(staff, tab)
  }
})

test('a right and an authorisation are registered in the console, and the check says who may use the brand where', async () => {
  const page = await shown.signIn('anna', '/rights?tab=register')
  await page.getByText(en['rights.register.none']).waitFor()
  await page.getByRole('button', { name: en['rights.register.add'] }).click()
  const dialog = page.getByRole('dialog')
  for (const [name, value] of [
    ['brand', 'Acme'],
    ['owner', 'Acme Inc.'],
    ['office', 'EUIPO'],
    ['number', '018000001'],
    ['territory', 'EU'],
    ['aliases', 'Akme'],
  ] as const)
    await dialog.locator(`input[name=${name}]`).fill(value)
  await cleanOf(page, 'adding a right')
  await dialog.getByRole('button', { name: en['rights.register.add'] }).click()
  await page.getByRole('rowheader', { name: 'Acme · Akme' }).waitFor()
  await page.goto(`${shown.house.url}/rights?tab=authorisations`)
  await page.getByRole('button', { name: en['rights.authorisations.add'] }).click()
  await dialog.locator('input[name=brand]').fill('Acme')
  await dialog.locator('input[name=seller]').fill('shop-1')
  await dialog.locator('input[name=territory]').fill('DE')
  await dialog.getByRole('button', { name: en['rights.authorisations.add'] }).click()
  await page.getByRole('rowheader', { name: 'Acme' }).waitFor()
  const check = page.getByRole('form', { name: en['rights.check'] })
  await check.locator('input[name=seller]').fill('shop-1')
  // A writing that nobody registered and that looks like one that somebody did.
  await check.locator('input[name=brand]').fill('Асme')
  await check.locator('input[name=market]').fill('DE')
  await check.getByRole('button').click()
  await check.locator('[data-suggestion=look-alike]').getByText('Acme', { exact: false }).waitFor()
  await cleanOf(page, 'a suggestion')
  await check.locator('input[name=brand]').fill('AKME')
  for (const [market, answer] of [
    ['DE', 'authorised'],
    ['FR', 'it does not cover this market, class, channel or time'],
  ] as const) {
    await check.locator('input[name=market]').fill(market)
    await check.getByRole('button').click()
    await check.getByRole('status').getByText(answer, { exact: true }).waitFor()
  }
  await cleanOf(page, 'the check')
  for (const tab of ['claims', 'notifiers', 'infringers']) {
    await page.goto(`${shown.house.url}/rights?tab=${tab}`)
    await page.getByRole('tabpanel').locator('.empty').waitFor()
    await cleanOf(page, tab)
  }
})
