import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { en } from '../../console/src/texts/en.ts'
import { patience } from '../../scripts/chromium.ts'
import { readQuizzes } from '../../src/edge/enforcement.ts'
import { shippedPacks } from '../../src/edge/pack-files.ts'
import { mark, quizFor } from '../../src/enforcement/conduct/index.ts'
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

test('an endpoint is added, hears an action that was imposed by hand, and its dead letters and deliveries are seen', async () => {
  const heard: string[] = []
  const receiver = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      heard.push((JSON.parse(body) as { call: string }).call)
      response.end()
    })
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  await page.goto(`${house.url}/webhooks`)
  await page.getByText(en['webhooks.none']).waitFor()
  await button(en['webhooks.add']).click()
  await page.getByLabel(en['webhooks.name']).fill('Shop')
  await page.getByLabel(en['webhooks.url']).fill('ftp://shop.example')
  await page.getByLabel(en['webhooks.secret']).fill('a-secret-that-nobody-guesses')
  await inDialog(en['webhooks.save']).click()
  await page.getByText('Only http and https are called').waitFor()
  await page.getByLabel(en['webhooks.url']).fill(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`)
  await inDialog(en['webhooks.save']).click()
  await page.getByRole('row', { name: /Shop/ }).waitFor()
  await cleanOf(page, 'webhooks')

  await decideEvent({ listing_id: 'bl1', seller_id: 'bs1', title: 'a fine thing' })
  await page.goto(`${house.url}/subjects/listing/bl1`)
  await button(en['impose.open']).click()
  await page.getByText('Least restrictive that fits S3: Demote').waitFor()
  await page.locator('dialog').getByRole('button', { name: 'S2', exact: true }).click()
  await page.getByText('Least restrictive that fits S2: Hold until reviewed').waitFor()
  await page.getByLabel(en['impose.reason']).fill('A buyer was hurt')
  await inDialog('Hold until reviewed').click()
  await page.getByText('Imposed: Hold until reviewed').first().waitFor()
  await expect.poll(() => heard, { timeout: patience }).toEqual(['item.hold'])

  await page.goto(`${house.url}/subjects/listing/bl1?tab=actions`)
  await button(en['calls.open']).click()
  await page.locator('dialog').getByText(en['delivery.sent']).waitFor()
  await page.keyboard.press('Escape')
  await button(en['lift.open']).click()
  await page.getByLabel(en['lift.reason']).fill('It was another one')
  await inDialog(en['lift.open']).click()
  await page.getByText(en['lift.done']).first().waitFor()
  await expect.poll(() => heard, { timeout: patience }).toEqual(['item.hold', 'item.release'])
  receiver.closeAllConnections()
  receiver.close()
})

test('the catalogue marks what fits a subject and a severity', async () => {
  await page.goto(`${house.url}/actions`)
  await page.getByLabel(en['actions.scope']).selectOption('live')
  await button('S1').click()
  await page
    .getByRole('row', { name: /stop_live/ })
    .getByText(en['actions.suggested'])
    .waitFor()
  await cleanOf(page, 'actions')
})

test('a quiz is taken on the page of the seller and gives points back; a linked party is noted', async () => {
  await decideEvent({ listing_id: 'bq1', seller_id: 'bq', title: 'a forbidden knife' })
  await page.goto(`${house.url}/subjects/seller/bq?tab=standing`)
  await button(en['quiz.take']).click()
  await page.locator('dialog fieldset').first().waitFor()
  const { entry_id: entry, class: violated } =
    (await house.app.db.selectFrom('points').selectAll().where('party_id', '=', 'bq').execute())[0] ??
    expect.unreachable()
  const quiz =
    quizFor(
      readQuizzes([shippedPacks], () => undefined),
      violated,
    ) ?? expect.unreachable()
  const asked = (await house.app.enforcing.conduct.quiz(entry, null)).questions
  for (const [index, question] of asked.entries()) {
    const right = question.options.findIndex((option) => mark(quiz, entry, { [question.id]: option.id }).right === 1)
    await page.locator('dialog fieldset').nth(index).locator('input').nth(right).check()
  }
  await inDialog(en['quiz.submit']).click()
  await page.getByText(`${asked.length} of ${asked.length} right, 2 returned`).waitFor()
  await page.locator('dialog').getByRole('button', { name: en['ui.close'] }).click()
  await page.getByText(/2 returned/).waitFor()

  await button(en['links.add']).click()
  await page.getByLabel(en['links.other']).fill('creator-5')
  await page.getByLabel(en['links.evidence']).fill('contract 9')
  await inDialog(en['links.add']).click()
  await page.getByRole('link', { name: 'creator-5' }).waitFor()
  await cleanOf(page, 'subject')
})

test('two appeals are decided alike after a preview and a typed phrase', async () => {
  for (const id of ['ba1', 'ba2']) {
    await decideEvent({ listing_id: id, seller_id: 'bas', title: 'forbidden' })
    const [action] = await house.app.db.selectFrom('actions').selectAll().where('target_id', '=', id).execute()
    const body = { action_id: action?.action_id, text: 'fine', by: 'bas' }
    await shown.api('POST', '/v1/appeals', body)
  }
  await page.goto(`${house.url}/appeals`)
  for (const id of ['ba1', 'ba2']) await page.getByLabel(`Select ${id}`).check()
  await cleanOf(page, 'appeals')
  await button('Decide 2 alike').click()
  await page.locator('dialog').getByRole('button', { name: en['status.overturned'], exact: true }).click()
  await page.getByLabel(en['appeal.note']).fill('The list was wrong.')
  await inDialog(en['appeals.bulk.preview']).click()
  await page.getByLabel('Type overturned 2 to confirm').fill('overturned 2')
  await inDialog('Decide 2').click()
  await page.getByText('2 appeals decided').first().waitFor()
  const rows = await house.app.db.selectFrom('actions').selectAll().where('party_id', '=', 'bas').execute()
  expect(rows.filter((row) => row.inverse_of !== null)).toHaveLength(2)

  await page.goto(`${house.url}/appeals?status=decided`)
  await page.getByRole('link', { name: 'ba2' }).click()
  await page.getByText(en['appeal.precision']).first().waitFor()
  await cleanOf(page, 'appeal')
})

test('a complaint is filed and walks through its four steps', async () => {
  await page.goto(`${house.url}/complaints`)
  await button(en['complaints.add']).click()
  await page.getByLabel(en['complaints.text']).fill('The charger caught fire')
  await page.getByLabel(en['complaints.source']).fill('hotline')
  await page.getByLabel(en['complaints.complainant']).fill('buyer 9')
  await inDialog(en['complaints.add']).click()
  await button('The charger caught fire').click()
  for (const step of ['root_cause', 'fix', 'verified_effect', 'reply'] as const) {
    await page.getByLabel(en[`complaint.${step}`], { exact: true }).fill(`about the ${step}`)
    await inDialog(en['complaints.note']).click()
    await page.locator('dialog').getByText(`about the ${step}`).waitFor()
  }
  await cleanOf(page, 'complaint')
  await page.getByLabel(en['complaints.close']).fill('done')
  await inDialog(en['complaints.close']).click()
  await page.getByText(en['complaints.none']).waitFor()
})
