import type { Trace } from '../types/subjects.ts'

export type Links = Trace['links']

/** The recorded causes, and from each finding the decision that it went into. */
export function linksOf(trace: Trace): Links {
  const decided = new Set(trace.layers.decided.map(({ id }) => id))
  const through = trace.layers.identified.flatMap(({ id, data }) => {
    const to = data?.['decision_id']
    return typeof to === 'string' && decided.has(to) ? [{ from: id, to }] : []
  })
  const known = new Set(trace.links.map(({ from, to }) => `${from} ${to}`))
  return [...trace.links, ...through.filter(({ from, to }) => !known.has(`${from} ${to}`))]
}

/** Everything that led to an item, and everything that came of it. */
export function connected(id: string, links: Links): { causes: string[]; effects: string[] } {
  const walk = (start: string, next: (at: string) => string[]) => {
    const seen = new Set<string>()
    const queue = [start]
    for (let item = queue.pop(); item !== undefined; item = queue.pop())
      for (const other of next(item))
        if (!seen.has(other)) {
          seen.add(other)
          queue.push(other)
        }
    seen.delete(start)
    return [...seen]
  }
  return {
    causes: walk(id, (item) => links.filter(({ to }) => to === item).map(({ from }) => from)),
    effects: walk(id, (item) => links.filter(({ from }) => from === item).map(({ to }) => to)),
  }
}

/** Events that passed and led to nothing, with their decisions; none when there are few, because then they do not hide anything. */
export function uneventful(trace: Trace, many = 8): ReadonlySet<string> {
  if (trace.layers.perceived.length <= many) return new Set()
  const links = linksOf(trace)
  const leading = new Set(links.map(({ from }) => from))
  const caused = new Map(links.map(({ from, to }) => [to, from]))
  const hit = new Set(
    trace.layers.identified.flatMap(({ id }) => links.filter((link) => link.from === id).map(({ to }) => to)),
  )
  const idle = trace.layers.decided.filter(
    ({ id, data }) => data?.['verdict'] === 'pass' && !leading.has(id) && !hit.has(id),
  )
  return new Set(idle.flatMap(({ id }) => [id, caused.get(id) ?? id]))
}
