import { planReport, type Stage } from './activity.ts'
import type { Document } from './documents.ts'
import { listingData } from './listings.ts'
import { EU } from './markets.ts'
import { DAY, HOUR, type Site } from './model.ts'
import {
  lines,
  openListing,
  parseProducts,
  plantListing,
  somewhen,
  times,
  withAttributes,
  withoutAttributes,
  withoutDocuments,
} from './plant-tools.ts'

const EU_MARKETS = [...EU]
const AURORA = [...EU_MARKETS, 'GB']

/** Real names from Annex II of Regulation (EC) 1223/2009, in the form that ingredient lists use. */
const BANNED_INGREDIENTS = lines(`Hydroquinone
Butylphenyl Methylpropional
Trimethylbenzoyl Diphenylphosphine Oxide
Zinc Pyrithione
Clobetasol Propionate
Tretinoin
Hydroxyisohexyl 3-Cyclohexene Carboxaldehyde
Mercury
Deoxyarbutin
Chloroform`)

const WEAPONS = parseProducts(`butterfly knife, training and live blade;蝴蝶刀 开刃
switchblade, push button, 10 cm;弹簧刀 一键自动
balisong with titanium handle;钛柄甩刀
automatic stiletto knife;自动跳刀
knuckle duster with blade;带刃指虎
zombie knife, serrated;锯齿格斗刀`)
const JAMMERS = parseProducts(`cell phone signal jammer, 8 bands;手机信号屏蔽器8路
GPS jammer for the car socket;车载GPS屏蔽器
WiFi and Bluetooth jammer, handheld;手持WiFi蓝牙干扰器
remote control blocker 433 MHz jammer;433MHz遥控干扰器`)
const VAPES = parseProducts(`disposable vape 9000 puffs, mango ice;一次性电子烟9000口 芒果冰
pod vape starter kit;换弹电子烟套装
e-cigarette with 50 mg nicotine salt;50mg尼古丁盐电子烟
vape liquid, mint 20 mg;薄荷烟油20mg`)
const PYROTECHNICS = parseProducts(`sky lanterns, pack of 20;孔明灯20只装
firecrackers, category F3;鞭炮 大地红
rocket fireworks, battery of 36;36发礼花弹
flash powder kit;烟火闪光粉`)
const PLASTICS = parseProducts(`plastic drinking straws, 500 pieces;一次性塑料吸管500支
plastic cutlery set, disposable, 200 pieces;一次性塑料刀叉200件
expanded polystyrene food boxes, 100 pieces;泡沫餐盒100只
cotton buds with plastic stick, 1000 pieces;塑料棒棉签1000支`)
const MEDICINES = parseProducts(`Amoxicillin 500 mg, no prescription needed;阿莫西林胶囊 免处方
Tramadol 100 mg tablets;曲马多片
Semaglutide injection pen;司美格鲁肽注射笔
Xanax 2 mg, discreet shipping;阿普唑仑片 隐私发货
Isotretinoin capsules 20 mg;异维A酸胶囊`)

function plantGpsr(stage: Stage): void {
  const { random } = stage
  const shops = [
    'home/storage',
    'toys/plush',
    'fashion/bags',
    'home/bedding',
    'pets/supplies',
    'sports/fitness',
    'kitchen/tableware',
    'beauty/makeup',
  ]
  const base = (kind: string) => ({
    site: 'aurora' as const,
    category: random.pick(shops),
    shipTo: AURORA,
    truth: { kind, markets: EU_MARKETS },
  })
  times(60, (index) =>
    plantListing(stage, {
      ...base('gpsr.no_manufacturer'),
      change: (data) =>
        index % 3 === 0
          ? withoutAttributes(data, 'manufacturer_address', 'manufacturer_email')
          : withoutAttributes(data, 'manufacturer_*'),
    }),
  )
  times(60, (index) =>
    plantListing(stage, {
      ...base('gpsr.no_representative'),
      change: (data) => {
        const foreign = withAttributes(data, {
          manufacturer_country: 'CN',
          country_of_origin: 'CN',
          manufacturer_address: '杭州市海棠路88号',
        })
        return index % 4 === 0
          ? withAttributes(foreign, { responsible_person_name: 'to be announced', responsible_person_country: 'CN' })
          : withoutAttributes(foreign, 'responsible_person_*')
      },
    }),
  )
  times(30, (index) =>
    plantListing(stage, {
      ...base('gpsr.no_identifier'),
      change: (data) => (index % 2 === 0 ? withoutAttributes(data, 'model', 'gtin', 'batch') : { ...data, images: [] }),
    }),
  )
}

const CE_DOCUMENTS = ['eu_declaration_of_conformity', 'en71_test_report', 'red_test_report', 'un38_3_report']

function plantCe(stage: Stage): void {
  const { random } = stage
  const base = { site: 'aurora' as const, shipTo: AURORA }
  const strip = (kind: string, category: string, count: number): void =>
    times(count, (index) =>
      plantListing(stage, {
        ...base,
        category,
        truth: { kind, markets: EU_MARKETS },
        change: (data) =>
          index % 2 === 0
            ? withoutDocuments(data, ...CE_DOCUMENTS)
            : withoutAttributes(withoutDocuments(data, ...CE_DOCUMENTS), 'ce_mark'),
      }),
    )
  strip('ce.toy_without_documents', 'toys/building-blocks', 25)
  strip('ce.toy_without_documents', 'toys/outdoor', 25)
  strip('ce.power_bank_without_documents', 'electronics/power-banks', 40)
  strip('ce.radio_without_documents', 'electronics/headphones', 40)
  const spoil =
    (index: number) =>
    (document: Document): Document =>
      index % 2 === 0
        ? { ...document, valid_until: `202${random.between(2, 5)}-06-30` }
        : { ...document, number: index % 4 === 1 ? '' : 'N/A' }
  times(40, (index) =>
    plantListing(stage, {
      ...base,
      category: random.pick(['toys/building-blocks', 'electronics/smart-home', 'home/lighting']),
      truth: { kind: 'ce.invalid_document', markets: EU_MARKETS },
      change: (data) => ({ ...data, documents: data.documents.map(spoil(index)) }),
    }),
  )
}

interface Forbidden {
  readonly kind: string
  readonly products: ReturnType<typeof parseProducts>
  readonly category: string
  readonly count: number
  readonly markets: Readonly<Partial<Record<Site, readonly string[]>>>
}

const FORBIDDEN: readonly Forbidden[] = [
  {
    kind: 'goods.weapon',
    products: WEAPONS,
    category: 'outdoor/camping',
    count: 42,
    markets: { aurora: ['DE', 'GB', 'FR', 'IT'], lotus: ['CN'] },
  },
  {
    kind: 'goods.jammer',
    products: JAMMERS,
    category: 'electronics/phone-accessories',
    count: 36,
    markets: { aurora: AURORA, harbor: ['US', 'SG', 'MY'], lotus: ['CN', 'AE'] },
  },
  {
    kind: 'goods.vape',
    products: VAPES,
    category: 'health/devices',
    count: 40,
    markets: { aurora: ['ES'], harbor: ['TH', 'SG', 'ID'], lotus: ['CN'] },
  },
  {
    kind: 'goods.pyrotechnics',
    products: PYROTECHNICS,
    category: 'outdoor/camping',
    count: 24,
    markets: { aurora: AURORA, harbor: ['US', 'MY', 'SG'], lotus: ['CN'] },
  },
  {
    kind: 'goods.single_use_plastic',
    products: PLASTICS,
    category: 'kitchen/tableware',
    count: 24,
    markets: { aurora: EU_MARKETS },
  },
  {
    kind: 'goods.medicine',
    products: MEDICINES,
    category: 'health/supplements',
    count: 30,
    markets: { aurora: AURORA, harbor: ['US', 'ID', 'PH'], lotus: ['CN', 'SA'] },
  },
]

function plantForbidden(stage: Stage): void {
  const { random } = stage
  for (const entry of FORBIDDEN) {
    const sites = Object.entries(entry.markets)
    times(entry.count, () => {
      const [name, markets] = random.pick(sites)
      const site: Site = name === 'aurora' || name === 'harbor' ? name : 'lotus'
      plantListing(stage, {
        site,
        category: entry.category,
        family: 'plain',
        product: random.pick(entry.products),
        shipTo: markets,
        language: site === 'lotus' && markets.includes('CN') ? 'zh' : 'en',
        truth: { kind: entry.kind, markets },
        change: (data) => data,
      })
    })
  }
}

const LICENCES = [
  'bpom_number',
  'halal_certificate',
  'health_food_approval',
  'mal_number',
  'thai_fda_number',
  'fda_notification',
  'registration_number',
  'cosmetics_filing',
  'product_declaration',
  'not_number',
]

function plantLicences(stage: Stage): void {
  const { random } = stage
  times(50, (index) => {
    const harbor = index % 2 === 0
    plantListing(stage, {
      site: harbor ? 'harbor' : 'lotus',
      category: random.pick(['health/supplements', 'beauty/skincare']),
      shipTo: harbor ? ['ID'] : ['CN'],
      truth: { kind: 'goods.no_licence', markets: harbor ? ['ID'] : ['CN'] },
      change: (data) => withoutDocuments(data, ...LICENCES),
    })
  })
  times(50, () => {
    const substance = random.pick(BANNED_INGREDIENTS)
    plantListing(stage, {
      site: 'aurora',
      category: random.pick(['beauty/skincare', 'beauty/makeup', 'beauty/hair-care']),
      shipTo: AURORA,
      truth: {
        kind: 'cosmetics.banned_ingredient',
        markets: AURORA,
        note: { zh: `成分表含 ${substance}(附录II)`, en: `The ingredient list names ${substance} (Annex II)` },
      },
      change: (data) =>
        withAttributes(data, { ingredients: `${data.attributes['ingredients']}, ${substance}, Parfum` }),
    })
  })
}

/** Products that the sample's authority has recalled: what a recall list of this marketplace would hold. */
export interface Recall {
  readonly brand: string
  readonly model: string
  readonly batch: string
  readonly category: string
  readonly reason: string
}

export const RECALLS: readonly Recall[] = [
  {
    brand: 'Tumbelina',
    model: 'TB-440',
    batch: '202611',
    category: 'toys/plush',
    reason: 'the eyes come off: choking',
  },
  {
    brand: 'Voltpebble',
    model: 'VP-20K',
    batch: '202547',
    category: 'electronics/power-banks',
    reason: 'overheats while charging: fire',
  },
  {
    brand: 'Glimmerhus',
    model: 'GH-12',
    batch: '202602',
    category: 'home/lighting',
    reason: 'live parts can be touched: electric shock',
  },
  {
    brand: 'Kettleford',
    model: 'KF-17',
    batch: '202538',
    category: 'home/kitchen-appliances',
    reason: 'the handle loosens: burns',
  },
  {
    brand: 'Bibbelo',
    model: 'BB-3',
    batch: '202615',
    category: 'baby/feeding',
    reason: 'small parts break off: choking',
  },
  {
    brand: 'Ridgelark',
    model: 'RL-HELM-M',
    batch: '202550',
    category: 'sports/cycling',
    reason: 'does not absorb the impact: head injury',
  },
  {
    brand: 'Dermalune',
    model: 'DL-50',
    batch: '202608',
    category: 'beauty/skincare',
    reason: 'microbiological contamination',
  },
  { brand: 'Pufflet', model: 'PF-9', batch: '202544', category: 'home/bedding', reason: 'long cords: strangulation' },
]

function plantRecalls(stage: Stage): void {
  const { world, random } = stage
  for (const recall of RECALLS) {
    const announced = world.start + (2 + random.next() * 3) * DAY
    planReport(stage, {
      at: announced,
      site: 'aurora',
      reporter: 'authority-market-surveillance',
      reporterKind: 'authority',
      targetId: `${recall.brand}/${recall.model}`,
      targetType: 'listing',
      reason: 'recall',
      text: `Recall of ${recall.brand} ${recall.model}, batch ${recall.batch}: ${recall.reason}. Remove all offers.`,
    })
    const base = { site: 'aurora' as const, category: recall.category, shipTo: AURORA }
    times(5, (index) =>
      plantListing(stage, {
        ...base,
        at: Math.max(announced + 8 * HOUR, somewhen(stage, 0.1)),
        truth: { kind: 'goods.recalled', markets: AURORA },
        change: (data) =>
          withAttributes(
            { ...data, brand: recall.brand, title: `${recall.brand} ${index % 2 === 0 ? data.title : recall.model}` },
            { model: recall.model, batch: recall.batch },
          ),
      }),
    )
    times(4, (index) =>
      plantListing(stage, {
        ...base,
        at: somewhen(stage, 0.1),
        truth: { kind: 'trap.same_brand_as_recall', markets: AURORA },
        change: (data) =>
          withAttributes(
            { ...data, brand: recall.brand, title: `${recall.brand} ${data.title}` },
            { model: `${recall.model.split('-')[0]}-${600 + index}`, batch: '202640' },
          ),
      }),
    )
  }
}

/** Approved as something harmless, edited into a jammer some days later. */
function plantEdits(stage: Stage): void {
  const { world, schedule, random } = stage
  times(24, () => {
    const site = random.pick(['aurora', 'harbor'] as const)
    const at = somewhen(stage, 0.3)
    const listing = openListing(stage, site, { at, category: 'electronics/phone-accessories' })
    const title = random.pick(JAMMERS).en
    schedule.add(at, {
      type: 'listing.updated',
      site,
      subject: listing.id,
      data: () => ({ ...listingData(world, listing), title, language: 'en' }),
      truth: { kind: 'goods.edited_after_approval', markets: listing.shipTo },
    })
  })
}

export function plantGoods(stage: Stage): void {
  plantGpsr(stage)
  plantCe(stage)
  plantForbidden(stage)
  plantLicences(stage)
  plantRecalls(stage)
  plantEdits(stage)
}
