import type { Text } from '../../kernel/values.ts'

/** Who brings something to notice from outside, and so by which rules it is taken. */
export const noticeKinds = [
  'user_report',
  'seller_report',
  'rights_notice',
  'trusted_flagger',
  'authority_order',
  'logistics',
  'partner',
] as const
export type NoticeKind = (typeof noticeKinds)[number]

/** What a notice may say beside subject and reason; each is required by some kind or market. */
export const noticeFields = [
  'target_id',
  'reason',
  'text',
  'location',
  'name',
  'email',
  'good_faith',
  'perjury',
  'evidence',
  'right_owner',
  'right_number',
  'issuing_authority',
  'legal_basis',
  'order_reference',
  'territory',
  'tracking_number',
] as const
export type NoticeField = (typeof noticeFields)[number]

/** What a field is called, and what to write into it when it is missing. */
export const fieldTexts: Record<NoticeField, { readonly title: Text; readonly fix: Text }> = {
  target_id: {
    title: { zh: '对象编号', en: 'what it is about' },
    fix: { zh: '填写商品、广告、视频等的编号或链接', en: 'Give the id or link of the listing, ad, video …' },
  },
  reason: {
    title: { zh: '理由', en: 'reason' },
    fix: { zh: '选择一个理由', en: 'Choose a reason' },
  },
  text: {
    title: { zh: '说明', en: 'explanation' },
    fix: {
      zh: '说明为什么违法或违规（至少 10 个字符）',
      en: 'Say why it is illegal or not allowed (at least 10 characters)',
    },
  },
  location: {
    title: { zh: '准确位置', en: 'exact location' },
    fix: { zh: '填写准确的网址', en: 'Give the exact address (URL)' },
  },
  name: {
    title: { zh: '姓名', en: 'name' },
    fix: { zh: '填写姓名或机构名称', en: 'Give your name or that of the organisation' },
  },
  email: {
    title: { zh: '电子邮箱', en: 'e-mail' },
    fix: { zh: '填写可以联系到你的邮箱', en: 'Give an address where you can be reached' },
  },
  good_faith: {
    title: { zh: '善意声明', en: 'statement of good faith' },
    fix: {
      zh: '确认你真诚相信所述属实、完整',
      en: 'Confirm that you believe in good faith that what you say is accurate and complete',
    },
  },
  perjury: {
    title: { zh: '权利人或其授权的声明', en: 'statement under penalty of perjury' },
    fix: {
      zh: '声明你是权利人或经其授权，虚假声明须承担责任',
      en: 'State under penalty of perjury that you own the right or act for its owner',
    },
  },
  evidence: {
    title: { zh: '初步证据', en: 'evidence' },
    fix: { zh: '至少给出一个证据链接，或附上文件', en: 'Give at least one link to evidence, or attach a file' },
  },
  right_owner: {
    title: { zh: '权利人', en: 'owner of the right' },
    fix: { zh: '填写权利人名称', en: 'Name the owner of the right' },
  },
  right_number: {
    title: { zh: '权利编号', en: 'number of the right' },
    fix: { zh: '填写注册号或作品名称', en: 'Give the registration number, or the title of the work' },
  },
  issuing_authority: {
    title: { zh: '发布机关', en: 'issuing authority' },
    fix: { zh: '填写发布命令的机关', en: 'Name the authority that issued the order' },
  },
  legal_basis: {
    title: { zh: '法律依据', en: 'legal basis' },
    fix: { zh: '填写法律与条款', en: 'Give the law and the article' },
  },
  order_reference: {
    title: { zh: '文号', en: 'reference of the order' },
    fix: { zh: '填写命令的文号', en: 'Give the reference of the order' },
  },
  territory: {
    title: { zh: '地域范围', en: 'territorial scope' },
    fix: { zh: '列出命令适用的国家代码，如 ["DE"]', en: 'List the states in which the order applies, e.g. ["DE"]' },
  },
  tracking_number: {
    title: { zh: '运单号', en: 'tracking number' },
    fix: { zh: '填写运单号', en: 'Give the tracking number' },
  },
}

interface Requirement {
  /** Markets or groups; `*` = everywhere. */
  readonly markets: readonly string[]
  readonly fields: readonly NoticeField[]
  /** Why the fields are required; a legal fact that was not checked against its source is `unverified`. */
  readonly basis: Text
  readonly verification: 'source' | 'unverified' | 'platform'
}

export interface KindRule {
  readonly kind: NoticeKind
  readonly title: Text
  /** `anyone` files without signing in; `registered` needs a token whose source is registered for the kind, or staff. */
  readonly who: 'anyone' | 'registered'
  /** The `reporter_kind`s of `report.filed` that mean this kind; the first is what our own events say. */
  readonly reporters: readonly [string, ...string[]]
  readonly requires: readonly Requirement[]
  readonly receipt: Text
}

const platform = (fields: readonly NoticeField[]): Requirement => ({
  markets: ['*'],
  fields,
  basis: { zh: '平台要求', en: 'platform' },
  verification: 'platform',
})

const thanks: Text = {
  zh: '我们已收到并会处理。结论和救济途径会写在此编号下，请保存编号与口令。',
  en: 'We have received this and will look into it. The outcome and the ways to contest it will stand under this number: keep number and code.',
}

/** Every kind: who may file it, what it must say where, and what the receipt says. */
export const kindRules: Record<NoticeKind, KindRule> = {
  user_report: {
    kind: 'user_report',
    title: { zh: '用户举报', en: 'User report' },
    who: 'anyone',
    reporters: ['user', 'buyer', 'viewer', 'creator'],
    requires: [
      platform(['target_id', 'reason', 'text']),
      {
        markets: ['EEA'],
        fields: ['good_faith'],
        basis: { zh: '《数字服务法》第 16 条第 2 款', en: 'DSA art. 16(2)' },
        verification: 'unverified',
      },
    ],
    receipt: thanks,
  },
  seller_report: {
    kind: 'seller_report',
    title: { zh: '商家举报', en: 'Seller report' },
    who: 'registered',
    reporters: ['seller', 'advertiser', 'competitor'],
    requires: [platform(['target_id', 'reason', 'text'])],
    receipt: thanks,
  },
  rights_notice: {
    kind: 'rights_notice',
    title: { zh: '权利人通知', en: 'Rights-holder notice' },
    who: 'anyone',
    reporters: ['rights_holder', 'brand'],
    requires: [
      platform(['target_id', 'reason', 'text', 'name', 'email', 'right_owner', 'right_number']),
      {
        markets: ['EEA'],
        fields: ['good_faith', 'location'],
        basis: { zh: '《数字服务法》第 16 条第 2 款', en: 'DSA art. 16(2)' },
        verification: 'unverified',
      },
      {
        markets: ['US'],
        fields: ['good_faith', 'perjury', 'location'],
        basis: { zh: '美国《数字千年版权法》第 512(c)(3) 条', en: 'US DMCA § 512(c)(3)' },
        verification: 'unverified',
      },
      {
        markets: ['CN'],
        fields: ['evidence'],
        basis: { zh: '《电子商务法》第四十二条（初步证据）', en: 'E-commerce Law art. 42 (preliminary evidence)' },
        verification: 'source',
      },
    ],
    receipt: {
      zh: '我们已收到你的通知，并会转送对方。对方可以提交不侵权声明；期限和结论会写在此编号下。恶意通知须承担责任。',
      en: 'We have received your notice and will forward it. The other side may counter it; the deadlines and the outcome will stand under this number. Notices in bad faith make you liable.',
    },
  },
  trusted_flagger: {
    kind: 'trusted_flagger',
    title: { zh: '可信举报者', en: 'Trusted flagger' },
    who: 'registered',
    reporters: ['trusted_flagger'],
    requires: [platform(['target_id', 'reason', 'text', 'good_faith'])],
    receipt: {
      zh: '我们已收到，并按可信举报者优先处理。',
      en: 'We have received this and give it the priority of a trusted flagger.',
    },
  },
  authority_order: {
    kind: 'authority_order',
    title: { zh: '主管机关命令', en: 'Order of an authority' },
    who: 'registered',
    reporters: ['authority'],
    requires: [
      platform(['target_id', 'reason', 'text', 'issuing_authority', 'order_reference']),
      {
        markets: ['EEA'],
        fields: ['legal_basis', 'territory'],
        basis: { zh: '《数字服务法》第 9 条第 2 款', en: 'DSA art. 9(2)' },
        verification: 'unverified',
      },
    ],
    receipt: {
      zh: '我们确认收到该命令。执行情况会写在此编号下。',
      en: 'We acknowledge receipt of the order. The effect given to it will stand under this number.',
    },
  },
  logistics: {
    kind: 'logistics',
    title: { zh: '物流反馈', en: 'Logistics feedback' },
    who: 'registered',
    reporters: ['logistics', 'carrier'],
    requires: [platform(['target_id', 'reason', 'tracking_number'])],
    receipt: thanks,
  },
  partner: {
    kind: 'partner',
    title: { zh: '合作方反馈', en: 'Partner feedback' },
    who: 'registered',
    reporters: ['partner', 'payment', 'bank'],
    requires: [platform(['target_id', 'reason', 'text'])],
    receipt: thanks,
  },
}

/** The kind that the `reporter_kind` of a `report.filed` means; a person when it says nothing that we know. */
export function kindOfReporter(reporter: unknown): NoticeKind {
  return noticeKinds.find((kind) => kindRules[kind].reporters.includes(String(reporter))) ?? 'user_report'
}
