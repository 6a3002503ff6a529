import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { en } from '../../console/src/texts/en.ts'
import { buildConsole } from '../../src/edge/serve.ts'
import { openHouse } from '../server/harness.ts'

const root = join(import.meta.dirname, '../..')
/** A Chromium of the machine; undefined when there is none. */
export const chromiumPath = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path))
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Ids of what axe finds on a page. */
export async function axeOn(page: Page): Promise<string[]> {
  await page.evaluate(axeSource)
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string }[] }> } }
    return (await axe.run()).violations.map(({ id }) => id)
  })
}

/** The real program with its console, and an administrator signed in to it in English in a real Chromium. */
export async function openConsole() {
  if (!chromiumPath) throw new Error('no Chromium: install it or set CHROMIUM')
  buildConsole(() => undefined)
  const house = await openHouse({ consoleFolder: join(root, 'dist', 'console') })
  const sender = await house.token('administrator')
  const { password } = await house.person('anna', 'administrator')
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ['--headless', '--no-sandbox', '--disable-gpu'],
  })
  const page = await (await browser.newContext({ viewport: { width: 1366, height: 768 } })).newPage()
  await page.addInitScript(() => localStorage.setItem('aedile.preferences', JSON.stringify({ language: 'en' })))
  await page.goto(`${house.url}/`)
  await page.getByLabel(en['signIn.login']).fill('anna')
  await page.getByLabel(en['signIn.password']).fill(password)
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: en['nav.queue'] }).waitFor()
  return {
    house,
    page,
    sender,
    /** Fails with the ids of what axe finds on the page. */
    async cleanOf(where: string): Promise<void> {
      expect([where, await axeOn(page)]).toEqual([where, []])
    },
    async close(): Promise<void> {
      await browser.close()
      await house.close()
    },
  }
}
