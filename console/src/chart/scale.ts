/** Round numbers that cover a range, about `count` of them. */
export function ticks(low: number, high: number, { count = 4, whole = false } = {}): number[] {
  if (!(high > low)) return [low]
  const rough = (high - low) / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const round = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power
  const step = whole ? Math.max(1, Math.ceil(round)) : round
  const first = Math.ceil(low / step)
  const last = Math.floor(high / step + 1e-9)
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)))
}

/** The range that a chart shows: from zero for counts, close to the data for shares. */
export function domain(values: number[], fromZero: boolean): [number, number] {
  const low = Math.min(...values)
  const high = Math.max(...values)
  if (values.length === 0) return [0, 1]
  const pad = (high - low || Math.abs(high) || 1) * 0.08
  return [fromZero ? Math.min(0, low) : Math.max(low - pad, low >= 0 ? 0 : -Infinity), high + pad]
}

/** A linear map from one range to another. */
export const scale =
  ([from, to]: [number, number], [start, end]: [number, number]) =>
  (value: number): number =>
    to === from ? (start + end) / 2 : start + ((value - from) / (to - from)) * (end - start)

/** The usual distance between neighbours: the smallest one. */
export const stepOf = (times: readonly number[]): number =>
  times.slice(1).reduce((least, time, index) => Math.min(least, time - (times[index] ?? time)), Infinity)

/** Cuts a series where at least two values are missing, so that no line is drawn over time that nobody measured. */
export function runsOf<T extends { at: string }>(points: readonly T[], step: number): T[][] {
  const runs: T[][] = []
  for (const point of points) {
    const last = runs.at(-1)?.at(-1)
    if (last && Date.parse(point.at) - Date.parse(last.at) < step * 2.5) runs.at(-1)?.push(point)
    else runs.push([point])
  }
  return runs
}

/** The times, in order, that can carry a label: each at least `least` px to the right of the one before. */
export function apart(times: readonly number[], x: (time: number) => number, least: number): number[] {
  const kept: number[] = []
  for (const time of times) {
    const before = kept.at(-1)
    if (before === undefined || x(time) - x(before) >= least) kept.push(time)
  }
  return kept
}
