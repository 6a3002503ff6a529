import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listing } from '../server/harness.ts'
import { cleanOf } from './look.ts'
import { type Language, openConsole, type Shown, texts } from './open-console.ts'

const queues = `
- { id: plain, order: 1, title: { zh: 普通, en: Plain }, when: "title LIKE '%plain%'" }
- { id: sealed, order: 2, title: { zh: 封存, en: Sealed }, when: "title LIKE '%sealed%'", blind: true }
`
let shown: Shown

beforeAll(async () => {
  shown = await openConsole({ files: { 'queues/queues.yaml': queues } })
  for (const login of ['mia', 'noah']) await shown.person(login, 'reviewer')
})
afterAll(() => shown?.close())

async function open(title: string, ...prices: number[]): Promise<void> {
  for (const price of prices)
    expect((await shown.api('POST', '/v1/decide', listing({ title, price }))).verdict).toBe('review')
  await shown.house.app.settled()
}

const decided = () =>
  shown.house.app.db.selectFrom('case_events').selectAll().where('type', '=', 'decided').orderBy('at').execute()

describe.each(['en', 'zh'] satisfies Language[])('the floor in %s', (language) => {
  const t = texts[language]
  const word = (text: string) => `doubtful ${text} ${language}`

  test('queues, presence, two keys for a decision, undo, why a case is first', async () => {
    await open(word('plain'), 9000, 400, 10)
    const before = (await decided()).length
    const mia = await shown.signIn('mia', '/queue?queue=plain', { language })
    await mia.getByRole('button', { name: language === 'zh' ? '普通' : 'Plain' }).waitFor()
    await mia.getByText(t['floor.forecast']).waitFor()
    // Nobody has decided anything yet: what is due within the forecast is marked, with the reason in words.
    await mia.locator('[data-late]').getByText(t['due.willBeLate'], { exact: true }).first().waitFor()
    expect(await mia.locator('[data-late]').first().getAttribute('title')).not.toBe('')
    await cleanOf(mia, `the queue in ${language}`)
    await mia.keyboard.press('n')
    await mia.getByText(t['priority.why']).click()
    await mia.getByText(t['priority.product']).waitFor()
    // The dearest is first: the same severity, more at stake.
    expect(await mia.locator('.evidence').textContent()).toMatch(/9,?000/)

    const noah = await shown.signIn('noah', '/queue?queue=plain', { language })
    await noah.getByRole('region', { name: t['floor.who'] }).getByText('mia').first().waitFor()
    await noah.context().close()

    const first = new URL(mia.url()).pathname
    await mia.keyboard.press('5')
    await mia.keyboard.press('n')
    await mia.waitForURL((url) => url.pathname !== first && url.pathname.startsWith('/cases/'))
    expect((await decided()).length).toBe(before + 1)
    await mia.keyboard.press('u')
    await mia.waitForURL((url) => url.pathname === first)
    const row = await shown.house.app.db
      .selectFrom('case_state')
      .selectAll()
      .where('case_id', '=', first.split('/')[2] ?? '')
      .executeTakeFirst()
    expect(row?.status).toBe('open')
    await mia.context().close()
  })

  test('several at once: ticked, previewed, confirmed by typing, decided once', async () => {
    await open(word('bulk'), 20, 30)
    const before = (await decided()).length
    const noah = await shown.signIn('noah', `/queue?queue=loop&q=${encodeURIComponent(word('bulk'))}`, { language })
    const boxes = noah.getByRole('checkbox')
    await boxes.nth(1).waitFor()
    await boxes.nth(0).check()
    await boxes.nth(1).check()
    await noah.getByRole('button', { name: t['bulk.decide'] }).click()
    await noah.getByLabel(t['bulk.outcome']).selectOption('remove')
    const apply = noah.getByRole('button', { name: t['bulk.apply'], exact: true })
    const field = noah.getByRole('dialog').getByRole('textbox')
    await field.waitFor()
    await cleanOf(noah, `the bulk dialog in ${language}`)
    expect(await apply.isDisabled()).toBe(true)
    await field.fill('remove 3')
    expect(await apply.isDisabled()).toBe(true)
    await field.fill('remove 2')
    await apply.click()
    await noah.getByRole('dialog').waitFor({ state: 'detached' })
    expect((await decided()).length).toBe(before + 2)
    await noah.context().close()
  })

  test('a blind case shows the thing and the policies, not what was proposed', async () => {
    await open(word('sealed'), 50)
    const mia = await shown.signIn('mia', '/queue?queue=sealed', { language })
    await mia.getByRole('link', { name: word('sealed') }).waitFor()
    await mia.keyboard.press('n')
    await mia.getByText(t['review.blind.hint']).waitFor()
    expect(await mia.getByText('loop/doubtful').count()).toBe(0)
    expect(await mia.locator('mark').count()).toBe(0)
    await cleanOf(mia, `a blind case in ${language}`)
    await mia.context().close()
  })
})
