import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { en } from '../../console/src/texts/en.ts'
import { zh } from '../../console/src/texts/zh.ts'
import { type App, openApp } from '../../src/edge/app.ts'
import { buildConsole, composeServer, operator } from '../../src/edge/serve.ts'
import { nowMicros, parseTime } from '../../src/kernel/time.ts'
import { listing, testPacks } from '../server/harness.ts'

const root = join(import.meta.dirname, '../..')
const chromiumPath = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((path) => path !== undefined && existsSync(path))
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const password = 'a-long-test-password'
const folder = mkdtempSync(join(tmpdir(), 'aedile-browser-batch-'))

let app: App
let base: string
let close: () => Promise<void>
let browser: Browser

const strategy = {
  id: 'many-cheap',
  version: 1,
  title: { zh: '低价倾销', en: 'Shops that give goods away' },
  policy: 'LOOP.BANNED',
  owner: 'tests',
  schedule: { after: '1h' },
  window: '1d',
  contract: [{ table: 'events', where: "type = 'listing.submitted'", min_rows: 1, max_age: '1d' }],
  output: { max: 100 },
  cap: 1,
  verdict: 'block',
  mode: 'live',
  expires: '2030-01-01',
  canaries: [
    {
      subject_type: 'shop',
      subject_id: 'canary-shop',
      rows: [{ type: 'listing.submitted', listing_id: 'canary-{n}', seller_id: 'canary-shop', price: 1, repeat: 2 }],
    },
  ],
  query: `SELECT 'shop' AS subject_type, seller_id AS subject_id, count(*) AS score FROM events
WHERE type = 'listing.submitted' AND price < 2 AND logged_at > :window_from AND logged_at <= :window_to
GROUP BY seller_id HAVING count(*) >= 2`,
  cases: [
    {
      name: 'two',
      rows: [{ type: 'listing.submitted', listing_id: 'L{n}', seller_id: 'A', price: 1, repeat: 2 }],
      expect: ['shop:A'],
    },
    {
      name: 'one',
      trap: true,
      rows: [{ type: 'listing.submitted', listing_id: 'L', seller_id: 'A', price: 1 }],
      expect: [],
    },
  ],
}

beforeAll(async () => {
  if (!chromiumPath) throw new Error('no Chromium: set CHROMIUM')
  buildConsole(() => undefined)
  const packs = join(folder, 'packs')
  cpSync(testPacks, packs, { recursive: true })
  mkdirSync(join(packs, 'loop', 'batch'))
  writeFileSync(join(packs, 'loop', 'batch', 'many-cheap.yaml'), stringify(strategy))
  app = await openApp({ folder: join(folder, 'data'), packs, log: () => undefined })
  const composed = await composeServer(app, {
    say: () => undefined,
    log: () => undefined,
    consoleFolder: join(root, 'dist', 'console'),
  })
  close = composed.close
  base = await composed.server.listen({ port: 0, host: '127.0.0.1' })
  await app.access.createUser({
    login: 'sena',
    name: 'sena',
    roles: ['strategist'],
    password,
    by: operator,
    now: nowMicros(),
  })
  for (const seller of ['A', 'A', 'B', 'B', 'C']) {
    const done = app.pipeline.submit(listing({ seller_id: seller, price: 1 }), { history: true })
    if (done.status === 'accepted') await done.durable
  }
  const at = (text: string) => parseTime(text) ?? 0
  const window = { from: at('2026-06-01T00:00:00Z'), to: at('2026-06-02T00:00:00Z') }
  await app.batch.run('loop/many-cheap', { window, actor: 'somebody', now: nowMicros() })
  await app.batch.check(nowMicros())
  browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ['--headless', '--no-sandbox', '--disable-gpu'],
  })
}, 180_000)

afterAll(async () => {
  await browser?.close()
  await close?.()
  rmSync(folder, { recursive: true, force: true })
})

async function signIn(language: 'zh' | 'en'): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1366, height: 768 } })
  const page = await context.newPage()
  await page.addInitScript(
    (chosen) => localStorage.setItem('aedile.preferences', JSON.stringify({ language: chosen })),
    language,
  )
  const t = language === 'zh' ? zh : en
  await page.goto(`${base}/`)
  await page.getByLabel(t['signIn.login']).fill('sena')
  await page.getByLabel(t['signIn.password']).fill(password)
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: t['nav.batch'] }).waitFor()
  return page
}

async function axe(page: Page, where: string): Promise<void> {
  await page.evaluate(axeSource)
  const violations = await page.evaluate(async () => {
    const run = (globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string }[] }> } }).axe
    return (await run.run()).violations.map(({ id }) => id)
  })
  expect(violations, `axe on ${where}`).toEqual([])
}

test('the board shows the run that waits; its page approves it after the name is typed, and the subjects are decided', async () => {
  const t = en
  const page = await signIn('en')
  await page.keyboard.press('g')
  await page.keyboard.press('j')
  const row = page.getByRole('row', { name: /give goods away/ })
  await row.getByText('over its cap, waits for approval').waitFor()
  await axe(page, 'the board')
  await row.getByRole('link').click()
  await page.getByText(t['batch.held.title']).waitFor()
  await axe(page, 'the page of a strategy')

  await page.getByRole('button', { name: t['batch.dry.run'] }).click()
  await page.getByText(/2 hits in 5 rows/).waitFor()

  await page.getByRole('button', { name: t['batch.approve'] }).click()
  const dialog = page.getByRole('dialog')
  const approve = dialog.getByRole('button', { name: /^Approve: decide 2 subjects/ })
  await dialog.getByLabel(t['batch.approve.reason']).fill('looked at both')
  expect(await approve.isDisabled()).toBe(true)
  await dialog.getByLabel('Type loop/many-cheap to confirm').fill('loop/many-cheap')
  await approve.click()
  await dialog.waitFor({ state: 'detached' })
  await app.settled()
  const actions = await app.db.selectFrom('actions').select(['kind', 'target_id']).execute()
  expect(actions.map(({ kind, target_id }) => `${kind} ${target_id}`).sort()).toEqual([
    'block_publish A',
    'block_publish B',
  ])
}, 90_000)

test('the same in Chinese: the page says who was found and that the run is done', async () => {
  const page = await signIn('zh')
  await page.goto(`${base}/batch/loop/many-cheap`)
  await page.getByRole('heading', { name: '低价倾销' }).waitFor()
  await page.getByRole('cell', { name: zh['batch.standing.fresh'] }).first().waitFor()
  expect(await page.getByText(zh['batchStatus.applied']).count()).toBeGreaterThan(0)
  await axe(page, 'the page in Chinese')
}, 90_000)
