import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { en } from '../../console/src/texts/en.ts'
import { patience } from '../../scripts/chromium.ts'
import { nowMicros } from '../../src/kernel/time.ts'
import { undoMicros } from '../../src/review/cases/index.ts'
import { type House, listing } from '../server/harness.ts'
import { cleanOf } from './look.ts'
import { openConsole, type Shown } from './open-console.ts'

let shown: Shown
let house: House
let page: Page

beforeAll(async () => {
  shown = await openConsole()
  house = shown.house
  await shown.person('anna', 'administrator')
  page = await shown.signIn('anna')
})
afterAll(() => shown?.close())

const button = (name: string | RegExp) => page.getByRole('button', { name })
const inDialog = (name: string) => page.locator('dialog').getByRole('button', { name, exact: true })

async function decideEvent(data: Readonly<Record<string, unknown>>) {
  await shown.api('POST', '/v1/decide', listing(data))
  await house.app.settled()
}

const tab = (name: string) => page.getByRole('tab', { name, exact: true })

async function judge(caseId: string, token: string, outcome: string) {
  await house.call('POST', `/v1/cases/${caseId}/lease`, { token })
  const answer = await house.call('POST', `/v1/cases/${caseId}/decide`, { token, body: { outcome } })
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)])
  await house.app.cases.settle(nowMicros() + undoMicros + 1)
}

test('a QA lead sets shares, makes a decided case a known answer, and sees who answered it how', async () => {
  const [ann, bob] = [await house.token('reviewer'), await house.token('reviewer')]
  await decideEvent({ listing_id: 'q1', seller_id: 'qs1', title: 'a doubtful thing' })
  const { case_id: id } = (await house.call('POST', '/v1/cases/next', { token: ann, body: {} })).body
  await judge(id, ann, 'remove')

  await page.goto(`${house.url}/quality?tab=golden`)
  await page.getByText(en['quality.golden.none']).waitFor()
  await page.goto(`${house.url}/cases/${id}`)
  await button(en['quality.golden.add']).click()
  await page.locator('dialog textarea').fill('clear by the text of the policy')
  await inDialog(en['quality.golden.add']).click()
  await page.getByText(en['quality.golden.added']).first().waitFor()

  await page.goto(`${house.url}/quality?tab=settings`)
  await page.getByLabel(en['quality.settings.golden_share']).fill('100')
  await cleanOf(page, 'settings')
  await button(en['ui.save']).click()
  await page.getByText(en['quality.settings.saved']).first().waitFor()
  expect((await shown.api('GET', '/v1/quality/settings')).golden_share).toBe(1)

  const golden = (await house.call('POST', '/v1/cases/next', { token: bob, body: {} })).body.case_id
  await judge(golden, bob, 'allow')
  await page.goto(`${house.url}/quality`)
  await page.getByText(en['quality.golden'], { exact: true }).waitFor()
  await cleanOf(page, 'overview')
  await tab(en['quality.tab.items']).click()
  await page.getByText(en['quality.different'], { exact: true }).first().waitFor()
  await cleanOf(page, 'judged again')

  // Where answers differ, a session starts; the lead answers and sees the answers then.
  await page
    .getByRole('checkbox', { name: /doubtful/ })
    .first()
    .check()
  await button(new RegExp(en['quality.sessions.create'])).click()
  await page.locator('dialog input').fill('Doubtful things')
  await inDialog(en['quality.sessions.create']).click()
  await page.getByText(en['quality.sessions.created']).first().waitFor()
  await tab(en['quality.tab.sessions']).click()
  await page.getByRole('link', { name: 'Doubtful things' }).click()
  await page.getByLabel(en['quality.sessions.mine']).selectOption('remove')
  await cleanOf(page, 'session')
  await button(en['quality.sessions.vote']).click()
  await button(en['quality.sessions.agree']).waitFor()
})

test('the workspace says what a reviewer saw today and how to see harm', async () => {
  await decideEvent({ listing_id: 'q2', seller_id: 'qs2', title: 'a doubtful thing' })
  const { items } = await shown.api('GET', '/v1/cases?status=open')
  await page.goto(`${house.url}/cases/${items[0].case_id}`)
  await button(en['care.open']).click()
  await page.getByText(en['care.seen']).waitFor()
  await cleanOf(page, 'care')
  await page.getByLabel(en['care.blur']).click()
  const mine = () =>
    page.evaluate(async () => ((await (await fetch('/v1/care')).json()) as { care: { blur: boolean } }).care)
  await expect.poll(async () => (await mine()).blur, { timeout: patience }).toBe(false)
})
