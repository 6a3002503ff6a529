import { afterAll, beforeAll, expect, test } from 'vitest'
import { settled } from '../../scripts/chromium.ts'
import { openConsole, type Shown } from './open-console.ts'

let shown: Shown

beforeAll(async () => {
  shown = await openConsole()
  await shown.person('anna', 'administrator')
})
afterAll(() => shown?.close())

const things = [
  ['/', '/queue', '/cases/x', '/appeals', '/appeals/x', '/inbound', '/inbound/x', '/rights', '/subjects'],
  ['/subjects/listing/x', '/trace/listing/x', '/strategies', '/strategies/loop/doubtful', '/mining', '/batch'],
  ['/batch/loop/x', '/drafts/new', '/drafts/new?from=loop/doubtful', '/drafts/x', '/packs', '/packs/loop', '/lists'],
  ['/lists/x', '/indicators', '/indicators/x', '/quality', '/sql', '/imports', '/try', '/audit', '/people'],
  ['/actions', '/webhooks', '/complaints', '/profile', '/nowhere'],
].flat()

test('every page has one title while it loads and when it is there, or is refused', async () => {
  const page = await shown.signIn('anna')
  let held: Promise<void> | null = null
  await page.route('**/v1/**', async (route) => {
    if (!route.request().url().endsWith('/v1/session')) await held
    await route.continue()
  })
  const titles = () => page.evaluate(`document.querySelectorAll('h1').length`)
  for (const path of things) {
    let release = () => {}
    held = new Promise((resolve) => {
      release = resolve
    })
    // Within the console, as links and keys go.
    await page.evaluate(`history.pushState(null, '', '${path}')`)
    expect([path, 'loading', await titles()]).toEqual([path, 'loading', 1])
    release()
    await settled(page)
    expect([path, 'there', await titles()]).toEqual([path, 'there', 1])
  }
})
