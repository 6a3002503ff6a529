import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { shippedPacks } from '../../src/edge/pack-files.ts'
import { listing } from '../server/harness.ts'
import { cleanOf } from './look.ts'
import { type Look, openConsole, type Shown, texts } from './open-console.ts'

let shown: Shown

beforeAll(async () => {
  shown = await openConsole({ packs: shippedPacks })
  await shown.person('anna', 'administrator')
})
afterAll(() => shown?.close())

async function check(page: Page, where: string): Promise<void> {
  await cleanOf(page, where)
  const wide = Number(
    await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
  )
  expect(wide, `${where} scrolls sideways`).toBeLessThanOrEqual(0)
}

test.each([
  ['zh', 'dark'],
  ['en', 'light'],
] as const)(
  'in %s: invited → signs in → sees the violation → appeals → staff overturn → it is restored',
  async (language, theme) => {
    const t = texts[language]
    // The width of a phone: sellers read this there.
    const look: Look = { language, theme, width: 390, height: 844 }
    const seller = `S-${language}`
    const data = {
      ...{ listing_id: `L-${language}`, seller_id: seller, title: 'Pepper spray, 60 ml' },
      ...{ category: 'outdoor/safety', ship_to: ['DE'] },
    }
    await shown.api('POST', '/v1/decide', listing(data))
    await shown.house.app.settled()
    const staff = await shown.signIn('anna', `/subjects/seller/${seller}`, look)
    await staff.getByRole('button', { name: t['invite.open'] }).click()
    await staff.getByRole('button', { name: t['invite.make'] }).click()
    const link = (await staff.locator('[data-invitation]').textContent()) ?? ''
    expect(link).toContain('/join#')

    const page = await shown.page(link.slice(shown.house.url.length), look)
    await page.getByLabel(t['signIn.login']).fill(`seller-${language}`)
    await page.getByLabel(t['signIn.password']).fill('a-long-test-password')
    await check(page, `join-${language}-${theme}`)
    await page.getByRole('button', { name: t['join.submit'] }).click()
    await page.getByRole('heading', { name: t['my.standing'], level: 1 }).waitFor()
    await check(page, `standing-${language}-${theme}`)
    expect(await page.getByRole('link', { name: t['nav.queue'], exact: true }).count()).toBe(0)
    await page.getByRole('link', { name: t['my.documents'], exact: true }).click()
    await page.getByText(t['my.documents.none'], { exact: true }).waitFor()
    await page.getByRole('link', { name: t['my.violations'], exact: true }).click()
    await page.locator('.portal-list a').first().waitFor()
    await check(page, `violations-${language}-${theme}`)
    await page.locator('.portal-list a').first().click()
    await page.getByLabel(t['my.appeal.text']).fill('This model is permitted')
    await check(page, `violation-${language}-${theme}`)
    await page.getByRole('button', { name: t['my.appeal.send'] }).click()
    await page.getByText(t['my.state.appealed']).first().waitFor()

    const { items } = (await shown.api('GET', '/v1/appeals?status=open')) as {
      items: { appeal_id: string; party: { id: string } }[]
    }
    const mine = items.find((row) => row.party.id === seller)
    await shown.api('POST', `/v1/appeals/${mine?.appeal_id}/decide`, {
      outcome: 'overturned',
      note: 'The model is permitted',
    })
    await page.reload()
    await page.getByText(t['my.state.restored']).first().waitFor()
    await page.getByText('The model is permitted').first().waitFor()
    await page.getByText(t['appeal.why.reversed']).waitFor()
    await check(page, `restored-${language}-${theme}`)
  },
)
