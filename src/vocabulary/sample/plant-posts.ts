import { planWriting, type Stage, type Writing } from './activity.ts'
import type { Site } from './model.ts'
import { lines, openBuyer, openListing, somewhen, times } from './plant-tools.ts'
import type { Random } from './random.ts'

const SPAM_EN = lines(`Earn $900 a day from home, link in my profile!!!
Who wants free followers? Check my channel now
I made 5000 with this app, type WIN below and visit my page
Hot single ladies near you >>> click my avatar
Subscribe to me and I subscribe back, sub4sub
FREE gift cards here: bit.example/giftz
Crypto signal group, 300% profit guaranteed, join today
Check out my new song on my channel please please
Cheap designer bags at my shop, visit profile`)
const SPAM_ZH = lines(`日赚八百，在家就能做，点我头像
互关互赞秒回，一起涨粉
刷单兼职日结，名额有限速来
免费领皮肤，进我主页看置顶
代开发票，各行业都有，点主页
低价充值话费八折，看我简介
跟老师买彩票稳中，主页有群
资源全套二十元，头像自取`)
const CONTACT: readonly ((random: Random) => readonly [string, string])[] = [
  (r) => ['en', `Cheaper if you pay me directly, WhatsApp +1 212 555 01${r.between(10, 99)}`],
  (r) => ['en', `Text me on telegram @goodsdirect${r.between(10, 999)} and I give you 20% off`],
  (r) => ['en', `Skip the platform fee, email me at deals${r.between(1, 99)}@mail.example`],
  (r) => ['en', `Contact us on our own site www.outlet-${r.between(1, 99)}.example for the real price`],
  (r) => ['zh', `加微信 xh_shop${r.between(100, 9999)} 便宜二十`],
  (r) => ['zh', `平台太贵了，加QQ ${r.between(20000, 99999)}${r.between(1000, 9999)} 直接转账`],
  (r) => ['zh', `打我电话1990000${r.between(1000, 9999)}，私下交易给你优惠`],
  (r) => ['zh', `V信：lulu${r.between(100, 9999)}，发你内部价`],
  (r) => ['id', `Lebih murah lewat WA kak, +62 800 0000 ${r.between(1000, 9999)}`],
  (r) => ['de', `Günstiger direkt per WhatsApp: +49 30 23125${r.between(100, 999)}`],
]
const CONTACT_EVADED: readonly ((random: Random) => readonly [string, string])[] = [
  (r) => ['zh', `加V❤️ x.h.${r.between(100, 999)}.s.h.o.p 有惊喜`],
  (r) => ['zh', `➕薇：l u l u ${[...String(r.between(1000, 9999))].join(' ')}`],
  (r) => [
    'zh',
    `扣扣 ${[...String(r.between(20000, 99999))].map((digit) => '零一二三四五六七八九'[Number(digit)]).join('')}${r.between(1000, 9999)} 聊`,
  ],
  (r) => ['zh', `围❤xh${r.between(100, 999)}，备注优惠`],
  (r) => ['zh', `威信号 ①⑨⑨⓪⓪⓪⓪${r.between(1000, 9999)}`],
  (r) => ['zh', `加\u200b微\u200b信 shop${r.between(100, 999)}`],
  (r) => ['en', `what s app me: one nine nine, five five five, zero one ${r.between(10, 99)}`],
  (r) => ['en', `t e l e g r a m  @ deals${r.between(10, 99)} for the cash price`],
  (r) => ['en', `mail me: deals${r.between(1, 99)} [at] post [dot] example`],
  (r) => ['en', `find us at outlet${r.between(1, 99)} dot example slash sale`],
  (r) => ['en', `w​hatsapp +1 (2-1-2) 5.5.5 0.1.${r.between(1, 9)}.${r.between(1, 9)}`],
]
const ABUSE_EN = lines(`You are a stupid piece of trash, go die
Idiot seller, I will find where you live
Shut up you ugly pig, nobody wants you here
People like you should be thrown out of this country
I hope your whole family gets sick, you scum
What a retarded answer, moron
I know your address, watch your back tonight`)
const ABUSE_ZH = lines(`你这个傻逼卖家，去死吧
脑残东西，全家都有病
滚出去，狗东西别在这恶心人
我知道你店在哪，等着我去砸
垃圾人，活着浪费空气
你妈没教你怎么说话吗，贱人
再不退款我弄死你`)
const PHISHING = lines(`Your account will be suspended, verify now: http://aurora-security.login-check.example/id
Payment failed. Confirm your card at http://harb0r-pay.example/confirm within 24 h
【平台客服】您的订单异常，请点击 http://lotus-kefu.example/tk 办理退款
Your parcel is on hold, pay the 1.99 customs fee: http://parcel-fee.example/x`)

interface Post {
  readonly kind: string
  readonly type: Writing['type']
  readonly text: readonly [string, string]
  readonly fromSeller?: boolean
}

const siteFor = (language: string, random: Random): Site =>
  language === 'zh'
    ? 'lotus'
    : language === 'de'
      ? 'aurora'
      : language === 'id'
        ? 'harbor'
        : random.pick(['aurora', 'harbor'] as const)

/** Writes one planted text among the ordinary ones: same authors, same targets. */
export function plantPost(stage: Stage, post: Post): void {
  const { random } = stage
  const [language, text] = post.text
  const site = siteFor(language, random)
  const at = somewhen(stage)
  const listing = openListing(stage, site, { at })
  const buyer = openBuyer(stage, site, at)
  const toSeller = post.type === 'message.sent' && post.fromSeller !== true
  const author = post.fromSeller === true ? listing.seller.id : buyer.id
  const target = {
    'message.sent': toSeller ? (['seller', listing.seller.id] as const) : (['account', buyer.id] as const),
    'comment.posted': ['video', () => random.pick(stage.feed[site].slice(-200))] as const,
    'question.posted': ['listing', listing.id] as const,
    'review.posted': ['listing', listing.id] as const,
  }[post.type]
  planWriting(stage, {
    type: post.type,
    at,
    site,
    author,
    market: buyer.market.code,
    targetId: target[1],
    targetType: target[0],
    text,
    language,
    truth: { kind: post.kind },
    ...(post.type === 'review.posted' ? { rating: random.between(3, 5) } : {}),
  })
}

export function plantPosts(stage: Stage): void {
  const { random } = stage
  times(130, () => {
    const chinese = random.chance(0.45)
    const text = random.pick(chinese ? SPAM_ZH : SPAM_EN)
    plantPost(stage, {
      kind: 'ugc.spam',
      type: 'comment.posted',
      text: [chinese ? 'zh' : 'en', random.chance(0.3) ? `${text} ${random.pick(['🔥', '👉', '!!!', '💰'])}` : text],
    })
  })
  times(140, () =>
    plantPost(stage, {
      kind: 'ugc.contact',
      type: random.chance(0.8) ? 'message.sent' : 'question.posted',
      text: random.pick(CONTACT)(random),
      fromSeller: random.chance(0.7),
    }),
  )
  times(110, () =>
    plantPost(stage, {
      kind: 'ugc.contact_evaded',
      type: 'message.sent',
      text: random.pick(CONTACT_EVADED)(random),
      fromSeller: random.chance(0.7),
    }),
  )
  times(110, () => {
    const chinese = random.chance(0.5)
    const type = random.pick(['message.sent', 'comment.posted', 'review.posted'] as const)
    plantPost(stage, {
      kind: 'ugc.abuse',
      type,
      text: [chinese ? 'zh' : 'en', random.pick(chinese ? ABUSE_ZH : ABUSE_EN)],
    })
  })
  times(48, () => {
    const text = random.pick(PHISHING)
    plantPost(stage, { kind: 'ugc.phishing', type: 'message.sent', text: [text.startsWith('【') ? 'zh' : 'en', text] })
  })
}

const NUMBERS: readonly ((random: Random) => readonly [string, string])[] = [
  (r) => ['zh', `订单号 1990000${r.between(1000, 9999)}2261 麻烦看一下进度`],
  (r) => ['zh', `运单尾号 ${r.between(1000, 9999)}${r.between(1000, 9999)}，显示已签收但没收到`],
  (r) => ['en', `Order 2125550${r.between(1000, 9999)}884 has not arrived, can you check?`],
  (r) => ['en', `The tracking number is BL${r.between(10000000, 99999999)}${r.between(10, 99)}, it stopped in Kassel`],
  (r) => [
    'en',
    `Model ${r.between(100, 999)}-${r.between(100, 999)}-${r.between(1000, 9999)} is printed on the base, is that the new one?`,
  ],
  (r) => ['de', `Die Rechnung 030 23125 ${r.between(100, 999)} stimmt nicht mit der Bestellung überein`],
]
const WORDS: readonly (readonly [string, string])[] = lines(`zh|这个可以放微波炉加热吗
zh|微辣和中辣哪个卖得多
zh|V领还是圆领，显脸小？
zh|请问QQ糖口味有草莓的吗
zh|微单相机包放得下吗
zh|包装上的二维码是验真用的吗
en|Does the telegram poster come with a frame?
en|Is the line on the mug printed or engraved?
en|The signal is weak in my kitchen, will the plug still work?
en|Please call the carrier, they did not ring the bell
en|Can I reach you through the chat here only?
zh|电话柜台说要凭取件码，可是没有收到短信`).map((line) => [line.slice(0, 2), line.slice(3)] as const)
const RUDE: readonly (readonly [string, string])[] = lines(`en|This fan blows, and that is exactly why I love it
en|Killer deal, I would murder for another one
en|My cat is a little devil, this scratching post saved the sofa
en|Damn, this chocolate is dangerous, gone in a day
en|That bass is sick, it slaps
en|I am such an idiot, I ordered the wrong size twice
zh|笑死，我家狗抱着不撒手
zh|馋死了，晚上又吃了一包
zh|这个价格太狠了，杀疯了
zh|我真是个傻瓜，买了两次同一个颜色
zh|我家那只臭猫霸占了整张毯子
zh|辣到怀疑人生，过瘾`).map((line) => [line.slice(0, 2), line.slice(3)] as const)

export function plantPostTraps(stage: Stage): void {
  const { random } = stage
  times(60, () =>
    plantPost(stage, { kind: 'trap.number_like_phone', type: 'message.sent', text: random.pick(NUMBERS)(random) }),
  )
  times(42, () =>
    plantPost(stage, {
      kind: 'trap.contact_word',
      type: random.pick(['message.sent', 'question.posted'] as const),
      text: random.pick(WORDS),
    }),
  )
  times(42, () =>
    plantPost(stage, {
      kind: 'trap.rude_sounding',
      type: random.pick(['review.posted', 'comment.posted'] as const),
      text: random.pick(RUDE),
    }),
  )
}
