import { DAY, type PlannedEvent } from './model.ts'

interface Slot {
  readonly at: number
  readonly order: number
  readonly planned: PlannedEvent
}

/** Events waiting for their day; what lies outside the history is dropped. */
export interface Schedule {
  /** Returns false when `at` lies outside the history. */
  add(at: number, planned: PlannedEvent): boolean
  /** The events of one day in time order; frees them. */
  take(day: number): readonly { readonly at: number; readonly planned: PlannedEvent }[]
}

export function createSchedule(start: number, days: number): Schedule {
  const buckets: Slot[][] = Array.from({ length: days }, () => [])
  let order = 0
  let told = 0
  return {
    add(at, planned) {
      // A payment seconds before midnight may belong to a day that is already told; it moves to the next one.
      const whole = told === 0 ? Math.floor(at) : Math.max(Math.floor(at), start + told * DAY)
      const bucket = buckets[Math.floor((whole - start) / DAY)]
      if (bucket === undefined) return false
      bucket.push({ at: whole, order: order++, planned })
      return true
    },
    take(day) {
      const bucket = buckets[day] ?? []
      buckets[day] = []
      told = day + 1
      return bucket.sort((left, right) => left.at - right.at || left.order - right.order)
    },
  }
}
