import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { en } from '../../console/src/texts/en.ts'
import { zh } from '../../console/src/texts/zh.ts'
import { buildConsole } from '../../src/edge/serve.ts'

const root = join(import.meta.dirname, '../..')
const chromiumPath = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((path) => path !== undefined && existsSync(path))
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const password = 'a-long-test-password'

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

async function waitFor<T>(
  what: string,
  probe: () => Promise<T | null | undefined | false>,
  timeoutMs = 40_000,
): Promise<T> {
  const end = Date.now() + timeoutMs
  while (Date.now() < end) {
    const found = await probe()
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
  throw new Error(`timed out: ${what}`)
}

beforeAll(async () => {
  if (!chromiumPath)
    throw new Error('no Chromium: npm test installs it on Debian as root; elsewhere install it or set CHROMIUM')
  buildConsole(() => undefined)
  folder = mkdtempSync(join(tmpdir(), 'aedile-browser-'))
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
  for (const login of ['rita', 'sam'])
    await api('POST', '/v1/users', { login, name: login, roles: ['reviewer'], password })
  browser = await chromium.launch({ executablePath: chromiumPath, args: flags })
}, 120_000)

afterAll(async () => {
  await browser?.close()
  const gone = new Promise((resolve) => server?.once('exit', resolve))
  server?.kill('SIGTERM')
  await gone
  rmSync(folder, { recursive: true, force: true })
})

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
    const run = (
      globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { target: string[] }[] }[] }> }
      }
    ).axe
    return (await run.run()).violations.map(
      (found) =>
        `${found.id}: ${found.nodes
          .map((node) => node.target.join(' '))
          .slice(0, 3)
          .join(' | ')}`,
    )
  })
  expect(violations, `axe on ${where}`).toEqual([])
}

interface Acting {
  readonly actions: readonly { in_force: boolean; inverse_of: string | null; action_id: string; kind: string }[]
  readonly standing: readonly { score: number }[]
}

describe.each(['zh', 'en'] as const)('the main path in %s', (language) => {
  const t = language === 'zh' ? zh : en
  const listing = `L-${language}`
  const seller = `S-${language}`
  const subject = async () => (await api('GET', `/v1/subjects/listing/${listing}`)) as unknown as Acting

  test('sign in → case → decide → the seller appeals → overturned → everything is restored', async () => {
    await api('POST', '/v1/events', {
      events: [
        {
          id: `e-${language}`,
          source: 'browser-test',
          type: 'listing.submitted',
          data: {
            listing_id: listing,
            seller_id: seller,
            title: 'Pepper spray for self-defence, 60 ml',
            category: 'outdoor/safety',
            ship_to: ['DE'],
          },
        },
      ],
    })
    const row = await waitFor(
      'the case',
      async () => ((await api('GET', `/v1/cases?q=${listing}`))['items'] as { case_id: string }[])[0],
    )

    const rita = await signIn('rita', language)
    await rita.goto(`${base}/cases/${row.case_id}`)
    await rita.locator('mark').first().waitFor()
    await axe(rita, `the workspace in ${language}`)
    await rita.keyboard.press('6')
    await rita.keyboard.press('Control+Enter')

    const acting = await waitFor('the decision to take effect', async () => {
      const found = await subject()
      return found.actions.some((action) => action.kind === 'delist' && action.in_force) && found
    })
    expect(acting.actions.some((action) => action.in_force)).toBe(true)
    const standing = (await api('GET', `/v1/subjects/seller/${seller}`)) as unknown as Acting
    expect(standing.standing[0]?.score).toBeGreaterThan(0)

    const delisted = acting.actions.find((action) => action.kind === 'delist')
    await api('POST', '/v1/appeals', {
      action_id: delisted?.action_id,
      text: language === 'zh' ? '这是训练用的惰性喷雾' : 'It is an inert training spray',
      by: seller,
    })
    const [appeal] = (await api('GET', '/v1/appeals?status=open'))['items'] as { appeal_id: string }[]

    await rita.goto(`${base}/appeals/${appeal?.appeal_id}`)
    await rita.getByText(t['appeal.notYou.title']).waitFor()
    await rita.context().close()

    const sam = await signIn('sam', language)
    await sam.goto(`${base}/appeals/${appeal?.appeal_id}`)
    await sam.getByRole('radio', { name: t['outcome.overturned'] }).check()
    await sam
      .getByLabel(t['appeal.note'], { exact: false })
      .first()
      .fill(
        language === 'zh'
          ? '证明文件显示为惰性训练喷雾，原判有误'
          : 'The papers show an inert training spray; the decision was wrong',
      )
    await axe(sam, `the appeal in ${language}`)
    await sam.keyboard.press('Control+Enter')
    const restored = await waitFor('the reversal', async () => {
      const found = await subject()
      return (
        found.actions.some((action) => action.inverse_of === delisted?.action_id) &&
        found.actions.every((action) => !action.in_force) &&
        found
      )
    })
    expect(restored.actions.filter((action) => action.inverse_of === delisted?.action_id)).toHaveLength(1)
    const after = (await api('GET', `/v1/subjects/seller/${seller}`)) as unknown as Acting
    expect(after.standing[0]?.score).toBe(0)

    await sam.goto(`${base}/trace/listing/${listing}`)
    for (const layer of ['perceived', 'identified', 'decided', 'enforced', 'reviewed', 'appealed'] as const)
      await sam
        .getByRole('heading', { name: t[`layer.${layer}`] })
        .first()
        .waitFor()
    await axe(sam, `the trace in ${language}`)
    await sam.context().close()
  }, 180_000)
})
