import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { en } from '../../console/src/texts/en.ts'
import { settled } from '../../scripts/chromium.ts'
import { listing } from '../server/harness.ts'
import { cleanOf } from './look.ts'
import { openConsole, type Shown } from './open-console.ts'

let shown: Shown

beforeAll(async () => {
  shown = await openConsole()
  for (const login of ['nina', 'omar']) await shown.person(login, 'strategist')
})
afterAll(() => shown?.close())

const signIn = (login: string, path = '/strategies') => shown.signIn(login, path, { width: 1440, height: 1000 })
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const decided = async (title: string) => (await shown.api('POST', '/v1/decide', listing({ title }))).verdict

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
  await cleanOf(nina, 'caret')
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
  // The first press gives the draft its address; the form, its title and what is open in it stay as they are.
  const title = await nina.getByRole('heading', { level: 1 }).elementHandle()
  await button(nina, en['draft.test']).click()
  await nina.getByRole('main').getByText('4 passed, 0 failed').waitFor()
  await nina.waitForURL(/\/drafts\/(?!new)/)
  expect(await title?.evaluate((node) => node.isConnected)).toBe(true)
  expect(await nina.getByText(en['draft.advanced']).locator('..').getAttribute('open')).not.toBeNull()
  await cleanOf(nina, 'cases')
  await nina.getByText('Severity S1: publication rests on an impact card, and this condition has none yet').waitFor()
  await button(nina, en['draft.backtest']).click()
  await nina.getByText(en['draft.obstacles.none']).waitFor()
  await nina.getByLabel(en['draft.reason']).fill('sabres are weapons')
  expect(await button(nina, en['draft.publish.ask']).isDisabled()).toBe(true)
  await nina.getByLabel(/^I have seen this impact card/).check()
  await button(nina, en['draft.publish.ask']).click()
  await nina.getByText(en['approvals.mine']).waitFor()
  expect(await button(nina, en['approvals.approve']).count()).toBe(0)
  await cleanOf(nina, 'asked')
  expect(await decided('an old sabre')).toBe('pass')

  const omar = await signIn('omar')
  await omar.getByText('publish loop/sabres@1 into shadow').waitFor()
  await omar.getByRole('link', { name: en['draft.title'] }).first().click()
  await omar.getByText('sabres are weapons').waitFor()
  await omar
    .getByText(/^Impact card of .*, revision \d+: \d/)
    .first()
    .click()
  await cleanOf(omar, 'second-person')
  await omar.getByLabel(en['draft.reason']).fill('they are')
  await button(omar, en['approvals.approve']).click()
  await omar.getByText('loop/sabres@1 runs in shadow now').first().waitFor()
  await omar.getByRole('link', { name: en['action.open'] }).click()
  await omar.getByRole('heading', { name: 'Sabres', level: 1 }).waitFor()
  await step(omar, en['rollout.step.canary'], '40')
  await omar.locator('.way [aria-current="step"]', { hasText: '40 %' }).waitFor()
  await cleanOf(omar, 'canary')
  await step(omar, en['rollout.step.live'])
  await omar.locator('.way [aria-current="step"]', { hasText: en['mode.live'] }).waitFor()
  const verdicts: string[] = []
  for (let index = 0; index < 6; index++) verdicts.push(await decided(`an old sabre ${index}`))
  expect(verdicts).toEqual(['block', 'block', 'block', 'pass', 'pass', 'pass'])
  await omar.reload()
  await omar.getByText(/went to shadow by itself: more than 3 actions in an hour/).waitFor()
  await cleanOf(omar, 'braked')
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
  await cleanOf(omar, 'versions')
  await omar.getByRole('tab', { name: en['rollout.compare'] }).click()
  await omar.getByText(en['rollout.compare.first']).waitFor()
  await step(omar, en['rollout.step.retired'])
  await omar.locator('.way [aria-current="step"]', { hasText: en['mode.retired'] }).waitFor()
  await omar.reload()
  await omar.getByText(en['rollout.retired.about']).waitFor()
  await cleanOf(omar, 'retired')
  expect(await decided('an old sabre')).toBe('pass')
})

test('a new draft is kept once however often it is saved, and the next new draft starts blank', async () => {
  const nina = await signIn('nina', '/drafts/new?pack=loop')
  const saved = async (id: string) =>
    ((await shown.api('GET', '/v1/drafts')).items as { id: string; revision: number }[])
      .filter((draft) => draft.id === id)
      .map(({ revision }) => revision)
  const id = nina.getByLabel(en['draft.id'], { exact: true })
  await id.fill('daggers')
  const answers = nina.waitForResponse((answer) => new URL(answer.url()).pathname === '/v1/drafts')
  await nina.keyboard.press('Control+s')
  await nina.keyboard.press('Control+s')
  await answers
  await nina.waitForURL(/\/drafts\/(?!new)/)
  await nina.getByText(en['draft.revision'].replace('{n}', '1')).first().waitFor()
  expect(await id.evaluate((field) => field.matches(':focus'))).toBe(true)
  await id.fill('long-daggers')
  await nina.keyboard.press('Control+s')
  await nina.getByText(en['draft.revision'].replace('{n}', '2')).first().waitFor()
  expect([await saved('daggers'), await saved('long-daggers')]).toEqual([[], [2]])

  // Within the console, as the palette and links go.
  await nina.evaluate(`history.pushState(null, '', '/drafts/new')`)
  await nina.getByRole('heading', { name: en['draft.new'], level: 1 }).waitFor()
  expect(await id.inputValue()).toBe('')
  const first = new URL(nina.url()).pathname
  await nina.keyboard.press('Control+s')
  await nina.waitForURL((url) => url.pathname !== first)
  await nina.goBack()
  await nina.getByRole('heading', { name: 'long-daggers', level: 1 }).waitFor()
  expect(await id.inputValue()).toBe('long-daggers')

  // Who has gone elsewhere while it was saved is not called back.
  await nina.evaluate(`history.pushState(null, '', '/drafts/new')`)
  await nina.getByRole('heading', { name: en['draft.new'], level: 1 }).waitFor()
  const kept = nina.waitForResponse((answer) => new URL(answer.url()).pathname === '/v1/drafts')
  await nina.keyboard.press('Control+s')
  await nina.evaluate(`history.pushState(null, '', '/lists')`)
  await kept
  await settled(nina)
  expect(new URL(nina.url()).pathname).toBe('/lists')
})
