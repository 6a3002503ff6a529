import { planAd, planLiveSegment, planVideo, productName, type Stage } from './activity.ts'
import { HOUR, MINUTE } from './model.ts'
import { lines, openListing, plantListing, somewhen, times } from './plant-tools.ts'
import { type Random, scramble } from './random.ts'

/** `{x}` is the product. */
const ABSOLUTE = lines(`国家级品质{x}，值得信赖
{x} 全网最低价，错过不再有
选{x}，就是最佳选择
行业第一品牌，{x}
顶级面料{x}
{x}，全球首创技术
{x}连续三年销量冠军
人民大会堂专供同款{x}
极品{x}，限量发售
{x}：独一无二的设计
史无前例的优惠，{x}
同类产品中质量第一的{x}
{x} 最先进的工艺
最受欢迎的{x}来了
至尊享受，{x}
{x}，填补国内空白
机关专供{x}
顶尖工匠打造{x}
NO.1 人气爆款{x}
TOP1 推荐：{x}
世界级品质，{x}
{x} 全网排名第一
领袖品牌{x}
史上最低价，{x}`)
const ABSOLUTE_CORE = lines(`国家级品质
全网最低价
行业第一品牌
最佳选择
最高级面料
顶级工艺
史上最低价
独一无二的设计
绝无仅有的手感
最先进的科学技术`)
const MEDICAL = lines(`这款{x}可治疗颈椎病
用{x}，三天根治脚气
{x}有效降血糖，老人放心用
坚持用{x}，治愈率98%
{x}：活血化瘀，消炎镇痛
药妆级{x}，无副作用
{x}帮你提高免疫力，远离感冒
减肥瘦身就用{x}，月瘦二十斤
{x}抗癌防癌，专家推荐
{x}降血压降血脂，不用吃药
睡前用{x}，失眠治愈
{x}排毒养颜，祛瘀消斑`)
const MEDICAL_CORE = lines(`根治脚气
有效降血糖
治疗颈椎病
消炎镇痛
提高免疫力
治愈率98%
无副作用
抗癌防癌`)
const PROMISES: readonly (readonly [string, string])[] = [
  ['office/stationery', '跟着这本押题卷，考试保过'],
  ['books/media', '内部押题，不过退款，包过班配套教材'],
  ['books/media', '稳赚不赔的理财课，年化18%保证收益'],
  ['books/media', '零风险保本，跟着老师炒股'],
  ['office/stationery', '名师命题组押题，保证上岸'],
]
const HEALTH = lines(`{x}: cures diabetes in 30 days, doctors are amazed
Lose 10 kg in 2 weeks with our {x}
{x} prevents cancer and reverses ageing
The {x} that heals arthritis for good
Detox your liver overnight: {x}
{x} treats depression without pills
Clinically proven to cure insomnia: {x}
{x} boosts immunity and kills viruses
FDA approved {x} that reverses hair loss
Throw away your blood pressure pills, use {x}
{x} eliminates eczema in three days
Say goodbye to asthma: {x} cures it`)
const LIVE_MEDICAL = lines(`家里老人血糖高的，喝这个一个月血糖就降下来了，能根治的。
这个贴上去腰椎间盘突出都能治好，比医院还管用。
这个不是药，但是治疗效果比药好，鼻炎三天就好。
吃了这个能抗癌，我邻居就是这样治愈的。`)

const TRADITIONAL: Readonly<Record<string, string>> = {
  国: '國',
  级: '級',
  质: '質',
  网: '網',
  价: '價',
  业: '業',
  选: '選',
  择: '擇',
  顶: '頂',
  艺: '藝',
  独: '獨',
  设: '設',
  计: '計',
  绝: '絕',
  进: '進',
  学: '學',
  术: '術',
  疗: '療',
  颈: '頸',
  镇: '鎮',
  脚: '腳',
  气: '氣',
  无: '無',
  糖: '糖',
  单: '單',
  愈: '癒',
  连: '連',
}
const HOMOGLYPH: Readonly<Record<string, string>> = {
  最: '蕞',
  第: '苐',
  一: '壹',
  顶: '頂',
  级: '忣',
  治: '冶',
  疗: '僚',
  根: '艮',
  癌: '嵒',
  糖: '溏',
  炎: '琰',
  国: '囯',
  力: '仂',
  用: '甪',
}

const mapText = (text: string, table: Readonly<Record<string, string>>): string =>
  [...text].map((char) => table[char] ?? char).join('')

/** The tricks by which people slip words past a filter. */
const EVASIONS: readonly ((text: string, random: Random) => string)[] = [
  (text) => mapText(text, TRADITIONAL),
  (text) => [...text].join('\u200b'),
  (text) => [...text].join(' '),
  (text, random) => [...text].join(random.pick(['·', '.', '_', '/', '*', '丨'])),
  (text) => mapText(text, HOMOGLYPH),
  (text, random) => {
    const at = 1 + random.below(Math.max(1, text.length - 1))
    return `${text.slice(0, at)}\u2060${text.slice(at)}`
  },
  (text) => text.replace('最', 'zui').replace('第一', 'di一').replace('治', 'zhi'),
]

const CN_CATEGORIES = ['home/', 'fashion/', 'beauty/', 'kitchen/', 'grocery/', 'baby/', 'sports/', 'pets/']

function planChineseAds(stage: Stage): void {
  const { random } = stage
  const plan = (kind: string, text: (thing: string) => string, category?: string): void => {
    const at = somewhen(stage)
    const listing = openListing(stage, 'lotus', { at, category: category ?? random.pick(CN_CATEGORIES), market: 'CN' })
    const thing = productName(listing.product, 'zh')
    const line = text(thing)
    const plain = random.pick([
      '48小时内发货，支持七天无理由退货。',
      '多色可选，下单送收纳袋。',
      '新客首单立减，详情见页面。',
    ])
    const words = random.chance(0.7)
      ? { headline: line, body: plain }
      : { headline: `${thing}上新`, body: `${line}。${plain}` }
    planAd(stage, { at, listing, market: 'CN', words, truth: { kind, markets: ['CN'] } })
  }
  const evade = (core: string): string => {
    const changed = random.pick(EVASIONS)(core, random)
    return changed === core ? [...core].join('\u200b') : changed
  }
  times(96, () => plan('ads.absolute', (thing) => random.pick(ABSOLUTE).replace('{x}', thing)))
  times(63, () => plan('ads.absolute_evaded', (thing) => `${thing}，${evade(random.pick(ABSOLUTE_CORE))}`))
  times(64, () => plan('ads.medical', (thing) => random.pick(MEDICAL).replace('{x}', thing)))
  times(42, () => plan('ads.medical_evaded', (thing) => `${thing} ${evade(random.pick(MEDICAL_CORE))}`))
  times(24, () => {
    const [category, text] = random.pick(PROMISES)
    plan('ads.promise', () => text, category)
  })
}

function planEnglishClaims(stage: Stage): void {
  const { random } = stage
  const categories = ['health/supplements', 'grocery/tea-coffee', 'beauty/skincare', 'health/devices', 'home/bedding']
  times(60, () => {
    const at = somewhen(stage)
    const site = random.pick(['aurora', 'harbor'] as const)
    const listing = openListing(stage, site, { at, category: random.pick(categories) })
    const market = random.pick(listing.shipTo)
    const headline = random.pick(HEALTH).replace('{x}', productName(listing.product, 'en'))
    planAd(stage, {
      at,
      listing,
      market,
      words: { headline, body: 'Free delivery this week. Order today.' },
      truth: { kind: 'ads.health_claim', markets: [market] },
    })
  })
  times(30, () => {
    const site = random.pick(['aurora', 'harbor'] as const)
    const claim = random.pick(HEALTH).replace('{x}', 'this product')
    plantListing(stage, {
      site,
      category: random.pick(['health/supplements', 'grocery/tea-coffee']),
      language: 'en',
      truth: { kind: 'claims.listing_health', markets: [] },
      change: (data) => ({ ...data, description: `${data.description} ${claim}.` }),
    })
  })
}

const FAKE_HINTS = lines(`Valmarque tote 1:1 mirror quality, same factory
Ostrelle watch AAA replica, box and papers
Courrier Nord sneakers UA batch, indistinguishable
原单尾货 Valmarque 包，专柜验货
高仿 Ostrelle 手表 1:1复刻
超A级 Courrier Nord 球鞋，公司级`)

function planCounterfeits(stage: Stage): void {
  const { random } = stage
  times(40, () => {
    const title = random.pick(FAKE_HINTS)
    const chinese = /[一-龥]{2}/.test(title)
    const brand = ['Valmarque', 'Ostrelle', 'Courrier Nord'].find((name) => title.includes(name)) ?? 'Valmarque'
    plantListing(stage, {
      site: chinese ? 'lotus' : random.pick(['aurora', 'harbor'] as const),
      category: random.pick(['fashion/bags', 'fashion/shoes', 'fashion/jewellery']),
      language: chinese ? 'zh' : 'en',
      truth: { kind: 'goods.counterfeit', markets: [] },
      change: (data) => ({
        ...data,
        title,
        brand,
        price: Math.round(data.price * 60) / 100,
        list_price: data.price * 20,
      }),
    })
  })
}

function planMediaClaims(stage: Stage): void {
  const { world, random } = stage
  const hosts = world.creators.filter((creator) => creator.site === 'lotus')
  const anchor = (kind: string, sentences: readonly string[], count: number, category = ''): void =>
    times(count, (index) => {
      const at = somewhen(stage)
      const creator = random.pick(hosts)
      const listing = openListing(stage, 'lotus', { at, category, market: 'CN' })
      const stream = `B${scramble(world.nextNumber())}`
      const wrong = index % 3
      times(3, (part) =>
        planLiveSegment(stage, {
          at: at + part * 5 * MINUTE,
          stream,
          index: part,
          creator,
          listing,
          viewers: random.between(200, 30000),
          ...(part === wrong ? { extra: random.pick(sentences), truth: { kind, markets: ['CN'] } } : {}),
        }),
      )
    })
  anchor('live.medical_claim', LIVE_MEDICAL, 24, 'grocery/')
  anchor(
    'live.off_platform',
    lines(
      '想要内部价的加我薇信，号码在我头像上，不走平台更便宜。\n这边不好说，拍完私我，转账给你打七折。\n扫屏幕右下角的码进群，群里直接下单。',
    ),
    15,
  )
  times(24, () => {
    const at = somewhen(stage)
    const listing = openListing(stage, 'lotus', { at, market: 'CN' })
    const title = random.pick(ABSOLUTE).replace('{x}', productName(listing.product, 'zh'))
    planVideo(stage, {
      at: at + HOUR,
      creator: random.pick(hosts),
      listing,
      words: { title, caption: '#好物分享' },
      truth: { kind: 'video.absolute', markets: ['CN'] },
    })
  })
}

export function plantClaims(stage: Stage): void {
  planChineseAds(stage)
  planEnglishClaims(stage)
  planCounterfeits(stage)
  planMediaClaims(stage)
}
