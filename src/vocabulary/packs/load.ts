import { Value, type ValueError } from '@sinclair/typebox/value'
import { LineCounter, parseDocument } from 'yaml'
import { shorten } from '../../kernel/problems.ts'
import type { Text } from '../../kernel/values.ts'
import { type BatchDefinition, batchFaults } from './batch.ts'
import type {
  Feature,
  ListDefinition,
  PackCase,
  PackHeader,
  PackPart,
  Policy,
  RolloutEntry,
  SignalDefinition,
  Strategy,
} from './schema.ts'
import { packFiles } from './schema.ts'

/** A fault in a pack: where it is, what is wrong, what to do. */
export interface PackProblem {
  readonly file: string
  readonly line: number
  readonly message: Text
  readonly fix: Text
}

/** Where a definition stands, for messages and for "open the file". */
export interface Place {
  readonly file: string
  readonly line: number
}

export interface Pack {
  readonly header: PackHeader
  readonly policies: readonly Policy[]
  readonly strategies: readonly Strategy[]
  readonly features: readonly Feature[]
  readonly signals: readonly SignalDefinition[]
  readonly lists: readonly ListDefinition[]
  readonly lexicons: readonly Record<string, unknown>[]
  /** Batch strategies: queries over the facts, on a schedule. */
  readonly batch: readonly BatchDefinition[]
  readonly cases: readonly PackCase[]
  /** Place of `<part>:<id>`; of a strategy also by version: `strategies:<id>@<version>`. */
  readonly places: ReadonlyMap<string, Place>
  /** Hash-like text of everything in the folder; a pack with equal text is the same pack. */
  readonly fingerprint: string
  /** The files that it was read from, by path in the folder. */
  readonly files: ReadonlyMap<string, string>
}

export type LoadedPack =
  | { readonly pack: Pack; readonly problems: readonly [] }
  | { readonly pack: null; readonly problems: readonly PackProblem[] }

/**
 * Reads one pack from its files (`relative path → text`) and checks every file against its schema.
 * Problems name file, line, message and fix; a pack with any problem is not returned.
 */
export function loadPack(files: ReadonlyMap<string, string>, fingerprint: string): LoadedPack {
  const problems: PackProblem[] = []
  const places = new Map<string, Place>()
  const parts: Record<PackPart, unknown[]> = {
    header: [],
    policies: [],
    strategies: [],
    features: [],
    signals: [],
    lists: [],
    lexicons: [],
    batch: [],
    rollout: [],
    cases: [],
  }
  const caseFiles = new Map<unknown, string>()
  for (const [file, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const kind = packFiles.find(({ match }) => match.test(file))
    if (!kind) {
      if (/\.ya?ml$/.test(file)) problems.push(unknownFile(file))
      continue
    }
    const read = readYaml(file, text)
    problems.push(...read.problems)
    if (read.value === undefined) continue
    const items = kind.many ? (Array.isArray(read.value) ? read.value : []) : [read.value]
    if (kind.many && !Array.isArray(read.value))
      problems.push({
        file,
        line: 1,
        message: both(`must be a list of ${kind.part}`),
        fix: both('start every entry with "- id: …"'),
      })
    for (const [index, item] of items.entries()) {
      const path = kind.many ? [index] : []
      for (const error of firstErrors(Value.Errors(kind.schema, item)))
        problems.push(describe(error, file, (inner) => read.line([...path, ...inner]), item))
      const name = nameOf(kind.part, item)
      if (kind.part === 'cases') caseFiles.set(item, file)
      if (name !== null && !(kind.part === 'cases' && ofVersion(file))) {
        const key = `${kind.part}:${name}`
        const first = places.get(key)
        if (first)
          problems.push({
            file,
            line: read.line(path),
            message: both(
              `"${name}" is defined twice (first in ${first.file}:${first.line})`,
              `"${name}" 重复定义（首次在 ${first.file}:${first.line}）`,
            ),
            fix: both('give one of them another id', '改掉其中一个的 id'),
          })
        else places.set(key, { file, line: read.line(path) })
        if (kind.part === 'strategies' && isRecord(item) && !places.has(`strategies:${String(item['id'])}`))
          places.set(`strategies:${String(item['id'])}`, { file, line: read.line(path) })
      }
      parts[kind.part].push(item)
    }
  }
  if (parts.header.length === 0)
    problems.push({
      file: 'pack.yaml',
      line: 1,
      message: both('the pack has no pack.yaml', '缺少 pack.yaml'),
      fix: both(
        'add pack.yaml with id, version, title, owner, jurisdiction',
        '添加 pack.yaml：id、version、title、owner、jurisdiction',
      ),
    })
  if (problems.length > 0) return { pack: null, problems }
  const { rollout, ...rest } = parts
  const pack = {
    ...rest,
    header: parts.header[0],
    strategies: rolledOut(parts.strategies as Strategy[], rollout as RolloutEntry[]),
    cases: latestCases(parts.cases as PackCase[], (found) => caseFiles.get(found) ?? ''),
    places,
    fingerprint,
    files,
  } as unknown as Pack
  const dangling = references(pack)
  return dangling.length > 0 ? { pack: null, problems: dangling } : { pack, problems: [] }
}

/** What tells entries of one kind apart; a strategy may be there in several versions. */
function nameOf(part: PackPart, item: unknown): string | null {
  if (!isRecord(item) || part === 'rollout') return null
  const name = item['id'] ?? item['name']
  if (typeof name !== 'string') return null
  return part === 'strategies' ? `${name}@${String(item['version'])}` : name
}

/** Cases that came with a published version: `cases/<strategy>@<version>.yaml`. */
const ofVersion = (file: string): boolean => /^cases\/.+@\d+\.yaml$/.test(file)

/** Strategies as they run: where `rollout.yaml` names a version it goes before the version's own text; retired ones are gone. */
function rolledOut(strategies: readonly Strategy[], rollout: readonly RolloutEntry[]): Strategy[] {
  if (rollout.length === 0) return [...strategies]
  const entries = new Map(rollout.map((entry) => [`${entry.strategy}@${entry.version}`, entry]))
  return strategies.flatMap((strategy) => {
    const entry = entries.get(`${strategy.id}@${strategy.version}`)
    if (!entry) return [strategy]
    if (entry.state === 'retired') return []
    const { canary: _canary, ...rest } = strategy
    return [{ ...rest, mode: entry.state, ...(entry.canary === undefined ? {} : { canary: entry.canary }) }]
  })
}

/** A case that came with a published version replaces the case of the same name in the pack's own files. */
function latestCases(cases: readonly PackCase[], fileOf: (found: PackCase) => string): PackCase[] {
  const replaced = new Map(cases.filter((found) => ofVersion(fileOf(found))).map((found) => [found.name, found]))
  return cases.filter((found) => (replaced.get(found.name) ?? found) === found)
}

/** At most one version of a strategy is live and one in its canary; any number watch beside them. */
function crowded(pack: Pack): PackProblem[] {
  return (['live', 'canary'] as const).flatMap((mode) => {
    const byId = Map.groupBy(
      pack.strategies.filter((strategy) => strategy.mode === mode),
      (strategy) => strategy.id,
    )
    return [...byId].flatMap(([id, [, second, ...more]]) => {
      if (!second) return []
      const versions = byId.get(id)?.map((strategy) => strategy.version) ?? []
      return [
        {
          ...(pack.places.get(`strategies:${id}@${(more.at(-1) ?? second).version}`) ?? {
            file: 'strategies.yaml',
            line: 1,
          }),
          message: both(
            `versions ${versions.join(' and ')} of strategy "${id}" are ${mode} at once`,
            `策略 "${id}" 的版本 ${versions.join('、')} 同时为 ${mode}`,
          ),
          fix: both(
            'keep one of them and set the others to "mode: shadow", or take them out',
            '只保留一个，其余改为 "mode: shadow" 或删除',
          ),
        },
      ]
    })
  })
}

/** Where a strategy version is written. */
export function placeOf(pack: Pick<Pack, 'places'>, strategy: Pick<Strategy, 'id' | 'version'>): Place | undefined {
  return (
    pack.places.get(`strategies:${strategy.id}@${strategy.version}`) ?? pack.places.get(`strategies:${strategy.id}`)
  )
}

function references(pack: Pack): PackProblem[] {
  const known = new Set(pack.policies.map((policy) => policy.id))
  const canaries = pack.strategies
    .filter((strategy) => (strategy.mode === 'canary') !== (strategy.canary !== undefined))
    .map((strategy) => ({
      ...(placeOf(pack, strategy) ?? { file: 'strategies.yaml', line: 1 }),
      message: both(
        `strategy "${strategy.id}" has mode ${strategy.mode} and canary ${strategy.canary ?? 'not set'}`,
        `策略 "${strategy.id}" 的 mode 为 ${strategy.mode}，canary 为 ${strategy.canary ?? '未设置'}`,
      ),
      fix: both(
        'set both "mode: canary" and "canary: 10" (percent of subjects), or neither',
        '"mode: canary" 与 "canary: 10"（对象百分比）须同时设置',
      ),
    }))
  const named = [
    ...pack.strategies.map((strategy) => ({ ...strategy, part: 'strategies' })),
    ...pack.batch.map((strategy) => ({ ...strategy, part: 'batch' })),
  ]
  const placeAt = ({ part, id }: { part: string; id: string }) =>
    pack.places.get(`${part}:${id}`) ?? { file: `${part}.yaml`, line: 1 }
  const batch = pack.batch.flatMap((found) => [
    ...batchFaults(found).map((fault) => ({ ...placeAt({ part: 'batch', id: found.id }), ...fault })),
    ...(pack.strategies.some((strategy) => strategy.id === found.id)
      ? [
          {
            ...placeAt({ part: 'batch', id: found.id }),
            message: both(`"${found.id}" is a strategy of this pack already`, `"${found.id}" 已是本规则包的实时策略`),
            fix: both('give one of them another id', '改掉其中一个的 id'),
          },
        ]
      : []),
  ])
  const dangling = named
    .filter((strategy) => !known.has(strategy.policy))
    .map((strategy) => ({
      ...placeAt(strategy),
      message: both(
        `strategy "${strategy.id}" names policy "${strategy.policy}", which is not in policies.yaml`,
        `策略 "${strategy.id}" 引用的规范 "${strategy.policy}" 不在 policies.yaml 中`,
      ),
      fix: both(
        `define the policy, or use one of: ${[...known].slice(0, 6).join(', ')}`,
        `补上该规范，或改用：${[...known].slice(0, 6).join(', ')}`,
      ),
    }))
  return [...dangling, ...canaries, ...batch, ...crowded(pack)]
}

function readYaml(
  file: string,
  text: string,
): { value: unknown; problems: PackProblem[]; line: (path: (string | number)[]) => number } {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const problems = document.errors.map((error) => ({
    file,
    line: lines.linePos(error.pos[0]).line,
    message: { zh: `不是有效的 YAML：${error.message}`, en: `not valid YAML: ${error.message}` },
    fix: both('check indentation and quotes on this line', '检查这一行的缩进和引号'),
  }))
  const line = (path: (string | number)[]): number => {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true)
      if (node !== null && typeof node === 'object' && 'range' in node && Array.isArray(node.range))
        return lines.linePos(node.range[0]).line
    }
    return 1
  }
  return { value: problems.length > 0 ? undefined : document.toJS(), problems, line }
}

function firstErrors(errors: Iterable<ValueError>): ValueError[] {
  const byPath = new Map<string, ValueError>()
  for (const error of errors) if (!byPath.has(error.path)) byPath.set(error.path, error)
  return [...byPath.values()].slice(0, 20)
}

function describe(
  error: ValueError,
  file: string,
  line: (path: (string | number)[]) => number,
  item: unknown,
): PackProblem {
  const path = error.path
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/')))
  const field = path.join('.') || 'entry'
  const allowed = (error.schema.anyOf as { const?: string }[] | undefined)
    ?.map((option) => option.const)
    .filter((option) => option !== undefined)
  const expected = allowed?.length ? `one of: ${allowed.join(', ')}` : (error.schema.description ?? error.message)
  const id = isRecord(item) && typeof item['id'] === 'string' ? ` in "${item['id']}"` : ''
  return {
    file,
    line: line(path),
    message: both(
      `field "${field}"${id}: ${error.value === undefined ? 'is missing' : `value ${shorten(error.value)} does not fit`} (${error.message})`,
      `字段 "${field}"${id}：${error.value === undefined ? '缺失' : `值 ${shorten(error.value)} 不合格`}`,
    ),
    fix: both(
      error.message === 'Unexpected property' ? `remove "${field}"` : `set "${field}" to ${expected}`,
      error.message === 'Unexpected property' ? `删除 "${field}"` : `把 "${field}" 设为：${expected}`,
    ),
  }
}

function unknownFile(file: string): PackProblem {
  return {
    file,
    line: 1,
    message: both('this file has no meaning in a pack', '规则包中没有这种文件'),
    fix: both(
      'use pack.yaml, policies.yaml, strategies.yaml, features.yaml, signals.yaml, lists.yaml, lexicons/*.yaml, batch/*.yaml, cases/*.yaml',
    ),
  }
}

function both(en: string, zh = en): Text {
  return { zh, en }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
