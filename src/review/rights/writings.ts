import { foldText, skeletonOf } from '../../perception/signals/index.ts'
import { brandKey, type Right } from './model.ts'

/** A registered writing that a name may be meant to look like. A suggestion for a person: nothing follows from it by itself. */
export interface Suggestion {
  readonly right_id: string
  readonly brand: string
  /** The registered writing that is near: the brand or one of its aliases. */
  readonly writing: string
  /** `look-alike`: the same to the eye; `near`: few letters differ. */
  readonly by: 'look-alike' | 'near'
  /** 0 to 1; 1 = the same writing. */
  readonly score: number
}

/** What the same look is worth, so that it stands before any difference in letters. */
const lookAlike = 0.95
/** Shorter names are too near to others for a difference in letters to say anything. */
const shortest = 4
const mostShown = 5

/** Letters that may differ: one, two from eight letters on (platform's own measure). */
const mostEdits = (length: number): number => (length < shortest ? 0 : length < 8 ? 1 : 2)

/**
 * Registered writings that a name looks like, best first; empty for one that is registered itself. Look-alikes are found by their skeletons
 * (letters of other scripts, digits and pairs of letters that look like one), near ones by edit distance (Levenshtein 1966).
 */
export function suggestWritings(
  name: string,
  rights: readonly Pick<Right, 'right_id' | 'brand' | 'aliases' | 'ended'>[],
): Suggestion[] {
  const key = brandKey(name)
  const shown = looksOf(name)
  if (key === '') return []
  const found = new Map<string, Suggestion>()
  for (const { right_id, brand, aliases, ended } of rights) {
    if (ended) continue
    for (const writing of [brand, ...aliases]) {
      if (brandKey(writing) === key) return []
      const score = Math.max(...looksOf(writing).map((look, index) => likeness(look, shown[index] ?? '')))
      const best = found.get(right_id)
      if (score === 0 || (best !== undefined && best.score >= score)) continue
      found.set(right_id, { right_id, brand, writing, by: score === lookAlike ? 'look-alike' : 'near', score })
    }
  }
  return [...found.values()]
    .sort((a, b) => b.score - a.score || (a.brand < b.brand ? -1 : a.brand > b.brand ? 1 : 0))
    .slice(0, mostShown)
}

/** A name as it looks and as it is spelt: a letter left out may make two others look like one. */
const looksOf = (name: string): string[] => [brandKey(skeletonOf(name)), brandKey(foldText(name))]

/** How near two spellings are: 0 = too far to be said, below 1 always. */
export function likeness(one: string, other: string): number {
  if (one === other) return lookAlike
  const [a, b] = [[...one], [...other]]
  const length = Math.max(a.length, b.length)
  const most = mostEdits(Math.min(a.length, b.length))
  if (Math.abs(a.length - b.length) > most) return 0
  const edits = editDistance(a, b)
  return edits > most ? 0 : lookAlike * (1 - edits / length)
}

/** The fewest insertions, deletions and replacements between two rows of letters. */
export function editDistance(a: readonly string[], b: readonly string[]): number {
  let before = b.map((_, index) => index + 1)
  for (const [row, letter] of a.entries()) {
    const now: number[] = []
    for (const [column, other] of b.entries()) {
      const left = now[column - 1] ?? row + 1
      const above = before[column] ?? 0
      const corner = column === 0 ? row : (before[column - 1] ?? 0)
      now.push(Math.min(left + 1, above + 1, corner + (letter === other ? 0 : 1)))
    }
    before = now
  }
  return before.at(-1) ?? a.length
}
