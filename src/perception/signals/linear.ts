import { isMapping, type Problem, readFields, refuse } from './problems.ts'
import { originalSpan } from './text/view.ts'
import { baseViews } from './text/views.ts'

/** A named feature of a text and where it was seen (UTF-16 units of the original text). */
export interface Gram {
  readonly name: string
  readonly start: number
  readonly end: number
}

/** What a linear model says about a text: the probability and the features that speak for it, strongest first. */
export interface Score {
  readonly value: number
  readonly reasons: readonly Weighed[]
}

/** A feature of a text with its weight in a model. */
export interface Weighed extends Gram {
  readonly weight: number
}

const longest = 6000
const mostTokens = 900

const token =
  /(?:https?:\/\/|www\.)[^\s<>"']{1,300}|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}|[$€£¥]\s?\d[\d,.]{0,15}[kmb]?|\d[\d,.]{0,15}\s?(?:%|percent\b|dollars?\b|usd\b)|\d[\d,.:/-]{0,30}|[\p{L}\p{M}']{1,40}|!{1,40}|\p{Extended_Pictographic}/gu

/** Classes stand for what differs from text to text: a link, an amount, a number, a shout. */
function classOf(text: string): string {
  const first = text.charCodeAt(0)
  if (first === 0x21) return text.length > 2 ? '<!!!>' : '<!>'
  if (/^(?:https?:|www\.)/.test(text)) return '<link>'
  if (text.includes('@')) return '<mail>'
  if (/^[$€£¥]|(?:dollars?|usd)$/.test(text)) return '<money>'
  if (/%|percent$/.test(text)) return '<percent>'
  if (first >= 0x30 && first <= 0x39) return text.length > 6 ? '<long number>' : '<number>'
  if (/^\p{Extended_Pictographic}/u.test(text)) return '<emoji>'
  return text
}

function isShout(original: string): boolean {
  return original.length >= 3 && original === original.toUpperCase() && original !== original.toLowerCase()
}

/**
 * The features of a text: words, pairs of neighbours, classes such as `<link>` or `<money>`, and `<shout>` for a word in capitals.
 * Each name once, at its first place. Only the first 6,000 characters are read.
 */
export function readGrams(text: string): Gram[] {
  const read = text.length > longest ? text.slice(0, longest) : text
  const view = baseViews(read).plain
  const grams = new Map<string, Gram>()
  let previous: { name: string; start: number; end: number } | null = null
  let tokens = 0
  const add = (name: string, start: number, end: number) => {
    if (!grams.has(name)) grams.set(name, { name, start, end })
  }
  for (const match of view.text.matchAll(token)) {
    if (++tokens > mostTokens) break
    const [start, end] = originalSpan(view, match.index, match.index + match[0].length)
    const name = classOf(match[0])
    add(name, start, end)
    if (name === match[0] && isShout(read.slice(start, end))) add('<shout>', start, end)
    if (previous !== null && start - previous.end < 4) add(`${previous.name} ${name}`, previous.start, end)
    previous = { name, start, end }
  }
  return [...grams.values()]
}

const strongest = 8
const headFields = [
  'id',
  'kind',
  'title',
  'owner',
  'reason',
  'source',
  'license',
  'attribution',
  'trained',
  'language',
  'bias',
  'weights',
]

function readWeights(source: string, problems: Problem[]): Map<string, number> {
  const weights = new Map<string, number>()
  source.split('\n').forEach((line, index) => {
    if (line.trim() === '') return
    const cut = line.indexOf(' ')
    const weight = Number(line.slice(0, cut))
    if (cut > 0 && Number.isFinite(weight) && line.length > cut + 1) weights.set(line.slice(cut + 1), weight)
    else
      problems.push({
        field: `weights, line ${index + 1}`,
        value: line.slice(0, 80),
        problem: { zh: '不是“权重 特征”', en: 'is not "weight feature"' },
        fix: { zh: '请写成一行一个，如 0.81 subscribe', en: 'write one a line, for example 0.81 subscribe' },
      })
  })
  return weights
}

/** What a compiled linear model offers. */
export interface LinearModel {
  readonly id: string
  readonly features: number
  score(text: string): Score
}

/**
 * Compiles a file of `kind: linear`: `bias`, and `weights` as a text with one `weight feature` a line.
 * The score is 1 / (1 + e^-z) with z = bias + Σ weight / √(number of features of the text), rounded to four places.
 * @throws DefinitionError that lists every problem with its field, value and fix.
 */
export function compileLinear(file: unknown): LinearModel {
  const problems: Problem[] = []
  const reader = readFields(isMapping(file) ? file : {}, '', problems)
  reader.only(headFields)
  const id = reader.requiredText('id')
  const bias = reader.number('bias') ?? 0
  const weights = readWeights(reader.requiredText('weights'), problems)
  refuse(`model "${id}"`, problems)
  return { id, features: weights.size, score: (text) => scoreText({ bias, weights }, text) }
}

function scoreText(model: { bias: number; weights: ReadonlyMap<string, number> }, text: string): Score {
  const grams = readGrams(text)
  const known = grams.flatMap((gram) => {
    const weight = model.weights.get(gram.name)
    return weight === undefined ? [] : [{ gram, weight }]
  })
  const sum = known.reduce((total, { weight }) => total + weight, 0)
  const z = model.bias + sum / Math.sqrt(Math.max(1, grams.length))
  const reasons = known
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, strongest)
    .map(({ gram, weight }) => ({ ...gram, weight }))
  return { value: Math.round(1e4 / (1 + Math.exp(-z))) / 1e4, reasons }
}
