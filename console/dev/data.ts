// Development aid: made-up answers for looking at the console without a server. Never shipped, never used by tests of the product.
import type { CaseRow, Choice, Finding, Severity, Span, StrategyRow, Text, TimelineItem } from '../src/types.ts'

const now = Date.now()
export const ago = (minutes: number): string => new Date(now - minutes * 60_000).toISOString()
export const T = (en: string, zh: string): Text => ({ en, zh })

/** A small repeatable random source. */
export function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
const random = randomOf(7)
export const between = (low: number, high: number): number => Math.floor(low + random() * (high - low))
export const pick = <X>(items: readonly X[]): X => items[Math.floor(random() * items.length)]!

export const markets = ['DE', 'FR', 'IT', 'ES', 'NL', 'UK', 'US', 'SG', 'MY', 'TH', 'AE', 'SA', 'CN']

interface Template {
  type: string
  queue: string
  severity: Severity
  verdict: string
  policy: string
  strategy: string
  title: string
  text: string
  terms: string[]
  field: string
  eventType: string
  markets: string[]
}

export const templates: readonly Template[] = [
  {
    type: 'listing',
    queue: 'product-safety',
    severity: 'S1',
    verdict: 'review',
    policy: 'eu-batteries',
    strategy: 'products-eu/power-bank-without-ce',
    title: 'Power bank 30000 mAh, ultra slim, fast charging',
    field: 'description',
    eventType: 'listing.submitted',
    text: 'Ultra slim 30000 mAh power bank with four outputs. No certificate needed, safe on every airline. Ships from our own warehouse within 24 hours. Not for children under 3 years.',
    terms: ['No certificate needed', 'safe on every airline'],
    markets: ['DE', 'FR', 'IT', 'UK'],
  },
  {
    type: 'ad',
    queue: 'ads-cn',
    severity: 'S2',
    verdict: 'block',
    policy: 'cn-ad-absolute',
    strategy: 'ads-cn/absolute-terms',
    title: '全网第一补水面霜，国家级科技',
    field: 'body',
    eventType: 'ad.submitted',
    text: '全网第一的补水面霜，采用国家级科技，七天彻底根治敏感肌，无效退款。顾客最喜欢的品牌，销量遥遥领先，今日下单立减 50 元。',
    terms: ['全网第一', '国家级', '彻底根治'],
    markets: ['CN'],
  },
  {
    type: 'review',
    queue: 'ugc',
    severity: 'S3',
    verdict: 'review',
    policy: 'off-platform-contact',
    strategy: 'ugc/off-platform-contact',
    title: 'Review of “Bluetooth headset V9”',
    field: 'text',
    eventType: 'review.posted',
    text: '质量不错，物流也快。想要更便宜的加我微信 vx: abc_12345 直接发货，比这里便宜一半，假一赔十。',
    terms: ['加我微信', 'vx: abc_12345'],
    markets: ['CN', 'SG', 'MY'],
  },
  {
    type: 'listing',
    queue: 'product-safety',
    severity: 'S2',
    verdict: 'evidence',
    policy: 'eu-gpsr-19',
    strategy: 'products-eu/gpsr-responsible-person',
    title: 'Wooden toy train set with magnets, 40 pieces',
    field: 'title',
    eventType: 'listing.updated',
    text: 'Hand painted wooden train with small magnets between the waggons. For children from 18 months. Packed in a cotton bag.',
    terms: ['toy', 'magnets'],
    markets: ['DE', 'FR', 'NL', 'ES'],
  },
  {
    type: 'account',
    queue: 'accounts',
    severity: 'S3',
    verdict: 'label',
    policy: 'device-reuse',
    strategy: 'accounts/device-reuse',
    title: 'Account U-88213, 14 accounts on one device',
    field: 'email',
    eventType: 'account.registered',
    text: 'promo.hunter+14@mail.example',
    terms: ['promo.hunter+14'],
    markets: ['US'],
  },
]

export const policies: Record<
  string,
  { title: Text; text: Text; law: [string, string, string | null] | null; fix: Text; severity: Severity; pack: string }
> = {
  'eu-batteries': {
    title: T('Portable batteries need CE data and a responsible person', '便携电池须有 CE 信息与责任人'),
    severity: 'S1',
    pack: 'products-eu',
    text: T(
      'Listings of portable batteries and power banks shown to buyers in the EU carry the CE marking, the capacity, the manufacturer and a responsible person established in the Union. Statements that no certificate is needed are not allowed.',
      '向欧盟买家展示的便携电池与充电宝，须标明 CE 标志、容量、制造商以及在欧盟设立的责任人。不得声称无需证书。',
    ),
    law: ['Regulation (EU) 2023/1542', 'art. 13', 'https://eur-lex.europa.eu/eli/reg/2023/1542/oj'],
    fix: T(
      'Upload the EU declaration of conformity and add the responsible person.',
      '上传欧盟符合性声明并补充责任人。',
    ),
  },
  'cn-ad-absolute': {
    title: T('No absolute terms in advertising', '广告不得使用绝对化用语'),
    severity: 'S2',
    pack: 'ads-cn',
    text: T(
      'Advertisements must not use terms such as “national level”, “highest level” or “best”. Terms that do not point to the advertised goods, such as the attitude of the advertiser, are exempt.',
      '广告不得使用“国家级”“最高级”“最佳”等用语。不指向所推销商品的用语（如经营理念）可以豁免。',
    ),
    law: ['Advertising Law of the PRC', 'art. 9(3)', null],
    fix: T('Remove the terms or prove them with a dated, scoped source.', '删除该用语，或以注明时间与范围的来源佐证。'),
  },
  'off-platform-contact': {
    title: T('No leading people off the platform', '不得引导站外交易'),
    severity: 'S3',
    pack: 'ugc',
    text: T(
      'Reviews, messages and questions must not ask people to trade or talk elsewhere.',
      '评价、消息和提问中不得引导他人到站外交易或联系。',
    ),
    law: null,
    fix: T('Remove the contact data.', '删除联系方式。'),
  },
  'eu-gpsr-19': {
    title: T('Distance offers show the GPSR data', '远程销售须展示 GPSR 信息'),
    severity: 'S2',
    pack: 'products-eu',
    text: T(
      'Offers shown to consumers in the EU name the manufacturer with postal and electronic address, the responsible person where the manufacturer is outside the Union, the product’s identity with a picture, and warnings.',
      '向欧盟消费者展示的商品须列明制造商及其邮寄与电子地址、（制造商在欧盟以外时）责任人、可识别产品的信息与图片，以及警示语。',
    ),
    law: ['Regulation (EU) 2023/988', 'art. 19', 'https://eur-lex.europa.eu/eli/reg/2023/988/oj'],
    fix: T('Fill in manufacturer, responsible person and warnings.', '补全制造商、责任人与警示语。'),
  },
  'device-reuse': {
    title: T('One person, one account per promotion', '每人每活动限一个账号'),
    severity: 'S3',
    pack: 'accounts',
    text: T(
      'Promotions are for one account a person. Many new accounts on one device in a short time point to abuse.',
      '促销每人限一个账号。短时间内同一设备注册多个账号属于滥用。',
    ),
    law: null,
    fix: T('Ask support to join accounts.', '联系客服合并账号。'),
  },
}

const shops = [
  'VoltGo Official',
  '清泉美妆旗舰店',
  'Casa Lima',
  'Brightway Toys',
  '星河数码',
  'Nordlicht Outdoor',
  'Sahara Perfumes',
  'Kopi & Co',
]

export const cases: (CaseRow & { template: Template })[] = Array.from({ length: 47 }, (_, index) => {
  const template = templates[index % templates.length]!
  const opened = between(8, 60 * 30)
  const due = opened - (template.severity === 'S1' ? 240 : 60 * 24)
  return {
    template,
    case_id: `case_${(0x5f3a91 + index * 7919).toString(36)}k${index}`,
    queue: template.queue,
    status: index % 11 === 4 ? 'leased' : index % 9 === 8 ? 'decided' : 'open',
    severity: template.severity,
    subject: {
      type: template.type,
      id: `${template.type[0]!.toUpperCase()}-${10234 + index * 31}`,
      title: template.title,
    },
    party: { type: 'shop', id: `S-${200 + (index % 8)}`, name: shops[index % 8]! },
    markets: template.markets,
    verdict: template.verdict,
    policies: [{ id: template.policy, title: policies[template.policy]!.title }],
    opened_at: ago(opened),
    due_at: ago(due),
    overdue: due > 0,
    leased_by: index % 11 === 4 ? { id: 'usr_2', name: '林晓' } : null,
    leased_until: index % 11 === 4 ? ago(-12) : null,
    site: pick(['eu', 'cn', 'sea']),
  }
})

export function spansOf(template: Template): Span[] {
  return template.terms.flatMap((term) =>
    (['title', template.field] as const).flatMap((field) => {
      const start = (field === 'title' ? template.title : template.text).indexOf(term)
      return start < 0
        ? []
        : [{ field, start, end: start + term.length, strategy: template.strategy, term, tag: 'lexicon' }]
    }),
  )
}

export function dataOf(row: { template: Template; subject: { id: string }; party: { id: string } | null }) {
  const { template } = row
  return {
    [`${template.type}_id`]: row.subject.id,
    seller_id: row.party?.id,
    title: template.title,
    [template.field === 'title' ? 'description' : template.field]: template.text,
    category: template.type === 'ad' ? 'beauty/skin-care' : 'electronics/power-banks',
    brand: 'VoltGo',
    price: 19.9,
    currency: 'EUR',
    list_price: 49.9,
    quantity: 1200,
    attributes: { capacity_mah: 30000, ce_mark: null, manufacturer_name: 'Shenzhen Volt Ltd' },
    documents: [],
    images: ['https://img.example/a/front.jpg', 'https://img.example/a/back.jpg'],
    ship_to: template.markets,
    seller_country: 'CN',
    language: template.type === 'ad' ? 'zh' : 'en',
  }
}

export function findingsOf(template: Template): Finding[] {
  const main: Finding = {
    strategy: template.strategy,
    version: 4,
    policy: template.policy,
    severity: template.severity,
    verdict: template.verdict,
    mode: 'live',
    markets: template.markets,
    evidence: spansOf(template).map((span) => ({
      field: span.field,
      start: span.start,
      end: span.end,
      text: span.term,
      term: span.term,
      tag: span.tag,
    })),
  }
  const other: Finding = {
    strategy: 'products-eu/price-far-below-list',
    version: 2,
    policy: 'eu-gpsr-19',
    severity: 'S4',
    verdict: 'label',
    mode: 'shadow',
    markets: ['DE'],
    evidence: [{ field: 'price', value: 19.9, tag: 'ratio 0.40' }],
  }
  return [main, other]
}

const strategyTitles: Record<string, Text> = {
  'products-eu/power-bank-without-ce': T('Power bank without CE data', '充电宝缺 CE 信息'),
  'ads-cn/absolute-terms': T('Absolute terms in an ad', '广告含绝对化用语'),
  'ugc/off-platform-contact': T('Off-platform contact', '站外联系方式'),
  'products-eu/gpsr-responsible-person': T('No responsible person in the Union', '缺少欧盟责任人'),
  'accounts/device-reuse': T('Many accounts on one device', '一机多号'),
  'products-eu/price-far-below-list': T('Price far below the list price', '价格远低于标价'),
  'ads-cn/medical-claims': T('Medical claim for goods that are not medicine', '普通商品宣称医疗功效'),
  'ugc/abuse': T('Abuse against a person', '辱骂他人'),
  'accounts/velocity': T('Sign-ups too fast from one address', '同一地址注册过快'),
  'ugc/spam-links': T('The same link many times', '重复链接'),
}
export const strategyTitle = (id: string): Text => strategyTitles[id] ?? T(id, id)

export const strategies: StrategyRow[] = Object.keys(strategyTitles).map((strategy, index) => {
  const template = templates.find((one) => one.strategy === strategy)
  const hits = between(12, 900)
  const n = between(18, 240)
  const value = 0.72 + random() * 0.26
  return {
    strategy,
    version: between(1, 9),
    pack: strategy.split('/')[0]!,
    title: strategyTitle(strategy),
    policy: template?.policy ?? 'off-platform-contact',
    severity: template?.severity ?? 'S3',
    verdict: template?.verdict ?? 'label',
    mode: index % 4 === 3 ? 'shadow' : 'live',
    on: [template?.eventType ?? 'review.posted'],
    markets: template?.markets ?? null,
    when:
      template?.type === 'ad'
        ? "len(hits.absolute) > 0\n  AND NOT exempt.attitude\n  AND target_market = 'CN'"
        : "category LIKE 'electronics/power-banks%'\n  AND (\"attributes.ce_mark\" IS NULL OR regexp_matches(description, 'no certificate'))\n  AND price < 0.5 * list_price",
    owner: pick(['chen.wei', 'a.rossi', 'm.tan']),
    hits_24h: hits,
    hits_7d: hits * 6 + between(0, 300),
    unknown_24h: index % 3 === 0 ? between(1, 40) : 0,
    precision:
      index === 4 ? null : { value, low: value - 1.2 / Math.sqrt(n), high: Math.min(1, value + 0.8 / Math.sqrt(n)), n },
    spark: Array.from({ length: 14 }, () => between(20, 100) + index * 3),
  }
})

export const choices: Choice[] = [
  { key: '1', outcome: 'allow', title: T('Allow', '放行'), actions: [], points: null },
  {
    key: '2',
    outcome: 'label',
    title: T('Label', '加标识'),
    actions: [{ kind: 'label', title: T('label on the page', '页面加标识') }],
    points: null,
  },
  {
    key: '3',
    outcome: 'request_evidence',
    title: T('Request evidence', '要求补充证据'),
    actions: [{ kind: 'hold', title: T('hold until documents arrive', '资料补齐前暂停') }],
    points: null,
  },
  {
    key: '4',
    outcome: 'restrict_market',
    title: T('Restrict markets', '限制市场'),
    actions: [{ kind: 'geo_block', title: T('hidden in the markets below', '在所选市场隐藏') }],
    points: null,
  },
  {
    key: '5',
    outcome: 'remove',
    title: T('Remove', '下架'),
    actions: [{ kind: 'delist', title: T('delist', '下架') }],
    points: null,
  },
  {
    key: '6',
    outcome: 'remove_and_points',
    title: T('Remove with strikes', '下架并扣分'),
    actions: [{ kind: 'delist', title: T('delist', '下架') }],
    points: 4,
  },
  { key: '7', outcome: 'escalate', title: T('Escalate', '升级'), actions: [], points: null },
]

export const noticeText = (title: string) => ({
  en: {
    title: 'Your listing was removed in 4 markets',
    body: `“${title}” is no longer shown to buyers in Germany, France, Italy and the United Kingdom.`,
    why: 'It offers a power bank without CE data and says that no certificate is needed.',
    evidence: 'Description: “No certificate needed”, “safe on every airline”.',
    law: 'Regulation (EU) 2023/1542, art. 13',
    fix: 'Upload the EU declaration of conformity and add the responsible person.',
    appeal: 'You may appeal within 6 months; another reviewer decides within 7 days.',
  },
  zh: {
    title: '您的商品在 4 个市场被下架',
    body: `「${title}」不再向德国、法国、意大利和英国的买家展示。`,
    why: '该充电宝缺少 CE 信息，并声称无需证书。',
    evidence: '描述：“No certificate needed”“safe on every airline”。',
    law: '欧盟条例 (EU) 2023/1542 第 13 条',
    fix: '上传欧盟符合性声明并补充责任人。',
    appeal: '您可在 6 个月内申诉；由另一位审核员在 7 天内裁定。',
  },
})

export function timelineOf(row: CaseRow): TimelineItem[] {
  const item = (
    layer: TimelineItem['layer'],
    [kind, title, id, minutes, actor, cause]: [string, Text, string, number, string | null, string | null],
  ): TimelineItem => ({
    layer,
    kind,
    title,
    id,
    at: ago(minutes),
    actor,
    cause,
    data: { kind, note: title.en, subject: row.subject.id },
  })
  return [
    item('perceived', ['listing.submitted', T('Listing submitted', '商品提交'), 'evt_a1', 300, 'gateway', null]),
    item('perceived', ['report.filed', T('Reported by a buyer', '买家举报'), 'evt_a2', 280, 'U-4411', null]),
    item('identified', [
      'finding',
      T('Power bank without CE data', '充电宝缺 CE 信息'),
      'fnd_b1',
      299,
      'products-eu/power-bank-without-ce',
      'evt_a1',
    ]),
    item('identified', [
      'finding',
      T('Price far below the list price', '价格远低于标价'),
      'fnd_b2',
      299,
      'products-eu/price-far-below-list',
      'evt_a1',
    ]),
    item('decided', ['decision', T('Decision: review', '判定：人工复核'), 'dec_c1', 299, 'engine', 'fnd_b1']),
    item('enforced', ['hold', T('Held from sale', '暂停销售'), 'act_d1', 299, 'engine', 'dec_c1']),
    item('enforced', ['points', T('4 strikes', '扣 4 分'), 'pts_d2', 200, 'engine', 'dec_r1']),
    item('reviewed', ['case', T('Case opened', '案件进入队列'), 'case_e1', 299, 'engine', 'dec_c1']),
    item('reviewed', ['decision', T('Remove with strikes', '下架并扣分'), 'dec_r1', 201, '林晓', 'case_e1']),
    item('enforced', ['delist', T('Delisted in DE FR IT UK', '在 DE FR IT UK 下架'), 'act_d3', 200, '林晓', 'dec_r1']),
    item('appealed', ['appeal', T('Merchant appealed', '商家申诉'), 'apl_f1', 120, 'VoltGo Official', 'act_d3']),
    item('appealed', [
      'overturned',
      T('Overturned: everything restored', '改判：全部恢复'),
      'dec_f2',
      30,
      'M. Tan',
      'apl_f1',
    ]),
    item('enforced', ['relist', T('Relisted', '恢复上架'), 'act_d4', 30, 'engine', 'dec_f2']),
  ]
}
