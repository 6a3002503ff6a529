import { Type } from '@sinclair/typebox'
import type { Decision } from '../../judgement/decisions/index.ts'
import type { Text } from '../../kernel/values.ts'
import type { Policy } from '../../vocabulary/packs/index.ts'

const share = (description: string, value: number) =>
  Type.Number({ minimum: 0, maximum: 1, default: value, description })

/** Harm that wears people down, by the DSA category of a policy. */
export const harmClasses = ['violence', 'sexual', 'minors', 'self_harm', 'hate', 'animals'] as const
export type HarmClass = (typeof harmClasses)[number]

export const harmTitles: Record<HarmClass, Text> = {
  violence: { zh: '暴力', en: 'Violence' },
  sexual: { zh: '色情', en: 'Sexual content' },
  minors: { zh: '未成年人伤害', en: 'Harm to minors' },
  self_harm: { zh: '自伤', en: 'Self-harm' },
  hate: { zh: '仇恨与骚扰', en: 'Hate and harassment' },
  animals: { zh: '虐待动物', en: 'Cruelty to animals' },
}

const harmOfCategory: Readonly<Record<string, HarmClass>> = {
  VIOLENCE: 'violence',
  RISK_FOR_PUBLIC_SECURITY: 'violence',
  PROTECTION_OF_MINORS: 'minors',
  SELF_HARM: 'self_harm',
  ILLEGAL_OR_HARMFUL_SPEECH: 'hate',
  CYBER_VIOLENCE: 'hate',
  CYBER_VIOLENCE_AGAINST_WOMEN: 'hate',
  ANIMAL_WELFARE: 'animals',
}
const sexualKeywords = new Set(['ADULT_SEXUAL_MATERIAL', 'NUDITY'])

/** The harm that a case of this policy shows; null when it wears nobody down. */
export function harmClassOf(policy: Pick<Policy, 'dsa'>): HarmClass | null {
  const category = (policy.dsa?.category ?? '').replace(/^STATEMENT_CATEGORY_/, '')
  if (policy.dsa?.keywords?.some((keyword) => sexualKeywords.has(keyword.replace(/^KEYWORD_/, '')))) return 'sexual'
  return harmOfCategory[category] ?? null
}

export const strata = ['S1', 'S2', 'S3', 'S4', 'pass'] as const
export type StratumName = (typeof strata)[number]

/** What the QA lead sets; the newest row holds, the ones before tell who changed what. */
export const settingsSchema = Type.Object(
  {
    golden_share: share('part of the cases of a reviewer that have a known answer', 0.04),
    double_share: share('part of the decisions of people that a second person repeats, blind', 0),
    sample: Type.Object(
      {
        S1: share('part of the automatic restrictions of severity S1 that a person looks at', 0),
        S2: share('the same for S2', 0),
        S3: share('the same for S3', 0),
        S4: share('the same for S4', 0),
        pass: share('part of what passed that a person looks at', 0),
      },
      { default: {}, additionalProperties: false },
    ),
    budgets: Type.Object(
      Object.fromEntries(
        harmClasses.map((name) => [
          name,
          Type.Integer({ minimum: 0, default: name === 'minors' ? 15 : 60, description: 'most cases a person a day' }),
        ]),
      ),
      { default: {}, additionalProperties: false },
    ),
    rotate_after: Type.Integer({
      minimum: 1,
      default: 10,
      description: 'cases of one harm class in a row after which another kind comes',
    }),
    break_after_minutes: Type.Integer({
      minimum: 5,
      default: 50,
      description: 'minutes of work without a pause after which a break is proposed',
    }),
  },
  { additionalProperties: false },
)

export interface Settings {
  readonly golden_share: number
  readonly double_share: number
  readonly sample: Readonly<Record<StratumName, number>>
  readonly budgets: Readonly<Record<string, number>>
  readonly rotate_after: number
  readonly break_after_minutes: number
}

/** Shares to begin with: each means work for people, so somebody turns them on. The generated sample comes with them. */
export const recommendedShares = {
  golden_share: 0.04,
  double_share: 0.05,
  sample: { S1: 0.1, S2: 0.05, S3: 0.02, S4: 0.01, pass: 0.0005 },
} as const

/** The stratum that a decision is sampled in; null for what people see anyway or what only watched. */
export function stratumOf(decision: Pick<Decision, 'verdict' | 'findings'>): StratumName | null {
  if (decision.verdict === 'review') return null
  if (decision.verdict === 'pass') return 'pass'
  const live = decision.findings.filter((finding) => finding.mode === 'live')
  if (live.some((finding) => finding.verdict === 'review')) return null
  return live.map((finding) => finding.severity).sort()[0] ?? null
}

/** Whether an outcome says that something is wrong; null for outcomes that leave it open. */
export function finds(outcome: string): boolean | null {
  if (outcome === 'escalate') return null
  return outcome !== 'allow'
}

/** Whether two outcomes agree on what counts: that something is wrong, and what is done about it. */
export const sameOutcome = (a: string, b: string): boolean => a === b || (removals.has(a) && removals.has(b))
const removals = new Set(['remove', 'remove_and_points'])
