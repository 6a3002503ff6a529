import type { Column, ColumnType, Layout, Text } from '../../kernel/values.ts'
import { createLayout } from '../../kernel/values.ts'
import type { FeaturePlan } from '../../perception/features/index.ts'
import {
  compileLexicon,
  compileSignal,
  isDefinitionError,
  type Lexicon,
  type NamedList,
  type Signal,
  type SignalContext,
} from '../../perception/signals/index.ts'
import { coreEventTypes, type EventType, eventColumns } from '../../vocabulary/events/index.ts'
import { isMarket, marketTest } from '../../vocabulary/markets.ts'
import {
  type Feature,
  type Pack,
  type PackProblem,
  type Place,
  placeOf,
  type Strategy,
} from '../../vocabulary/packs/index.ts'
import {
  type Checked,
  type CheckedFeature,
  checkExpression,
  compileSet,
  isLanguageError,
  type Parsed,
  type ParseSql,
  parseExpression,
  parseFeature,
  toDuckSql,
} from '../language/index.ts'
import { featurePlan, featureSql } from './feature-plan.ts'
import type {
  BatchStrategy,
  CompiledFeature,
  CompiledSignal,
  CompiledStrategy,
  Programs,
  TypeProgram,
} from './model.ts'

export interface BuildInput {
  readonly packs: readonly Pack[]
  readonly parse: ParseSql
  /** Lists by id, with the entries that people and imports have added. */
  readonly lists: ReadonlyMap<string, NamedList>
  /** Whether a seller may offer a brand, by the register; absent = nobody can tell. */
  readonly authorised?: SignalContext['authorised']
  readonly types?: readonly EventType[]
}

export interface Built {
  readonly programs: Programs
  readonly plans: readonly FeaturePlan[]
  /** Problems by pack id; the packs in it are not part of the programs. */
  readonly problems: ReadonlyMap<string, readonly PackProblem[]>
}

/**
 * Turns packs into programs. A pack with a problem is left out whole and its problems are returned;
 * the others are built without it.
 */
export async function buildPrograms(input: BuildInput): Promise<Built> {
  const problems = new Map<string, PackProblem[]>()
  let packs = input.packs
  for (;;) {
    const attempt = await tryBuild({ ...input, packs })
    if (attempt.problems.size === 0) return { programs: attempt.programs, plans: attempt.plans, problems }
    for (const [pack, found] of attempt.problems) problems.set(pack, found)
    packs = packs.filter((pack) => !attempt.problems.has(pack.header.id))
  }
}

interface Draft {
  readonly report: (pack: Pack, place: Place | undefined, message: Text, fix: Text) => void
  readonly input: BuildInput
  readonly types: readonly EventType[]
}

async function tryBuild(
  input: BuildInput,
): Promise<{ programs: Programs; plans: FeaturePlan[]; problems: Map<string, PackProblem[]> }> {
  const problems = new Map<string, PackProblem[]>()
  const draft: Draft = {
    input,
    types: input.types ?? coreEventTypes,
    report(pack, place, message, fix) {
      const found = problems.get(pack.header.id) ?? []
      found.push({ file: place?.file ?? 'pack.yaml', line: place?.line ?? 1, message, fix })
      problems.set(pack.header.id, found)
    },
  }
  const signals = compileSignals(draft)
  const parsed = await parseAll(draft)
  const untyped = layOut(draft, signals, parsed)
  const features = await compileFeatures(draft, untyped, parsed)
  const layout = withTypes(untyped, features)
  const strategies = checkStrategies(draft, layout, parsed)
  const programs: Programs = {
    layout,
    types: new Map(draft.types.map((type) => [type.type, type])),
    byType: compileTypes(strategies, layout, draft.types),
    strategies: new Map(
      strategies.flatMap(({ strategy }) => (strategy.challenger ? [] : [[strategy.name, strategy] as const])),
    ),
    versions: new Map(strategies.map(({ strategy }) => [`${strategy.name}@${strategy.version}`, strategy])),
    batch: batchStrategies(input.packs),
    signals: signals.map(({ signal, pack, kind }) => compiledSignal(signal, pack, kind, layout)),
    features: features.map(({ feature }) => feature),
    packs: input.packs,
    fingerprint: input.packs.map((pack) => `${pack.header.id}@${pack.header.version}:${pack.fingerprint}`).join(' '),
  }
  return { programs, plans: features.map(({ plan }) => plan), problems }
}

function batchStrategies(packs: readonly Pack[]): Map<string, BatchStrategy> {
  return new Map(
    packs.flatMap((pack) => {
      const policies = new Map(pack.policies.map((policy) => [policy.id, policy]))
      return pack.batch.flatMap((found) => {
        const policy = policies.get(found.policy)
        const name = `${pack.header.id}/${found.id}`
        return policy
          ? [[name, { ...found, name, pack: pack.header.id, policyVersion: policy.version, severity: policy.severity }]]
          : []
      })
    }),
  )
}

interface DraftSignal {
  readonly signal: Signal
  readonly pack: Pack
  readonly kind: string
}

function compileSignals(draft: Draft): DraftSignal[] {
  const found: DraftSignal[] = []
  const taken = new Map<string, string>()
  for (const pack of draft.input.packs) {
    const lexicons = compileLexicons(pack, draft)
    for (const definition of pack.signals) {
      const place = pack.places.get(`signals:${definition.id}`)
      const other = taken.get(definition.id)
      if (other !== undefined) {
        draft.report(
          pack,
          place,
          both(
            `signal "${definition.id}" exists in pack "${other}" already`,
            `信号 "${definition.id}" 已在规则包 "${other}" 中`,
          ),
          both('choose another id', '换一个 id'),
        )
        continue
      }
      taken.set(definition.id, pack.header.id)
      guard(draft, pack, place, () => {
        const { title: _title, ...rest } = definition
        const { lists, authorised } = draft.input
        found.push({ signal: compileSignal(rest, { lexicons, lists, authorised }), pack, kind: definition.kind })
      })
    }
  }
  return found
}

function compileLexicons(pack: Pack, draft: Draft): ReadonlyMap<string, Lexicon> {
  const lexicons = new Map<string, Lexicon>()
  for (const definition of pack.lexicons) {
    const id = String(definition['id'])
    guard(draft, pack, pack.places.get(`lexicons:${id}`), () => void lexicons.set(id, compileLexicon(definition)))
  }
  return lexicons
}

/** Runs one step for a pack and turns a refusal into problems at its place. */
function guard(draft: Draft, pack: Pack, place: Place | undefined, step: () => void): void {
  try {
    step()
  } catch (error) {
    reportError(draft, pack, place, error)
  }
}

function reportError(draft: Draft, pack: Pack, place: Place | undefined, error: unknown): void {
  if (isDefinitionError(error)) {
    for (const { field, value, problem, fix } of error.problems) {
      const shown = value === undefined ? '' : ` = ${JSON.stringify(value)?.slice(0, 120)}`
      draft.report(pack, place, { zh: `${field}${shown}：${problem.zh}`, en: `${field}${shown}: ${problem.en}` }, fix)
    }
  } else if (isLanguageError(error)) {
    draft.report(
      pack,
      place,
      { zh: `${error.text.zh}\n${error.caret}`, en: `${error.text.en}\n${error.caret}` },
      error.suggestion,
    )
  } else throw error
}

/** Every condition of the packs, parsed once. Key: `<pack>/<id>@<version>`. */
async function parseAll(draft: Draft): Promise<Map<string, Parsed>> {
  const parsed = new Map<string, Parsed>()
  const all = draft.input.packs.flatMap((pack) => pack.strategies.map((strategy) => ({ pack, strategy })))
  // All at once: the parser takes what is asked in one turn in one go.
  const answers = await Promise.allSettled(all.map(({ strategy }) => parseExpression(draft.input.parse, strategy.when)))
  for (const [index, { pack, strategy }] of all.entries()) {
    const answer = answers[index]
    if (answer?.status === 'fulfilled') parsed.set(`${pack.header.id}/${strategy.id}@${strategy.version}`, answer.value)
    else reportError(draft, pack, placeOf(pack, strategy), answer?.reason)
  }
  return parsed
}

const signalCost = 1
const featureCost = 1

function layOut(draft: Draft, signals: readonly DraftSignal[], parsed: ReadonlyMap<string, Parsed>): Layout {
  const attributes = new Map<string, ColumnType>()
  for (const pack of draft.input.packs)
    for (const [name, type] of Object.entries(pack.header.fields ?? {})) attributes.set(name, type)
  const texts = [...parsed.values()].map((found) => found.tree as unknown)
  for (const pack of draft.input.packs)
    texts.push(
      ...pack.signals,
      ...pack.strategies.map((strategy) => strategy.evidence ?? []),
      ...pack.features.map((feature) => feature.sql),
    )
  for (const name of attributeNames(texts)) if (!attributes.has(name)) attributes.set(name, 'VARCHAR')
  const columns: Column[] = eventColumns(draft.types, attributes)
  const names = new Set(columns.map((column) => column.name))
  for (const { signal, pack } of signals) {
    if (names.has(signal.id))
      draft.report(
        pack,
        pack.places.get(`signals:${signal.id}`),
        both(`"${signal.id}" is the name of an event field`, `"${signal.id}" 与事件字段重名`),
        both('choose another id', '换一个 id'),
      )
    else columns.push({ ...signal.column, cost: Math.max(signalCost, signal.column.cost) })
    names.add(signal.id)
  }
  for (const pack of draft.input.packs) {
    for (const feature of pack.features) {
      if (names.has(feature.id))
        draft.report(
          pack,
          pack.places.get(`features:${feature.id}`),
          both(`the name "${feature.id}" is taken`, `名称 "${feature.id}" 已被占用`),
          both('choose another id', '换一个 id'),
        )
      else columns.push({ name: feature.id, type: 'DOUBLE', cost: featureCost })
      names.add(feature.id)
    }
  }
  return createLayout(columns)
}

/** `attributes.x` names in syntax trees and definitions: an attribute needs no declaration, it is text unless a pack says otherwise. */
function attributeNames(trees: readonly unknown[]): Set<string> {
  const names = new Set<string>()
  const visit = (node: unknown): void => {
    if (typeof node === 'string') for (const [name] of node.matchAll(/\battributes\.[A-Za-z0-9_]+/g)) names.add(name)
    else if (Array.isArray(node)) {
      if (node[0] === 'attributes' && node.length > 1 && node.every((part) => typeof part === 'string'))
        names.add(node.join('.'))
      node.forEach(visit)
    } else if (typeof node === 'object' && node !== null) Object.values(node).forEach(visit)
  }
  trees.forEach(visit)
  return names
}

/** The same columns at the same places, now that the windows have said what they are: `last(title)` is a text. */
function withTypes({ columns }: Layout, features: readonly DraftFeature[]): Layout {
  const types = new Map(features.map(({ feature, plan }) => [feature.id, plan.type]))
  return createLayout(columns.map((column) => ({ ...column, type: types.get(column.name) ?? column.type })))
}

interface DraftFeature {
  readonly feature: CompiledFeature
  readonly plan: FeaturePlan
}

async function compileFeatures(
  draft: Draft,
  layout: Layout,
  _parsed: ReadonlyMap<string, Parsed>,
): Promise<DraftFeature[]> {
  const found: DraftFeature[] = []
  for (const pack of draft.input.packs) {
    for (const feature of pack.features) {
      const place = pack.places.get(`features:${feature.id}`)
      try {
        const checked = await parseFeature(draft.input.parse, feature.sql, layout)
        found.push(draftFeature(feature, checked, pack, layout))
      } catch (error) {
        reportError(draft, pack, place, error)
      }
    }
  }
  return found
}

function draftFeature(feature: Feature, checked: CheckedFeature, pack: Pack, layout: Layout): DraftFeature {
  const typeSlot = layout.slot('type') ?? -1
  const on = new Set(feature.on)
  const plan = featurePlan(feature.id, checked, layout)
  const inner = plan.filter
  const all = feature.on.includes('*')
  return {
    feature: {
      id: feature.id,
      pack: pack.header.id,
      slot: layout.slot(feature.id) ?? -1,
      on,
      sql: feature.sql,
      duckSql: featureSql(checked),
      rangeMicros: checked.rangeMicros,
    },
    plan: all
      ? plan
      : {
          ...plan,
          filterId: `${plan.filterId ?? ''} on ${[...on].sort().join(' ')}`,
          fingerprint: `${plan.fingerprint ?? feature.sql} on ${[...on].sort().join(' ')}`,
          filter: (row, resolve) =>
            on.has(row[typeSlot] as string) && (inner === undefined || inner(row, resolve) === true),
        },
  }
}

interface DraftStrategy {
  readonly strategy: CompiledStrategy
  readonly checked: Checked
}

function checkStrategies(draft: Draft, layout: Layout, parsed: ReadonlyMap<string, Parsed>): DraftStrategy[] {
  const found: DraftStrategy[] = []
  const types = new Set(draft.types.map((type) => type.type))
  for (const pack of draft.input.packs) {
    const policies = new Map(pack.policies.map((policy) => [policy.id, policy]))
    const ranks = rankVersions(pack.strategies)
    for (const strategy of pack.strategies) {
      const name = `${pack.header.id}/${strategy.id}`
      const tree = parsed.get(`${name}@${strategy.version}`)
      const policy = policies.get(strategy.policy)
      if (!tree || !policy) continue
      const place = placeOf(pack, strategy)
      checkNames({ draft, pack, strategy, place, types, layout })
      guard(draft, pack, place, () => {
        const checked = checkExpression(tree, layout)
        if (checked.type !== 'BOOLEAN' && checked.type !== 'NULL') {
          draft.report(
            pack,
            place,
            both(
              `the condition of "${strategy.id}" is ${checked.type}, not true or false`,
              `策略 "${strategy.id}" 的条件是 ${checked.type}，不是布尔值`,
            ),
            both('compare it with something, e.g. "… > 0"', '加上比较，例如 "… > 0"'),
          )
          return
        }
        found.push({
          checked,
          strategy: {
            ...strategy,
            name,
            pack: pack.header.id,
            policyVersion: policy.version,
            severity: policy.severity,
            columns: checked.columns,
            duckSql: toDuckSql(checked),
            cost: checked.cost,
            lazyCost: checked.node.lazyCost,
            ...ranks(strategy),
            appliesIn: marketTest(strategy.markets),
          },
        })
      })
    }
  }
  return found
}

/** Which version stands for its strategy, and which one takes over on the subjects of its canary. */
function rankVersions(
  strategies: readonly Strategy[],
): (strategy: Strategy) => Pick<CompiledStrategy, 'challenger' | 'successor'> {
  const byId = Map.groupBy(strategies, (strategy) => strategy.id)
  return (strategy) => {
    const versions = byId.get(strategy.id) ?? []
    const standing =
      versions.find(({ mode }) => mode === 'live') ??
      versions.find(({ mode }) => mode === 'canary') ??
      versions.reduce((newest, next) => (next.version > newest.version ? next : newest))
    const canary = strategy.mode === 'live' ? versions.find(({ mode }) => mode === 'canary')?.canary : undefined
    return { challenger: strategy !== standing, successor: canary ?? null }
  }
}

function checkNames({
  draft,
  pack,
  strategy,
  place,
  types,
  layout,
}: {
  draft: Draft
  pack: Pack
  strategy: Strategy
  place: Place | undefined
  types: ReadonlySet<string>
  layout: Layout
}): void {
  for (const type of strategy.on) {
    if (!types.has(type))
      draft.report(
        pack,
        place,
        both(
          `"${strategy.id}" names the unknown event type "${type}"`,
          `策略 "${strategy.id}" 使用了未知事件类型 "${type}"`,
        ),
        both(`one of: ${[...types].join(', ')}`, `可用：${[...types].join('、')}`),
      )
  }
  for (const market of strategy.markets) {
    if (market !== '*' && !isMarket(market))
      draft.report(
        pack,
        place,
        both(
          `"${strategy.id}" names the unknown market "${market}"`,
          `策略 "${strategy.id}" 使用了未知市场 "${market}"`,
        ),
        both(
          'use an ISO code such as DE, a group (EU, SEA, GCC), or *',
          '使用 ISO 代码（如 DE）、市场组（EU、SEA、GCC）或 *',
        ),
      )
  }
  for (const column of strategy.evidence ?? []) {
    if (layout.slot(column) === undefined)
      draft.report(
        pack,
        place,
        both(
          `"${strategy.id}" wants the unknown column "${column}" as evidence`,
          `策略 "${strategy.id}" 的证据列 "${column}" 不存在`,
        ),
        both('name a field, signal or feature', '请写字段、信号或特征的名字'),
      )
  }
}

function compileTypes(
  drafts: readonly DraftStrategy[],
  layout: Layout,
  types: readonly EventType[],
): Map<string, TypeProgram> {
  const byType = new Map<string, TypeProgram>()
  for (const { type } of types) {
    const mine = drafts.filter(({ strategy }) => strategy.on.includes(type))
    byType.set(type, {
      strategies: mine.map(({ strategy }) => strategy),
      run: compileSet(
        mine.map(({ checked }) => checked),
        layout,
      ),
    })
  }
  return byType
}

function compiledSignal(signal: Signal, pack: Pack, kind: string, layout: Layout): CompiledSignal {
  return {
    id: signal.id,
    pack: pack.header.id,
    kind,
    slot: layout.slot(signal.id) ?? -1,
    evaluate: (read, at) => signal.evaluate(read, at),
  }
}

function both(en: string, zh = en): Text {
  return { zh, en }
}
