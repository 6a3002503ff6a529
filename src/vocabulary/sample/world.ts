import { type Brand, CATEGORIES, type Category, drawBrand, drawCategory, type Product } from './catalog.ts'
import {
  drawMarket,
  EU,
  fictionalIp,
  fictionalPhone,
  type Market,
  market,
  marketsOf,
  streetAddress,
} from './markets.ts'
import { DAY, HOUR, type Site } from './model.ts'
import { type Buyer, createBuyer, personName } from './people.ts'
import { createRandom, hashText, type Random, scramble, weighted } from './random.ts'

export interface Maker {
  readonly name: string
  readonly address: string
  readonly email: string
  readonly country: string
}

export interface Seller {
  readonly id: string
  readonly shopName: string
  readonly owner: string
  readonly site: Site
  readonly country: string
  readonly categories: readonly Category[]
  readonly openAt: number
  readonly device: string
  readonly ip: string
  readonly phone: string
  readonly email: string
  readonly address: string
  readonly registration: string
  readonly brand: Brand
  readonly maker: Maker
  readonly representative: Maker
}

export interface Creator {
  readonly id: string
  readonly account: string
  readonly name: string
  readonly site: Site
  readonly category: Category
  readonly country: string
}

export interface Listing {
  readonly id: string
  readonly seller: Seller
  readonly category: Category
  readonly product: Product
  readonly at: number
  readonly euro: number
  readonly shipTo: readonly string[]
  readonly language: string
}

export interface World {
  readonly seed: number
  readonly start: number
  readonly end: number
  readonly days: number
  readonly sellers: readonly Seller[]
  readonly creators: readonly Creator[]
  /** Ordinary buyers by site, in the order of registration. */
  readonly buyers: Readonly<Record<Site, readonly Buyer[]>>
  /** Ordinary listings by site, in the order of submission. */
  readonly listings: Readonly<Record<Site, readonly Listing[]>>
  /** A number that no object has used yet. */
  nextNumber(): number
  /** A number that no person or shop has used yet. */
  nextPerson(): number
}

export const SITES: readonly Site[] = ['aurora', 'harbor', 'lotus']
export const drawSite = weighted<Site>([
  ['aurora', 38],
  ['harbor', 34],
  ['lotus', 28],
])

const SELLER_COUNTRIES: Readonly<Record<Site, (random: Random) => string>> = {
  aurora: weighted([
    ['DE', 24],
    ['FR', 12],
    ['IT', 12],
    ['ES', 8],
    ['NL', 8],
    ['PL', 10],
    ['GB', 10],
    ['CN', 16],
  ] as const),
  harbor: weighted([
    ['US', 38],
    ['ID', 16],
    ['MY', 9],
    ['TH', 8],
    ['VN', 8],
    ['PH', 5],
    ['SG', 5],
    ['CN', 11],
  ] as const),
  lotus: weighted([
    ['CN', 90],
    ['AE', 6],
    ['SA', 4],
  ] as const),
}
const SHOP_EN = 'Corner,Supply,Goods,Studio,House,Works,Market,& Sons,Pantry,Outfitters,Collective,Trading'.split(',')
const SHOP_ZH = '旗舰店,专营店,生活馆,优选店,工厂店,小铺,家居馆,食品店,服饰店'.split(',')

const sizeOf = (full: number, days: number): number => Math.max(12, Math.round((full * days) / 60))

function createMaker(country: string, name: string, random: Random): Maker {
  const slug = name.toLowerCase().replace(/[^a-z]+/g, '-')
  return { name, address: streetAddress(market(country), random), email: `product-safety@${slug}.example`, country }
}

const LEGAL: Readonly<Record<string, string>> = {
  DE: 'GmbH',
  FR: 'SARL',
  IT: 'S.r.l.',
  ES: 'S.L.',
  NL: 'B.V.',
  PL: 'Sp. z o.o.',
  GB: 'Ltd',
  US: 'LLC',
  CN: 'Co., Ltd.',
}

export interface SellerInput {
  readonly number: number
  readonly site: Site
  readonly openAt: number
  readonly country?: string
}

/** One shop with its own owner, device, brand, manufacturer and EU representative. */
export function createSeller(input: SellerInput, random: Random): Seller {
  const { number, site } = input
  const country = input.country ?? SELLER_COUNTRIES[site](random)
  const brand = drawBrand(random)
  const place = market(country)
  const legal = `${brand.en} ${random.pick(['Products', 'Manufacturing', 'Home', 'Trading', 'Industries'])} ${LEGAL[country] ?? 'Ltd'}`
  const home = random.pick(CATEGORIES)
  const count = random.between(1, 3)
  const categories = [home, ...Array.from({ length: count }, () => drawCategory(random))]
  return {
    id: `S${scramble(number)}`,
    shopName:
      country === 'CN'
        ? `${brand.zh}${random.pick(SHOP_ZH)}`
        : `${brand.en} ${random.pick(SHOP_EN)} ${random.between(2, 99)}`,
    owner: personName(place.language, random),
    site,
    country,
    categories,
    openAt: input.openAt,
    device: `dev-${scramble(number + 1_000_000).toLowerCase()}`,
    ip: fictionalIp(100_000 + number),
    phone: fictionalPhone(country, number),
    email: `shop${number}@${brand.en.toLowerCase().replace(/[^a-z]+/g, '')}.example`,
    address: streetAddress(place, random),
    registration: `${country}${scramble(number + 3_000_000)}`,
    brand,
    maker: createMaker(country, legal, random),
    representative: createMaker(
      random.pick([...EU]),
      `${random.pick(['Lindner', 'Marais', 'Verhoeven', 'Bianchi', 'Solano'])} Compliance Services`,
      random,
    ),
  }
}

/** Markets a listing is offered in: usually every market of its site. */
function drawShipTo(site: Site, random: Random): string[] {
  const codes = marketsOf(site).map((entry) => entry.code)
  if (random.chance(0.6)) return codes
  const kept = codes.filter(() => random.chance(0.65))
  return kept.length === 0 ? codes : kept
}

export function languageOf(seller: Seller, random: Random): string {
  if (seller.site === 'lotus') return random.chance(0.88) ? 'zh' : 'en'
  if (seller.site === 'aurora') return random.chance(0.3) ? 'de' : 'en'
  return random.chance(0.25) ? 'id' : 'en'
}

export interface ListingInput {
  readonly number: number
  readonly seller: Seller
  readonly category: Category
  readonly at: number
}

export function createListing(input: ListingInput, random: Random): Listing {
  const { seller, category } = input
  const [low, high] = category.price
  return {
    id: `L${scramble(input.number)}`,
    seller,
    category,
    product: random.pick(category.products),
    at: input.at,
    euro: Math.max(low, Math.round(low + (high - low) * random.next() ** 2)) - 0.1,
    shipTo: drawShipTo(seller.site, random),
    language: languageOf(seller, random),
  }
}

/** Early in the history most things arrive: the sites open and accounts and shops move in. */
function moveInTime(start: number, days: number, random: Random): number {
  if (random.chance(0.55)) return start + random.next() * 5 * DAY
  return start + (5 + random.next() * (days - 6)) * DAY
}

function groupBySite<T>(items: readonly T[], siteOf: (item: T) => Site): Record<Site, T[]> {
  const groups: Record<Site, T[]> = { aurora: [], harbor: [], lotus: [] }
  for (const item of items) groups[siteOf(item)].push(item)
  return groups
}

/** Everyone and everything ordinary in the sample marketplace. */
export function createWorld(seed: number, start: number, days: number): World {
  let number = 0
  let person = 0
  const nextNumber = (): number => number++
  const nextPerson = (): number => person++
  const end = start + days * DAY
  const random = createRandom(hashText('world', seed))
  const sellers = Array.from({ length: sizeOf(600, days) }, () =>
    createSeller(
      {
        number: nextPerson(),
        site: drawSite(random),
        openAt: start + (random.chance(0.7) ? random.next() * 1.5 : random.next() * days * 0.8) * DAY,
      },
      random,
    ),
  )
  const creators = Array.from({ length: sizeOf(120, days) }, () => createCreator(nextPerson(), random))
  const buyers = Array.from({ length: sizeOf(8000, days) }, () => {
    const place: Market = drawMarket(drawSite(random), random)
    const registeredAt = moveInTime(start, days, random)
    const early = registeredAt < start + 5 * DAY
    return createBuyer(
      { number: nextPerson(), market: place, registeredAt, ...(early ? { channel: 'moved-in' } : {}) },
      random,
    )
  }).sort((left, right) => left.registeredAt - right.registeredAt)
  const listings = Array.from({ length: sizeOf(8600, days) }, () => {
    const seller = random.pick(sellers)
    const at = Math.max(moveInTime(start, days, random), seller.openAt + HOUR + random.next() * 12 * HOUR)
    return createListing({ number: nextNumber(), seller, category: random.pick(seller.categories), at }, random)
  }).sort((left, right) => left.at - right.at)
  return {
    seed,
    start,
    end,
    days,
    sellers,
    creators,
    buyers: groupBySite(buyers, (buyer) => buyer.market.site),
    listings: groupBySite(listings, (listing) => listing.seller.site),
    nextNumber,
    nextPerson,
  }
}

function createCreator(number: number, random: Random): Creator {
  const site = drawSite(random)
  const country = drawMarket(site, random).code
  return {
    id: `C${scramble(number)}`,
    account: `A${scramble(number + 4_000_000)}`,
    name: personName(site === 'lotus' ? 'zh' : market(country).language, random),
    site,
    category: random.pick(CATEGORIES),
    country,
  }
}
