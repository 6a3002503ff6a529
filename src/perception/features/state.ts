import { createCodec, type ValueCodec } from './codecs.ts'
import { createGroup, type Group } from './groups.ts'
import { createInterner, type Interner } from './interner.ts'
import { layOut, type StoreLayout } from './layout.ts'
import type { FeaturePlan } from './model.ts'

/** How the parts of a store lie together; only `adopt` and snapshots look at it. */
export interface StoreState {
  plans: FeaturePlan[]
  parts: Part[]
  loggedAt: number
  snapshotting: boolean
  readonly unready: Set<string>
}

/** Plans that were laid out together, with all they share. */
export interface Part {
  readonly layout: StoreLayout
  readonly interner: Interner
  readonly codecs: readonly ValueCodec[]
  groups: Group[]
  /** The event at hand: its arguments as numbers, which of them and of the filters were evaluated, and who let it in. */
  readonly inputs: Float64Array
  readonly evaluated: Uint8Array
  readonly passed: Int8Array
}

/** Lays out plans and makes their empty groups. */
export function createPart(plans: readonly FeaturePlan[]): Part {
  const layout = layOut(plans)
  const interner = createInterner()
  const codecs = layout.inputs.values.map((_, index) => createCodec(nameOf(layout, index), interner))
  const inputs = new Float64Array(codecs.length)
  const groups = layout.groups.map((group) => createGroup(group, { interner, codecs, inputs }))
  const flags = { evaluated: new Uint8Array(codecs.length), passed: new Int8Array(layout.inputs.filters.length) }
  return { layout, interner, codecs, groups, inputs, ...flags }
}

/** Tells every group where its values go after the plans or parts have changed, and drops groups nobody asks. */
export function realign(state: StoreState): void {
  const positions = new Map(state.plans.map((plan, index) => [plan, index]))
  for (const part of state.parts) {
    for (const group of part.groups)
      group.layout.bindings.forEach((binding, index) => {
        group.positions[index] = positions.get(binding.plan) ?? -1
      })
    part.groups = part.groups.filter((group) => group.positions.some((position) => position >= 0))
  }
  state.parts = state.parts.filter((part) => part.groups.length > 0)
}

/** Names an argument by the first feature that uses it. */
function nameOf(layout: StoreLayout, value: number): string {
  for (const group of layout.groups)
    for (const { plan, stream, column } of group.bindings)
      if (stream.columns[column]?.value === value) return `of "${plan.id}"`
  return 'of an unknown feature'
}
