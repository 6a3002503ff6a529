import type { Evidence } from '../../judgement/decisions/index.ts'
import type { Text } from '../../kernel/values.ts'
import type { Policy } from '../../vocabulary/packs/index.ts'

/** One language of a notice, in the parts that a statement of reasons needs (DSA art. 17; 网络交易平台规则监督管理办法). */
export interface NoticeText {
  readonly title: string
  readonly body: string
  readonly what: string
  readonly why: string
  readonly evidence: string
  readonly law: string
  readonly fix: string
  readonly appeal: string
}

export interface NoticeInput {
  readonly subject: { type: string; id: string; title: string }
  readonly actions: readonly { title: Text; markets: readonly string[] }[]
  readonly policies: readonly Policy[]
  readonly evidence: readonly Evidence[]
  readonly points: number
  readonly automated: boolean
  /** True = somebody outside brought it to notice, which a statement of reasons must say (DSA art. 17(3)(b)). */
  readonly noticed?: boolean
  /** What the person who decided wrote. */
  readonly reason?: string | Text | undefined
  /** ISO date until which an appeal is open; null when there is nothing to appeal. */
  readonly deadline: string | null
}

/** The notice that the party reads, in both languages, from one record. */
export function writeNotice(input: NoticeInput): { zh: NoticeText; en: NoticeText } {
  return { zh: write(input, 'zh'), en: write(input, 'en') }
}

/** What people call the fields that a quotation comes from; others are shown as the marketplace named them. */
const fieldTitles: Readonly<Record<string, Text>> = {
  title: { zh: '标题', en: 'title' },
  headline: { zh: '标题', en: 'headline' },
  description: { zh: '描述', en: 'description' },
  body: { zh: '正文', en: 'body' },
  text: { zh: '内容', en: 'text' },
  caption: { zh: '文案', en: 'caption' },
  transcript: { zh: '字幕', en: 'transcript' },
  category: { zh: '类目', en: 'category' },
  brand: { zh: '品牌', en: 'brand' },
  price: { zh: '价格', en: 'price' },
  score: { zh: '当前积分', en: 'score' },
  milestone: { zh: '节点', en: 'milestone' },
  period: { zh: '期间', en: 'period' },
  'attributes.ingredients': { zh: '成分', en: 'ingredients' },
}

/** Quotations where there are some; else the values that were read. Signals that found nothing say nothing to a merchant. */
function factsOf(all: readonly Evidence[], language: 'zh' | 'en'): string[] {
  const evidence = all.filter((item) => !item.internal)
  const named = (field: string) =>
    fieldTitles[field]?.[language] ?? field.replace(/^attributes\./, '').replaceAll('_', ' ')
  const regions = evidence.flatMap((item) => (item.image ? [imageText(item, language)] : []))
  const quoted = evidence.flatMap((item) => (item.text && !item.image ? [`${named(item.field)}: “${item.text}”`] : []))
  const valued = evidence.flatMap(({ field, value, image }) =>
    image !== undefined || value === undefined || value === null || value === 0 || value === false || value === ''
      ? []
      : [`${named(field)} = ${String(value).slice(0, 80)}`],
  )
  return [...new Set([...regions, ...(quoted.length > 0 ? quoted : valued)])].slice(0, 8)
}

/** What is to be seen in an image, in words: which image, whether a part of it, and what is there. Images are counted from one. */
function imageText({ field, text, tag, box }: Evidence, language: 'zh' | 'en'): string {
  const number = Number(/\[(\d+)\]/.exec(field)?.[1] ?? 0) + 1
  const zh = language === 'zh'
  const image = field.startsWith('files')
    ? `${zh ? '附图' : 'attached image'} ${number}`
    : `${zh ? '图片' : 'image'} ${number}`
  const which = box ? (zh ? `${image} 中框出的区域` : `marked region of ${image}`) : image
  const what = text ? `“${text}”` : tag
  return what ? `${which}${zh ? '：' : ': '}${what}` : which
}

/** What is said of the facts when nothing can be quoted. */
const noEvidence = {
  noticed: { zh: '外部通知所述，经审核员核实', en: 'what a notice from outside says, checked by a reviewer' },
  found: { zh: '缺少必需的信息', en: 'required information is missing' },
} as const

const joiner = { zh: '；', en: '; ' } as const

function write(input: NoticeInput, language: 'zh' | 'en'): NoticeText {
  const zh = language === 'zh'
  // Sentences of policies may end with a stop of their own.
  const bare = (text: string) => text.trim().replace(/[。．.;；]+$/u, '')
  const say = (text: Text) => text[language]
  const actions = input.actions
    .map(
      ({ title, markets }) =>
        `${say(title)}${markets.length > 0 && !markets.includes('*') ? (zh ? `（${markets.join('、')}）` : ` (${markets.join(', ')})`) : ''}`,
    )
    .join(joiner[language])
  const name = input.subject.title || input.subject.id
  const what = zh
    ? `我们对「${name}」采取了：${actions || '无限制'}${input.points > 0 ? `；记 ${input.points} 分` : ''}。`
    : `We did this to “${name}”: ${actions || 'no restriction'}${input.points > 0 ? `; ${input.points} points` : ''}.`
  const reason = typeof input.reason === 'object' ? say(input.reason) : (input.reason ?? '')
  const why =
    [...input.policies.map((policy) => say(policy.notice.what)), ...(reason ? [reason] : [])]
      .map(bare)
      .join(joiner[language]) || (zh ? '违反平台条款' : 'it breaks the terms of the platform')
  const shown = factsOf(input.evidence, language)
  const evidence =
    shown.length > 0
      ? shown.join(joiner[language])
      : bare(reason) || noEvidence[input.noticed ? 'noticed' : 'found'][language]
  const law = lawOf(input.policies, language)
  const fixes = input.policies.map((policy) => bare(say(policy.notice.fix))).join(joiner[language])
  const fix = fixes || (zh ? '按上述原因改正后联系我们' : 'put right what is named above, then write to us')
  const appeal =
    input.deadline === null
      ? zh
        ? '本次没有限制措施，无需申诉。'
        : 'There is no restriction to appeal against.'
      : zh
        ? `如有异议，请在 ${input.deadline} 前申诉；将由另一位审核员处理。`
        : `If you disagree, appeal before ${input.deadline}; another reviewer will decide.`
  const first = input.noticed ? (zh ? '由外部通知引起。' : 'It was brought up by a notice from outside. ') : ''
  const decided = input.automated
    ? zh
      ? '由自动化策略发现并决定。'
      : 'Found and decided by automated means.'
    : zh
      ? '由审核员决定。'
      : 'Decided by a reviewer.'
  const how = `${first}${decided}`
  const title = zh ? `关于「${name}」的处置告知` : `Notice about “${name}”`
  const parts = zh
    ? [
        what,
        `原因：${why}。`,
        `依据的事实：${evidence}。`,
        `法律或规范依据：${law}。`,
        how,
        `如何修正：${fix}。`,
        appeal,
      ]
    : [
        what,
        `Reason: ${why}.`,
        `Facts: ${evidence}.`,
        `Legal or contractual ground: ${law}.`,
        how,
        `How to fix it: ${fix}.`,
        appeal,
      ]
  return { title, body: parts.join('\n'), what, why, evidence, law, fix, appeal }
}

export interface AppealNoticeInput {
  readonly subject: { id: string; title: string }
  readonly outcome: 'upheld' | 'reduced' | 'overturned'
  /** Who appealed: whoever is restricted, or whoever reported. */
  readonly side?: 'subject' | 'reporter'
  /** What is taken back, by the titles of the inverse actions. */
  readonly restored: readonly Text[]
  readonly pointsReturned: number
  /** The reason that the person who decided the appeal wrote. */
  readonly note: string
  readonly policies: readonly Policy[]
}

/** The answer to an appeal (DSA art. 20(5)): what was decided, why, what was taken back, and where to turn next. */
export function writeAppealNotice(input: AppealNoticeInput): { zh: NoticeText; en: NoticeText } {
  return { zh: writeAppeal(input, 'zh'), en: writeAppeal(input, 'en') }
}

const reporterOutcomes = {
  upheld: { zh: '复核后维持原结论', en: 'the outcome stands' },
  reduced: { zh: '您的意见部分成立，已补充处置', en: 'you were right in part, and something was done' },
  overturned: { zh: '您是对的，已作出处置', en: 'you were right, and it was acted on' },
} as const

const appealOutcomes = {
  upheld: { zh: '申诉未获支持，原决定维持', en: 'the decision stands' },
  reduced: { zh: '申诉部分成立，处置减轻', en: 'the decision is reduced' },
  overturned: { zh: '申诉成立，原决定撤销', en: 'you were right, the decision is overturned' },
} as const

function writeAppeal(input: AppealNoticeInput, language: 'zh' | 'en'): NoticeText {
  const zh = language === 'zh'
  const name = input.subject.title || input.subject.id
  const points = zh ? `退回 ${input.pointsReturned} 分` : `${input.pointsReturned} points returned`
  const restored = [...input.restored.map((title) => title[language]), ...(input.pointsReturned > 0 ? [points] : [])]
  const back = restored.join(joiner[language])
  const outcome = (input.side === 'reporter' ? reporterOutcomes : appealOutcomes)[input.outcome][language]
  const what = zh
    ? `您关于「${name}」的申诉已处理：${outcome}。${back ? `已执行：${back}。` : ''}`
    : `We decided your appeal about “${name}”: ${outcome}.${back ? ` Done: ${back}.` : ''}`
  const why = zh ? `复核意见：${input.note}` : `The reviewer wrote: ${input.note}`
  const law = lawOf(input.policies, language)
  const fixes = input.policies.map((policy) => policy.notice.fix[language]).join(joiner[language])
  const done = zh ? '无需再做什么。' : 'There is nothing for you to do.'
  const fix = input.outcome === 'overturned' || input.side === 'reporter' || fixes === '' ? done : fixes
  const appeal = zh
    ? '如仍有异议，可向庭外争议解决机构或法院寻求救济。'
    : 'If you still disagree, you may turn to an out-of-court dispute settlement body or to a court.'
  const title = zh ? `关于「${name}」的申诉结果` : `Your appeal about “${name}”`
  return { title, body: [what, why, fix, appeal].join('\n'), what, why, evidence: '', law, fix, appeal }
}

export interface EndNoticeInput {
  readonly subject: { readonly type: string; readonly id: string }
  /** What ran out, and what else is in force for the same subject. */
  readonly ended: Text
  readonly others: readonly Text[]
  /** Since when, for people. */
  readonly since: string
}

/** The notice that a timed restriction ran out by itself: what is restored since when, and what is not. */
export function writeEndNotice(input: EndNoticeInput): { zh: NoticeText; en: NoticeText } {
  return { zh: writeEnd(input, 'zh'), en: writeEnd(input, 'en') }
}

function writeEnd({ subject, ended, others, since }: EndNoticeInput, language: 'zh' | 'en'): NoticeText {
  const zh = language === 'zh'
  const still = [...new Set(others.map((other) => other[language]))].join(joiner[language])
  const restored = zh
    ? `「${subject.id}」自 ${since} 起恢复：「${ended[language]}」已到期，自动解除。`
    : `“${subject.id}” is restored since ${since}: “${ended[language]}” ran out and ended by itself.`
  const rest = zh
    ? `「${subject.id}」的「${ended[language]}」已于 ${since} 到期解除。仍在生效：${still}。`
    : `“${ended[language]}” of “${subject.id}” ran out on ${since} and ended by itself. Still in force: ${still}.`
  const what = still === '' ? restored : rest
  const fix = zh ? '无需再做什么。' : 'There is nothing for you to do.'
  const appeal = zh
    ? '到期不影响申诉：在原告知书的申诉期内仍可申诉，成立则退回扣分。'
    : 'That it ended takes no right away: within the time of the first notice you may still appeal, and points are given back if you are right.'
  const title = zh ? `「${subject.id}」的限制已到期` : `A restriction of “${subject.id}” has ended`
  return { title, body: [what, fix, appeal].join('\n'), what, why: '', evidence: '', law: '', fix, appeal }
}

/** Bare numbers of articles read as such; others say it themselves (第九条, Annex I). */
const articleOf = (article: string) => (/^\d/.test(article) ? `art. ${article}` : article)

function lawOf(policies: readonly Policy[], language: 'zh' | 'en'): string {
  const own = language === 'zh' ? '平台规范' : 'Platform policy'
  if (policies.length === 0) return language === 'zh' ? '平台服务条款' : 'The terms of the platform'
  return policies
    .map((policy) =>
      policy.legal_basis
        ? `${policy.legal_basis.instrument} ${articleOf(policy.legal_basis.article ?? '')}`.trim()
        : `${own} ${policy.id}`,
    )
    .join(joiner[language])
}
