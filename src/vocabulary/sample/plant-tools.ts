import type { Stage } from './activity.ts'
import { type Category, category, type Product } from './catalog.ts'
import { type ListingData, listingData } from './listings.ts'
import { DAY, type Data, HOUR, type Site, type TruthSeed } from './model.ts'
import type { Buyer } from './people.ts'
import { createListing, type Listing, type Seller } from './world.ts'

/** A moment between two shares of the history, away from its first two days. */
export function somewhen(stage: Stage, from = 0.04, to = 0.98): number {
  const { world, random } = stage
  return world.start + Math.max(2 * DAY, (from + random.next() * (to - from)) * world.days * DAY)
}

/** A shop of the site that has been open for at least half a day at `at`. */
export function openSeller(stage: Stage, site: Site, at: number): Seller {
  const { world, random } = stage
  const open = world.sellers.filter((seller) => seller.site === site && seller.openAt < at - 12 * HOUR)
  return random.pick(open)
}

/** An ordinary listing of the site that is on sale at `at`, of one category where given. */
export function openListing(
  stage: Stage,
  site: Site,
  where: { at: number; category?: string; market?: string; seller?: string },
): Listing {
  const { world, random } = stage
  const fits = (listing: Listing): boolean =>
    listing.at < where.at - HOUR &&
    (where.category === undefined || listing.category.path.startsWith(where.category)) &&
    (where.market === undefined || listing.shipTo.includes(where.market)) &&
    (where.seller === undefined || listing.seller.id === where.seller)
  const all = world.listings[site]
  for (let attempt = 0; attempt < 200; attempt++) {
    const listing = random.pick(all)
    if (fits(listing)) return listing
  }
  return all.find(fits) ?? random.pick(all)
}

export function openBuyer(stage: Stage, site: Site, at: number): Buyer {
  const { world, random } = stage
  const early = world.buyers[site]
  for (let attempt = 0; attempt < 100; attempt++) {
    const buyer = random.pick(early)
    if (buyer.registeredAt < at - HOUR) return buyer
  }
  return early[0] ?? random.pick(early)
}

export interface ListingPlant {
  readonly site: Site
  readonly category: string
  readonly truth: TruthSeed
  readonly change: (data: ListingData) => Data
  readonly at?: number
  readonly seller?: Seller
  readonly product?: Product
  /** A family other than the category's decides which papers come along. */
  readonly family?: string
  readonly shipTo?: readonly string[]
  readonly language?: string
}

/** Plans one listing that differs from an honest one by what `change` does to it. */
export function plantListing(stage: Stage, plant: ListingPlant): Listing {
  const { world, schedule, random } = stage
  const at = plant.at ?? somewhen(stage)
  const seller = plant.seller ?? openSeller(stage, plant.site, at)
  const home: Category = {
    ...category(plant.category),
    ...(plant.family === undefined ? {} : { family: plant.family }),
  }
  const drawn = createListing({ number: world.nextNumber(), seller, category: home, at }, random)
  const listing: Listing = {
    ...drawn,
    shipTo: plant.shipTo ?? drawn.shipTo,
    product: plant.product ?? drawn.product,
    language: plant.language ?? drawn.language,
  }
  schedule.add(at, {
    type: 'listing.submitted',
    site: plant.site,
    subject: listing.id,
    data: () => plant.change(listingData(world, listing)),
    truth: plant.truth,
  })
  return listing
}

/** `data` without the attributes named (a trailing `*` stands for any ending). */
export function withoutAttributes(data: ListingData, ...names: readonly string[]): ListingData {
  const gone = (key: string): boolean =>
    names.some((name) => (name.endsWith('*') ? key.startsWith(name.slice(0, -1)) : key === name))
  const attributes = Object.fromEntries(Object.entries(data.attributes).filter(([key]) => !gone(key)))
  return { ...data, attributes }
}

export const withoutDocuments = (data: ListingData, ...kinds: readonly string[]): ListingData => ({
  ...data,
  documents: data.documents.filter((document) => !kinds.includes(document.kind)),
})

export const withAttributes = (
  data: ListingData,
  more: Readonly<Record<string, string | number | boolean>>,
): ListingData => ({
  ...data,
  attributes: { ...data.attributes, ...more },
})

export function times(count: number, action: (index: number) => void): void {
  for (let index = 0; index < count; index++) action(index)
}

/** `EN;ZH` lines as products. */
export const parseProducts = (text: string): readonly Product[] =>
  text
    .trim()
    .split('\n')
    .map((line) => {
      const [en = '', zh = ''] = line.split(';')
      return { en, zh, de: '', id: '' }
    })

export const lines = (text: string): readonly string[] => text.trim().split('\n')
export const iso = (moment: number): string => new Date(moment).toISOString()
