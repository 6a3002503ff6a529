import { applyCast, convertText, describe, isTextConstant, refuse } from './convert.ts'
import { findCast } from './functions-cast.ts'
import type { CheckContext, Interval, LanguageError, Node, RawNode, Type } from './model.ts'
import { constantNode } from './nodes.ts'
import { largestInteger } from './numbers.ts'
import { asNode, locationOf, offsetOf } from './parse.ts'
import { intervalLength, makeInterval } from './time.ts'

type Check = (context: CheckContext, raw: RawNode) => Node

const integerTypes = [
  'TINYINT',
  'SMALLINT',
  'INTEGER',
  'BIGINT',
  'UTINYINT',
  'USMALLINT',
  'UINTEGER',
  'UBIGINT',
  'HUGEINT',
]

/** A literal: whole numbers inside ±(2^53-1) are BIGINT, all other numbers DOUBLE. */
export function readConstantNode(context: CheckContext, raw: RawNode): Node {
  const value = asNode(raw.value)
  const type = asNode(value.type)
  const location = raw.query_location
  if (value.is_null === true) return constantNode('NULL', null, { location })
  if (type.id === 'VARCHAR') return constantNode('VARCHAR', String(value.value), { location })
  if (type.id === 'BOOLEAN') return constantNode('BOOLEAN', value.value === true, { location })
  if (type.id === 'DOUBLE' && typeof value.value === 'number') return numberNode(value.value, location, 'DOUBLE')
  const scale = Number(asNode(type.type_info).scale ?? 0)
  const read = readLiteral(context, location)
  if (type.id === 'DECIMAL') {
    const number = read ?? (typeof value.value === 'number' ? value.value / 10 ** scale : Number.NaN)
    return numberNode(number, location, 'DOUBLE')
  }
  if (integerTypes.includes(String(type.id))) {
    const number = typeof value.value === 'number' ? value.value : (read ?? Number.NaN)
    return numberNode(number, location, Math.abs(number) <= largestInteger ? 'BIGINT' : 'DOUBLE')
  }
  throw outside(context, raw, `a ${String(type.id)} literal`)
}

function numberNode(value: number, location: unknown, type: 'BIGINT' | 'DOUBLE'): Node {
  return constantNode(type, type === 'BIGINT' ? value + 0 : value, { location })
}

const literal = /^([-+]?)\s*((?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?)/

/** The number as the author wrote it: DuckDB's tree rounds long ones. */
function readLiteral(context: CheckContext, location: unknown): number | undefined {
  const at = offsetOf(context.text, location)
  const found = at < 0 ? null : literal.exec(context.text.slice(at, at + 400))
  if (found === null) return undefined
  const size = Number((found[2] ?? '').replaceAll('_', ''))
  return found[1] === '-' ? -size : size
}

export function outside(context: CheckContext, raw: RawNode, what: string): LanguageError {
  return refuse(context, {
    code: 'not-in-subset',
    location: locationOf(raw),
    text: { en: `Conditions cannot contain ${what}.`, zh: `条件中不能使用 ${what}。` },
    suggestion: {
      en: 'The types are VARCHAR, DOUBLE, BIGINT, BOOLEAN, TIMESTAMP and lists of VARCHAR or DOUBLE.',
      zh: '可用类型为 VARCHAR、DOUBLE、BIGINT、BOOLEAN、TIMESTAMP 以及 VARCHAR、DOUBLE 的列表。',
    },
  })
}

const castTypes: readonly Type[] = ['VARCHAR', 'DOUBLE', 'BIGINT', 'BOOLEAN', 'TIMESTAMP', 'INTERVAL']

/** CAST, TRY_CAST, x::TYPE and typed literals such as TIMESTAMP '2026-01-31' and TRUE. */
export function readCast(context: CheckContext, raw: RawNode, check: Check): Node {
  const id = String(asNode(raw.cast_type).id)
  const child = check(context, asNode(raw.child))
  const wanted = id === 'DATE' && isTextConstant(child) ? 'TIMESTAMP' : id
  const type = castTypes.find((name) => name === wanted)
  if (type === undefined) throw unsupportedCast(context, raw, id)
  const location = raw.query_location
  if (child.type === type) return child
  if (child.type === 'NULL') return constantNode(type, null, { location })
  const attempt = raw.try_cast === true
  if (isTextConstant(child) && (!attempt || type === 'INTERVAL')) return convertText(context, child, type)
  const cast = findCast(child.type, type)
  if (cast === undefined || (!cast.safe && !attempt))
    throw unsafeCast(context, { raw, child, type, exists: cast !== undefined })
  if (child.integral === true && type === 'VARCHAR') {
    const whole = findCast('DOUBLE', 'BIGINT')
    const text = findCast('BIGINT', 'VARCHAR')
    if (whole !== undefined && text !== undefined) return applyCast(applyCast(child, whole), text, location)
  }
  return applyCast(child, cast, location)
}

function unsupportedCast(context: CheckContext, raw: RawNode, id: string): LanguageError {
  const instead =
    id === 'DATE' || id.startsWith('TIMESTAMP') ? 'TIMESTAMP' : integerTypes.includes(id) ? 'BIGINT' : 'DOUBLE'
  const hint = id === 'DATE' ? "date_trunc('day', …)" : `TRY_CAST(… AS ${instead})`
  return refuse(context, {
    code: 'not-in-subset',
    location: locationOf(raw),
    text: { en: `The type ${id} is not part of the subset.`, zh: `类型 ${id} 不在子集之内。` },
    suggestion: { en: `Write ${hint}.`, zh: `请写 ${hint}。` },
  })
}

interface UnsafeCast {
  readonly raw: RawNode
  readonly child: Node
  readonly type: Type
  readonly exists: boolean
}

function unsafeCast(context: CheckContext, { raw, child, type, exists }: UnsafeCast): LanguageError {
  const name = child.kind === 'column' ? child.name : '…'
  return refuse(context, {
    code: 'type',
    location: locationOf(raw),
    text: exists
      ? {
          en: `CAST from ${child.type} to ${type} can fail on a row.`,
          zh: `从 ${child.type} 到 ${type} 的 CAST 可能在某一行失败。`,
        }
      : {
          en: `There is no conversion from ${describe(child)} to ${type}.`,
          zh: `没有从 ${describe(child)} 到 ${type} 的转换。`,
        },
    suggestion: exists
      ? {
          en: `Write TRY_CAST(${name} AS ${type}); it gives NULL where the text does not fit.`,
          zh: `请写 TRY_CAST(${name} AS ${type}),读不出时为 NULL。`,
        }
      : { en: 'See the table of conversions on the language page.', zh: '请看语言页的转换表。' },
  })
}

/** INTERVAL 7 DAY: DuckDB's tree calls to_days on casts of the number. Undefined when the name is not of that kind. */
export function readIntervalCall(context: CheckContext, raw: RawNode, name: string): Node | undefined {
  if (!name.startsWith('to_')) return undefined
  const unit = name.slice(3)
  if (makeInterval(0, unit) === undefined) return undefined
  let child: RawNode = asNode(Array.isArray(raw.children) ? raw.children[0] : undefined)
  while (child.class === 'CAST' || (child.class === 'FUNCTION' && child.function_name === 'trunc'))
    child = asNode(child.class === 'CAST' ? child.child : Array.isArray(child.children) ? child.children[0] : undefined)
  const value = asNode(child.value).value
  const count = child.class === 'CONSTANT' && value !== null && value !== '' ? Number(value) : Number.NaN
  const interval: Interval | undefined = makeInterval(count, unit)
  if (interval !== undefined)
    return constantNode('INTERVAL', intervalLength(interval), { location: raw.query_location, interval })
  throw refuse(context, {
    code: 'type',
    location: locationOf(raw),
    text: {
      en: 'An interval must be a constant whole number of units, at most 100 years.',
      zh: '时间段必须是整数个单位的常量,最长 100 年。',
    },
    suggestion: {
      en: 'Write for example INTERVAL 7 DAY, or compare epoch(logged_at - time) with a number of seconds.',
      zh: '例如写 INTERVAL 7 DAY,或把 epoch(logged_at - time) 与秒数比较。',
    },
  })
}
