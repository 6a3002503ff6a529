import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { en } from '../../console/src/texts/en.ts'
import { buildConsole } from '../../src/edge/serve.ts'
import { testPacks } from '../server/harness.ts'

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
/** Where pictures of the way are kept; nowhere unless asked for. */
const pictures = process.env['AEDILE_PICTURES']

let folder: string
let server: ChildProcess
let browser: Browser
let base: string
let token: string

async function api(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const answer = await fetch(`${base}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const json = (await answer.json()) as Record<string, unknown>
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(json)}`)
  return json
}

beforeAll(async () => {
  if (!chromiumPath)
    throw new Error('no Chromium: npm test installs it on Debian as root; elsewhere install it or set CHROMIUM')
  buildConsole(() => undefined)
  folder = mkdtempSync(join(tmpdir(), 'aedile-rollout-browser-'))
  server = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      '--input-type=module',
      '-e',
      `const { serve } = await import(${JSON.stringify(join(root, 'src/edge/serve.ts'))}); process.exit(await serve({ empty: true, packs: ${JSON.stringify(testPacks)} }))`,
    ],
    {
      env: { ...process.env, AEDILE_DATA: folder, PORT: '0', AEDILE_ADMIN_PASSWORD: password },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
  const file = join(folder, 'server.json')
  for (let tries = 0; !existsSync(file); tries++) {
    if (tries > 400) throw new Error('the server does not start')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  ;({ url: base, token } = JSON.parse(readFileSync(file, 'utf8')) as { url: string; token: string })
  for (const login of ['nina', 'omar'])
    await api('POST', '/v1/users', { login, name: login, roles: ['strategist'], password })
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

async function signIn(login: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 1000 } })
  const page = await context.newPage()
  await page.addInitScript(() => localStorage.setItem('aedile.preferences', JSON.stringify({ language: 'en' })))
  await page.goto(`${base}/strategies`)
  await page.getByLabel(en['signIn.login']).fill(login)
  await page.getByLabel(en['signIn.password']).fill(password)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: en['nav.strategies'], level: 1 }).waitFor()
  return page
}

let shots = 0
async function looked(page: Page, where: string): Promise<void> {
  if (pictures) await page.screenshot({ path: join(pictures, `${++shots}-${where}.png`), fullPage: true })
  await page.evaluate(axeSource)
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { target: string[] }[] }[] }> }
    }
    return (await axe.run()).violations.map(
      (found) => `${found.id}: ${found.nodes.map((node) => node.target.join(' ')).join(' | ')}`,
    )
  })
  expect(violations, `axe on ${where}`).toEqual([])
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const decided = async (title: string) =>
  (
    (await api('POST', '/v1/decide', {
      id: `${title} ${Math.random()}`,
      source: 'browser',
      type: 'listing.submitted',
      data: { listing_id: `L ${Math.random()}`, seller_id: `S ${Math.random()}`, title, price: 10 },
    })) as { verdict: string }
  ).verdict

async function step(page: Page, name: string, share?: string): Promise<void> {
  await button(page, name).first().click()
  const dialog = page.getByRole('dialog')
  if (share) await dialog.getByLabel(en['rollout.canary.share']).fill(share)
  await dialog.getByLabel(en['rollout.reason']).fill('as agreed')
  await dialog.getByRole('button', { name, exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
}

test('a draft with an error → caret → fixed → cases → impact card → request → a second person approves → canary → live → retired', async () => {
  const nina = await signIn('nina')
  await nina.getByRole('link', { name: en['draft.new'] }).click()
  const editor = nina.getByRole('textbox', { name: en['draft.condition'] })
  await editor.click()
  await nina.keyboard.type("titel LIKE '%sabre%'")
  await nina.getByText('Unknown column "titel"').first().waitFor()
  expect(await nina.locator('.conditionbox + .problem pre').textContent()).toMatch(/titel[^\n]*\n\s*\^/)
  await nina.keyboard.press('Escape')
  await looked(nina, 'caret')
  await nina.keyboard.press('Control+a')
  await nina.keyboard.type('ti')
  await nina
    .getByRole('option', { name: /^title/ })
    .first()
    .waitFor()
  await nina.keyboard.press('Escape')
  await nina.keyboard.press('Control+a')
  await nina.keyboard.type("title LIKE '%sabre%'")
  await nina.getByText(en['draft.check.ok']).waitFor()

  await nina.getByLabel(en['draft.id'], { exact: true }).fill('sabres')
  await nina.getByLabel(en['draft.titleEn']).fill('Sabres')
  await nina.getByLabel(en['draft.titleZh']).fill('军刀')
  await nina.getByLabel(en['draft.policy']).selectOption('LOOP.BANNED')
  await nina.getByLabel(en['draft.owner']).fill('weapons')
  await button(nina, en['verdict.block']).click()
  await nina.getByText(en['draft.advanced']).click()
  await nina.getByLabel(en['draft.brake'].replace('{limit}', en['limit.per_hour'])).fill('3')
  await button(nina, en['draft.case.add']).click()
  await nina.getByLabel(en['draft.case.event']).fill('{ "type": "listing.submitted", "data": {')
  await nina.getByText('This is not JSON').waitFor()
  await nina
    .getByLabel(en['draft.case.event'])
    .fill(JSON.stringify({ type: 'listing.submitted', data: { listing_id: 'a', seller_id: 's', title: 'old sabre' } }))
  await button(nina, en['draft.case.addTrap']).click()
  await button(nina, en['draft.test']).click()
  await nina
    .getByText('2 pass')
    .or(nina.getByText(/passed/))
    .first()
    .waitFor()
  await looked(nina, 'cases')
  await nina.getByText('Severity S1: the impact card must have been seen').waitFor()
  await button(nina, en['draft.backtest']).click()
  await nina.getByText(en['draft.obstacles.none']).waitFor()
  await nina.getByLabel(en['draft.reason']).fill('sabres are weapons')
  await button(nina, en['draft.publish.ask']).click()
  await nina.getByText(en['approvals.mine']).waitFor()
  expect(await button(nina, en['approvals.approve']).count()).toBe(0)
  await looked(nina, 'asked')
  expect(await decided('an old sabre')).toBe('pass')

  const omar = await signIn('omar')
  await omar.getByText('publish loop/sabres@1 into shadow').waitFor()
  await omar.getByRole('link', { name: en['draft.title'] }).first().click()
  await omar.getByText('sabres are weapons').waitFor()
  await looked(omar, 'second-person')
  await omar.getByLabel(en['draft.reason']).fill('they are')
  await button(omar, en['approvals.approve']).click()
  await omar.getByText('loop/sabres@1 runs in shadow now').first().waitFor()
  await omar.getByRole('link', { name: en['action.open'] }).click()
  await omar.getByRole('heading', { name: 'Sabres', level: 1 }).waitFor()
  await step(omar, en['rollout.step.canary'], '40')
  await omar.locator('.way [aria-current="step"]', { hasText: '40 %' }).waitFor()
  await looked(omar, 'canary')
  await step(omar, en['rollout.step.live'])
  await omar.locator('.way [aria-current="step"]', { hasText: en['mode.live'] }).waitFor()
  const verdicts: string[] = []
  for (let index = 0; index < 6; index++) verdicts.push(await decided(`an old sabre ${index}`))
  expect(verdicts).toEqual(['block', 'block', 'block', 'pass', 'pass', 'pass'])
  await omar.reload()
  await omar.getByText(/went to shadow by itself: more than 3 actions in an hour/).waitFor()
  await looked(omar, 'braked')
  await button(omar, en['brake.undo']).click()
  await button(omar, en['recall.dry']).click()
  await omar.getByRole('dialog').getByText(en['recall.decisions']).waitFor()
  await omar.keyboard.press('Escape')

  await omar.getByRole('link', { name: en['draft.change'] }).click()
  await omar.getByText("title LIKE '%sabre%'").first().waitFor()
  expect(await omar.getByLabel(en['draft.version']).inputValue()).toBe('2')
  await omar.goBack()
  await omar.getByRole('tab', { name: en['rollout.versions'] }).click()
  await omar.getByText(en['rollout.diff.first']).waitFor()
  await looked(omar, 'versions')
  await omar.getByRole('tab', { name: en['rollout.compare'] }).click()
  await omar.getByText(en['rollout.compare.first']).waitFor()
  await step(omar, en['rollout.step.retired'])
  await omar.locator('.way [aria-current="step"]', { hasText: en['mode.retired'] }).waitFor()
  await omar.reload()
  await omar.getByText(en['rollout.retired.about']).waitFor()
  await looked(omar, 'retired')
  expect(await decided('an old sabre')).toBe('pass')
}, 120_000)
