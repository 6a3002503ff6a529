import { type Found, mostHits, mostMisses } from './model.ts'

/** Collects what an engine finds, event by event in journal order; `marks` says of each part 1, 0, or -1 for NULL. */
export function createFinder(parts: number) {
  const counts = { events: 0, hits: 0, unknown: 0 }
  const positions: number[] = []
  const misses = createMisses(parts)
  return {
    add(position: number, marks: Int8Array): void {
      counts.events++
      if (marks.every((mark) => mark === 1)) {
        counts.hits++
        positions.push(position)
        if (positions.length > 2 * mostHits) positions.splice(0, mostHits)
        return
      }
      if (!marks.includes(0)) counts.unknown++
      misses.add(position, marks)
    },
    found: (): Found => ({ ...counts, positions: positions.slice(-mostHits).reverse(), misses: misses.list() }),
  }
}

/** Keeps the nearest misses: most true parts first, then newest. */
function createMisses(parts: number) {
  const byTrues = Array.from({ length: parts }, (): { position: number; missing: number[] }[] => [])
  return {
    add(position: number, marks: Int8Array): void {
      let trues = 0
      for (const mark of marks) if (mark === 1) trues++
      const shelf = byTrues[trues]
      if (!shelf || trues === 0) return
      shelf.push({ position, missing: [...marks].flatMap((mark, index) => (mark === 1 ? [] : [index])) })
      if (shelf.length > 2 * mostMisses) shelf.splice(0, mostMisses)
    },
    list: () =>
      byTrues
        .toReversed()
        .flatMap((shelf) => shelf.slice(-mostMisses).reverse())
        .slice(0, mostMisses),
  }
}
