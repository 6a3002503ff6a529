import type { Checked, Node } from './model.ts'
import { isNullConstant } from './nodes.ts'
import { timestampText } from './time.ts'

/** How a column is written in SQL; by default its quoted name. */
export type ColumnSql = (name: string) => string

/**
 * The expression as DuckDB SQL with the same value on every row: conversions are explicit, numbers are DOUBLE or BIGINT,
 * functions that could stop a query with an error give NULL instead.
 */
export function toDuckSql(checked: Checked, column: ColumnSql = quoteName): string {
  return print(checked.node, column)
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function print(node: Node, column: ColumnSql): string {
  const inner = (child: Node) => print(child, column)
  switch (node.kind) {
    case 'constant':
      return printConstant(node)
    case 'column':
      return column(node.name)
    case 'call':
      return node.target.sql(node.args.map(inner))
    case 'and':
    case 'or':
      return `(${node.args.map(inner).join(node.kind === 'and' ? ' AND ' : ' OR ')})`
    case 'not':
      return `(NOT ${inner(node.arg)})`
    case 'is-null':
      return `(${inner(node.arg)} IS ${node.negated ? 'NOT ' : ''}NULL)`
    case 'compare':
      return `(${inner(node.left)} ${node.operator} ${inner(node.right)})`
    case 'distinct':
      return `(${inner(node.left)} IS ${node.negated ? 'NOT ' : ''}DISTINCT FROM ${inner(node.right)})`
    case 'in':
      return `(${inner(node.left)} ${node.negated ? 'NOT ' : ''}IN (${node.list.map(inner).join(', ')}))`
    case 'case': {
      const branches = node.branches.map(({ when, result }) => `WHEN ${inner(when)} THEN ${inner(result)}`)
      return `(CASE ${branches.join(' ')} ELSE ${inner(node.otherwise)} END)`
    }
    case 'coalesce':
      return `coalesce(${node.args.map(inner).join(', ')})`
  }
}

function printConstant(node: Node & { kind: 'constant' }): string {
  const { value, type, interval } = node
  if (isNullConstant(node)) return type === 'NULL' ? 'NULL' : `CAST(NULL AS ${type})`
  if (interval !== undefined) {
    const { months, days, micros } = interval
    return `(to_months(${months}) + to_days(${days}) + to_microseconds(${micros}))`
  }
  if (typeof value === 'string') return quoteText(value)
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE'
  if (typeof value === 'number') return printNumber(value, type)
  if (value === null) return 'NULL'
  const items = value.map((item) => (typeof item === 'string' ? quoteText(item) : printNumber(item, 'DOUBLE')))
  return `CAST([${items.join(', ')}] AS ${type})`
}

function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

function printNumber(value: number, type: Node['type']): string {
  if (type === 'TIMESTAMP') return `TIMESTAMP '${timestampText(value)}'`
  if (type === 'BIGINT') return `CAST(${value} AS BIGINT)`
  if (Number.isNaN(value)) return "CAST('nan' AS DOUBLE)"
  if (!Number.isFinite(value)) return `CAST('${value > 0 ? '' : '-'}inf' AS DOUBLE)`
  if (value === 0) return Object.is(value, -0) ? "CAST('-0' AS DOUBLE)" : '0e0'
  return value < 0 ? `(${value.toExponential()})` : value.toExponential()
}
