import type { Stage } from './activity.ts'
import type { OrderRecord } from './commerce.ts'
import { DAY, type Site } from './model.ts'
import type { Buyer } from './people.ts'
import { type Listing, SITES } from './world.ts'

/** What is known on one morning: how many buyers and listings of each site exist, and recent orders. */
export interface Morning {
  readonly day: number
  readonly buyers: Readonly<Record<Site, number>>
  readonly listings: Readonly<Record<Site, number>>
}

export interface Memory {
  readonly recent: OrderRecord[]
  readonly cell: OrderRecord[]
  /** Videos planned today; they join the feed tomorrow. */
  readonly fresh: { readonly id: string; readonly site: Site }[]
}
export const createMemory = (): Memory => ({ recent: [], cell: [], fresh: [] })

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

export function morningOf(stage: Stage, day: number): Morning {
  const moment = stage.world.start + day * DAY
  const buyers = { aurora: 0, harbor: 0, lotus: 0 }
  const listings = { aurora: 0, harbor: 0, lotus: 0 }
  for (const site of SITES) {
    buyers[site] = countBefore(stage.world.buyers[site], (buyer) => buyer.registeredAt, moment)
    listings[site] = countBefore(stage.world.listings[site], (listing) => listing.at, moment)
  }
  return { day, buyers, listings }
}

export function pickBuyer(stage: Stage, morning: Morning, site: Site): Buyer | undefined {
  const count = morning.buyers[site]
  return count === 0 ? undefined : stage.world.buyers[site][stage.random.below(count)]
}

/** A listing on sale that ships to `code`; popular ones come up more often. */
export function pickListing(
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
