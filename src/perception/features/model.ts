import type { ColumnType, Resolve, Row, Value } from '../../kernel/values.ts'

export const aggregates = ['count', 'sum', 'avg', 'min', 'max', 'first', 'last', 'seconds_since_last'] as const

/** What a window computes. `seconds_since_last` = seconds from the previous event of the key to this one. */
export type Aggregate = (typeof aggregates)[number]

/** A scalar of an event: compiled SQL, or a hand-written function. */
export type Scalar = (row: Row, resolve: Resolve) => Value

/**
 * One window aggregate as plain functions: `agg(value) FILTER (WHERE filter) OVER (PARTITION BY key ORDER BY logged_at
 * RANGE BETWEEN INTERVAL range PRECEDING AND CURRENT ROW)`.
 *
 * `partitionId`, `filterId` and `valueId` say that two plans mean the same thing by it: their functions are then called
 * once per event and their storage is shared. Without an id only the very same function is recognised as the same.
 */
export interface FeaturePlan {
  readonly id: string
  readonly aggregate: Aggregate
  /** `agg(DISTINCT x)`: for count, sum and avg; without effect on min and max. */
  readonly distinct: boolean
  /** Width of the closed frame `[t - range, t]` in microseconds; null = everything before. */
  readonly rangeMicros: number | null
  /** Canonical text of the PARTITION BY values, see `partitionKey`. */
  readonly key: (row: Row, resolve: Resolve) => string
  /** The argument; absent for `count(*)`, and for `seconds_since_last` where every event of the key counts. */
  readonly value?: Scalar
  /** FILTER (WHERE …): only TRUE lets an event in. */
  readonly filter?: Scalar
  /** Type of the result. */
  readonly type: ColumnType
  readonly partitionId?: string
  readonly filterId?: string
  readonly valueId?: string
  /** Text that changes when the meaning changes (the canonical SQL); a snapshot is only trusted where it is equal. */
  readonly fingerprint?: string
}

/** Largest frame: 400 days, so that a year with room to spare fits and a slip of a unit is noticed. */
export const largestRangeMicros = 400 * 86_400_000_000

/**
 * Refuses plans that the store could not compute exactly.
 * @throws Error that names plan, field, value and fix.
 */
export function checkPlan(plan: FeaturePlan): void {
  const fail = (field: string, found: unknown, fix: string): never => {
    throw new Error(`feature "${plan.id}": ${field} is ${JSON.stringify(found)}; ${fix}`)
  }
  if (!aggregates.includes(plan.aggregate)) fail('aggregate', plan.aggregate, `use one of ${aggregates.join(', ')}`)
  const range = plan.rangeMicros
  if (range !== null && !(Number.isInteger(range) && range >= 0 && range <= largestRangeMicros))
    fail('rangeMicros', range, `use whole microseconds from 0 to ${largestRangeMicros}, or null for no lower bound`)
  const free = plan.aggregate === 'count' || plan.aggregate === 'seconds_since_last'
  if (!plan.value && (!free || plan.distinct)) fail('value', null, `${plan.aggregate} needs an argument`)
  const undistinct = plan.aggregate === 'first' || plan.aggregate === 'last' || plan.aggregate === 'seconds_since_last'
  if (plan.distinct && undistinct) fail('distinct', true, `DISTINCT has no meaning for ${plan.aggregate}; leave it out`)
}

/** Text that stands for the plan's meaning in a snapshot. */
export function planFingerprint(plan: FeaturePlan): string {
  if (plan.fingerprint !== undefined) return `${plan.id} ${plan.fingerprint}`
  const { id, aggregate, distinct, rangeMicros, type } = plan
  const texts = [plan.key, plan.value, plan.filter].map(String)
  const ids = [plan.partitionId, plan.valueId, plan.filterId]
  return JSON.stringify([id, aggregate, distinct, rangeMicros, type, ids, texts])
}

/**
 * Joins the PARTITION BY values to one text, differently for different values: NULL is a partition of its own, NaN
 * equals NaN, and 0 equals -0, as in DuckDB. Two rows of the same feature have the same types, so types are not marked.
 */
export function partitionKey(values: readonly Value[]): string {
  const [only] = values
  if (values.length === 1 && only !== undefined) return partitionPart(only)
  let key = ''
  for (const value of values) {
    const part = partitionPart(value)
    key += `${part.length}:${part}`
  }
  return key
}

function partitionPart(value: Value): string {
  if (value === null) return '\0'
  if (typeof value === 'string') return value.charCodeAt(0) === 0 ? `\0${value}` : value
  if (typeof value === 'object') return JSON.stringify(value)
  return String(value)
}
