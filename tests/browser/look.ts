import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Page, Request } from 'playwright-core'
import { expect, vi } from 'vitest'

/** How long a busy machine may take for one step; nothing waits this long for nothing. */
export const patience = 30_000
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** Where pictures of what was looked at are kept; nowhere unless asked for. */
const pictures = process.env['AEDILE_PICTURES']
const asked = new WeakMap<Page, Set<Request>>()
let shots = 0

/** Notes what a page has asked for and not got yet. */
export function watchRequests(page: Page): void {
  const waiting = new Set<Request>()
  asked.set(page, waiting)
  page.on('request', (request) => {
    // What the page before had asked for never comes.
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) waiting.clear()
    waiting.add(request)
  })
  page.on('requestfinished', (request) => waiting.delete(request))
  page.on('requestfailed', (request) => waiting.delete(request))
}

/** Waits until the console is on the page, has all that it asked for, and nothing on it is busy. */
export async function settled(page: Page): Promise<void> {
  await vi.waitFor(
    async () => {
      const busy = await page.evaluate(
        `document.querySelector('main') ? [...document.querySelectorAll('[aria-busy=true]')].map((node) => node.outerHTML.slice(0, 160)) : ['no main']`,
      )
      const waiting = [...(asked.get(page) ?? [])].map((request) => request.url())
      expect({ busy, waiting }).toEqual({ busy: [], waiting: [] })
    },
    { timeout: patience, interval: 40 },
  )
}

/** Fails with what axe finds on the settled page, and where; keeps a picture when asked for. */
export async function cleanOf(page: Page, where: string): Promise<void> {
  await settled(page)
  if (pictures) {
    mkdirSync(pictures, { recursive: true })
    const name = `${String(++shots).padStart(2, '0')}-${where.replaceAll(/\W+/g, '-')}.png`
    await page.screenshot({ path: join(pictures, name), fullPage: true })
  }
  await page.evaluate(axeSource)
  // As text: tests are checked without the types of the browser.
  const found = await page.evaluate(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
      .then(({ violations }) => violations.map(({ id, nodes }) =>
        id + ': ' + nodes.slice(0, 5).map(({ target, html }) => target.join(' ') + ' ' + html.slice(0, 160)).join(' | ')))`,
  )
  expect(found, `axe on ${where}, ${page.url()}`).toEqual([])
}
