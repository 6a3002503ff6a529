import { existsSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { type Browser, chromium, type Page, type Request } from 'playwright-core'

/** How long a busy machine may take for one step, in ms; nothing waits this long for nothing. */
export const patience = 60_000
const asked = new WeakMap<Page, Set<Request>>()

/** The path of a Chromium on this machine; undefined where there is none. */
export function findChromium(): string | undefined {
  return [
    process.env['CHROMIUM'],
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ].find((path) => path !== undefined && existsSync(path))
}

/** A real Chromium without a window that asks nobody for anything. @throws when none is installed. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium()
  if (!executablePath)
    throw new Error('no Chromium: npm test installs it on Debian as root; elsewhere install it or set CHROMIUM')
  return chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** Notes what a page has asked for and not got yet; before its first address. */
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

/** Waits until the console is on the page, has all that it asked for, and nothing on it is busy. @throws after `patience`, with what it waited for. */
export async function settled(page: Page): Promise<void> {
  const busy = `document.querySelector('main') ? [...document.querySelectorAll('[aria-busy=true]')].map((node) => node.outerHTML.slice(0, 160)) : ['no main']`
  for (const end = Date.now() + patience; ; await pause(40)) {
    const on = (await page.evaluate(busy)) as string[]
    const left = [...on, ...[...(asked.get(page) ?? [])].map((request) => request.url())]
    if (left.length === 0) return
    if (Date.now() > end) throw new Error(`${page.url()} still waits for ${left.join(', ')}`)
  }
}
