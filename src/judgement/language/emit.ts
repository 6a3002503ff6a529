import type { Value } from '../../kernel/values.ts'
import type { CompareOperator, Node } from './model.ts'
import { isNullConstant, remainingArgs } from './nodes.ts'
import { compareValues } from './order.ts'
import { compareText } from './text.ts'

/**
 * Emits JavaScript for a tree. Two forms of code: a *value* (null when missing) and, for BOOLEAN nodes, a *tri*:
 * 1 true, 0 false, -1 NULL, so that three-valued AND and OR are bit operations on small integers.
 */
export interface Scope {
  readonly constants: unknown[]
  /** Slots of plain columns that the function loads once at its start. */
  readonly plain: Set<number>
  temps: number
}

export function createScope(): Scope {
  return { constants: [], plain: new Set(), temps: 0 }
}

export function nameConstant(scope: Scope, value: unknown): string {
  const known = scope.constants.indexOf(value)
  if (known >= 0) return `k${known}`
  scope.constants.push(value)
  return `k${scope.constants.length - 1}`
}

function temp(scope: Scope): string {
  scope.temps++
  return `t${scope.temps}`
}

function columnCode(scope: Scope, node: Node & { kind: 'column' }): string {
  const { slot } = node
  if (node.lazyCost > 0) return `(row[${slot}]===undefined?resolve(row,${slot}):row[${slot}])`
  scope.plain.add(slot)
  return `c${slot}`
}

function literal(scope: Scope, value: Value): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value)
  return value !== null && typeof value === 'object' ? nameConstant(scope, value) : JSON.stringify(value)
}

/** A name or literal that can be repeated, and the test that fills it and tells whether it is NULL. */
interface Operand {
  readonly code: string
  readonly missing: string | undefined
}

function operand(scope: Scope, node: Node): Operand {
  if (node.kind === 'constant' && node.value !== null) return { code: literal(scope, node.value), missing: undefined }
  if (node.kind === 'column' && node.lazyCost === 0) {
    const code = columnCode(scope, node)
    return { code, missing: `${code}==null` }
  }
  const code = temp(scope)
  return { code, missing: `(${code}=${emitValue(scope, node)})==null` }
}

function guarded(operands: readonly Operand[], whenMissing: string, body: string): string {
  const tests = [...new Set(operands.flatMap(({ missing }) => (missing === undefined ? [] : [missing])))]
  return tests.length === 0 ? `(${body})` : `(${tests.join('||')}?${whenMissing}:${body})`
}

/** Code whose value is the node's value. */
export function emitValue(scope: Scope, node: Node): string {
  switch (node.kind) {
    case 'constant':
      return literal(scope, node.value)
    case 'column':
      return columnCode(scope, node)
    case 'call':
      return emitCall(scope, node, 'null')
    case 'case':
      return node.type === 'BOOLEAN' ? fromTri(scope, node) : emitCase(scope, node, emitValue)
    case 'coalesce':
      return node.type === 'BOOLEAN' ? fromTri(scope, node) : emitCoalesce(scope, node)
    default:
      return fromTri(scope, node)
  }
}

function fromTri(scope: Scope, node: Node): string {
  const name = temp(scope)
  return `((${name}=${emitTri(scope, node)})<0?null:${name}===1)`
}

/** Code that is 1, 0 or -1 for a BOOLEAN node. */
export function emitTri(scope: Scope, node: Node): string {
  switch (node.kind) {
    case 'constant':
      return node.value === null ? '-1' : node.value === true ? '1' : '0'
    case 'column':
      return toTri(scope, node)
    case 'call':
      return node.target.partial === true || node.target.nulls === 'handled'
        ? toTri(scope, node)
        : emitCall(scope, node, '-1')
    case 'and':
    case 'or':
      return emitJunction(scope, node)
    case 'not':
      return emitNot(scope, node)
    case 'is-null':
      return emitIsNull(scope, node)
    case 'compare':
      return emitCompare(scope, node)
    case 'distinct':
      return emitDistinct(scope, node)
    case 'in':
      return emitIn(scope, node)
    case 'case':
      return emitCase(scope, node, emitTri)
    case 'coalesce':
      return emitCoalesceTri(scope, node)
  }
}

function toTri(scope: Scope, node: Node): string {
  const { code, missing } = operand(scope, node)
  return `(${missing ?? 'false'}?-1:${code}?1:0)`
}

function emitCall(scope: Scope, node: Node & { kind: 'call' }, whenMissing: 'null' | '-1'): string {
  const { target, bound } = node
  const rest = remainingArgs(target, node.args, bound)
  if (target.nulls === 'handled')
    return callCode(
      scope,
      node,
      rest.map((arg) => emitValue(scope, arg)),
    )
  const operands = rest.map((arg) => operand(scope, arg))
  const body = callCode(
    scope,
    node,
    operands.map(({ code }) => code),
  )
  return guarded(operands, whenMissing, whenMissing === '-1' ? `(${body})?1:0` : body)
}

function callCode(scope: Scope, { target, bound }: Node & { kind: 'call' }, args: readonly string[]): string {
  const name = (value: unknown) => nameConstant(scope, value)
  if (bound?.emit !== undefined) return bound.emit(args, name)
  if (bound === undefined && target.emit !== undefined) return target.emit(args)
  return `${name(bound?.call ?? target.call)}(${args.join(',')})`
}

function emitJunction(scope: Scope, node: Node & { kind: 'and' | 'or' }): string {
  const decisive = node.kind === 'and' ? '0' : '1'
  const names = node.args.map(() => temp(scope))
  const tests = node.args.map((arg, index) => `(${names[index]}=${emitTri(scope, arg)})===${decisive}`)
  const open = node.args.flatMap((arg, index) => (arg.nullable ? [names[index]] : []))
  const rest =
    open.length === 0 ? (node.kind === 'and' ? '1' : '0') : open.join('|') + (node.kind === 'and' ? '|1' : '')
  return `(${tests.join('||')}?${decisive}:${rest})`
}

function emitNot(scope: Scope, node: Node & { kind: 'not' }): string {
  const tri = emitTri(scope, node.arg)
  if (!node.arg.nullable) return `(${tri}^1)`
  const name = temp(scope)
  return `((${name}=${tri})<0?-1:${name}^1)`
}

function emitIsNull(scope: Scope, node: Node & { kind: 'is-null' }): string {
  const [yes, no] = node.negated ? ['0', '1'] : ['1', '0']
  if (node.arg.type === 'BOOLEAN') return `(${emitTri(scope, node.arg)}<0?${yes}:${no})`
  return `(${emitValue(scope, node.arg)}==null?${yes}:${no})`
}

function emitCompare(scope: Scope, node: Node & { kind: 'compare' }): string {
  if (isNullConstant(node.left) || isNullConstant(node.right)) return '-1'
  const left = operand(scope, node.left)
  const right = operand(scope, node.right)
  return guarded([left, right], '-1', `(${comparison(scope, node, [left.code, right.code])})?1:0`)
}

const flipped: Readonly<Record<CompareOperator, CompareOperator>> = {
  '=': '=',
  '<>': '<>',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
}
const plainOperator: Readonly<Record<CompareOperator, string>> = {
  '=': '===',
  '<>': '!==',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
}

/** JavaScript for a comparison of two values that are not NULL. */
function comparison(scope: Scope, node: Node & { kind: 'compare' }, [a, b]: readonly [string, string]): string {
  const { operator, left, right } = node
  const equality = operator === '=' || operator === '<>'
  if (left.type === 'VARCHAR' && !equality) return `${nameConstant(scope, compareText)}(${a},${b})${operator}0`
  if (left.type !== 'DOUBLE') return `${a}${plainOperator[operator]}${b}`
  if (right.kind === 'constant' && !Number.isNaN(right.value)) return withNumber(operator, a, b)
  if (left.kind === 'constant' && !Number.isNaN(left.value)) return withNumber(flipped[operator], b, a)
  return twoDoubles(operator, a, b)
}

/** `b` is a number but not NaN; NaN in `a` is greater than it. */
function withNumber(operator: CompareOperator, a: string, b: string): string {
  if (operator === '>') return `!(${a}<=${b})`
  if (operator === '>=') return `!(${a}<${b})`
  return `${a}${plainOperator[operator]}${b}`
}

function twoDoubles(operator: CompareOperator, a: string, b: string): string {
  switch (operator) {
    case '=':
      return `${a}===${b}||(${a}!==${a}&&${b}!==${b})`
    case '<>':
      return `!(${a}===${b}||(${a}!==${a}&&${b}!==${b}))`
    case '<':
      return `${a}<${b}||(${b}!==${b}&&${a}===${a})`
    case '<=':
      return `${a}<=${b}||${b}!==${b}`
    case '>':
      return twoDoubles('<', b, a)
    case '>=':
      return twoDoubles('<=', b, a)
  }
}

function isDistinct(a: Value | undefined, b: Value | undefined): boolean {
  const left = a ?? null
  const right = b ?? null
  return left === null || right === null ? left !== right : compareValues(left, right) !== 0
}

function emitDistinct(scope: Scope, node: Node & { kind: 'distinct' }): string {
  const [yes, no] = node.negated ? ['0', '1'] : ['1', '0']
  const { left, right } = node
  if (right.kind === 'constant' && typeof right.value === 'boolean')
    return `(${emitTri(scope, left)}!==${right.value ? 1 : 0}?${yes}:${no})`
  const code = `${nameConstant(scope, isDistinct)}(${emitValue(scope, left)},${emitValue(scope, right)})`
  return `(${code}?${yes}:${no})`
}

const longestChain = 4

function emitIn(scope: Scope, node: Node & { kind: 'in' }): string {
  if (isNullConstant(node.left)) return '-1'
  const [found, absent] = node.negated ? ['0', '1'] : ['1', '0']
  const left = operand(scope, node.left)
  if (node.list.some((item) => item.kind !== 'constant')) return emitInColumns(scope, node, left)
  const values = node.list.flatMap((item) => (item.kind === 'constant' && item.value !== null ? [item.value] : []))
  const none = values.length < node.list.length ? '-1' : absent
  const chain = values.length <= longestChain && !values.some((value) => Number.isNaN(value))
  const test = chain
    ? values.map((value) => `${left.code}===${literal(scope, value)}`).join('||') || 'false'
    : `${nameConstant(scope, new Set(values))}.has(${left.code})`
  return guarded([left], '-1', `(${test})?${found}:${none}`)
}

function findIn(wanted: Value, list: readonly (Value | undefined)[]): number {
  let missing = false
  for (const value of list) {
    if (value === null || value === undefined) missing = true
    else if (compareValues(wanted, value) === 0) return 1
  }
  return missing ? -1 : 0
}

function emitInColumns(scope: Scope, node: Node & { kind: 'in' }, left: Operand): string {
  const list = node.list.map((item) => emitValue(scope, item)).join(',')
  const code = `${nameConstant(scope, findIn)}(${left.code},[${list}])`
  const name = temp(scope)
  return guarded([left], '-1', node.negated ? `(${name}=${code})<0?-1:${name}^1` : code)
}

function emitCase(scope: Scope, node: Node & { kind: 'case' }, emit: (scope: Scope, node: Node) => string): string {
  const branches = node.branches.map(({ when, result }) => `${emitTri(scope, when)}===1?${emit(scope, result)}:`)
  return `(${branches.join('')}${emit(scope, node.otherwise)})`
}

function emitCoalesce(scope: Scope, node: Node & { kind: 'coalesce' }): string {
  const names = node.args.map((arg) => {
    const name = temp(scope)
    return `(${name}=${emitValue(scope, arg)})!=null?${name}:`
  })
  return `(${names.join('')}null)`
}

function emitCoalesceTri(scope: Scope, node: Node & { kind: 'coalesce' }): string {
  const names = node.args.map((arg) => {
    const name = temp(scope)
    return `(${name}=${emitTri(scope, arg)})>=0?${name}:`
  })
  return `(${names.join('')}-1)`
}
