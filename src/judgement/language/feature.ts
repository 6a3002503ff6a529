import type { ColumnType, Layout, Text } from '../../kernel/values.ts'
import { checkNode, checkTree } from './check.ts'
import { refuse } from './convert.ts'
import { quoteName, toDuckSql } from './duck-sql.ts'
import type { CheckContext, Checked, LanguageError, ParseSql, RawNode } from './model.ts'
import { asList, asNode, locationOf, parseExpression } from './parse.ts'

export const featureAggregates = ['count', 'sum', 'avg', 'min', 'max', 'first', 'last', 'seconds_since_last'] as const
export type FeatureAggregate = (typeof featureAggregates)[number]

/** A window over the events of a key: what is aggregated, of which events, per which key, how far back. */
export interface CheckedFeature {
  readonly text: string
  readonly aggregate: FeatureAggregate
  readonly distinct: boolean
  /** Null for count(*) and for seconds_since_last. */
  readonly argument: Checked | null
  readonly filter: Checked | null
  readonly partition: readonly Checked[]
  /** Width of the frame `[logged_at - range, logged_at]`; null = everything before. */
  readonly rangeMicros: number | null
  /** Names of all columns it reads, without logged_at. */
  readonly columns: readonly string[]
  readonly type: ColumnType
  /** The same window as explicit DuckDB SQL over a table of events. */
  readonly duckSql: string
}

const orderColumn = 'logged_at'
const longestRange = 400 * 86_400_000_000

/**
 * Parses and checks one window: `agg([DISTINCT] x) [FILTER (WHERE c)] OVER (PARTITION BY k [, …] ORDER BY logged_at
 * RANGE BETWEEN INTERVAL n unit PRECEDING AND CURRENT ROW)` with count, sum, avg, min, max, first, last (with FILTER:
 * `arg_min_null(x, logged_at)`, `arg_max_null(x, logged_at)`, for DuckDB takes none on first and last); or the seconds
 * since the last event of a key: `epoch(logged_at - lag(logged_at) OVER (PARTITION BY k ORDER BY logged_at))`.
 * @throws LanguageError for any other shape, unknown columns and type errors.
 */
export async function parseFeature(parse: ParseSql, text: string, layout: Layout): Promise<CheckedFeature> {
  const parsed = await parseExpression(parse, text)
  const context: CheckContext = { text: parsed.text, layout }
  const lag = findLag(parsed.tree)
  const window = lag ?? parsed.tree
  if (window.class !== 'WINDOW') throw wrong(context, parsed.tree, shapeText)
  return lag === undefined ? checkAggregate(context, window) : checkSince(context, window)
}

const shapeText: Text = { en: 'A feature is one window aggregate.', zh: '特征是一个窗口聚合。' }
const shapeHint: Text = {
  en: 'Write for example count(*) OVER (PARTITION BY account_id ORDER BY logged_at RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW).',
  zh: '例如写 count(*) OVER (PARTITION BY account_id ORDER BY logged_at RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW)。',
}

function wrong(context: CheckContext, raw: RawNode, text: Text, suggestion: Text = shapeHint): LanguageError {
  return refuse(context, { code: 'feature', location: locationOf(raw), text, suggestion })
}

function isOrderColumn(raw: RawNode): boolean {
  return raw.class === 'COLUMN_REF' && asList(raw.column_names).join('.').toLowerCase() === orderColumn
}

function argumentsOf(raw: RawNode, name: string): readonly RawNode[] {
  return raw.class === 'FUNCTION' && raw.function_name === name ? asList(raw.children).map(asNode) : []
}

/** The lag window of `epoch(t - lag(t) OVER …)` or `epoch(t) - epoch(lag(t) OVER …)`. */
function findLag(tree: RawNode): RawNode | undefined {
  const [difference] = argumentsOf(tree, 'epoch')
  const [now, before] = argumentsOf(difference ?? tree, '-').map((side) =>
    difference ? side : argumentsOf(side, 'epoch')[0],
  )
  if (now === undefined || before === undefined || !isOrderColumn(now)) return undefined
  const [lagged, ...more] = asList(before.children).map(asNode)
  const isLag = before.class === 'WINDOW' && before.type === 'WINDOW_LAG' && more.length === 0
  return isLag && lagged !== undefined && isOrderColumn(lagged) ? before : undefined
}

function checkSince(context: CheckContext, window: RawNode): CheckedFeature {
  refuseExtras(context, window)
  const plain =
    window.start === 'UNBOUNDED_PRECEDING' && !isPresent(window.offset_expr) && !isPresent(window.default_expr)
  if (!plain || isPresent(window.filter_expr))
    throw wrong(context, window, {
      en: 'lag takes no frame, offset or filter here.',
      zh: '这里的 lag 不能带窗口范围、偏移或过滤。',
    })
  const partition = checkPartition(context, window)
  const keys = partition.map((key) => toDuckSql(key)).join(', ')
  const time = quoteName(orderColumn)
  return {
    text: context.text,
    aggregate: 'seconds_since_last',
    distinct: false,
    argument: null,
    filter: null,
    partition,
    rangeMicros: null,
    columns: columnsOfAll(partition),
    type: 'DOUBLE',
    duckSql: `epoch(${time} - lag(${time}) OVER (PARTITION BY ${keys} ORDER BY ${time}))`,
  }
}

function isPresent(value: unknown): boolean {
  return value !== null && value !== undefined
}

const names: Readonly<Record<string, FeatureAggregate>> = {
  count: 'count',
  count_star: 'count',
  sum: 'sum',
  avg: 'avg',
  mean: 'avg',
  min: 'min',
  max: 'max',
  first: 'first',
  first_value: 'first',
  last: 'last',
  last_value: 'last',
  // The form of first and last that DuckDB accepts with FILTER: the value at the least or greatest time, NULL included.
  arg_min_null: 'first',
  arg_max_null: 'last',
}

function checkAggregate(context: CheckContext, window: RawNode): CheckedFeature {
  const name = String(window.function_name)
  const aggregate = names[name]
  if (aggregate === undefined)
    throw wrong(
      context,
      window,
      { en: `The aggregate ${name} is not available for features.`, zh: `特征不支持聚合 ${name}。` },
      { en: 'Use count, sum, avg, min, max, first, last.', zh: '请用 count、sum、avg、min、max、first、last。' },
    )
  refuseExtras(context, window)
  const distinct = window.distinct === true
  const argument = checkArgument(context, window, aggregate, distinct)
  const filter = isPresent(window.filter_expr) ? checkTree(context, asNode(window.filter_expr)) : null
  if (filter !== null && filter.type !== 'BOOLEAN')
    throw wrong(context, asNode(window.filter_expr), {
      en: `FILTER needs a condition, found ${filter.type}.`,
      zh: `FILTER 需要条件,却是 ${filter.type}。`,
    })
  const parts = {
    aggregate,
    distinct,
    argument,
    filter,
    partition: checkPartition(context, window),
    rangeMicros: checkFrame(context, window),
  }
  const inner = [argument, filter].flatMap((part) => (part === null ? [] : [part]))
  return {
    text: context.text,
    ...parts,
    columns: columnsOfAll([...parts.partition, ...inner]),
    type: resultType(aggregate, argument),
    duckSql: printWindow(parts),
  }
}

function columnsOfAll(parts: readonly Checked[]): string[] {
  return [...new Set(parts.flatMap((part) => part.columns))]
}

function resultType(aggregate: FeatureAggregate, argument: Checked | null): ColumnType {
  if (aggregate === 'count') return 'BIGINT'
  const type = argument?.type
  if (aggregate === 'sum' || aggregate === 'avg' || type === undefined || type === 'INTERVAL' || type === 'NULL')
    return 'DOUBLE'
  return type
}

function refuseExtras(context: CheckContext, window: RawNode): void {
  const [order, ...more] = asList(window.orders).map(asNode)
  const ascending = order?.type === 'ORDER_DEFAULT' || order?.type === 'ASCENDING'
  if (order === undefined || more.length > 0 || !ascending || !isOrderColumn(asNode(order.expression)))
    throw wrong(context, window, {
      en: 'A feature is ordered by logged_at alone, ascending.',
      zh: '特征只能按 logged_at 升序排列。',
    })
  if (window.ignore_nulls === true || window.exclude_clause !== 'NO_OTHER' || asList(window.arg_orders).length > 0)
    throw wrong(context, window, {
      en: 'IGNORE NULLS, EXCLUDE and ORDER BY inside the aggregate are not available.',
      zh: '不支持 IGNORE NULLS、EXCLUDE 以及聚合内的 ORDER BY。',
    })
}

function checkPartition(context: CheckContext, window: RawNode): Checked[] {
  const keys = asList(window.partitions).map((key) => checkTree(context, asNode(key)))
  const list = keys.find((key) => key.type.endsWith('[]'))
  if (keys.length === 0 || list !== undefined)
    throw wrong(context, window, {
      en: 'A feature needs PARTITION BY with one or more scalar keys.',
      zh: '特征需要 PARTITION BY,键为一个或多个标量。',
    })
  return keys
}

function checkArgument(
  context: CheckContext,
  window: RawNode,
  aggregate: FeatureAggregate,
  distinct: boolean,
): Checked | null {
  const isArg = String(window.function_name).startsWith('arg_')
  const [first, ...others] = asList(window.children).map(asNode)
  const isByTime = isArg && others[0] !== undefined && isOrderColumn(others[0])
  const more = isByTime ? others.slice(1) : others
  const fail = (text: Text) => wrong(context, window, text)
  if (isArg && !isByTime)
    throw fail({
      en: `${window.function_name} takes a value and logged_at here.`,
      zh: `这里的 ${window.function_name} 须写一个值和 logged_at。`,
    })
  if (more.length > 0) throw fail({ en: `${aggregate} takes one argument.`, zh: `${aggregate} 只接受一个参数。` })
  if (distinct && (aggregate === 'first' || aggregate === 'last'))
    throw fail({ en: `DISTINCT has no meaning for ${aggregate}.`, zh: `DISTINCT 对 ${aggregate} 没有意义。` })
  if (first === undefined || first.class === 'STAR') {
    if (aggregate === 'count' && !distinct) return null
    throw fail({ en: `${aggregate} needs an argument.`, zh: `${aggregate} 需要参数。` })
  }
  const argument = checkTree(context, first)
  const numeric = argument.type === 'DOUBLE' || argument.type === 'BIGINT'
  if ((aggregate === 'sum' || aggregate === 'avg') && !numeric)
    throw fail({
      en: `${aggregate} needs a number, found ${argument.type}.`,
      zh: `${aggregate} 需要数字,却是 ${argument.type}。`,
    })
  if (argument.type.endsWith('[]'))
    throw fail({ en: `${aggregate} does not take lists.`, zh: `${aggregate} 不接受列表。` })
  return argument
}

function checkFrame(context: CheckContext, window: RawNode): number | null {
  const frame: Text = {
    en: 'The frame must be RANGE BETWEEN … PRECEDING AND CURRENT ROW.',
    zh: '窗口范围必须是 RANGE BETWEEN … PRECEDING AND CURRENT ROW。',
  }
  if (window.end !== 'CURRENT_ROW_RANGE') throw wrong(context, window, frame)
  if (window.start === 'UNBOUNDED_PRECEDING') return null
  if (window.start !== 'EXPR_PRECEDING_RANGE') throw wrong(context, window, frame)
  const start = asNode(window.start_expr)
  const node = checkNode(context, start)
  const interval = node.kind === 'constant' ? node.interval : undefined
  const micros = interval === undefined ? -1 : interval.days * 86_400_000_000 + interval.micros
  if (interval === undefined || interval.months !== 0 || micros < 0 || micros > longestRange)
    throw wrong(
      context,
      start,
      {
        en: 'The range must be a constant interval of days or less, up to 400 days.',
        zh: '范围必须是以天或更小单位写的常量,最长 400 天。',
      },
      {
        en: 'Write for example INTERVAL 1 HOUR or INTERVAL 30 DAY (months differ in length).',
        zh: '例如写 INTERVAL 1 HOUR 或 INTERVAL 30 DAY(月的长度不一)。',
      },
    )
  return micros
}

type Parts = Pick<CheckedFeature, 'aggregate' | 'distinct' | 'argument' | 'filter' | 'partition' | 'rangeMicros'>

function printWindow({ aggregate, distinct, argument, filter, partition, rangeMicros }: Parts): string {
  const inner = argument === null ? '*' : toDuckSql(argument)
  const where = filter === null ? '' : ` FILTER (WHERE ${toDuckSql(filter)})`
  const start = rangeMicros === null ? 'UNBOUNDED' : `to_microseconds(${rangeMicros})`
  const keys = partition.map((key) => toDuckSql(key)).join(', ')
  const over = `OVER (PARTITION BY ${keys} ORDER BY ${quoteName(orderColumn)} RANGE BETWEEN ${start} PRECEDING AND CURRENT ROW)`
  const ordered = aggregate === 'first' || aggregate === 'last'
  if (ordered && filter !== null)
    return `arg_${aggregate === 'first' ? 'min' : 'max'}_null(${inner}, ${quoteName(orderColumn)})${where} ${over}`
  const call = `${aggregate}(${distinct ? 'DISTINCT ' : ''}${inner})${where} ${over}`
  return aggregate === 'sum' ? `CAST(${call} AS DOUBLE)` : call
}
