import { formatTime } from '../../kernel/time.ts'
import type { Text } from '../../kernel/values.ts'
import { fieldTexts, kindRules, type NoticeField, type NoticeKind } from './kinds.ts'
import type { NoticeOutcome } from './model.ts'

/** The receipt: number, what happens next, and by when. */
export function receiptText(kind: NoticeKind, dueAt: number): Text {
  const { receipt } = kindRules[kind]
  const when = formatTime(dueAt).slice(0, 16).replace('T', ' ')
  return {
    zh: `${receipt.zh}\n预计最迟 ${when}（UTC）处理。`,
    en: `${receipt.en}\nWe mean to decide by ${when} UTC at the latest.`,
  }
}

/** Ways to contest a decision on a notice (DSA art. 16(5), 20, 21); the same for everybody and everywhere, as it does no harm. */
const redress: Text = {
  zh: '如不同意：六个月内可凭此编号与口令在通知查询页（/report/status）向我们免费投诉，由另一位人员处理；在欧盟还可以提交经认证的庭外争议解决机构，或向法院起诉。',
  en: 'If you disagree: within six months you can complain to us free of charge with this number and its code on the page where you follow the notice (/report/status), and another person will decide; in the EU you can also go to a certified out-of-court dispute settlement body, or to court.',
}

/** What was only sorted was not decided by a person: a person looks at it when it says what is unlawful. */
const again: Text = {
  zh: '如果你认为涉及违法内容，请重新提交并选择相应理由，由审核员判断。',
  en: 'If you think that it is about unlawful content, give notice again with the reason that fits: a reviewer will look at it.',
}

const said: Record<NoticeOutcome, (actions: Text) => Text> = {
  action: ({ zh, en }) => ({ zh: `我们核实后采取了措施：${zh}。`, en: `We checked it and acted: ${en}.` }),
  no_action: () => ({
    zh: '我们核实后认为没有违反法律或平台规则，没有采取措施。',
    en: 'We checked it and found no breach of law or of our terms, so we took no measure.',
  }),
  evidence_asked: () => ({
    zh: '我们已要求对方提交证明材料。',
    en: 'We have asked the other side for documents that prove it.',
  }),
  referred: () => ({
    zh: '这是商品质量或服务问题，不涉及违法内容；已转客服处理，并计入该商家的投诉率。也请直接联系商家。',
    en: 'This is about quality or service, not about unlawful content: we passed it on to customer service, and it counts in the complaint rate of the seller. Please also contact the seller.',
  }),
}

/** What the notifier is told of the outcome, with the ways to contest it and whether a machine decided (DSA art. 16(5) and (6)). */
export function outcomeText(outcome: NoticeOutcome, { actions, revised }: { actions: Text; revised: boolean }): Text {
  const { zh, en } = said[outcome](actions)
  const by: Text =
    outcome === 'referred'
      ? { zh: '此分类由自动化方式完成。', en: 'It was sorted by automated means.' }
      : { zh: '由审核员决定。', en: 'A reviewer decided.' }
  const next = outcome === 'referred' ? again : redress
  const first: Text = revised
    ? { zh: '申诉后结论有变：', en: 'After an appeal the outcome has changed: ' }
    : { zh: '', en: '' }
  return {
    zh: [`${first.zh}${zh}`, by.zh, next.zh].join('\n'),
    en: [`${first.en}${en}`, by.en, next.en].join('\n'),
  }
}

/** The receipt of a complaint: that somebody else decides, and by when. */
export function complaintText(dueAt: number): Text {
  const when = formatTime(dueAt).slice(0, 16).replace('T', ' ')
  return {
    zh: `已收到你的投诉，将由另一位人员处理，最迟 ${when}（UTC）答复。`,
    en: `We have your complaint. Another person decides about it, by ${when} UTC at the latest.`,
  }
}

/** Why a notice could not be taken, and what it lacks. */
export function rejectedText(fields: readonly NoticeField[]): Text {
  const list = (language: 'zh' | 'en') =>
    fields
      .map((field) => `${fieldTexts[field].title[language]}: ${fieldTexts[field].fix[language]}`)
      .join(language === 'zh' ? '；' : '; ')
  return {
    zh: `内容不完整，无法处理。缺少：${list('zh')}。补齐后请重新提交。`,
    en: `It is not complete enough to be processed. Missing: ${list('en')}. Please send it again with these.`,
  }
}

/** That processing is suspended for misuse, until when, and how to contest it. */
export function heldText(until: number): Text {
  const when = formatTime(until).slice(0, 10)
  return {
    zh: `由于多次提交明显无根据的通知，你的通知在 ${when} 前暂停处理，之后继续。可凭此编号申诉。`,
    en: `Because of frequent notices that were manifestly unfounded, yours are not processed until ${when}; after that they are. You can appeal under this number.`,
  }
}
