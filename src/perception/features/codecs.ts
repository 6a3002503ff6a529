import type { Value } from '../../kernel/values.ts'
import type { Interner } from './interner.ts'
import { type Codec, nullNumber } from './rings.ts'

export const valueKinds = ['unknown', 'number', 'boolean', 'text', 'list'] as const

/** The kind of an argument's values; `unknown` until the first one that is not NULL. */
export type ValueKind = (typeof valueKinds)[number]

/** Turns the values of one argument into numbers that rings can hold, and back. */
export interface ValueCodec extends Codec {
  kind: ValueKind
  encode(value: Value): number
  decode(stored: number): Value
}

/** Order of texts by their UTF-8 bytes, as DuckDB compares VARCHAR; JavaScript would compare UTF-16 units. */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const [left, right] = [a.charCodeAt(index), b.charCodeAt(index)]
    if (left !== right) return byteRank(left) - byteRank(right)
  }
  return a.length - b.length
}

/** Surrogates stand for code points above U+FFFF and go after every other unit. */
const byteRank = (unit: number): number => (unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit)

/** Order of DOUBLE values in DuckDB: NaN equals NaN and is the greatest. */
export function compareNumbers(a: number, b: number): number {
  if (a < b) return -1
  if (a > b) return 1
  if (a === b) return 0
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b))
}

/** The kind of a value that is not NULL. */
function kindOf(value: NonNullable<Value>): ValueKind {
  const type = typeof value
  return type === 'string' ? 'text' : type === 'number' ? 'number' : type === 'boolean' ? 'boolean' : 'list'
}

/**
 * Creates the codec of one argument. Its values must be of one kind, as a SQL column's are.
 * `encode` throws when they are not.
 */
export function createCodec(name: string, interner: Interner): ValueCodec {
  const codec: ValueCodec = {
    kind: 'unknown',
    interned: false,
    interner,
    encode(value) {
      if (value === null) return nullNumber
      const kind = kindOf(value)
      if (codec.kind !== kind) adopt(codec, kind, name)
      if (typeof value === 'number') return value === 0 ? 0 : value
      if (typeof value === 'boolean') return value ? 1 : 0
      return interner.idOf(typeof value === 'string' ? value : JSON.stringify(value))
    },
    decode(stored) {
      if (codec.kind === 'boolean') return stored === 1
      if (codec.kind === 'text') return interner.textOf(stored)
      return codec.kind === 'list' ? parseList(interner.textOf(stored)) : stored
    },
    compare: (a, b) => {
      if (!codec.interned) return compareNumbers(a, b)
      return a === b ? 0 : compareUtf8(interner.textOf(a), interner.textOf(b))
    },
  }
  return codec
}

/** Fixes the kind of a codec whose kind is still unknown. */
export function adopt(codec: ValueCodec, kind: ValueKind, name: string): void {
  if (codec.kind !== 'unknown')
    throw new Error(`feature argument ${name}: a ${kind} follows values of kind ${codec.kind}; cast it to one type`)
  codec.kind = kind
  codec.interned = kind === 'text' || kind === 'list'
}

const parseList = (text: string): readonly string[] => JSON.parse(text) as readonly string[]
