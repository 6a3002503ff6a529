import { day, hour, second } from '../../kernel/time.ts'

/** Hours of the past that a jump is measured against: a week, without the hour at hand and the one before. */
const pastHours = 168

/** Counts of an event stream by whole hours, for the last week. */
function createHours() {
  const counts = new Int32Array(pastHours + 2)
  let newest = -1
  const advance = (index: number): void => {
    if (newest < 0 || index - newest >= counts.length) counts.fill(0)
    else for (let at = newest + 1; at <= index; at++) counts[at % counts.length] = 0
    newest = Math.max(newest, index)
  }
  return {
    add(time: number): void {
      const index = Math.floor(time / hour)
      if (index > newest) advance(index)
      counts[index % counts.length] = (counts[index % counts.length] ?? 0) + 1
    },
    /** The sum of the past week up to the hour before the last. */
    past(time: number): number {
      const index = Math.floor(time / hour)
      let sum = 0
      for (let at = Math.max(0, index - pastHours + 1); at <= index - 2; at++)
        if (at <= newest && newest - at < counts.length) sum += counts[at % counts.length] ?? 0
      return sum
    },
  }
}

export interface Meter {
  add(time: number): void
  /** What lies in `(time − 1 h, time]` and `(time − 24 h, time]`, and the first time of each. Time never goes back. */
  at(time: number): { lastHour: number; lastDay: number; firstOfHour: number | null; firstOfDay: number | null }
  /** The same at the newest time that was asked or added. */
  now(): { lastHour: number; lastDay: number }
  past(time: number): number
}

/** Exact sliding counts of one strategy: the times of its actions of the last day, in a ring that grows when it must. */
export function createMeter(): Meter {
  let times = new Float64Array(16)
  let first = 0
  let firstInHour = 0
  let end = 0
  let newest = 0
  const hours = createHours()
  const timeAt = (index: number): number => times[index % times.length] ?? 0

  function expire(time: number): void {
    newest = Math.max(newest, time)
    while (first < end && timeAt(first) <= time - day) first++
    firstInHour = Math.max(first, firstInHour)
    while (firstInHour < end && timeAt(firstInHour) <= time - hour) firstInHour++
  }

  function grow(): void {
    const larger = new Float64Array(times.length * 2)
    for (let index = first; index < end; index++) larger[index % larger.length] = timeAt(index)
    times = larger
  }

  const counts = () => ({ lastHour: end - firstInHour, lastDay: end - first })
  return {
    add(time) {
      expire(time)
      if (end - first === times.length) grow()
      times[end % times.length] = time
      end++
      hours.add(time)
    },
    at(time) {
      expire(time)
      return {
        ...counts(),
        firstOfHour: firstInHour < end ? timeAt(firstInHour) : null,
        firstOfDay: first < end ? timeAt(first) : null,
      }
    },
    now: counts,
    past: hours.past,
  }
}

export interface Traffic {
  add(type: string, time: number): void
  /** Events of `types` in the last hour, to the minute. */
  lastHour(types: readonly string[], time: number): number
  /** Events of `types` in the week before, and over how many whole hours. */
  past(types: readonly string[], time: number): { events: number; hours: number }
}

const minute = 60 * second

/** Events by type: by the minute for the last hour, by the hour for the last week. */
export function createTraffic(): Traffic {
  interface Type {
    readonly minutes: Float64Array
    readonly minuteOf: Float64Array
    readonly hours: ReturnType<typeof createHours>
    readonly firstHour: number
  }
  const types = new Map<string, Type>()

  return {
    add(name, time) {
      let type = types.get(name)
      if (!type) {
        type = {
          minutes: new Float64Array(60),
          minuteOf: new Float64Array(60),
          hours: createHours(),
          firstHour: Math.floor(time / hour),
        }
        types.set(name, type)
      }
      const index = Math.floor(time / minute)
      const slot = index % 60
      if (type.minuteOf[slot] !== index) {
        type.minuteOf[slot] = index
        type.minutes[slot] = 0
      }
      type.minutes[slot] = (type.minutes[slot] ?? 0) + 1
      type.hours.add(time)
    },
    lastHour(names, time) {
      const index = Math.floor(time / minute)
      let sum = 0
      for (const name of names) {
        const type = types.get(name)
        if (!type) continue
        for (let slot = 0; slot < 60; slot++)
          if ((type.minuteOf[slot] ?? 0) > index - 60) sum += type.minutes[slot] ?? 0
      }
      return sum
    },
    past(names, time) {
      const known = names.flatMap((name) => types.get(name) ?? [])
      const last = Math.floor(time / hour) - 2
      const first = Math.max(
        last - pastHours + 3,
        Math.min(Number.POSITIVE_INFINITY, ...known.map((type) => type.firstHour)),
      )
      return {
        events: known.reduce((sum, type) => sum + type.hours.past(time), 0),
        hours: Math.max(0, last - first + 1),
      }
    },
  }
}
