import type { Value } from '../../kernel/values.ts'

/** Labelled events as a table: a row an event in journal order, oldest first. */
export interface LabelledTable {
  readonly columns: readonly TableColumn[]
  /** True = the label that is looked for. */
  readonly positive: readonly boolean[]
}

export interface TableColumn {
  /** How a condition writes it. */
  readonly sql: string
  readonly type: 'number' | 'text' | 'boolean' | 'list'
  readonly values: readonly Value[]
}

/** An atomic condition and the rows on which it is true. */
export interface Literal {
  readonly sql: string
  /** Of one column and direction only one literal is of use in a rule. */
  readonly family: string
  readonly bits: Uint32Array
  /** Simpler ones go first among equals. */
  readonly weight: number
}

/** Labels of each side without which nothing is looked for. */
export const fewest = 20

/** Literals joined by AND, with the rows that they hit. */
export interface Rule {
  readonly literals: readonly Literal[]
  readonly bits: Uint32Array
  readonly hits: number
  readonly positives: number
  /** Lower end of the Wilson interval of its precision at 95 %. */
  readonly low: number
}

export interface Estimate {
  readonly value: number
  readonly low: number
  readonly high: number
  readonly n: number
}

/** Names of columns that tell who or which one it was; a rule about them would only remember. */
const identities = new Set(
  `id source subject time logged_at position device_id ip phone email address payment_instrument payout_account tracking
  images video media_url products documents.numbers`.split(/\s+/),
)

/** Whether a rule may speak of a column: not of ids, times and what stands for one thing or person. */
export function isMinable(name: string): boolean {
  const last = name.split('.').at(-1) ?? name
  return !identities.has(name) && !/(^|_)ids?$/.test(last) && !/(^|_)(uuid|guid|hash|token|number|no)$/.test(last)
}

/** The condition as SQL, the way a person writes it: one part a line when there are several. */
export const ruleSql = (rule: Pick<Rule, 'literals'>): string => rule.literals.map(({ sql }) => sql).join(' AND ')
