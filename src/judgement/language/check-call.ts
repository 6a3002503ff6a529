import type { ColumnType, Text, Value } from '../../kernel/values.ts'
import { outside, readIntervalCall } from './check-constant.ts'
import { conversionScore, convert, describe, isTextConstant, refuse, toText, unify } from './convert.ts'
import { nearestNames } from './errors.ts'
import { functionNames, leftOut, overloadsOf } from './functions.ts'
import type { Bound, CheckContext, LanguageError, Node, Overload, Parameter, RawNode, Type } from './model.ts'
import { apply, callNode, constantNode, isNullConstant, isWhole, makeNode, remainingArgs } from './nodes.ts'
import { asList, asNode, locationOf } from './parse.ts'

type Check = (context: CheckContext, raw: RawNode) => Node

/** Resolves a function or operator by name, number and types of its arguments. */
export function checkCall(context: CheckContext, raw: RawNode, check: Check): Node {
  const name = String(raw.function_name).toLowerCase()
  const interval = readIntervalCall(context, raw, name)
  if (interval !== undefined) return interval
  refuseModifiers(context, raw)
  if (name === 'list_value' || name === 'list_pack') return checkList(context, raw, check)
  const args = asList(raw.children).map((child) => check(context, asNode(child)))
  if (name === 'ifnull' && args.length === 2) return coalesce(context, raw, args)
  const [first, second] = args
  if ((name === 'date_part' || name === 'datepart') && isEpoch(first) && second !== undefined)
    return resolve(context, raw, { name: 'epoch', args: [second] })
  return resolve(context, raw, { name, args })
}

function isEpoch(node: Node | undefined): boolean {
  return node?.kind === 'constant' && String(node.value).toLowerCase() === 'epoch'
}

function coalesce(context: CheckContext, raw: RawNode, args: readonly Node[]): Node {
  const { type, nodes } = unify(context, args)
  const integral = nodes.every((node) => node.integral === true || isNullConstant(node))
  return makeNode(
    { kind: 'coalesce', type, args: nodes, location: raw.query_location, integral },
    { own: 1, children: nodes, nullable: nodes.every((node) => node.nullable) },
  )
}

function refuseModifiers(context: CheckContext, raw: RawNode): void {
  const orders = asList(asNode(raw.order_bys).orders)
  const schema = String(raw.schema ?? '')
  if (raw.distinct === true || (raw.filter !== null && raw.filter !== undefined) || orders.length > 0)
    throw outside(context, raw, 'DISTINCT, FILTER or ORDER BY inside a function call')
  if (schema !== '' && schema !== 'main') throw outside(context, raw, `the schema "${schema}"`)
}

function checkList(context: CheckContext, raw: RawNode, check: Check): Node {
  const items = asList(raw.children).map((child) => check(context, asNode(child)))
  const location = raw.query_location
  if (items.length === 0) return constantNode('VARCHAR[]', [], { location })
  const wrong = items.find((item) => item.kind !== 'constant' || item.value === null)
  if (wrong !== undefined)
    throw refuse(context, {
      code: 'not-in-subset',
      location: wrong.location,
      text: { en: 'A list may hold only constants that are not NULL.', zh: '列表中只能放非 NULL 的常量。' },
      suggestion: { en: "Write for example ['DE', 'FR'].", zh: "例如写 ['DE', 'FR']。" },
    })
  const { type, nodes } = unify(context, items)
  const values = nodes.flatMap((node) => (node.kind === 'constant' ? [node.value] : []))
  if (type === 'VARCHAR') return constantNode('VARCHAR[]', values.map(String), { location })
  if (type === 'DOUBLE' || type === 'BIGINT') return constantNode('DOUBLE[]', values.map(Number), { location })
  throw outside(context, raw, `a list of ${type}`)
}

interface Call {
  readonly name: string
  readonly args: readonly Node[]
}

function resolve(context: CheckContext, raw: RawNode, call: Call): Node {
  const overloads = overloadsOf(call.name)
  if (overloads.length === 0) throw unknownFunction(context, raw, call.name)
  let best: { target: Overload; score: number } | undefined
  for (const target of overloads) {
    const score = scoreOf(target, call.args)
    if (score !== undefined && (best === undefined || score < best.score)) best = { target, score }
  }
  if (best === undefined) throw noOverload(context, raw, { call, overloads })
  return build(context, raw, { target: best.target, args: call.args })
}

function parameterAt(target: Overload, index: number): Parameter | undefined {
  const last = target.parameters.length - 1
  return target.parameters[target.variadic === true ? Math.min(index, last) : index]
}

function scoreOf(target: Overload, args: readonly Node[]): number | undefined {
  const { length } = target.parameters
  if (target.variadic === true ? args.length < length : args.length !== length) return undefined
  let total = 0
  for (const [index, arg] of args.entries()) {
    const score = scoreArgument(parameterAt(target, index), arg)
    if (score === undefined) return undefined
    total += score
  }
  return total
}

function scoreArgument(parameter: Parameter | undefined, arg: Node): number | undefined {
  if (parameter === undefined) return undefined
  const isList = arg.type.endsWith('[]')
  if (parameter.type === 'LIST') return isList || arg.type === 'NULL' ? 0 : undefined
  if (parameter.type === 'TEXTUAL') return isList || arg.type === 'INTERVAL' ? undefined : 0
  if (parameter.type === 'SAME' || parameter.type === 'ELEMENT') return isList ? undefined : 0
  return conversionScore(arg, parameter.type)
}

function build(
  context: CheckContext,
  raw: RawNode,
  { target, args }: { target: Overload; args: readonly Node[] },
): Node {
  const location = raw.query_location
  const { nodes, type } = typeArguments(context, target, args)
  const integral = target.keepsIntegral === true && nodes.every(isWhole)
  if (target.nulls !== 'handled' && nodes.some(isNullConstant)) return constantNode(type, null, { location, integral })
  for (const [index, node] of nodes.entries())
    if (parameterAt(target, index)?.constant === true && node.kind !== 'constant')
      throw notConstant(context, target, node)
  const bound = bind(context, target, nodes)
  const call = callNode({ target, args: nodes, type, location, bound })
  return fold(call)
}

function typeArguments(context: CheckContext, target: Overload, args: readonly Node[]): { nodes: Node[]; type: Type } {
  const lists = args.filter((arg) => arg.type.endsWith('[]'))
  const listType = lists.find((arg) => !isEmptyList(arg))?.type ?? lists[0]?.type ?? 'VARCHAR[]'
  const element: Type = listType === 'DOUBLE[]' ? 'DOUBLE' : 'VARCHAR'
  const same = target.parameters.some((parameter) => parameter.type === 'SAME') ? unify(context, args) : undefined
  const nodes = args.map((arg, index) => {
    const parameter = parameterAt(target, index)
    const wanted = parameter?.type ?? 'VARCHAR'
    if (wanted === 'SAME') return same?.nodes[index] ?? arg
    if (wanted === 'TEXTUAL') return toText(context, arg)
    if (wanted === 'LIST') return listOf(context, arg, listType)
    return convert(context, arg, wanted === 'ELEMENT' ? element : wanted)
  })
  const { result } = target
  return { nodes, type: result === 'SAME' ? (same?.type ?? 'NULL') : result === 'ELEMENT' ? element : result }
}

function isEmptyList(node: Node): boolean {
  return node.kind === 'constant' && Array.isArray(node.value) && node.value.length === 0
}

function listOf(context: CheckContext, arg: Node, type: Type): Node {
  if (arg.type === type) return arg
  if (isEmptyList(arg)) return constantNode(type, [], { location: arg.location })
  return convert(context, arg, type)
}

function bind(context: CheckContext, target: Overload, nodes: readonly Node[]): Bound | undefined {
  if (target.bind === undefined) return undefined
  const consumed =
    target.consumes ?? target.parameters.flatMap((parameter, index) => (parameter.constant ? [index] : []))
  const constants = nodes.map((node, index) => (consumed.includes(index) ? constantValue(node) : undefined))
  const intervals = nodes.map((node) => (node.kind === 'constant' ? node.interval : undefined))
  try {
    return target.bind(constants, intervals)
  } catch (error) {
    throw badConstant(context, {
      target,
      node: nodes[consumed[0] ?? 0],
      reason: reasonOf(error),
    })
  }
}

/** RE2's own messages exist in English only. */
function reasonOf(error: unknown): Text {
  if (!(error instanceof Error)) throw error
  const { text = { en: error.message, zh: error.message } }: Error & { text?: Text } = error
  return text
}

function constantValue(node: Node): Value | undefined {
  return node.kind === 'constant' ? node.value : undefined
}

/** Calls of constants alone are computed once, here. */
function fold(call: Node): Node {
  if (call.kind !== 'call' || call.type === 'INTERVAL' || !call.args.every((arg) => arg.kind === 'constant'))
    return call
  const values = remainingArgs(call.target, call.args, call.bound).map((arg) =>
    arg.kind === 'constant' ? arg.value : null,
  )
  const value = apply(call.bound?.call ?? call.target.call, values)
  return constantNode(call.type, value, { location: call.location, integral: call.integral === true })
}

function unknownFunction(context: CheckContext, raw: RawNode, name: string): LanguageError {
  const near = nearestNames(name, functionNames)
  const hint: Text =
    near.length > 0
      ? { en: `Did you mean ${near.join(', ')}?`, zh: `是否想写 ${near.join('、')}?` }
      : { en: 'The language page lists all functions.', zh: '语言页列出了全部函数。' }
  return refuse(context, {
    code: 'not-in-subset',
    location: locationOf(raw),
    text: { en: `The function ${name} is not part of the subset.`, zh: `函数 ${name} 不在子集之内。` },
    suggestion: leftOut[name] ?? hint,
  })
}

function noOverload(
  context: CheckContext,
  raw: RawNode,
  { call, overloads }: { call: Call; overloads: readonly Overload[] },
): LanguageError {
  const found = call.args.map(describe).join(', ')
  const forms = overloads
    .map((overload) => overload.syntax ?? formOf(overload))
    .filter((form, index, all) => all.indexOf(form) === index)
  const whole =
    call.name === '//' ? { en: ' For DOUBLE write floor(a / b).', zh: ' DOUBLE 请写 floor(a / b)。' } : undefined
  const cast = call.args.some((arg) => arg.type === 'VARCHAR' && !isTextConstant(arg)) && /^[-+*/%]/.test(call.name)
  const numeric = cast
    ? { en: ' Read a text as a number with TRY_CAST(… AS DOUBLE).', zh: ' 文本请用 TRY_CAST(… AS DOUBLE) 读作数字。' }
    : undefined
  const extra = whole ?? numeric ?? { en: '', zh: '' }
  return refuse(context, {
    code: 'type',
    location: locationOf(raw),
    text: { en: `${call.name} does not take (${found}).`, zh: `${call.name} 不接受 (${found})。` },
    suggestion: { en: `It takes: ${forms.join(' or ')}.${extra.en}`, zh: `它接受:${forms.join(' 或 ')}。${extra.zh}` },
  })
}

/** A signature as people read it: `left(VARCHAR, BIGINT)`. */
export function formOf(overload: Overload): string {
  const types = overload.parameters.map(
    (parameter) => (generic[parameter.type] ?? parameter.type) + (parameter.constant ? ' constant' : ''),
  )
  return `${overload.name}(${types.join(', ')}${overload.variadic === true ? ', …' : ''})`
}

const generic: Readonly<Partial<Record<Parameter['type'], string>>> = {
  TEXTUAL: 'any',
  SAME: 'any',
  ELEMENT: 'element',
  LIST: 'list',
} satisfies Partial<Record<Parameter['type'], string | ColumnType>>

function notConstant(context: CheckContext, target: Overload, node: Node): LanguageError {
  const regex = target.name.startsWith('regexp_')
  return refuse(context, {
    code: regex ? 'regex-not-constant' : 'type',
    location: node.location,
    text: regex
      ? {
          en: 'A regular expression must be a constant text; it is compiled once, at load.',
          zh: '正则表达式必须是常量文本,加载时编译一次。',
        }
      : { en: `${target.name}: this argument must be a constant.`, zh: `${target.name}:这个参数必须是常量。` },
    suggestion: regex
      ? {
          en: 'Write the pattern as a text, or use contains(text, column) or LIKE.',
          zh: '请直接写出模式,或用 contains(text, column) 或 LIKE。',
        }
      : { en: `Write the value itself, as in ${target.example}.`, zh: `请直接写值,如 ${target.example}。` },
  })
}

interface BadConstant {
  readonly target: Overload
  readonly node: Node | undefined
  readonly reason: Text
}

function badConstant(context: CheckContext, { target, node, reason }: BadConstant): LanguageError {
  const regex = target.name.startsWith('regexp_')
  return refuse(context, {
    code: regex ? 'regex-invalid' : 'type',
    location: node?.location,
    text: { en: `${target.name}: ${reason.en}.`, zh: `${target.name}:${reason.zh}。` },
    suggestion: regex
      ? {
          en: 'Patterns use RE2 syntax: no look-around, no back-references; (?i) ignores case.',
          zh: '模式用 RE2 语法:没有环视和反向引用;(?i) 忽略大小写。',
        }
      : { en: `For example: ${target.example}.`, zh: `例如:${target.example}。` },
  })
}
