import type { Rules } from '../../enforcement/actions/index.ts'
import type { Db } from '../../kernel/database.ts'
import type { Text } from '../../kernel/values.ts'
import type { Appeals, AppealTables } from '../../review/appeals/index.ts'
import type { Cases } from '../../review/cases/index.ts'
import type { DocumentTables } from '../../review/documents/index.ts'
import type { FactsReader } from '../facts.ts'

export const layers = ['perceived', 'identified', 'decided', 'enforced', 'reviewed', 'appealed'] as const
export type Layer = (typeof layers)[number]

/** One thing that happened to a subject, and the record that made it happen. */
export interface TimelineItem {
  readonly at: string
  readonly layer: Layer
  readonly kind: string
  readonly title: Text
  readonly id: string
  readonly cause: string | null
  readonly actor: string
  readonly data: unknown
}

export interface Subject {
  readonly type: string
  readonly id: string
}

export interface TraceInput {
  readonly facts: FactsReader
  readonly db: Db<AppealTables & DocumentTables>
  readonly cases: Cases
  readonly appeals: Appeals
  readonly rules: () => Rules
  /** Points, tier and sanctions of a party by ledger. */
  readonly standing: (party: Subject, now: number) => Promise<unknown>
  /** What a strategy is called; undefined when no running pack has it. */
  readonly strategyTitle: (strategy: string) => Text | undefined
}

export function parseJson(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}
