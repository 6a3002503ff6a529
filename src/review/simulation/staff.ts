import { day, hour } from '../../kernel/time.ts'
import type { Routing } from '../queues/index.ts'
import { type Arrival, type Staff, shiftLength } from './model.ts'

/**
 * People of the floor: three shifts round the clock, five days of seven. The first of each shift can take everything;
 * of the others each lacks one skill, and every second one the smaller languages.
 */
export function hire(
  count: number,
  { arrivals, routing }: { arrivals: readonly Arrival[]; routing: Routing },
): Staff[] {
  const skills = [...new Set(routing.queues.flatMap((queue) => queue.skills))].sort()
  const named = routing.queues.flatMap((queue) => (typeof queue.languages === 'string' ? [] : queue.languages))
  const languages = [...new Set([...named, ...arrivals.flatMap((arrival) => arrival.facts.language ?? [])])].sort()
  return Array.from({ length: count }, (_, index) => ({
    id: `r${index}`,
    from: (index % 3) * 8,
    free: (index * 3) % 7,
    skills: index < 3 ? skills : skills.filter((_skill, place) => place !== index % (skills.length + 1)),
    languages: index < 3 || index % 2 === 0 ? languages : languages.filter((language) => /^(en|zh)$/.test(language)),
  }))
}

/** The moment from which a person works at or after `at`: `at` itself inside a shift, else the start of the next one. */
export function onShift({ from, free }: Staff, at: number): number {
  for (let index = Math.floor(at / day) - 1; ; index++) {
    const start = index * day + from * hour
    const place = (((index - free) % 7) + 7) % 7
    if (place < 2 || start + shiftLength <= at) continue
    return Math.max(start, at)
  }
}
