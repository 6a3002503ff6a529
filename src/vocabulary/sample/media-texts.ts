import type { Random } from './random.ts'

const lines = (text: string): readonly string[] => text.trim().split('\n')

const AD_HEAD: Readonly<Record<string, readonly string[]>> = {
  zh: lines(
    '{x}，秋天的新搭子\n把{x}带回家\n小户型也放得下的{x}\n通勤路上的{x}\n{b}新品：{x}\n今天试试{x}\n周末露营带上{x}\n给家人挑一件{x}\n{x}上新，多色可选\n开学季{x}满减中',
  ),
  en: lines(
    '{x} for quiet mornings\nMeet the new {x} by {b}\nMake room for a {x}\n{x}: small, sturdy, yours\nNew in: {x}\nWeekend ready with {x}\nA gift that gets used: {x}\n{b} brings back the {x}\nYour desk likes this {x}\nAutumn colours for the {x}',
  ),
}
const AD_BODY: Readonly<Record<string, readonly string[]>> = {
  zh: lines(
    '四种颜色，日常好搭，下单送收纳袋。\n支持七天无理由退货，48小时内发货。\n选材扎实，走线整齐，打理方便。\n新客首单立减，详情见页面规则。\n用料和产地写在详情页，欢迎对比。\n适合租房、宿舍、办公室。\n好看的日用品，不用等节日。\n直播间每晚八点见。',
  ),
  en: lines(
    'Four colours, free returns within 30 days.\nMade in small batches and shipped in paper.\nSee how it is made in our workshop video.\nOrder before noon for dispatch today.\nThe size guide is on the product page.\nBundle two and save on delivery.\nDesigned for rented flats and small desks.\nNow with a spare part in the box.',
  ),
}
const VIDEO: Readonly<Record<string, readonly string[]>> = {
  zh: lines(
    '{x}开箱，细节都在这\n一周通勤用{x}真实感受\n三款{x}放在一起比一比\n小厨房改造，用到了{x}\n跟我一起整理房间｜{x}\n{x}怎么选，看这三点\n周末vlog：露营和{x}\n宿舍好物分享：{x}',
  ),
  en: lines(
    'Unboxing the {x}\nOne week with a {x}\nThree {x} side by side\nTiny kitchen makeover with a {x}\nTidy my room with me | {x}\nHow to choose a {x}\nWeekend vlog: camping and a {x}\nDesk setup with a {x}',
  ),
}
const TRANSCRIPT: Readonly<Record<string, readonly string[]>> = {
  zh: lines(
    '大家好，今天来看看{x}。\n先说外观，颜色比上一款浅一点。\n我拿在手里给大家看一下大小。\n接口在侧面，开关在背面。\n洗的时候记得翻面，水温不要太高。\n有姐妹问尺码，我平时穿M，这个也是M。\n链接在下面，按需购买，理性消费。\n现在回答几个评论区的问题。\n三号链接还有两百件，拍完就下播啦。\n这个是主播自己在用的，用了一个多月。\n包装里有说明书和一张保修卡。',
  ),
  en: lines(
    'Hello everyone, today we look at the {x}.\nFirst the outside: the colour is a little lighter than last year.\nI hold it next to my hand so you can see the size.\nThe port is on the side and the switch on the back.\nTurn it inside out before you wash it.\nSomeone asked about sizes: I wear M and took M.\nThe link is below, only buy what you need.\nLet me answer a few questions from the chat.\nThere are two hundred left of number three.\nI have used this one for about a month.\nIn the box you find the manual and a warranty card.',
  ),
}
const CAPTION: Readonly<Record<string, readonly string[]>> = {
  zh: lines('#日常 #好物分享\n#开箱 含品牌合作\n评论区告诉我你想看什么\n#租房改造 #收纳\n#露营 #周末去哪儿'),
  en: lines(
    '#dailylife #home\n#ad paid partnership\ntell me what to test next\n#smallspaces #storage\n#camping #weekend',
  ),
}

const rows = (table: Readonly<Record<string, readonly string[]>>, language: string): readonly string[] =>
  table[language === 'zh' ? 'zh' : 'en'] ?? []
const fill = (text: string, thing: string, brand: string): string =>
  text.replaceAll('{x}', thing).replaceAll('{b}', brand)

export interface MediaSubject {
  readonly language: string
  readonly thing: string
  readonly brand: string
}

export function adWords(subject: MediaSubject, random: Random): { headline: string; body: string } {
  const { language, thing, brand } = subject
  const body = `${random.pick(rows(AD_BODY, language))}${language === 'zh' ? '' : ' '}${random.pick(rows(AD_BODY, language))}`
  return { headline: fill(random.pick(rows(AD_HEAD, language)), thing, brand), body }
}

export function videoWords(subject: MediaSubject, random: Random): { title: string; caption: string } {
  const title = fill(random.pick(rows(VIDEO, subject.language)), subject.thing, subject.brand)
  return { title, caption: random.pick(rows(CAPTION, subject.language)) }
}

export function transcript(subject: MediaSubject, sentences: number, random: Random): string {
  const all = rows(TRANSCRIPT, subject.language)
  const start = random.below(all.length)
  const chosen = Array.from({ length: sentences }, (_, index) => all[(start + index * 3) % all.length] ?? '')
  return fill(chosen.join(subject.language === 'zh' ? '' : ' '), subject.thing, subject.brand)
}
