import type { Value } from '../../kernel/values.ts'
import type { ColumnWindowShape, Tally, WindowBatch, WindowValues } from './column-model.ts'
import { orderTally } from './column-order.ts'
import { createSums } from './column-sums.ts'

/**
 * A window over history that comes in time order: each row enters once and leaves once, so no sort is needed. The frame
 * is the rows between two places in the stream that all keys share; state is a few numbers a key. The values are those
 * of the live window store and of `windowSql`, bit for bit (a property test holds all three together).
 */
export function createColumnWindow(shape: ColumnWindowShape): (batch: WindowBatch) => WindowValues {
  return shape.aggregate === 'seconds_since_last' ? sinceWindow(shape) : frameWindow(shape)
}

const dayMicros = 86_400_000_000

function sinceWindow({ keys, rangeMicros }: ColumnWindowShape): (batch: WindowBatch) => WindowValues {
  const last = new Float64Array(keys).fill(Number.NEGATIVE_INFINITY)
  const range = rangeMicros ?? Number.MAX_VALUE
  return ({ rows, time, codes }) => {
    const out = valuesOf(rows)
    for (let row = 0; row < rows; row++) {
      const code = codes[row]!
      const key = code < 0 ? ~code : code
      const elapsed = time[row]! - last[key]!
      if (elapsed <= range) {
        const days = Math.floor(elapsed / dayMicros)
        out.values[row] = days * 86_400 + (elapsed - days * dayMicros) / 1e6
      } else out.empty[row] = 1
      if (code >= 0) last[key] = time[row]!
    }
    return out
  }
}

function frameWindow(shape: ColumnWindowShape): (batch: WindowBatch) => WindowValues {
  const { enter, leave, read } = tallyOf(shape)
  const range = shape.rangeMicros
  // Batches that still have rows in the frame; `gone` is the next row of the oldest that leaves.
  const held: WindowBatch[] = []
  let gone = 0
  const expire = (before: number): void => {
    for (let oldest = held[0]; oldest; oldest = held[0]) {
      const { rows, time, codes } = oldest
      while (gone < rows && time[gone]! < before) {
        const code = codes[gone]!
        if (code >= 0) leave(oldest, gone, code)
        gone++
      }
      if (gone < rows || held.length === 1) return
      held.shift()
      gone = 0
    }
  }
  return (batch) => {
    if (range !== null) held.push(batch)
    const { rows, time, codes } = batch
    const out = valuesOf(rows, shape.isNumber)
    for (let row = 0; row < rows; row++) {
      if (range !== null) expire(time[row]! - range)
      const code = codes[row]!
      const key = code < 0 ? ~code : code
      if (code >= 0) enter(batch, row, key)
      read(batch, out, row, key)
    }
    return out
  }
}

function tallyOf(shape: ColumnWindowShape): Tally {
  switch (shape.aggregate) {
    case 'count':
      return shape.distinct ? distinctTally(shape) : countTally(shape)
    case 'sum':
    case 'avg':
      return sumTally(shape)
    default:
      return orderTally(shape)
  }
}

function countTally({ keys }: ColumnWindowShape): Tally {
  const counts = new Int32Array(keys)
  return {
    enter: (_batch, _row, key) => void counts[key]!++,
    leave: (_batch, _row, key) => void counts[key]!--,
    read(_batch, out, row, key) {
      out.values[row] = counts[key]!
    },
  }
}

function distinctTally({ keys, pairs }: ColumnWindowShape): Tally {
  const counts = new Int32Array(keys)
  const seen = new Int32Array(pairs)
  return {
    enter({ pairs: of }, row, key) {
      if (seen[of![row]!]!++ === 0) counts[key]!++
    },
    leave({ pairs: of }, row, key) {
      if (--seen[of![row]!]! === 0) counts[key]!--
    },
    read(_batch, out, row, key) {
      out.values[row] = counts[key]!
    },
  }
}

function sumTally({ keys, pairs, aggregate, distinct }: ColumnWindowShape): Tally {
  const sums = createSums(keys)
  const isAverage = aggregate === 'avg'
  const seen = new Int32Array(distinct ? pairs : 0)
  const plain: Pick<Tally, 'enter' | 'leave'> = {
    enter: ({ values }, row, key) => sums.add(key, values![row]!, 1),
    leave: ({ values }, row, key) => sums.add(key, values![row]!, -1),
  }
  const once: Pick<Tally, 'enter' | 'leave'> = {
    enter(batch, row, key) {
      if (seen[batch.pairs![row]!]!++ === 0) plain.enter(batch, row, key)
    },
    leave(batch, row, key) {
      if (--seen[batch.pairs![row]!]! === 0) plain.leave(batch, row, key)
    },
  }
  return {
    ...(distinct ? once : plain),
    read(_batch, out, row, key) {
      const count = sums.count(key)
      if (count === 0) out.empty[row] = 1
      else out.values[row] = isAverage ? sums.total(key) / count : sums.total(key)
    },
  }
}

const valuesOf = (rows: number, isNumber = true): WindowValues => ({
  values: new Float64Array(isNumber ? rows : 0),
  empty: new Uint8Array(rows),
  cells: isNumber ? null : new Array<Value>(rows).fill(null),
})
