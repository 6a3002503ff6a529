import type { Value } from '../../kernel/values.ts'
import { compareNumbers, compareUtf8 } from './codecs.ts'
import type { ColumnWindowShape, Tally, WindowBatch, WindowValues } from './column-model.ts'
import { isNullNumber, nullNumber } from './rings.ts'

/** Values of rows in numbered places: numbers with no object each, or texts and booleans. */
interface Places {
  put(place: number, batch: WindowBatch, row: number): void
  /** Order of two places whose values are there. */
  compare(a: number, b: number): number
  give(place: number, out: WindowValues, row: number): void
  copy(from: number, to: number, target: Places): void
  readonly numbers: Float64Array
  readonly cells: Value[]
}

function createPlaces(size: number, isNumber: boolean): Places {
  const numbers = new Float64Array(isNumber ? size : 0)
  const cells: Value[] = isNumber ? [] : new Array<Value>(size).fill(null)
  if (isNumber)
    return {
      ...{ numbers, cells },
      put: (place, { values, nulls }, row) => {
        // -0 stands for NULL, so a stored 0 is always +0.
        numbers[place] = nulls?.[row] === 1 ? nullNumber : values![row]! + 0
      },
      compare: (a, b) => compareNumbers(numbers[a]!, numbers[b]!),
      give(place, out, row) {
        const value = numbers[place]!
        if (isNullNumber(value)) out.empty[row] = 1
        else out.values[row] = value
      },
      copy: (from, to, target) => {
        target.numbers[to] = numbers[from]!
      },
    }
  return {
    ...{ numbers, cells },
    put: (place, batch, row) => {
      cells[place] = batch.cells![row] ?? null
    },
    compare: (a, b) => compareCells(cells[a], cells[b]),
    give(place, out, row) {
      const value = cells[place] ?? null
      if (value === null) out.empty[row] = 1
      else out.cells![row] = value
    },
    copy: (from, to, target) => {
      target.cells[to] = cells[from] ?? null
    },
  }
}

const compareCells = (a: Value | undefined, b: Value | undefined): number =>
  typeof a === 'string' && typeof b === 'string' ? compareUtf8(a, b) : Number(a) - Number(b)

/** min, max, first and last of the frame of each key; `isNumber` says where the batches carry the argument. */
export function orderTally(shape: ColumnWindowShape): Tally {
  return shape.aggregate === 'last' || shape.rangeMicros === null ? oneTally(shape) : queueTally(shape)
}

/** One value a key is enough: nothing leaves, or only the newest row is asked for. */
function oneTally({ aggregate, keys, rangeMicros, isNumber }: ColumnWindowShape): Tally {
  // The place behind the keys holds the value that is being compared.
  const places = createPlaces(keys + 1, isNumber)
  const entered = new Float64Array(keys).fill(Number.NEGATIVE_INFINITY)
  const range = rangeMicros ?? Number.MAX_VALUE
  const sign = aggregate === 'min' ? 1 : -1
  const replaces = (batch: WindowBatch, row: number, key: number): boolean => {
    if (aggregate === 'last' || entered[key] === Number.NEGATIVE_INFINITY) return true
    if (aggregate === 'first') return false
    places.put(keys, batch, row)
    return sign * places.compare(keys, key) < 0
  }
  return {
    enter(batch, row, key) {
      if (replaces(batch, row, key)) places.put(key, batch, row)
      entered[key] = batch.time[row]!
    },
    leave: () => undefined,
    read({ time }, out, row, key) {
      if (time[row]! - entered[key]! <= range) places.give(key, out, row)
      else out.empty[row] = 1
    },
  }
}

/** Fewest places of the queues; they double as more rows are in the frame. */
const fewestPlaces = 1 << 10
const none = -1

/**
 * A queue of rows by key, oldest first, all in one ring of places by the number of the row: the head is the answer. A
 * row that enters pushes those out that can never be the least (or greatest) again; first pushes out nothing.
 */
function queueTally({ aggregate, keys, isNumber }: ColumnWindowShape): Tally {
  const head = new Float64Array(keys).fill(none)
  const tail = new Float64Array(keys).fill(none)
  const sign = aggregate === 'min' ? 1 : -1
  let mask = fewestPlaces - 1
  let places = createPlaces(fewestPlaces, isNumber)
  let next = new Float64Array(fewestPlaces)
  let before = new Float64Array(fewestPlaces)
  let [entered, left] = [0, 0]

  function grow(): void {
    const wide = 2 * (mask + 1) - 1
    const grown = { places: createPlaces(wide + 1, isNumber), next: new Float64Array(wide + 1) }
    const grownBefore = new Float64Array(wide + 1)
    for (let number = left; number < entered; number++) {
      places.copy(number & mask, number & wide, grown.places)
      grown.next[number & wide] = next[number & mask]!
      grownBefore[number & wide] = before[number & mask]!
    }
    ;({ places, next } = grown)
    before = grownBefore
    mask = wide
  }

  /** The newest row of the key that stays beside row `number`. */
  function staying(key: number, number: number): number {
    let last = tail[key]!
    if (aggregate === 'first') return last
    while (last !== none && sign * places.compare(last & mask, number & mask) >= 0)
      last = last === head[key] ? none : before[last & mask]!
    return last
  }

  return {
    enter(batch, row, key) {
      if (entered - left > mask) grow()
      const number = entered++
      places.put(number & mask, batch, row)
      const last = staying(key, number)
      if (last === none) head[key] = number
      else next[last & mask] = number
      before[number & mask] = last
      tail[key] = number
    },
    leave(_batch, _row, key) {
      const number = left++
      if (head[key] !== number) return
      const empty = tail[key] === number
      head[key] = empty ? none : next[number & mask]!
      if (empty) tail[key] = none
    },
    read(_batch, out, row, key) {
      const first = head[key]!
      if (first === none) out.empty[row] = 1
      else places.give(first & mask, out, row)
    },
  }
}
