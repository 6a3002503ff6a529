import type { Decided } from '../../judgement/decisions/index.ts'

/** What the event behind a case says that routing and priority need and the case itself does not hold. */
export interface EventFacts {
  /** ISO 639-1, from the event or from its script; null for Latin script without a word of its own. */
  readonly language: string | null
  readonly source: string
  readonly reach: number
}

const scripts: readonly [language: string, script: RegExp][] = [
  ['ja', /[\p{Script=Hiragana}\p{Script=Katakana}]/gu],
  ['ko', /\p{Script=Hangul}/gu],
  ['zh', /\p{Script=Han}/gu],
  ['th', /\p{Script=Thai}/gu],
  ['ar', /\p{Script=Arabic}/gu],
  ['ru', /\p{Script=Cyrillic}/gu],
]
const textFields = ['title', 'headline', 'text', 'body', 'description', 'caption', 'transcript', 'name']
/** One letter in five of another script makes that the language: brand names stay Latin in every language. */
const scriptShare = 0.2

export function eventFacts({ event, decision }: Pick<Decided, 'event' | 'decision'>): EventFacts {
  const { data } = event
  const reviewing = decision.findings
    .filter((finding) => finding.mode === 'live' && finding.verdict === 'review')
    .toSorted((a, b) => a.severity.localeCompare(b.severity))
  const reporter = data['reporter_kind']
  return {
    language: languageOf(data),
    source: event.type.startsWith('report.')
      ? `report:${typeof reporter === 'string' && reporter !== '' ? reporter : 'user'}`
      : `strategy:${reviewing[0]?.strategy ?? 'unknown'}`,
    reach: reachOf(data),
  }
}

function languageOf(data: Readonly<Record<string, unknown>>): string | null {
  const said = data['language']
  if (typeof said === 'string' && /^[a-z]{2}([-_]|$)/i.test(said)) return said.slice(0, 2).toLowerCase()
  const text = textFields
    .map((field) => (typeof data[field] === 'string' ? data[field] : ''))
    .join(' ')
    .slice(0, 2000)
  const letters = text.match(/\p{L}/gu)?.length ?? 0
  return scripts.find(([, script]) => (text.match(script)?.length ?? 0) > letters * scriptShare)?.[0] ?? null
}

/** Money at stake that weighs as much as reaching one person; currencies are not converted. */
const moneyPerPerson = 100

/**
 * People that the subject is expected to reach: the largest of viewers, units on offer, and money at stake
 * (amount, or price × quantity) divided by 100; at least 1.
 */
export function reachOf(data: Readonly<Record<string, unknown>>): number {
  const number = (field: string) => {
    const value = data[field]
    return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0
  }
  const money = Math.max(number('amount'), number('price') * Math.max(1, number('quantity')))
  return Math.max(1, number('viewers'), number('quantity'), money / moneyPerPerson)
}
