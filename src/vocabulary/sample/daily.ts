import {
  momentOf,
  planAd,
  planLiveSegment,
  planReport,
  planShop,
  planSignIn,
  planVideo,
  planWriting,
  productName,
  type Stage,
} from './activity.ts'
import { type OrderRecord, planOrder } from './commerce.ts'
import { updatedListingData } from './listings.ts'
import { DAY, HOUR, MINUTE, type Site } from './model.ts'
import type { Buyer } from './people.ts'
import { scramble } from './random.ts'
import { commentText, messageText, questionText, reviewText, writingLanguage } from './texts.ts'
import { drawSite, type Listing, SITES } from './world.ts'

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

/** What is known on one morning: how many buyers and listings of each site exist, and recent orders. */
interface Morning {
  readonly day: number
  readonly buyers: Readonly<Record<Site, number>>
  readonly listings: Readonly<Record<Site, number>>
}

export interface Memory {
  readonly recent: OrderRecord[]
  readonly cell: OrderRecord[]
  readonly videos: { readonly id: string; readonly site: Site }[]
}
export const createMemory = (): Memory => ({ recent: [], cell: [], videos: [] })

function countBefore<T>(items: readonly T[], timeOf: (item: T) => number, moment: number): number {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >> 1
    const item = items[middle]
    if (item !== undefined && timeOf(item) < moment) low = middle + 1
    else high = middle
  }
  return low
}

function morningOf(stage: Stage, day: number): Morning {
  const moment = stage.world.start + day * DAY
  const buyers = { aurora: 0, harbor: 0, lotus: 0 }
  const listings = { aurora: 0, harbor: 0, lotus: 0 }
  for (const site of SITES) {
    buyers[site] = countBefore(stage.world.buyers[site], (buyer) => buyer.registeredAt, moment)
    listings[site] = countBefore(stage.world.listings[site], (listing) => listing.at, moment)
  }
  return { day, buyers, listings }
}

function pickBuyer(stage: Stage, morning: Morning, site: Site): Buyer | undefined {
  const count = morning.buyers[site]
  return count === 0 ? undefined : stage.world.buyers[site][stage.random.below(count)]
}

/** A listing on sale that ships to `code`; popular ones come up more often. */
function pickListing(
  stage: Stage,
  morning: Morning,
  where: { site: Site; code?: string; category?: string },
): Listing | undefined {
  const { site, code, category } = where
  const count = morning.listings[site]
  for (let attempt = 0; attempt < (category === undefined ? 8 : 60); attempt++) {
    const listing = stage.world.listings[site][Math.floor(stage.random.next() ** 1.6 * count)]
    if (listing === undefined) return undefined
    if (category !== undefined && listing.category.path !== category) continue
    if (code === undefined || listing.shipTo.includes(code)) return listing
  }
  return undefined
}

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
    order: record.id,
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

function planConversation(stage: Stage, morning: Morning): void {
  const { random } = stage
  const repeat = (times: number, one: (site: Site, buyer: Buyer, listing: Listing) => void): void => {
    for (let count = 0; count < times; count++) {
      const site = drawSite(random)
      const buyer = pickBuyer(stage, morning, site)
      const listing = pickListing(stage, morning, { site })
      if (buyer !== undefined && listing !== undefined) one(site, buyer, listing)
    }
  }
  const write = (type: 'question.posted' | 'message.sent', site: Site, buyer: Buyer, listing: Listing): void => {
    const language = writingLanguage(buyer.market.language)
    const thing = productName(listing.product, language)
    const at = momentOf(stage, morning.day, buyer.market.offsetHours)
    if (type === 'question.posted') {
      planWriting(stage, {
        type,
        at,
        site,
        author: buyer.id,
        market: buyer.market.code,
        targetId: listing.id,
        targetType: 'listing',
        text: questionText(language, thing, random),
        language,
      })
      return
    }
    const day = `${random.between(1, 12)}/${random.between(1, 28)}`
    const fromSeller = random.chance(0.4)
    const author = fromSeller ? listing.seller.id : buyer.id
    const targetId = fromSeller ? buyer.id : listing.seller.id
    planWriting(stage, {
      type,
      at,
      site,
      author,
      market: buyer.market.code,
      targetId,
      targetType: fromSeller ? 'account' : 'seller',
      text: messageText(language, { thing, day }, random),
      language,
    })
  }
  repeat(34, (site, buyer, listing) => write('question.posted', site, buyer, listing))
  repeat(76, (site, buyer, listing) => write('message.sent', site, buyer, listing))
  repeat(110, (site, buyer) =>
    planSignIn(stage, {
      at: momentOf(stage, morning.day, buyer.market.offsetHours),
      account: buyer.id,
      site,
      market: buyer.market.code,
      device: buyer.device,
      ip: buyer.ip,
      ...(random.chance(0.05) ? { outcome: 'wrong_password' as const } : {}),
    }),
  )
  repeat(11, (site, buyer) => {
    const data = {
      account_id: buyer.id,
      device_id: buyer.device,
      ip: buyer.ip,
      phone: buyer.phone,
      email: buyer.email,
      address: buyer.address,
      channel: 'app',
      market: buyer.market.code,
      changed: random.pick(['address', 'phone', 'password', 'email']),
    }
    stage.schedule.add(momentOf(stage, morning.day, buyer.market.offsetHours), {
      type: 'account.updated',
      site,
      subject: buyer.id,
      data,
    })
  })
}

function planMedia(stage: Stage, morning: Morning): void {
  const { world, random } = stage
  for (let count = 0; count < 49; count++) {
    const creator = random.pick(world.creators)
    const listing = pickListing(stage, morning, { site: creator.site })
    if (listing === undefined) continue
    planVideo(stage, { at: momentOf(stage, morning.day, 4), creator, listing })
    const language = creator.site === 'lotus' ? 'zh' : 'en'
    for (let replies = random.below(3); replies > 0; replies--) {
      const buyer = pickBuyer(stage, morning, creator.site)
      if (buyer === undefined) continue
      planWriting(stage, {
        type: 'comment.posted',
        at: momentOf(stage, morning.day, buyer.market.offsetHours),
        site: creator.site,
        author: buyer.id,
        market: buyer.market.code,
        targetId: listing.id,
        targetType: 'video',
        text: commentText(language, random),
        language,
      })
    }
  }
  for (let count = 0; count < 3; count++) {
    const creator = random.pick(world.creators)
    const stream = `B${scramble(world.nextNumber())}`
    const listing = pickListing(stage, morning, { site: creator.site })
    const at = momentOf(stage, morning.day, 8)
    if (listing === undefined) continue
    for (let index = 0; index < 6; index++) {
      planLiveSegment(stage, {
        at: at + index * 5 * MINUTE,
        stream,
        index,
        creator,
        listing,
        viewers: random.between(40, 9000),
      })
      const buyer = pickBuyer(stage, morning, creator.site)
      if (buyer === undefined) continue
      const language = creator.site === 'lotus' ? 'zh' : 'en'
      planWriting(stage, {
        type: 'comment.posted',
        at: at + (index * 5 + random.next() * 5) * MINUTE,
        site: creator.site,
        author: buyer.id,
        market: buyer.market.code,
        targetId: stream,
        targetType: 'live',
        text: commentText(language, random),
        language,
      })
    }
  }
}

const COMPLAINTS = [
  ['late_delivery', '物流超过承诺时间', 'Parcel later than promised'],
  ['not_as_described', '与描述不符', 'Differs from the description'],
  ['quality', '质量问题，用了几天就坏', 'Broke after a few days'],
  ['missing_part', '少发配件', 'A part is missing'],
  ['price', '降价太快，要求补差', 'Price dropped the day after'],
  ['service', '客服不回复', 'The shop does not answer'],
] as const

function planBusiness(stage: Stage, morning: Morning, memory: Memory): void {
  const { world, random, schedule } = stage
  const sellers = world.sellers.filter((seller) => seller.openAt < world.start + morning.day * DAY)
  for (let count = 0; count < 48; count++) {
    const site = drawSite(random)
    const listing = pickListing(stage, morning, { site })
    if (listing === undefined) continue
    planAd(stage, {
      at: momentOf(stage, morning.day, 4),
      listing,
      market: random.pick(listing.shipTo),
      ...(random.chance(0.2) ? { creator: random.pick(world.creators) } : {}),
    })
  }
  for (let count = 0; count < 42; count++) {
    const listing = pickListing(stage, morning, { site: drawSite(random) })
    if (listing === undefined) continue
    schedule.add(momentOf(stage, morning.day, 4), {
      type: 'listing.updated',
      site: listing.seller.site,
      subject: listing.id,
      data: () => updatedListingData(world, listing, random),
    })
  }
  for (let count = 0; count < 8 && sellers.length > 0; count++)
    planShop(stage, random.pick(sellers), { at: momentOf(stage, morning.day, 2), type: 'shop.updated' })
  for (let count = 0; count < 4; count++) {
    const creator = random.pick(world.creators)
    const data = {
      creator_id: creator.id,
      account_id: creator.account,
      name: creator.name,
      country: creator.country,
      documents: [],
      level: String(random.between(1, 6)),
      category: creator.category.path,
    }
    schedule.add(momentOf(stage, morning.day, 2), {
      type: 'creator.updated',
      site: creator.site,
      subject: creator.id,
      data,
    })
  }
  for (let count = 0; count < 24 && memory.recent.length > 0; count++) {
    const order = random.pick(memory.recent)
    const [reason, zh, en] = random.pick(COMPLAINTS)
    const chinese = order.buyer.market.language === 'zh'
    planReport(stage, {
      at: order.at + (2 + random.next() * 8) * DAY + HOUR,
      site: order.listing.seller.site,
      reporter: order.buyer.id,
      market: order.buyer.market.code,
      reporterKind: 'buyer',
      targetId: order.id,
      targetType: 'order',
      reason,
      text: chinese ? `${zh}，订单${order.id}` : `${en}. Order ${order.id}.`,
    })
  }
}

/** Plans one day of ordinary life. */
export function planDay(stage: Stage, day: number, memory: Memory): void {
  const morning = morningOf(stage, day)
  planOrders(stage, morning, memory)
  planIncident(stage, day, memory)
  planConversation(stage, morning)
  planMedia(stage, morning)
  planBusiness(stage, morning, memory)
}
