import type { Layout, Resolve, Row, Value } from '../../kernel/values.ts'
import type { EventType } from '../../vocabulary/events/index.ts'
import type { Evidence } from '../../vocabulary/evidence.ts'
import type { BatchDefinition, Pack, PackProblem, Strategy } from '../../vocabulary/packs/index.ts'

/** A strategy that is ready to run. */
export interface CompiledStrategy extends Strategy {
  /** `<pack>/<id>` */
  readonly name: string
  readonly pack: string
  readonly policyVersion: number
  readonly severity: 'S1' | 'S2' | 'S3' | 'S4'
  /** Columns that the condition reads. */
  readonly columns: readonly string[]
  readonly duckSql: string
  /** Units of work of one evaluation, without and of the signals and features that it reads. */
  readonly cost: number
  readonly lazyCost: number
  /** True for a version that runs beside the one that stands for the strategy. */
  readonly challenger: boolean
  /** Share of subjects in percent that the next version acts on in place of this one; null = none. */
  readonly successor: number | null
  appliesIn(market: string): boolean
}

/** A batch strategy of a pack in charge. */
export interface BatchStrategy extends BatchDefinition {
  /** `<pack>/<id>` */
  readonly name: string
  readonly pack: string
  readonly policyVersion: number
  readonly severity: 'S1' | 'S2' | 'S3' | 'S4'
}

/** A lazy column of the text, contact or list kind, with the spans that it found. */
export interface CompiledSignal {
  readonly id: string
  readonly pack: string
  readonly kind: string
  readonly slot: number
  evaluate(read: (column: string) => Value, loggedAt: number): { value: Value; evidence: readonly Evidence[] }
}

/** All strategies of one event type, evaluated by one generated function. */
export interface TypeProgram {
  readonly strategies: readonly CompiledStrategy[]
  run(row: Row, resolve: Resolve, out: Int8Array): void
}

/** Packs turned into programs. */
export interface Programs {
  readonly layout: Layout
  readonly types: ReadonlyMap<string, EventType>
  readonly byType: ReadonlyMap<string, TypeProgram>
  /** By name, the version that stands for each strategy: the live one, else the canary, else the newest in shadow. */
  readonly strategies: ReadonlyMap<string, CompiledStrategy>
  /** Batch strategies by `<pack>/<id>`. */
  readonly batch: ReadonlyMap<string, BatchStrategy>
  /** Every version that runs, by `<pack>/<id>@<version>`. */
  readonly versions: ReadonlyMap<string, CompiledStrategy>
  readonly signals: readonly CompiledSignal[]
  readonly features: readonly CompiledFeature[]
  readonly packs: readonly Pack[]
  readonly fingerprint: string
}

export interface CompiledFeature {
  readonly id: string
  readonly pack: string
  readonly slot: number
  readonly on: ReadonlySet<string>
  readonly sql: string
  readonly duckSql: string
  readonly rangeMicros: number | null
}

/** Problems by pack; a pack with problems is left out, the others run. */
export type PackProblems = ReadonlyMap<string, readonly PackProblem[]>
