import type { Site } from './model.ts'
import { type Random, weighted } from './random.ts'

export interface Market {
  readonly code: string
  readonly site: Site
  readonly language: string
  readonly offsetHours: number
  readonly share: number
  readonly cities: readonly string[]
  readonly streets: readonly string[]
  readonly partners: readonly (readonly [string, number])[]
}

const row = (
  code: string,
  site: Site,
  language: string,
  numbers: readonly [number, number],
  lists: readonly [string, string, string],
): Market => ({
  code,
  site,
  language,
  offsetHours: numbers[0],
  share: numbers[1],
  cities: lists[0].split(','),
  streets: lists[1].split(','),
  partners: lists[2].split(',').map((entry) => {
    const [name = '', weight = '1'] = entry.split(':')
    return [name, Number(weight)] as const
  }),
})

/** The markets of the three sites, with their share of the site's buyers, invented streets and invented parcel carriers. */
export const MARKETS: readonly Market[] = [
  row(
    'DE',
    'aurora',
    'de',
    [2, 30],
    [
      'Hamburg,Leipzig,Köln,Bremen,Freiburg,Kassel',
      'Lindenallee,Mühlenweg,Amselstieg,Hafenstraße,Rosengarten',
      'BlueLark:68,Postolino:32',
    ],
  ),
  row(
    'FR',
    'aurora',
    'fr',
    [2, 17],
    [
      'Lyon,Nantes,Lille,Dijon,Rennes',
      'rue des Tilleuls,avenue du Canal,impasse des Lilas,rue du Vieux Four',
      'Postolino:60,Couriva:40',
    ],
  ),
  row(
    'IT',
    'aurora',
    'it',
    [2, 12],
    [
      'Torino,Bologna,Verona,Parma,Bari',
      'via dei Tigli,via del Molino,corso Aurora,viale Olmi',
      'Couriva:70,BlueLark:30',
    ],
  ),
  row(
    'ES',
    'aurora',
    'es',
    [2, 11],
    ['Valencia,Zaragoza,Bilbao,Murcia', 'calle del Olmo,avenida del Puerto,calle Nogal', 'Couriva:75,Postolino:25'],
  ),
  row(
    'NL',
    'aurora',
    'nl',
    [2, 8],
    ['Utrecht,Breda,Zwolle,Delft', 'Lindelaan,Molenpad,Havenkade', 'BlueLark:55,Postolino:45'],
  ),
  row(
    'PL',
    'aurora',
    'pl',
    [2, 8],
    ['Poznań,Gdynia,Łódź,Lublin', 'ulica Lipowa,ulica Młyńska,aleja Portowa', 'Postolino:50,Couriva:50'],
  ),
  row(
    'GB',
    'aurora',
    'en',
    [1, 14],
    ['Leeds,Bristol,York,Cardiff,Dundee', 'Linden Road,Mill Lane,Harbour Close,Orchard Row', 'Redfinch:70,BlueLark:30'],
  ),
  row(
    'US',
    'harbor',
    'en',
    [-5, 44],
    [
      'Portland,Austin,Columbus,Tucson,Omaha,Boise',
      'Linden Ave,Mill Creek Rd,Harbor St,Orchard Way,Juniper Ct',
      'Prairie Parcel:65,Gullwing:35',
    ],
  ),
  row(
    'ID',
    'harbor',
    'id',
    [7, 19],
    ['Bandung,Surabaya,Medan,Semarang', 'Jalan Melati,Jalan Kenanga,Jalan Pelabuhan', 'KilatAntar:80,Gullwing:20'],
  ),
  row(
    'MY',
    'harbor',
    'en',
    [8, 9],
    ['Ipoh,Melaka,Kuching,Klang', 'Jalan Teratai,Lorong Kilang,Jalan Bunga', 'KilatAntar:60,Gullwing:40'],
  ),
  row(
    'TH',
    'harbor',
    'en',
    [7, 8],
    ['Chiang Mai,Khon Kaen,Rayong', 'Soi Dok Mai,Thanon Suan,Soi Rim Nam', 'Gullwing:100'],
  ),
  row('VN', 'harbor', 'en', [7, 7], ['Da Nang,Hai Phong,Can Tho', 'Duong Hoa Sen,Duong Ben Cang', 'Gullwing:100']),
  row(
    'PH',
    'harbor',
    'en',
    [8, 7],
    ['Cebu,Davao,Baguio,Iloilo', 'Mango Street,Kalachuchi Road,Pier Road', 'KilatAntar:50,Gullwing:50'],
  ),
  row('SG', 'harbor', 'en', [8, 6], ['Singapore', 'Orchid Walk,Jetty Road,Tembusu Lane', 'KilatAntar:100']),
  row(
    'CN',
    'lotus',
    'zh',
    [8, 82],
    ['杭州,成都,武汉,青岛,长沙,苏州', '海棠路,柳荫街,白鹭巷,临湖大道,银杏里', '青鸟快运:55,白鹿速递:45'],
  ),
  row('SA', 'lotus', 'en', [3, 9], ['Riyadh,Jeddah,Dammam', 'Palm Garden Street,Old Well Road', 'Dunebird:100']),
  row('AE', 'lotus', 'en', [4, 9], ['Dubai,Sharjah,Al Ain', 'Date Grove Street,Lagoon Road', 'Dunebird:100']),
]

export const EU = new Set(['DE', 'FR', 'IT', 'ES', 'NL', 'PL'])
const BY_CODE = new Map(MARKETS.map((market) => [market.code, market]))
const CURRENCY: Readonly<Record<Site, string>> = { aurora: 'EUR', harbor: 'USD', lotus: 'CNY' }
/** Units of a site's currency for one euro, rounded; prices in the catalogue are in euro. */
const RATE: Readonly<Record<Site, number>> = { aurora: 1, harbor: 1.1, lotus: 7.6 }

export function market(code: string): Market {
  const found = BY_CODE.get(code)
  if (found === undefined)
    throw new Error(`market "${code}" is not in the sample; use one of ${[...BY_CODE.keys()].join(', ')}`)
  return found
}

export const marketsOf = (site: Site): readonly Market[] => MARKETS.filter((entry) => entry.site === site)
export const currencyOf = (site: Site): string => CURRENCY[site]
export const toSitePrice = (euro: number, site: Site): number =>
  Math.max(0.5, Math.round(euro * RATE[site] * 100) / 100)

const DRAW: Readonly<Record<Site, (random: Random) => Market>> = {
  aurora: weighted(marketsOf('aurora').map((entry) => [entry, entry.share] as const)),
  harbor: weighted(marketsOf('harbor').map((entry) => [entry, entry.share] as const)),
  lotus: weighted(marketsOf('lotus').map((entry) => [entry, entry.share] as const)),
}
export const drawMarket = (site: Site, random: Random): Market => DRAW[site](random)

const digits = (number: number, width: number): string => String(number).padStart(width, '0')

const DIAL: Readonly<Record<string, number>> = {
  DE: 49,
  IT: 39,
  ES: 34,
  NL: 31,
  PL: 48,
  GB: 44,
  ID: 62,
  MY: 60,
  TH: 66,
  VN: 84,
  PH: 63,
  SG: 65,
  SA: 966,
  AE: 971,
}

/** A phone number nobody has: the ranges reserved for fiction (US, GB, FR, DE) or a run of zeros; unique by `number` below 10,000. */
export function fictionalPhone(code: string, number: number): string {
  if (code === 'US') return `+1 ${201 + (Math.floor(number / 100) % 700)} 555 01${digits(number % 100, 2)}`
  if (code === 'GB' && number < 1000) return `+44 7700 900${digits(number, 3)}`
  if (code === 'FR') return `+33 6 39 98 ${digits(Math.floor(number / 100), 2)} ${digits(number % 100, 2)}`
  if (code === 'DE' && number < 1000) return `+49 30 23125${digits(number, 3)}`
  if (code === 'CN') return `+86 199 00${digits(Math.floor(number / 10000), 2)} ${digits(number % 10000, 4)}`
  return `+${DIAL[code] ?? '00'} 000 000 ${digits(number, 5)}`
}

/** An address that is never routed (198.18.0.0/15, 2001:db8::/32); unique by `number` below 131,072. */
export function fictionalIp(number: number): string {
  if (number % 5 === 0) return `2001:db8:${(number >> 16).toString(16)}:${(number & 0xffff).toString(16)}::1`
  return `198.${18 + ((number >> 16) & 1)}.${(number >> 8) & 255}.${number & 255}`
}

export function streetAddress(place: Market, random: Random): string {
  const city = random.pick(place.cities)
  const street = random.pick(place.streets)
  if (place.code === 'CN')
    return `${city}市${street}${random.between(1, 380)}号${random.between(1, 18)}栋${random.between(101, 2904)}室`
  return `${street} ${random.between(1, 240)}, ${digits(random.between(1, 99999), 5)} ${city}, ${place.code}`
}
