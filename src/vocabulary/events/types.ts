import type { ColumnType, Text } from '../../kernel/values.ts'

/** What kind of thing an event is about, and so what a decision can act on. */
export const subjectTypes = [
  'listing',
  'ad',
  'content',
  'video',
  'live',
  'shop',
  'creator',
  'account',
  'order',
  'report',
] as const
export type SubjectType = (typeof subjectTypes)[number]

export const subjectTitles: Record<SubjectType | 'seller' | 'buyer' | 'advertiser', Text> = {
  listing: { zh: '商品', en: 'Listing' },
  ad: { zh: '广告', en: 'Ad' },
  content: { zh: '互动内容', en: 'Content' },
  video: { zh: '短视频', en: 'Short video' },
  live: { zh: '直播片段', en: 'Live segment' },
  shop: { zh: '店铺', en: 'Shop' },
  creator: { zh: '达人', en: 'Creator' },
  account: { zh: '账号', en: 'Account' },
  order: { zh: '订单', en: 'Order' },
  report: { zh: '举报', en: 'Report' },
  seller: { zh: '商家', en: 'Seller' },
  buyer: { zh: '买家', en: 'Buyer' },
  advertiser: { zh: '广告主', en: 'Advertiser' },
}

/**
 * `OBJECT` flattens to `name.key` columns that conditions name; `DOCUMENTS` is the list of certificates; `DETECTIONS` is what the
 * marketplace's own model saw on the images of the event: `{image, label, score, box}`.
 */
export type FieldType = ColumnType | 'OBJECT' | 'DOCUMENTS' | 'DETECTIONS'

export interface EventType {
  readonly type: string
  readonly title: Text
  readonly subject: SubjectType
  /** Field whose value is the id of the subject; when absent the envelope's `subject` serves. */
  readonly idField: string
  /** Who answers for the subject: field and kind of party. */
  readonly party?: { readonly field: string; readonly kind: 'seller' | 'creator' | 'account' | 'advertiser' }
  readonly fields: Readonly<Record<string, FieldType>>
  /** Fields that say in which markets it is offered or shown. */
  readonly marketFields: readonly string[]
}

const listing: Record<string, FieldType> = {
  listing_id: 'VARCHAR',
  seller_id: 'VARCHAR',
  title: 'VARCHAR',
  description: 'VARCHAR',
  category: 'VARCHAR',
  brand: 'VARCHAR',
  price: 'DOUBLE',
  currency: 'VARCHAR',
  list_price: 'DOUBLE',
  quantity: 'DOUBLE',
  attributes: 'OBJECT',
  documents: 'DOCUMENTS',
  images: 'VARCHAR[]',
  detections: 'DETECTIONS',
  ship_to: 'VARCHAR[]',
  seller_country: 'VARCHAR',
  language: 'VARCHAR',
}
const ad: Record<string, FieldType> = {
  ad_id: 'VARCHAR',
  advertiser_id: 'VARCHAR',
  headline: 'VARCHAR',
  body: 'VARCHAR',
  landing_url: 'VARCHAR',
  category: 'VARCHAR',
  target_market: 'VARCHAR',
  audience_min_age: 'DOUBLE',
  images: 'VARCHAR[]',
  detections: 'DETECTIONS',
  video: 'VARCHAR',
  creator_id: 'VARCHAR',
}
const content: Record<string, FieldType> = {
  content_id: 'VARCHAR',
  author_id: 'VARCHAR',
  target_id: 'VARCHAR',
  target_type: 'VARCHAR',
  text: 'VARCHAR',
  rating: 'DOUBLE',
  order_id: 'VARCHAR',
  images: 'VARCHAR[]',
  detections: 'DETECTIONS',
  language: 'VARCHAR',
}
const media: Record<string, FieldType> = {
  content_id: 'VARCHAR',
  creator_id: 'VARCHAR',
  title: 'VARCHAR',
  caption: 'VARCHAR',
  transcript: 'VARCHAR',
  media_url: 'VARCHAR',
  start_s: 'DOUBLE',
  end_s: 'DOUBLE',
  products: 'VARCHAR[]',
  viewers: 'DOUBLE',
}
const shop: Record<string, FieldType> = {
  shop_id: 'VARCHAR',
  creator_id: 'VARCHAR',
  name: 'VARCHAR',
  country: 'VARCHAR',
  documents: 'DOCUMENTS',
  level: 'VARCHAR',
  category: 'VARCHAR',
  device_id: 'VARCHAR',
  ip: 'VARCHAR',
  payout_account: 'VARCHAR',
  website: 'VARCHAR',
}
const account: Record<string, FieldType> = {
  account_id: 'VARCHAR',
  device_id: 'VARCHAR',
  ip: 'VARCHAR',
  phone: 'VARCHAR',
  email: 'VARCHAR',
  address: 'VARCHAR',
  channel: 'VARCHAR',
  campaign: 'VARCHAR',
  outcome: 'VARCHAR',
  changed: 'VARCHAR',
}
const order: Record<string, FieldType> = {
  order_id: 'VARCHAR',
  buyer_id: 'VARCHAR',
  seller_id: 'VARCHAR',
  listing_id: 'VARCHAR',
  amount: 'DOUBLE',
  currency: 'VARCHAR',
  quantity: 'DOUBLE',
  coupon: 'VARCHAR',
  device_id: 'VARCHAR',
  ip: 'VARCHAR',
  address: 'VARCHAR',
  payment_instrument: 'VARCHAR',
  tracking: 'VARCHAR',
  weight_g: 'DOUBLE',
  reason: 'VARCHAR',
  outcome: 'VARCHAR',
  logistics_partner: 'VARCHAR',
  payee_id: 'VARCHAR',
  payer_balance_before: 'DOUBLE',
  payer_balance_after: 'DOUBLE',
  payee_balance_before: 'DOUBLE',
  payee_balance_after: 'DOUBLE',
  category: 'VARCHAR',
}
const report: Record<string, FieldType> = {
  reporter_id: 'VARCHAR',
  reporter_kind: 'VARCHAR',
  target_id: 'VARCHAR',
  target_type: 'VARCHAR',
  reason: 'VARCHAR',
  text: 'VARCHAR',
  evidence: 'VARCHAR[]',
}

function define(
  type: string,
  title: Text,
  rest: Omit<EventType, 'type' | 'title' | 'marketFields'> & { marketFields?: string[] },
): EventType {
  return { type, title, marketFields: [], ...rest }
}

const ofListing = {
  subject: 'listing',
  idField: 'listing_id',
  party: { field: 'seller_id', kind: 'seller' },
  fields: listing,
  marketFields: ['ship_to'],
} as const
const ofContent = {
  subject: 'content',
  idField: 'content_id',
  party: { field: 'author_id', kind: 'account' },
  fields: content,
} as const
const ofAccount = {
  subject: 'account',
  idField: 'account_id',
  party: { field: 'account_id', kind: 'account' },
  fields: account,
} as const
const ofOrder = {
  subject: 'order',
  idField: 'order_id',
  party: { field: 'buyer_id', kind: 'account' },
  fields: order,
} as const

/** The event types that ship with Aedile; packs may add types and fields. */
export const coreEventTypes: readonly EventType[] = [
  define('listing.submitted', { zh: '商品发布', en: 'Listing submitted' }, { ...ofListing, marketFields: ['ship_to'] }),
  define('listing.updated', { zh: '商品更新', en: 'Listing updated' }, { ...ofListing, marketFields: ['ship_to'] }),
  define(
    'ad.submitted',
    { zh: '广告提交', en: 'Ad submitted' },
    {
      subject: 'ad',
      idField: 'ad_id',
      party: { field: 'advertiser_id', kind: 'advertiser' },
      fields: ad,
      marketFields: ['target_market'],
    },
  ),
  define('review.posted', { zh: '评价发布', en: 'Review posted' }, ofContent),
  define('question.posted', { zh: '提问发布', en: 'Question posted' }, ofContent),
  define('message.sent', { zh: '私信发送', en: 'Message sent' }, ofContent),
  define('comment.posted', { zh: '评论发布', en: 'Comment posted' }, ofContent),
  define(
    'video.published',
    { zh: '短视频发布', en: 'Short video published' },
    {
      subject: 'video',
      idField: 'content_id',
      party: { field: 'creator_id', kind: 'creator' },
      fields: media,
    },
  ),
  define(
    'live.segment',
    { zh: '直播片段', en: 'Live segment' },
    {
      subject: 'live',
      idField: 'content_id',
      party: { field: 'creator_id', kind: 'creator' },
      fields: media,
    },
  ),
  define(
    'shop.opened',
    { zh: '店铺入驻', en: 'Shop opened' },
    { subject: 'shop', idField: 'shop_id', party: { field: 'shop_id', kind: 'seller' }, fields: shop },
  ),
  define(
    'shop.updated',
    { zh: '店铺变更', en: 'Shop updated' },
    { subject: 'shop', idField: 'shop_id', party: { field: 'shop_id', kind: 'seller' }, fields: shop },
  ),
  define(
    'creator.updated',
    { zh: '达人变更', en: 'Creator updated' },
    {
      subject: 'creator',
      idField: 'creator_id',
      party: { field: 'creator_id', kind: 'creator' },
      fields: shop,
    },
  ),
  define('account.registered', { zh: '账号注册', en: 'Account registered' }, ofAccount),
  define('account.signed_in', { zh: '账号登录', en: 'Account signed in' }, ofAccount),
  define('account.updated', { zh: '账号变更', en: 'Account updated' }, ofAccount),
  define('order.placed', { zh: '下单', en: 'Order placed' }, ofOrder),
  define(
    'order.shipped',
    { zh: '发货', en: 'Order shipped' },
    { ...ofOrder, party: { field: 'seller_id', kind: 'seller' } },
  ),
  define('order.refunded', { zh: '退款', en: 'Order refunded' }, ofOrder),
  define('payment.attempted', { zh: '支付尝试', en: 'Payment attempted' }, ofOrder),
  define(
    'report.filed',
    { zh: '举报提交', en: 'Report filed' },
    {
      subject: 'report',
      idField: 'target_id',
      party: { field: 'reporter_id', kind: 'account' },
      fields: report,
    },
  ),
]
