import type { Random } from './random.ts'

const lines = (text: string): readonly string[] => text.trim().split('\n')
type Table = Readonly<Record<string, readonly string[]>>

/** Review openings by language and mood (good, fair, bad). */
const OPEN: Table = {
  'en.good': lines(
    'Really pleased with this.\nBetter than I expected for the price.\nArrived two days early and well packed.\nSecond time I order this one.\nMy sister recommended it and she was right.\nLovely quality.\nDoes what it says.\nBought it for my mother, she uses it every day.\nNice surprise.\nGood value, no complaints.',
  ),
  'en.fair': lines(
    'It is okay.\nDecent, but not quite like the picture.\nWorks, with small flaws.\nTook a while to arrive.\nHmm, mixed feelings.',
  ),
  'en.bad': lines(
    'Not what I ordered.\nStopped working after a week.\nThe box was open when it came.\nDisappointed.\nToo small, sent it back.\nColour is far from the photos.',
  ),
  'zh.good': lines(
    '收到了，比想象中好。\n第二次回购了。\n物流很快，包装也用心。\n朋友推荐的，没踩雷。\n给爸妈买的，他们挺喜欢。\n质感不错，价格也合适。\n客服回复及时，态度好。\n实物和图片差不多，满意。\n用了一周来评价，挺好用的。\n孩子很喜欢，一直抱着。',
  ),
  'zh.fair': lines('还行吧，一分钱一分货。\n有点小瑕疵，不影响使用。\n快递慢了几天。\n颜色比图片深一些。\n中规中矩。'),
  'zh.bad': lines(
    '和描述不太一样，有点失望。\n用了三天就坏了。\n包装破了，里面也有划痕。\n尺码偏小，已经申请退货。\n客服半天没回。',
  ),
  'de.good': lines(
    'Sehr zufrieden.\nSchnelle Lieferung, gut verpackt.\nWürde ich wieder kaufen.\nGenau wie beschrieben.\nSchöne Qualität für den Preis.\nMeine Tochter freut sich.',
  ),
  'de.fair': lines('Ganz in Ordnung.\nErfüllt seinen Zweck.\nLieferung hat gedauert.'),
  'de.bad': lines('Leider nach einer Woche kaputt.\nFarbe weicht stark ab.\nVerpackung war beschädigt.'),
  'id.good': lines(
    'Barang bagus, sesuai foto.\nPengiriman cepat, terima kasih.\nSudah beli dua kali.\nAnak saya suka sekali.\nHarga oke, kualitas oke.',
  ),
  'id.fair': lines('Lumayan.\nBarang oke tapi kirimnya lama.\nSesuai harga.'),
  'id.bad': lines('Warnanya beda dengan foto.\nBarang rusak waktu sampai.\nUkurannya terlalu kecil.'),
}
const MIDDLE: Table = {
  'en.any': lines(
    'The finish is neat and nothing smells of plastic.\nI use it mostly on weekends.\nSize fits our small kitchen.\nThe colour in daylight is a bit softer than on screen.\nInstructions were clear.\nMy flatmate already asked for the link.\nThe zip could be smoother.\nHas survived two washes so far.\nThe seller answered my question the same evening.\nPackaging was mostly paper, which I like.\nI compared three shops before choosing.\nCat approves.\nFeels solid in the hand.\nA spare part was in the bag.',
  ),
  'zh.any': lines(
    '做工挺细的，没有异味。\n大小正好放在书桌上。\n白天看颜色更柔和。\n说明书写得清楚。\n室友也想要链接。\n拉链稍微有点涩。\n洗过两次没变形。\n晚上问的客服，当天就回了。\n纸质包装，挺环保。\n对比了三家才下单。\n家里的猫先试用了一遍。\n拿在手里有分量。\n还送了备用配件。\n周末用得比较多。',
  ),
  'de.any': lines(
    'Die Verarbeitung ist ordentlich.\nPasst gut in unsere kleine Küche.\nDie Anleitung war verständlich.\nDer Verkäufer hat am selben Abend geantwortet.\nZwei Wäschen hat es schon überstanden.',
  ),
  'id.any': lines(
    'Jahitannya rapi.\nPenjual cepat membalas.\nPas untuk meja kecil.\nPetunjuknya jelas.\nKemasannya aman.',
  ),
}
const CLOSE: Table = {
  'en.any': lines(
    'Would buy again.\nWill see how long it lasts.\nFour stars because of the delivery.\nThanks!\nGood for a present.\nI would take the larger one next time.\nRecommended for students.\nThat is all.',
  ),
  'zh.any': lines(
    '会再来。\n用久了再来追评。\n推荐给租房的朋友。\n谢谢店家。\n送人也合适。\n下次想买大一号。\n先给四星，物流扣一星。',
  ),
  'de.any': lines('Gerne wieder.\nMal sehen, wie lange es hält.\nDanke!\nAls Geschenk geeignet.'),
  'id.any': lines('Nanti beli lagi.\nTerima kasih kak.\nCocok untuk hadiah.\nSemoga awet.'),
}

const QUESTIONS: Table = {
  en: lines(
    'Is the {x} machine washable?\nDoes the {x} come with a cable?\nHow heavy is the {x} with packaging?\nCan you ship two colours in one parcel?\nWill the {x} fit a 13 inch laptop sleeve?\nIs there a larger size of the {x}?\nWhen is the green one back in stock?\nCan I get an invoice for my company?\nWhat is the difference to last year’s {x}?\nDoes it work with 110 V?\nIs the box suitable as a gift?',
  ),
  zh: lines(
    '这个{x}可以机洗吗？\n{x}带数据线吗？\n{x}连包装多重？\n两个颜色可以一起发吗？\n有没有大一号的{x}？\n绿色什么时候补货？\n可以开公司发票吗？\n和去年那款{x}有什么区别？\n110V能用吗？\n适合送人吗，有礼袋吗？\n一米六五穿什么码？\n偏远地区能发货吗？',
  ),
  de: lines(
    'Ist das waschbar ({x})?\nWird {x} mit Kabel geliefert?\nGibt es das auch größer?\nWann ist Grün wieder da?\nBekomme ich eine Rechnung für die Firma?',
  ),
  id: lines(
    'Kak, {x} ini bisa dicuci mesin?\nAda ukuran lebih besar?\nKapan warna hijau ada lagi?\nBisa kirim hari ini?\nBeratnya berapa kak?',
  ),
}
const COMMENTS: Table = {
  en: lines(
    'Where did you get the mug in the background?\nThat colour suits your kitchen.\nTried this recipe yesterday, came out great.\nPlease do one about small balconies.\nThe music is so calming.\nHow long did the charge last in the end?\nI have the older one, still going strong.\nThanks for showing the inside of the bag.\nCan you compare it with the cheaper model?\nGreetings from a rainy afternoon.\nMy dog stared at the screen the whole time.\nFirst time I see someone fold it properly.\nThe close-up at 0:40 helped a lot.\nWould it survive a dishwasher?',
  ),
  zh: lines(
    '背景里的杯子哪里买的呀\n这个颜色和你家厨房好搭\n昨天照着做了，成功了\n求一期小阳台收纳\n背景音乐好舒服\n最后充一次用了多久？\n我用的是上一代，还很好用\n谢谢展示包包内部\n能和便宜的那款对比一下吗\n雨天刷到，心情变好了\n我家狗全程盯着屏幕\n0:40那个特写很有用\n主播今天的毛衣有链接吗\n可以进洗碗机吗\n三号链接还有货吗\n上次买的已经收到啦',
  ),
  id: lines(
    'Kak, gelasnya beli di mana?\nWarnanya cocok sekali.\nTolong bahas yang murah juga ya.\nMusiknya enak.\nBarangku sudah sampai, makasih.',
  ),
  de: lines(
    'Woher ist die Tasse im Hintergrund?\nDie Farbe passt toll.\nBitte auch mal das günstige Modell zeigen.\nDanke für den Tipp!',
  ),
}
const MESSAGES: Table = {
  en: lines(
    'Hi, I ordered on {d}, could you check when it ships?\nThe parcel has not moved since {d}. Can you ask the carrier?\nCould you put in a card that says happy birthday?\nHello, is the {x} available in blue?\nThank you, the replacement arrived.\nYour return was received, the refund takes three working days.\nWe have sent the missing part today.\nSorry for the delay, the carrier had a strike.\nPlease send us a photo of the label on the back.\nCan I still change the size? Order from this morning.\nThe invoice is in your account under Orders.\nYes, the {x} ships within two working days.',
  ),
  zh: lines(
    '您好，{d}拍的什么时候发货？\n物流从{d}就没动了，麻烦催一下\n可以放一张生日卡片吗\n请问{x}有蓝色吗\n谢谢，补发的收到了\n亲，退货已收到，三个工作日内退款\n缺的配件今天已经寄出\n不好意思，快递那边延误了\n麻烦拍一下背面的标签\n早上拍的还能改尺码吗\n发票在订单详情里可以下载\n亲，{x}两天内发货哦\n好的，了解了\n收货地址能改成公司吗',
  ),
  id: lines(
    'Kak, pesanan {d} kapan dikirim?\nResinya belum bergerak sejak {d}.\nApakah {x} ada warna biru?\nTerima kasih, barang pengganti sudah sampai.\nMohon foto labelnya ya kak.\nRefund diproses tiga hari kerja.',
  ),
  de: lines(
    'Hallo, wann wird meine Bestellung vom {d} verschickt?\nDas Paket bewegt sich seit {d} nicht.\nGibt es {x} auch in Blau?\nDanke, der Ersatz ist angekommen.\nDie Rechnung finden Sie im Konto.',
  ),
}

const rows = (table: Table, language: string, rest: string): readonly string[] =>
  table[`${language}${rest}`] ?? table[`en${rest}`] ?? []

/** The language a person writes in: their market's where the sample has texts in it, else English. */
export const writingLanguage = (language: string): string =>
  language === 'zh' || language === 'de' || language === 'id' ? language : 'en'

export function reviewText(language: string, rating: number, random: Random): string {
  const mood = rating >= 4 ? 'good' : rating === 3 ? 'fair' : 'bad'
  const gap = language === 'zh' ? '' : ' '
  const parts = [random.pick(rows(OPEN, language, `.${mood}`))]
  if (random.chance(0.8)) parts.push(random.pick(rows(MIDDLE, language, '.any')))
  if (random.chance(0.45)) parts.push(random.pick(rows(MIDDLE, language, '.any')))
  if (rating >= 4 && random.chance(0.5)) parts.push(random.pick(rows(CLOSE, language, '.any')))
  return [...new Set(parts)].join(gap)
}

const fill = (text: string, thing: string, day: string): string => text.replace('{x}', thing).replace('{d}', day)

export const questionText = (language: string, thing: string, random: Random): string =>
  fill(random.pick(rows(QUESTIONS, language, '')), thing, '')

export function commentText(language: string, random: Random): string {
  const text = random.pick(rows(COMMENTS, language, ''))
  if (!random.chance(0.3)) return text
  return `${text}${random.pick([' 😂', ' ❤️', '!', ' 👍', '～', ' …'])}`
}

export const messageText = (
  language: string,
  subject: { readonly thing: string; readonly day: string },
  random: Random,
): string => fill(random.pick(rows(MESSAGES, language, '')), subject.thing, subject.day)
