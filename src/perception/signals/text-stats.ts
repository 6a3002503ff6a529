/** Figures of one text. Shares are of all characters (code points), 0 to 1; null for a text without any to share. */
export const textStatistics = [
  'length',
  'upper_share',
  'digit_share',
  'url_count',
  'exclamation_count',
  'repeat_share',
  'han_share',
  'distinct_word_share',
  'emoji_count',
] as const

/** One of `textStatistics`. */
export type TextStatistic = (typeof textStatistics)[number]

function countMatches(text: string, pattern: RegExp): number {
  let count = 0
  for (const _ of text.matchAll(pattern)) count++
  return count
}

function length(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

function share(text: string, part: number): number | null {
  const whole = length(text)
  return whole === 0 ? null : part / whole
}

function upperShare(text: string): number | null {
  const letters = countMatches(text, /[\p{Lu}\p{Ll}]/gu)
  return letters === 0 ? null : countMatches(text, /\p{Lu}/gu) / letters
}

/** Share of characters that belong to a run of three or more equal ones (blanks aside). */
function repeatShare(text: string): number | null {
  let repeated = 0
  let run = 0
  let previous = ''
  for (const point of text) {
    run = point === previous ? run + 1 : 1
    previous = point
    if (/\s/u.test(point)) continue
    if (run === 3) repeated += 3
    else if (run > 3) repeated++
  }
  return share(text, repeated)
}

const word =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[[\p{L}\p{N}]--[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]]+/gv

/** Distinct words over words; a Han, kana or Thai character is a word of its own. */
function distinctWordShare(text: string): number | null {
  const words = text.toLowerCase().match(word)
  return words === null ? null : new Set(words).size / words.length
}

/** One figure of a text; `urls` counts its URLs and is asked only for `url_count`. */
export function textStatistic(text: string, statistic: TextStatistic, urls: (text: string) => number): number | null {
  switch (statistic) {
    case 'length':
      return length(text)
    case 'upper_share':
      return upperShare(text)
    case 'digit_share':
      return share(text, countMatches(text, /\p{Nd}/gu))
    case 'url_count':
      return urls(text)
    case 'exclamation_count':
      return countMatches(text, /[!！‼⁉¡]/gu)
    case 'repeat_share':
      return repeatShare(text)
    case 'han_share':
      return share(text, countMatches(text, /\p{Script=Han}/gu))
    case 'distinct_word_share':
      return distinctWordShare(text)
    case 'emoji_count':
      return countMatches(
        text,
        /\p{RI}{2}|[0-9#*]\ufe0f?\u20e3|\p{Extended_Pictographic}(?:\ufe0f|\p{EMod})?(?:\u200d\p{Extended_Pictographic}(?:\ufe0f|\p{EMod})?)*/gu,
      )
  }
}

const scripts: readonly (readonly [name: string, letters: RegExp])[] = [
  ['zh', /\p{Script=Han}/gu],
  ['ja', /[\p{Script=Hiragana}\p{Script=Katakana}]/gu],
  ['ko', /\p{Script=Hangul}/gu],
  ['th', /\p{Script=Thai}/gu],
  ['ar', /\p{Script=Arabic}/gu],
  ['ru', /\p{Script=Cyrillic}/gu],
  ['latin', /\p{Script=Latin}/gu],
]

/**
 * The dominant script: zh (Han), ja (Han with at least one kana in five), ko, th, ar, ru (Cyrillic), latin, other.
 * A Latin letter weighs a third of an ideograph, because a word is the unit of meaning. Null without letters.
 */
export function scriptOf(text: string): string | null {
  const sample = text.slice(0, 4000)
  const letters = countMatches(sample, /\p{L}/gu)
  if (letters === 0) return null
  const counts = new Map(scripts.map(([name, pattern]) => [name, countMatches(sample, pattern)]))
  const weigh = (name: string) => counts.get(name) ?? 0
  const kana = weigh('ja')
  const eastAsian = kana + weigh('zh')
  const weights: [string, number][] = [
    [kana > 0 && kana * 5 >= eastAsian ? 'ja' : 'zh', eastAsian],
    ['ko', weigh('ko')],
    ['th', weigh('th') / 2],
    ['ar', weigh('ar') / 2.5],
    ['ru', weigh('ru') / 3],
    ['latin', weigh('latin') / 3],
  ]
  const known = eastAsian + weigh('ko') + weigh('th') + weigh('ar') + weigh('ru') + weigh('latin')
  weights.push(['other', (letters - known) / 2.5])
  return weights.reduce((best, next) => (next[1] > best[1] ? next : best))[0]
}
