import type { Data } from '../../types.ts'
import { asText, flatten } from '../../ui/pieces.ts'

export interface DiffPart {
  kind: 'same' | 'added' | 'removed'
  text: string
}

/** Words as people see them: Chinese has no spaces, so the platform's segmenter cuts. */
function words(text: string): string[] {
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' })
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
}

/** Lengths of the longest common subsequences of all suffixes. */
function commonLengths(a: string[], b: string[]): Uint16Array[] {
  const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1))
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--) {
      const row = table[i]!
      const below = table[i + 1]!
      row[j] = a[i] === b[j] ? below[j + 1]! + 1 : Math.max(below[j]!, row[j + 1]!)
    }
  return table
}

/** What changed between two texts, word by word. Very long texts are shown whole, old then new. */
export function diffWords(before: string, after: string): DiffPart[] {
  const a = words(before)
  const b = words(after)
  if (a.length * b.length > 4_000_000)
    return [
      { kind: 'removed', text: before },
      { kind: 'added', text: after },
    ]
  const table = commonLengths(a, b)
  const parts: DiffPart[] = []
  const push = (kind: DiffPart['kind'], text: string) => {
    const last = parts.at(-1)
    if (last?.kind === kind) last.text += text
    else parts.push({ kind, text })
  }
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      push('same', a[i]!)
      i++
      j++
    } else if (j >= b.length || (i < a.length && table[i + 1]![j]! >= table[i]![j + 1]!)) push('removed', a[i++]!)
    else push('added', b[j++]!)
  }
  return parts
}

export interface FieldChange {
  field: string
  before: string
  after: string
}

/** The fields whose values differ between two records. */
export function changedFields(before: Data, after: Data): FieldChange[] {
  const old = new Map(flatten(before))
  const now = new Map(flatten(after))
  const fields = [...new Set([...old.keys(), ...now.keys()])]
  return fields
    .map((field) => ({ field, before: asText(old.get(field)), after: asText(now.get(field)) }))
    .filter((change) => change.before !== change.after)
}
