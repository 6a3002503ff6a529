import { randomOf } from './measure.ts'

/** The event of section "conditions only": 25 numbers, 7 categories, 8 flags. */
export const fieldNames = {
  numbers: Array.from({ length: 25 }, (_, index) => `n${index}`),
  categories: Array.from({ length: 7 }, (_, index) => `c${index}`),
  flags: Array.from({ length: 8 }, (_, index) => `b${index}`),
} as const

export type Fields = Record<string, number | string | boolean>

/** One comparison of a rule, in the words that every engine is given in its own language. */
export interface Comparison {
  readonly field: string
  readonly operator: '>' | '<' | '=' | '<>'
  readonly value: number | string | boolean
}

/** A rule is the AND of its comparisons. */
export type Rule = readonly Comparison[]

const categoryValues = ['alpha', 'bravo', 'charlie', 'delta', 'echo', 'foxtrot', 'golf', 'hotel']

export function makeEvents(count: number, seed = 1): Fields[] {
  const random = randomOf(seed)
  return Array.from({ length: count }, () => {
    const fields: Fields = {}
    for (const name of fieldNames.numbers) fields[name] = Math.round(random() * 100_000) / 100
    for (const name of fieldNames.categories)
      fields[name] = categoryValues[Math.floor(random() * categoryValues.length)] ?? ''
    for (const name of fieldNames.flags) fields[name] = random() < 0.5
    return fields
  })
}

/** Rules of three comparisons over random fields; about `pass` of the events satisfy each comparison of a number. */
export function makeRules(count: number, { pass = 0.45, seed = 2 } = {}): Rule[] {
  const random = randomOf(seed)
  const pick = <Item>(from: readonly Item[]): Item => from[Math.floor(random() * from.length)] as Item
  const all = [...fieldNames.numbers, ...fieldNames.categories, ...fieldNames.flags]
  const comparison = (): Comparison => {
    const field = pick(all)
    if (field.startsWith('n')) {
      const cut = Math.round((pass + (random() - 0.5) * 0.2) * 100_000) / 100
      return random() < 0.5 ? { field, operator: '<', value: cut } : { field, operator: '>', value: 1000 - cut }
    }
    if (field.startsWith('c')) return { field, operator: random() < 0.5 ? '=' : '<>', value: pick(categoryValues) }
    return { field, operator: '=', value: random() < 0.5 }
  }
  return Array.from({ length: count }, () => [comparison(), comparison(), comparison()])
}

const sqlValue = (value: Comparison['value']) => (typeof value === 'string' ? `'${value}'` : String(value))

export function toSql(rule: Rule): string {
  return rule.map(({ field, operator, value }) => `${field} ${operator} ${sqlValue(value)}`).join(' AND ')
}

const ruleOperators = { '>': 'greaterThan', '<': 'lessThan', '=': 'equal', '<>': 'notEqual' } as const

export function toJsonRule(rule: Rule, index: number) {
  return {
    conditions: {
      all: rule.map(({ field, operator, value }) => ({ fact: field, operator: ruleOperators[operator], value })),
    },
    event: { type: String(index) },
  }
}

const zenOperators = { '>': '>', '<': '<', '=': '==', '<>': '!=' } as const

/** All rules as one ZEN expression that gives the numbers of those that hold: its fastest form. */
export function toZenExpression(rules: readonly Rule[]): string {
  const parts = rules.map(
    (rule, index) =>
      `(${rule.map(({ field, operator, value }) => `${field} ${zenOperators[operator]} ${sqlValue(value)}`).join(' and ')}) ? ${index} : -1`,
  )
  return `filter([${parts.join(', ')}], # >= 0)`
}
