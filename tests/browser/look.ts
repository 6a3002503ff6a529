import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { settled } from '../../scripts/chromium.ts'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** Where pictures of what was looked at are kept; nowhere unless asked for. */
const pictures = process.env['AEDILE_PICTURES']
let shots = 0

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
