import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bytesOf, picture } from '../pictures.ts'
import { type House, listing } from '../server/harness.ts'
import { cleanOf } from './look.ts'
import { openBrowser, openConsole, type Shown, texts } from './open-console.ts'

const { en } = texts
let shown: Shown
let house: House
let admin = ''

beforeAll(async () => {
  shown = await openConsole()
  house = shown.house
  admin = await house.token('administrator')
  for (const name of ['rita', 'sven']) await shown.person(name, 'reviewer')
})
afterAll(() => shown?.close())

/** A seller with an account and something to appeal against. */
async function seller(name: string): Promise<{ login: string; password: string }> {
  const event = listing({ listing_id: `${name}-thing`, seller_id: `${name}-shop`, title: `forbidden of ${name}` })
  expect((await house.call('POST', '/v1/decide', { token: admin, body: event })).status).toBe(200)
  await house.app.settled()
  const made = await house.call('POST', '/v1/invitations', {
    token: admin,
    body: { party_type: 'seller', party_id: `${name}-shop`, name },
  })
  const body = { invitation: made.body.invitation, login: name, password: `password of ${name}` }
  expect((await house.call('POST', '/v1/invitation/accept', { body })).status).toBe(200)
  return body
}

const blurOf = async (page: Page) =>
  String(await page.evaluate('getComputedStyle(document.querySelector(".picture img")).filter'))

test.each([
  ['en', 'light'],
  ['zh', 'dark'],
] as const)(
  'in %s: a picture in an appeal → the reviewer sees it blurred, shows it, draws a box → the second reviewer sees the box',
  async (language, theme) => {
    const t = texts[language]
    const name = `shop-${language}`
    const account = await seller(name)
    const outside = await openBrowser(house.url)
    const phone = await outside.signIn(account, '/my/violations', { language, theme, width: 390, height: 844 })
    await phone.locator('.portal-list a').first().click()
    await phone.getByLabel(t['my.appeal.text']).fill('Look at the label in the picture')
    const disguised = { name: 'not-a-picture.png', mimeType: 'image/png', buffer: Buffer.from(bytesOf('<html>')) }
    await phone.locator('input[type=file]').setInputFiles(disguised)
    await phone.getByRole('alert').waitFor()
    const photo = Buffer.from(await picture('seagreen', { width: 640, height: 400 }))
    await phone.locator('input[type=file]').setInputFiles([
      { name: 'label.png', mimeType: 'image/png', buffer: photo },
      { name: 'words.txt', mimeType: 'text/plain', buffer: Buffer.from('the licence number') },
    ])
    await phone.getByText('words.txt', { exact: true }).waitFor()
    await cleanOf(phone, `files-appeal-form-${language}-${theme}`)
    await phone.getByRole('button', { name: t['my.appeal.send'] }).click()
    await phone.getByRole('list', { name: t['files.title'] }).getByText('label.png').waitFor()
    await cleanOf(phone, `appeal-sent-${language}-${theme}`)
    await outside.close()

    const open = await house.call('GET', '/v1/appeals?status=open', { token: admin })
    const appeal = open.body.items.find((row: { party: { id: string } }) => row.party.id === `${name}-shop`)
    const rita = await shown.signIn('rita', `/appeals/${appeal.appeal_id}`, { language, theme })
    const frame = rita.locator('.picture .frame')
    await frame.locator('img').waitFor()
    expect(await blurOf(rita)).toContain('blur')
    await rita.getByRole('button', { name: t['picture.reveal'].replace('{name}', 'label.png') }).click()
    await expect.poll(() => blurOf(rita)).not.toContain('blur')
    await rita.getByRole('button', { name: t['picture.mark'], exact: true }).click()
    const at = (await frame.boundingBox()) ?? expect.unreachable()
    await rita.mouse.move(at.x + at.width * 0.2, at.y + at.height * 0.25)
    await rita.mouse.down()
    await rita.mouse.move(at.x + at.width * 0.6, at.y + at.height * 0.75, { steps: 4 })
    await rita.mouse.up()
    await rita.getByLabel(t['picture.mark.note']).fill('the label')
    await cleanOf(rita, `drawing-${language}-${theme}`)
    await rita.getByRole('button', { name: t['picture.mark.save'] }).click()
    await rita.locator('.regions').getByText('the label').waitFor()
    await cleanOf(rita, `marked-${language}-${theme}`)
    await rita.context().close()

    const sven = await shown.signIn('sven', `/appeals/${appeal.appeal_id}`, { language, theme })
    await sven.locator('.regions').getByText('the label').waitFor()
    expect(await sven.locator('.regions').innerText()).toContain('rita')
    const region = sven.locator('.picture .region').first()
    const inner = (await region.boundingBox()) ?? expect.unreachable()
    const outer = (await sven.locator('.picture .frame').boundingBox()) ?? expect.unreachable()
    expect((inner.x - outer.x) / outer.width).toBeCloseTo(0.2, 1)
    expect(inner.width / outer.width).toBeCloseTo(0.4, 1)
    expect(await blurOf(sven)).toContain('blur')
    expect(await sven.getByRole('button', { name: /the label/ }).count()).toBe(0)
    await cleanOf(sven, `second-${language}-${theme}`)
    await sven.context().close()
  },
)

test('in the workspace a box is drawn with the keys alone; a picture elsewhere is named and never asked for', async () => {
  const images = ['https://img.example.com/outside.png']
  const data = { listing_id: 'keyed', seller_id: 'keyed-shop', title: 'doubtful goods', images }
  await house.call('POST', '/v1/decide', { token: admin, body: listing(data) })
  await house.app.settled()
  const row = await house.app.db
    .selectFrom('cases')
    .selectAll()
    .where('subject_id', '=', 'keyed')
    .executeTakeFirstOrThrow()
  const page = await shown.signIn('rita', '/', { theme: 'dark' })
  const elsewhere: string[] = []
  page.on('request', (request) => void (request.url().startsWith(house.url) || elsewhere.push(request.url())))
  await page.goto(`${house.url}/cases/${row.case_id}`)
  await page.getByText('AEDILE_IMAGE_HOSTS=img.example.com').waitFor()
  const photo = Buffer.from(await picture('peru', { width: 500, height: 300 }))
  await page.locator('input[type=file]').setInputFiles({ name: 'own.png', mimeType: 'image/png', buffer: photo })
  await page.locator('.picture img').waitFor()
  await page.getByRole('button', { name: en['picture.mark'], exact: true }).focus()
  await page.keyboard.press('Enter')
  await page.locator('.draw:focus').waitFor()
  for (const key of ['ArrowLeft', 'ArrowLeft', 'ArrowUp', 'Shift+ArrowRight', 'Shift+ArrowDown'])
    await page.keyboard.press(key)
  await page.keyboard.press('Enter')
  await page.keyboard.type('a serial number')
  await page.keyboard.press('Enter')
  await page.locator('.regions').getByText('a serial number').waitFor()
  await cleanOf(page, 'workspace-en-dark')
  const { marks } = (await house.call('GET', `/v1/cases/${row.case_id}`, { token: admin })).body
  expect(marks[0].box).toEqual({ x: 0.31, y: 0.33, width: 0.32, height: 0.32 })
  await page.getByRole('button', { name: en['picture.unmark'].replace('{what}', 'a serial number') }).click()
  await page.locator('.regions').waitFor({ state: 'detached' })
  expect(elsewhere).toEqual([])
  await page.context().close()
})

test('somebody without an account attaches a picture to a notice; whoever reads the notice sees it', async () => {
  const page = await shown.page('/report', { width: 390, height: 844 })
  const photo = Buffer.from(await picture('firebrick', { width: 300, height: 200 }))
  await page.locator('input[type=file]').setInputFiles({ name: 'seen.png', mimeType: 'image/png', buffer: photo })
  await page.getByText('seen.png', { exact: true }).waitFor()
  await page.locator('[name=target_id]').fill('some-listing')
  await page.locator('[name=reason]').selectOption({ index: 1 })
  await page.locator('[name=text]').fill('This is not what it says it is')
  await cleanOf(page, 'report-en')
  await page.getByRole('button', { name: en['report.send'] }).click()
  const number = await page.locator('[data-notice]').innerText()
  await page.context().close()
  await house.app.inbound.tick(Date.now() * 1000)
  await expect
    .poll(async () => (await house.call('GET', `/v1/inbound/notices/${number}`, { token: admin })).status)
    .toBe(200)
  const reader = await shown.signIn('rita', `/inbound/${number}`)
  await reader.locator('.picture img').waitFor()
  expect(await blurOf(reader)).toContain('blur')
  await cleanOf(reader, 'notice-en-light')
  await reader.context().close()
})
