import type { Aggregate } from './model.ts'

/** The SQL texts of one feature; each must be an expression that DuckDB accepts over the events. */
export interface WindowSql {
  readonly aggregate: Aggregate
  readonly distinct: boolean
  readonly argument: string | null
  /** Whole numbers and booleans are summed exactly by DuckDB itself; anything else needs the exact form. */
  readonly wholeNumbers: boolean
  readonly filter: string | null
  readonly partition: readonly string[]
  readonly rangeMicros: number | null
}

const scale = '1152921504606846976.0::DOUBLE' // 2^60
const limit = '1125899906842624.0::DOUBLE' // 2^50, `exactLimit`

/**
 * The DuckDB expression that equals the streaming window bit for bit over `logged_at`. All but sum and avg of DOUBLE,
 * FIRST and LAST with FILTER (which DuckDB refuses) and the time since the last event are the standard text itself.
 */
export function windowSql(feature: WindowSql): string {
  const { aggregate, argument, filter } = feature
  switch (aggregate) {
    case 'count':
      return call(feature, `count(${feature.distinct ? 'DISTINCT ' : ''}${argument ?? '*'})`, filter)
    case 'sum':
      return sumSql(feature)
    case 'avg':
      return `(${sumSql(feature)} / ${call(feature, `count(${feature.distinct ? 'DISTINCT ' : ''}${argument})`, filter)})`
    case 'first':
    case 'last':
      if (filter === null) return call(feature, `${aggregate}(${argument})`, null)
      return call(feature, `${aggregate === 'first' ? 'arg_min_null' : 'arg_max_null'}(${argument}, logged_at)`, filter)
    case 'seconds_since_last':
      return sinceSql(feature)
    default:
      return call(feature, `${aggregate}(${argument})`, filter)
  }
}

function over(feature: WindowSql, end = 'CURRENT ROW'): string {
  const partition = feature.partition.length > 0 ? `PARTITION BY ${feature.partition.join(', ')} ` : ''
  const start =
    feature.rangeMicros === null ? 'UNBOUNDED PRECEDING' : `to_microseconds(${feature.rangeMicros}) PRECEDING`
  return `OVER (${partition}ORDER BY logged_at RANGE BETWEEN ${start} AND ${end})`
}

function call(feature: WindowSql, aggregate: string, filter: string | null): string {
  return `${aggregate}${filter === null ? '' : ` FILTER (WHERE ${filter})`} ${over(feature)}`
}

const both = (filter: string | null, also: string): string => (filter === null ? also : `(${filter}) AND (${also})`)

/** A HUGEINT as the nearest DOUBLE: DuckDB's own cast rounds its two halves one after the other. */
const nearest = (huge: string): string => `((${huge})::DOUBLE + ((${huge}) - ((${huge})::DOUBLE)::HUGEINT)::DOUBLE)`

function sumSql(feature: WindowSql): string {
  const { argument, filter, distinct, wholeNumbers } = feature
  const word = distinct ? 'DISTINCT ' : ''
  if (wholeNumbers) return nearest(call(feature, `sum(${word}${argument})`, filter))
  const isSmall = `abs(${argument}) < ${limit}`
  const small = `${nearest(call(feature, `sum(${word}TRY_CAST((${argument}) * ${scale} AS HUGEINT))`, both(filter, isSmall)))} / ${scale}`
  const large = call(feature, `sum(${word}${argument})`, both(filter, `NOT (${isSmall})`))
  return `COALESCE(${small} + ${large}, ${small}, ${large})`
}

function sinceSql(feature: WindowSql): string {
  const present = feature.argument === null ? null : `(${feature.argument}) IS NOT NULL`
  const filter = present === null ? feature.filter : both(feature.filter, present)
  const where = filter === null ? '' : ` FILTER (WHERE ${filter})`
  const before = `max(logged_at)${where} ${over(feature, 'to_microseconds(1) PRECEDING')}`
  return `epoch(logged_at - ${before})`
}
