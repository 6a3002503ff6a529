import type { Text } from '../../kernel/values.ts'
import { checkCall } from './check-call.ts'
import { readCast, readConstantNode } from './check-constant.ts'
import { asBoolean, refuse, unify } from './convert.ts'
import { nearestNames } from './errors.ts'
import { leftOut } from './functions.ts'
import type { Branch, CheckContext, Checked, CompareOperator, LanguageError, Node, Parsed, RawNode } from './model.ts'
import { constantNode, isNullConstant, makeNode } from './nodes.ts'
import { asList, asNode, locationOf, nestingError, offsetOf } from './parse.ts'
import { syntaxOf } from './syntax.ts'

/** Most units of work that one evaluation of a condition may cost; a comparison is 1, a regular expression 20 and more. */
export const costBound = 2000
const deepestTree = 200

type Layout = CheckContext['layout']

/**
 * Resolves names, types and overloads of a parsed expression against a layout.
 * @throws LanguageError for unknown columns, type errors, anything outside the subset and too costly expressions.
 */
export function checkExpression(parsed: Parsed, layout: Layout): Checked {
  return checkTree({ text: parsed.text, layout }, parsed.tree)
}

/** Checks one subtree, for the arguments of a feature. */
export function checkTree(context: CheckContext, tree: RawNode): Checked {
  refuseDeep(context, tree)
  const node = checkNode(context, tree)
  if (node.type === 'INTERVAL') throw intervalResult(context, node)
  if (node.cost > costBound) throw tooCostly(context, node)
  return { text: context.text, node, type: node.type, columns: columnsOf(node), cost: node.cost }
}

function refuseDeep(context: CheckContext, tree: RawNode): void {
  const open: { value: unknown; depth: number }[] = [{ value: tree, depth: 0 }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next
    if (typeof value !== 'object' || value === null) continue
    const isExpression = 'class' in value
    if (isExpression && depth > deepestTree)
      throw nestingError(context.text, offsetOf(context.text, locationOf(asNode(value))))
    for (const child of Object.values(value)) open.push({ value: child, depth: depth + (isExpression ? 1 : 0) })
  }
}

function tooCostly(context: CheckContext, node: Node): LanguageError {
  return refuse(context, {
    code: 'cost',
    location: node.location,
    text: {
      en: `The expression costs ${Math.ceil(node.cost)} units an event; the limit is ${costBound}.`,
      zh: `该表达式每个事件代价为 ${Math.ceil(node.cost)},上限为 ${costBound}。`,
    },
    suggestion: {
      en: 'Replace chains of OR by IN (…) or by a list, join regular expressions, or split the condition.',
      zh: '请用 IN (…) 或名单代替一长串 OR,合并正则,或拆成几条条件。',
    },
  })
}

function intervalResult(context: CheckContext, node: Node): LanguageError {
  return refuse(context, {
    code: 'type',
    location: node.location,
    text: { en: 'The result is an INTERVAL.', zh: '结果是 INTERVAL。' },
    suggestion: {
      en: 'Compare it with an INTERVAL, or write epoch(…) for seconds.',
      zh: '请与 INTERVAL 比较,或用 epoch(…) 得到秒数。',
    },
  })
}

/** Names of the columns below a node, each once. */
export function columnsOf(node: Node): string[] {
  const names = new Set<string>()
  const open: Node[] = [node]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.kind === 'column') names.add(next.name)
    open.push(...childrenOf(next).toReversed())
  }
  return [...names]
}

export function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'constant':
    case 'column':
      return []
    case 'not':
    case 'is-null':
      return [node.arg]
    case 'compare':
    case 'distinct':
      return [node.left, node.right]
    case 'in':
      return [node.left, ...node.list]
    case 'case':
      return [...node.branches.flatMap(({ when, result }) => [when, result]), node.otherwise]
    default:
      return node.args
  }
}

const comparisons: Readonly<Record<string, CompareOperator>> = {
  COMPARE_EQUAL: '=',
  COMPARE_NOTEQUAL: '<>',
  COMPARE_LESSTHAN: '<',
  COMPARE_LESSTHANOREQUALTO: '<=',
  COMPARE_GREATERTHAN: '>',
  COMPARE_GREATERTHANOREQUALTO: '>=',
}

/** Checks one node of DuckDB's tree. */
export function checkNode(context: CheckContext, raw: RawNode): Node {
  switch (raw.class) {
    case 'CONSTANT':
      return readConstantNode(context, raw)
    case 'COLUMN_REF':
      return checkColumn(context, raw)
    case 'FUNCTION':
      return checkCall(context, raw, checkNode)
    case 'CAST':
      return readCast(context, raw, checkNode)
  }
  if (raw.type === 'ARRAY_EXTRACT')
    return checkCall(context, { ...raw, function_name: 'list_extract', query_location: locationOf(raw) }, checkNode)
  if (syntaxOf(raw.type) === undefined) return checkOther(context, raw)
  switch (raw.class) {
    case 'CONJUNCTION':
      return checkConjunction(context, raw)
    case 'COMPARISON':
      return checkComparison(context, raw)
    case 'BETWEEN':
      return checkBetween(context, raw)
    case 'CASE':
      return checkCase(context, raw)
    case 'OPERATOR':
      return checkOperator(context, raw)
    default:
      return checkOther(context, raw)
  }
}

function children(context: CheckContext, raw: RawNode): Node[] {
  return asList(raw.children).map((child) => checkNode(context, asNode(child)))
}

function checkColumn(context: CheckContext, raw: RawNode): Node {
  const name = asList(raw.column_names).join('.')
  const { columns } = context.layout
  let slot = context.layout.slot(name)
  if (slot === undefined) {
    const folded = name.toLowerCase()
    const matches = columns.flatMap((column, index) => (column.name.toLowerCase() === folded ? [index] : []))
    if (matches.length === 1) slot = matches[0]
  }
  const column = slot === undefined ? undefined : columns[slot]
  if (slot === undefined || column === undefined) throw unknownColumn(context, raw, name)
  return {
    kind: 'column',
    type: column.type,
    slot,
    name: column.name,
    location: raw.query_location,
    nullable: true,
    cost: 0.1,
    lazyCost: column.cost,
    depth: 1,
  }
}

function unknownColumn(context: CheckContext, raw: RawNode, name: string): LanguageError {
  const names = context.layout.columns.map((column) => column.name)
  const near = nearestNames(name, names)
  const shown = near.length > 0 ? near : names.slice(0, 5)
  const list = shown.map((candidate) => `"${candidate}"`).join(', ')
  const known = leftOut[name.toLowerCase()]
  const bindings: Text =
    list === ''
      ? { en: 'There are no columns.', zh: '没有任何列。' }
      : { en: `Candidate bindings: ${list}`, zh: `可用的列:${list}` }
  return refuse(context, {
    code: known === undefined ? 'unknown-column' : 'not-in-subset',
    location: raw.query_location,
    text:
      known === undefined
        ? { en: `Unknown column "${name}".`, zh: `没有列 "${name}"。` }
        : { en: `"${name}" is not part of the subset.`, zh: `"${name}" 不在子集之内。` },
    suggestion: known ?? bindings,
  })
}

function checkConjunction(context: CheckContext, raw: RawNode): Node {
  const kind = raw.type === 'CONJUNCTION_AND' ? 'and' : 'or'
  const args = children(context, raw).map((arg) => asBoolean(context, arg))
  return conjunction(kind, args, raw.query_location)
}

/** AND or OR over its operands, the cheapest first; nested ones of the same kind are joined. */
export function conjunction(kind: 'and' | 'or', operands: readonly Node[], location: unknown): Node {
  const flat = operands.flatMap((arg) => (arg.kind === kind ? arg.args : [arg]))
  const args = flat.toSorted((a, b) => a.lazyCost - b.lazyCost || a.cost - b.cost)
  return makeNode(
    { kind, type: 'BOOLEAN', args, location },
    { own: args.length * 0.1, children: args, nullable: args.some((arg) => arg.nullable) },
  )
}

function checkComparison(context: CheckContext, raw: RawNode): Node {
  const sides = [checkNode(context, asNode(raw.left)), checkNode(context, asNode(raw.right))]
  const operator = comparisons[String(raw.type)]
  const [left, right] = unify(context, sides).nodes
  if (left === undefined || right === undefined) return checkOther(context, raw)
  const location = raw.query_location
  if (operator !== undefined) return compareNode(operator, [left, right], location)
  return makeNode(
    { kind: 'distinct', type: 'BOOLEAN', negated: raw.type === 'COMPARE_NOT_DISTINCT_FROM', left, right, location },
    { own: 1, children: [left, right], nullable: false },
  )
}

function compareNode(operator: CompareOperator, [left, right]: readonly [Node, Node], location: unknown): Node {
  return makeNode(
    { kind: 'compare', type: 'BOOLEAN', operator, left, right, location },
    { own: 1, children: [left, right], nullable: left.nullable || right.nullable },
  )
}

function checkBetween(context: CheckContext, raw: RawNode): Node {
  const parts = [raw.input, raw.lower, raw.upper].map((part) => checkNode(context, asNode(part)))
  const [input, lower, upper] = unify(context, parts).nodes
  if (input === undefined || lower === undefined || upper === undefined) return checkOther(context, raw)
  const location = raw.query_location
  return conjunction(
    'and',
    [compareNode('>=', [input, lower], location), compareNode('<=', [input, upper], location)],
    location,
  )
}

function checkCase(context: CheckContext, raw: RawNode): Node {
  const checks = asList(raw.case_checks).map(asNode)
  const whens = checks.map((check) => asBoolean(context, checkNode(context, asNode(check.when_expr))))
  const results = [...checks.map((check) => check.then_expr), raw.else_expr].map((part) =>
    checkNode(context, asNode(part)),
  )
  const { type, nodes } = unify(context, results)
  const otherwise = nodes[nodes.length - 1] ?? constantNode('NULL', null)
  const branches: Branch[] = whens.map((when, index) => ({ when, result: nodes[index] ?? otherwise }))
  return makeNode(
    { kind: 'case', type, branches, otherwise, location: raw.query_location, integral: allWhole(nodes) },
    { own: 1, children: [...whens, ...nodes], nullable: nodes.some((node) => node.nullable) },
  )
}

function allWhole(nodes: readonly Node[]): boolean {
  return nodes.every((node) => node.integral === true || isNullConstant(node))
}

function checkOperator(context: CheckContext, raw: RawNode): Node {
  const args = children(context, raw)
  const [first] = args
  const location = raw.query_location
  if (first === undefined) return checkOther(context, raw)
  if (raw.type === 'OPERATOR_NOT') {
    const arg = asBoolean(context, first)
    return makeNode(
      { kind: 'not', type: 'BOOLEAN', arg, location },
      { own: 0.1, children: [arg], nullable: arg.nullable },
    )
  }
  if (raw.type === 'OPERATOR_IS_NULL' || raw.type === 'OPERATOR_IS_NOT_NULL') {
    const negated = raw.type === 'OPERATOR_IS_NOT_NULL'
    return makeNode(
      { kind: 'is-null', type: 'BOOLEAN', arg: first, negated, location },
      { own: 1, children: [first], nullable: false },
    )
  }
  const { type, nodes } = unify(context, args)
  if (raw.type === 'OPERATOR_COALESCE')
    return makeNode(
      { kind: 'coalesce', type, args: nodes, location, integral: allWhole(nodes) },
      { own: 1, children: nodes, nullable: nodes.every((node) => node.nullable) },
    )
  return inNode(nodes, raw.type === 'COMPARE_NOT_IN', location)
}

function inNode(nodes: readonly Node[], negated: boolean, location: unknown): Node {
  const [left = constantNode('NULL', null), ...list] = nodes
  const constants = list.filter((node) => node.kind === 'constant').length
  const own = 1 + constants / 50 + (list.length - constants)
  return makeNode(
    { kind: 'in', type: 'BOOLEAN', negated, left, list, location },
    { own, children: nodes, nullable: nodes.some((node) => node.nullable) },
  )
}

const others: Readonly<Record<string, Text>> = {
  SUBQUERY: { en: 'a subquery', zh: '子查询' },
  WINDOW: { en: 'a window', zh: '窗口函数' },
  STAR: { en: '*', zh: '*' },
  PARAMETER: { en: 'a parameter', zh: '参数占位符' },
  LAMBDA: { en: 'a lambda', zh: 'lambda' },
  COLLATE: { en: 'COLLATE', zh: 'COLLATE' },
  POSITIONAL_REFERENCE: { en: 'a positional reference', zh: '位置引用' },
}

const otherHints: Readonly<Record<string, Text>> = {
  SUBQUERY: {
    en: 'Put values into IN (…) or a list, or define a feature; = ANY(list) is list_contains(list, x).',
    zh: '请把取值写进 IN (…) 或名单,或定义特征;= ANY(list) 写成 list_contains(list, x)。',
  },
  WINDOW: { en: 'Define the window as a feature and use it by name.', zh: '请把窗口定义为特征,再按名字使用。' },
  COLLATE: { en: 'Compare lower(…) of both sides.', zh: '请比较两边的 lower(…)。' },
}

function checkOther(context: CheckContext, raw: RawNode): never {
  const kind = String(raw.class)
  const what = others[kind] ?? { en: String(raw.type ?? kind), zh: String(raw.type ?? kind) }
  throw refuse(context, {
    code: 'not-in-subset',
    location: locationOf(raw),
    text: { en: `Conditions cannot contain ${what.en}.`, zh: `条件中不能使用${what.zh}。` },
    suggestion: otherHints[kind] ?? {
      en: 'Use the operators and functions of the language page.',
      zh: '请使用语言页列出的运算符与函数。',
    },
  })
}
