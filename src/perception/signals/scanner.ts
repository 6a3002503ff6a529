import type { Rule, Surroundings } from './lexicon-definition.ts'
import { buildMatcher, type Matcher } from './text/matcher.ts'
import { foldText, normalise } from './text/normalise.ts'
import { type Piece, shapeOf } from './text/patterns.ts'
import { tighten } from './text/views.ts'
import { isAsciiBoundary, isWholeWord } from './text/words.ts'

/** Where a rule matches in the scanned view. */
export interface Span {
  readonly rule: number
  readonly start: number
  readonly end: number
}

/** One text, scanned once. */
export interface Scan {
  /** False when no rule can match. */
  readonly touched: boolean
  /** Matches of the rules `[from, to)`. */
  spans(from: number, to: number): Span[]
}

/** Many terms and RE2 patterns, searched together. */
export interface Scanner {
  scan(text: string): Scan
}

/** A literal of a rule: one of the strings it matches (`priority` ≥ 0), or one of a set that must occur. */
interface Literal {
  readonly rule: number
  readonly priority: number
  readonly set: number
  readonly startBoundary: boolean
  readonly endBoundary: boolean
}

interface Plan {
  readonly rules: readonly Rule[]
  readonly matcher: Matcher
  readonly literals: readonly Literal[]
  /** Bit per required set; a rule runs when all its bits are seen. */
  readonly required: Uint8Array
  /** Longest match per rule, in units; Infinity = search the whole text. */
  readonly longest: Float64Array
  /** Rules whose shape says nothing: run on every text. */
  readonly always: readonly number[]
}

interface Candidate {
  readonly literal: Literal
  readonly start: number
  readonly end: number
}

const mostCandidates = 100_000
const contextUnits = 200
const mostSets = 4

function termForms(term: string): string[] {
  const plain = normalise(term)
  const forms = [plain.text, tighten(plain).text]
  // a Russian or Greek term also as it stands, where the text shows that its letters are genuine
  if (/[\p{Script=Cyrillic}\p{Script=Greek}]/u.test(term)) forms.push(foldText(`${term} ж ω`).slice(0, -4))
  return [...new Set(forms.map((form) => form.trim()))].filter((form) => form !== '')
}

function tellingSets(needs: readonly (readonly string[])[]): (readonly string[])[] {
  const shortest = (set: readonly string[]) => Math.min(...set.map((text) => text.length))
  const telling = needs.filter((set) => set.every((text) => text.length > 1 || text > '\x7f'))
  return [...telling].sort((a, b) => shortest(b) - shortest(a) || a.length - b.length).slice(0, mostSets)
}

function planOf(rules: readonly Rule[]): Plan {
  const texts: string[] = []
  const literals: Literal[] = []
  const required = new Uint8Array(rules.length)
  const longest = new Float64Array(rules.length)
  const always: number[] = []
  const add = (text: string, literal: Literal) => {
    texts.push(text)
    literals.push(literal)
  }
  rules.forEach((rule, index) => {
    const loose = { rule: index, set: 0, startBoundary: false, endBoundary: false }
    if (rule.pattern === null) {
      for (const form of termForms(rule.term ?? '')) add(form, { ...loose, priority: 0 })
      return
    }
    const shape = shapeOf(rule.pattern)
    if (shape.exact !== null) {
      shape.exact.forEach((piece: Piece, priority) => {
        add(piece.text, { ...loose, priority, startBoundary: piece.startBoundary, endBoundary: piece.endBoundary })
      })
      return
    }
    longest[index] = shape.longest
    const sets = tellingSets(shape.needs)
    if (sets.length === 0) always.push(index)
    sets.forEach((set, bit) => {
      required[index]! |= 1 << bit
      for (const text of set) add(text, { ...loose, priority: -1, set: 1 << bit })
    })
  })
  return { rules, matcher: buildMatcher(texts), literals, required, longest, always }
}

function holds(around: Surroundings, text: string, start: number, end: number): boolean {
  if (around.before !== null || around.notBefore !== null) {
    const before = text.slice(Math.max(0, start - contextUnits), start)
    if (around.before !== null && !around.before.test(before)) return false
    if (around.notBefore?.test(before)) return false
  }
  if (around.after !== null || around.notAfter !== null) {
    const after = text.slice(end, end + contextUnits)
    if (around.after !== null && !around.after.test(after)) return false
    if (around.notAfter?.test(after)) return false
  }
  return true
}

function accepts(rule: Rule, text: string, start: number, end: number): boolean {
  if ((rule.term !== null || rule.word) && !isWholeWord(text, start, end)) return false
  return holds(rule.surroundings, text, start, end)
}

/** RE2's leftmost-first choice among the strings that were found. */
function choose(candidates: Candidate[]): Candidate[] {
  candidates.sort((a, b) => a.start - b.start || a.literal.priority - b.literal.priority)
  let done = 0
  return candidates.filter((candidate) => {
    if (candidate.start < done) return false
    done = candidate.end
    return true
  })
}

function atBoundaries(literal: Literal, text: string, start: number, end: number): boolean {
  if (literal.startBoundary && !isAsciiBoundary(text, start)) return false
  return !literal.endBoundary || isAsciiBoundary(text, end)
}

/** Required literals of one rule in a text: which sets, and where those of the first set begin. */
interface SeenSets {
  bits: number
  readonly starts: number[]
}

interface Seen {
  readonly exact: Map<number, Candidate[]>
  readonly sets: Map<number, SeenSets>
}

function look(plan: Plan, text: string): Seen | null {
  let exact: Map<number, Candidate[]> | null = null
  let sets: Map<number, SeenSets> | null = null
  let count = 0
  plan.matcher.scan(text, (index, start, end) => {
    const literal = plan.literals[index]!
    if (literal.priority < 0) {
      sets ??= new Map()
      const known = sets.get(literal.rule) ?? { bits: 0, starts: [] }
      if (known.bits === 0) sets.set(literal.rule, known)
      known.bits |= literal.set
      if (literal.set === 1) known.starts.push(start)
      return undefined
    }
    if (!atBoundaries(literal, text, start, end)) return undefined
    exact ??= new Map()
    const list = exact.get(literal.rule)
    if (list === undefined) exact.set(literal.rule, [{ literal, start, end }])
    else list.push({ literal, start, end })
    return ++count < mostCandidates
  })
  if (exact === null && sets === null && plan.always.length === 0) return null
  return { exact: exact ?? new Map(), sets: sets ?? new Map() }
}

/** Disjoint parts of the text that hold every match: no match is longer than `longest` or lacks a literal at `starts`. */
function windows(text: string, starts: readonly number[], longest: number): [from: number, to: number][] {
  if (longest * 2 >= text.length) return [[0, text.length]]
  // a match begins at most `longest` before the literal; 4 units more let boundaries see their neighbours
  const margin = longest + 4
  const parts: [number, number][] = []
  for (const start of [...starts].sort((a, b) => a - b)) {
    const from = Math.max(0, start - margin)
    const to = Math.min(text.length, start + margin)
    const last = parts.at(-1)
    if (last !== undefined && from <= last[1]) last[1] = to
    else parts.push([from, to])
  }
  return parts.map(([from, to]) => [
    isLowSurrogate(text, from) ? from - 1 : from,
    isLowSurrogate(text, to) ? to + 1 : to,
  ])
}

function isLowSurrogate(text: string, at: number): boolean {
  const unit = text.charCodeAt(at)
  return at > 0 && unit >= 0xdc00 && unit <= 0xdfff
}

function runPattern(rule: Rule, text: string, parts: readonly (readonly [number, number])[]): [number, number][] {
  const found: [number, number][] = []
  for (const [from, to] of parts) {
    const part = from === 0 && to === text.length ? text : text.slice(from, to)
    // the yes-or-no answer costs a twentieth of the spans
    if (!rule.regex?.test(part)) continue
    for (const [start, end] of rule.regex.spans(part)) found.push([start + from, end + from])
    if (found.length >= mostCandidates) break
  }
  return found
}

function spansOf(plan: Plan, seen: Seen, asked: { text: string; from: number; to: number }): Span[] {
  const { text, from, to } = asked
  const spans: Span[] = []
  const keep = (index: number, start: number, end: number) => {
    if (end > start && accepts(plan.rules[index]!, text, start, end)) spans.push({ rule: index, start, end })
  }
  for (const [index, candidates] of seen.exact) {
    if (index < from || index >= to) continue
    for (const chosen of choose(candidates)) keep(index, chosen.start, chosen.end)
  }
  const run = (index: number, parts: readonly (readonly [number, number])[]) => {
    for (const [start, end] of runPattern(plan.rules[index]!, text, parts)) keep(index, start, end)
  }
  for (const [index, sets] of seen.sets) {
    if (index < from || index >= to || sets.bits !== plan.required[index]) continue
    run(index, windows(text, sets.starts, plan.longest[index]!))
  }
  for (const index of plan.always) if (index >= from && index < to) run(index, [[0, text.length]])
  return spans
}

const untouched: Scan = { touched: false, spans: () => [] }

/**
 * Terms and patterns with few possible strings become literals of one automaton; every other pattern runs only on texts
 * that hold its required literals.
 */
export function compileScanner(rules: readonly Rule[]): Scanner {
  const plan = planOf(rules)
  return {
    scan(text) {
      const seen = look(plan, text)
      if (seen === null) return untouched
      return { touched: true, spans: (from, to) => spansOf(plan, seen, { text, from, to }) }
    },
  }
}
