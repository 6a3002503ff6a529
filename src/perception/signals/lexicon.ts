import { type Exemption, type LexiconDefinition, type Rule, readLexicon } from './lexicon-definition.ts'
import { compileLinear, type Score } from './linear.ts'
import { isMapping, refuse } from './problems.ts'
import { compileScanner, type Scanner, type Span } from './scanner.ts'
import { append, copy, finish, originalSpan, startDraft, type View } from './text/view.ts'
import { viewsOf } from './text/views.ts'

/** One place where an entry of a lexicon was found; offsets are UTF-16 units of the original text. */
export interface LexiconHit {
  /** The entry's term or pattern as its author wrote it. */
  readonly term: string
  /** Index of the entry in the file. */
  readonly entry: number
  readonly tag: string | null
  readonly start: number
  readonly end: number
  /** The original text of the hit. */
  readonly matched: string
  /** The exemption that covers the hit, or null when it counts. */
  readonly exempt: string | null
  /** True when that exemption holds only with proof. */
  readonly evidence: boolean
}

/** A compiled lexicon. */
export interface Lexicon {
  readonly id: string
  readonly entries: number
  readonly tags: readonly string[]
  /** Every hit, leftmost first; hits inside a longer hit with the same tag and outcome are left out. After 100,000 finds in one text the rest of it is not read. */
  match(text: string): LexiconHit[]
  /** A file of `kind: linear` scores a text from 0 to 1; null for a file of terms. */
  readonly score: ((text: string) => Score) | null
}

interface Compiled {
  readonly definition: LexiconDefinition
  readonly terms: readonly string[]
  readonly scanner: Scanner
  readonly exemptFrom: number
  readonly rewriteFrom: number
}

interface Found {
  readonly rule: number
  readonly start: number
  readonly end: number
}

function rewritten(compiled: Compiled, view: View, spans: readonly Span[]): View {
  const draft = startDraft()
  let done = 0
  for (const span of [...spans].sort((a, b) => a.start - b.start || b.end - a.end)) {
    if (span.start < done) continue
    copy(draft, view, done, span.start)
    const to = compiled.definition.rewrites[span.rule - compiled.rewriteFrom]!.to
    append(draft, to, originalSpan(view, span.start, span.end))
    done = span.end
  }
  copy(draft, view, done, view.text.length)
  return finish(draft)
}

function isSameCase(exactCase: Rule['exactCase'], matched: string): boolean {
  if (exactCase === null) return true
  const text = matched.normalize('NFKC')
  return typeof exactCase === 'string' ? text === exactCase.normalize('NFKC') : exactCase.test(text)
}

/** Hits and exemption spans of one view, in offsets of the original text. */
function findIn(compiled: Compiled, view: View, text: string): { hits: Found[]; exempt: Found[] } {
  const { scanner, definition, exemptFrom, rewriteFrom } = compiled
  let current = view
  let scan = scanner.scan(current.text)
  if (definition.rewrites.length > 0 && scan.touched) {
    const spans = scan.spans(rewriteFrom, rewriteFrom + definition.rewrites.length)
    if (spans.length > 0) {
      current = rewritten(compiled, view, spans)
      scan = scanner.scan(current.text)
    }
  }
  if (!scan.touched) return { hits: [], exempt: [] }
  const place = (span: Span): Found => {
    const [start, end] = originalSpan(current, span.start, span.end)
    return { rule: span.rule, start, end }
  }
  const hits = scan
    .spans(0, exemptFrom)
    .map(place)
    .filter((hit) => isSameCase(definition.entries[hit.rule]!.exactCase, text.slice(hit.start, hit.end)))
  const exempt = hits.length === 0 ? [] : scan.spans(exemptFrom, rewriteFrom).map(place)
  return { hits, exempt }
}

function exemptionOf(compiled: Compiled, hit: Found, covers: ReadonlyMap<number, Cover>): Exemption | null {
  const entry = compiled.definition.entries[hit.rule]!
  for (const [index, exemption] of compiled.definition.exemptions.entries()) {
    if (entry.unless !== null && !entry.unless.includes(exemption.id)) continue
    if (exemption.tags !== null && (entry.tag === null || !exemption.tags.includes(entry.tag))) continue
    const cover = covers.get(index + compiled.exemptFrom)
    if (cover !== undefined && isCovered(cover, hit)) return exemption
  }
  return null
}

/** Spans of one exemption: starts in order, and the farthest end of all spans up to each. */
interface Cover {
  readonly starts: number[]
  readonly reach: number[]
}

function coversByRule(spans: readonly Found[]): Map<number, Cover> {
  const covers = new Map<number, Cover>()
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const cover = covers.get(span.rule) ?? { starts: [], reach: [] }
    if (cover.starts.length === 0) covers.set(span.rule, cover)
    cover.starts.push(span.start)
    cover.reach.push(Math.max(cover.reach.at(-1) ?? 0, span.end))
  }
  return covers
}

/** Binary search, because a hostile text may hold a hundred thousand hits and as many exemptions. */
function isCovered(cover: Cover, hit: Found): boolean {
  let low = 0
  let high = cover.starts.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (cover.starts[middle]! <= hit.start) low = middle + 1
    else high = middle
  }
  return low > 0 && cover.reach[low - 1]! >= hit.end
}

/** Sorted, and without hits that lie inside another with the same tag and outcome. */
function withoutNested(hits: LexiconHit[]): LexiconHit[] {
  hits.sort((a, b) => a.start - b.start || b.end - a.end || a.entry - b.entry)
  const reach = new Map<string, number>()
  return hits.filter((hit) => {
    const key = `${hit.tag}\0${hit.exempt}`
    if (hit.end <= (reach.get(key) ?? -1)) return false
    reach.set(key, hit.end)
    return true
  })
}

function match(compiled: Compiled, text: string): LexiconHit[] {
  const hits: Found[] = []
  const exempt: Found[] = []
  for (const view of viewsOf(text, compiled.definition.views)) {
    const found = findIn(compiled, view, text)
    hits.push(...found.hits)
    exempt.push(...found.exempt)
  }
  if (hits.length === 0) return []
  const covers = coversByRule(exempt)
  return withoutNested(
    hits.map((hit) => {
      const exemption = exemptionOf(compiled, hit, covers)
      return {
        term: compiled.terms[hit.rule]!,
        entry: hit.rule,
        tag: compiled.definition.entries[hit.rule]!.tag,
        start: hit.start,
        end: hit.end,
        matched: text.slice(hit.start, hit.end),
        exempt: exemption?.id ?? null,
        evidence: exemption?.evidence ?? false,
      }
    }),
  )
}

/** Several signals ask one lexicon about the same text in a row, each for other tags; only the last answer is kept. */
export function remembered<T>(find: (text: string) => T): (text: string) => T {
  let last: { readonly text: string; readonly found: T } | null = null
  return (text) => {
    if (last === null || last.text !== text) last = { text, found: find(text) }
    return last.found
  }
}

/** A model is looked up like a lexicon; it has no terms to match. */
function compileModel(file: unknown): Lexicon {
  const { id, features, score } = compileLinear(file)
  return { id, entries: features, tags: [], match: () => [], score }
}

/**
 * Compiles a lexicon file (YAML already read to plain values), or a linear model where `kind` is `linear`.
 * @throws DefinitionError that lists every problem with its field, value and fix.
 */
export function compileLexicon(file: unknown): Lexicon {
  if (isMapping(file) && file['kind'] === 'linear') return compileModel(file)
  const { definition, problems } = readLexicon(file)
  refuse(`lexicon "${definition.id}"`, problems)
  const { entries, exemptions, rewrites } = definition
  const compiled: Compiled = {
    definition,
    terms: entries.map((entry) => entry.term ?? entry.pattern ?? ''),
    scanner: compileScanner([...entries, ...exemptions, ...rewrites]),
    exemptFrom: entries.length,
    rewriteFrom: entries.length + exemptions.length,
  }
  const tags = [...new Set(entries.flatMap((entry) => (entry.tag === null ? [] : [entry.tag])))]
  return {
    id: definition.id,
    entries: entries.length,
    tags,
    match: remembered((text) => match(compiled, text)),
    score: null,
  }
}
