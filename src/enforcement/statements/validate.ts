import type { Text } from '../../kernel/values.ts'
import * as schema from './schema.ts'

/** Why the official validator would refuse a statement: attribute, rule, both texts. */
export interface StatementProblem {
  readonly field: string
  readonly rule: 'required' | 'array' | 'in' | 'max' | 'date' | 'before' | 'after' | 'url' | 'format' | 'key'
  readonly message: Text
}

type Payload = Readonly<Record<string, unknown>>
/** Returns the problem, or null when the value passes. Implicit checks also run when there is no value. */
interface Check {
  readonly implicit?: boolean
  run(field: string, value: unknown, payload: Payload): StatementProblem | null
}
/** `excluded` drops an attribute before the checks that follow it in the list, as the official rules are ordered. */
interface Attribute {
  readonly nullable?: boolean
  readonly first?: readonly Check[]
  readonly excluded?: (payload: Payload) => boolean
  readonly checks: readonly Check[]
}

const say = (field: string, rule: StatementProblem['rule'], zh: string, en: string): StatementProblem => ({
  field,
  rule,
  message: { zh: `${field}：${zh}`, en: `The ${field.replaceAll('_', ' ')} field ${en}.` },
})

function isFilled(value: unknown): boolean {
  if (value === undefined || value === null) return false
  if (typeof value === 'string') return value.trim() !== ''
  return typeof value !== 'object' || Object.keys(value).length > 0
}

/** Lists arrive as arrays; the official validator also takes the values of an object. */
const listOf = (value: unknown): unknown[] | null =>
  typeof value === 'object' && value !== null ? Object.values(value) : null
const textOf = (value: unknown): string | null =>
  typeof value === 'string' ? value : typeof value === 'number' && Number.isFinite(value) ? String(value) : null
const has = (payload: Payload, field: string, wanted: string): boolean =>
  payload[field] === wanted || (listOf(payload[field])?.includes(wanted) ?? false)

const required: Check = {
  implicit: true,
  run: (field, value) => (isFilled(value) ? null : say(field, 'required', '必填', 'is required')),
}
const requiredWhen = (when: (payload: Payload) => boolean): Check => ({
  implicit: true,
  run: (field, value, payload) =>
    !when(payload) || isFilled(value) ? null : say(field, 'required', '在此情形下必填', 'is required in this case'),
})
const requiredWithout = (others: readonly string[]): Check => ({
  implicit: true,
  run: (field, value, payload) =>
    isFilled(value) || others.some((other) => isFilled(payload[other]))
      ? null
      : say(
          field,
          'required',
          `${others.join('、')} 都没有时必填`,
          `is required when none of ${others.join(' / ')} are present`,
        ),
})
const list: Check = {
  run: (field, value) => (listOf(value) ? null : say(field, 'array', '必须是数组', 'must be an array')),
}
/** The literal text "null" passes nullable enums: the official rule lists it. */
const oneOf = (values: readonly string[], nullable = false): Check => ({
  run(field, value) {
    const found = textOf(value)
    return found !== null && (values.includes(found) || (nullable && found === 'null'))
      ? null
      : say(field, 'in', '不在允许的取值内', 'is not one of the allowed values')
  },
})
const everyOf = (values: readonly string[], nullable = false): Check => ({
  run: (field, value, payload) =>
    (listOf(value) ?? [value])
      .map((item) => oneOf(values, nullable).run(field, item, payload))
      .find((found) => found !== null) ?? null,
})
const atMost = (most: number): Check => ({
  run(field, value) {
    const found = value === null ? '' : textOf(value)
    return found !== null && [...found].length <= most
      ? null
      : say(field, 'max', `最多 ${most} 个字符`, `must be text of at most ${most} characters`)
  },
})
const date: Check = {
  run: (field, value) =>
    typeof value === 'string' && isDate(value)
      ? null
      : say(field, 'date', '必须是 YYYY-MM-DD', 'does not match the format YYYY-MM-DD'),
}
const notBefore = (first: string): Check => ({
  run: (field, value) =>
    typeof value !== 'string' || !isDate(value) || value >= first
      ? null
      : say(field, 'after', `不得早于 ${first}`, `must be a date after or equal to ${first}`),
})
const notAfter = (last: string): Check => ({
  run: (field, value) =>
    typeof value !== 'string' || !isDate(value) || value <= last
      ? null
      : say(field, 'before', `不得晚于 ${last}`, `must be a date before or equal to ${last}`),
})
const url: Check = {
  run: (field, value) =>
    typeof value === 'string' && isUrl(value) ? null : say(field, 'url', '不是有效的网址', 'must be a valid URL'),
}
const puid: Check = {
  run(field, value) {
    const found = textOf(value)
    return found !== null && /^[a-zA-Z0-9_-]+$/.test(found)
      ? null
      : say(field, 'format', '只能含字母、数字、- 和 _', 'may only hold letters, digits, - and _')
  },
}
const contentId: Check = {
  run(field, value) {
    if (typeof value !== 'object' || value === null)
      return say(field, 'array', '必须是键值对', 'must hold a key and a value')
    const extra = Object.keys(value).find((key) => key !== 'EAN-13')
    if (extra !== undefined) return say(field, 'key', '只接受 EAN-13', 'takes only the key EAN-13')
    const ean = textOf((value as Record<string, unknown>)['EAN-13'] ?? '')
    return Object.keys(value).length === 0 || (ean !== null && /^[0-9]{13}$/.test(ean))
      ? null
      : say(field, 'format', 'EAN-13 必须是 13 位数字', 'must hold 13 digits under EAN-13')
  },
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const time = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === text
}

/** True for an absolute URL with a host: what the database takes as a reference. */
export function isUrl(text: string): boolean {
  if (/\s/.test(text) || !/^[a-z][a-z0-9+.-]*:\/\/[^/?#]+/i.test(text)) return false
  return URL.canParse(text)
}

const lastDay = '2038-01-01'
const restrictions = ['decision_visibility', 'decision_monetary', 'decision_provision', 'decision_account'] as const
const without = (field: (typeof restrictions)[number]): Check =>
  requiredWithout(restrictions.filter((other) => other !== field))
const ground = (wanted: string) => (payload: Payload) => payload['decision_ground'] === wanted
const illegal = ground('DECISION_GROUND_ILLEGAL_CONTENT')
const incompatible = ground('DECISION_GROUND_INCOMPATIBLE_CONTENT')
const not = (test: (payload: Payload) => boolean) => (payload: Payload) => !test(payload)
const other = (field: string, value: string) => (payload: Payload) => has(payload, field, value)
const because = (when: (payload: Payload) => boolean, most: number): Attribute => ({
  excluded: not(when),
  checks: [requiredWhen(when), atMost(most)],
})
/** The official rules check the length of these before they exclude them. */
const otherText = (when: (payload: Payload) => boolean): Attribute => ({
  first: [atMost(500)],
  excluded: not(when),
  checks: [requiredWhen(when)],
})
const end: Attribute = { nullable: true, checks: [date, notAfter(lastDay)] }

const attributes: Readonly<Record<string, Attribute>> = {
  decision_visibility: {
    nullable: true,
    checks: [list, everyOf(schema.decisionVisibilities, true), without('decision_visibility')],
  },
  decision_visibility_other: otherText(other('decision_visibility', 'DECISION_VISIBILITY_OTHER')),
  decision_monetary: { nullable: true, checks: [oneOf(schema.decisionMonetaries, true), without('decision_monetary')] },
  decision_monetary_other: because((payload) => payload['decision_monetary'] === 'DECISION_MONETARY_OTHER', 500),
  decision_provision: {
    nullable: true,
    checks: [oneOf(schema.decisionProvisions, true), without('decision_provision')],
  },
  decision_account: { nullable: true, checks: [oneOf(schema.decisionAccounts, true), without('decision_account')] },
  account_type: { nullable: true, checks: [oneOf(schema.accountTypes, true)] },
  decision_ground: { checks: [required, oneOf(schema.decisionGrounds)] },
  decision_ground_reference_url: { nullable: true, checks: [url, atMost(500)] },
  illegal_content_legal_ground: because(illegal, 500),
  illegal_content_explanation: because(illegal, 2000),
  incompatible_content_ground: because(incompatible, 500),
  incompatible_content_explanation: because(incompatible, 2000),
  incompatible_content_illegal: { first: [oneOf(schema.yesNo)], excluded: not(incompatible), checks: [] },
  content_type: { checks: [list, required, everyOf(schema.contentTypes)] },
  content_type_other: otherText(other('content_type', 'CONTENT_TYPE_OTHER')),
  category: { checks: [required, oneOf(schema.categories)] },
  category_addition: { checks: [list, everyOf(schema.categories)] },
  category_specification: { nullable: true, checks: [list, everyOf(schema.keywords, true)] },
  category_specification_other: { checks: [atMost(500)] },
  territorial_scope: { nullable: true, checks: [list, everyOf(schema.territories)] },
  content_language: { nullable: true, checks: [oneOf(schema.languages)] },
  content_date: { checks: [required, date, notBefore('2000-01-01'), notAfter(lastDay)] },
  content_id: { nullable: true, checks: [contentId] },
  application_date: { checks: [required, date, notBefore('2020-01-01'), notAfter(lastDay)] },
  end_date_visibility_restriction: end,
  end_date_monetary_restriction: end,
  end_date_service_restriction: end,
  end_date_account_restriction: end,
  decision_facts: { checks: [required, atMost(5000)] },
  source_type: { checks: [required, oneOf(schema.sourceTypes)] },
  source_identity: {
    nullable: true,
    excluded: (payload) => payload['source_type'] === 'SOURCE_VOLUNTARY',
    checks: [atMost(500)],
  },
  automated_detection: { checks: [required, oneOf(schema.yesNo)] },
  automated_decision: { checks: [required, oneOf(schema.automatedDecisions)] },
  puid: { checks: [required, atMost(500), puid] },
}

/**
 * Everything for which the DSA Transparency Database would answer 422, by attribute; empty = it would be created.
 * Follows the rules of the official validator (commit 69e80a0): unknown attributes are ignored, an empty text counts as absent,
 * an attribute that the ground excludes is not looked at. That a `puid` is new on the platform only the database can tell.
 */
export function validateStatement(payload: unknown): StatementProblem[] {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload))
    return [
      {
        field: '',
        rule: 'array',
        message: { zh: '理由说明必须是 JSON 对象', en: 'A statement must be a JSON object.' },
      },
    ]
  const given = payload as Payload
  return Object.entries(attributes).flatMap(([field, attribute]) => check(field, attribute, given))
}

function check(field: string, attribute: Attribute, payload: Payload): StatementProblem[] {
  const value = payload[field]
  const blank = typeof value === 'string' && value.trim() === ''
  const run = (checks: readonly Check[]) =>
    checks.flatMap((found) => {
      const skipped = value === undefined || blank || (value === null && attribute.nullable)
      return skipped && !found.implicit ? [] : (found.run(field, value, payload) ?? [])
    })
  const before = run(attribute.first ?? [])
  return attribute.excluded?.(payload) ? before : [...before, ...run(attribute.checks)]
}

/** Most statements that the database takes in one call; one bad statement refuses them all. */
export const batchMost = 100

/** Errors of a batch as the database keys them (`statement_0` …); empty = all would be created. */
export function validateBatch(statements: readonly unknown[]): Record<string, StatementProblem[]> {
  if (statements.length < 1 || statements.length > batchMost)
    return {
      statements: [
        {
          field: 'statements',
          rule: 'max',
          message: { zh: '每批 1 到 100 条', en: `The statements field must have between 1 and ${batchMost} items.` },
        },
      ],
    }
  const seen = new Set<unknown>()
  const problems: Record<string, StatementProblem[]> = {}
  for (const [index, statement] of statements.entries()) {
    const found = validateStatement(statement)
    const id = (statement as { puid?: unknown } | null)?.puid
    if (id !== undefined && seen.has(id))
      found.push(say('puid', 'format', '在本批中重复', 'is not unique within this call'))
    seen.add(id)
    if (found.length > 0) problems[`statement_${index}`] = found
  }
  return problems
}
