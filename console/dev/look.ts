// Development aid: takes a screenshot of every page in two languages and two themes and runs axe on each.
// `AEDILE_LOOK=login:password node console/dev/look.ts BASE OUT [page…]` against a running server.
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { launchChromium } from '../../scripts/chromium.ts'

const [base = 'http://127.0.0.1:8491', out = 'screens', ...wanted] = process.argv.slice(2)
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const [login = 'admin', password = 'any'] = (process.env['AEDILE_LOOK'] ?? '').split(':').filter(Boolean)
mkdirSync(out, { recursive: true })

const first = async (page: Page, path: string, pick: (item: Record<string, never>) => string) =>
  page
    .evaluate(async (url) => ((await (await fetch(url)).json()) as { items: never[] }).items[0] ?? null, path)
    .then((item) => (item ? pick(item) : null))

async function addresses(page: Page): Promise<[string, string][]> {
  const of = (path: string, pick: (item: Record<string, never>) => string) => first(page, path, pick)
  const part = encodeURIComponent
  const found: [string, string | null][] = [
    ['home', '/'],
    ['queue', '/queue'],
    ['review', await of('/v1/cases?status=open&limit=1', (row) => `/cases/${part(row['case_id']!)}`)],
    ['appeals', '/appeals'],
    ['appeal', await of('/v1/appeals?status=open&limit=1', (row) => `/appeals/${part(row['appeal_id']!)}`)],
    ['subjects', '/subjects'],
    ['subject', await of('/v1/subjects?limit=1', (row) => `/subjects/${part(row['type']!)}/${part(row['id']!)}`)],
    ['trace', await of('/v1/cases?status=open&limit=1', (row) => `/trace/case/${part(row['case_id']!)}`)],
    ['strategies', '/strategies'],
    [
      'strategy',
      await of(
        '/v1/strategies',
        (row) => `/strategies/${part(row['pack']!)}/${part(String(row['strategy']).split('/').at(-1)!)}`,
      ),
    ],
    ['mining', '/mining?known=1'],
    ['batch', '/batch'],
    ['batch-strategy', await of('/v1/batch', (row) => `/batch/${row['strategy']!}`)],
    ['packs', '/packs'],
    ['pack', await of('/v1/packs', (row) => `/packs/${part(row['pack']!)}`)],
    ['lists', '/lists'],
    ['list', await of('/v1/lists', (row) => `/lists/${part(row['list']!)}`)],
    ['indicators', '/indicators'],
    ['indicator', await of('/v1/indicators', (row) => `/indicators/${part(row['indicator']!)}`)],
    ['quality', '/quality'],
    ['quality-items', '/quality?tab=items'],
    ['quality-people', '/quality?tab=people'],
    ['quality-settings', '/quality?tab=settings'],
    ['quality-golden', '/quality?tab=golden'],
    ['sql', '/sql'],
    ['imports', '/imports'],
    ['quarantine', '/imports?tab=quarantine'],
    ['try', '/try'],
    ['actions', '/actions?type=listing&severity=S2'],
    ['webhooks', '/webhooks'],
    ['complaints', '/complaints'],
    [
      'party',
      await of('/v1/appeals?limit=1', (row) =>
        row['party'] ? `/subjects/seller/${part(row['party']['id'])}` : '/subjects',
      ),
    ],
    ['audit', '/audit'],
    ['people', '/people'],
    ['profile', '/profile'],
  ]
  return found.flatMap(([name, path]): [string, string][] =>
    path && (wanted.length === 0 || wanted.includes(name)) ? [[name, path]] : [],
  )
}

/** Does what a person would do first on the page, so that the picture shows it in use. */
async function act(page: Page, name: string) {
  if (name === 'review') await page.keyboard.press('6')
  if (name === 'try' || name === 'sql') await page.keyboard.press('Control+Enter')
  if (name === 'mining') await page.locator('.filters .primary').click()
  if (name === 'pack') await page.locator('.page > header .primary').click()
}

async function check(page: Page, label: string): Promise<number> {
  await page.evaluate(axe)
  const found = await page.evaluate(async () => {
    const { axe: tool } = window as unknown as {
      axe: {
        run: (
          where: Document,
          options: object,
        ) => Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>
      }
    }
    return (
      await tool.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
    ).violations
  })
  for (const { id, nodes } of found)
    console.log(
      `${label} axe ${id}: ${nodes
        .slice(0, 3)
        .map(
          ({ html, failureSummary }) => `${html.slice(0, 140)} | ${failureSummary.replace(/\s+/g, ' ').slice(0, 200)}`,
        )
        .join('\n    ')}`,
    )
  return found.length
}

const browser = await launchChromium()
let violations = 0
let looked = 0
for (const language of ['en', 'zh'] as const)
  for (const theme of ['light', 'dark'] as const) {
    const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, bypassCSP: false })
    await context.addInitScript(
      ([l, t]) => localStorage.setItem('aedile.preferences', JSON.stringify({ language: l, theme: t })),
      [language, theme],
    )
    const page = await context.newPage()
    page.on(
      'console',
      (entry) =>
        ['error', 'warning'].includes(entry.type()) &&
        !entry.text().includes('401') &&
        console.log(`${language}-${theme} console ${entry.text().slice(0, 300)}`),
    )
    page.on('pageerror', (error) => console.log(`${language}-${theme} broke ${error.message}`))
    await page.goto(base)
    await page.locator('main').waitFor()
    if (await page.locator('input[name=login]').count()) {
      if (wanted.length === 0 || wanted.includes('sign-in')) {
        await page.screenshot({ path: join(out, `sign-in-${language}-${theme}.png`) })
        violations += await check(page, `${language}-${theme} sign-in`)
        looked++
      }
      await page.fill('input[name=login]', login)
      await page.fill('input[name=password]', password)
      await page.click('button[type=submit]')
      await page.locator('nav').waitFor()
    }
    for (const [name, path] of await addresses(page)) {
      await page.goto(base + path)
      await page
        .locator('h1')
        .first()
        .waitFor({ timeout: 10_000 })
        .catch(() => console.log(`${name}: no title`))
      await page.waitForTimeout(name === 'sql' ? 900 : 450)
      await act(page, name)
      await page.waitForTimeout(350)
      await page.screenshot({ path: join(out, `${name}-${language}-${theme}.png`) })
      violations += await check(page, `${language}-${theme} ${name}`)
      looked++
      const wide = await page.evaluate(
        () => document.documentElement.scrollWidth > innerWidth || document.documentElement.scrollHeight > innerHeight,
      )
      if (wide) console.log(`${language}-${theme} ${name}: the window scrolls`)
    }
    await page.request.delete(`${base}/v1/session`, { headers: { 'x-aedile': 'console' } }).catch(() => undefined)
    await context.close()
  }
await browser.close()
console.log(`looked at ${looked} screens, ${violations} axe violations`)
