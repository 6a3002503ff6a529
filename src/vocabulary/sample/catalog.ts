import { GOODS_ONE } from './catalog-goods.ts'
import { GOODS_TWO } from './catalog-goods-two.ts'
import { DESCRIPTIONS, FEATURES, SERVICE } from './catalog-phrases.ts'
import type { Random } from './random.ts'
import { weighted } from './random.ts'

export interface Product {
  readonly en: string
  readonly zh: string
  readonly de: string
  readonly id: string
}

export interface Category {
  readonly path: string
  readonly family: string
  readonly price: readonly [number, number]
  readonly weight: readonly [number, number]
  readonly share: number
  readonly products: readonly Product[]
}

const range = (text = ''): readonly [number, number] => {
  const [low = 1, high = 1] = text.split('-').map(Number)
  return [low, high]
}

function parseGoods(text: string): Category[] {
  const categories: (Category & { products: Product[] })[] = []
  for (const line of text.trim().split('\n')) {
    if (line.startsWith('# ')) {
      const [path = '', family = '', price, weight, share] = line.slice(2).split('|')
      categories.push({ path, family, price: range(price), weight: range(weight), share: Number(share), products: [] })
    } else {
      const [en = '', zh = '', de = '', id = ''] = line.split(';')
      categories.at(-1)?.products.push({ en, zh, de, id })
    }
  }
  return categories
}

/** Every category with its products; plain goods only, nothing here breaks a rule of any market. */
export const CATEGORIES: readonly Category[] = [...parseGoods(GOODS_ONE), ...parseGoods(GOODS_TWO)]
const BY_PATH = new Map(CATEGORIES.map((category) => [category.path, category]))
export const drawCategory = weighted(CATEGORIES.map((category) => [category, category.share] as const))

export function category(path: string): Category {
  const found = BY_PATH.get(path)
  if (found === undefined) throw new Error(`category "${path}" is not in the sample catalogue; use one of its paths`)
  return found
}

const BRANDS_EN =
  'Lumo,Kestrel & Co,Nordhaven,Veyra,Tillwood,Amberly,Foxglen,Sundara,Pikko,Oakmere,Brimline,Solvay Lane,Marrow & Moss,Ostrea,Quillon,Harrowby,Tidewell,Junipa,Calder,Minto,Roseway,Elmar,Havn,Belloway,Zephra,Corvin,Drift & Dune,Ellery,Fennick,Gable'.split(
    ',',
  )
const BRANDS_ZH =
  '木禾,森屿,云栖里,青禾记,拾光,山雀,半夏,南枝,栗子家,白鹭,知微,暖川,麦浪,竹里,野渡,星野,小满,青柚,沐川,松果'.split(',')

export interface Brand {
  readonly en: string
  readonly zh: string
}
export const drawBrand = (random: Random): Brand => ({ en: random.pick(BRANDS_EN), zh: random.pick(BRANDS_ZH) })

export interface Words {
  readonly title: string
  readonly description: string
}

interface WordsInput {
  readonly product: Product
  readonly family: string
  readonly brand: Brand
  readonly language: string
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
const has = (product: Product, language: string): boolean =>
  language === 'zh' || (language === 'de' && product.de !== '') || (language === 'id' && product.id !== '')

function phrases(
  table: Readonly<Record<string, readonly string[]>>,
  family: string,
  language: string,
): readonly string[] {
  return table[`${family}.${language}`] ?? table[`any.${language}`] ?? []
}

/** A title and a description in the language asked for; English where the product has no name in it. */
export function describeProduct(input: WordsInput, random: Random): Words {
  const { product, family, brand } = input
  const language = has(product, input.language) ? input.language : 'en'
  const feature = random.pick(phrases(FEATURES, family, language))
  const sentences = [
    random.pick(phrases(DESCRIPTIONS, family, language)),
    random.pick(phrases(DESCRIPTIONS, 'any', language)),
    random.pick(phrases(SERVICE, 'any', language)),
  ]
  if (language === 'zh') {
    const title = random.chance(0.5) ? `${brand.zh} ${product.zh} ${feature}` : `【${brand.zh}】${feature}${product.zh}`
    return { title, description: sentences.join('') }
  }
  const name = language === 'de' ? product.de : language === 'id' ? product.id : product.en
  const title = random.chance(0.5) ? `${brand.en} ${name}, ${feature}` : `${capital(name)} ${feature} | ${brand.en}`
  return { title, description: sentences.join(' ') }
}
