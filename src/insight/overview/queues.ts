import type { Text } from '../../kernel/values.ts'
import { type SubjectType, subjectTitles } from '../../vocabulary/events/index.ts'

/** Queues that the shipped policies name. */
const named: Readonly<Record<string, Text>> = {
  ugc: { zh: '互动内容', en: 'User content' },
  'product-safety': { zh: '商品安全', en: 'Product safety' },
  'product-compliance': { zh: '商品合规', en: 'Product compliance' },
  ads: { zh: '广告', en: 'Ads' },
  accounts: { zh: '账号与交易', en: 'Accounts and trade' },
  'account-safety': { zh: '账号安全', en: 'Account safety' },
  fraud: { zh: '欺诈', en: 'Fraud' },
}

/** A queue is named by a policy, or by the kind of subject; an unknown one is shown by its id. */
export function queueTitle(queue: string): Text {
  return (
    named[queue] ??
    subjectTitles[queue as SubjectType] ?? {
      zh: queue,
      en: queue.charAt(0).toUpperCase() + queue.slice(1).replaceAll('-', ' '),
    }
  )
}
