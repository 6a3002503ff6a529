import { planRegistration, planReport, planShop, planWriting, productName, type Stage } from './activity.ts'
import { EU, market } from './markets.ts'
import { DAY, HOUR } from './model.ts'
import { createBuyer } from './people.ts'
import { sampleLogoBox, samplePictureId } from './pictures.ts'
import type { Ring, RingInput } from './plant-rings.ts'
import { lines, openListing, parseProducts, plantListing, times } from './plant-tools.ts'
import { createSeller, type Seller } from './world.ts'

const AURORA = [...EU, 'GB']

function openShop(stage: Stage, input: RingInput, more: { at: number; like?: Seller; country?: string }): Seller {
  const { world, random } = stage
  const drawn = createSeller(
    {
      number: world.nextPerson(),
      site: input.site,
      openAt: more.at,
      ...(more.country === undefined ? {} : { country: more.country }),
    },
    random,
  )
  if (more.like === undefined) return drawn
  const { device, ip, registration, address } = more.like
  return { ...drawn, device, ip, registration, address, country: more.like.country }
}

const KNIVES = parseProducts(`automatic knife, side opening;侧跳自动刀
butterfly knife, CNC handle;CNC柄蝴蝶刀
switchblade with clip;背夹弹簧刀`)

/** The first shop sells prohibited knives; after its closure the same people come back twice. */
export function plantBanEvasion(stage: Stage, input: RingInput): Ring {
  const { random } = stage
  const first = openShop(stage, input, { at: input.from, country: input.site === 'lotus' ? 'CN' : 'PL' })
  const shops = [
    first,
    openShop(stage, input, { at: input.from + 13 * DAY, like: first }),
    openShop(stage, input, { at: input.from + 24 * DAY, like: first }),
  ]
  const shipTo = input.site === 'lotus' ? ['CN'] : ['DE', 'GB', 'FR', 'IT']
  shops.forEach((seller, index) => {
    planShop(stage, seller, index === 0 ? {} : { truth: { kind: 'ring.ban_evasion', ring: input.id } })
    times(4, (round) =>
      plantListing(stage, {
        site: input.site,
        category: 'outdoor/camping',
        family: 'plain',
        seller,
        product: random.pick(KNIVES),
        shipTo,
        language: input.site === 'lotus' ? 'zh' : 'en',
        at: seller.openAt + (6 + round * 17) * HOUR,
        truth: { kind: 'goods.weapon', markets: shipTo, ring: input.id },
        change: (data) => ({ ...data, images: [`https://img.${input.site}.example/l/k${round}/1.jpg`] }),
      }),
    )
  })
  return { ...input, kind: 'ring.ban_evasion', members: shops.map((seller) => seller.id), to: input.from + 28 * DAY }
}

/** In the order of the titles. */
const ringPictures = ['bag', 'wallet', 'watch', 'belt'] as const

/** A picture that the sample brings along, what the marketplace's model saw on it, and one that lies elsewhere. */
function seenWithLogo(picture: (typeof ringPictures)[number], elsewhere: string) {
  const image = `file:${samplePictureId(picture)}`
  return {
    images: [image, elsewhere],
    detections: [
      { image, label: 'logo', score: 0.91, box: sampleLogoBox(picture) },
      { image: elsewhere, label: 'logo', score: 0.34, box: { x: 0.4, y: 0.4, width: 0.1, height: 0.1 } },
    ],
  }
}

export function plantCounterfeitRing(stage: Stage, input: RingInput): Ring {
  const { random } = stage
  const shops = Array.from({ length: 6 }, (_, index) =>
    openShop(stage, input, { at: input.from + index * 2 * DAY, country: 'CN' }),
  )
  const titles = lines(`Valmarque shoulder bag, top grade 1:1, ask for the logo photo
Valmarque wallet, mirror quality, original box
Ostrelle chronograph, AAA, works like the original
Valmarque belt, factory overrun, logo covered in pictures`)
  for (const seller of shops) {
    planShop(stage, seller, { truth: { kind: 'ring.counterfeit', ring: input.id } })
    titles.forEach((title, index) => {
      plantListing(stage, {
        site: input.site,
        category: 'fashion/bags',
        seller,
        language: 'en',
        at: seller.openAt + (5 + index * 9 + random.next()) * HOUR,
        truth: { kind: 'goods.counterfeit', ring: input.id },
        change: (data) => ({
          ...data,
          title,
          brand: title.startsWith('Ostrelle') ? 'Ostrelle' : 'Valmarque',
          ...seenWithLogo(ringPictures[index] ?? 'bag', `https://img.${input.site}.example/l/m${index}/2.jpg`),
        }),
      })
    })
  }
  return { ...input, kind: 'ring.counterfeit', members: shops.map((seller) => seller.id), to: input.from + 14 * DAY }
}

export function plantCertificateRing(stage: Stage, input: RingInput): Ring {
  const { world, random } = stage
  const shops = Array.from({ length: 7 }, () =>
    random.pick(world.sellers.filter((seller) => seller.site === input.site && seller.openAt < input.from - DAY)),
  )
  const number = `EN71-${random.between(1000000, 9999999)}`
  const declaration = `DoC-2025-${random.between(1000, 9999)}`
  shops.forEach((seller, index) => {
    times(3, (round) =>
      plantListing(stage, {
        site: input.site,
        category: 'toys/plush',
        seller,
        shipTo: AURORA,
        at: input.from + (index * 20 + round * 30 + random.next()) * HOUR,
        truth: { kind: 'ring.shared_certificate', markets: [...EU], ring: input.id },
        change: (data) => ({
          ...data,
          documents: data.documents.map((document) =>
            document.kind === 'en71_test_report'
              ? { ...document, number }
              : document.kind === 'eu_declaration_of_conformity'
                ? { ...document, number: declaration }
                : document,
          ),
        }),
      }),
    )
  })
  return {
    ...input,
    kind: 'ring.shared_certificate',
    members: [...new Set(shops.map((seller) => seller.id))],
    to: input.from + 10 * DAY,
  }
}

/** Claims from one template by a handful of accounts against many shops. */
export function plantClaimsRing(stage: Stage, input: RingInput): Ring {
  const { world, random } = stage
  const crew = Array.from({ length: 6 }, () =>
    createBuyer(
      { number: world.nextPerson(), market: market('CN'), registeredAt: input.from + random.next() * DAY },
      random,
    ),
  )
  for (const buyer of crew) {
    planRegistration(stage, buyer, { truth: { kind: 'ring.claims', ring: input.id } })
    times(9, (round) => {
      const at = input.from + (2 + round + random.next()) * DAY
      const listing = openListing(stage, input.site, { at: input.from })
      const thing = productName(listing.product, 'zh')
      planReport(stage, {
        at,
        site: input.site,
        reporter: buyer.id,
        market: 'CN',
        reporterKind: 'buyer',
        targetId: listing.id,
        targetType: 'listing',
        reason: 'false_advertising',
        text: `本人购买${thing}，页面涉嫌虚假宣传，违反广告法，要求退一赔三，三日内不处理将向12315投诉。`,
        truth: { kind: 'ring.claims', ring: input.id },
      })
    })
  }
  return { ...input, kind: 'ring.claims', members: crew.map((buyer) => buyer.id), to: input.from + 12 * DAY }
}

/** Not a ring: a book club that reviews the same books, each in their own words. */
export function plantBookClub(stage: Stage): void {
  const { world, random } = stage
  const at = world.start + world.days * 0.4 * DAY
  const words = lines(`Read this for our club; the chapter on mosses alone is worth it.
I disagreed with half of it and still could not stop.
The drawings are tiny, bring glasses. Lovely paper though.
Our Thursday group argued about page 40 for an hour.
Slow start, then it opens like a map.
My copy already has tea stains, a good sign.
Not my taste, but well made.
The recipes work, I tried three.`)
  const readers = Array.from({ length: 8 }, () =>
    random.pick(world.buyers.aurora.filter((buyer) => buyer.registeredAt < at - DAY)),
  )
  times(3, () => {
    const book = openListing(stage, 'aurora', { at, category: 'books/' })
    readers.forEach((reader, index) => {
      planWriting(stage, {
        type: 'review.posted',
        at: at + random.next() * 44 * HOUR,
        site: 'aurora',
        author: reader.id,
        market: reader.market.code,
        targetId: book.id,
        targetType: 'listing',
        text: `${words[(index + random.below(3)) % words.length]}`,
        language: 'en',
        rating: random.between(3, 5),
        truth: { kind: 'trap.fan_reviews' },
      })
    })
  })
}
