import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { severities, verdicts } from '../verdicts.ts'
import { batchSchema } from './batch.ts'

const id = Type.String({ pattern: '^[a-z0-9][a-z0-9_.-]{0,63}$', description: 'lower-case letters, digits, - _ .' })
const columnName = Type.String({ pattern: '^[a-z][a-z0-9_]{0,63}$', description: 'lower-case letters, digits, _' })
const text = Type.Object(
  { zh: Type.String({ minLength: 1 }), en: Type.String({ minLength: 1 }) },
  { additionalProperties: false },
)
const literals = <const T extends string>(values: readonly T[]) =>
  Type.Union(values.map((value) => Type.Literal(value)))
const strict = { additionalProperties: false }
const names = Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })

/** `pack.yaml`: what the pack is and who answers for it. */
export const packSchema = Type.Object(
  {
    id,
    version: Type.String({ pattern: '^\\d+\\.\\d+\\.\\d+$', description: 'semantic version, e.g. 1.0.0' }),
    title: text,
    description: Type.Optional(text),
    owner: Type.String({ minLength: 1 }),
    jurisdiction: names,
    fields: Type.Optional(
      Type.Record(
        Type.String(),
        literals(['VARCHAR', 'DOUBLE', 'BIGINT', 'BOOLEAN', 'TIMESTAMP', 'VARCHAR[]', 'DOUBLE[]']),
      ),
    ),
  },
  strict,
)

/** `policies.yaml`: what is not allowed, why, and what the seller is told. */
export const policySchema = Type.Object(
  {
    id: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' }),
    version: Type.Integer({ minimum: 1, default: 1 }),
    title: text,
    text: text,
    severity: literals(severities),
    legal_basis: Type.Optional(
      Type.Object(
        { instrument: Type.String(), article: Type.Optional(Type.String()), url: Type.Optional(Type.String()) },
        strict,
      ),
    ),
    effective_from: Type.Optional(Type.String()),
    verified_on: Type.Optional(Type.String()),
    verification: literals(['source', 'unverified']),
    notice: Type.Object({ what: text, fix: text }, strict),
    appealable: Type.Optional(Type.Boolean()),
    points: Type.Optional(
      Type.Object(
        {
          class: Type.String(),
          points: Type.Number({ minimum: 0 }),
          /** Days in which the fault can be mended before the points count. */
          cure_days: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: 'use a number of days above 0' })),
        },
        strict,
      ),
    ),
    dsa: Type.Optional(
      Type.Object({ category: Type.String(), keywords: Type.Optional(Type.Array(Type.String())) }, strict),
    ),
    queue: Type.Optional(id),
  },
  strict,
)

const limitsSchema = Type.Object(
  {
    per_hour: Type.Optional(Type.Integer({ minimum: 1, description: 'most actions in any 60 minutes' })),
    per_day: Type.Optional(Type.Integer({ minimum: 1, description: 'most actions in any 24 hours' })),
    share: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 1,
        description: 'largest part of the events of the last hour, e.g. 0.2',
      }),
    ),
    jump: Type.Optional(Type.Number({ minimum: 1, description: 'how many times its own past rate, e.g. 20' })),
  },
  strict,
)

/** `strategies.yaml`: a condition in SQL and what follows when it is true. */
export const strategySchema = Type.Object(
  {
    id,
    version: Type.Integer({ minimum: 1 }),
    title: text,
    policy: Type.String(),
    on: names,
    markets: names,
    when: Type.String({ minLength: 1, maxLength: 20_000 }),
    verdict: literals(verdicts.filter((verdict) => verdict !== 'pass' && verdict !== 'geo-block')),
    mode: literals(['live', 'shadow', 'canary']),
    /** Share of subjects in percent that a canary acts on. */
    canary: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 100, description: 'percent of subjects, e.g. 10' }),
    ),
    limits: Type.Optional(limitsSchema),
    owner: Type.String({ minLength: 1 }),
    evidence: Type.Optional(Type.Array(Type.String())),
    actions: Type.Optional(Type.Array(Type.String())),
    note: Type.Optional(text),
  },
  strict,
)

/** Where a strategy version stands once it has left the draft. */
export const rolloutStates = ['shadow', 'canary', 'live', 'retired'] as const

/** `rollout.yaml`: where versions stand when that is not what their own text says. Written by the program, never by hand. */
export const rolloutSchema = Type.Object(
  {
    strategy: id,
    version: Type.Integer({ minimum: 1 }),
    state: literals(rolloutStates),
    canary: Type.Optional(Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 100 })),
  },
  strict,
)

/** `features.yaml`: a window over earlier events, in SQL. */
export const featureSchema = Type.Object(
  { id: columnName, title: text, on: names, sql: Type.String({ minLength: 1 }), owner: Type.Optional(Type.String()) },
  strict,
)

/** `signals.yaml`: the fields beside `id` and `kind` belong to the kind of signal and are checked by it. */
export const signalSchema = Type.Object(
  { id: columnName, kind: Type.String(), title: Type.Optional(text) },
  { additionalProperties: true },
)

/** `lists.yaml`: a named list; entries may be given here or come from an import recipe or by hand. */
export const listSchema = Type.Object(
  {
    id,
    title: text,
    owner: Type.String({ minLength: 1 }),
    reason: text,
    entries: Type.Optional(
      Type.Array(
        Type.Union([
          Type.String(),
          Type.Object(
            { value: Type.String(), reason: Type.Optional(Type.String()), expires_at: Type.Optional(Type.String()) },
            strict,
          ),
        ]),
      ),
    ),
  },
  { additionalProperties: true },
)

/** `cases/*.yaml`: an event and the verdict that it must get; `trap` marks a look-alike that must pass. */
export const caseSchema = Type.Object(
  {
    name: Type.String({ minLength: 1 }),
    trap: Type.Optional(Type.Boolean()),
    before: Type.Optional(Type.Array(Type.Record(Type.String(), Type.Unknown()))),
    event: Type.Record(Type.String(), Type.Unknown()),
    expect: Type.Object(
      {
        verdict: Type.Optional(literals(verdicts)),
        markets: Type.Optional(Type.Record(Type.String(), literals(verdicts))),
        strategies: Type.Optional(Type.Array(Type.String())),
        not_strategies: Type.Optional(Type.Array(Type.String())),
      },
      strict,
    ),
    lists: Type.Optional(Type.Record(Type.String(), Type.Array(Type.String()))),
  },
  strict,
)

export type PackHeader = Static<typeof packSchema>
export type Policy = Static<typeof policySchema>
export type Strategy = Static<typeof strategySchema>
export type RolloutEntry = Static<typeof rolloutSchema>
export type RolloutState = (typeof rolloutStates)[number]
export type Feature = Static<typeof featureSchema>
export type SignalDefinition = Static<typeof signalSchema> & Record<string, unknown>
export type ListDefinition = Static<typeof listSchema>
export type PackCase = Static<typeof caseSchema>

/** Every file that a pack may hold, and what each must look like. */
export const packFiles: readonly { match: RegExp; part: PackPart; schema: TSchema; many: boolean }[] = [
  { match: /^pack\.ya?ml$/, part: 'header', schema: packSchema, many: false },
  { match: /^policies\.ya?ml$/, part: 'policies', schema: policySchema, many: true },
  { match: /^strategies(\/[^/]+)?\.ya?ml$/, part: 'strategies', schema: strategySchema, many: true },
  { match: /^features\.ya?ml$/, part: 'features', schema: featureSchema, many: true },
  { match: /^signals\.ya?ml$/, part: 'signals', schema: signalSchema, many: true },
  { match: /^lists\.ya?ml$/, part: 'lists', schema: listSchema, many: true },
  {
    match: /^lexicons\/[^/]+\.ya?ml$/,
    part: 'lexicons',
    schema: Type.Object({ id: Type.String() }, { additionalProperties: true }),
    many: false,
  },
  { match: /^batch\/[^/]+\.ya?ml$/, part: 'batch', schema: batchSchema(id, text), many: false },
  { match: /^rollout\.yaml$/, part: 'rollout', schema: rolloutSchema, many: true },
  { match: /^cases\/[^/]+\.ya?ml$/, part: 'cases', schema: caseSchema, many: true },
]

export type PackPart =
  | 'header'
  | 'policies'
  | 'strategies'
  | 'features'
  | 'signals'
  | 'lists'
  | 'lexicons'
  | 'batch'
  | 'rollout'
  | 'cases'
