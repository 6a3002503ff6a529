import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { en } from '../../console/src/texts/en.ts'
import { zh } from '../../console/src/texts/zh.ts'
import { type App, openApp } from '../../src/edge/app.ts'
import { buildConsole, composeServer, operator } from '../../src/edge/serve.ts'
import { nowMicros } from '../../src/kernel/time.ts'
import { caller, listing, testPacks } from '../server/harness.ts'

const chromiumPath = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path))
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const password = 'a-long-test-password'
const queues = `
- { id: plain, order: 1, title: { zh: 普通, en: Plain }, when: "title LIKE '%plain%'" }
- { id: sealed, order: 2, title: { zh: 封存, en: Sealed }, when: "title LIKE '%sealed%'", blind: true }
`
const folder = mkdtempSync(join(tmpdir(), 'aedile-floor-browser-'))
let app: App
let base: string
let browser: Browser
let close: () => Promise<void>

beforeAll(async () => {
  if (!chromiumPath) throw new Error('no Chromium: set CHROMIUM')
  buildConsole(() => undefined)
  const packs = join(folder, 'packs')
  cpSync(testPacks, packs, { recursive: true })
  mkdirSync(join(packs, 'queues'))
  writeFileSync(join(packs, 'queues', 'queues.yaml'), queues)
  const quiet = () => undefined
  app = await openApp({ folder: join(folder, 'data'), packs, log: quiet })
  const composed = await composeServer(app, {
    say: quiet,
    log: quiet,
    consoleFolder: join(import.meta.dirname, '../../dist/console'),
  })
  close = composed.close
  base = await composed.server.listen({ port: 0, host: '127.0.0.1' })
  for (const login of ['mia', 'noah'])
    await app.access.createUser({ login, name: login, roles: ['reviewer'], password, by: operator, now: nowMicros() })
  browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ['--headless', '--no-sandbox', '--disable-gpu'],
  })
}, 120_000)

afterAll(async () => {
  await browser?.close()
  await close?.()
  rmSync(folder, { recursive: true, force: true })
})

async function open(title: string, price: number): Promise<void> {
  const { token } = await app.access.createToken({
    name: 'sender',
    roles: ['strategist'],
    expiresAt: null,
    by: operator,
    now: nowMicros(),
  })
  const body = listing({ title, price })
  expect((await caller(base)('POST', '/v1/decide', { token, body })).body.verdict).toBe('review')
}

async function signIn(login: string, language: 'zh' | 'en'): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1366, height: 768 } })
  const page = await context.newPage()
  await page.addInitScript(
    (chosen) => localStorage.setItem('aedile.preferences', JSON.stringify({ language: chosen })),
    language,
  )
  const t = language === 'zh' ? zh : en
  await page.goto(`${base}/`)
  await page.getByLabel(t['signIn.login']).fill(login)
  await page.getByLabel(t['signIn.password']).fill(password)
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: t['nav.queue'] }).waitFor()
  return page
}

async function axe(page: Page, where: string): Promise<void> {
  await page.evaluate(axeSource)
  const violations = await page.evaluate(async () => {
    const { axe: engine } = globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string }[] }> } }
    return (await engine.run()).violations.map((found) => found.id)
  })
  expect(violations, `axe on ${where}`).toEqual([])
}

const decided = () => app.db.selectFrom('case_events').selectAll().where('type', '=', 'decided').orderBy('at').execute()

describe.each(['en', 'zh'] as const)('the floor in %s', (language) => {
  const t = language === 'zh' ? zh : en
  const word = (text: string) => `doubtful ${text} ${language}`

  test('queues, presence, two keys for a decision, undo, why a case is first', async () => {
    for (const price of [9000, 400, 10]) await open(word('plain'), price)
    await app.settled()
    const before = (await decided()).length
    const mia = await signIn('mia', language)
    await mia.goto(`${base}/queue?queue=plain`)
    await mia.getByRole('button', { name: language === 'zh' ? '普通' : 'Plain' }).waitFor()
    await mia.getByText(t['floor.forecast']).waitFor()
    // Nobody has decided anything yet: what is due within the forecast is marked, with the reason in words.
    await mia.locator('[data-late]').getByText(t['due.willBeLate'], { exact: true }).first().waitFor()
    expect(await mia.locator('[data-late]').first().getAttribute('title')).not.toBe('')
    await axe(mia, `the queue in ${language}`)
    await mia.keyboard.press('n')
    await mia.getByText(t['priority.why']).click()
    await mia.getByText(t['priority.product']).waitFor()
    // The dearest is first: the same severity, more at stake.
    expect(await mia.locator('.evidence').textContent()).toMatch(/9,?000/)

    const noah = await signIn('noah', language)
    await noah.goto(`${base}/queue?queue=plain`)
    await noah.getByRole('region', { name: t['floor.who'] }).getByText('mia').first().waitFor()
    await noah.context().close()

    const first = new URL(mia.url()).pathname
    await mia.keyboard.press('5')
    await mia.keyboard.press('n')
    await mia.waitForURL((url) => url.pathname !== first && url.pathname.startsWith('/cases/'))
    expect((await decided()).length).toBe(before + 1)
    await mia.keyboard.press('u')
    await mia.waitForURL((url) => url.pathname === first)
    const row = await app.db
      .selectFrom('case_state')
      .selectAll()
      .where('case_id', '=', first.split('/')[2] ?? '')
      .executeTakeFirst()
    expect(row?.status).toBe('open')
    await mia.context().close()
  })

  test('several at once: ticked, previewed, confirmed by typing, decided once', async () => {
    for (const price of [20, 30]) await open(word('bulk'), price)
    await app.settled()
    const before = (await decided()).length
    const noah = await signIn('noah', language)
    await noah.goto(`${base}/queue?queue=loop&q=${encodeURIComponent(word('bulk'))}`)
    const boxes = noah.getByRole('checkbox')
    await boxes.nth(1).waitFor()
    await boxes.nth(0).check()
    await boxes.nth(1).check()
    await noah.getByRole('button', { name: t['bulk.decide'] }).click()
    await noah.getByLabel(t['bulk.outcome']).selectOption('remove')
    const apply = noah.getByRole('button', { name: t['bulk.apply'], exact: true })
    const field = noah.getByRole('dialog').getByRole('textbox')
    await field.waitFor()
    await axe(noah, `the bulk dialog in ${language}`)
    expect(await apply.isDisabled()).toBe(true)
    await field.fill('remove 3')
    expect(await apply.isDisabled()).toBe(true)
    await field.fill('remove 2')
    await apply.click()
    await noah.getByRole('dialog').waitFor({ state: 'detached' })
    expect((await decided()).length).toBe(before + 2)
    await noah.context().close()
  })

  test('a blind case shows the thing and the policies, not what was proposed', async () => {
    await open(word('sealed'), 50)
    await app.settled()
    const mia = await signIn('mia', language)
    await mia.goto(`${base}/queue?queue=sealed`)
    await mia.getByRole('link', { name: word('sealed') }).waitFor()
    await mia.keyboard.press('n')
    await mia.getByText(t['review.blind.hint']).waitFor()
    expect(await mia.getByText('loop/doubtful').count()).toBe(0)
    expect(await mia.locator('mark').count()).toBe(0)
    await axe(mia, `a blind case in ${language}`)
    await mia.context().close()
  })
})
