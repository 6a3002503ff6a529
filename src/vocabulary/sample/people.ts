import { fictionalIp, fictionalPhone, type Market, streetAddress } from './markets.ts'
import { type Random, scramble } from './random.ts'

export interface Buyer {
  readonly id: string
  readonly name: string
  readonly market: Market
  readonly device: string
  readonly ip: string
  readonly phone: string
  readonly email: string
  readonly address: string
  readonly instrument: string
  readonly registeredAt: number
  readonly channel: string
}

const list = (text: string): readonly string[] => text.split(',')
const GIVEN: Readonly<Record<string, readonly string[]>> = {
  zh: list('子涵,雨桐,浩然,思远,佳怡,晓峰,文静,俊杰,丽华,志强,美玲,嘉豪,诗涵,明轩,雅琴,建国,欣怡,宇航'),
  de: list('Lena,Jonas,Mia,Felix,Hanna,Emil,Clara,Paul,Greta,Moritz,Ida,Anton'),
  id: list('Dewi,Budi,Siti,Agus,Putri,Rizky,Ayu,Hendra,Wulan,Bayu,Intan,Fajar'),
  en: list('Maya,Owen,Priya,Leo,Nora,Sam,Aisha,Theo,Ruby,Omar,Grace,Eli,Zara,Noah,Ivy,Kofi,Lucia,Dan,Amal,Tess'),
}
const FAMILY: Readonly<Record<string, readonly string[]>> = {
  zh: list('王,李,张,刘,陈,杨,赵,周,吴,徐,孙,林,何,郭,高'),
  de: list('Brandt,Keller,Vogt,Winter,Lorenz,Busch,Arndt,Seidel'),
  id: list('Santoso,Wijaya,Lestari,Pratama,Saputra,Handayani,Nugroho'),
  en: list('Hale,Rowe,Ng,Okafor,Silva,Khan,Reyes,Moreau,Rossi,Novak,Tan,Farouk,Lind,Marsh,Doyle,Costa'),
}
const HANDLES = list(
  'bluekite,teapot,mossy,paperboat,sunday,lemonpie,northstar,tinyforest,oldbike,riverbank,foglamp,cloud9ish,papaya,windmill,driftwood,snowpea,yellowdoor,nightowl',
)
const MAIL = list('mail.example,post.example,inbox.example.com,letters.example.net')

export function personName(language: string, random: Random): string {
  const key = language in GIVEN ? language : 'en'
  const given = random.pick(GIVEN[key] ?? [])
  const family = random.pick(FAMILY[key] ?? [])
  return key === 'zh' ? `${family}${given}` : `${given} ${family}`
}

export interface BuyerInput {
  readonly number: number
  readonly market: Market
  readonly registeredAt: number
  readonly channel?: string
}

/** One person with a device, a line and an address of their own; `number` must be unused. */
export function createBuyer(input: BuyerInput, random: Random): Buyer {
  const { number, market } = input
  return {
    id: `A${scramble(number)}`,
    name: personName(market.language, random),
    market,
    device: `dev-${scramble(number + 1_000_000).toLowerCase()}`,
    ip: fictionalIp(number * 7 + 3),
    phone: fictionalPhone(market.code, number),
    email: `${random.pick(HANDLES)}${(number * 7919) % 100_003}@${random.pick(MAIL)}`,
    address: streetAddress(market, random),
    instrument: `card-${scramble(number + 2_000_000).toLowerCase()}`,
    registeredAt: input.registeredAt,
    channel: input.channel ?? random.pick(['organic', 'organic', 'search', 'creator', 'advertising', 'friend']),
  }
}
