import type { Pack } from '../../src/vocabulary/packs/index.ts'
import { randomOf } from './measure.ts'

/** A shop of orders for the whole-path measures: strategies, windows and lists over `order.placed`. */
const hour = 'INTERVAL 1 HOUR'
const day = 'INTERVAL 24 HOUR'
const minutes = 'INTERVAL 10 MINUTE'

const windows: readonly (readonly [id: string, aggregate: string, key: string, range: string])[] = [
  ['buyer_orders_10m', 'count(*)', 'buyer_id', minutes],
  ['buyer_orders_1h', 'count(*)', 'buyer_id', hour],
  ['buyer_orders_24h', 'count(*)', 'buyer_id', day],
  ['buyer_spend_1h', 'sum(amount)', 'buyer_id', hour],
  ['buyer_spend_24h', 'sum(amount)', 'buyer_id', day],
  ['device_orders_1h', 'count(*)', 'device_id', hour],
  ['device_orders_24h', 'count(*)', 'device_id', day],
  ['device_buyers_24h', 'count(DISTINCT buyer_id)', 'device_id', day],
  ['device_spend_24h', 'sum(amount)', 'device_id', day],
  ['ip_orders_10m', 'count(*)', 'ip', minutes],
  ['ip_orders_1h', 'count(*)', 'ip', hour],
  ['ip_buyers_1h', 'count(DISTINCT buyer_id)', 'ip', hour],
  ['ip_devices_24h', 'count(DISTINCT device_id)', 'ip', day],
  ['card_orders_1h', 'count(*)', 'payment_instrument', hour],
  ['card_orders_24h', 'count(*)', 'payment_instrument', day],
  ['card_buyers_24h', 'count(DISTINCT buyer_id)', 'payment_instrument', day],
  ['seller_orders_1h', 'count(*)', 'seller_id', hour],
  ['seller_sales_24h', 'sum(amount)', 'seller_id', day],
  ['seller_price_24h', 'avg(amount)', 'seller_id', day],
  ['listing_orders_1h', 'count(*)', 'listing_id', hour],
]

export function windowSqlOf(count: number): { id: string; sql: string }[] {
  return windows.slice(0, count).map(([id, aggregate, key, range]) => ({
    id,
    sql: `${aggregate} OVER (PARTITION BY ${key} ORDER BY logged_at RANGE BETWEEN ${range} PRECEDING AND CURRENT ROW)`,
  }))
}

const both = (text: string) => ({ zh: text, en: text })
const lists = [
  ['bad_buyer', 'buyer_id', 'buyer_'],
  ['bad_device', 'device_id', 'device_'],
  ['bad_ip', 'ip', '10.'],
  ['bad_card', 'payment_instrument', 'card_'],
  ['bad_address', 'address', 'street '],
] as const

const categories = 200
const pools = {
  buyer: 200_000,
  device: 150_000,
  ip: 50_000,
  card: 200_000,
  seller: 5000,
  listing: 50_000,
  address: 150_000,
}

/** The conditions: findings an event stay about the same whatever their number, as in a shop that grows its rules. */
export function shopConditions(count: number, { signals = true } = {}): string[] {
  const random = randomOf(7)
  const share = 0.15 / count
  const above = (chance: number) => `amount > ${(1000 * (1 - Math.min(0.99, chance))).toFixed(2)}`
  return Array.from({ length: count }, (_, index) => {
    const list = lists[index]
    if (list && signals) return `${list[0]} AND amount > 5`
    const category = `category = 'goods/${Math.floor(random() * categories)}'`
    const inCategory = share * categories
    switch (index % 5) {
      case 0:
        return `${category} AND ${above(inCategory)} AND quantity >= 1`
      case 1:
        return `${category} AND ${above(inCategory * 3)} AND buyer_orders_24h >= ${1 + Math.floor(random() * 3)}`
      case 2:
        return `coupon = 'SAVE${Math.floor(random() * 50)}' AND ${above(share * 150)} AND device_orders_1h >= 1 AND quantity < 4`
      case 3:
        return `${category} AND ${above(inCategory * 2)} AND seller_sales_24h > ${Math.round(random() * 5000)} AND currency IN ('EUR', 'USD')`
      default:
        return `weight_g BETWEEN ${Math.floor(random() * 5000)} AND 5000 AND ${above(share * 20)} AND ip_buyers_1h < 5 AND reason IS NULL AND ${category}`
    }
  })
}

export function shopPack({ strategies, features = 20 }: { strategies: number; features?: number }): Pack {
  const random = randomOf(11)
  const policy = {
    ...{ id: 'B1', version: 1, title: both('Bench'), text: both('Bench'), severity: 'S3', verification: 'source' },
    notice: { what: both('what'), fix: both('fix') },
  }
  const pack = {
    header: { id: 'bench', version: '1.0.0', title: both('Bench'), owner: 'bench', jurisdiction: ['*'] },
    policies: [policy],
    strategies: shopConditions(strategies).map((when, index) => ({
      ...{
        id: `s${index}`,
        version: 1,
        title: both(`Strategy ${index}`),
        policy: 'B1',
        on: ['order.placed'],
        markets: ['*'],
      },
      ...{ when, verdict: index % 3 === 0 ? 'review' : 'label', mode: 'live', owner: 'bench' },
    })),
    features: windowSqlOf(features).map(({ id, sql }) => ({ id, title: both(id), on: ['order.placed'], sql })),
    signals: lists.map(([id, column]) => ({ id, kind: 'list', list: id.replace('_', '-'), column })),
    lists: lists.map(([id, , prefix]) => ({
      ...{ id: id.replace('_', '-'), title: both(id), owner: 'bench', reason: both('bench'), normalise: 'exact' },
      entries: Array.from({ length: 2000 }, () => `${prefix}${Math.floor(random() * 200_000)}`),
    })),
    ...{ lexicons: [], batch: [], rollout: [], cases: [], places: new Map(), fingerprint: `bench-${strategies}` },
  }
  return pack as unknown as Pack
}

/** JSON texts of orders, one after the other, spread evenly over `days` of event time. */
export function orderSource({
  events,
  days,
  seed = 3,
}: {
  events: number
  days: number
  seed?: number
}): (count: number) => string[] {
  const random = randomOf(seed)
  const start = Date.parse('2026-03-01T00:00:00Z')
  const step = (days * 86_400_000) / events
  const whole = (below: number) => Math.floor(random() * below)
  // Some come often and most seldom, as on a marketplace.
  const from = (pool: keyof typeof pools) => Math.floor(pools[pool] * random() ** 2)
  let next = 0
  const one = () => {
    const index = next++
    const ip = from('ip')
    return (
      `{"specversion":"1.0","id":"order-${seed}-${index}","source":"/shop/orders","type":"order.placed","time":"${new Date(start + index * step).toISOString()}","subject":"order_${index}","site":"eu",` +
      `"data":{"order_id":"order_${index}","buyer_id":"buyer_${from('buyer')}","seller_id":"seller_${from('seller')}","listing_id":"listing_${from('listing')}","amount":${whole(100_000) / 100},` +
      `"currency":"${['EUR', 'USD', 'GBP', 'CNY'][whole(4)]}","quantity":${1 + whole(5)},"coupon":"SAVE${whole(50)}","device_id":"device_${from('device')}","ip":"10.${ip >> 8}.${ip & 255}.7",` +
      `"address":"street ${from('address')}, 10115 Berlin, Germany","payment_instrument":"card_${from('card')}","weight_g":${whole(5000)},"logistics_partner":"post","category":"goods/${whole(categories)}",` +
      `"channel":"app","app_version":"7.14.${whole(9)}","locale":"de-DE","gift":${random() < 0.1},"items":[{"sku":"sku-${from('listing')}","n":1}]}}`
    )
  }
  return (count) => Array.from({ length: count }, one)
}
