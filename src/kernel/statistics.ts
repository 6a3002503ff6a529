/**
 * The Wilson score interval of a rate at 95 % (Wilson 1927, JASA 22:209), which stays inside 0..1 and is honest for few trials.
 * @returns null for no trials.
 */
export function wilson(hits: number, trials: number, z = 1.959964): { low: number; high: number } | null {
  if (trials <= 0) return null
  const p = Math.min(1, Math.max(0, hits / trials))
  const centre = (p + (z * z) / (2 * trials)) / (1 + (z * z) / trials)
  const half = (z / (1 + (z * z) / trials)) * Math.sqrt((p * (1 - p)) / trials + (z * z) / (4 * trials * trials))
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) }
}

/**
 * Upper bound of the chance that a Poisson count with mean `mean` reaches `count` or more: Chernoff's bound
 * exp(count − mean) · (mean / count)^count. Never below the true chance, so a brake that uses it never fires too early.
 * @returns 1 when `count` is not above `mean`.
 */
export function poissonTail(count: number, mean: number): number {
  if (count <= mean) return 1
  if (mean <= 0) return 0
  return Math.exp(count - mean + count * Math.log(mean / count))
}
