import { parse as parseYaml, stringify } from 'yaml'
import { type Problem, problem } from '../../kernel/problems.ts'
import { type Column, createLayout, type Text } from '../../kernel/values.ts'
import type { LoadedPack, Pack, PackCase, PackProblem, RolloutEntry, Strategy } from '../../vocabulary/packs/index.ts'
import { checkExpression, isLanguageError, type ParseSql, parseExpression } from '../language/index.ts'
import { alwaysIs, lintVersion } from '../lifecycle/index.ts'
import type { Built, Programs } from '../strategies/index.ts'
import { type DraftCheck, needsBacktest, secondPersonReason } from './model.ts'

export interface DraftText {
  readonly text: string
  readonly cases: string
}

/** The YAML of a draft from fields, as it stands in `strategies.yaml`. */
export const draftText = (strategy: object): string => stringify([strategy], { lineWidth: 0 })

/** The one entry that a draft's text holds, before it is known to be right; null when the text is not one entry. */
export function entryOfText(text: string): Record<string, unknown> | null {
  try {
    const read: unknown = parseYaml(text)
    const entry: unknown = Array.isArray(read) ? (read.length === 1 ? read[0] : null) : read
    return typeof entry === 'object' && entry !== null && !Array.isArray(entry)
      ? (entry as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}

/** The cases of a draft as they are written; null when the text is no list. */
export function casesOfText(text: string): readonly Record<string, unknown>[] | null {
  if (text.trim() === '') return []
  try {
    const read: unknown = parseYaml(text)
    return Array.isArray(read) && read.every((item) => typeof item === 'object' && item !== null) ? read : null
  } catch {
    return null
  }
}

/** A draft's text as a list with one entry; an entry without its dash or its mode is taken as well. */
function asList(text: string): string {
  const entry = entryOfText(text)
  if (!entry || (text.trimStart().startsWith('-') && 'mode' in entry)) return text
  return draftText({ mode: 'shadow', ...entry })
}

/** Files of a draft in its pack. */
export const draftStrategyFile = 'strategies/draft.yaml'
export const draftCaseFile = 'cases/draft@0.yaml'

/**
 * The pack with a draft in it, acting (`live`) in place of the other versions of its strategy, which is how its cases are run,
 * or beside them in shadow, which is how it would be published.
 */
export function packWith(
  pack: Pack,
  draft: DraftText,
  { as, load }: { as: 'live' | 'shadow'; load: (files: ReadonlyMap<string, string>) => LoadedPack },
): LoadedPack {
  const files = new Map(pack.files)
  files.set(draftStrategyFile, asList(draft.text))
  if (draft.cases.trim() !== '') files.set(draftCaseFile, draft.cases)
  const { id, version } = entryOfText(draft.text) ?? {}
  if (typeof id === 'string' && Number.isInteger(version)) {
    const others = pack.strategies.filter((one) => as === 'live' && one.id === id)
    const entries = [
      ...((parseYaml(files.get('rollout.yaml') ?? '[]') as RolloutEntry[]) ?? []).filter(
        (entry) => !others.some((one) => one.id === entry.strategy && one.version === entry.version),
      ),
      ...others.map((one) => ({ strategy: one.id, version: one.version, state: 'retired' })),
      { strategy: id, version, state: as },
    ]
    files.set('rollout.yaml', stringify(entries))
  }
  return load(files)
}

/** Sets what a draft may not decide: it is published in shadow, whatever mode its text names. */
export function publishedText(strategy: Strategy): string {
  const { mode: _mode, canary: _canary, ...rest } = strategy
  return draftText({ ...rest, mode: 'shadow' })
}

export interface CheckInput {
  readonly packs: readonly Pack[]
  readonly pack: Pack
  readonly draft: DraftText
  readonly load: (files: ReadonlyMap<string, string>) => LoadedPack
  readonly build: (packs: readonly Pack[]) => Promise<Built>
  readonly parse: ParseSql
}

/** Everything that loading, the language and the static findings say of a draft, without keeping anything. */
export async function checkDraft({ packs, pack, draft, load, build, parse }: CheckInput): Promise<DraftCheck> {
  const entry = entryOfText(draft.text)
  if (pack.strategies.some((found) => found.id === entry?.['id'] && found.version === entry['version']))
    return { ...nothing, strategy: null, problems: [versionRuns(String(entry?.['id']), Number(entry?.['version']))] }
  const loaded = packWith(pack, draft, { as: 'shadow', load })
  if (loaded.pack === null) return { ...nothing, strategy: null, problems: loaded.problems.map(named) }
  const strategy = loaded.pack.strategies.find(
    (found) => found.id === entry?.['id'] && found.version === entry['version'],
  )
  if (!strategy) return { ...nothing, strategy: null, problems: [notOneEntry] }
  const policy = loaded.pack.policies.find((found) => found.id === strategy.policy)
  const built = await build(packs.map((found) => (found.header.id === pack.header.id ? (loaded.pack as Pack) : found)))
  const about = {
    strategy,
    severity: policy?.severity ?? null,
    second_person: secondPersonReason(strategy, policy),
    needs_backtest: needsBacktest(policy?.severity),
  }
  const problems = built.problems.get(pack.header.id) ?? []
  if (problems.length > 0) return { ...nothing, ...about, problems: problems.map(named) }
  const key = `${pack.header.id}/${strategy.id}@${strategy.version}`
  const compiled = built.programs.versions.get(key)
  const warnings = await lintVersion(built.programs, key, parse)
  return {
    ...about,
    problems: [],
    warnings: warnings.map(named),
    cost: compiled ? { own: compiled.cost, reads: compiled.lazyCost } : null,
    columns: compiled?.columns ?? [],
  }
}

const nothing = {
  problems: [],
  warnings: [],
  severity: null,
  second_person: null,
  needs_backtest: false,
  cost: null,
  columns: [],
} as const satisfies Omit<DraftCheck, 'strategy'>

/** A draft is one text and its cases to whoever writes it; the files it will be are the program's matter. */
const named = <P extends PackProblem>(found: P): P => ({
  ...found,
  file: found.file === draftStrategyFile ? 'draft' : found.file === draftCaseFile ? 'cases' : found.file,
})

const versionRuns = (id: string, version: number): PackProblem => ({
  file: 'draft',
  line: 1,
  message: { zh: `"${id}" 的版本 ${version} 已在运行`, en: `version ${version} of "${id}" runs already` },
  fix: { zh: '换一个更大的版本号', en: 'give the draft a higher version' },
})

const notOneEntry: PackProblem = {
  file: 'draft',
  line: 1,
  message: { zh: '草稿应当正好是一条策略', en: 'a draft is exactly one strategy' },
  fix: { zh: '只写一个 "- id: …" 条目', en: 'write one entry "- id: …"' },
}

/** How many cases show a strategy firing, and how many look-alikes name it as one that must leave them alone. */
export function caseKinds(cases: readonly PackCase[], id: string): { firing: number; traps: number } {
  return {
    firing: cases.filter((found) => found.expect.strategies?.includes(id)).length,
    traps: cases.filter((found) => found.expect.not_strategies?.includes(id)).length,
  }
}

export interface ConditionCheck {
  readonly ok: boolean
  readonly error:
    | (Pick<Problem, 'detail' | 'fix' | 'code'> & { readonly position: number; readonly caret: string })
    | null
  readonly columns: readonly { readonly name: string; readonly type: string; readonly kind: string }[]
  readonly cost: { readonly own: number; readonly reads: number } | null
  /** True or false where the condition is so whatever the event. */
  readonly always: boolean | null
}

/** Checks a condition as one types it: the first error with its place, or what it reads. */
export async function checkCondition(when: string, programs: Programs, parse: ParseSql): Promise<ConditionCheck> {
  const layout = withAttributes(programs.layout, when)
  try {
    const checked = checkExpression(await parseExpression(parse, when), layout)
    if (checked.type !== 'BOOLEAN' && checked.type !== 'NULL') return refusedCondition(notBoolean(checked.type), when)
    const signals = new Set(programs.signals.map((signal) => signal.id))
    const features = new Set(programs.features.map((feature) => feature.id))
    return {
      ok: true,
      error: null,
      columns: checked.columns.map((name) => ({
        name,
        type: layout.columns[layout.slot(name) ?? -1]?.type ?? '',
        kind: signals.has(name) ? 'signal' : features.has(name) ? 'feature' : 'field',
      })),
      cost: { own: checked.cost, reads: checked.node.lazyCost },
      always: alwaysIs(checked.node),
    }
  } catch (error) {
    if (!isLanguageError(error)) throw error
    return refusedCondition(
      { detail: error.text, fix: error.suggestion, position: error.position, caret: error.caret },
      when,
    )
  }
}

const notBoolean = (type: string) => ({
  detail: { zh: `条件的类型是 ${type}，不是布尔值`, en: `the condition is ${type}, not true or false` },
  fix: { zh: '加上比较，例如 "… > 0"', en: 'compare it with something, e.g. "… > 0"' },
  position: 0,
  caret: '',
})

function refusedCondition(
  error: { detail: Problem['detail']; fix: NonNullable<Problem['fix']>; position: number; caret: string },
  when: string,
): ConditionCheck {
  const position = Math.min(Math.max(0, error.position), when.length)
  return {
    ok: false,
    error: { code: 'expression_refused', ...error, position },
    columns: [],
    cost: null,
    always: null,
  }
}

/** Attributes that no pack has named yet are text, as in a pack. */
function withAttributes(layout: Programs['layout'], when: string): Programs['layout'] {
  const named = new Set([...when.matchAll(/\battributes\.[A-Za-z0-9_]+/g)].map(([name]) => name))
  const added = [...named].filter((name) => layout.slot(name) === undefined)
  return added.length === 0
    ? layout
    : createLayout([...layout.columns, ...added.map((name): Column => ({ name, type: 'VARCHAR', cost: 0 }))])
}

/** @throws invalid_input when the text of a draft is empty or not one entry. */
export function mustBeEntry(text: string): Record<string, unknown> {
  const entry = entryOfText(text)
  if (entry) return entry
  throw problem({
    code: 'invalid_input',
    field: 'text',
    value: text.slice(0, 200),
    detail: notOneEntry.message,
    fix: notOneEntry.fix,
  })
}

/** The strategy that a draft's text is about, as far as it can be read. */
export const aboutDraft = (text: string): { id: string | null; version: number | null; title: Text | null } => {
  const entry = entryOfText(text)
  const title = entry?.['title'] as Partial<Text> | undefined
  return {
    id: typeof entry?.['id'] === 'string' ? entry['id'] : null,
    version: typeof entry?.['version'] === 'number' ? entry['version'] : null,
    title: typeof title?.zh === 'string' && typeof title.en === 'string' ? { zh: title.zh, en: title.en } : null,
  }
}
