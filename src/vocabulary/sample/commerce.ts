import { currencyOf, toSitePrice } from './markets.ts'
import { DAY, type Data, HOUR, type TruthSeed } from './model.ts'
import type { Buyer } from './people.ts'
import { type Random, scramble, weighted } from './random.ts'
import type { Schedule } from './schedule.ts'
import type { Listing, World } from './world.ts'

export interface OrderInput {
  readonly at: number
  readonly buyer: Buyer
  readonly listing: Listing
  readonly coupon?: string
  readonly device?: string
  readonly ip?: string
  readonly instrument?: string
  readonly quantity?: number
  readonly weight?: number
  readonly refund?: { readonly afterDays: number; readonly reason: string }
  readonly truth?: TruthSeed
  /** Truth of the refund event where it differs from the order's. */
  readonly refundTruth?: TruthSeed
  readonly shippedTruth?: TruthSeed
}

export interface OrderRecord {
  readonly id: string
  readonly at: number
  readonly data: Data
  readonly buyer: Buyer
  readonly listing: Listing
  readonly partner: string
  readonly refunded: boolean
}

const REASONS = ['changed_mind', 'wrong_size', 'not_as_described', 'arrived_late', 'defective', 'wrong_item'] as const
const BASE_REFUND_RATE = 0.045

function orderData(input: OrderInput, id: string): Data {
  const { buyer, listing } = input
  const quantity = input.quantity ?? 1
  const data: Record<string, unknown> = {
    order_id: id,
    buyer_id: buyer.id,
    seller_id: listing.seller.id,
    listing_id: listing.id,
    category: listing.category.path,
    market: buyer.market.code,
    amount: Math.round(toSitePrice(listing.euro, listing.seller.site) * quantity * 100) / 100,
    currency: currencyOf(listing.seller.site),
    quantity,
    device_id: input.device ?? buyer.device,
    ip: input.ip ?? buyer.ip,
    address: buyer.address,
    payment_instrument: input.instrument ?? buyer.instrument,
  }
  if (input.coupon !== undefined) data['coupon'] = input.coupon
  return data
}

/** Plans payment, order, parcel and, where it comes to that, refund of one purchase. */
export function planOrder(world: World, schedule: Schedule, input: OrderInput, random: Random): OrderRecord {
  const id = `O${scramble(world.nextNumber())}`
  const { at, buyer, listing, truth } = input
  const data = orderData(input, id)
  const site = listing.seller.site
  const base = { site, subject: id }
  schedule.add(at - random.between(2, 40) * 1000, {
    ...base,
    type: 'payment.attempted',
    data: { ...data, outcome: 'authorised' },
    truth,
  })
  schedule.add(at, { ...base, type: 'order.placed', data, truth })
  const partner = weighted(buyer.market.partners)(random)
  const lost = input.refund === undefined && input.weight === undefined && random.chance(0.03)
  const shippedAt = at + (5 + random.next() * 40) * HOUR
  const shipment = {
    ...data,
    tracking: `${partner.slice(0, 2).toUpperCase()}${id.slice(1)}`,
    logistics_partner: partner,
  }
  if (!lost) {
    const [low, high] = listing.category.weight
    const weight = input.weight ?? Math.round((low + (high - low) * random.next()) * (input.quantity ?? 1))
    const shippedTruth = input.shippedTruth ?? truth
    schedule.add(shippedAt, {
      ...base,
      type: 'order.shipped',
      data: { ...shipment, weight_g: weight },
      truth: shippedTruth,
    })
  }
  const refund = input.refund ?? drawRefund(lost, truth, random)
  if (refund !== undefined) {
    const reason = { reason: refund.reason }
    const event = {
      ...base,
      type: 'order.refunded',
      data: { ...shipment, ...reason },
      truth: input.refundTruth ?? truth,
    }
    schedule.add(lost ? at + 12 * HOUR : shippedAt + refund.afterDays * DAY, event)
  }
  return { id, at, data: shipment, buyer, listing, partner, refunded: refund !== undefined }
}

function drawRefund(lost: boolean, truth: TruthSeed | undefined, random: Random): OrderInput['refund'] {
  if (lost) return { afterDays: 0, reason: 'cancelled' }
  if (truth !== undefined || !random.chance(BASE_REFUND_RATE)) return undefined
  return { afterDays: 2 + random.next() * 10, reason: random.pick(REASONS) }
}
