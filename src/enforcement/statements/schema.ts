// The attributes of the DSA Transparency Database, schema v2 (in force since 2025-07-01).
// Source: api-documentation.md of digital-services-act/transparency-database, commit 69e80a0 (CC BY 4.0, European Union).

const prefixed = (prefix: string, names: string): readonly string[] =>
  names
    .trim()
    .split(/\s+/)
    .map((name) => `${prefix}${name}`)

export const decisionVisibilities = prefixed(
  'DECISION_VISIBILITY_',
  'CONTENT_REMOVED CONTENT_DISABLED CONTENT_DEMOTED CONTENT_AGE_RESTRICTED CONTENT_INTERACTION_RESTRICTED CONTENT_LABELLED OTHER',
)
export const decisionMonetaries = prefixed('DECISION_MONETARY_', 'SUSPENSION TERMINATION OTHER')
export const decisionProvisions = prefixed(
  'DECISION_PROVISION_',
  'PARTIAL_SUSPENSION TOTAL_SUSPENSION PARTIAL_TERMINATION TOTAL_TERMINATION',
)
export const decisionAccounts = prefixed('DECISION_ACCOUNT_', 'SUSPENDED TERMINATED')
export const accountTypes = prefixed('ACCOUNT_TYPE_', 'BUSINESS PRIVATE')
export const decisionGrounds = prefixed('DECISION_GROUND_', 'ILLEGAL_CONTENT INCOMPATIBLE_CONTENT')
export const contentTypes = prefixed('CONTENT_TYPE_', 'APP AUDIO IMAGE PRODUCT SYNTHETIC_MEDIA TEXT VIDEO OTHER')
export const sourceTypes = [
  'SOURCE_ARTICLE_16',
  'SOURCE_TRUSTED_FLAGGER',
  'SOURCE_TYPE_OTHER_NOTIFICATION',
  'SOURCE_VOLUNTARY',
] as const
export const yesNo = ['Yes', 'No'] as const
export const automatedDecisions = [
  'AUTOMATED_DECISION_FULLY',
  'AUTOMATED_DECISION_PARTIALLY',
  'AUTOMATED_DECISION_NOT_AUTOMATED',
] as const

const tree: Readonly<Record<string, string>> = {
  ANIMAL_WELFARE: 'ANIMAL_HARM UNLAWFUL_SALE_ANIMALS',
  CONSUMER_INFORMATION:
    'HIDDEN_ADVERTISEMENT INSUFFICIENT_INFORMATION_ON_TRADERS MISLEADING_INFO_GOODS_SERVICES MISLEADING_INFO_CONSUMER_RIGHTS NONCOMPLIANCE_PRICING',
  CYBER_VIOLENCE:
    'CYBER_BULLYING_INTIMIDATION CYBER_HARASSMENT CYBER_INCITEMENT CYBER_STALKING NON_CONSENSUAL_IMAGE_SHARING NON_CONSENSUAL_MATERIAL_DEEPFAKE STALKING',
  CYBER_VIOLENCE_AGAINST_WOMEN:
    'BULLYING_AGAINST_GIRLS CYBER_HARASSMENT_AGAINST_WOMEN CYBER_STALKING_AGAINST_WOMEN FEMALE_GENDERED_DISINFORMATION INCITEMENT_AGAINST_WOMEN NON_CONSENSUAL_IMAGE_SHARING_AGAINST_WOMEN NON_CONSENSUAL_MATERIAL_DEEPFAKE_AGAINST_WOMEN',
  DATA_PROTECTION_AND_PRIVACY_VIOLATIONS:
    'BIOMETRIC_DATA_BREACH DATA_FALSIFICATION MISSING_PROCESSING_GROUND RIGHT_TO_BE_FORGOTTEN',
  ILLEGAL_OR_HARMFUL_SPEECH: 'DEFAMATION DISCRIMINATION HATE_SPEECH',
  INTELLECTUAL_PROPERTY_INFRINGEMENTS:
    'COPYRIGHT_INFRINGEMENT DESIGN_INFRINGEMENT GEOGRAPHIC_INDICATIONS_INFRINGEMENT PATENT_INFRINGEMENT TRADE_SECRET_INFRINGEMENT TRADEMARK_INFRINGEMENT',
  NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS:
    'MISINFORMATION_DISINFORMATION VIOLATION_EU_LAW VIOLATION_NATIONAL_LAW',
  NOT_SPECIFIED_NOTICE: '',
  OTHER_VIOLATION_TC:
    'ADULT_SEXUAL_MATERIAL AGE_SPECIFIC_RESTRICTIONS GEOGRAPHICAL_REQUIREMENTS GOODS_SERVICES_NOT_PERMITTED LANGUAGE_REQUIREMENTS NUDITY',
  PROTECTION_OF_MINORS:
    'AGE_SPECIFIC_RESTRICTIONS_MINORS CHILD_SEXUAL_ABUSE_MATERIAL CHILD_SEXUAL_ABUSE_MATERIAL_DEEPFAKE GROOMING_SEXUAL_ENTICEMENT_MINORS UNSAFE_CHALLENGES',
  RISK_FOR_PUBLIC_SECURITY: 'ILLEGAL_ORGANIZATIONS RISK_ENVIRONMENTAL_DAMAGE RISK_PUBLIC_HEALTH TERRORIST_CONTENT',
  SCAMS_AND_FRAUD:
    'IMPERSONATION_ACCOUNT_HIJACKING INAUTHENTIC_ACCOUNTS INAUTHENTIC_LISTINGS INAUTHENTIC_USER_REVIEWS PHISHING PYRAMID_SCHEMES',
  SELF_HARM: 'CONTENT_PROMOTING_EATING_DISORDERS SELF_MUTILATION SUICIDE',
  UNSAFE_AND_PROHIBITED_PRODUCTS: 'PROHIBITED_PRODUCTS UNSAFE_PRODUCTS',
  VIOLENCE: 'COORDINATED_HARM INCITEMENT_VIOLENCE_HATRED HUMAN_EXPLOITATION HUMAN_TRAFFICKING TRAFFICKING_WOMEN_GIRLS',
}

export const keywordOther = 'KEYWORD_OTHER'

/** The 16 categories with the keywords that belong to each; `KEYWORD_OTHER` goes with any. */
export const keywordsOfCategory: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(tree).map(([category, names]) => [
    `STATEMENT_CATEGORY_${category}`,
    names === '' ? [] : prefixed('KEYWORD_', names),
  ]),
)
export const categories: readonly string[] = [...keywordsOfCategory.keys()]
export const keywords: readonly string[] = [...[...keywordsOfCategory.values()].flat(), keywordOther]

/** The 30 states of the EU and EEA as the database writes them: Greece is GR. */
export const territories: readonly string[] = prefixed(
  '',
  'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK',
)

/** ISO 639-1 codes that the database takes, upper case. Greek is EL here, while Greece is GR above. */
export const languages: readonly string[] = prefixed(
  '',
  `AB AA AF AK SQ AM AR AN HY AS AV AE AY AZ BM BA EU BE BN BH BI BS BR BG MY CA KM CH CE NY ZH CU CV KW CO CR HR CS DA DV NL DZ EN EO ET EE FO FJ FI
   FR FF GD GL LG KA DE KI EL KL GN GU HT HA HE HZ HI HO HU IS IO ID IA IE IU GA IT JA JV KN KR KS KK RW KV KG KO KJ KU KY LO LA LV LB LI LN LT LU MK
   MG MS ML MT GV MI MR MH RO MN NA NV ND NG NE SE NO NB NN II OC OJ OR OM OS PI PA PS FA PL PT QU RM RN RU SM SG SA SC SR SN SD SI SK SL SO ST NR ES
   SU SW SS SV TL TY TG TA TT TE TH BO TI TO TS TN TR TK TW UG UK UR UZ VE VI VO WA CY FY WO XH YI YO ZA ZU`,
)

/** A statement of reasons as the database takes it. Absent = not sent. Dates are YYYY-MM-DD; an end date of null = indefinite. */
export interface Statement {
  readonly puid: string
  readonly decision_visibility?: readonly string[]
  readonly decision_visibility_other?: string
  readonly end_date_visibility_restriction?: string | null
  readonly decision_monetary?: string
  readonly decision_monetary_other?: string
  readonly end_date_monetary_restriction?: string | null
  readonly decision_provision?: string
  readonly end_date_service_restriction?: string | null
  readonly decision_account?: string
  readonly end_date_account_restriction?: string | null
  readonly account_type?: string
  readonly decision_ground: string
  readonly decision_ground_reference_url?: string
  readonly illegal_content_legal_ground?: string
  readonly illegal_content_explanation?: string
  readonly incompatible_content_ground?: string
  readonly incompatible_content_explanation?: string
  readonly incompatible_content_illegal?: 'Yes' | 'No'
  readonly content_type: readonly string[]
  readonly content_type_other?: string
  readonly category: string
  readonly category_addition?: readonly string[]
  readonly category_specification?: readonly string[]
  readonly category_specification_other?: string
  readonly territorial_scope: readonly string[]
  readonly content_language?: string
  readonly content_date: string
  readonly content_id?: { readonly 'EAN-13': string }
  readonly application_date: string
  readonly decision_facts: string
  readonly source_type: string
  readonly source_identity?: string
  readonly automated_detection: 'Yes' | 'No'
  readonly automated_decision: string
}
