import type { Text } from '../../kernel/values.ts'
import { DEFAULT_DAYS, DEFAULT_END, generateSample, sampleGroups } from './generate.ts'
import { KINDS } from './kinds.ts'
import type { Expected, SampleOptions } from './model.ts'

export interface KindCount {
  readonly kind: string
  readonly expected: Expected
  readonly events: number
  readonly note: Text
}

export interface SampleSummary {
  readonly seed: number
  readonly days: number
  readonly end_at: string
  readonly events: number
  /** Events without a truth. */
  readonly ordinary: number
  readonly by_type: Readonly<Record<string, number>>
  readonly by_kind: readonly KindCount[]
  /** Rings, incident and campaign, by kind. */
  readonly groups: Readonly<Record<string, number>>
  readonly text: Text
}

/** The sentence that stands wherever the sample is shown. */
export const sampleText = (seed: number): Text => ({
  zh: `生成的示例数据，种子 ${seed}：人物、店铺、品牌、地址均为虚构`,
  en: `generated sample, seed ${seed}: people, shops, brands and addresses are invented`,
})

const sorted = (counts: ReadonlyMap<string, number>): Record<string, number> =>
  Object.fromEntries([...counts].sort(([left], [right]) => (left < right ? -1 : 1)))

const count = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1)

/** Counts the whole sample by type and by planted kind; takes as long as generating it (about a second). */
export function sampleSummary(options: SampleOptions): SampleSummary {
  const types = new Map<string, number>()
  const kinds = new Map<string, number>()
  const groups = new Map<string, number>()
  let events = 0
  let ordinary = 0
  for (const { event, truth } of generateSample(options)) {
    events++
    count(types, event.type)
    if (truth === undefined) ordinary++
    else count(kinds, truth.kind)
  }
  for (const group of sampleGroups(options)) count(groups, group.kind)
  const by_kind = Object.entries(KINDS).map(([kind, entry]) => ({
    kind,
    expected: entry.expected,
    events: kinds.get(kind) ?? 0,
    note: entry.note,
  }))
  const { seed, days = DEFAULT_DAYS, endAt = DEFAULT_END } = options
  return {
    seed,
    days,
    end_at: endAt,
    events,
    ordinary,
    by_type: sorted(types),
    by_kind,
    groups: sorted(groups),
    text: sampleText(seed),
  }
}
