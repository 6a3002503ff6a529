import { createPause } from '../../kernel/pause.ts'
import { wilson } from '../../kernel/statistics.ts'
import { bothBits, countAll, countBits, countBoth, withoutBits } from './bits.ts'
import type { Literal, Rule } from './model.ts'

export interface Search {
  readonly rows: number
  readonly positives: Uint32Array
  /** Fewest positives of a rule. */
  readonly support: number
  /** Literals of a rule at most. */
  readonly depth: number
}

const beamWidth = 40
const mostLeaves = 24

export function ruleOf(literals: readonly Literal[], bits: Uint32Array, positives: Uint32Array): Rule {
  const hits = countBits(bits)
  const good = countBoth(bits, positives)
  return { literals, bits, hits, positives: good, low: wilson(good, hits)?.low ?? 0 }
}

/** Surer first, then wider, then shorter. */
const better = (a: Rule, b: Rule): number =>
  b.low - a.low || b.positives - a.positives || a.literals.length - b.literals.length || weight(a) - weight(b)
const weight = (rule: Rule): number => rule.literals.reduce((sum, literal) => sum + literal.weight, 0)

/**
 * Conjunctions of literals by two searches over the same rows: frequent patterns grown literal by literal in a beam, and
 * the leaves of shallow trees that split where purity gains most. Precision goes first, then how much it covers.
 * Pauses between steps, so that others have the loop.
 */
export async function searchRules(literals: readonly Literal[], search: Search): Promise<Rule[]> {
  const found = [...(await growPatterns(literals, search)), ...(await growTrees(literals, search))]
  const known = new Map<string, Rule>()
  const pause = createPause()
  const simple: Rule[] = []
  for (const rule of found) {
    await pause()
    simple.push(simplify(rule, search))
  }
  for (const rule of simple.sort(better)) {
    const key = rule.literals
      .map(({ sql }) => sql)
      .sort()
      .join(' AND ')
    if (rule.positives >= search.support && !known.has(key)) known.set(key, rule)
  }
  return [...known.values()]
}

async function growPatterns(literals: readonly Literal[], { positives, support, depth }: Search): Promise<Rule[]> {
  const singles = literals
    .map((literal) => ruleOf([literal], literal.bits, positives))
    .filter((rule) => rule.positives >= support)
  const found = [...singles]
  let beam = choose(singles)
  const pause = createPause()
  for (let level = 2; level <= depth && beam.length > 0; level++) {
    const next: Rule[] = []
    for (const rule of beam) {
      for (const literal of literals) {
        await pause()
        if (rule.literals.some(({ family }) => family === literal.family)) continue
        // A set is only made when enough positives are left.
        if (countAll(rule.bits, literal.bits, positives) < support) continue
        const grown = ruleOf([...rule.literals, literal], bothBits(rule.bits, literal.bits), positives)
        if (grown.positives >= support && grown.low > rule.low) next.push(grown)
      }
      if (next.length > 4000) next.sort(better).splice(1000)
    }
    found.push(...next)
    beam = choose(next)
  }
  return found
}

/** Half of the beam by sureness, half by how many positives it holds on to: a sure rule may begin with a wide half. */
function choose(rules: readonly Rule[]): Rule[] {
  const sure = rules.toSorted(better).slice(0, beamWidth / 2)
  const wide = rules.toSorted((a, b) => b.positives * b.low - a.positives * a.low).slice(0, beamWidth / 2)
  return [...new Set([...sure, ...wide])]
}

/** Trees of few levels; each begins where the ones before it have not: their pure leaves are taken out of its rows. */
async function growTrees(literals: readonly Literal[], search: Search): Promise<Rule[]> {
  const leaves: Rule[] = []
  let rows = allBits(search.rows)
  for (let round = 0; round < 3 && leaves.length < mostLeaves; round++) {
    const grown = await growNode([], rows, literals, search)
    if (grown.length === 0) break
    const best = grown.toSorted(better)[0]
    leaves.push(...grown.map((leaf) => reread(leaf, search)))
    if (!best) break
    rows = withoutBits(rows, best.bits)
  }
  return leaves
}

/** A leaf over all rows: a later tree has seen only what the earlier ones left. */
function reread({ literals }: Rule, { rows, positives }: Search): Rule {
  const bits = literals.reduce((all, literal) => bothBits(all, literal.bits), allBits(rows))
  return ruleOf(literals, bits, positives)
}

async function growNode(
  path: readonly Literal[],
  rows: Uint32Array,
  literals: readonly Literal[],
  search: Search,
): Promise<Rule[]> {
  const { positives, support, depth } = search
  const here = ruleOf(path, rows, positives)
  if (here.positives < support) return []
  if (path.length >= depth || here.positives === here.hits) return path.length > 0 ? [here] : []
  const pause = createPause()
  let best: { literal: Literal; gain: number } | null = null
  for (const literal of literals) {
    await pause()
    if (path.some(({ family }) => family === literal.family)) continue
    const gain = purity(here, countBoth(rows, literal.bits), countAll(rows, literal.bits, positives))
    if (!best || gain > best.gain) best = { literal, gain }
  }
  if (!best || best.gain <= 1e-9) return path.length > 0 ? [here] : []
  const inside = await growNode([...path, best.literal], bothBits(rows, best.literal.bits), literals, search)
  // The other side goes on without naming the split: a rule is written with what is true of its rows.
  const outside = await growNode(
    path,
    withoutBits(rows, best.literal.bits),
    literals.filter((literal) => literal !== best.literal),
    {
      ...search,
      depth: depth - 1,
    },
  )
  return [...inside, ...outside]
}

/** Fall of the Gini impurity, weighted by rows. */
function purity({ hits, positives }: Rule, inside: number, good: number): number {
  const gini = (n: number, p: number) => (n === 0 ? 0 : 2 * p * (1 - p / n))
  return gini(hits, positives) - gini(inside, good) - gini(hits - inside, positives - good)
}

function allBits(rows: number): Uint32Array {
  const bits = new Uint32Array(Math.ceil(rows / 32)).fill(0xffffffff)
  const rest = rows & 31
  if (rest > 0) bits[bits.length - 1] = 2 ** rest - 1
  return bits
}

/** Leaves out every literal without which the rule is as sure. */
function simplify(rule: Rule, { rows, positives }: Search): Rule {
  let kept = rule
  for (const literal of rule.literals) {
    const others = kept.literals.filter((other) => other !== literal)
    if (others.length === 0) break
    const bits = others.reduce((all, other) => bothBits(all, other.bits), allBits(rows))
    const shorter = ruleOf(others, bits, positives)
    if (shorter.low >= kept.low) kept = shorter
  }
  return kept
}
