import { distance, finite, type Gap } from './gap.ts'
import { type Found, type Miss, mostHits, mostMisses } from './model.ts'

/** A side of the comparison of a part for the event at hand; NaN where it is NULL. */
export type Sides = (part: number, side: keyof Gap) => number

/** Collects what an engine finds, event by event in journal order; `marks` says of each part 1, 0, or -1 for NULL. */
export function createFinder(gaps: readonly (Gap | null)[]) {
  const counts = { events: 0, hits: 0, unknown: 0 }
  const positions: number[] = []
  const misses = createMisses(gaps)
  return {
    add(position: number, marks: Int8Array, sides: Sides): void {
      counts.events++
      if (marks.every((mark) => mark === 1)) {
        counts.hits++
        positions.push(position)
        if (positions.length > 2 * mostHits) positions.splice(0, mostHits)
        return
      }
      if (!marks.includes(0)) counts.unknown++
      misses.add(position, marks, sides)
    },
    found: (): Found => ({ ...counts, positions: positions.slice(-mostHits).reverse(), misses: misses.list() }),
  }
}

interface Near extends Miss {
  readonly far: number
}

const nearestFirst = (a: Near, b: Near): number => a.far - b.far || b.position - a.position

/** Keeps the nearest misses of every number of true parts. */
function createMisses(gaps: readonly (Gap | null)[]) {
  const shelves = gaps.map((): { near: Near[]; worst: number } => ({ near: [], worst: Number.POSITIVE_INFINITY }))
  return {
    add(position: number, marks: Int8Array, sides: Sides): void {
      let trues = 0
      for (const mark of marks) if (mark === 1) trues++
      const shelf = shelves[trues]
      if (!shelf || trues === 0) return
      let far = 0
      for (let part = 0; part < marks.length; part++)
        if (marks[part] !== 1) far += gaps[part] ? distance(sides(part, 'value'), sides(part, 'limit')) : 1
      if (far > shelf.worst) return
      const missing = [...marks].flatMap((mark, part) => {
        if (mark === 1) return []
        const [value, limit] = gaps[part] ? [sides(part, 'value'), sides(part, 'limit')] : [Number.NaN, Number.NaN]
        return [{ part, value: finite(value), limit: finite(limit) }]
      })
      shelf.near.push({ position, missing, far })
      if (shelf.near.length < 4 * mostMisses) return
      shelf.near.sort(nearestFirst).splice(mostMisses)
      shelf.worst = shelf.near.at(-1)?.far ?? shelf.worst
    },
    list: (): Miss[] =>
      shelves
        .toReversed()
        .flatMap(({ near }) => near.toSorted(nearestFirst).slice(0, mostMisses))
        .slice(0, mostMisses)
        .map(({ position, missing }) => ({ position, missing })),
  }
}
