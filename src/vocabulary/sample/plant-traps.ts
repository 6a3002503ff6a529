import { planAd, planRegistration, planShop, planSignIn, productName, type Stage } from './activity.ts'
import { planOrder } from './commerce.ts'
import { EU, fictionalIp, market } from './markets.ts'
import { DAY, HOUR, MINUTE, type Site } from './model.ts'
import { createBuyer } from './people.ts'
import {
  lines,
  openBuyer,
  openListing,
  openSeller,
  parseProducts,
  plantListing,
  somewhen,
  times,
  withAttributes,
} from './plant-tools.ts'
import { scramble } from './random.ts'
import { SITES } from './world.ts'

const AURORA = [...EU, 'GB']

const SPECIFICATION = lines(`{x} 最大尺寸 {n}cm
{x} 支持最大承重{n}kg
{x}，最小起订量 {n} 件
{x} 最高水温 60 度，请勿超温
最佳赏味期限 7 天，{x}请尽快享用
{x} 最佳食用温度 4℃
{x}最长续航 {n} 小时
{x} 最大功率 {n}W
最后发货日期 10月{d}日，{x}
{x} 已按最新国标 3C 认证
最近更新：尺码表，{x}
{x}最多支持{d}人同时使用
{x} 最低温度 -20℃ 可用`)
const WORD = lines(`极简风格{x}
{x}，第一次使用前请充满电
第一步：打开包装，第二步：组装{x}
{x}配绝缘手套
每件{x}有唯一编码，可查真伪
太极服同色系{x}
首饰盒同款{x}，首页可领券
{x} crop top 短袖搭配
tank top 1件装，搭{x}
第一代{x}已停产，新款上架
{x}，最终解释权以页面规则为准
北极熊图案{x}
金牌橱柜同款{x}收纳`)
const ATTITUDE = lines(`顾客第一，服务至上，{x}
质量第一，{x}逐件检查
安全第一，{x}边角圆润
追求极致的细节，{x}`)
const DISCLAIMER = lines(`治愈系插画{x}
{x}，本品不能代替药物治疗疾病
本产品不具有治疗疾病功能，{x}
{x}图案由治愈系画师绘制
不含处方药成分，{x}请按说明食用`)
const ENGLISH = lines(`Tank top 1 pack, goes with our {x}
Dog treats, no added sugar, and a {x}
Heel cushions for tired feet, {x}
Cure time 24 h: epoxy for your {x}
Best before 2028: {x}
High heels or flat shoes? {x}
No. 1 pencils and a {x}
Kill time on the train with a {x}
Treat yourself: {x}
Lead-free glaze, {x}
Aquarium detox filter sponge and {x}
Best if used by the date on the lid, {x}`)
const AUTHORISED = lines(`Vitamin C contributes to the normal function of the immune system
Calcium is needed for the maintenance of normal bones
Magnesium contributes to a reduction of tiredness and fatigue
Vitamin D contributes to the maintenance of normal muscle function`)

function plantAdTraps(stage: Stage): void {
  const { random } = stage
  const chinese = (kind: string, texts: readonly string[], count: number): void =>
    times(count, () => {
      const at = somewhen(stage)
      const listing = openListing(stage, 'lotus', { at, market: 'CN' })
      const headline = random
        .pick(texts)
        .replace('{x}', productName(listing.product, 'zh'))
        .replace('{n}', String(random.between(10, 120)))
        .replace('{d}', String(random.between(2, 28)))
      planAd(stage, {
        at,
        listing,
        market: 'CN',
        words: { headline, body: '48小时内发货，支持七天无理由退货。' },
        truth: { kind, markets: ['CN'] },
      })
    })
  chinese('trap.ad_specification', SPECIFICATION, 66)
  chinese('trap.ad_word', WORD, 60)
  chinese('trap.ad_attitude', ATTITUDE, 24)
  chinese('trap.ad_disclaimer', DISCLAIMER, 30)
  const english = (kind: string, texts: readonly string[], place: { count: number; category?: string }): void =>
    times(place.count, () => {
      const at = somewhen(stage)
      const site = random.pick(['aurora', 'harbor'] as const)
      const listing = openListing(stage, site, {
        at,
        ...(place.category === undefined ? {} : { category: place.category }),
      })
      const target = random.pick(listing.shipTo)
      const headline = random.pick(texts).replace('{x}', productName(listing.product, 'en'))
      planAd(stage, {
        at,
        listing,
        market: target,
        words: { headline, body: 'Free returns within 30 days.' },
        truth: { kind, markets: [target] },
      })
    })
  english('trap.english_words', ENGLISH, { count: 60 })
  english('trap.authorised_claim', AUTHORISED, { count: 24, category: 'health/supplements' })
}

const KNIVES = parseProducts(`chef's knife 20 cm, stainless steel;20厘米主厨刀
bread knife with wooden handle;木柄面包刀
paring knife set, three pieces;水果刀三件套
Santoku knife with sheath;三德刀带刀鞘
butter knives, set of six;黄油刀六支装`)
const LOOKALIKES = parseProducts(`strawberry jam maker pan;草莓果酱熬煮锅
draught blocker for doors;门缝挡风条
paper jam removal tool for printers;打印机卡纸取纸器
blue light blocker glasses;防蓝光眼镜
vapour-free humidifier, evaporative;无雾蒸发式加湿器
firecracker red table runner;鞭炮红桌旗
paper straws, 200 pieces;纸吸管200支
bamboo cutlery, reusable;可重复使用竹餐具
butterfly wall stickers;蝴蝶墙贴
spray bottle with pistol grip;枪式喷壶`)
const REPLICAS = parseProducts(`dinosaur skeleton replica kit;恐龙骨架复刻模型
museum coin replica, educational;博物馆钱币复制品教具
ship model, replica of a 19th century clipper;十九世纪帆船复原模型
food replica sushi magnet;仿真寿司冰箱贴`)

function plantGoodsTraps(stage: Stage): void {
  const { random } = stage
  const goods = (
    kind: string,
    products: ReturnType<typeof parseProducts>,
    place: { category: string; count: number },
  ): void =>
    times(place.count, () => {
      const site: Site = random.pick(SITES)
      plantListing(stage, {
        site,
        category: place.category,
        family: 'plain',
        product: random.pick(products),
        truth: { kind },
        change: (data) =>
          kind === 'trap.kitchen_knife' ? withAttributes(data, { age_verification: true, minimum_age: 18 }) : data,
      })
    })
  goods('trap.kitchen_knife', KNIVES, { category: 'kitchen/cookware', count: 42 })
  goods('trap.goods_word', LOOKALIKES, { category: 'home/storage', count: 50 })
  goods('trap.innocent_replica', REPLICAS, { category: 'books/media', count: 24 })
  times(42, () =>
    plantListing(stage, {
      site: 'aurora',
      category: 'electronics/power-banks',
      shipTo: AURORA,
      truth: { kind: 'trap.complete_power_bank', markets: AURORA },
      change: (data) => withAttributes(data, { epr_battery_de: 'DE12345678', capacity_mah: 10000 }),
    }),
  )
  times(30, () => {
    const free = random.pick([
      'hydroquinone-free',
      'free from mercury',
      'without zinc pyrithione',
      'contains no Lilial (butylphenyl methylpropional)',
    ])
    plantListing(stage, {
      site: 'aurora',
      category: 'beauty/skincare',
      shipTo: AURORA,
      language: 'en',
      truth: { kind: 'trap.ingredient_negated', markets: AURORA },
      change: (data) => ({ ...data, description: `${data.description} Our formula is ${free}.` }),
    })
  })
  times(20, () => {
    const at = somewhen(stage, 0.1)
    const seller = openSeller(stage, random.pick(SITES), at)
    const domain = seller.email.slice(seller.email.indexOf('@') + 1)
    planShop(stage, seller, {
      at,
      type: 'shop.updated',
      data: { website: `https://www.${domain}`, description: `Official shop. Product safety: ${seller.maker.email}` },
      truth: { kind: 'trap.brand_domain' },
    })
  })
}

/** A household on one device; no more than five people. */
function plantFamilies(stage: Stage): void {
  const { world, random } = stage
  times(14, (family) => {
    const place = market(random.pick(['DE', 'GB', 'US', 'ID', 'CN', 'AE']))
    const at = somewhen(stage, 0.05, 0.6)
    const device = `dev-${scramble(6_000_000 + family).toLowerCase()}`
    const first = createBuyer({ number: world.nextPerson(), market: place, registeredAt: at }, random)
    times(random.between(3, 4), (member) => {
      const buyer = {
        ...createBuyer(
          {
            number: world.nextPerson(),
            market: place,
            registeredAt: at + member * random.between(1, 9) * DAY,
            channel: 'friend',
          },
          random,
        ),
        address: first.address,
        ip: first.ip,
        device,
      }
      planRegistration(stage, buyer, { truth: { kind: 'trap.family_device' } })
      times(3, (visit) =>
        planSignIn(stage, {
          at: buyer.registeredAt + (visit + 1) * 3 * DAY,
          account: buyer.id,
          site: place.site,
          market: place.code,
          device,
          ip: first.ip,
          truth: { kind: 'trap.family_device' },
        }),
      )
    })
  })
}

function plantDormitory(stage: Stage): void {
  const { world, random } = stage
  const place = market('CN')
  const moveIn = world.start + Math.floor(world.days * 0.2) * DAY
  const shared = fictionalIp(127_001)
  times(64, () => {
    const registeredAt = moveIn + random.next() ** 2 * 6 * DAY
    const buyer = {
      ...createBuyer({ number: world.nextPerson(), market: place, registeredAt, channel: 'friend' }, random),
      ip: shared,
      address: `武汉市银杏里1号学生公寓${random.between(101, 640)}室`,
    }
    planRegistration(stage, buyer, { truth: { kind: 'trap.dormitory' } })
    times(2, (visit) =>
      planSignIn(stage, {
        at: registeredAt + (visit + 1) * 2 * DAY,
        account: buyer.id,
        site: 'lotus',
        market: 'CN',
        device: buyer.device,
        ip: shared,
        truth: { kind: 'trap.dormitory' },
      }),
    )
  })
}

function plantTravellers(stage: Stage): void {
  times(24, (index) => {
    const site = stage.random.pick(SITES)
    const at = somewhen(stage, 0.2)
    const buyer = openBuyer(stage, site, at)
    times(3, (step) =>
      planSignIn(stage, {
        at: at + step * 7 * HOUR,
        account: buyer.id,
        site,
        market: buyer.market.code,
        device: buyer.device,
        ip: fictionalIp(120_000 + index * 3 + step),
        truth: { kind: 'trap.traveller' },
      }),
    )
  })
}

/** Three hundred real buyers within minutes, because a host counted down. */
function plantFlashSale(stage: Stage): void {
  const { world, schedule, random } = stage
  const at = world.start + (Math.floor(world.days * 0.45) + 0.54) * DAY
  const listing = openListing(stage, 'lotus', { at, category: 'grocery/snacks', market: 'CN' })
  const chinese = world.buyers.lotus.filter((buyer) => buyer.market.code === 'CN' && buyer.registeredAt < at)
  const step = Math.max(1, Math.floor(chinese.length / 300))
  for (let index = 0; index < chinese.length && index < 300 * step; index += step) {
    const buyer = chinese[index]
    if (buyer === undefined) continue
    planOrder(
      world,
      schedule,
      {
        at: at + random.next() ** 2 * 6 * MINUTE,
        buyer,
        listing,
        coupon: 'LIVE-FLASH',
        truth: { kind: 'trap.flash_sale' },
      },
      random,
    )
  }
}

function plantHonestDeclines(stage: Stage): void {
  const { world, schedule, random } = stage
  times(30, () => {
    const site = random.pick(SITES)
    const at = somewhen(stage, 0.15)
    const buyer = openBuyer(stage, site, at)
    const listing = openListing(stage, site, { at, market: buyer.market.code })
    const truth = { kind: 'trap.honest_decline' }
    const record = planOrder(world, schedule, { at, buyer, listing, truth }, random)
    const { logistics_partner: _partner, tracking: _tracking, ...data } = record.data
    times(3, (attempt) =>
      schedule.add(at - (attempt + 2) * 90_000, {
        type: 'payment.attempted',
        site,
        subject: record.id,
        data: { ...data, outcome: 'declined', reason: 'insufficient_funds' },
        truth,
      }),
    )
  })
}

function plantLightGoods(stage: Stage): void {
  const { world, schedule, random } = stage
  const stickers = { en: 'sticker sheet, botanical', zh: '植物贴纸', de: '', id: '' }
  const listing = plantListing(stage, {
    site: 'aurora',
    category: 'office/stationery',
    at: world.start + 4 * DAY,
    shipTo: AURORA,
    product: stickers,
    language: 'en',
    truth: { kind: 'trap.light_goods' },
    change: (data) => data,
  })
  times(60, () => {
    const at = somewhen(stage, 0.12, 0.9)
    planOrder(
      world,
      schedule,
      {
        at,
        buyer: openBuyer(stage, 'aurora', at),
        listing,
        weight: random.between(18, 40),
        truth: { kind: 'trap.light_goods' },
      },
      random,
    )
  })
}

export function plantTraps(stage: Stage): void {
  plantAdTraps(stage)
  plantGoodsTraps(stage)
  plantFamilies(stage)
  plantDormitory(stage)
  plantTravellers(stage)
  plantFlashSale(stage)
  plantHonestDeclines(stage)
  plantLightGoods(stage)
}
