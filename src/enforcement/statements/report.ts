import { categories, territories } from './schema.ts'
import type { StatementRow } from './store.ts'

/** A complaint (appeal) of the period with the statement that it is about. */
export interface ReportedComplaint {
  readonly at: number
  readonly decidedAt: number | null
  readonly outcome: string | null
  readonly automated: boolean
}

/** A notice or order that came in: who sent it, from where, about what, and what came of it. Times in microseconds. */
export interface ReportedNotice {
  readonly from: string
  /** The state that issued an order; where it is not known, one in which it applies. */
  readonly market: string | null
  readonly category?: string | null
  readonly at?: number
  readonly acknowledgedAt?: number | null
  readonly decidedAt?: number | null
  /** `action`, `no_action`, `evidence_asked`, `referred`, `withdrawn`, `rejected`; null while nothing is decided. */
  readonly outcome?: string | null
}

export interface ReportInput {
  readonly from: string
  readonly to: string
  readonly service: string
  readonly statements: readonly StatementRow[]
  readonly complaints: readonly ReportedComplaint[]
  readonly notices: readonly ReportedNotice[]
  /** Sources of notices that were suspended for misuse in the period (art. 23(2)); null where that is not recorded. */
  readonly suspendedNotifiers?: number | null
  /** Restrictions of the period in the EU and EEA, counted in the ledger itself. */
  readonly restrictions: number
  readonly reviewers: number
  /** Decisions whose automatic action was taken back, among those of the period. */
  readonly reversed: number
}

type Cell = string | number | null
export interface ReportPart {
  readonly file: string
  readonly header: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
}

const header = ['indicator', 'scope', 'breakdown', 'value', 'note']
const hours = 3600 * 1_000_000
const restrictionKinds = [
  ['visibility', 'decision_visibility'],
  ['monetary', 'decision_monetary'],
  ['provision', 'decision_provision'],
  ['account', 'decision_account'],
] as const

/**
 * The harmonised transparency report (Implementing Regulation (EU) 2024/2835) in ten parts, one indicator a row.
 * Every breakdown adds up to the total above it; a value that the ledger does not hold is empty with a note that says so.
 */
export function transparencyReport(input: ReportInput): ReportPart[] {
  const voluntary = input.statements.filter((row) => row.source_type === 'SOURCE_VOLUNTARY')
  const noticed = input.statements.filter((row) => row.source_type !== 'SOURCE_VOLUNTARY')
  const illegal = voluntary.filter((row) => row.decision_ground === 'DECISION_GROUND_ILLEGAL_CONTENT')
  const terms = voluntary.filter((row) => row.decision_ground !== 'DECISION_GROUND_ILLEGAL_CONTENT')
  const parts: [file: string, rows: readonly (readonly Cell[])[]][] = [
    ['01-identification.csv', identification(input)],
    ['02-member-state-orders.csv', orders(input.notices)],
    ['03-notices.csv', notices(input.notices, noticed)],
    ['04-own-initiative-illegal-content.csv', ownInitiative(illegal)],
    ['05-own-initiative-terms-and-conditions.csv', ownInitiative(terms)],
    ['06-complaints-and-misuse.csv', complaints(input)],
    ['07-automated-means.csv', automatedMeans(input)],
    [
      '08-human-resources.csv',
      [
        ['reviewers', 'all', 'total', input.reviewers, 'people with a role that decides cases'],
        ['reviewers', 'by official language', 'total', null, 'not recorded: people carry no language'],
      ],
    ],
    [
      '09-recipients.csv',
      territories.map((code) => [
        'average monthly active recipients',
        code,
        'total',
        null,
        'only for very large platforms; not measured here',
      ]),
    ],
    ['10-qualitative.csv', qualitative(input)],
  ]
  return parts.map(([file, rows]) => ({ file, header, rows }))
}

function identification({ service, from, to, statements }: ReportInput): Cell[][] {
  return [
    ['name of the service', 'all', 'text', service, ''],
    ['period begins', 'all', 'date', from, 'inclusive'],
    ['period ends', 'all', 'date', to, 'exclusive'],
    ['statements of reasons', 'all', 'total', statements.length, 'equals parts 3 (actions), 4 and 5 together'],
  ]
}

function orders(all: readonly ReportedNotice[]): Cell[][] {
  const found = all.filter((notice) => notice.from === 'authority')
  const known = new Set(territories)
  const outside = found.filter((notice) => notice.market === null || !known.has(notice.market)).length
  return [
    ['orders to act against illegal content', 'all', 'total', found.length, 'reports of authorities'],
    ...territories.map((code): Cell[] => [
      'orders to act against illegal content',
      code,
      'by state',
      found.filter((notice) => notice.market === code).length,
      '',
    ]),
    ['orders to act against illegal content', 'state not given or outside the EU and EEA', 'by state', outside, ''],
    ...noticeCategories(found, 'orders to act against illegal content'),
    ...noticeOutcomes(found, 'orders to act against illegal content'),
    medianRow(
      'median hours to acknowledge an order',
      hoursTo(found, 'acknowledgedAt'),
      'no order was acknowledged in the period',
    ),
    medianRow(
      'median hours to give effect to an order',
      hoursTo(found, 'decidedAt'),
      'no order was decided in the period',
    ),
  ]
}

const outcomes = ['action', 'no_action', 'evidence_asked', 'referred', 'withdrawn', 'rejected'] as const
const outcomeNames: Readonly<Record<(typeof outcomes)[number], string>> = {
  action: 'measure taken',
  no_action: 'no measure',
  evidence_asked: 'documents asked for',
  referred: 'not about illegal content: passed to customer service',
  withdrawn: 'taken back by the notifier',
  rejected: 'sent back as incomplete',
}

const noticeOutcomes = (found: readonly ReportedNotice[], indicator: string): Cell[][] => [
  ...outcomes.map((outcome): Cell[] => [
    indicator,
    outcomeNames[outcome],
    'by outcome',
    found.filter((notice) => notice.outcome === outcome).length,
    '',
  ]),
  [
    indicator,
    'not decided yet',
    'by outcome',
    found.filter((notice) => !outcomes.some((outcome) => outcome === notice.outcome)).length,
    '',
  ],
]

const noticeCategories = (found: readonly ReportedNotice[], indicator: string): Cell[][] => [
  ...categories.map((category): Cell[] => [
    indicator,
    category,
    'by category',
    found.filter((notice) => notice.category === category).length,
    '',
  ]),
  [
    indicator,
    'category not given',
    'by category',
    found.filter((notice) => !categories.includes(notice.category ?? '')).length,
    '',
  ],
]

const hoursTo = (found: readonly ReportedNotice[], what: 'acknowledgedAt' | 'decidedAt'): number[] =>
  found.flatMap(({ at, [what]: then }) => (at === undefined || then == null ? [] : [(then - at) / hours]))

const medianRow = (indicator: string, times: readonly number[], none: string): Cell[] => [
  indicator,
  'all',
  'median',
  median(times),
  times.length === 0 ? none : '',
]

function notices(all: readonly ReportedNotice[], acted: readonly StatementRow[]): Cell[][] {
  const found = all.filter((notice) => notice.from !== 'authority')
  const flagged = found.filter((notice) => notice.from === 'trusted_flagger').length
  const times = acted.flatMap((row) => (row.noticed_at === null ? [] : [(row.at - row.noticed_at) / hours]))
  return [
    ['notices received', 'all', 'total', found.length, 'art. 16'],
    ['notices received', 'trusted flaggers', 'by source', flagged, ''],
    ['notices received', 'others', 'by source', found.length - flagged, ''],
    ...noticeCategories(found, 'notices received'),
    ...noticeOutcomes(found, 'notices received'),
    medianRow('median hours to decide on a notice', hoursTo(found, 'decidedAt'), 'no notice was decided in the period'),
    ['actions on notices', 'all', 'total', acted.length, ''],
    ...grounds(acted, 'actions on notices'),
    ...byCategory(acted, 'actions on notices'),
    ...automation(acted, 'actions on notices'),
    [
      'median hours from notice to action',
      'all',
      'median',
      median(times),
      times.length === 0 ? 'no action on a notice in the period' : '',
    ],
  ]
}

function ownInitiative(rows: readonly StatementRow[]): Cell[][] {
  const payloads = rows.map((row) => JSON.parse(row.payload) as Record<string, unknown>)
  return [
    ['measures', 'all', 'total', rows.length, ''],
    ...byCategory(rows, 'measures'),
    ...restrictionKinds.map(([name, field]): Cell[] => [
      'measures',
      name,
      'by kind of restriction',
      payloads.filter((payload) => payload[field] !== undefined).length,
      'each of our measures is one kind',
    ]),
    [
      'measures',
      'found by automated means',
      'by detection',
      rows.filter((row) => row.automated_detection === 'Yes').length,
      '',
    ],
    ['measures', 'found otherwise', 'by detection', rows.filter((row) => row.automated_detection !== 'Yes').length, ''],
    ...automation(rows, 'measures'),
  ]
}

const grounds = (rows: readonly StatementRow[], indicator: string): Cell[][] => [
  [
    indicator,
    'on the ground of law',
    'by ground',
    rows.filter((row) => row.decision_ground === 'DECISION_GROUND_ILLEGAL_CONTENT').length,
    '',
  ],
  [
    indicator,
    'on the ground of terms and conditions',
    'by ground',
    rows.filter((row) => row.decision_ground !== 'DECISION_GROUND_ILLEGAL_CONTENT').length,
    '',
  ],
]
const byCategory = (rows: readonly StatementRow[], indicator: string): Cell[][] =>
  categories.map((category) => [
    indicator,
    category,
    'by category',
    rows.filter((row) => row.category === category).length,
    '',
  ])
const automation = (rows: readonly StatementRow[], indicator: string): Cell[][] =>
  (['FULLY', 'PARTIALLY', 'NOT_AUTOMATED'] as const).map((level) => [
    indicator,
    `AUTOMATED_DECISION_${level}`,
    'by automation of the decision',
    rows.filter((row) => row.automated_decision === `AUTOMATED_DECISION_${level}`).length,
    '',
  ])

function complaints({ complaints: all, statements, suspendedNotifiers = null }: ReportInput): Cell[][] {
  const outcomes = ['upheld', 'reduced', 'overturned']
  const times = all.flatMap((found) => (found.decidedAt === null ? [] : [(found.decidedAt - found.at) / hours]))
  return [
    ['complaints received', 'all', 'total', all.length, 'internal complaint handling, art. 20'],
    ...outcomes.map((outcome): Cell[] => [
      'complaints received',
      outcome,
      'by outcome',
      all.filter((found) => found.outcome === outcome).length,
      '',
    ]),
    ['complaints received', 'open', 'by outcome', all.filter((found) => found.outcome === null).length, ''],
    [
      'median hours to decide a complaint',
      'all',
      'median',
      median(times),
      times.length === 0 ? 'none was decided in the period' : '',
    ],
    ['out-of-court disputes', 'all', 'total', null, 'not recorded in the ledger'],
    [
      'suspensions of recipients',
      'manifestly illegal content',
      'total',
      statements.filter((row) => row.kind === 'suspend_account').length,
      'art. 23(1): accounts suspended',
    ],
    [
      'suspensions of notifiers',
      'manifestly unfounded notices',
      'total',
      suspendedNotifiers,
      suspendedNotifiers === null ? 'not recorded in the ledger' : 'art. 23(2): notifiers suspended',
    ],
    ['suspensions of complainants', 'manifestly unfounded complaints', 'total', null, 'not recorded in the ledger'],
  ]
}

function automatedMeans({ statements, reversed }: ReportInput): Cell[][] {
  const fully = statements.filter((row) => row.automated_decision === 'AUTOMATED_DECISION_FULLY')
  const languages = Map.groupBy(
    fully,
    (row) => (JSON.parse(row.payload) as { content_language?: string }).content_language ?? 'not given',
  )
  return [
    ['fully automated decisions', 'all', 'total', fully.length, ''],
    ...[...languages]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([language, rows]): Cell[] => ['fully automated decisions', language, 'by language', rows.length, '']),
    ['fully automated decisions taken back', 'all', 'total', reversed, 'by review, appeal or recall'],
    [
      'rate of error',
      'all',
      'ratio',
      fully.length === 0 ? null : Number((reversed / fully.length).toFixed(6)),
      'taken back / fully automated; a lower bound, as not every decision is contested',
    ],
  ]
}

function qualitative({ statements, reviewers }: ReportInput): Cell[][] {
  return [
    [
      'summary of own-initiative moderation',
      'all',
      'text',
      'Strategies are SQL conditions in versioned packs with test cases; each names a policy, its legal basis and the measure. What is uncertain goes to a reviewer.',
      '',
    ],
    [
      'use of automated means',
      'all',
      'text',
      `Strategies found ${statements.filter((row) => row.automated_detection === 'Yes').length} of ${statements.length} restricted items.`,
      '',
    ],
    [
      'safeguards',
      'all',
      'text',
      'Shadow runs and backtests before a strategy goes live; appeals are decided by another person than the first decision; every effect can be taken back.',
      '',
    ],
    [
      'qualification of people',
      'all',
      'text',
      `${reviewers} people may decide cases; quality is measured by blind second looks.`,
      '',
    ],
  ]
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const found =
    sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
  return Number(found.toFixed(2))
}

/** RFC 4180: CRLF, quotes doubled, a field quoted when it holds a comma, quote or line break. UTF-8 is up to the writer. */
export function csvOf({ header: head, rows }: Pick<ReportPart, 'header' | 'rows'>): string {
  const cell = (value: Cell): string => {
    const text = value === null ? '' : String(value)
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  return [head, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}

/** What does not add up in a report: totals against the ledger, breakdowns against their totals; empty = it reconciles. */
export function reconcile(parts: readonly ReportPart[], restrictions: number): string[] {
  const found: string[] = []
  const total = (file: string, indicator: string) =>
    Number(
      parts
        .find((part) => part.file.startsWith(file))
        ?.rows.find((row) => row[0] === indicator && row[2] === 'total')?.[3] ?? 0,
    )
  const sum = total('03', 'actions on notices') + total('04', 'measures') + total('05', 'measures')
  if (sum !== restrictions) found.push(`the parts count ${sum} restrictions, the ledger ${restrictions}`)
  if (total('01', 'statements of reasons') !== restrictions)
    found.push(
      `part 1 counts ${total('01', 'statements of reasons')} statements, the ledger ${restrictions} restrictions`,
    )
  for (const part of parts) {
    const groups = Map.groupBy(
      part.rows.filter((row) => String(row[2]).startsWith('by ')),
      (row) => `${row[0]}, ${row[2]}`,
    )
    for (const [name, rows] of groups) {
      const whole = part.rows.find((row) => row[0] === rows[0]?.[0] && row[2] === 'total' && row[1] === 'all')?.[3]
      const added = rows.reduce((so, row) => so + Number(row[3] ?? 0), 0)
      if (added !== whole) found.push(`${part.file}: ${name} adds up to ${added}, not ${whole}`)
    }
  }
  return found
}
