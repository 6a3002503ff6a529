import { type Column, createLayout } from '../../kernel/values.ts'
import { checkExpression, type ParseSql, parseExpression, parseFeature, quoteName } from '../language/index.ts'
import { conjuncts, type PreparedTrial } from './condition.ts'
import { createFinder } from './found.ts'
import { gapOf } from './gap.ts'
import type { Found, Scope } from './model.ts'
import { columnSql } from './sql.ts'
import { sweep } from './sweep.ts'
import type { ColumnStore } from './sweep-columns.ts'
import { bitsOfWord, sweepObstacle } from './sweep-plan.ts'

/** A trial as texts and plain data, so that it can travel to the process that holds the facts. */
export interface SweepRequest {
  readonly columns: readonly Column[]
  readonly when: string
  readonly on: readonly string[]
  readonly features: readonly { readonly id: string; readonly on: readonly string[]; readonly sql: string }[]
  readonly scope: Scope
}

export function sweepRequest(trial: PreparedTrial, scope: Scope): SweepRequest {
  const { layout, checked, on, features } = trial
  return {
    ...{ on, scope, columns: layout.columns, when: checked.text },
    features: features.map(({ id, on: types, checked: { text } }) => ({ id, on: types, sql: text })),
  }
}

/** Why a sweep cannot answer a trial; null = it can. */
export function trialSweepObstacle({ features, parts, layout, signals }: PreparedTrial): string | null {
  if (signals.length > 0) return 'it reads signals'
  return sweepObstacle(features, parts, layout)
}

/** Answers a trial in one pass over the facts. */
export async function findBySweep(
  { columns, when, on, features: asked, scope }: SweepRequest,
  { store, parse }: { store: ColumnStore; parse: ParseSql },
): Promise<Found> {
  const layout = createLayout(columns)
  const parts = conjuncts(checkExpression(await parseExpression(parse, when), layout))
  const features = await Promise.all(
    asked.map(async ({ id, on: types, sql }) => ({ id, on: types, checked: await parseFeature(parse, sql, layout) })),
  )
  const column = columnSql({ layout, signals: [] })
  const gaps = parts.map(gapOf)
  const finder = createFinder(gaps)
  const measures = gaps.flatMap((gap) => (gap ? [gap.value, gap.limit] : []))
  const firsts = gaps.map((_, part) => 2 * gaps.slice(0, part).filter((gap) => gap !== null).length)
  const marks = new Int8Array(parts.length)
  await sweep(
    { layout, conditions: parts, measures, features, on, ...scope, table: quoteName('events'), column },
    store,
    (position, trues, nulls, measure) => {
      for (let part = 0; part < parts.length; part++) {
        const [word, bit] = [Math.floor(part / bitsOfWord), 1 << (part % bitsOfWord)]
        marks[part] = (trues[word]! & bit) !== 0 ? 1 : (nulls[word]! & bit) !== 0 ? -1 : 0
      }
      finder.add(position, marks, (part, side) => measure(firsts[part]! + (side === 'value' ? 0 : 1)))
    },
  )
  return finder.found()
}
