import { momentOf, planRegistration, planWriting, type Stage } from './activity.ts'
import { type OrderRecord, planOrder } from './commerce.ts'
import { planBusiness, planConversation, planMedia } from './daily-life.ts'
import { drawMarket } from './markets.ts'
import { DAY } from './model.ts'
import { type Memory, type Morning, morningOf, pickBuyer, pickListing } from './morning.ts'
import { createBuyer } from './people.ts'
import { reviewText, writingLanguage } from './texts.ts'
import { drawSite } from './world.ts'

export const CAMPAIGN = { startShare: 0.8, days: 2, lift: 2.7, coupon: 'AUTUMN11' } as const
export const INCIDENT = {
  startShare: 0.62,
  days: 3,
  category: 'electronics/phone-accessories',
  market: 'DE',
  partner: 'BlueLark',
} as const

export const campaignDay = (days: number): number => Math.floor(days * CAMPAIGN.startShare)
export const incidentDay = (days: number): number => Math.floor(days * INCIDENT.startShare)

const inCampaign = (stage: Stage, day: number): boolean => {
  const first = campaignDay(stage.world.days)
  return day >= first && day < first + CAMPAIGN.days
}

function ordersOf(stage: Stage, day: number): number {
  const weekday = new Date(stage.world.start + day * DAY).getUTCDay()
  const weekend = weekday === 0 || weekday === 6 ? 1.15 : 0.96
  const rampUp = day < 4 ? day / 4 : 1
  const lift = inCampaign(stage, day) ? CAMPAIGN.lift : 1
  return Math.round(385 * weekend * rampUp * lift * (0.95 + stage.random.next() * 0.1))
}

function planOrders(stage: Stage, morning: Morning, memory: Memory): void {
  const { world, schedule, random } = stage
  for (let count = ordersOf(stage, morning.day); count > 0; count--) {
    const site = drawSite(random)
    const buyer = pickBuyer(stage, morning, site)
    if (buyer === undefined) continue
    const code = buyer.market.code
    const favourite = code === INCIDENT.market && random.chance(0.22)
    const listing = pickListing(stage, morning, { site, code, ...(favourite ? { category: INCIDENT.category } : {}) })
    if (listing === undefined) continue
    const coupon = inCampaign(stage, morning.day)
      ? CAMPAIGN.coupon
      : random.chance(0.1)
        ? random.pick(['WELCOME5', 'NEW20', 'NEW20'])
        : undefined
    const at = momentOf(stage, morning.day, buyer.market.offsetHours)
    const record = planOrder(
      world,
      schedule,
      {
        at,
        buyer,
        listing,
        quantity: random.chance(0.14) ? random.between(2, 4) : 1,
        ...(coupon === undefined ? {} : { coupon }),
      },
      random,
    )
    memory.recent.push(record)
    if (listing.category.path === INCIDENT.category && code === INCIDENT.market && record.partner === INCIDENT.partner)
      memory.cell.push(record)
    if (random.chance(0.05)) planDecline(stage, record)
    if (random.chance(0.27)) planReview(stage, record)
  }
  if (memory.recent.length > 6000) memory.recent.splice(0, memory.recent.length - 4000)
}

/** One declined card before the purchase: nothing unusual. */
function planDecline(stage: Stage, record: OrderRecord): void {
  const { logistics_partner: _partner, tracking: _tracking, ...data } = record.data
  const event = {
    ...data,
    outcome: 'declined',
    reason: stage.random.pick(['insufficient_funds', 'wrong_code', 'limit']),
  }
  stage.schedule.add(record.at - stage.random.between(50, 300) * 1000, {
    type: 'payment.attempted',
    site: record.listing.seller.site,
    subject: record.id,
    data: event,
  })
}

function planReview(stage: Stage, record: OrderRecord): void {
  const { random } = stage
  const language = writingLanguage(record.buyer.market.language)
  const rating = record.refunded ? random.between(1, 3) : random.pick([5, 5, 5, 5, 5, 5, 4, 4, 4, 3, 2, 1])
  planWriting(stage, {
    type: 'review.posted',
    at: record.at + (3 + random.next() * 11) * DAY,
    site: record.listing.seller.site,
    author: record.buyer.id,
    market: record.buyer.market.code,
    targetId: record.listing.id,
    targetType: 'listing',
    text: reviewText(language, rating, random),
    language,
    rating,
    ...(random.chance(0.86) ? { order: record.id } : {}),
    images: random.chance(0.2) ? [`https://img.${record.listing.seller.site}.example/u/${record.id}.jpg`] : [],
  })
}

function planIncident(stage: Stage, day: number, memory: Memory): void {
  const first = incidentDay(stage.world.days)
  if (day < first || day >= first + INCIDENT.days) return
  const today = stage.world.start + day * DAY
  const open = memory.cell.filter(
    (record) => !record.refunded && record.at < today - 2 * DAY && record.at > today - 11 * DAY,
  )
  for (const record of open) {
    if (!stage.random.chance(0.26)) continue
    memory.cell.splice(memory.cell.indexOf(record), 1)
    const data = {
      ...record.data,
      reason: stage.random.pick(['parcel_lost', 'arrived_damaged', 'parcel_lost', 'arrived_late']),
    }
    stage.schedule.add(momentOf(stage, day, 2), {
      type: 'order.refunded',
      site: 'aurora',
      subject: record.id,
      data,
    })
  }
}

/** New customers whom the sale brings in. */
function planNewcomers(stage: Stage, day: number): void {
  if (!inCampaign(stage, day)) return
  const { world, random } = stage
  for (let count = 0; count < 170; count++) {
    const market = drawMarket(drawSite(random), random)
    const registeredAt = momentOf(stage, day, market.offsetHours)
    const buyer = createBuyer({ number: world.nextPerson(), market, registeredAt, channel: 'advertising' }, random)
    planRegistration(stage, buyer, { campaign: CAMPAIGN.coupon })
  }
}

/** Plans one day of ordinary life. */
export function planDay(stage: Stage, day: number, memory: Memory): void {
  const morning = morningOf(stage, day)
  planOrders(stage, morning, memory)
  planIncident(stage, day, memory)
  planNewcomers(stage, day)
  planConversation(stage, morning)
  planMedia(stage, morning, memory)
  planBusiness(stage, morning, memory)
}
