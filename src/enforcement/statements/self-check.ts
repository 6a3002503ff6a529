import type { Text } from '../../kernel/values.ts'
import { isAutomatic } from './compose.ts'
import { personalDataIn } from './facts.ts'
import { keywordOther, keywordsOfCategory, type Statement } from './schema.ts'
import type { StatementSource } from './source.ts'

/** A statement that the database would take although it would not be true or not be sound. */
export interface Doubt {
  readonly field: string
  readonly message: Text
}

const doubt = (field: string, zh: string, en: string): Doubt => ({ field, message: { zh, en } })

/**
 * Compares a statement with the ledger row that it is about. Large platforms sent `automated` inverted and trusted
 * flaggers mislabelled for years, with every payload valid: a schema does not see that, the ledger does.
 */
export function selfCheck(statement: Statement, source: StatementSource): Doubt[] {
  const { action, noticeFrom } = source
  const byStrategy = isAutomatic(action.actor)
  const found: (Doubt | false)[] = [
    byStrategy &&
      statement.automated_decision !== 'AUTOMATED_DECISION_FULLY' &&
      doubt('automated_decision', '台账显示由策略作出决定', 'the ledger says that a strategy took the decision'),
    !byStrategy &&
      statement.automated_decision === 'AUTOMATED_DECISION_FULLY' &&
      doubt('automated_decision', '台账显示由人作出决定', 'the ledger says that a person took the decision'),
    action.strategy !== null &&
      statement.automated_detection !== 'Yes' &&
      doubt('automated_detection', '台账显示由策略发现', 'the ledger names the strategy that found it'),
    byStrategy !== (source.decidedBy === 'strategy') &&
      doubt('automated_decision', '决定者与台账不符', 'who decided does not agree with the ledger'),
    (noticeFrom === 'trusted_flagger') !== (statement.source_type === 'SOURCE_TRUSTED_FLAGGER') &&
      doubt('source_type', '受信任举报者与来源不符', 'trusted flagger and source do not agree'),
    !noticeFrom !== (statement.source_type === 'SOURCE_VOLUNTARY') &&
      doubt('source_type', '来源与是否有举报不符', 'the source does not agree with whether there was a notice'),
    (source.policy?.legal_basis !== undefined) !== (statement.decision_ground === 'DECISION_GROUND_ILLEGAL_CONTENT') &&
      doubt(
        'decision_ground',
        '依据与规范的法律依据不符',
        'the ground does not agree with the legal basis of the policy',
      ),
    ...soundness(statement),
  ]
  return found.filter((item) => item !== false)
}

/** What is odd in a statement by itself. */
export function soundness(statement: Statement): Doubt[] {
  const allowed = new Set([
    ...(keywordsOfCategory.get(statement.category) ?? []),
    ...(statement.category_addition ?? []).flatMap((category) => keywordsOfCategory.get(category) ?? []),
    keywordOther,
  ])
  const stray = (statement.category_specification ?? []).find((keyword) => !allowed.has(keyword))
  const ends = (
    [
      'end_date_visibility_restriction',
      'end_date_monetary_restriction',
      'end_date_service_restriction',
      'end_date_account_restriction',
    ] as const
  ).filter((field) => {
    const end = statement[field]
    return typeof end === 'string' && end < statement.application_date
  })
  const texts = [
    'decision_facts',
    'illegal_content_explanation',
    'incompatible_content_explanation',
    'source_identity',
  ] as const
  return [
    ...(stray === undefined
      ? []
      : [
          doubt(
            'category_specification',
            `${stray} 不属于该类别`,
            `${stray} does not belong to ${statement.category}; name its category in category_addition`,
          ),
        ]),
    ...ends.map((field) => doubt(field, '早于生效日', 'ends before it applies')),
    ...(statement.content_date > statement.application_date
      ? [doubt('content_date', '晚于生效日', 'is after the date on which the restriction applies')]
      : []),
    ...(statement.territorial_scope.length === 0
      ? [doubt('territorial_scope', '必须写明地域', 'is empty; the documentation asks for it')]
      : []),
    ...texts.flatMap((field) => {
      const seen = personalDataIn(statement[field] ?? '')
      return seen === null ? [] : [doubt(field, '疑似个人数据', 'holds what looks like personal data')]
    }),
  ]
}
