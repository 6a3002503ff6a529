import { actionTitle } from '../actions/index.ts'
import type { StatementSource } from './source.ts'

const subjects: Readonly<Record<string, string>> = {
  listing: 'a product listing',
  ad: 'an advertisement',
  content: 'a posted text',
  video: 'a short video',
  live: 'a live segment',
  shop: 'a shop',
  creator: 'a creator profile',
  account: 'an account',
  order: 'an order',
  report: 'a report',
}

/**
 * The facts in standard words, at most 5000 characters. Says which fields matched which terms of our own word lists;
 * never quotes what a person wrote and never names a person, an account or an address (DSA art. 24(5)).
 */
export function factsOf(source: StatementSource): string {
  const { action, decision, policy, points, decidedBy, noticeFrom } = source
  const live = decision.findings.filter((finding) => finding.mode === 'live')
  const relevant =
    policy && live.some((finding) => finding.policy === policy.id)
      ? live.filter((finding) => finding.policy === policy.id)
      : live
  const found = relevant.flatMap((finding) => finding.evidence)
  const fields = [...new Set(found.map((item) => item.field))].slice(0, 12)
  const terms = [...new Set(found.flatMap((item) => item.tag ?? []))].slice(0, 12)
  const rules = [...new Set(relevant.map((finding) => `${finding.strategy} version ${finding.version}`))].slice(0, 8)
  const lines = [
    `The decision concerns ${subjects[action.target_type] ?? 'content'} on the marketplace. Measure: ${actionTitle(action.kind).en.toLowerCase()}.`,
    noticeFrom
      ? `The matter was brought up by a notice (${noticeFrom.replaceAll('_', ' ')}).`
      : 'The matter was found by own-initiative checks.',
    rules.length > 0 ? `Checks that applied: ${rules.join('; ')}.` : '',
    fields.length > 0 ? `Parts of the content that they rest on: ${fields.join(', ')}.` : '',
    terms.length > 0 ? `Groups of terms that matched: ${terms.join(', ')}.` : '',
    policy ? `What is wrong: ${policy.notice.what.en}` : '',
    points > 0 ? `${points} points were recorded for the account.` : '',
    decidedBy === 'strategy' ? 'The decision was taken by automated means.' : 'The decision was taken by a reviewer.',
  ]
  return withoutPersonalData(lines.filter((line) => line !== '').join(' ')).slice(0, 5000)
}

const personal: readonly [pattern: RegExp, name: string][] = [
  [/[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}.-]{1,190}\.\p{L}{2,24}/gu, '[email]'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, '[address]'],
  // Dates are no numbers of a person.
  [/(?<!\d)(?!\d{4}-\d{2}-\d{2}(?!\d))\+?\d(?:[ ().-]?\d){6,18}/g, '[number]'],
]

/** Takes out what looks like an e-mail address, an IP address or a telephone, account or card number. */
export function withoutPersonalData(text: string): string {
  return personal.reduce((rest, [pattern, name]) => rest.replaceAll(pattern, name), text)
}

/** The first thing in a text that looks like personal data, or null. */
export function personalDataIn(text: string): string | null {
  for (const [pattern] of personal) {
    const found = text.match(pattern)?.[0]
    if (found !== undefined) return found
  }
  return null
}
