import type { Text } from '../../kernel/values.ts'
import type { Expected, Severity, Verdict } from './model.ts'

export interface Kind {
  readonly expected: Expected
  readonly policy: string
  readonly severity: Severity
  readonly verdict: Verdict
  readonly note: Text
}

const kind = (
  expected: Expected,
  policy: string,
  level: readonly [Severity, Verdict],
  note: readonly [string, string],
): Kind => ({ expected, policy, severity: level[0], verdict: level[1], note: { zh: note[0], en: note[1] } })

const violation = (policy: string, severity: Severity, verdict: Verdict, note: readonly [string, string]): Kind =>
  kind('violation', policy, [severity, verdict], note)
const ring = (policy: string, verdict: Verdict, note: readonly [string, string]): Kind =>
  kind('ring', policy, ['S3', verdict], note)
const trap = (policy: string, note: readonly [string, string]): Kind => kind('trap', policy, ['none', 'pass'], note)

/** Everything that is planted: what the right answer is and why. */
export const KINDS: Readonly<Record<string, Kind>> = {
  'gpsr.no_manufacturer': violation('products-eu/gpsr-manufacturer', 'S2', 'evidence', [
    '销往欧盟但缺少制造商名称、地址或电子地址(GPSR 第19条a)',
    'Offered in the EU without the manufacturer’s name, postal or electronic address (GPSR art. 19(a))',
  ]),
  'gpsr.no_representative': violation('products-eu/gpsr-responsible-person', 'S2', 'evidence', [
    '制造商在欧盟以外且没有欧盟责任人(GPSR 第19条b)',
    'The manufacturer is outside the EU and no responsible person is named (GPSR art. 19(b))',
  ]),
  'gpsr.no_identifier': violation('products-eu/gpsr-identification', 'S2', 'evidence', [
    '缺少图片或型号、批号、条码等识别信息(GPSR 第19条c)',
    'No picture or no model, batch or article number (GPSR art. 19(c))',
  ]),
  'ce.toy_without_documents': violation('products-eu/ce-toys', 'S1', 'evidence', [
    '玩具没有欧盟符合性声明和 EN 71 报告',
    'A toy without the EU declaration of conformity and EN 71 report',
  ]),
  'ce.power_bank_without_documents': violation('products-eu/ce-batteries', 'S1', 'evidence', [
    '充电宝没有欧盟符合性声明或 CE 标志',
    'A power bank without declaration of conformity or CE mark',
  ]),
  'ce.radio_without_documents': violation('products-eu/ce-radio', 'S1', 'evidence', [
    '无线设备没有符合性声明和 RED 报告',
    'Radio equipment without declaration of conformity and RED report',
  ]),
  'ce.invalid_document': violation('products-eu/ce-document-validity', 'S1', 'evidence', [
    '证书已过期或编号为空',
    'The document has expired or has no number',
  ]),
  'goods.weapon': violation('products/prohibited-weapons', 'S1', 'geo-block', [
    '管制刀具(弹簧刀、蝴蝶刀等)',
    'A prohibited knife (switchblade, butterfly knife and the like)',
  ]),
  'goods.jammer': violation('products/prohibited-jammers', 'S1', 'block', ['信号屏蔽器', 'A signal jammer']),
  'goods.vape': violation('products/restricted-tobacco', 'S1', 'geo-block', [
    '在禁售市场销售电子烟',
    'An e-cigarette offered in markets that forbid its online sale',
  ]),
  'goods.pyrotechnics': violation('products/prohibited-pyrotechnics', 'S1', 'block', [
    '烟花爆竹、孔明灯',
    'Fireworks or sky lanterns',
  ]),
  'goods.single_use_plastic': violation('products-eu/single-use-plastics', 'S2', 'geo-block', [
    '欧盟禁售的一次性塑料制品',
    'Single-use plastics that the EU bans',
  ]),
  'goods.medicine': violation('products/prescription-medicine', 'S1', 'block', [
    '无证销售处方药',
    'Prescription medicine offered without a licence',
  ]),
  'goods.no_licence': violation('products/licence-number', 'S2', 'evidence', [
    '限制类商品缺少当地许可编号',
    'Restricted goods without the licence number that the market requires',
  ]),
  'goods.recalled': violation('products-eu/recalled', 'S1', 'block', [
    '召回商品重新上架',
    'A recalled product is offered again',
  ]),
  'goods.counterfeit': violation('ip/counterfeit', 'S1', 'review', [
    '售假暗示(复刻、原单、A货等)',
    'Hints at counterfeit goods (“1:1”, “mirror quality”)',
  ]),
  'goods.edited_after_approval': violation('products/prohibited-jammers', 'S1', 'block', [
    '通过审核后改成违禁商品',
    'Edited into a prohibited product after it had passed',
  ]),
  'cosmetics.banned_ingredient': violation('products-eu/cosmetics-annex-ii', 'S1', 'geo-block', [
    '成分表含欧盟化妆品法规附录II禁用物质',
    'The ingredient list holds a substance of Annex II of the EU cosmetics regulation',
  ]),
  'claims.listing_health': violation('products-eu/health-claims', 'S2', 'review', [
    '商品文案宣称治疗或预防疾病',
    'The listing claims to treat or prevent a disease',
  ]),
  'ads.absolute': violation('ads-cn/absolute-terms', 'S2', 'block', [
    '使用绝对化用语(广告法第9条第3项)',
    'Absolute terms (Advertising Law of China, art. 9(3))',
  ]),
  'ads.absolute_evaded': violation('ads-cn/absolute-terms', 'S2', 'block', [
    '用繁体、零宽字符、同形字、谐音或空格规避的绝对化用语',
    'Absolute terms hidden by traditional forms, zero-width characters, look-alikes, homophones or spaces',
  ]),
  'ads.medical': violation('ads-cn/medical-claims', 'S1', 'block', [
    '非医疗广告宣称治疗功能(广告法第17条)',
    'An ad for ordinary goods claims to treat a disease (Advertising Law of China, art. 17)',
  ]),
  'ads.medical_evaded': violation('ads-cn/medical-claims', 'S1', 'block', [
    '经变形规避的医疗宣称',
    'A medical claim hidden by changed characters',
  ]),
  'ads.promise': violation('ads-cn/regulated-promises', 'S2', 'block', [
    '金融保本、教育保过等承诺',
    'Guaranteed returns or guaranteed exam results',
  ]),
  'ads.health_claim': violation('ads/health-claims', 'S2', 'review', [
    '英文广告宣称治疗、预防疾病或快速减重',
    'An English ad claims to cure or prevent a disease or promises quick weight loss',
  ]),
  'ugc.spam': violation('ugc/spam', 'S3', 'review', ['垃圾评论', 'Spam comment']),
  'ugc.contact': violation('ugc/off-platform-contact', 'S3', 'review', [
    '引导站外联系或交易',
    'Leads off the platform for contact or payment',
  ]),
  'ugc.contact_evaded': violation('ugc/off-platform-contact', 'S3', 'review', [
    '变形规避的站外联系方式',
    'Off-platform contact hidden by changed characters',
  ]),
  'ugc.abuse': violation('ugc/abuse', 'S2', 'review', ['辱骂或威胁', 'Insults or threats']),
  'ugc.phishing': violation('ugc/phishing', 'S1', 'block', [
    '冒充平台的钓鱼链接',
    'A link that pretends to be the platform',
  ]),
  'live.medical_claim': violation('ads-cn/medical-claims', 'S1', 'review', [
    '直播口播宣称治疗功能',
    'A live host claims that goods treat a disease',
  ]),
  'live.off_platform': violation('ugc/off-platform-contact', 'S3', 'review', [
    '直播口播引导站外交易',
    'A live host leads viewers off the platform',
  ]),
  'video.absolute': violation('ads-cn/absolute-terms', 'S2', 'review', [
    '短视频标题使用绝对化用语',
    'A short video’s title uses absolute terms',
  ]),
  'account.takeover': violation('accounts/sign-in-velocity', 'S2', 'review', [
    '短时间内多设备多地址连续登录失败后登录成功',
    'A run of failed sign-ins from new devices, then a success',
  ]),
  'account.probe': ring('accounts/sign-in-velocity', 'review', [
    '攻击开头的几次失败登录，单独看不足以定性',
    'The first failures of an attack on an account; too little to judge one by one',
  ]),
  'ring.review': ring('groups/review-ring', 'review', [
    '刷评团伙:同店多品、同星级、相近文本',
    'Review ring: same shop, several products, same stars, near-identical text',
  ]),
  'ring.brushing': ring('groups/brushing', 'review', [
    '刷单团伙:共用设备、空包',
    'Brushing ring: shared devices, empty parcels',
  ]),
  'ring.coupon': ring('accounts/device-reuse', 'review', [
    '羊毛党:批量注册、设备复用、新人券',
    'Coupon farm: registration bursts on few devices, new-user coupons',
  ]),
  'ring.spam_farm': ring('accounts/registration-burst', 'review', [
    '养号发垃圾信息的账号群',
    'Account farm that posts spam',
  ]),
  'ring.refund': ring('groups/refund-abuse', 'review', ['恶意退款团伙', 'Refund abuse ring']),
  'ring.card_testing': ring('accounts/payment-velocity', 'review', [
    '试卡团伙:同设备短时间大量卡支付失败',
    'Card testing: many cards declined on one device within minutes',
  ]),
  'ring.takeover': ring('accounts/sign-in-velocity', 'review', [
    '撞库:少数地址对大量账号尝试登录',
    'Credential stuffing: few addresses try many accounts',
  ]),
  'ring.ban_evasion': ring('groups/ban-evasion', 'review', [
    '关店后换名重开:设备、证照、收款账户相同',
    'Closed shops come back under new names with the same device, papers and payout account',
  ]),
  'ring.counterfeit': ring('ip/counterfeit', 'review', [
    '售假团伙:多店共用图片与话术',
    'Counterfeit ring: several shops share pictures and wording',
  ]),
  'ring.shared_certificate': ring('groups/shared-certificate', 'review', [
    '多家无关店铺使用同一证书编号',
    'Unrelated shops use one certificate number',
  ]),
  'ring.claims': ring('groups/malicious-claims', 'review', ['模板化恶意投诉', 'Malicious claims from one template']),
  'trap.ad_specification': trap('ads-cn/absolute-terms', [
    '客观参数或时间用语(如“最大尺寸”“最佳赏味期限”)',
    'Objective specification or date (“maximum size”, “best before”)',
  ]),
  'trap.ad_word': trap('ads-cn/absolute-terms', [
    '字面相似但无绝对化含义(如“极简”“第一步”“绝缘”)',
    'Looks like an absolute term but is none (ordinals, “minimalist”, “insulating”)',
  ]),
  'trap.ad_attitude': trap('ads-cn/absolute-terms', [
    '服务理念用语(如“顾客第一”)',
    'Attitude to service (“customers first”)',
  ]),
  'trap.ad_disclaimer': trap('ads-cn/medical-claims', [
    '法定提示语或无医疗含义的词(如“治愈系”)',
    'Mandatory disclaimer, or a word without medical meaning',
  ]),
  'trap.english_words': trap('ads/health-claims', [
    '英文同形词(tank top 1、dog treats、cure time)',
    'English look-alikes (“tank top 1”, “dog treats”, “cure time”)',
  ]),
  'trap.authorised_claim': trap('ads/health-claims', [
    '欧盟许可的营养声称原文',
    'The wording of a health claim that the EU authorises',
  ]),
  'trap.kitchen_knife': trap('products/prohibited-weapons', ['普通厨房刀具', 'Ordinary kitchen knives']),
  'trap.complete_power_bank': trap('products-eu/ce-batteries', [
    '资料齐全的充电宝',
    'A power bank with complete papers',
  ]),
  'trap.goods_word': trap('products/prohibited', [
    '名称相似的合法商品(果酱、玩具、挡风条等)',
    'Lawful goods with a similar name (jam, draught blocker, vapour-free)',
  ]),
  'trap.ingredient_negated': trap('products-eu/cosmetics-annex-ii', [
    '“不含某物质”的说明',
    'Says that a banned substance is not in it',
  ]),
  'trap.same_brand_as_recall': trap('products-eu/recalled', [
    '与召回商品同品牌但型号批次不同',
    'The brand of a recalled product, another model and batch',
  ]),
  'trap.innocent_replica': trap('ip/counterfeit', [
    '模型、复制品等正当用语',
    '“Replica” in its honest sense (models, museum casts)',
  ]),
  'trap.number_like_phone': trap('ugc/off-platform-contact', [
    '订单号、运单号等像电话的数字',
    'Order or parcel numbers that look like phone numbers',
  ]),
  'trap.contact_word': trap('ugc/off-platform-contact', [
    '微辣、微波炉等无联系方式含义的词',
    'Words that contain a messenger’s name but mean something else',
  ]),
  'trap.brand_domain': trap('ugc/off-platform-contact', [
    '店铺在允许字段填写自有网站',
    'A brand’s own site in the field meant for it',
  ]),
  'trap.rude_sounding': trap('ugc/abuse', ['听起来激烈但无恶意的口语', 'Strong words without malice']),
  'trap.family_device': trap('accounts/device-reuse', ['家庭共用设备', 'A family shares one device']),
  'trap.dormitory': trap('accounts/registration-burst', [
    '宿舍共用出口地址,开学集中注册',
    'A dormitory behind one address, many registrations when term starts',
  ]),
  'trap.flash_sale': trap('groups/brushing', [
    '直播秒杀带来的短时下单高峰',
    'A burst of orders from a flash sale on a live stream',
  ]),
  'trap.traveller': trap('accounts/sign-in-velocity', [
    '旅行中用自己的设备异地登录',
    'Signs in abroad on the usual device',
  ]),
  'trap.honest_decline': trap('accounts/payment-velocity', [
    '余额不足重试后支付成功',
    'A few declines for lack of funds, then success',
  ]),
  'trap.fan_reviews': trap('groups/review-ring', [
    '读书会成员集中真实评价',
    'Members of a book club review the same books in their own words',
  ]),
  'trap.light_goods': trap('groups/brushing', [
    '贴纸等本来就很轻的包裹',
    'Parcels that are light because the goods are',
  ]),
  'incident.refunds': kind(
    'incident',
    'indicators/refund-rate',
    ['none', 'pass'],
    [
      '某品类×市场×承运商的退款率连续三天跃升',
      'The refund rate of one category, market and carrier jumps for three days',
    ],
  ),
  'campaign.autumn': kind(
    'campaign',
    'indicators/order-volume',
    ['none', 'pass'],
    [
      '秋季大促:订单与注册同时上升,属于正常',
      'Autumn sale: orders and registrations rise together, and nothing is wrong',
    ],
  ),
}
