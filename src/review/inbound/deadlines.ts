import { day, hour } from '../../kernel/time.ts'
import type { Text } from '../../kernel/values.ts'
import { marketMembers } from '../../vocabulary/markets.ts'
import type { Severity } from '../../vocabulary/verdicts.ts'
import { type Calendar, weekdays } from '../calendars/index.ts'
import type { NoticeKind } from './kinds.ts'

/** An amount of calendar time, or of days on which people work. */
export type Span = { readonly hours: number } | { readonly days: number } | { readonly workingDays: number }

export interface DeadlineRule {
  readonly id: string
  readonly kinds: readonly NoticeKind[]
  /** Classes that it is for; absent = all. */
  readonly classes?: readonly string[]
  readonly markets: readonly string[]
  readonly within: Span
  readonly basis: Text
  readonly verification: 'source' | 'unverified' | 'platform'
}

/** Time to a decision by law. `unverified` ones are from memory of the law: have them checked before you rely on them. */
export const deadlineRules: readonly DeadlineRule[] = [
  {
    id: 'eu-terrorist-content',
    kinds: ['authority_order'],
    classes: ['terrorism'],
    markets: ['EU'],
    within: { hours: 1 },
    basis: { zh: '欧盟 2021/784 号条例第 3 条第 3 款：一小时', en: 'Regulation (EU) 2021/784 art. 3(3): one hour' },
    verification: 'unverified',
  },
  {
    id: 'eu-gpsr-order',
    kinds: ['authority_order'],
    classes: ['unsafe-product', 'prohibited-product'],
    markets: ['EEA'],
    within: { workingDays: 2 },
    basis: {
      zh: '《通用产品安全条例》2023/988 第 22 条第 4 款：两个工作日',
      en: 'GPSR (EU) 2023/988 art. 22(4): two working days',
    },
    verification: 'unverified',
  },
  {
    id: 'eu-gpsr-notice',
    kinds: ['user_report', 'seller_report', 'rights_notice', 'trusted_flagger', 'logistics', 'partner'],
    classes: ['unsafe-product'],
    markets: ['EEA'],
    within: { workingDays: 3 },
    basis: {
      zh: '《通用产品安全条例》2023/988 第 22 条第 12 款：三个工作日',
      en: 'GPSR (EU) 2023/988 art. 22(12): three working days',
    },
    verification: 'unverified',
  },
  {
    id: 'cn-12315-complaint',
    kinds: ['user_report'],
    markets: ['CN'],
    within: { workingDays: 7 },
    basis: { zh: '12315 投诉：七个工作日内决定是否受理', en: '12315 complaints: seven working days to accept or not' },
    verification: 'unverified',
  },
]

/** Where the law gives no number ("without undue delay"): the platform's own time by severity of the class. */
export const platformSpans: Record<Severity, Span> = {
  S1: { hours: 4 },
  S2: { hours: 24 },
  S3: { hours: 72 },
  S4: { days: 7 },
}
/** Trusted flaggers go first (DSA art. 22(1)) and authorities too: a quarter of the platform's own time. */
export const priorityKinds: ReadonlySet<NoticeKind> = new Set(['trusted_flagger', 'authority_order'])
export const priorityShare = 0.25

/** When people work in a market; see {@link calendarsBy}. */
export type CalendarOf = (market: string | null) => Calendar

/** The calendar of a market among `calendars` (by the ids `cn`, `us`, `eu`): Monday to Friday in UTC where there is none. */
export function calendarsBy(calendars: ReadonlyMap<string, Calendar>): CalendarOf {
  return (market) => {
    const id = market === null ? '' : marketMembers('EEA').has(market) ? 'eu' : market.toLowerCase()
    return calendars.get(id) ?? weekdays
  }
}

/** `from` plus a span, in microseconds. */
export function after(from: number, span: Span, calendar: Calendar): number {
  if ('hours' in span) return from + span.hours * hour
  return 'days' in span ? from + span.days * day : calendar.addDays(from, span.workingDays)
}

export interface DeadlineQuestion {
  readonly kind: NoticeKind
  readonly classId: string
  readonly severity: Severity
  /** Markets that it concerns; empty = not said. */
  readonly markets: readonly string[]
  readonly from: number
}

/** When a notice must be decided, and by which rule: the earliest of all rules that apply in one of its markets. */
export function deadlineOf(
  { kind, classId, severity, markets, from }: DeadlineQuestion,
  calendarOf: CalendarOf,
): { due: number; rule: string } {
  const share = priorityKinds.has(kind) ? priorityShare : 1
  const own = from + (after(from, platformSpans[severity], calendarOf(null)) - from) * share
  const found = deadlineRules.flatMap((rule) => {
    if (!rule.kinds.includes(kind) || (rule.classes && !rule.classes.includes(classId))) return []
    const members = new Set(rule.markets.flatMap((name) => [...marketMembers(name)]))
    return markets
      .filter((market) => members.has(market))
      .map((market) => ({ due: after(from, rule.within, calendarOf(market)), rule: rule.id }))
  })
  return [{ due: own, rule: 'platform' }, ...found].reduce((first, next) => (next.due < first.due ? next : first))
}
