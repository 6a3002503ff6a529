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
import { updatedListingData } from './listings.ts'
import { DAY, HOUR, MINUTE, type Site } from './model.ts'
import { type Memory, type Morning, pickBuyer, pickListing } from './morning.ts'
import type { Buyer } from './people.ts'
import { scramble } from './random.ts'
import { commentText, messageText, questionText, writingLanguage } from './texts.ts'
import { drawSite, type Listing } from './world.ts'

interface Talk {
  readonly day: number
  readonly site: Site
  readonly buyer: Buyer
  readonly listing: Listing
}

function ask(stage: Stage, { day, site, buyer, listing }: Talk): void {
  const { random } = stage
  const language = writingLanguage(buyer.market.language)
  const text = questionText(language, productName(listing.product, language), random)
  const at = momentOf(stage, day, buyer.market.offsetHours)
  planWriting(stage, {
    type: 'question.posted',
    at,
    site,
    author: buyer.id,
    market: buyer.market.code,
    targetId: listing.id,
    targetType: 'listing',
    text,
    language,
  })
}

function message(stage: Stage, { day, site, buyer, listing }: Talk): void {
  const { random } = stage
  const language = writingLanguage(buyer.market.language)
  const subject = {
    thing: productName(listing.product, language),
    day: `${random.between(1, 12)}/${random.between(1, 28)}`,
  }
  const fromSeller = random.chance(0.4)
  planWriting(stage, {
    type: 'message.sent',
    at: momentOf(stage, day, buyer.market.offsetHours),
    site,
    author: fromSeller ? listing.seller.id : buyer.id,
    market: buyer.market.code,
    targetId: fromSeller ? buyer.id : listing.seller.id,
    targetType: fromSeller ? 'account' : 'seller',
    text: messageText(language, subject, random),
    language,
  })
}

/** Questions, messages, sign-ins and changed profiles. */
export function planConversation(stage: Stage, morning: Morning): void {
  const { random } = stage
  const repeat = (times: number, one: (site: Site, buyer: Buyer, listing: Listing) => void): void => {
    for (let count = 0; count < times; count++) {
      const site = drawSite(random)
      const buyer = pickBuyer(stage, morning, site)
      const listing = pickListing(stage, morning, { site })
      if (buyer !== undefined && listing !== undefined) one(site, buyer, listing)
    }
  }
  repeat(34, (site, buyer, listing) => ask(stage, { day: morning.day, site, buyer, listing }))
  repeat(76, (site, buyer, listing) => message(stage, { day: morning.day, site, buyer, listing }))
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

/** Short videos with comments below them, and live streams. */
export function planMedia(stage: Stage, morning: Morning, memory: Memory): void {
  const { world, random } = stage
  for (const { id, site } of memory.fresh.splice(0)) stage.feed[site].push(id)
  for (let count = 0; count < 49; count++) {
    const creator = random.pick(world.creators)
    const listing = pickListing(stage, morning, { site: creator.site })
    if (listing === undefined) continue
    const at = momentOf(stage, morning.day, 4)
    const id = planVideo(stage, { at, creator, listing })
    memory.fresh.push({ id, site: creator.site })
    const language = creator.site === 'lotus' ? 'zh' : 'en'
    for (let replies = random.below(3); replies > 0; replies--) {
      const buyer = pickBuyer(stage, morning, creator.site)
      if (buyer === undefined) continue
      planWriting(stage, {
        type: 'comment.posted',
        at: at + random.next() ** 2 * 40 * HOUR,
        site: creator.site,
        author: buyer.id,
        market: buyer.market.code,
        targetId: id,
        targetType: 'video',
        text: commentText(language, random),
        language,
      })
    }
  }
  planStreams(stage, morning)
}

function planStreams(stage: Stage, morning: Morning): void {
  const { world, random } = stage
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

/** Ads, changed listings and shops, and complaints. */
export function planBusiness(stage: Stage, morning: Morning, memory: Memory): void {
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
