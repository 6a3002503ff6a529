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

/** Two-sided 95 % points of Student's t by degrees of freedom 1 to 30; beyond, the normal's is close enough. */
const tPoints = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
]

/**
 * Mean of a sample with its 95 % interval by Student's t ("Student" 1908, Biometrika 6:1).
 * One value has no interval: low and high are the mean.
 */
export function meanInterval(values: readonly number[]): { mean: number; low: number; high: number } {
  const n = values.length
  const mean = n === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / n
  if (n < 2) return { mean, low: mean, high: mean }
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1)
  const half = (tPoints[n - 2] ?? 1.96) * Math.sqrt(variance / n)
  return { mean, low: mean - half, high: mean + half }
}
