import { seededRandom } from '../../kernel/stable-hash.ts'

/** A measure with its 95 % interval; null where there is nothing to measure. */
export interface Measured {
  readonly value: number | null
  readonly low: number | null
  readonly high: number | null
  readonly n: number
}

/** The judgements of one thing by those who judged it; the order of the judges does not matter for α. */
export type Unit = readonly string[]

const resamples = 1000
const seed = 20260101

/**
 * Cohen's κ of two judges over the same things: (pₒ − pₑ) / (1 − pₑ), pₑ from each judge's own shares (Cohen 1960,
 * Educ. Psychol. Meas. 20:37). Null for no pairs, and when both used one and the same answer throughout: then chance explains all.
 */
export function cohenKappa(pairs: readonly (readonly [string, string])[]): number | null {
  if (pairs.length === 0) return null
  const [first, second] = [new Map<string, number>(), new Map<string, number>()]
  let same = 0
  for (const [a, b] of pairs) {
    first.set(a, (first.get(a) ?? 0) + 1)
    second.set(b, (second.get(b) ?? 0) + 1)
    if (a === b) same++
  }
  const n = pairs.length
  let expected = 0
  for (const [answer, count] of first) expected += (count / n) * ((second.get(answer) ?? 0) / n)
  return expected === 1 ? null : (same / n - expected) / (1 - expected)
}

/**
 * Krippendorff's α for nominal answers, any number of judges, gaps allowed: 1 − Dₒ / Dₑ from the coincidences of answers inside
 * units (Krippendorff 2004, Content Analysis, ch. 11). Units with one answer do not count. Null when nothing can be paired or
 * there was only ever one answer.
 */
export function krippendorffAlpha(units: readonly Unit[]): number | null {
  const totals = new Map<string, number>()
  let [n, disagreement] = [0, 0]
  for (const unit of units) {
    if (unit.length < 2) continue
    const counts = new Map<string, number>()
    for (const answer of unit) counts.set(answer, (counts.get(answer) ?? 0) + 1)
    for (const [answer, count] of counts) {
      totals.set(answer, (totals.get(answer) ?? 0) + count)
      disagreement += (count * (unit.length - count)) / (unit.length - 1)
    }
    n += unit.length
  }
  if (n < 2) return null
  let expected = 0
  for (const count of totals.values()) expected += (count * (n - count)) / (n - 1)
  return expected === 0 ? null : 1 - disagreement / expected
}

/**
 * `measure` over `items` with a percentile bootstrap interval (Efron 1979), resampled with a fixed seed so that the same data show the same
 * interval. Resamples for which there is no measure are left out; the interval is null when fewer than half have one.
 */
export function bootstrapped<Item>(
  items: readonly Item[],
  measure: (items: readonly Item[]) => number | null,
): Measured {
  const value = measure(items)
  if (value === null) return { value, low: null, high: null, n: items.length }
  const random = seededRandom(seed)
  const found: number[] = []
  for (let round = 0; round < resamples; round++) {
    const drawn = Array.from({ length: items.length }, () => items[Math.floor(random() * items.length)] as Item)
    const again = measure(drawn)
    if (again !== null) found.push(again)
  }
  if (found.length < resamples / 2) return { value, low: null, high: null, n: items.length }
  found.sort((a, b) => a - b)
  const at = (share: number) => found[Math.min(found.length - 1, Math.floor(share * found.length))] ?? null
  return { value, low: at(0.025), high: at(0.975), n: items.length }
}
