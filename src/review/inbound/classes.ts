import type { Text } from '../../kernel/values.ts'
import type { Severity } from '../../vocabulary/verdicts.ts'

/** What a notice is about: notices on one subject and of one class make one case. */
export interface PolicyClass {
  readonly id: string
  readonly title: Text
  /** Category of the DSA Transparency Database that policies of the class carry. */
  readonly category: string
  readonly severity: Severity
  /** `case` = a person decides; `refer` = not about something unlawful: passed on to customer service, counted, answered at once. */
  readonly route: 'case' | 'refer'
  /** Reasons in notices and in `report.filed`; the first stands for the class in forms. */
  readonly reasons: readonly [string, ...string[]]
}

const table: PolicyClass[] = [
  {
    id: 'intellectual-property',
    title: { zh: '知识产权、假冒', en: 'Intellectual property, counterfeit' },
    category: 'STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS',
    severity: 'S2',
    route: 'case',
    reasons: ['counterfeit', 'trademark', 'copyright', 'patent', 'design', 'geographical_indication', 'fake'],
  },
  {
    id: 'unsafe-product',
    title: { zh: '不安全产品、召回', en: 'Unsafe product, recall' },
    category: 'STATEMENT_CATEGORY_UNSAFE_AND_PROHIBITED_PRODUCTS',
    severity: 'S1',
    route: 'case',
    reasons: ['unsafe_product', 'recall', 'product_recall', 'safety_gate', 'injury'],
  },
  {
    id: 'prohibited-product',
    title: { zh: '违禁商品', en: 'Prohibited goods' },
    category: 'STATEMENT_CATEGORY_UNSAFE_AND_PROHIBITED_PRODUCTS',
    severity: 'S1',
    route: 'case',
    reasons: ['prohibited_product', 'illegal_goods', 'weapons', 'drugs', 'seized'],
  },
  {
    id: 'misleading',
    title: { zh: '虚假、误导宣传', en: 'False or misleading claims' },
    category: 'STATEMENT_CATEGORY_CONSUMER_INFORMATION',
    severity: 'S3',
    route: 'case',
    reasons: ['false_advertising', 'misleading', 'hidden_advertisement', 'price_fraud'],
  },
  {
    id: 'fraud',
    title: { zh: '欺诈', en: 'Fraud and scams' },
    category: 'STATEMENT_CATEGORY_SCAMS_AND_FRAUD',
    severity: 'S2',
    route: 'case',
    reasons: ['fraud', 'scam', 'phishing', 'fake_review', 'impersonation', 'empty_parcel'],
  },
  {
    id: 'speech',
    title: { zh: '仇恨、辱骂、骚扰', en: 'Hate, insult, harassment' },
    category: 'STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH',
    severity: 'S2',
    route: 'case',
    reasons: ['hate', 'insult', 'harassment', 'defamation'],
  },
  {
    id: 'terrorism',
    title: { zh: '恐怖主义、暴力', en: 'Terrorist content, violence' },
    category: 'STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY',
    severity: 'S1',
    route: 'case',
    reasons: ['terrorism', 'violence'],
  },
  {
    id: 'minors',
    title: { zh: '危害未成年人', en: 'Harm to minors' },
    category: 'STATEMENT_CATEGORY_PROTECTION_OF_MINORS',
    severity: 'S1',
    route: 'case',
    reasons: ['minors', 'csam', 'grooming'],
  },
  {
    id: 'privacy',
    title: { zh: '侵犯隐私、个人信息', en: 'Privacy and personal data' },
    category: 'STATEMENT_CATEGORY_DATA_PROTECTION_AND_PRIVACY_VIOLATIONS',
    severity: 'S2',
    route: 'case',
    reasons: ['privacy', 'personal_data'],
  },
  {
    id: 'service',
    title: { zh: '商品质量与售后服务', en: 'Quality, delivery, service' },
    category: 'STATEMENT_CATEGORY_OTHER_VIOLATION_TC',
    severity: 'S4',
    route: 'refer',
    reasons: [
      'service',
      'late_delivery',
      'missing_part',
      'not_as_described',
      'price',
      'quality',
      'parcel_lost',
      'arrived_damaged',
      'arrived_late',
    ],
  },
  {
    id: 'other',
    title: { zh: '其他违规', en: 'Something else' },
    category: 'STATEMENT_CATEGORY_OTHER_VIOLATION_TC',
    severity: 'S3',
    route: 'case',
    reasons: ['other'],
  },
]

export const policyClasses: readonly PolicyClass[] = table
const byReason = new Map(table.flatMap((found) => found.reasons.map((reason) => [reason, found] as const)))
const byId = new Map(table.map((found) => [found.id, found]))
const other = table.at(-1) as PolicyClass

/** The class of a reason; a reason that nobody foresaw is something else, and a person looks at it. */
export const classOf = (reason: unknown): PolicyClass =>
  byReason.get(
    String(reason ?? '')
      .trim()
      .toLowerCase()
      .replaceAll(/[\s-]+/g, '_'),
  ) ?? other

export const classById = (id: string): PolicyClass => byId.get(id) ?? other

/** Reasons whose keyword in the DSA Transparency Database does not begin with their own name. */
const keywords: Readonly<Record<string, string>> = {
  counterfeit: 'TRADEMARK',
  fake: 'TRADEMARK',
  geographical_indication: 'GEOGRAPHIC',
  recall: 'UNSAFE',
  product_recall: 'UNSAFE',
  safety_gate: 'UNSAFE',
  injury: 'UNSAFE',
  fake_review: 'INAUTHENTIC_USER_REVIEWS',
  hate: 'HATE',
  false_advertising: 'MISLEADING',
}

/** How the keyword of a reason begins in the DSA Transparency Database, e.g. `KEYWORD_TRADEMARK`. */
export const keywordOf = (reason: string): string => `KEYWORD_${keywords[reason] ?? reason.toUpperCase()}`
