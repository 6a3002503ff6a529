import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { en } from '../../console/src/texts/en.ts'
import { zh } from '../../console/src/texts/zh.ts'
import { type App, openApp } from '../../src/edge/app.ts'
import { buildConsole, composeServer, operator } from '../../src/edge/serve.ts'
import { nowMicros } from '../../src/kernel/time.ts'
import { undoMicros } from '../../src/review/cases/index.ts'
import { listing, testPacks } from '../server/harness.ts'

const root = join(import.meta.dirname, '../..')
const chromiumPath = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path))
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const password = 'a-long-test-password'

let folder: string
let app: App
let closeServer: () => Promise<void>
let base: string
let browser: Browser

beforeAll(async () => {
  if (!chromiumPath) throw new Error('no Chromium: install it or set CHROMIUM')
  buildConsole(() => undefined)
  folder = mkdtempSync(join(tmpdir(), 'aedile-notices-'))
  const log = () => undefined
  app = await openApp({ folder, packs: testPacks, log })
  const { server, close } = await composeServer(app, { say: log, log, consoleFolder: join(root, 'dist', 'console') })
  closeServer = close
  base = await server.listen({ port: 0, host: '127.0.0.1' })
  await app.access.firstAdministrator(nowMicros(), password)
  const offered = app.pipeline.submit(
    listing({ listing_id: 'bag-1', seller_id: 'shop-1', title: 'Leather bag', ship_to: ['DE'] }),
  )
  if (offered.status !== 'accepted') throw new Error(offered.status)
  await offered.durable
  await app.settled()
  browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  })
}, 180_000)

afterAll(async () => {
  await browser?.close()
  await closeServer?.()
  rmSync(folder, { recursive: true, force: true })
})

async function openPage(language: 'en' | 'zh', theme = 'light'): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  await context.addInitScript(
    ([l, t]) => localStorage.setItem('aedile.preferences', JSON.stringify({ language: l, theme: t })),
    [language, theme],
  )
  return context.newPage()
}

const tokenOf = async (): Promise<string> =>
  (
    await app.access.createToken({
      name: 'reviewer',
      roles: ['administrator'],
      expiresAt: null,
      by: operator,
      now: nowMicros(),
    })
  ).token

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axeSource)
  // As text: this file is checked without the types of the browser.
  return page.evaluate(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
      .then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes[0].html.slice(0, 160)))`,
  )
}

test('somebody without an account reports a listing, a reviewer decides, and the notifier reads the outcome', async () => {
  const page = await openPage('en')
  await page.goto(`${base}/report`)
  await page.getByRole('heading', { level: 1, name: en['report.title'] }).waitFor()
  expect(await violations(page)).toEqual([])
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
  expect(await violations(page)).toEqual([])
  const id = (await page.locator('[data-notice]').textContent()) ?? ''
  expect(id).toMatch(/^ntf_[0-9a-f]{24}$/)
  await app.settled()
  await page.getByRole('link', { name: en['report.followNow'] }).click()
  await page.locator('[data-state=case]').waitFor()
  expect(await violations(page)).toEqual([])

  const staff = await openPage('en')
  await staff.goto(`${base}/inbound`)
  await staff.fill('input[name=login]', 'admin')
  await staff.fill('input[name=password]', password)
  await staff.click('button[type=submit]')
  await staff.getByRole('link', { name: 'bag-1' }).click()
  await staff.getByText('The seams and the logo').waitFor()
  expect(await violations(staff)).toEqual([])
  await staff.getByRole('button', { name: en['inbound.contact'] }).click()
  await staff.getByText('anna@example.org').waitFor()
  await staff.getByRole('link', { name: en['inbound.toCase'] }).click()
  await staff.getByRole('heading', { level: 1, name: 'Leather bag' }).waitFor()
  await staff.getByRole('heading', { name: '1 notice from outside' }).waitFor()
  await staff.getByRole('radio', { name: 'Remove', exact: true }).check()
  await staff.getByRole('button', { name: en['action.submit'], exact: false }).first().click()
  await expect
    .poll(async () => (await app.db.selectFrom('case_state').select('status').execute())[0]?.status, {
      timeout: 10_000,
    })
    .toBe('decided')
  await app.cases.settle(nowMicros() + undoMicros + 1)
  await app.settled()

  await page.reload()
  await page.locator('[data-state=informed]').waitFor()
  const told = await page.locator('.replies').textContent()
  expect(told).toMatch(/We checked it and acted: Delist/)
  expect(told).toMatch(/within six months you can complain to us free of charge/)
}, 120_000)

test.each(['en', 'zh'] as const)(
  'in %s: nothing was done about a notice; its notifier complains with number and code, another person decides, and it is answered',
  async (language) => {
    const texts = { en, zh }[language]
    const id = `bag-${language}`
    const offered = app.pipeline.submit(
      listing({ listing_id: id, seller_id: 'shop-2', title: 'A bag', ship_to: ['DE'] }),
    )
    if (offered.status !== 'accepted') throw new Error(offered.status)
    await offered.durable
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
    const call = async (path: string, token: string, body: unknown = {}) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const answer = await fetch(`${base}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
      expect([path, answer.status]).toEqual([path, 200])
    }
    const [first, second] = [await tokenOf(), await tokenOf()]
    await call(`/v1/cases/${case_id}/lease`, first)
    await call(`/v1/cases/${case_id}/decide`, first, { outcome: 'allow' })
    await app.cases.settle(nowMicros() + undoMicros + 1)
    await app.settled()

    const page = await openPage(language, language === 'zh' ? 'dark' : 'light')
    await page.goto(`${base}/report/status#${receipt.notice_id}.${receipt.token}`)
    await page.locator('[data-state=informed]').waitFor()
    await page.getByRole('button', { name: texts['report.complaint.start'] }).click()
    await page.getByLabel(texts['report.complaint.text']).fill('The second picture shows the copied logo.')
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: texts['report.send'] }).click()
    await page.locator('[data-complaint=open]').waitFor()
    const [filed] = await app.db.selectFrom('appeals').selectAll().where('subject_id', '=', id).execute()
    await call(`/v1/appeals/${filed?.appeal_id}/decide`, second, {
      outcome: 'overturned',
      note: 'The logo is copied.',
      impose: [{ kind: 'delist' }],
    })
    await app.settled()
    await page.reload()
    await page.locator('[data-complaint=overturned]').waitFor()
    expect(await page.locator('.replies').textContent()).toContain('The logo is copied.')
    expect(await violations(page)).toEqual([])

    const staff = await openPage(language)
    await staff.goto(`${base}/inbound/${receipt.notice_id}`)
    await staff.fill('input[name=login]', 'admin')
    await staff.fill('input[name=password]', password)
    await staff.click('button[type=submit]')
    await staff.getByRole('link', { name: texts['report.complaint.state.overturned'] }).waitFor()
  },
  120_000,
)

test('the form, the receipt and the inbox speak Chinese in the dark, too, and a wrong code is answered kindly', async () => {
  const page = await openPage('zh', 'dark')
  await page.goto(`${base}/report/status`)
  await page.getByLabel(zh['report.number']).fill('ntf_nothing')
  await page.getByLabel(zh['report.code']).fill('wrong')
  await page.getByRole('button', { name: zh['report.followNow'] }).click()
  await page.getByRole('alert').getByText('没有这个编号，或口令不对').waitFor()
  expect(await violations(page)).toEqual([])
  await page.goto(`${base}/report`)
  await page.locator('select[name=kind]').selectOption('rights_notice')
  await page.locator('input[name=right_owner]').waitFor()
  expect(await violations(page)).toEqual([])
  await page.goto(`${base}/inbound?tab=channels`)
  await page.fill('input[name=login]', 'admin')
  await page.fill('input[name=password]', password)
  await page.click('button[type=submit]')
  await page.getByRole('cell', { name: zh['inbound.beat.ok'] }).waitFor()
  expect(await violations(page)).toEqual([])
  for (const tab of ['sources', 'measures']) {
    await page.goto(`${base}/inbound?tab=${tab}`)
    await page.getByRole('tabpanel').locator('.empty').waitFor()
    expect(await violations(page)).toEqual([])
  }
}, 60_000)

test('a right and an authorisation are registered in the console, and the check says who may use the brand where', async () => {
  const page = await openPage('en')
  await page.goto(`${base}/rights?tab=register`)
  await page.fill('input[name=login]', 'admin')
  await page.fill('input[name=password]', password)
  await page.click('button[type=submit]')
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
  expect(await violations(page)).toEqual([])
  await dialog.getByRole('button', { name: en['rights.register.add'] }).click()
  await page.getByRole('rowheader', { name: 'Acme · Akme' }).waitFor()
  await page.goto(`${base}/rights?tab=authorisations`)
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
  expect(await violations(page)).toEqual([])
  await check.locator('input[name=brand]').fill('AKME')
  for (const [market, answer] of [
    ['DE', 'authorised'],
    ['FR', 'it does not cover this market, class, channel or time'],
  ] as const) {
    await check.locator('input[name=market]').fill(market)
    await check.getByRole('button').click()
    await check.getByRole('status').getByText(answer, { exact: true }).waitFor()
  }
  expect(await violations(page)).toEqual([])
  for (const tab of ['claims', 'notifiers', 'infringers']) {
    await page.goto(`${base}/rights?tab=${tab}`)
    await page.getByRole('tabpanel').locator('.empty').waitFor()
    expect(await violations(page)).toEqual([])
  }
}, 60_000)
