import type { Layout, Resolve, Row, Value } from '../../kernel/values.ts'
import type { Checked, CompareOperator, Evaluate, Node } from './model.ts'
import { apply, remainingArgs } from './nodes.ts'
import { compareValues } from './order.ts'

/** Evaluates a checked expression without generating code: the reference, and the fallback where code generation is forbidden. */
export function interpret(checked: Checked, _layout: Layout): Evaluate {
  return build(checked.node)
}

function build(node: Node): Evaluate {
  switch (node.kind) {
    case 'constant': {
      const { value } = node
      return () => value
    }
    case 'column': {
      const { slot } = node
      return (row, resolve) => readColumn(row, slot, resolve)
    }
    case 'call':
      return buildCall(node)
    case 'and':
      return buildJunction(node.args.map(build), false)
    case 'or':
      return buildJunction(node.args.map(build), true)
    case 'not': {
      const arg = build(node.arg)
      return (row, resolve) => negate(arg(row, resolve))
    }
    case 'is-null': {
      const arg = build(node.arg)
      const { negated } = node
      return (row, resolve) => (arg(row, resolve) === null) !== negated
    }
    case 'compare':
      return buildCompare(node)
    case 'distinct':
      return buildDistinct(node)
    case 'in':
      return buildIn(node)
    case 'case':
      return buildCase(node)
    case 'coalesce':
      return buildCoalesce(node.args.map(build))
  }
}

function readColumn(row: Row, slot: number, resolve: Resolve): Value {
  const value = row[slot]
  return value === undefined ? (resolve(row, slot) ?? null) : value
}

function negate(value: Value): Value {
  return value === null ? null : value !== true
}

function buildCall(node: Node & { kind: 'call' }): Evaluate {
  const args = remainingArgs(node.target, node.args, node.bound).map(build)
  const call = node.bound?.call ?? node.target.call
  const handled = node.target.nulls === 'handled'
  return (row, resolve) => {
    const values: Value[] = []
    for (const arg of args) {
      const value = arg(row, resolve)
      if (value === null && !handled) return null
      values.push(value)
    }
    return apply(call, values)
  }
}

/** AND ends at the first false, OR at the first true; NULL waits for a decisive operand. */
function buildJunction(args: readonly Evaluate[], decisive: boolean): Evaluate {
  return (row, resolve) => {
    let result: Value = !decisive
    for (const arg of args) {
      const value = arg(row, resolve)
      if (value === decisive) return decisive
      if (value === null) result = null
    }
    return result
  }
}

/** What the order of two values means for each operator. */
export function holds(operator: CompareOperator, order: number): boolean {
  switch (operator) {
    case '=':
      return order === 0
    case '<>':
      return order !== 0
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
  }
}

function buildCompare(node: Node & { kind: 'compare' }): Evaluate {
  const left = build(node.left)
  const right = build(node.right)
  const { operator } = node
  return (row, resolve) => {
    const a = left(row, resolve)
    if (a === null) return null
    const b = right(row, resolve)
    return b === null ? null : holds(operator, compareValues(a, b))
  }
}

function buildDistinct(node: Node & { kind: 'distinct' }): Evaluate {
  const left = build(node.left)
  const right = build(node.right)
  const { negated } = node
  return (row, resolve) => {
    const a = left(row, resolve)
    const b = right(row, resolve)
    const equal = a === null || b === null ? a === b : compareValues(a, b) === 0
    return equal === negated
  }
}

function buildIn(node: Node & { kind: 'in' }): Evaluate {
  const left = build(node.left)
  const list = node.list.map(build)
  const { negated } = node
  return (row, resolve) => {
    const wanted = left(row, resolve)
    if (wanted === null) return null
    let missing = false
    for (const item of list) {
      const value = item(row, resolve)
      if (value === null) missing = true
      else if (compareValues(wanted, value) === 0) return !negated
    }
    return missing ? null : negated
  }
}

function buildCase(node: Node & { kind: 'case' }): Evaluate {
  const branches = node.branches.map(({ when, result }) => ({ when: build(when), result: build(result) }))
  const otherwise = build(node.otherwise)
  return (row, resolve) => {
    for (const { when, result } of branches) if (when(row, resolve) === true) return result(row, resolve)
    return otherwise(row, resolve)
  }
}

function buildCoalesce(args: readonly Evaluate[]): Evaluate {
  return (row, resolve) => {
    for (const arg of args) {
      const value = arg(row, resolve)
      if (value !== null) return value
    }
    return null
  }
}
