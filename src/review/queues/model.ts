import { type Static, Type } from '@sinclair/typebox'
import type { ParseSql } from '../../judgement/language/index.ts'
import { hour } from '../../kernel/time.ts'
import type { Column, Text } from '../../kernel/values.ts'
import { type Severity, severities } from '../../vocabulary/verdicts.ts'
import type { Calendar } from '../calendars/index.ts'

const strict = { additionalProperties: false }
const word = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,39}$', description: 'lower-case letters, digits, -' })
const duration = Type.String({ pattern: '^[1-9][0-9]*[mh]$', description: 'working time such as 30m or 4h' })

/** `packs/queues/*.yaml`: which cases wait together, who may take them and until when they are answered. */
export const queueSchema = Type.Object(
  {
    id: word,
    /** The first queue in this order whose condition is true takes the case. */
    order: Type.Integer({ minimum: 0 }),
    title: Type.Object({ zh: Type.String({ minLength: 1 }), en: Type.String({ minLength: 1 }) }, strict),
    when: Type.String({ minLength: 1, maxLength: 20_000, description: 'SQL over the columns of a case' }),
    skills: Type.Optional(Type.Array(word)),
    /** `case`: the language of the case; a list: at least one of these. */
    languages: Type.Optional(
      Type.Union([
        Type.Literal('any'),
        Type.Literal('case'),
        Type.Array(Type.String({ pattern: '^[a-z]{2}$', description: 'ISO 639-1, e.g. zh' }), { minItems: 1 }),
      ]),
    ),
    sla: Type.Optional(Type.Object(Object.fromEntries(severities.map((id) => [id, Type.Optional(duration)])), strict)),
    calendar: Type.Optional(word),
    blind: Type.Optional(Type.Boolean()),
    hidden_actions: Type.Optional(Type.Array(Type.String())),
  },
  strict,
)
export type QueueDefinition = Static<typeof queueSchema> & {
  readonly sla?: Partial<Record<Severity, string>> | undefined
}

/** Working time to a decision by severity; a platform default (domain notes, table of duties). */
export const defaultSla: Readonly<Record<Severity, number>> = {
  S1: hour / 2,
  S2: 4 * hour,
  S3: 24 * hour,
  S4: 72 * hour,
}

export interface Queue {
  readonly id: string
  readonly title: Text
  readonly order: number
  /** Undefined for a queue that only a policy names. */
  readonly when: string | null
  readonly skills: readonly string[]
  readonly languages: 'any' | 'case' | readonly string[]
  /** Working microseconds to a decision. */
  readonly sla: Readonly<Record<Severity, number>>
  readonly calendar: Calendar
  /** The proposal is hidden until the decision has taken effect. */
  readonly blind: boolean
  /** Outcomes that reviewers of this queue do not have. */
  readonly hidden: readonly string[]
}

/** What routing conditions can ask about a case. */
export interface CaseFacts {
  readonly severity: string
  readonly subject_type: string
  readonly site: string | null
  readonly language: string | null
  /** Who brought the case: `strategy:<pack>/<id>` or `report:<kind of reporter>`. */
  readonly source: string
  readonly verdict: string
  readonly policies: readonly string[]
  readonly strategies: readonly string[]
  readonly markets: readonly string[]
  readonly party_type: string | null
  readonly title: string
  readonly reach: number
  /** The queue that the policy names, else the kind of subject. */
  readonly policy_queue: string
}

/** The columns of a case in routing conditions. `regions` are the groups of its markets (EU, SEA …). */
export const caseColumns: readonly Column[] = [
  { name: 'severity', type: 'VARCHAR', cost: 0 },
  { name: 'subject_type', type: 'VARCHAR', cost: 0 },
  { name: 'site', type: 'VARCHAR', cost: 0 },
  { name: 'language', type: 'VARCHAR', cost: 0 },
  { name: 'source', type: 'VARCHAR', cost: 0 },
  { name: 'verdict', type: 'VARCHAR', cost: 0 },
  { name: 'policy', type: 'VARCHAR', cost: 0 },
  { name: 'policies', type: 'VARCHAR[]', cost: 0 },
  { name: 'strategies', type: 'VARCHAR[]', cost: 0 },
  { name: 'markets', type: 'VARCHAR[]', cost: 0 },
  { name: 'regions', type: 'VARCHAR[]', cost: 0 },
  { name: 'party_type', type: 'VARCHAR', cost: 0 },
  { name: 'title', type: 'VARCHAR', cost: 0 },
  { name: 'reach', type: 'DOUBLE', cost: 0 },
  { name: 'policy_queue', type: 'VARCHAR', cost: 0 },
]

/** Queues in order, and the one that a case waits in. */
export interface Routing {
  readonly queues: readonly Queue[]
  /** The first queue whose condition is true; else the one that the policy names, with the defaults: every case has exactly one. */
  route(found: CaseFacts): Queue
  /** A queue by its id; one that is in no file has the defaults. */
  queue(id: string): Queue
}

export interface RoutingInput {
  readonly queues: readonly QueueDefinition[]
  readonly calendars: readonly Calendar[]
  readonly parse: ParseSql
}

/** What is wrong with the queues: which one, what, what to do. */
export interface RoutingProblem {
  readonly queue: string
  readonly message: Text
  readonly fix: Text
}
