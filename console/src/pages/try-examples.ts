import type { Text } from '../types.ts'

interface Example {
  id: string
  title: Text
  /** The event as text, with a new id each time so that trying twice is not a duplicate. */
  write: () => string
}

const event = (type: string, subject: string, data: object) => () =>
  JSON.stringify(
    {
      specversion: '1.0',
      id: `try-${crypto.randomUUID().slice(0, 8)}`,
      source: 'console/try',
      type,
      subject,
      time: new Date().toISOString(),
      data,
    },
    null,
    2,
  )

export const examples: readonly Example[] = [
  {
    id: 'power-bank',
    title: { zh: '充电宝，没有 CE 与责任人', en: 'A power bank without CE data or a responsible person' },
    write: event('listing.submitted', 'L-TRY-1', {
      listing_id: 'L-TRY-1',
      seller_id: 'S-TRY-1',
      title: 'Power bank 30000 mAh fast charging',
      description: 'Ultra slim, ships from our warehouse. Airline safe.',
      category: 'electronics/power-banks',
      brand: 'VoltGo',
      price: 19.9,
      currency: 'EUR',
      attributes: { capacity_mah: 30000 },
      documents: [],
      ship_to: ['DE', 'FR', 'UK', 'US'],
      seller_country: 'CN',
      language: 'en',
    }),
  },
  {
    id: 'ad-cn',
    title: { zh: '广告：绝对化用语', en: 'An ad in Chinese with absolute terms' },
    write: event('ad.submitted', 'A-TRY-1', {
      ad_id: 'A-TRY-1',
      advertiser_id: 'ADV-TRY-1',
      headline: '全网第一补水面霜',
      body: '国家级科技，七天彻底根治敏感肌，无效退款。',
      category: 'beauty/skin-care',
      target_market: 'CN',
      language: 'zh',
    }),
  },
  {
    id: 'review-contact',
    title: { zh: '评价里引导站外联系', en: 'A review that leads people off the platform' },
    write: event('review.posted', 'R-TRY-1', {
      content_id: 'R-TRY-1',
      author_id: 'U-TRY-1',
      target_id: 'L-10001',
      target_type: 'listing',
      text: '质量不错，想要更便宜的加微信 vx: abc_12345，直接发货。',
      rating: 5,
      language: 'zh',
    }),
  },
  {
    id: 'harmless',
    title: { zh: '正常商品，应当通过', en: 'A harmless listing that should pass' },
    write: event('listing.submitted', 'L-TRY-2', {
      listing_id: 'L-TRY-2',
      seller_id: 'S-TRY-1',
      title: 'Linen tea towel, set of two',
      description: 'Woven in Portugal, 50 x 70 cm, machine washable.',
      category: 'home/kitchen-textiles',
      brand: 'Casa Lima',
      price: 14.5,
      currency: 'EUR',
      attributes: {
        manufacturer_name: 'Casa Lima Lda',
        manufacturer_address: 'Rua do Sol 4, Porto',
        manufacturer_email: 'hello@casalima.example',
        manufacturer_country: 'PT',
        model: 'CL-TT-50',
        material: '100 % linen',
      },
      documents: [],
      ship_to: ['DE', 'FR'],
      seller_country: 'PT',
      language: 'en',
    }),
  },
]
