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

/** ln Γ(x) for x > 0 by Lanczos' approximation (g = 7, n = 9; error below 1e-13). */
export function logGamma(x: number): number {
  const terms = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
    12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ]
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x)
  const z = x - 1
  const sum = terms.reduce((so, term, index) => (index === 0 ? term : so + term / (z + index)), 0)
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(z + 7.5) - (z + 7.5) + Math.log(sum)
}

/** I_x(a, b): the chance that a Beta(a, b) variable is at most `x`, by Lentz' continued fraction (Press et al., Numerical Recipes §6.4). */
export function betaCdf(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  if (x > (a + 1) / (a + b + 2)) return 1 - betaCdf(1 - x, b, a)
  const front = Math.exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x) - Math.log(a),
  )
  const tiny = 1e-300
  let c = 1
  let d = 1 / Math.max(1 - ((a + b) * x) / (a + 1), tiny)
  let value = d
  for (let m = 1; m <= 10_000; m++) {
    const before = value
    for (const step of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      d = 1 + step * d
      d = 1 / (Math.abs(d) < tiny ? tiny : d)
      c = 1 + step / c
      if (Math.abs(c) < tiny) c = tiny
      value *= c * d
    }
    if (Math.abs(value / before - 1) < 1e-14) break
  }
  return Math.min(1, Math.max(0, front * value))
}

/** The central interval of Beta(a, b) that holds `share` of it, by bisection of {@link betaCdf}. */
export function betaInterval(a: number, b: number, share = 0.95): { low: number; high: number } {
  const quantile = (p: number): number => {
    let [low, high] = [0, 1]
    for (let i = 0; i < 60; i++) {
      const middle = (low + high) / 2
      if (betaCdf(middle, a, b) < p) low = middle
      else high = middle
    }
    return (low + high) / 2
  }
  return { low: quantile((1 - share) / 2), high: quantile((1 + share) / 2) }
}

/** The chance that `hits` or more of `trials` succeed when each does with chance `rate`: the binomial tail, exactly. */
export function binomialTail(hits: number, trials: number, rate: number): number {
  return hits <= 0 ? 1 : betaCdf(rate, hits, trials - hits + 1)
}
