import { inShare } from '../../kernel/stable-hash.ts'
import type { Measured } from './agreement.ts'

/** One stratum of a sample: all that was there, how many were looked at, and how many of those were right. */
export interface Stratum {
  readonly population: number
  readonly sampled: number
  readonly right: number
}

/** Whether a decision is drawn: by a stable hash of its id, so that nobody chooses and a second run draws the same. */
export function isDrawn(decisionId: string, rate: number): boolean {
  return inShare(`quality\0${decisionId}`, rate)
}

/**
 * The share that is right in the whole population, from a stratified sample: Σ W·p with W = N / ΣN, so that strata which were sampled more
 * do not count more (Cochran 1977, Sampling Techniques, 5.1). For the interval each stratum's p is shrunk as Agresti and Coull (1998) do,
 * (right + 2) / (n + 4), by the part 1 − n / N of it that is left to know, and so is the variance. Strata nobody looked at are left out of value and weight, and told.
 */
export function stratifiedShare(strata: readonly Stratum[]): Measured & { readonly unseen: number } {
  const seen = strata.filter((stratum) => stratum.sampled > 0)
  const whole = seen.reduce((sum, stratum) => sum + stratum.population, 0)
  const unseen = strata.reduce((sum, stratum) => sum + (stratum.sampled > 0 ? 0 : stratum.population), 0)
  const n = seen.reduce((sum, stratum) => sum + stratum.sampled, 0)
  if (whole === 0) return { value: null, low: null, high: null, n, unseen }
  let [value, variance, centre] = [0, 0, 0]
  for (const { population, sampled, right } of seen) {
    const weight = population / whole
    const shrunk = (right + 2) / (sampled + 4)
    const unknown = Math.max(0, 1 - sampled / population)
    value += (weight * right) / sampled
    centre += weight * (right / sampled + (shrunk - right / sampled) * unknown)
    variance += (weight * weight * shrunk * (1 - shrunk) * unknown) / (sampled + 4)
  }
  const half = 1.959964 * Math.sqrt(variance)
  return {
    value,
    low: Math.max(0, Math.min(value, centre - half)),
    high: Math.min(1, Math.max(value, centre + half)),
    n,
    unseen,
  }
}
