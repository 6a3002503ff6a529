import { type Problem, problem } from '../../kernel/problems.ts'
import { type Column, createLayout, type Layout } from '../../kernel/values.ts'
import type { FeaturePlan } from '../../perception/features/index.ts'
import {
  type Checked,
  type CheckedFeature,
  checkExpression,
  isLanguageError,
  type ParseSql,
  parseExpression,
  parseFeature,
  toDuckSql,
} from '../language/index.ts'
import type { Programs } from '../strategies/index.ts'
import { featurePlan } from '../strategies/index.ts'
import { type Gap, gapOf } from './gap.ts'

/** A window that a backtest brings along; the same fields as in `features.yaml`. */
export interface TrialFeature {
  readonly id: string
  readonly on: readonly string[]
  readonly sql: string
}

export interface Trial {
  readonly when: string
  /** Event types that the condition is asked about. */
  readonly on: readonly string[]
  readonly features?: readonly TrialFeature[] | undefined
}

/** A window that the condition reads. */
export interface UsedFeature {
  readonly id: string
  readonly on: readonly string[]
  readonly checked: CheckedFeature
  readonly plan: FeaturePlan
}

/** A condition that is ready for both engines. */
export interface PreparedTrial {
  readonly on: readonly string[]
  /** The columns of the running programs at their own places, then those of the trial's own windows. */
  readonly layout: Layout
  readonly checked: Checked
  /** The parts that AND joins; the whole condition when there is only one. */
  readonly parts: readonly Checked[]
  /** Per part the numbers that it compares. */
  readonly gaps: readonly (Gap | null)[]
  readonly features: readonly UsedFeature[]
  /** Signals that the condition itself reads, and whether a window reads any. */
  readonly signals: readonly string[]
  readonly windowsReadSignals: boolean
}

/**
 * Checks a condition and the windows that it reads against the running packs.
 * @throws expression_refused with caret and suggestion; invalid_input for unknown event types and taken names.
 */
export async function prepareTrial(trial: Trial, programs: Programs, parse: ParseSql): Promise<PreparedTrial> {
  for (const type of trial.on)
    if (!programs.types.has(type))
      throw problem({
        code: 'invalid_input',
        field: 'on',
        value: type,
        detail: { zh: `没有事件类型 "${type}"`, en: `There is no event type "${type}"` },
        fix: {
          zh: `可用：${[...programs.types.keys()].join('、')}`,
          en: `One of: ${[...programs.types.keys()].join(', ')}`,
        },
      })
  const own = trial.features ?? []
  const layout = await withTypes(extend(programs.layout, trial), own, parse)
  const checked = await guard('when', async () => {
    const found = checkExpression(await parseExpression(parse, trial.when), layout)
    if (found.type !== 'BOOLEAN' && found.type !== 'NULL')
      throw problem({
        code: 'expression_refused',
        field: 'when',
        value: trial.when,
        detail: {
          zh: `条件的类型是 ${found.type}，不是布尔值`,
          en: `The condition is ${found.type}, not true or false`,
        },
        fix: { zh: '加上比较，例如 "… > 0"', en: 'Compare it with something, e.g. "… > 0"' },
      })
    return found
  })
  const wanted = new Set(checked.columns)
  const defined = [
    ...programs.features.map((feature) => ({ id: feature.id, on: [...feature.on], sql: feature.sql })),
    ...own,
  ].filter((feature) => wanted.has(feature.id))
  const features = await Promise.all(
    defined.map((feature) => guard(`features.${feature.id}`, () => useFeature(feature, { layout, parse }))),
  )
  const parts = conjuncts(checked)
  const isSignal = new Set(programs.signals.map((signal) => signal.id))
  const lazy = (column: string): boolean => (layout.columns[layout.slot(column) ?? -1]?.cost ?? 0) > 0
  return {
    on: trial.on,
    layout,
    checked,
    parts,
    gaps: parts.map(gapOf),
    features,
    signals: checked.columns.filter((column) => isSignal.has(column)),
    windowsReadSignals: features.some((feature) => feature.checked.columns.some(lazy)),
  }
}

/** The running columns, then attributes that no pack has named yet (text, as in a pack), then the trial's own windows. */
function extend(layout: Layout, { when, features: own = [] }: Trial): Layout {
  const taken = own.find((feature) => layout.slot(feature.id) !== undefined)
  if (taken)
    throw problem({
      code: 'invalid_input',
      field: 'features',
      value: taken.id,
      detail: {
        zh: `名称 "${taken.id}" 已被占用`,
        en: `The name "${taken.id}" is taken by a field, signal or feature`,
      },
      fix: { zh: '换一个 id，或直接使用现有的特征', en: 'Choose another id, or use the existing one by its name' },
    })
  const texts = [when, ...own.map((feature) => feature.sql)]
  const named = new Set(
    texts.flatMap((text) => [...text.matchAll(/\battributes\.[A-Za-z0-9_]+/g)].map(([name]) => name)),
  )
  const attributes = [...named].filter((name) => layout.slot(name) === undefined)
  if (own.length + attributes.length === 0) return layout
  return createLayout([
    ...layout.columns,
    ...attributes.map((name): Column => ({ name, type: 'VARCHAR', cost: 0 })),
    ...own.map((feature): Column => ({ name: feature.id, type: 'DOUBLE', cost: 1 })),
  ])
}

/** The same columns at the same places, with the trial's own windows as what they are: `last(title)` is a text. */
async function withTypes(layout: Layout, own: readonly TrialFeature[], parse: ParseSql): Promise<Layout> {
  if (own.length === 0) return layout
  const types = new Map<string, Column['type']>()
  for (const { id, sql } of own)
    await guard(`features.${id}`, async () => types.set(id, (await parseFeature(parse, sql, layout)).type))
  return createLayout(layout.columns.map((column) => ({ ...column, type: types.get(column.name) ?? column.type })))
}

async function useFeature(
  feature: TrialFeature,
  { layout, parse }: { layout: Layout; parse: ParseSql },
): Promise<UsedFeature> {
  const checked = await parseFeature(parse, feature.sql, layout)
  const plan = featurePlan(feature.id, checked, layout)
  if (feature.on.includes('*')) return { id: feature.id, on: ['*'], checked, plan }
  const on = new Set(feature.on)
  const typeSlot = layout.slot('type') ?? -1
  const inner = plan.filter
  const filter: FeaturePlan['filter'] = (row, resolve) =>
    on.has(row[typeSlot] as string) && (inner === undefined || inner(row, resolve) === true)
  return {
    id: feature.id,
    on: feature.on,
    checked,
    plan: { ...plan, filter, filterId: `${plan.filterId ?? ''} on ${[...on].sort().join(' ')}` },
  }
}

/** The parts of a condition that AND joins, at any depth. */
export function conjuncts(checked: Checked): Checked[] {
  const { node } = checked
  if (node.kind !== 'and') return [checked]
  return node.args
    .flatMap((arg) => conjuncts({ ...checked, node: arg, type: arg.type, text: '' }))
    .map((part) => (part.text === '' ? { ...part, text: toDuckSql(part) } : part))
}

async function guard<Result>(field: string, step: () => Promise<Result>): Promise<Result> {
  try {
    return await step()
  } catch (error) {
    if (!isLanguageError(error)) throw error
    const refused: Problem = {
      code: 'expression_refused',
      field,
      detail: error.text,
      fix: error.suggestion,
      caret: error.caret,
      position: error.position,
      suggestion: error.suggestion,
    }
    throw problem(refused)
  }
}
