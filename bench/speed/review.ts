import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CDPSession, Page } from 'playwright-core'
import { launchChromium, settled, watchRequests } from '../../scripts/chromium.ts'
import { openApp } from '../../src/edge/app.ts'
import { shippedPacks } from '../../src/edge/pack-files.ts'
import { buildConsole, composeServer, operator } from '../../src/edge/serve.ts'
import { nowMicros } from '../../src/kernel/time.ts'
import { cpuSeconds, type Measure, measure, median, type Options, shown } from './measure.ts'

const reviewer = { login: 'reviewer', password: 'a-long-bench-password' }

/** The program with its console and `count` open cases, in this process. */
async function openFloor(count: number, say: (line: string) => void) {
  buildConsole(say)
  const folder = mkdtempSync(join(tmpdir(), 'aedile-bench-review-'))
  const log = () => undefined
  const app = await openApp({ folder, packs: shippedPacks, log })
  const consoleFolder = join(import.meta.dirname, '../../dist/console')
  const { server, close } = await composeServer(app, { say: log, log, consoleFolder })
  const url = await server.listen({ port: 0, host: '127.0.0.1' })
  const name = reviewer.login
  await app.access.createUser({ ...reviewer, name, roles: ['reviewer'], by: operator, now: nowMicros() })
  for (let index = 0; index < count; index++) {
    const title = `Pepper spray for self-defence, ${index + 20} ml`
    const data = {
      ...{ listing_id: `listing-${index}`, seller_id: `seller-${index % 25}`, title, price: 10 + (index % 40) },
      ...{ category: 'outdoor/safety', ship_to: ['DE'] },
    }
    const event = {
      id: `event-${index}`,
      source: 'bench',
      type: 'listing.submitted',
      time: new Date().toISOString(),
      data,
    }
    const taken = app.pipeline.submit(event)
    if (taken.status !== 'accepted') throw new Error(`an event was not taken: ${taken.status}`)
    await taken.durable
  }
  await app.settled()
  return {
    url,
    async close() {
      await close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

// As text: the bench is checked without the types of the browser. From the key to the end of the frame that shows the next case.
const stopwatch = `
  performance.clearResourceTimings()
  globalThis.painted = new Promise((resolve) => {
    addEventListener('keydown', ({ timeStamp }) => {
      const before = document.querySelector('.review h1')
      const watch = new MutationObserver(() => {
        const now = document.querySelector('.review h1')
        if (now === null || now === before) return
        watch.disconnect()
        const asked = performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/decide')).at(-1)
        requestAnimationFrame(() => setTimeout(() => resolve([performance.now() - timeStamp, asked?.duration ?? NaN])))
      })
      watch.observe(document, { childList: true, subtree: true })
    }, { capture: true, once: true })
  })
  undefined`

/** Milliseconds of one step: all of it, what of it the answer took, and the processor time of the page and of the server. */
interface Step {
  readonly painted: number
  readonly answered: number
  readonly pageCpu: number
  readonly serverCpu: number
}

/** Processor milliseconds that the page's main thread has used so far. */
async function pageCpu(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics')
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1000
}

/** Decides one case and goes on to the next; before that it waits, as reading does, until everything is there. */
async function decideOne(page: Page, session: CDPSession): Promise<Step> {
  await page.locator('.review').waitFor()
  await page.keyboard.press('5')
  await settled(page)
  await page.evaluate(stopwatch)
  const [page0, server0] = [await pageCpu(session), cpuSeconds()]
  await page.keyboard.press('n')
  const [painted, answered] = (await page.evaluate('painted')) as [number, number]
  const serverCpu = (cpuSeconds() - server0) * 1000
  return { painted, answered, pageCpu: (await pageCpu(session)) - page0, serverCpu }
}

/** From the key that submits a decision to the next case painted, in a real Chromium, one case after the other. */
export async function reviewMeasures({ quick, say }: Options): Promise<Measure[]> {
  const [warm, count] = [5, quick ? 20 : 100]
  const floor = await openFloor(warm + count + 5, say)
  const browser = await launchChromium()
  try {
    const page = await (await browser.newContext({ viewport: { width: 1366, height: 768 } })).newPage()
    watchRequests(page)
    await page.goto(`${floor.url}/queue`)
    await page.locator('input[name=login]').fill(reviewer.login)
    await page.locator('input[name=password]').fill(reviewer.password)
    await page.keyboard.press('Enter')
    await page.locator('a[href^="/cases/"]').first().waitFor()
    await page.keyboard.press('n')
    await page.waitForURL('**/cases/*')
    const session = await page.context().newCDPSession(page)
    await session.send('Performance.enable', { timeDomain: 'threadTicks' })
    const steps: Step[] = []
    for (let done = 0; done < warm + count; done++) steps.push(await decideOne(page, session))
    return rows(steps.slice(warm))
  } finally {
    await browser.close()
    await floor.close()
  }
}

function rows(steps: readonly Step[]): Measure[] {
  const sorted = steps.map(({ painted }) => painted).sort((a, b) => a - b)
  const middle = (name: keyof Step) => shown(median(steps.map((step) => step[name])))
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
  const notes = [
    `${steps.length} cases, one after the other, in Chromium at 1366 × 768: key down → decision answered → next case committed → its frame`,
    `medians: the answer ${middle('answered')} ms of it; processor time ${middle('pageCpu')} ms on the page's thread, ${middle('serverCpu')} ms in the server's process, driver included; longest step ${shown(at(1))} ms`,
  ]
  const row = (name: string, value: number) =>
    measure({ name, value, unit: 'ms', target: '≤ 150 ms', pass: value <= 150, notes })
  return [row('submit and next, painted, p50', at(0.5)), row('submit and next, painted, p95', at(0.95))]
}
