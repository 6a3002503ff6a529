import { formatTime, parseTime } from '../../kernel/time.ts'
import type { CloudEvent } from '../../vocabulary/events/index.ts'
import { marketMembers } from '../../vocabulary/markets.ts'
import type { Policy } from '../../vocabulary/packs/index.ts'
import type { ActionRow } from '../actions/index.ts'
import { actionKind } from '../actions/index.ts'
import { factsOf } from './facts.ts'
import { endDates, restrictionOf } from './restrictions.ts'
import { languages, type Statement, territories } from './schema.ts'
import type { StatementSource } from './source.ts'
import { isUrl } from './validate.ts'

/** True for the actors of the ledger that are no person. */
export const isAutomatic = (actor: string): boolean => actor === 'strategy' || actor === 'system'

const territorySet = new Set(territories)

/** The EU and EEA states among the markets of an action, sorted; `*` is all of them. */
export function territorialScope(markets: readonly string[]): string[] {
  const codes = markets.includes('*') ? territories : markets.flatMap((market) => [...marketMembers(market)])
  return [
    ...new Set(codes.map((code) => (code === 'EL' ? 'GR' : code)).filter((code) => territorySet.has(code))),
  ].sort()
}

/** True when DSA art. 17 asks for a statement: a restriction, not the taking back of one, that applies in the EU or EEA. */
export function needsStatement(action: Pick<ActionRow, 'kind' | 'inverse_of' | 'markets'>): boolean {
  return (
    action.inverse_of === null &&
    (actionKind(action.kind)?.restrictive ?? false) &&
    territorialScope(JSON.parse(action.markets) as string[]).length > 0
  )
}

/**
 * The id under which the database knows the statement of an action: letters, digits, - and _ only, one for one
 * (`-` becomes `--`, any other sign `-` and `_`, e.g. `act_dec_0k.0` → `act_dec_0k-_0`).
 */
export function puidOf(actionId: string): string {
  return actionId.replaceAll('-', '--').replaceAll(/[^A-Za-z0-9_-]/g, '-_')
}

/** The statement of reasons for one action, or null when none is due. Carries no personal data and no id of a person. */
export function statementOf(source: StatementSource): Statement | null {
  const { action, event } = source
  if (!needsStatement(action)) return null
  const restriction = restrictionOf(action.kind)
  const until = action.until === null ? null : formatTime(action.until).slice(0, 10)
  const language = languageOf(event)
  const ean = eanOf(event)
  return {
    puid: puidOf(action.action_id),
    ...restriction,
    ...endDates(restriction, until),
    ...accountOf(action.party_type),
    ...groundOf(source.policy),
    ...contentOf(action.target_type, event),
    ...categoryOf(source),
    territorial_scope: territorialScope(JSON.parse(action.markets) as string[]),
    ...(language ? { content_language: language } : {}),
    ...(ean ? { content_id: { 'EAN-13': ean } } : {}),
    content_date: dayOf(parseTime(event.time ?? '') ?? action.at),
    application_date: dayOf(action.at),
    decision_facts: factsOf(source),
    source_type: sourceTypeOf(source.noticeFrom ?? null),
    automated_detection: detectedByUs(source) ? 'Yes' : 'No',
    automated_decision: automationOf(source),
  }
}

const dayOf = (micros: number): string => formatTime(micros).slice(0, 10)

/** A strategy that fired live is automated detection, unless a notice brought the matter up. */
function detectedByUs({ decision, decidedBy, noticeFrom }: StatementSource): boolean {
  return decidedBy === 'strategy' || (!noticeFrom && decision.findings.some((finding) => finding.mode === 'live'))
}

/** Fully: nobody looked. Partially: a person decided on what a strategy proposed. Not: a person decided without a proposal. */
function automationOf({ decision, decidedBy }: StatementSource): string {
  if (decidedBy === 'strategy') return 'AUTOMATED_DECISION_FULLY'
  return decision.findings.some((finding) => finding.mode === 'live')
    ? 'AUTOMATED_DECISION_PARTIALLY'
    : 'AUTOMATED_DECISION_NOT_AUTOMATED'
}

/** Source by who gave notice; trusted flaggers and art. 16 notices are kept apart, as the database asks. */
export function sourceTypeOf(noticeFrom: string | null): string {
  switch (noticeFrom) {
    case null:
      return 'SOURCE_VOLUNTARY'
    case 'trusted_flagger':
      return 'SOURCE_TRUSTED_FLAGGER'
    case 'authority':
    case 'logistics':
    case 'partner':
      return 'SOURCE_TYPE_OTHER_NOTIFICATION'
    default:
      return 'SOURCE_ARTICLE_16'
  }
}

/** Sellers and advertisers trade; an account of a buyer is private. Creators may be either, so nothing is said. */
function accountOf(party: string | null): Partial<Statement> {
  if (party === 'seller' || party === 'advertiser') return { account_type: 'ACCOUNT_TYPE_BUSINESS' }
  return party === 'account' ? { account_type: 'ACCOUNT_TYPE_PRIVATE' } : {}
}

/** A policy with a legal basis states illegality, one without a breach of the terms. */
function groundOf(policy: Policy | undefined): Pick<Statement, 'decision_ground'> & Partial<Statement> {
  const why = policy
    ? `${policy.title.en}. ${policy.notice.what.en}`.slice(0, 2000)
    : 'The content breaks the terms and conditions of the platform.'
  const basis = policy?.legal_basis
  const url =
    basis?.url && isUrl(basis.url) && basis.url.length <= 500 ? { decision_ground_reference_url: basis.url } : {}
  if (basis)
    return {
      decision_ground: 'DECISION_GROUND_ILLEGAL_CONTENT',
      illegal_content_legal_ground: `${basis.instrument} ${basis.article ?? ''}`.trim().slice(0, 500),
      illegal_content_explanation: why,
      ...url,
    }
  const ground = policy
    ? `Terms and conditions, policy ${policy.id} version ${policy.version}: ${policy.title.en}`
    : 'Terms and conditions'
  return {
    decision_ground: 'DECISION_GROUND_INCOMPATIBLE_CONTENT',
    incompatible_content_ground: ground.slice(0, 500),
    incompatible_content_explanation: why,
  }
}

const otherContent: Readonly<Record<string, string>> = {
  shop: 'Shop',
  creator: 'Creator profile',
  account: 'Account',
  order: 'Order',
  report: 'Report',
}

function contentOf(subject: string, event: CloudEvent): Pick<Statement, 'content_type'> & Partial<Statement> {
  const kinds = new Set<string>()
  const images = event.data['images']
  if (subject === 'listing') kinds.add('PRODUCT')
  if (subject === 'ad' || subject === 'content') kinds.add('TEXT')
  if (subject === 'video' || subject === 'live' || (subject === 'ad' && event.data['video'])) kinds.add('VIDEO')
  if (subject !== 'listing' && kinds.size > 0 && Array.isArray(images) && images.length > 0) kinds.add('IMAGE')
  if (kinds.size > 0) return { content_type: [...kinds].sort().map((kind) => `CONTENT_TYPE_${kind}`) }
  return { content_type: ['CONTENT_TYPE_OTHER'], content_type_other: otherContent[subject] ?? subject.slice(0, 500) }
}

function categoryOf({ policy }: StatementSource): Pick<Statement, 'category'> & Partial<Statement> {
  const dsa = policy?.dsa
  const keywords = dsa?.keywords ?? []
  return {
    category: dsa?.category ?? 'STATEMENT_CATEGORY_OTHER_VIOLATION_TC',
    ...(keywords.length > 0 ? { category_specification: keywords } : {}),
    ...(keywords.includes('KEYWORD_OTHER') && policy
      ? { category_specification_other: policy.title.en.slice(0, 500) }
      : {}),
  }
}

function languageOf(event: CloudEvent): string | null {
  const given = event.data['language']
  const code = typeof given === 'string' ? given.slice(0, 2).toUpperCase() : ''
  return /^[a-z]{2}([-_]|$)/i.test(String(given)) && languages.includes(code) ? code : null
}

function eanOf(event: CloudEvent): string | null {
  const attributes = event.data['attributes']
  if (typeof attributes !== 'object' || attributes === null) return null
  const found = Object.entries(attributes).find(
    ([key, value]) => /^(ean|ean_?13|gtin|gtin_?13)$/i.test(key) && /^[0-9]{13}$/.test(String(value)),
  )
  return found ? String(found[1]) : null
}
