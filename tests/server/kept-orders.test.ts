import { afterAll, beforeAll, expect, test } from 'vitest'
import { createKeptOrders } from '../../src/edge/kept-orders.ts'
import { actionStore } from '../../src/enforcement/actions/index.ts'
import { part } from '../../src/kernel/database.ts'
import { day, nowMicros } from '../../src/kernel/time.ts'
import { type House, openHouse } from './harness.ts'

let house: House
beforeAll(async () => {
  house = await openHouse({ clock: false })
})
afterAll(() => house.close())

let numbers = 0
async function send(type: string, data: Readonly<Record<string, unknown>>): Promise<void> {
  const token = await house.token('strategist')
  const id = `kept-${++numbers}`
  const body = { id, source: 'shop', type, site: 'test', time: new Date().toISOString(), data }
  const answer = await house.call('POST', '/v1/decide', { token, body })
  expect(answer.status).toBe(200)
}
const place = (seller: string, order: string) =>
  send('order.placed', { order_id: order, buyer_id: 'b1', seller_id: seller, listing_id: 'l1', amount: 9, quantity: 1 })
const creditsOf = async (seller: string) =>
  (await actionStore.pointsOfParty(part(house.app.db), { type: 'seller', id: seller })).filter(
    (row) => row.type === 'credit',
  )

test('orders of a period that nobody refunded become one credit for each seller, filed once however often the clock ticks', async () => {
  for (let number = 0; number < 5; number++) await place('k-good', `g${number}`)
  // The same order told twice is one order.
  await place('k-good', 'g0')
  await place('k-back', 'r0')
  await send('order.refunded', { order_id: 'r0', buyer_id: 'b1', seller_id: 'k-back', amount: 9, reason: 'broken' })
  await place('k-mixed', 'm0')
  await place('k-mixed', 'm1')
  await send('order.refunded', { order_id: 'm1', buyer_id: 'b1', seller_id: 'k-mixed', amount: 9, reason: 'late' })
  await house.app.settled()
  const input = {
    db: part(house.app.db),
    facts: house.app.facts,
    conduct: house.app.enforcing.conduct,
    rules: house.app.rules,
    durable: () => house.app.journal.durable(),
  } as const
  const kept = createKeptOrders(input)
  expect(await kept.tick(nowMicros())).toBe(0)
  expect(await creditsOf('k-good')).toEqual([])

  // Two months on, this month has settled, whatever its length.
  const later = nowMicros() + 50 * day
  expect(await kept.tick(later)).toBe(2)
  expect(await kept.tick(later)).toBe(0)
  // A crash before the period was noted: it is counted again, and files nothing again.
  await house.app.db.deleteFrom('applied').where('consumer', '=', 'kept-orders/house-shop').execute()
  await createKeptOrders(input).tick(later)
  expect((await creditsOf('k-good')).map((row) => [row.class, row.quantity, row.actor])).toEqual([
    ['orders-kept', 5, 'system'],
  ])
  expect((await creditsOf('k-mixed')).map((row) => row.quantity)).toEqual([1])
  expect(await creditsOf('k-back')).toEqual([])
})
