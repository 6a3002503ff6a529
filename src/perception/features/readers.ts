import type { Value } from '../../kernel/values.ts'
import { noRing, ringCapacity } from './arena.ts'
import { readExact, readSpecial } from './exact-sum.ts'
import type { Binding, Stream } from './layout.ts'
import type { Aggregate, FeaturePlan } from './model.ts'
import { type Cursor, isNullNumber } from './rings.ts'

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
  const count = counter(binding)
  const sum = sumOf(binding)
  switch (plan.aggregate) {
    case 'count':
      return count
    case 'sum':
      return (at) => (count(at) === 0 ? null : sum(at))
    case 'avg':
      return (at) => (count(at) === 0 ? null : sum(at) / count(at))
    default:
      return stream.kind === 'total' ? totalReader(stream, plan, decode) : headReader(binding, decode)
  }
}

/** How many events, or values that are not NULL, or distinct values the frame holds. */
function counter({ plan, stream, frame, tally }: Binding): (at: Cursor) => number {
  const tail = stream.float
  const head = frame?.head ?? -1
  const kept = tally === null ? -1 : plan.distinct ? tally.distinct : tally.count
  if (kept >= 0) return (at) => at.ints[at.int + kept]!
  if (head < 0) return (at) => at.floats[at.float + tail]!
  return (at) => at.floats[at.float + tail]! - at.floats[at.float + head]!
}

function sumOf({ plan, tally }: Binding): (at: Cursor) => number {
  if (tally === null) return () => 0
  const { distinct } = plan
  const specials = distinct ? tally.distinctSpecials : tally.specials
  const [float, int] = distinct ? [tally.distinctSum, tally.distinctSumInts] : [tally.sum, tally.sumInts]
  return (at) => {
    const sum = readExact(at, at.float + float, at.int + int)
    const special = specials.size > 0 ? specials.get(at.slot) : undefined
    return special ? sum + readSpecial(special) : sum
  }
}

/** first, min, max of a frame with a lower bound: the entry at its head. */
function headReader({ stream, frame, column }: Binding, decode: Decode): Reader {
  const first = frame?.head ?? -1
  return (at) => {
    const ref = at.ints[at.int + stream.int]! - 1
    const head = at.floats[at.float + first]!
    if (ref === noRing || head >= at.floats[at.float + stream.float]!) return null
    const entry = stream.arena.offset(ref) + (head & (ringCapacity(ref) - 1)) * stream.arena.width
    return nullable(stream.arena.page(ref)[entry + 1 + column]!, decode)
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
