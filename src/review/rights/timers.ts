import type { Text } from '../../kernel/values.ts'
import { marketMembers } from '../../vocabulary/markets.ts'
import { after, type CalendarOf, type Span } from '../inbound/index.ts'

/** What follows a counter-notice in a market. */
export interface CounterRule {
  readonly id: string
  readonly markets: readonly string[]
  /** Until then the notifier may show that it has gone to court or to the authority. */
  readonly proofWithin: Span
  /** The latest moment by which what was removed is back, when no proof came. */
  readonly restoreWithin: Span
  readonly basis: Text
  readonly verification: 'source' | 'unverified' | 'platform'
}

export const counterRules: readonly CounterRule[] = [
  {
    id: 'cn-ecommerce-43',
    markets: ['CN'],
    proofWithin: { days: 15 },
    restoreWithin: { days: 15 },
    basis: {
      zh: '《电子商务法》第四十三条：转送声明后十五日内未收到投诉或起诉的通知，应当及时终止措施',
      en: 'E-commerce Law art. 43: without notice of a complaint or a suit within 15 days of forwarding, measures end at once',
    },
    verification: 'unverified',
  },
  {
    id: 'us-dmca-512g',
    markets: ['US'],
    proofWithin: { workingDays: 10 },
    restoreWithin: { workingDays: 14 },
    basis: {
      zh: '美国《数字千年版权法》第 512(g) 条：10 至 14 个工作日内恢复，除非通知人起诉',
      en: 'US DMCA § 512(g): put back after 10 and within 14 business days, unless the notifier has sued',
    },
    verification: 'unverified',
  },
  {
    id: 'eu-dsa-20',
    markets: ['EEA'],
    proofWithin: { days: 7 },
    restoreWithin: { days: 7 },
    basis: {
      zh: '《数字服务法》第 20 条：不得无故拖延；七天是平台标准',
      en: 'DSA art. 20: without undue delay; seven days are the platform’s own measure',
    },
    verification: 'unverified',
  },
]

const elsewhere: CounterRule = {
  id: 'platform',
  markets: ['*'],
  proofWithin: { days: 15 },
  restoreWithin: { days: 15 },
  basis: { zh: '平台标准', en: 'platform' },
  verification: 'platform',
}

/** The rule for a claim in these markets: the first that is for one of them. */
export function counterRuleOf(markets: readonly string[]): CounterRule {
  return (
    counterRules.find((rule) =>
      rule.markets.some((name) => markets.some((market) => marketMembers(name).has(market))),
    ) ?? elsewhere
  )
}

export interface CounterTimer {
  readonly rule: string
  readonly proofUntil: number
  readonly restoreBy: number
}

/** The times that follow from a counter-notice at `at`; nothing is stored, so a change of holidays counts at once. */
export function counterTimer(at: number, markets: readonly string[], calendarOf: CalendarOf): CounterTimer {
  const rule = counterRuleOf(markets)
  const market = markets.find((one) => rule.markets.some((name) => marketMembers(name).has(one))) ?? null
  const calendar = calendarOf(market)
  return {
    rule: rule.id,
    proofUntil: after(at, rule.proofWithin, calendar),
    restoreBy: after(at, rule.restoreWithin, calendar),
  }
}
