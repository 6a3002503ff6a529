import { describeProduct } from './catalog.ts'
import { articleNumber, completeDocuments, type Document } from './documents.ts'
import { currencyOf, EU, toSitePrice } from './markets.ts'
import type { Data } from './model.ts'
import { createRandom, hashText, type Random } from './random.ts'
import type { Listing, World } from './world.ts'

const CE = new Set(['toy', 'power-bank', 'radio', 'mains', 'ppe', 'device'])
const INGREDIENTS = [
  'Aqua, Glycerin, Cetearyl Alcohol, Butyrospermum Parkii Butter, Tocopherol, Phenoxyethanol',
  'Aqua, Butylene Glycol, Sodium Hyaluronate, Panthenol, Allantoin, Carbomer, Ethylhexylglycerin',
  'Aqua, Coco-Glucoside, Glycerin, Citric Acid, Sodium Benzoate, Avena Sativa Kernel Extract',
  'Caprylic/Capric Triglyceride, Squalane, Simmondsia Chinensis Seed Oil, Tocopheryl Acetate',
  'Mica, Talc, Dimethicone, Silica, Zinc Stearate, CI 77491, CI 77492, CI 77891',
]
const MATERIALS: Readonly<Record<string, readonly string[]>> = {
  fashion: ['95 % cotton, 5 % elastane', '100 % linen', '70 % wool, 30 % polyamide', '100 % polyester'],
  textile: ['100 % cotton', '55 % linen, 45 % cotton', '100 % polyester filling'],
  hard: ['stainless steel', 'bamboo', 'polypropylene', 'stoneware'],
}

type Attributes = Record<string, string | number | boolean>

function familyAttributes(family: string, random: Random): Attributes {
  if (family === 'toy') {
    return {
      age_grade: random.pick(['3+', '6+', '8+']),
      warnings: 'Not suitable for children under 36 months. Small parts. Achtung: Kleinteile.',
    }
  }
  if (family === 'power-bank')
    return { battery_wh: random.pick([18.5, 37, 74]), battery_type: 'lithium-ion', voltage: '5-12 V' }
  if (family === 'radio') return { frequency_band: '2400-2483.5 MHz', radio_power: '10 dBm', charging_port: 'USB-C' }
  if (family === 'mains')
    return { voltage: '220-240 V', power_w: random.between(5, 2000), plug: random.pick(['EU', 'EU', 'multi']) }
  if (family === 'cosmetic')
    return { ingredients: random.pick(INGREDIENTS), period_after_opening: '12M', net_content: '50 ml' }
  if (family === 'supplement')
    return { ingredients: 'active as named, microcrystalline cellulose, magnesium stearate', serving: '1 a day' }
  if (family === 'food')
    return { net_weight: '250 g', allergens: random.pick(['none', 'nuts', 'milk', 'soy']), origin: 'see label' }
  const materials = MATERIALS[family]
  return materials === undefined ? {} : { material: random.pick(materials) }
}

function safetyAttributes(listing: Listing, random: Random): Attributes {
  const { maker, representative } = listing.seller
  const attributes: Attributes = {
    model: `${listing.seller.brand.en.slice(0, 2).toUpperCase()}-${random.between(100, 9999)}`,
    gtin: articleNumber(random),
    batch: `${random.between(2025, 2026)}${String(random.between(1, 52)).padStart(2, '0')}`,
    country_of_origin: maker.country,
    manufacturer_name: maker.name,
    manufacturer_address: maker.address,
    manufacturer_email: maker.email,
    manufacturer_country: maker.country,
  }
  if (!EU.has(maker.country) && listing.shipTo.some((code) => EU.has(code))) {
    attributes['responsible_person_name'] = representative.name
    attributes['responsible_person_address'] = representative.address
    attributes['responsible_person_email'] = representative.email
    attributes['responsible_person_country'] = representative.country
  }
  if (CE.has(listing.category.family)) attributes['ce_mark'] = true
  return attributes
}

export interface ListingData extends Data {
  readonly title: string
  readonly description: string
  readonly price: number
  readonly list_price: number
  readonly quantity: number
  readonly images: readonly string[]
  readonly attributes: Readonly<Attributes>
  readonly documents: readonly Document[]
}

/** The data of a listing whose papers are complete for every market it ships to; the same listing always gives the same data. */
export function listingData(world: World, listing: Listing): ListingData {
  const random = createRandom(hashText(listing.id, world.seed))
  const { seller, category, shipTo } = listing
  const words = describeProduct(
    { product: listing.product, family: category.family, brand: seller.brand, language: listing.language },
    random,
  )
  const price = toSitePrice(listing.euro, seller.site)
  const pictures = random.between(2, 5)
  return {
    listing_id: listing.id,
    seller_id: seller.id,
    title: words.title,
    description: words.description,
    category: category.path,
    brand: seller.brand.en,
    price,
    currency: currencyOf(seller.site),
    list_price: Math.round(price * (1 + random.below(4) / 10) * 100) / 100,
    quantity: random.between(5, 900),
    attributes: { ...safetyAttributes(listing, random), ...familyAttributes(category.family, random) },
    documents: completeDocuments(category.family, shipTo, random),
    images: Array.from(
      { length: pictures },
      (_, index) => `https://img.${seller.site}.example/l/${listing.id}/${index + 1}.jpg`,
    ),
    ship_to: shipTo,
    seller_country: seller.country,
    language: listing.language,
  }
}

/** What a seller changes on an ordinary day: price, stock, a sentence. */
export function updatedListingData(world: World, listing: Listing, random: Random): Data {
  const data = listingData(world, listing)
  const price = Math.round(data.price * (0.88 + random.next() * 0.22) * 100) / 100
  return {
    ...data,
    price,
    list_price: Math.max(data.list_price, price),
    quantity: random.between(1, 900),
    ...(random.chance(0.2) ? { images: data.images.slice(0, 2) } : {}),
  }
}
