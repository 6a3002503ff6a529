/** A text as the places of its features in the vocabulary, and what it is. */
export interface Example {
  readonly features: readonly string[]
  readonly positive: boolean
  /** How much it counts; 1 unless given. */
  readonly weight?: number
}

export interface Trained {
  readonly bias: number
  readonly weights: ReadonlyMap<string, number>
}

export interface TrainingOptions {
  /** A feature must occur in so many examples. */
  readonly least: number
  readonly rounds: number
  readonly rate: number
  /** Pull of every weight to zero (soft threshold), per example. */
  readonly sparse: number
  readonly ridge: number
}

/** Numbers 0 ≤ x < 1 from a seed (mulberry32), so that training gives the same model everywhere. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

function vocabularyOf(examples: readonly Example[], least: number): string[] {
  const counts = new Map<string, number>()
  for (const { features } of examples) for (const name of features) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].flatMap(([name, count]) => (count >= least ? [name] : [])).sort()
}

function shuffled(count: number, random: () => number): number[] {
  const order = Array.from({ length: count }, (_, index) => index)
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const held = order[i]!
    order[i] = order[j]!
    order[j] = held
  }
  return order
}

/**
 * Logistic regression on the presence of features, each divided by the root of how many the text has;
 * AdaGrad with L1 (soft threshold) and L2, classes weighed equally.
 */
export function trainLogistic(examples: readonly Example[], options: TrainingOptions): Trained {
  const names = vocabularyOf(examples, options.least)
  const place = new Map(names.map((name, index) => [name, index]))
  const rows = examples.map(({ features, positive, weight }) => ({
    at: Int32Array.from(features.flatMap((name) => place.get(name) ?? [])),
    scale: 1 / Math.sqrt(Math.max(1, features.length)),
    target: positive ? 1 : 0,
    weight: weight ?? 1,
  }))
  const mass = (target: number) => rows.reduce((sum, row) => (row.target === target ? sum + row.weight : sum), 0)
  const whole = mass(0) + mass(1)
  const share = [whole / (2 * mass(0)), whole / (2 * mass(1))] as const
  const weights = new Float64Array(names.length)
  const squares = new Float64Array(names.length).fill(1e-6)
  let bias = 0
  let biasSquares = 1e-6
  const random = seeded(1)
  for (let round = 0; round < options.rounds; round++) {
    for (const index of shuffled(rows.length, random)) {
      const { at, scale, target, weight } = rows[index]!
      let z = bias
      for (let i = 0; i < at.length; i++) z += weights[at[i]!]! * scale
      const error = (1 / (1 + Math.exp(-z)) - target) * share[target as 0 | 1] * weight
      biasSquares += error * error
      bias -= (options.rate * error) / Math.sqrt(biasSquares)
      for (let i = 0; i < at.length; i++) {
        const slot = at[i]!
        const gradient = error * scale + options.ridge * weights[slot]!
        squares[slot]! += gradient * gradient
        const step = options.rate / Math.sqrt(squares[slot]!)
        const moved = weights[slot]! - step * gradient
        const pull = step * options.sparse
        weights[slot] = Math.abs(moved) <= pull ? 0 : moved - Math.sign(moved) * pull
      }
    }
  }
  return {
    bias,
    weights: new Map(names.flatMap((name, index) => (weights[index] === 0 ? [] : [[name, weights[index]!] as const]))),
  }
}
