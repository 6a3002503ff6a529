import type { LabelledRow } from './rows.ts'

function wordsOf(row: LabelledRow): Set<string> {
  const text = Object.values(row.event.data)
    .filter((value) => typeof value === 'string')
    .join(' ')
    .toLowerCase()
  return new Set(text.match(/\p{Script=Han}|[a-z']{2,}|https?|[$!]/gu) ?? [])
}

/** The usual first attempt: naive Bayes over words of the dev rows. The peer of every text set. */
export function trainBayes(rows: readonly LabelledRow[]): (row: LabelledRow) => boolean {
  const seen = new Map<string, [ok: number, wrong: number]>()
  const totals: [number, number] = [0, 0]
  for (const row of rows) {
    const side = row.positive ? 1 : 0
    totals[side]++
    for (const word of wordsOf(row)) {
      const counts = seen.get(word) ?? [0, 0]
      counts[side]++
      seen.set(word, counts)
    }
  }
  return (row) => {
    let sum = Math.log((totals[1] + 1) / (totals[0] + 1))
    for (const word of wordsOf(row)) {
      const counts = seen.get(word)
      if (counts) sum += Math.log((counts[1] + 1) / (totals[1] + 2) / ((counts[0] + 1) / (totals[0] + 2)))
    }
    return sum > 0
  }
}
