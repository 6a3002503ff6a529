import { performance } from 'node:perf_hooks'

/** One figure of the table. `pass` is null where there is no target. */
export interface Measure {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly peer: string | null
  readonly peer_value: number | null
  readonly ratio: number | null
  readonly target: string | null
  readonly pass: boolean | null
  /** What bounds the figure, how it was measured, how cost grows. */
  readonly notes: readonly string[]
}

export interface Options {
  readonly quick: boolean
  readonly say: (line: string) => void
}

type Optional = 'peer' | 'peer_value' | 'ratio' | 'target' | 'pass' | 'notes'

export function measure(given: Omit<Measure, Optional> & Partial<Pick<Measure, Optional>>): Measure {
  return { peer: null, peer_value: null, ratio: null, target: null, pass: null, notes: [], ...given }
}

/** Runs some of the work and returns how many units it did. */
export type Slice = () => number | Promise<number>

/** CPU seconds of this process, all its threads. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/**
 * Units per CPU-second of each contestant: slices of equal length in turn, the median over the rounds. CPU time and turns
 * keep a busy machine from favouring anyone.
 */
export async function race(
  contestants: Readonly<Record<string, Slice>>,
  { rounds, sliceMs }: { rounds: number; sliceMs: number },
): Promise<Record<string, number>> {
  const rates: Record<string, number[]> = {}
  for (let round = -1; round < rounds; round++) {
    for (const [name, slice] of Object.entries(contestants)) {
      const until = performance.now() + (round < 0 ? sliceMs / 2 : sliceMs)
      const before = cpuSeconds()
      let units = 0
      do units += await slice()
      while (performance.now() < until)
      const spent = cpuSeconds() - before
      if (round >= 0) rates[name] = [...(rates[name] ?? []), units / spent]
    }
  }
  return Object.fromEntries(Object.entries(rates).map(([name, all]) => [name, median(all)]))
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** A small deterministic generator of numbers in [0, 1). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** `1,234,567`, `12.3`, `0.045`. */
export function shown(value: number): string {
  if (!Number.isFinite(value)) return '–'
  const size = Math.abs(value)
  return size >= 100 ? Math.round(value).toLocaleString('en') : size >= 10 ? value.toFixed(1) : value.toPrecision(3)
}

/** How cost grows with the input: `×1 12.0 µs, ×2 …`. */
export function growth(what: string, unit: string, points: readonly { size: number; cost: number }[]): string {
  return `${what}: ${points.map(({ size, cost }) => `${shown(size)} → ${shown(cost)} ${unit}`).join(', ')}`
}

export const megabytes = (): number => process.memoryUsage().rss / 2 ** 20
