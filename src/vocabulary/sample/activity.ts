import type { Product } from './catalog.ts'
import { adWords, transcript, videoWords } from './media-texts.ts'
import { DAY, type Data, HOUR, type Site, type TruthSeed } from './model.ts'
import type { Buyer } from './people.ts'
import { type Random, scramble } from './random.ts'
import type { Schedule } from './schedule.ts'
import type { Creator, Listing, Seller, World } from './world.ts'

/** What every planner needs: the people and goods, the calendar to write into, and its own random numbers. */
export interface Stage {
  readonly world: World
  readonly schedule: Schedule
  readonly random: Random
  /** Videos of earlier days by site: what people comment on. */
  readonly feed: Record<Site, string[]>
}

export const productName = (product: Product, language: string): string =>
  language === 'zh'
    ? product.zh
    : language === 'de' && product.de !== ''
      ? product.de
      : language === 'id' && product.id !== ''
        ? product.id
        : product.en

export function planRegistration(
  stage: Stage,
  buyer: Buyer,
  more: { device?: string; ip?: string; truth?: TruthSeed; campaign?: string } = {},
): void {
  const data: Data = {
    account_id: buyer.id,
    device_id: more.device ?? buyer.device,
    ip: more.ip ?? buyer.ip,
    phone: buyer.phone,
    email: buyer.email,
    address: buyer.address,
    channel: buyer.channel,
    market: buyer.market.code,
    ...(more.campaign === undefined ? {} : { campaign: more.campaign }),
  }
  stage.schedule.add(buyer.registeredAt, {
    type: 'account.registered',
    site: buyer.market.site,
    subject: buyer.id,
    data,
    truth: more.truth,
  })
}

export interface SignIn {
  readonly at: number
  readonly account: string
  readonly site: Site
  readonly market: string
  readonly device: string
  readonly ip: string
  readonly outcome?: 'success' | 'wrong_password'
  readonly truth?: TruthSeed
}

export function planSignIn(stage: Stage, entry: SignIn): void {
  const data: Data = {
    account_id: entry.account,
    device_id: entry.device,
    ip: entry.ip,
    channel: entry.device.endsWith('7') ? 'web' : 'app',
    market: entry.market,
    outcome: entry.outcome ?? 'success',
  }
  stage.schedule.add(entry.at, {
    type: 'account.signed_in',
    site: entry.site,
    subject: entry.account,
    data,
    truth: entry.truth,
  })
}

export interface Writing {
  readonly type: 'review.posted' | 'question.posted' | 'message.sent' | 'comment.posted'
  readonly at: number
  readonly site: Site
  readonly author: string
  readonly market: string
  /** An id, or what finds it when the day has come. */
  readonly targetId: string | (() => string)
  readonly targetType: 'listing' | 'seller' | 'account' | 'video' | 'live'
  readonly text: string
  readonly language: string
  readonly rating?: number
  readonly order?: string
  readonly images?: readonly string[]
  readonly truth?: TruthSeed | undefined
}

export function planWriting(stage: Stage, entry: Writing): string {
  const id = `U${scramble(stage.world.nextNumber())}`
  const { targetId } = entry
  const data: Record<string, unknown> = {
    content_id: id,
    author_id: entry.author,
    market: entry.market,
    target_id: targetId,
    target_type: entry.targetType,
    text: entry.text,
    language: entry.language,
    images: entry.images ?? [],
  }
  if (entry.rating !== undefined) data['rating'] = entry.rating
  if (entry.order !== undefined) data['order_id'] = entry.order
  stage.schedule.add(entry.at, {
    type: entry.type,
    site: entry.site,
    subject: id,
    data: typeof targetId === 'string' ? data : () => ({ ...data, target_id: targetId() }),
    truth: entry.truth,
  })
  return id
}

export interface AdInput {
  readonly at: number
  readonly listing: Listing
  readonly market: string
  readonly creator?: Creator
  readonly words?: { readonly headline: string; readonly body: string }
  readonly category?: string
  readonly truth?: TruthSeed
}

export function planAd(stage: Stage, input: AdInput): void {
  const { world, random } = stage
  const { listing, market } = input
  const language = market === 'CN' ? 'zh' : 'en'
  const id = `D${scramble(world.nextNumber())}`
  const brand = language === 'zh' ? listing.seller.brand.zh : listing.seller.brand.en
  const words = input.words ?? adWords({ language, thing: productName(listing.product, language), brand }, random)
  const data: Data = {
    ad_id: id,
    advertiser_id: listing.seller.id,
    headline: words.headline,
    body: words.body,
    landing_url: `https://www.${listing.seller.site}.example/item/${listing.id}`,
    category: input.category ?? listing.category.path,
    target_market: market,
    audience_min_age: random.pick([13, 16, 18, 18]),
    images: [`https://img.${listing.seller.site}.example/d/${id}.jpg`],
    video: random.chance(0.3) ? `https://video.${listing.seller.site}.example/d/${id}.mp4` : null,
    creator_id: input.creator?.id ?? null,
    language,
  }
  stage.schedule.add(input.at, {
    type: 'ad.submitted',
    site: listing.seller.site,
    subject: id,
    data,
    truth: input.truth,
  })
}

export interface VideoInput {
  readonly at: number
  readonly creator: Creator
  readonly listing: Listing
  readonly words?: { readonly title: string; readonly caption: string }
  readonly truth?: TruthSeed
}

export function planVideo(stage: Stage, input: VideoInput): string {
  const { world, random } = stage
  const { creator, listing } = input
  const language = creator.site === 'lotus' ? 'zh' : 'en'
  const subject = { language, thing: productName(listing.product, language), brand: listing.seller.brand.en }
  const id = `V${scramble(world.nextNumber())}`
  const words = input.words ?? videoWords(subject, random)
  const data: Data = {
    content_id: id,
    creator_id: creator.id,
    title: words.title,
    caption: words.caption,
    transcript: transcript(subject, random.between(2, 5), random),
    media_url: `https://video.${creator.site}.example/v/${id}.mp4`,
    start_s: 0,
    end_s: random.between(12, 240),
    products: [listing.id],
    viewers: Math.round(40 / (random.next() + 0.001)),
    language,
    market: creator.country,
  }
  stage.schedule.add(input.at, {
    type: 'video.published',
    site: creator.site,
    subject: id,
    data,
    truth: input.truth,
  })
  return id
}

export interface LiveInput {
  readonly at: number
  readonly stream: string
  readonly index: number
  readonly creator: Creator
  readonly listing: Listing
  readonly viewers: number
  readonly extra?: string
  readonly truth?: TruthSeed | undefined
}

export function planLiveSegment(stage: Stage, input: LiveInput): void {
  const { creator, listing, stream, index } = input
  const language = creator.site === 'lotus' ? 'zh' : 'en'
  const subject = { language, thing: productName(listing.product, language), brand: listing.seller.brand.en }
  const spoken = transcript(subject, stage.random.between(3, 6), stage.random)
  const data: Data = {
    content_id: stream,
    creator_id: creator.id,
    title: `${subject.thing} ${language === 'zh' ? '专场' : 'live'}`,
    transcript: input.extra === undefined ? spoken : `${spoken}${language === 'zh' ? '' : ' '}${input.extra}`,
    media_url: `https://live.${creator.site}.example/${stream}.m3u8`,
    start_s: index * 300,
    end_s: (index + 1) * 300,
    products: [listing.id],
    viewers: input.viewers,
    language,
    market: creator.country,
  }
  stage.schedule.add(input.at, {
    type: 'live.segment',
    site: creator.site,
    subject: stream,
    data,
    truth: input.truth,
  })
}

export function planShop(
  stage: Stage,
  seller: Seller,
  more: { at?: number; type?: 'shop.opened' | 'shop.updated'; data?: Data; truth?: TruthSeed } = {},
): void {
  const data: Data = {
    shop_id: seller.id,
    seller_id: seller.id,
    name: seller.shopName,
    owner: seller.owner,
    country: seller.country,
    documents: [
      {
        kind: 'business_registration',
        number: seller.registration,
        issuer: 'trade register',
        valid_until: '2031-12-31',
      },
    ],
    level: String(1 + (seller.id.charCodeAt(2) % 4)),
    category: seller.categories[0]?.path ?? null,
    device_id: seller.device,
    ip: seller.ip,
    phone: seller.phone,
    email: seller.email,
    address: seller.address,
    payout_account: `payout-${seller.registration.toLowerCase()}`,
    ...more.data,
  }
  stage.schedule.add(more.at ?? seller.openAt, {
    type: more.type ?? 'shop.opened',
    site: seller.site,
    subject: seller.id,
    data,
    truth: more.truth,
  })
}

export interface Report {
  readonly at: number
  readonly site: Site
  readonly reporter: string
  readonly market?: string
  readonly reporterKind: 'buyer' | 'rights_holder' | 'authority' | 'seller'
  readonly targetId: string
  readonly targetType: 'listing' | 'content' | 'seller' | 'ad' | 'order'
  readonly reason: string
  readonly text: string
  readonly truth?: TruthSeed
}

export function planReport(stage: Stage, report: Report): void {
  const id = `R${scramble(stage.world.nextNumber())}`
  const data: Data = {
    report_id: id,
    reporter_id: report.reporter,
    market: report.market ?? null,
    reporter_kind: report.reporterKind,
    target_id: report.targetId,
    target_type: report.targetType,
    reason: report.reason,
    text: report.text,
    evidence: stage.random.chance(0.4) ? [`https://img.${report.site}.example/r/${id}.jpg`] : [],
  }
  stage.schedule.add(report.at, {
    type: 'report.filed',
    site: report.site,
    subject: report.targetId,
    data,
    truth: report.truth,
  })
}

const HOURS = [2, 1, 1, 1, 1, 2, 4, 7, 9, 9, 10, 11, 12, 11, 9, 9, 10, 11, 13, 16, 18, 17, 11, 5]
const HOUR_TOTAL = HOURS.reduce((sum, weight) => sum + weight, 0)

/** A moment of `day` at which people of that time zone are likely awake. */
export function momentOf(stage: Stage, day: number, offsetHours: number): number {
  let left = stage.random.next() * HOUR_TOTAL
  let hour = 0
  while (hour < 23 && left >= (HOURS[hour] ?? 0)) left -= HOURS[hour++] ?? 0
  const local = (hour - offsetHours + 24) % 24
  return stage.world.start + day * DAY + (local + stage.random.next()) * HOUR
}
