import type { Value } from '../../kernel/values.ts'
import { noRing, ringCapacity } from './arena.ts'
import { readExact, readSpecial } from './exact-sum.ts'
import type { Binding, Frame, Stream } from './layout.ts'
import type { Aggregate, FeaturePlan } from './model.ts'
import { type Cursor, isNullNumber } from './streams.ts'

const dayMicros = 86_400_000_000

/** Reads one window of the key at the cursor; its frames have been advanced to `at.time`. */
export type Reader = (at: Cursor) => Value

/** Writes a stored number back as the argument it came from. */
export type Decode = (stored: number) => Value

/** What a window without any event says. */
export const emptyValue = (aggregate: Aggregate): Value => (aggregate === 'count' ? 0 : null)

/** The function that computes a plan's value from its stream. */
export function createReader(binding: Binding, decode: Decode): Reader {
  const { plan, stream, frame } = binding
  if (stream.kind === 'last') return lastReader(stream, plan, decode)
  if (stream.kind === 'since') return sinceReader(stream, plan)
  if (!frame) throw new Error(`feature "${plan.id}": no frame was laid out for ${plan.aggregate}`)
  const count = counter(binding, frame)
  const sum = plan.distinct ? distinctSum(frame) : plainSum(frame)
  switch (plan.aggregate) {
    case 'count':
      return count
    case 'sum':
      return (at) => (count(at) === 0 ? null : sum(at))
    case 'avg':
      return (at) => (count(at) === 0 ? null : sum(at) / count(at))
    default:
      return stream.kind === 'total' ? totalReader(stream, plan, decode) : headReader(stream, frame, decode)
  }
}

function counter({ plan, stream, frame }: Binding, bounded: Frame): (at: Cursor) => number {
  const tail = stream.float
  const head = bounded.head
  if (plan.distinct && frame && frame.distinct >= 0) return (at) => at.ints[at.int + frame.distinct]!
  if (head < 0) return (at) => at.floats[at.float + tail]!
  return (at) => at.floats[at.float + tail]! - at.floats[at.float + head]!
}

function plainSum(frame: Frame): (at: Cursor) => number {
  return (at) => {
    const sum = readExact(at, { float: at.float + frame.sum, int: at.int + frame.sumInts })
    const special = frame.specials.size > 0 ? frame.specials.get(at.slot) : undefined
    return special ? sum + readSpecial(special) : sum
  }
}

function distinctSum(frame: Frame): (at: Cursor) => number {
  return (at) => {
    const sum = readExact(at, { float: at.float + frame.distinctSum, int: at.int + frame.distinctSumInts })
    const special = frame.distinctSpecials.size > 0 ? frame.distinctSpecials.get(at.slot) : undefined
    return special ? sum + readSpecial(special) : sum
  }
}

/** first, min, max of a frame with a lower bound: the entry at its head. */
function headReader(stream: Stream, frame: Frame, decode: Decode): Reader {
  return (at) => {
    const ref = at.ints[at.int + stream.int]! - 1
    const head = at.floats[at.float + frame.head]!
    if (ref === noRing || head >= at.floats[at.float + stream.float]!) return null
    const entry = stream.arena.offset(ref) + (head & (ringCapacity(ref) - 1)) * 2
    return nullable(stream.arena.page(ref)[entry + 1]!, decode)
  }
}

function totalReader(stream: Stream, plan: FeaturePlan, decode: Decode): Reader {
  const place = plan.aggregate === 'first' ? 1 : plan.aggregate === 'min' ? 2 : 3
  return (at) => {
    const start = at.float + stream.float
    return at.floats[start] === 0 ? null : nullable(at.floats[start + place]!, decode)
  }
}

function lastReader(stream: Stream, plan: FeaturePlan, decode: Decode): Reader {
  const range = plan.rangeMicros ?? Number.POSITIVE_INFINITY
  return (at) => {
    const place = at.float + stream.float
    if (at.ints[at.int + stream.int] === 0 || at.floats[place]! < at.time - range) return null
    return nullable(at.floats[place + 1]!, decode)
  }
}

function sinceReader(stream: Stream, plan: FeaturePlan): Reader {
  const range = plan.rangeMicros ?? Number.POSITIVE_INFINITY
  return (at) => {
    const elapsed = at.time - stream.before
    if (!(elapsed <= range)) return null
    // As DuckDB's epoch() of an interval, which holds days apart: the plain quotient differs in the last bit at times.
    const days = Math.floor(elapsed / dayMicros)
    return days * 86_400 + (elapsed - days * dayMicros) / 1e6
  }
}

const nullable = (stored: number, decode: Decode): Value => (isNullNumber(stored) ? null : decode(stored))
