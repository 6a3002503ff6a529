import type { Text } from '../../kernel/values.ts'

/** Sanctions that the shipped ladders name, as people read them. */
const named: Readonly<Record<string, Text>> = {
  'account-deactivated': { zh: '账号停用', en: 'Account deactivated' },
  'at-risk': { zh: '账号有停用风险', en: 'Account at risk' },
  'balance-withheld': { zh: '余额暂扣', en: 'Balance withheld' },
  'campaign-ban': { zh: '禁止参加活动', en: 'No campaigns' },
  'commission-frozen': { zh: '佣金冻结', en: 'Commission frozen' },
  demoted: { zh: '搜索降权', en: 'Ranked lower' },
  'listing-limit': { zh: '限制发布商品数', en: 'Fewer listings allowed' },
  'no-live-with-group-buy': { zh: '禁止直播带团购', en: 'No live with group buying' },
  'no-new-listings': { zh: '禁止发布新商品', en: 'No new listings' },
  'no-video-with-group-buy': { zh: '禁止视频带团购', en: 'No videos with group buying' },
  'order-limit': { zh: '限制订单量', en: 'Fewer orders allowed' },
  'permission-removed': { zh: '取消权限', en: 'Permission removed' },
  'permission-revoked': { zh: '撤销权限', en: 'Permission revoked' },
  'products-offline': { zh: '商品下线', en: 'Products taken offline' },
  'promotion-limit': { zh: '限制推广', en: 'Promotion limited' },
  'search-hidden': { zh: '搜索不可见', en: 'Hidden from search' },
  'settlement-deferred': { zh: '延期结算', en: 'Later settlement' },
  'settlement-hold': { zh: '暂停结算', en: 'Settlement on hold' },
  'shop-closed': { zh: '关店', en: 'Shop closed' },
  'shop-deactivated': { zh: '店铺停用', en: 'Shop deactivated' },
  'shop-frozen': { zh: '店铺冻结', en: 'Shop frozen' },
}

/** A sanction that a ladder of one's own names is shown by its id, as words. */
export function sanctionTitle(kind: string): Text {
  const words = kind.replaceAll('-', ' ')
  return named[kind] ?? { zh: kind, en: words.charAt(0).toUpperCase() + words.slice(1) }
}

/** Rights of tiers that the shipped ladders name. */
const rights: Readonly<Record<string, Text>> = {
  'all-products': { zh: '可推广全部商品', en: 'May promote all products' },
  'campaign-entry': { zh: '可报名活动', en: 'May join campaigns' },
  'fast-lane': { zh: '优先审核', en: 'Reviewed first' },
  'fee-rebate': { zh: '费率返还', en: 'Fee rebate' },
  'sampling-20': { zh: '抽检比例 20%', en: 'One in five is checked' },
  'sampling-5': { zh: '抽检比例 5%', en: 'One in twenty is checked' },
}

/** A right that a ladder of one's own names is shown by its id, as words. */
export function benefitTitle(id: string): Text {
  const words = id.replaceAll('-', ' ')
  return rights[id] ?? { zh: id, en: words.charAt(0).toUpperCase() + words.slice(1) }
}
