import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { en } from '../../console/src/texts/en.ts'
import { zh } from '../../console/src/texts/zh.ts'
import { buildConsole } from '../../src/edge/serve.ts'

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
let server: ChildProcess
let browser: Browser
let base: string
let token: string

async function api(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const answer = await fetch(`${base}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
  const json = (await answer.json()) as Record<string, unknown>
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(json)}`)
  return json
}

async function waitFor<T>(what: string, probe: () => Promise<T | null | undefined | false>): Promise<T> {
  for (const end = Date.now() + 40_000; Date.now() < end; ) {
    const found = await probe()
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
  throw new Error(`timed out: ${what}`)
}

beforeAll(async () => {
  if (!chromiumPath) throw new Error('no Chromium: install it or set CHROMIUM')
  buildConsole(() => undefined)
  folder = mkdtempSync(join(tmpdir(), 'aedile-portal-'))
  server = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(root, 'src/main.ts'), 'start', '--empty'],
    {
      env: { ...process.env, AEDILE_DATA: folder, PORT: '0', AEDILE_ADMIN_PASSWORD: password },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
  const file = join(folder, 'server.json')
  await waitFor('the server', async () => existsSync(file))
  ;({ url: base, token } = JSON.parse(readFileSync(file, 'utf8')) as { url: string; token: string })
  browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ['--headless', '--no-sandbox', '--disable-gpu'],
  })
}, 120_000)

afterAll(async () => {
  await browser?.close()
  const gone = new Promise((resolve) => server?.once('exit', resolve))
  server?.kill('SIGTERM')
  await gone
  rmSync(folder, { recursive: true, force: true })
})

async function open(language: 'zh' | 'en', theme: 'light' | 'dark', path: string): Promise<Page> {
  // The width of a phone: sellers read this there.
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } })
  const page = await context.newPage()
  await page.addInitScript((chosen) => localStorage.setItem('aedile.preferences', JSON.stringify(chosen)), {
    language,
    theme,
  })
  await page.goto(`${base}${path}`)
  return page
}

async function check(page: Page, where: string): Promise<void> {
  await page.evaluate(axeSource)
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { target: string[] }[] }[] }> }
    }
    return (await axe.run()).violations.map(
      (found) => `${found.id}: ${found.nodes.map((node) => node.target).join(' | ')}`,
    )
  })
  expect(violations, `axe on ${where}`).toEqual([])
  const wide = Number(
    await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
  )
  expect(wide, `${where} scrolls sideways`).toBeLessThanOrEqual(0)
  const shots = process.env['SCREENSHOTS']
  if (shots) await page.screenshot({ path: join(shots, `${where}.png`), fullPage: true })
}

test.each([
  ['zh', 'dark'],
  ['en', 'light'],
] as const)(
  'in %s: invited → signs in → sees the violation → appeals → staff overturn → it is restored',
  async (language, theme) => {
    const t = language === 'zh' ? zh : en
    const seller = `S-${language}`
    await api('POST', '/v1/events', {
      events: [
        {
          id: `e-${language}`,
          source: 'browser-test',
          type: 'listing.submitted',
          data: {
            listing_id: `L-${language}`,
            seller_id: seller,
            title: 'Pepper spray, 60 ml',
            category: 'outdoor/safety',
            ship_to: ['DE'],
          },
        },
      ],
    })
    await waitFor('the action', async () => {
      const answer = await api('GET', '/v1/subjects?q=' + seller)
      return (answer['items'] as { actions_in_force: number }[]).some((row) => row.actions_in_force > 0)
    })
    const staff = await open(language, theme, '/')
    await staff.getByLabel(t['signIn.login']).fill('admin')
    await staff.getByLabel(t['signIn.password']).fill(password)
    await staff.keyboard.press('Enter')
    await staff.getByRole('link', { name: t['nav.queue'] }).first().waitFor({ state: 'attached' })
    await staff.goto(`${base}/subjects/seller/${seller}`)
    await staff.getByRole('button', { name: t['invite.open'] }).click()
    await staff.getByRole('button', { name: t['invite.make'] }).click()
    const link = await staff.locator('[data-invitation]').innerText()
    expect(link).toContain('/join#')

    const page = await open(language, theme, link.slice(base.length))
    await page.getByLabel(t['signIn.login']).fill(`seller-${language}`)
    await page.getByLabel(t['signIn.password']).fill(password)
    await check(page, `join-${language}-${theme}`)
    await page.getByRole('button', { name: t['join.submit'] }).click()
    await page.getByRole('heading', { name: t['my.standing'], level: 1 }).waitFor()
    await check(page, `standing-${language}-${theme}`)
    expect(await page.getByRole('link', { name: t['nav.queue'], exact: true }).count()).toBe(0)
    await page.getByRole('link', { name: t['my.documents'], exact: true }).click()
    await page.getByText(t['my.documents.none'], { exact: true }).waitFor()
    await page.getByRole('link', { name: t['my.violations'], exact: true }).click()
    await page.locator('.portal-list a').first().waitFor()
    await check(page, `violations-${language}-${theme}`)
    await page.locator('.portal-list a').first().click()
    await page.getByLabel(t['my.appeal.text']).fill('This model is permitted')
    await check(page, `violation-${language}-${theme}`)
    await page.getByRole('button', { name: t['my.appeal.send'] }).click()
    await page.getByText(t['my.state.appealed']).first().waitFor()

    const { items } = (await api('GET', '/v1/appeals?status=open')) as unknown as {
      items: { appeal_id: string; party: { id: string } }[]
    }
    const mine = items.find((row) => row.party.id === seller)
    await api('POST', `/v1/appeals/${mine?.appeal_id}/decide`, {
      outcome: 'overturned',
      note: 'The model is permitted',
    })
    await page.reload()
    await page.getByText(t['my.state.restored']).first().waitFor()
    await page.getByText('The model is permitted').first().waitFor()
    await page.getByText(t['appeal.why.reversed']).waitFor()
    await check(page, `restored-${language}-${theme}`)
  },
  120_000,
)
