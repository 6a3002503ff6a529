import { planRegistration, planSignIn, planWriting, type Stage } from './activity.ts'
import { planOrder } from './commerce.ts'
import { currencyOf, drawMarket, fictionalIp, type Market, market } from './markets.ts'
import { DAY, HOUR, MINUTE, type Site } from './model.ts'
import { type Buyer, createBuyer } from './people.ts'
import { lines, openBuyer, openListing, times } from './plant-tools.ts'
import { type Random, scramble } from './random.ts'
import type { Listing } from './world.ts'

/** Who belongs to a ring and when it was active. */
export interface Ring {
  readonly id: string
  readonly kind: string
  readonly site: Site
  readonly members: readonly string[]
  readonly from: number
  readonly to: number
}

export interface RingInput {
  readonly id: string
  readonly site: Site
  readonly from: number
}

interface Crew {
  readonly kind: string
  readonly count: number
  readonly devices: number
  /** Registrations spread over this many milliseconds. */
  readonly within: number
  readonly market?: string
  readonly emailStem?: string
}

/** Accounts that belong together and share devices; registers them. */
function recruit(stage: Stage, input: RingInput, crew: Crew): Buyer[] {
  const { world, random } = stage
  const place: Market = crew.market === undefined ? drawMarket(input.site, random) : market(crew.market)
  const devices = Array.from(
    { length: crew.devices },
    () => `dev-${scramble(world.nextNumber() + 60_000_000).toLowerCase()}`,
  )
  const lineOf = devices.map(() => fictionalIp(world.nextPerson() * 7 + 3))
  return Array.from({ length: crew.count }, (_, index) => {
    const registeredAt = input.from + random.next() * crew.within
    const person = createBuyer({ number: world.nextPerson(), market: place, registeredAt, channel: 'friend' }, random)
    const device = devices[index % devices.length] ?? person.device
    const ip = lineOf[index % devices.length] ?? person.ip
    const email = crew.emailStem === undefined ? person.email : `${crew.emailStem}${String(index + 11)}@mail.example`
    const buyer: Buyer = { ...person, device, ip, email }
    planRegistration(stage, buyer, { truth: { kind: crew.kind, ring: input.id } })
    return buyer
  })
}

const ring = (input: RingInput, kind: string, rest: { members: readonly string[]; to: number }): Ring => ({
  ...input,
  kind,
  ...rest,
})

const PRAISE: Readonly<Record<string, readonly (readonly string[])[]>> = {
  en: [
    ['Amazing product', 'Wonderful product', 'Superb product'],
    ['fast shipping', 'quick shipping', 'very fast shipping'],
    ['my whole family loves it', 'all my family loves it', 'my family is in love with it'],
    ['five stars from me', 'five stars!', '5 stars'],
  ],
  zh: [
    ['宝贝非常好', '宝贝特别好', '宝贝真的好'],
    ['发货神速', '发货很神速', '发货超快'],
    ['全家都爱不释手', '一家人都爱不释手', '家人个个爱不释手'],
    ['五星好评推荐大家买', '五星推荐大家购买', '给五星，推荐大家买'],
  ],
}
function praise(language: string, random: Random): string {
  const parts = PRAISE[language] ?? PRAISE['en'] ?? []
  return parts.map((variants) => random.pick(variants)).join(language === 'zh' ? '，' : ', ')
}

/** Four goods of one shop that were on sale before `at` and ship to `code`. */
function shopWindow(stage: Stage, where: { site: Site; at: number; code?: string }): Listing[] {
  const { site, at, code } = where
  const early = stage.world.listings[site].filter(
    (listing) => listing.at < at - DAY && (code === undefined || listing.shipTo.includes(code)),
  )
  const bySeller = new Map<string, Listing[]>()
  for (const listing of early) bySeller.set(listing.seller.id, [...(bySeller.get(listing.seller.id) ?? []), listing])
  const shops = [...bySeller.values()].filter((listings) => listings.length >= 4)
  return stage.random.pick(shops).slice(0, 4)
}

export function plantReviewRing(stage: Stage, input: RingInput): Ring {
  const { random } = stage
  const goods = shopWindow(stage, { site: input.site, at: input.from })
  const crew = recruit(stage, input, { kind: 'ring.review', count: 13, devices: 7, within: 9 * DAY })
  const language = input.site === 'lotus' ? 'zh' : 'en'
  const start = input.from + 10 * DAY
  for (const listing of goods.slice(0, 3)) {
    for (const buyer of crew) {
      if (random.chance(0.12)) continue
      planWriting(stage, {
        type: 'review.posted',
        at: start + random.next() * 40 * HOUR,
        site: input.site,
        author: buyer.id,
        market: buyer.market.code,
        targetId: listing.id,
        targetType: 'listing',
        text: praise(language, random),
        language,
        rating: 5,
        truth: { kind: 'ring.review', ring: input.id },
      })
    }
  }
  return ring(input, 'ring.review', {
    members: [...crew.map((buyer) => buyer.id), goods[0]?.seller.id ?? ''],
    to: start + 40 * HOUR,
  })
}

export function plantBrushingRing(stage: Stage, input: RingInput): Ring {
  const { world, schedule, random } = stage
  const code = input.site === 'lotus' ? 'CN' : 'US'
  const goods = shopWindow(stage, { site: input.site, at: input.from, code })
  const crew = recruit(stage, input, { kind: 'ring.brushing', count: 15, devices: 4, within: 2 * DAY, market: code })
  const truth = { kind: 'ring.brushing', ring: input.id }
  for (const buyer of crew) {
    times(5, (round) => {
      const listing = random.pick(goods)
      const night = input.from + (3 + round * 2) * DAY + (18 + random.next() * 3) * HOUR
      const order = planOrder(
        world,
        schedule,
        { at: night, buyer, listing, weight: random.between(18, 42), truth },
        random,
      )
      if (random.chance(0.7))
        planWriting(stage, {
          type: 'review.posted',
          at: night + 3 * DAY,
          site: input.site,
          author: buyer.id,
          market: buyer.market.code,
          targetId: listing.id,
          targetType: 'listing',
          text: praise(code === 'CN' ? 'zh' : 'en', random),
          language: code === 'CN' ? 'zh' : 'en',
          rating: 5,
          order: order.id,
          truth,
        })
    })
  }
  return ring(input, 'ring.brushing', {
    members: [...crew.map((buyer) => buyer.id), goods[0]?.seller.id ?? ''],
    to: input.from + 15 * DAY,
  })
}

export function plantCouponFarm(stage: Stage, input: RingInput): Ring {
  const { world, schedule, random } = stage
  const crew = recruit(stage, input, {
    kind: 'ring.coupon',
    count: 42,
    devices: 5,
    within: 2 * HOUR,
    emailStem: 'newbuyer',
  })
  const truth = { kind: 'ring.coupon', ring: input.id }
  const code = crew[0]?.market.code ?? 'US'
  for (const buyer of crew) {
    const at = buyer.registeredAt + (1 + random.next() * 20) * HOUR
    const listing = openListing(stage, input.site, {
      at: input.from,
      category: random.pick(['home/', 'beauty/', 'grocery/']),
      market: code,
    })
    planOrder(
      world,
      schedule,
      {
        at,
        buyer: { ...buyer, address: crew[random.below(3)]?.address ?? buyer.address },
        listing,
        coupon: 'NEW20',
        truth,
      },
      random,
    )
  }
  return ring(input, 'ring.coupon', { members: crew.map((buyer) => buyer.id), to: input.from + 4 * DAY })
}

const SPAM = lines(`Free vouchers for everyone, tap my avatar now
I made 300 dollars yesterday, ask me how, profile link
Voucher group open again, join from my page
Only today: free vouchers, look at my profile`)

export function plantSpamFarm(stage: Stage, input: RingInput): Ring {
  const { random } = stage
  const crew = recruit(stage, input, {
    kind: 'ring.spam_farm',
    count: 26,
    devices: 3,
    within: 40 * MINUTE,
    emailStem: 'lucky.day',
  })
  for (const buyer of crew) {
    times(4, () => {
      const at = buyer.registeredAt + DAY + random.next() * 3 * DAY
      planWriting(stage, {
        type: 'comment.posted',
        at,
        site: input.site,
        author: buyer.id,
        market: buyer.market.code,
        targetId: () => random.pick(stage.feed[input.site].slice(-40)),
        targetType: 'video',
        text: random.pick(SPAM),
        language: 'en',
        truth: { kind: 'ugc.spam', ring: input.id },
      })
    })
  }
  return ring(input, 'ring.spam_farm', { members: crew.map((buyer) => buyer.id), to: input.from + 5 * DAY })
}

export function plantRefundRing(stage: Stage, input: RingInput): Ring {
  const { world, schedule, random } = stage
  const crew = recruit(stage, input, { kind: 'ring.refund', count: 9, devices: 3, within: 3 * DAY })
  const truth = { kind: 'ring.refund', ring: input.id }
  for (const buyer of crew) {
    times(5, (round) => {
      const at = input.from + (4 + round * 3 + random.next()) * DAY
      const listing = openListing(stage, input.site, {
        at: input.from,
        category: 'electronics/',
        market: buyer.market.code,
      })
      planOrder(
        world,
        schedule,
        {
          at,
          buyer,
          listing,
          refund: { afterDays: 2 + random.next(), reason: random.pick(['never_arrived', 'empty_box']) },
          truth,
        },
        random,
      )
    })
  }
  return ring(input, 'ring.refund', { members: crew.map((buyer) => buyer.id), to: input.from + 23 * DAY })
}

export function plantCardTesting(stage: Stage, input: RingInput): Ring {
  const { world, schedule, random } = stage
  const crew = recruit(stage, input, { kind: 'ring.card_testing', count: 2, devices: 1, within: HOUR })
  const truth = { kind: 'ring.card_testing', ring: input.id }
  times(2, (burst) => {
    const start = input.from + (burst * 2 + 1) * DAY + 3 * HOUR
    times(46, (attempt) => {
      const buyer = crew[burst % 2] ?? openBuyer(stage, input.site, start)
      const listing = openListing(stage, input.site, { at: input.from })
      const good = random.chance(0.07)
      const data = {
        order_id: `O${scramble(world.nextNumber())}`,
        buyer_id: buyer.id,
        seller_id: listing.seller.id,
        listing_id: listing.id,
        category: listing.category.path,
        market: buyer.market.code,
        amount: random.between(1, 3),
        currency: currencyOf(input.site),
        quantity: 1,
        device_id: buyer.device,
        ip: buyer.ip,
        address: buyer.address,
        payment_instrument: `card-${scramble(world.nextNumber() + 50_000_000).toLowerCase()}`,
        outcome: good ? 'authorised' : 'declined',
        reason: good ? null : random.pick(['wrong_code', 'unknown_card', 'do_not_honour']),
      }
      schedule.add(start + attempt * random.between(9, 16) * 1000, {
        type: 'payment.attempted',
        site: input.site,
        subject: data.order_id,
        data,
        truth,
      })
    })
  })
  return ring(input, 'ring.card_testing', { members: crew.map((buyer) => buyer.id), to: input.from + 4 * DAY })
}

interface Attack {
  readonly at: number
  readonly victim: Buyer
  readonly device: string
  readonly ip: string
  readonly fails: number
  readonly breaksIn: boolean
  readonly truth: { readonly kind: string; readonly ring?: string }
}

function attack(stage: Stage, input: Attack): void {
  const { victim, truth, device, ip } = input
  const base = { account: victim.id, site: victim.market.site, market: victim.market.code, device, ip, truth }
  const early = truth.ring === undefined ? { kind: 'account.probe' } : truth
  times(input.fails, (index) =>
    planSignIn(stage, {
      ...base,
      at: input.at + index * 11_000,
      outcome: 'wrong_password',
      truth: index < 4 ? early : truth,
    }),
  )
  if (!input.breaksIn) return
  const inside = input.at + input.fails * 11_000
  planSignIn(stage, { ...base, at: inside })
  const data = {
    account_id: victim.id,
    device_id: device,
    ip,
    phone: victim.phone,
    email: `new${victim.id.toLowerCase()}@post.example`,
    address: victim.address,
    channel: 'web',
    market: victim.market.code,
    changed: 'email',
  }
  stage.schedule.add(inside + 40_000, {
    type: 'account.updated',
    site: victim.market.site,
    subject: victim.id,
    data,
    truth,
  })
}

export function plantTakeoverRing(stage: Stage, input: RingInput): Ring {
  const { world, random } = stage
  const devices = Array.from({ length: 3 }, () => `dev-${scramble(world.nextNumber() + 60_000_000).toLowerCase()}`)
  const addresses = devices.map((_, index) => fictionalIp(125_000 + index))
  const taken: string[] = []
  times(66, (index) => {
    const victim = openBuyer(stage, input.site, input.from)
    const breaksIn = index % 9 === 4
    if (breaksIn) taken.push(victim.id)
    attack(stage, {
      at: input.from + index * 95_000,
      victim,
      device: devices[index % 3] ?? '',
      ip: addresses[index % 3] ?? '',
      fails: random.between(2, 4),
      breaksIn,
      truth: { kind: 'ring.takeover', ring: input.id },
    })
  })
  return ring(input, 'ring.takeover', { members: [...taken, ...devices], to: input.from + 2 * HOUR })
}

/** Single accounts that are broken into, unrelated to each other. */
export function plantTakeovers(stage: Stage): void {
  const { world, random } = stage
  times(16, (index) => {
    const at = world.start + (0.15 + random.next() * 0.8) * world.days * DAY
    const victim = openBuyer(stage, random.pick(['aurora', 'harbor', 'lotus'] as const), at)
    const device = `dev-${scramble(world.nextNumber() + 60_000_000).toLowerCase()}`
    attack(stage, {
      at,
      victim,
      device,
      ip: fictionalIp(126_001 + index * 2),
      fails: random.between(7, 12),
      breaksIn: true,
      truth: { kind: 'account.takeover' },
    })
  })
}
