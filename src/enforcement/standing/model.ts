import { type Static, type TSchema, Type } from '@sinclair/typebox'

/*
 * The vocabulary of a ladder: a platform's published system of points, as data.
 * Every `description` is the fix that a person reads when the value does not fit.
 */

const identifier = Type.String({
  pattern: '^[a-z0-9]+(-[a-z0-9]+)*$',
  description: 'use lower-case letters, digits and single hyphens',
})
const text = Type.Object(
  { zh: Type.String({ minLength: 1 }), en: Type.String({ minLength: 1 }) },
  { additionalProperties: false, description: 'write both languages: {zh: …, en: …}' },
)
const positive = Type.Number({ exclusiveMinimum: 0, description: 'use a number above 0' })
const count = Type.Integer({ minimum: 1, description: 'use a whole number from 1' })
const points = Type.Number({ minimum: 0, description: 'use a number from 0' })

function closed<P extends Record<string, TSchema>>(properties: P, description: string) {
  return Type.Object(properties, { additionalProperties: false, description })
}

function oneOf<const V extends readonly string[]>(...values: V) {
  const literals = values.map((value: V[number]) => Type.Literal(value))
  return Type.Union(literals, { description: `use one of: ${values.join(', ')}` })
}

/** How sure a fact is: read in its source, or to be checked against the primary text. */
const provenance = {
  verification: Type.Optional(oneOf('source', 'unverified')),
  source: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { description: 'list the source keys' })),
}

const sanction = closed(
  {
    kind: identifier,
    scope: Type.Optional(Type.String({ minLength: 1 })),
    durationDays: Type.Optional(positive),
    permanent: Type.Optional(Type.Literal(true, { description: 'write true or leave it out' })),
    whileCrossed: Type.Optional(Type.Literal(true, { description: 'write true or leave it out' })),
  },
  'a sanction has kind, optional scope, and one of durationDays, permanent, whileCrossed',
)

const milestone = closed(
  { threshold: Type.Number(), title: text, sanctions: Type.Array(sanction), ...provenance },
  'a milestone has threshold, title {zh, en} and sanctions',
)

const expiry = closed(
  {
    kind: oneOf('none', 'rolling', 'after-first', 'calendar'),
    days: Type.Optional(positive),
    from: Type.Optional(oneOf('issue', 'enforcement')),
    every: Type.Optional(oneOf('month', 'quarter', 'year')),
    lastWeekday: Type.Optional(oneOf('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday')),
    carryOver: Type.Optional(closed({ atLeast: positive, points: positive }, 'carryOver has atLeast and points')),
  },
  'expiry has kind: none | rolling (days) | after-first (days) | calendar (every, optional lastWeekday, carryOver)',
)

const cap = closed(
  {
    points,
    per: Type.Optional(oneOf('day')),
    days: Type.Optional(positive),
    classes: Type.Optional(Type.Array(identifier, { minItems: 1 })),
  },
  'a cap has points, one of per: day or days: N, and optional classes',
)

const band = closed(
  {
    id: identifier,
    from: Type.Number(),
    to: Type.Number(),
    title: text,
    benefits: Type.Optional(Type.Array(identifier)),
  },
  'a band has id, from, to (both included), title {zh, en} and optional benefits',
)

const ledger = closed(
  {
    id: identifier,
    title: text,
    scale: oneOf('up', 'down'),
    start: Type.Number(),
    min: Type.Number(),
    max: Type.Optional(Type.Number()),
    expiry,
    regain: Type.Optional(closed({ pointsPerDay: positive }, 'regain has pointsPerDay')),
    caps: Type.Optional(Type.Array(cap)),
    worstOnlyPerContent: Type.Optional(Type.Boolean()),
    cautionWithin: Type.Optional(positive),
    milestones: Type.Array(milestone),
    bands: Type.Optional(Type.Array(band)),
    ...provenance,
  },
  'a ledger has id, title, scale, start, min, expiry and milestones',
)

const quiz = closed(
  {
    points: closed({ min: points, max: points, default: points }, 'points has min, max and default'),
    deadlineDays: Type.Optional(positive),
    shortenSanctions: Type.Optional(
      closed(
        { fraction: Type.Number({ exclusiveMinimum: 0, maximum: 1 }), exceptThresholds: Type.Array(Type.Number()) },
        'shortenSanctions has fraction (above 0, at most 1) and exceptThresholds',
      ),
    ),
    ...provenance,
  },
  'a quiz has points {min, max, default}, optional deadlineDays and shortenSanctions',
)

const violationClass = closed(
  {
    id: identifier,
    title: text,
    type: oneOf('violation', 'credit'),
    ledger: identifier,
    aliases: Type.Optional(Type.Array(identifier)),
    points: closed({ min: points, max: points, default: points }, 'points has min, max and default'),
    severity: Type.Optional(Type.Record(identifier, positive, { description: 'map a severity to its factor' })),
    repetition: Type.Optional(
      closed(
        {
          factors: Type.Optional(Type.Array(positive, { minItems: 1 })),
          points: Type.Optional(Type.Array(points, { minItems: 1 })),
          withinDays: Type.Optional(positive),
        },
        'repetition has one of factors or points (one value for the 1st, 2nd, … time) and optional withinDays',
      ),
    ),
    countOnceWithinDays: Type.Optional(positive),
    earn: Type.Optional(closed({ per: count, points: positive }, 'earn has per (how many) and points')),
    cureDays: Type.Optional(positive),
    jointShare: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: 'use a share from 0 to 1' })),
    ...provenance,
  },
  'a class has id, title, type, ledger and points {min, max, default}',
)

const repeatRule = closed(
  {
    id: identifier,
    title: text,
    classes: Type.Optional(Type.Array(identifier, { minItems: 1 })),
    count,
    withinDays: positive,
    sanctions: Type.Array(sanction, { minItems: 1 }),
    ...provenance,
  },
  'a repeat rule has id, title, count, withinDays, sanctions; without classes it counts each class by itself',
)

const appealLevel = closed(
  { days: count, chances: count, dueHours: positive },
  'a level has days (to file), chances (how many appeals) and dueHours (to the answer)',
)

const appealRule = closed(
  {
    classes: Type.Optional(Type.Array(identifier, { minItems: 1 })),
    markets: Type.Optional(Type.Array(Type.String({ minLength: 2 }), { minItems: 1 })),
    levels: Type.Array(appealLevel, { minItems: 1, maxItems: 3, description: 'list one to three levels' }),
    reporterLevels: Type.Optional(Type.Array(appealLevel, { minItems: 1, maxItems: 3 })),
    suspends: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })),
    ...provenance,
  },
  'an appeal rule has levels, and optional classes, markets, reporterLevels, suspends',
)

const jointRule = closed(
  {
    links: Type.Array(identifier, { minItems: 1 }),
    share: Type.Number({ minimum: 0, maximum: 1, description: 'use a share from 0 to 1' }),
    classes: Type.Optional(Type.Array(identifier, { minItems: 1 })),
    class: identifier,
    ...provenance,
  },
  'a joint rule has links (kinds of link), share, class, and optional classes of the violations that it follows',
)

const streak = closed(
  { class: identifier, everyDays: positive, ...provenance },
  'a streak has class (a credit) and everyDays',
)

const keptOrders = closed(
  {
    class: identifier,
    every: oneOf('week', 'month'),
    afterDays: Type.Integer({ minimum: 0, maximum: 365 }),
    ...provenance,
  },
  'keptOrders has class (a credit), every: week | month, and afterDays (until a refund no longer counts)',
)

/** The schema of one file in packs/ladders. */
export const ladderSchema = closed(
  {
    id: identifier,
    title: text,
    subject: oneOf('shop', 'creator', 'account'),
    timeZone: Type.String({ minLength: 1 }),
    verification: oneOf('source', 'unverified'),
    source: Type.Array(Type.String({ minLength: 1 })),
    verifiedOn: Type.Union([Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }), Type.Null()], {
      description: 'write "YYYY-MM-DD" in quotes, or null',
    }),
    notes: Type.Optional(Type.Array(text)),
    ledgers: Type.Array(ledger, { minItems: 1 }),
    classes: Type.Array(violationClass, { minItems: 1 }),
    repeats: Type.Optional(Type.Array(repeatRule)),
    quiz: Type.Optional(quiz),
    appeals: Type.Optional(Type.Array(appealRule)),
    /** Whether sanctions of the ladder rest while an appeal against what brought them waits; absent = they run. */
    whileAppealed: Type.Optional(oneOf('rest', 'run')),
    joint: Type.Optional(Type.Array(jointRule)),
    streaks: Type.Optional(Type.Array(streak)),
    keptOrders: Type.Optional(keptOrders),
  },
  'a ladder has id, title, subject, timeZone, verification, source, verifiedOn, ledgers and classes',
)

/** A platform's system of points: ledgers, classes, milestones, sanctions. Days are 24 hours unless a rule says natural day. */
export type Ladder = Static<typeof ladderSchema>
/** One score of a subject: scale, expiry, caps, milestones, bands. */
export type Ledger = Static<typeof ledger>
/** One kind of violation or credit and how its points are found. */
export type PointsClass = Static<typeof violationClass>
/** A threshold of a ledger with the bundle of sanctions that crossing it brings. */
export type Milestone = Static<typeof milestone>
/** A rule about repetition that does not look at the score. */
export type RepeatRule = Static<typeof repeatRule>
/** What holds for appeals: the first rule whose classes and markets fit. */
export type AppealRule = Static<typeof appealRule>
/** How this ladder bears what a linked party of another kind did. */
export type JointRule = Static<typeof jointRule>
/** A credit for every so many days without a violation that counts. */
export type Streak = Static<typeof streak>
/** How orders of a period become a credit: which class, how long a period is, and when it has settled. */
export type KeptOrders = Static<typeof keptOrders>
/** A sanction as configured. */
export type SanctionRule = Static<typeof sanction>

/** What the journal of standing holds; inserted, never changed. */
export type StandingEventType = 'violation' | 'credit' | 'overturn' | 'quiz'

/** One accepted event. `time` is milliseconds since 1970 UTC; what does not apply is null. */
export interface StandingEvent {
  readonly id: string
  readonly time: number
  readonly subject: string
  readonly type: StandingEventType
  /** Class id of the ladder; null for an overturn or a quiz. */
  readonly class: string | null
  /** Points picked by a person or strategy; null = the class decides. */
  readonly points: number | null
  /** The violation (or credit) that an overturn or quiz concerns. */
  readonly ref: string | null
  /** The listing, video, live … in which a violation was found. */
  readonly content: string | null
  readonly severity: string | null
  /** How many orders (or other units) a credit stands for. */
  readonly quantity: number | null
  readonly cureDays: number | null
  /** Subjects that are penalised together with `subject`. */
  readonly linked: readonly LinkedSubject[]
}

/** A subject that shares a penalty; `points` null = the class's joint share. */
export interface LinkedSubject {
  readonly subject: string
  readonly points: number | null
}

/** A sanction in force; `until` null = without end (permanent, or while the milestone stays crossed). */
export interface SanctionInForce {
  readonly kind: string
  readonly scope: string | null
  readonly from: number
  readonly until: number | null
  /** The threshold or repeat rule that brought it, and the event. */
  readonly threshold: number | null
  readonly rule: string | null
  readonly ledger: string
  readonly cause: string
}

/** One change of one subject's standing. `crossed` are the thresholds that this change crossed. */
export interface Change {
  readonly time: number
  readonly subject: string
  readonly ledger: string
  readonly cause: string
  readonly score: number
  readonly crossed: readonly number[]
  readonly sanctions: readonly SanctionInForce[]
}

/** One ledger of a subject at a moment. */
export interface LedgerStanding {
  readonly id: string
  readonly score: number
  /** Every threshold that is crossed now, mildest first. */
  readonly crossed: readonly number[]
  /** The tier of the score, null when the ledger has no bands. */
  readonly band: string | null
  readonly benefits: readonly string[]
  /** The next threshold when the score is within the ledger's caution distance of it. */
  readonly caution: number | null
}

/** Everything that holds for one subject at a moment. */
export interface Standing {
  readonly at: number
  readonly ledgers: readonly LedgerStanding[]
  readonly sanctions: readonly SanctionInForce[]
  /** When points next lapse, are reset or regained, a pending violation counts or a sanction ends; null = never. */
  readonly nextChange: number | null
  /** Violations inside their cure window. */
  readonly pending: readonly { readonly id: string; readonly countsFrom: number }[]
}

export const DAY_MS = 86_400_000

/** True when `score` is at or beyond the threshold in the bad direction. */
export function isCrossed(ledger: Ledger, threshold: number, score: number): boolean {
  return ledger.scale === 'up' ? score >= threshold : score <= threshold
}

/** Thresholds from the mildest to the gravest. */
export function bySeverity(ledger: Ledger): Milestone[] {
  const sign = ledger.scale === 'up' ? 1 : -1
  return ledger.milestones.toSorted((a, b) => sign * (a.threshold - b.threshold))
}

/** Keeps a score on its scale; four decimals, so that the way to a score leaves no trace in it. */
export function boundScore(ledger: Ledger, score: number): number {
  const bounded = Math.min(ledger.max ?? Number.POSITIVE_INFINITY, Math.max(ledger.min, score))
  return Math.round(bounded * 10_000) / 10_000
}
