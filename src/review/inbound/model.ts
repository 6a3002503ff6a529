import { createHash } from 'node:crypto'
import { isMarket, marketMembers } from '../../vocabulary/markets.ts'
import { kindRules, type NoticeField, type NoticeKind } from './kinds.ts'

/** Where a notice stands. `held`: its source is suspended for misuse, so processing waits. */
export type NoticeStatus = 'received' | 'held' | 'case' | 'decided' | 'informed' | 'withdrawn' | 'rejected'
export const noticeStatuses: readonly NoticeStatus[] = [
  'received',
  'held',
  'case',
  'decided',
  'informed',
  'withdrawn',
  'rejected',
]

/**
 * What happens to a notice. `acknowledged`: the authority was told of receipt; `bundled`: it went into a case, its own or
 * that of an earlier notice; `revised`: an appeal changed what was decided.
 */
export type NoticeEventType =
  | 'acknowledged'
  | 'held'
  | 'released'
  | 'bundled'
  | 'decided'
  | 'informed'
  | 'revised'
  | 'withdrawn'
  | 'rejected'

export const noticeEventTypes: readonly NoticeEventType[] = [
  'acknowledged',
  'held',
  'released',
  'bundled',
  'decided',
  'informed',
  'revised',
  'withdrawn',
  'rejected',
]

type Row = Record<NoticeEventType, NoticeStatus | null>
const nothing: Row = {
  acknowledged: null,
  held: null,
  released: null,
  bundled: null,
  decided: null,
  informed: null,
  revised: null,
  withdrawn: null,
  rejected: null,
}

/** The state machine: the next status by status and event; null = refused. */
export const noticeTransitions: Record<NoticeStatus, Row> = {
  received: {
    ...nothing,
    acknowledged: 'received',
    held: 'held',
    bundled: 'case',
    decided: 'decided',
    withdrawn: 'withdrawn',
    rejected: 'rejected',
  },
  held: { ...nothing, released: 'received', withdrawn: 'withdrawn' },
  // Bundled again: the case that it was in is gone without a decision.
  case: { ...nothing, bundled: 'case', decided: 'decided', withdrawn: 'withdrawn', rejected: 'rejected' },
  decided: { ...nothing, informed: 'informed' },
  informed: { ...nothing, revised: 'decided' },
  withdrawn: nothing,
  rejected: nothing,
}

/** The status after `type`. @throws Error when the state machine refuses it. */
export function nextStatus(status: NoticeStatus, type: NoticeEventType): NoticeStatus {
  const next = noticeTransitions[status][type]
  if (next === null) throw new Error(`a notice that is ${status} cannot be ${type}`)
  return next
}

/** Statuses in which somebody still waits for a decision. */
export const undecided: readonly NoticeStatus[] = ['received', 'held', 'case']

/** What came of a notice. `referred`: it is about service, and was passed on. */
export type NoticeOutcome = 'action' | 'no_action' | 'evidence_asked' | 'referred'

/** What a case outcome means for those who gave notice; null = the case goes on. */
export function noticeOutcome(outcome: string | null): NoticeOutcome | null {
  switch (outcome) {
    case 'allow':
      return 'no_action'
    case 'label':
    case 'restrict_market':
    case 'remove':
    case 'remove_and_points':
      return 'action'
    case 'request_evidence':
      return 'evidence_asked'
    default:
      return null
  }
}

/** True = the notice was right, false = it was not, null = it says nothing about the source. */
export function foundedBy(outcome: NoticeOutcome): boolean | null {
  return outcome === 'action' ? true : outcome === 'no_action' ? false : null
}

/** What a notice says, by field, whichever way it came. */
export type NoticeContent = { readonly [Field in NoticeField]?: unknown }

const isThere = (field: NoticeField, value: unknown): boolean => {
  if (field === 'good_faith' || field === 'perjury') return value === true
  if (Array.isArray(value)) return value.length > 0
  const text = typeof value === 'string' ? value.trim() : ''
  return field === 'text' ? text.length >= 10 : text.length > 0
}

/**
 * Fields that a notice of this kind must have in these markets and does not. Names are not asked for where a child is abused
 * (DSA art. 16(2)(c)), and a person without an account may stay without a name in a user report.
 */
export function missingFields(kind: NoticeKind, markets: readonly string[], content: NoticeContent): NoticeField[] {
  const abuse = String(content.reason) === 'csam'
  const needed = kindRules[kind].requires
    .filter(
      (rule) =>
        rule.markets.includes('*') ||
        rule.markets.some((name) => markets.some((market) => marketMembers(name).has(market))),
    )
    .flatMap((rule) => rule.fields)
  return [...new Set(needed)].filter(
    (field) => !(abuse && (field === 'name' || field === 'email')) && !isThere(field, content[field]),
  )
}

/** Market codes of a territorial scope, groups unfolded; names that are no market are left out. */
export function marketsOf(names: readonly unknown[]): string[] {
  return [...new Set(names.map(String).flatMap((name) => (isMarket(name) ? [...marketMembers(name)] : [])))].sort()
}

/** The id of a notice: the same whenever the same source sends the same external id. */
export function noticeIdOf(source: string, externalId: string): string {
  return `ntf_${createHash('sha256').update(`${source}\n${externalId}`).digest('hex').slice(0, 24)}`
}

/** Hash of a receipt's secret; only the hash is kept. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex')

/** A name for a person by e-mail address that is the same every time and does not tell the address. */
export const personSource = (email: string): string =>
  `person-${createHash('sha256').update(email.trim().toLowerCase()).digest('hex').slice(0, 16)}`

/** Who cannot be told apart cannot be measured, warned or suspended. */
export const anonymous = 'anonymous'
