import type { Text, Value } from '../../kernel/values.ts'
import { languageError } from './errors.ts'
import type { Cast } from './functions-cast.ts'
import { findCast } from './functions-cast.ts'
import type { CheckContext, ErrorCode, LanguageError, Node, Type } from './model.ts'
import { apply, callNode, constantNode, isWhole } from './nodes.ts'
import { booleanFromText, doubleFromText, integerFromText } from './numbers.ts'
import { offsetOf } from './parse.ts'
import { intervalLength, readInterval, timestampFromText } from './time.ts'

interface Refusal {
  readonly code: ErrorCode
  readonly location: unknown
  readonly text: Text
  readonly suggestion: Text
}

export function refuse(context: CheckContext, { code, location, text, suggestion }: Refusal): LanguageError {
  return languageError({ code, expression: context.text, position: offsetOf(context.text, location), text, suggestion })
}

/** Applies a conversion; constants are converted at once. */
export function applyCast(node: Node, cast: Cast, location: unknown = node.location): Node {
  if (node.kind === 'constant') {
    const value = node.value === null ? null : apply(cast.call, [node.value])
    return constantNode(cast.to, value, { location, integral: cast.to === 'DOUBLE' && isWhole(node) })
  }
  const made = callNode({ target: cast, args: [node], type: cast.to, location })
  return cast.to === 'DOUBLE' && isWhole(node) ? { ...made, integral: true } : made
}

function readConstant(text: string, type: Type): Value | undefined {
  if (type === 'DOUBLE') return doubleFromText(text)
  if (type === 'BIGINT') return integerFromText(text)
  if (type === 'BOOLEAN') return booleanFromText(text)
  if (type === 'TIMESTAMP') return timestampFromText(text)
  return undefined
}

/** The constant text as a constant of `type`. */
export function convertText(context: CheckContext, node: Node, type: Type): Node {
  const text = node.kind === 'constant' && typeof node.value === 'string' ? node.value : ''
  if (type === 'INTERVAL') {
    const interval = readInterval(text)
    if (interval !== undefined)
      return constantNode(type, intervalLength(interval), { location: node.location, interval })
  }
  const value = readConstant(text, type)
  if (value !== undefined && value !== null) return constantNode(type, value, { location: node.location })
  throw refuse(context, {
    code: 'type',
    location: node.location,
    text: { en: `'${text}' cannot be read as ${type}.`, zh: `'${text}' 不能读作 ${type}。` },
    suggestion: forms[type] ?? { en: `Write a value of type ${type}.`, zh: `请写 ${type} 类型的值。` },
  })
}

const forms: Readonly<Partial<Record<Type, Text>>> = {
  TIMESTAMP: {
    en: "Write it as '2026-01-31' or '2026-01-31 08:00:00'.",
    zh: "请写成 '2026-01-31' 或 '2026-01-31 08:00:00'。",
  },
  INTERVAL: {
    en: "Write it as INTERVAL 7 DAY or INTERVAL '1 hour 30 minutes', at most 100 years.",
    zh: "请写成 INTERVAL 7 DAY 或 INTERVAL '1 hour 30 minutes',最长 100 年。",
  },
  DOUBLE: { en: 'Write a number, for example 12.5.', zh: '请写一个数,例如 12.5。' },
  BIGINT: { en: 'Write a whole number, for example 12.', zh: '请写一个整数,例如 12。' },
  BOOLEAN: { en: 'Write TRUE or FALSE.', zh: '请写 TRUE 或 FALSE。' },
}

export function isTextConstant(node: Node): boolean {
  return node.kind === 'constant' && typeof node.value === 'string' && node.type === 'VARCHAR'
}

/** Cost of an implicit conversion, undefined when there is none. Lower is nearer. */
export function conversionScore(node: Node, type: Type): number | undefined {
  if (node.type === type || node.type === 'NULL') return 0
  if (node.type === 'DOUBLE' && type === 'BIGINT') return node.integral === true ? 0 : undefined
  if (node.type === 'BIGINT' && type === 'DOUBLE') return 1
  if (isTextConstant(node) && (type === 'DOUBLE' || type === 'BIGINT' || type === 'TIMESTAMP')) return 2
  return undefined
}

/** Gives a node a type that `conversionScore` allows, or that unifying asked for. */
export function convert(context: CheckContext, node: Node, type: Type): Node {
  if (node.type === type) return node
  if (node.type === 'NULL') return constantNode(type, null, { location: node.location })
  if (isTextConstant(node)) return convertText(context, node, type)
  const cast = findCast(node.type, type)
  if (cast === undefined) throw mismatch(context, node, type)
  return applyCast(node, cast)
}

/** A scalar as text, as `||` and concat see it. */
export function toText(context: CheckContext, node: Node): Node {
  if (node.type === 'DOUBLE' && node.integral === true) return toText(context, convert(context, node, 'BIGINT'))
  return convert(context, node, 'VARCHAR')
}

/** How messages call a node. */
export function describe(node: Node): string {
  if (node.kind === 'column') return `column "${node.name}" (${node.type})`
  if (node.kind === 'constant' && typeof node.value === 'string') return `the text '${node.value.slice(0, 40)}'`
  return node.kind === 'constant' ? `the constant ${String(node.value)} (${node.type})` : `a ${node.type}`
}

function mismatch(context: CheckContext, node: Node, type: Type): LanguageError {
  return refuse(context, {
    code: 'type',
    location: node.location,
    text: { en: `Expected ${type}, found ${describe(node)}.`, zh: `这里需要 ${type},却是 ${describe(node)}。` },
    suggestion: castHint(node, type),
  })
}

function castHint(node: Node, type: Type): Text {
  const name = node.kind === 'column' ? node.name : '…'
  if (type === 'BOOLEAN')
    return {
      en: `Write a comparison, for example ${name} <> 0 or ${name} IS NOT NULL.`,
      zh: `请写一个比较,例如 ${name} <> 0 或 ${name} IS NOT NULL。`,
    }
  const safe = findCast(node.type, type)?.safe ? 'CAST' : 'TRY_CAST'
  return { en: `Write ${safe}(${name} AS ${type}).`, zh: `请写 ${safe}(${name} AS ${type})。` }
}

/** A node that must be BOOLEAN. */
export function asBoolean(context: CheckContext, node: Node): Node {
  if (node.type === 'BOOLEAN' || node.type === 'NULL') return convert(context, node, 'BOOLEAN')
  if (isTextConstant(node)) return convertText(context, node, 'BOOLEAN')
  throw mismatch(context, node, 'BOOLEAN')
}

/** Gives all nodes one type: texts that are constants take the others' type, BIGINT beside DOUBLE becomes DOUBLE. */
export function unify(context: CheckContext, nodes: readonly Node[]): { type: Type; nodes: Node[] } {
  const type = commonType(context, nodes)
  return { type, nodes: type === 'NULL' ? [...nodes] : nodes.map((node) => convert(context, node, type)) }
}

function commonType(context: CheckContext, nodes: readonly Node[]): Type {
  const typed = nodes.filter((node) => node.type !== 'NULL')
  const firm = typed.filter((node) => !isTextConstant(node))
  const deciding = firm.length > 0 ? firm : typed
  let type: Type = 'NULL'
  for (const node of deciding) {
    const next: Type | undefined = type === 'NULL' ? node.type : joinTypes(type, node.type)
    if (next === undefined || next.endsWith('[]')) throw disagreement(context, deciding[0] ?? node, node)
    type = next
  }
  return type
}

function joinTypes(a: Type, b: Type): Type | undefined {
  if (a === b) return a
  const both = [a, b]
  if (both.includes('DOUBLE') && both.includes('BIGINT')) return 'DOUBLE'
  if (both.includes('BOOLEAN') && both.includes('BIGINT')) return 'BIGINT'
  return undefined
}

function disagreement(context: CheckContext, first: Node, second: Node): LanguageError {
  const [text, other] = first.type === 'VARCHAR' ? [first, second] : [second, first]
  const list = first.type.endsWith('[]') || second.type.endsWith('[]')
  const hint =
    text.type === 'VARCHAR'
      ? castHint(text, other.type)
      : { en: 'Bring both sides to one type with CAST.', zh: '请用 CAST 统一两边的类型。' }
  return refuse(context, {
    code: 'type',
    location: second.location,
    text: {
      en: `Cannot compare or combine ${describe(first)} with ${describe(second)}.`,
      zh: `不能比较或合并 ${describe(first)} 与 ${describe(second)}。`,
    },
    suggestion: list
      ? {
          en: 'Lists are tested with list_contains, list_has_any or list_has_all.',
          zh: '列表请用 list_contains、list_has_any 或 list_has_all 判断。',
        }
      : hint,
  })
}
