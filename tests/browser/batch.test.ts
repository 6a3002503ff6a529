import { afterAll, beforeAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { en } from '../../console/src/texts/en.ts'
import { zh } from '../../console/src/texts/zh.ts'
import { nowMicros, parseTime } from '../../src/kernel/time.ts'
import { listing } from '../server/harness.ts'
import { cleanOf } from './look.ts'
import { openConsole, type Shown } from './open-console.ts'

let shown: Shown

const strategy = {
  id: 'many-cheap',
  version: 1,
  title: { zh: '低价倾销', en: 'Shops that give goods away' },
  policy: 'LOOP.BANNED',
  owner: 'tests',
  schedule: { after: '1h' },
  window: '1d',
  contract: [{ table: 'events', where: "type = 'listing.submitted'", min_rows: 1, max_age: '1d' }],
  output: { max: 100 },
  cap: 1,
  verdict: 'block',
  mode: 'live',
  expires: '2030-01-01',
  canaries: [
    {
      subject_type: 'shop',
      subject_id: 'canary-shop',
      rows: [{ type: 'listing.submitted', listing_id: 'canary-{n}', seller_id: 'canary-shop', price: 1, repeat: 2 }],
    },
  ],
  query: `SELECT 'shop' AS subject_type, seller_id AS subject_id, count(*) AS score FROM events
WHERE type = 'listing.submitted' AND price < 2 AND logged_at > :window_from AND logged_at <= :window_to
GROUP BY seller_id HAVING count(*) >= 2`,
  cases: [
    {
      name: 'two',
      rows: [{ type: 'listing.submitted', listing_id: 'L{n}', seller_id: 'A', price: 1, repeat: 2 }],
      expect: ['shop:A'],
    },
    {
      name: 'one',
      trap: true,
      rows: [{ type: 'listing.submitted', listing_id: 'L', seller_id: 'A', price: 1 }],
      expect: [],
    },
  ],
}

beforeAll(async () => {
  shown = await openConsole({ files: { 'loop/batch/many-cheap.yaml': stringify(strategy) } })
  await shown.person('sena', 'strategist')
  const { app } = shown.house
  for (const seller of ['A', 'A', 'B', 'B', 'C']) {
    const done = app.pipeline.submit(listing({ seller_id: seller, price: 1 }), { history: true })
    if (done.status === 'accepted') await done.durable
  }
  const at = (text: string) => parseTime(text) ?? 0
  const window = { from: at('2026-06-01T00:00:00Z'), to: at('2026-06-02T00:00:00Z') }
  await app.batch.run('loop/many-cheap', { window, actor: 'somebody', now: nowMicros() })
  await app.batch.check(nowMicros())
})
afterAll(() => shown?.close())

test('the board shows the run that waits; its page approves it after the name is typed, and the subjects are decided', async () => {
  const t = en
  const page = await shown.signIn('sena')
  await page.keyboard.press('g')
  await page.keyboard.press('j')
  const row = page.getByRole('row', { name: /give goods away/ })
  await row.getByText('over its cap, waits for approval').waitFor()
  await cleanOf(page, 'the board')
  await row.getByRole('link').click()
  await page.getByText(t['batch.held.title']).waitFor()
  await cleanOf(page, 'the page of a strategy')

  await page.getByRole('button', { name: t['batch.dry.run'] }).click()
  await page.getByText(/2 hits in 5 rows/).waitFor()

  await page.getByRole('button', { name: t['batch.approve'] }).click()
  const dialog = page.getByRole('dialog')
  const approve = dialog.getByRole('button', { name: /^Approve: decide 2 subjects/ })
  await dialog.getByLabel(t['batch.approve.reason']).fill('looked at both')
  expect(await approve.isDisabled()).toBe(true)
  await dialog.getByLabel('Type loop/many-cheap to confirm').fill('loop/many-cheap')
  await approve.click()
  await dialog.waitFor({ state: 'detached' })
  await shown.house.app.settled()
  const actions = await shown.house.app.db.selectFrom('actions').select(['kind', 'target_id']).execute()
  expect(actions.map(({ kind, target_id }) => `${kind} ${target_id}`).sort()).toEqual([
    'block_publish A',
    'block_publish B',
  ])
})

test('the same in Chinese: the page says who was found and that the run is done', async () => {
  const page = await shown.signIn('sena', '/batch/loop/many-cheap', { language: 'zh' })
  await page.getByRole('heading', { name: '低价倾销' }).waitFor()
  await page.getByRole('cell', { name: zh['batch.standing.fresh'] }).first().waitFor()
  expect(await page.getByText(zh['batchStatus.applied']).count()).toBeGreaterThan(0)
  await cleanOf(page, 'the page in Chinese')
})
