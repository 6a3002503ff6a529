import { compileRegex, type LinearRegex } from '../../kernel/regex.ts'
import type { Text } from '../../kernel/values.ts'
import { type FieldReader, isMapping, type Mapping, type Problem, readFields } from './problems.ts'
import { foldPattern } from './text/patterns.ts'
import type { ViewName } from './text/views.ts'

/** Conditions on what stands right before and right after a hit. */
export interface Surroundings {
  readonly before: LinearRegex | null
  readonly after: LinearRegex | null
  readonly notBefore: LinearRegex | null
  readonly notAfter: LinearRegex | null
}

/** A term or pattern, checked and ready to be compiled. */
export interface Rule {
  readonly term: string | null
  /** RE2 source in the writing of the views. */
  readonly pattern: string | null
  readonly regex: LinearRegex | null
  /** Compares case, for entries with `case: true`. */
  readonly exactCase: LinearRegex | string | null
  readonly word: boolean
  readonly surroundings: Surroundings
}

/** One entry: what is looked for. */
export interface Entry extends Rule {
  readonly tag: string | null
  readonly note: Text | null
  /** Exemptions that apply; null = every one. */
  readonly unless: readonly string[] | null
}

/** One exemption: a hit that lies fully inside its span does not count. */
export interface Exemption extends Rule {
  readonly id: string
  readonly why: Text | null
  /** The hit is kept apart as "needs evidence" instead of dropped. */
  readonly evidence: boolean
  /** Tags of entries that it applies to; null = every one. */
  readonly tags: readonly string[] | null
}

/** A spelling that is read as another before matching (蕞 → 最). */
export interface Rewrite extends Rule {
  readonly to: string
}

/** A lexicon file, checked. */
export interface LexiconDefinition {
  readonly id: string
  readonly views: readonly ViewName[]
  readonly entries: readonly Entry[]
  readonly exemptions: readonly Exemption[]
  readonly rewrites: readonly Rewrite[]
}

const surroundingFields = ['before', 'after', 'not_before', 'not_after']
const ruleFields = ['term', 'pattern', 'word', 'case', ...surroundingFields]
const headFields = ['id', 'title', 'owner', 'reason', 'source', 'verified_on', 'language', 'views', 'license']

function compileField(reader: FieldReader, name: string, source: string): LinearRegex | null {
  try {
    return compileRegex(source, { ignoreCase: true })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    reader.note(name, source, {
      problem: { zh: `不是有效的 RE2 正则（${reason}）`, en: `is not a valid RE2 pattern (${reason})` },
      fix: {
        zh: 'RE2 没有环视和反向引用；请改用 before、after、not_before、not_after 或豁免',
        en: 'RE2 has no look-around and no back-references; use before, after, not_before, not_after or an exemption',
      },
    })
    return null
  }
}

function surroundingRegex(reader: FieldReader, name: string): LinearRegex | null {
  const source = reader.text(name)
  if (source === undefined) return null
  const folded = foldPattern(source)
  const anchored = name.endsWith('before') ? `(?:${folded})$` : `^(?:${folded})`
  return compileField(reader, name, anchored)
}

function readSurroundings(reader: FieldReader): Surroundings {
  return {
    before: surroundingRegex(reader, 'before'),
    after: surroundingRegex(reader, 'after'),
    notBefore: surroundingRegex(reader, 'not_before'),
    notAfter: surroundingRegex(reader, 'not_after'),
  }
}

function readRule(reader: FieldReader): Rule {
  const term = reader.text('term') ?? null
  const source = reader.text('pattern')
  if ((term === null) === (source === undefined) || term === '' || source === '') {
    reader.note('term', term ?? source, {
      problem: { zh: 'term 与 pattern 必须且只能写一个', en: 'needs either a term or a pattern, not both' },
      fix: { zh: '固定词写 term，正则写 pattern', en: 'write term for fixed words, pattern for RE2' },
    })
  }
  const pattern = source === undefined ? null : foldPattern(source)
  const regex = pattern === null ? null : compileField(reader, 'pattern', pattern)
  if (regex?.test('')) {
    reader.note('pattern', source, {
      problem: { zh: '能匹配空文本', en: 'matches the empty text' },
      fix: { zh: '请让它至少匹配一个字', en: 'make it match at least one character' },
    })
  }
  let exactCase: Rule['exactCase'] = null
  if (reader.flag('case') && regex !== null) exactCase = compileRegex(`^(?:${source})$`)
  else if (reader.text('term') !== undefined && reader.flag('case')) exactCase = term
  return { term, pattern, regex, exactCase, word: reader.flag('word'), surroundings: readSurroundings(reader) }
}

function readText(reader: FieldReader, mapping: Mapping, name: string): Text | null {
  const value = mapping[name]
  if (value === undefined) return null
  if (typeof value === 'string') return { zh: value, en: value }
  if (isMapping(value) && typeof value['zh'] === 'string' && typeof value['en'] === 'string') {
    return { zh: value['zh'], en: value['en'] }
  }
  reader.note(name, value, {
    problem: { zh: '缺少一种语言', en: 'lacks a language' },
    fix: { zh: '请写 {zh: …, en: …}', en: 'write {zh: …, en: …}' },
  })
  return null
}

function readEntry(mapping: Mapping, path: string, problems: Problem[]): Entry {
  const reader = readFields(mapping, path, problems)
  reader.only([...ruleFields, 'tag', 'note', 'unless'])
  const rule = readRule(reader)
  const note = readText(reader, mapping, 'note')
  return { ...rule, tag: reader.text('tag') ?? null, note, unless: reader.texts('unless') ?? null }
}

function readExemption(mapping: Mapping, path: string, problems: Problem[]): Exemption {
  const reader = readFields(mapping, path, problems)
  reader.only([...ruleFields, 'id', 'why', 'evidence', 'tags'])
  const id = reader.requiredText('id')
  const why = readText(reader, mapping, 'why')
  return { ...readRule(reader), id, why, evidence: reader.flag('evidence'), tags: reader.texts('tags') ?? null }
}

function readRewrite(mapping: Mapping, path: string, problems: Problem[]): Rewrite {
  const reader = readFields(mapping, path, problems)
  reader.only(['from', 'to', 'word', ...surroundingFields])
  const term = reader.requiredText('from')
  const to = reader.requiredText('to')
  const plain = { pattern: null, regex: null, exactCase: null }
  return { term, ...plain, to, word: reader.flag('word'), surroundings: readSurroundings(reader) }
}

function checkReferences(definition: LexiconDefinition, problems: Problem[]): void {
  const ids = definition.exemptions.map((exemption) => exemption.id)
  definition.entries.forEach((entry, index) => {
    for (const id of entry.unless ?? []) {
      if (ids.includes(id)) continue
      problems.push({
        field: `entries[${index}].unless`,
        value: id,
        problem: { zh: '没有这个豁免', en: 'no exemption has this id' },
        fix: { zh: `可用：${ids.join('、')}`, en: `use one of: ${ids.join(', ')}` },
      })
    }
  })
}

/** Checks a lexicon file (YAML already read to plain values) and collects every problem. */
export function readLexicon(file: unknown): { definition: LexiconDefinition; problems: Problem[] } {
  const problems: Problem[] = []
  const mapping = isMapping(file) ? file : {}
  const reader = readFields(mapping, '', problems)
  reader.only([...headFields, 'entries', 'exemptions', 'rewrites'])
  const each = <T>(name: string, read: (item: Mapping, path: string, problems: Problem[]) => T): T[] =>
    reader.mappings(name).map((item, index) => read(item, `${name}[${index}]`, problems))
  const definition: LexiconDefinition = {
    id: reader.requiredText('id'),
    views: readViews(reader),
    entries: each('entries', readEntry),
    exemptions: each('exemptions', readExemption),
    rewrites: each('rewrites', readRewrite),
  }
  if (definition.entries.length === 0) {
    reader.note('entries', mapping['entries'], {
      problem: { zh: '没有词条', en: 'has no entry' },
      fix: { zh: '请至少写一个词条', en: 'write at least one entry' },
    })
  }
  checkReferences(definition, problems)
  return { definition, problems }
}

function readViews(reader: FieldReader): ViewName[] {
  const allowed: readonly ViewName[] = ['plain', 'tight', 'leet', 'squeezed']
  const names = reader.texts('views')
  if (names === undefined) return ['plain', 'tight']
  return names.flatMap((name) => {
    const view = allowed.find((option) => option === name)
    if (view !== undefined) return [view]
    reader.note('views', name, {
      problem: { zh: '没有这种视图', en: 'is not a view' },
      fix: { zh: `可用：${allowed.join('、')}`, en: `use: ${allowed.join(', ')}` },
    })
    return []
  })
}
