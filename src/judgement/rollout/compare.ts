import { wilson } from '../../kernel/statistics.ts'

/** Reads the facts. */
export type Rows = (sql: string, params: readonly (string | number)[]) => Promise<readonly Record<string, unknown>[]>

export const sides = ['champion', 'challenger', 'both'] as const
export type Side = (typeof sides)[number]

export interface Pair {
  readonly strategy: string
  readonly champion: number
  readonly challenger: number
  /** Journal positions between which both ran; `until` null = they still do. */
  readonly since: number
  readonly until: number | null
}

export interface SideCount {
  /** Events that only this version hit, or both. */
  readonly hits: number
  readonly violation: number
  readonly ok: number
  readonly unlabelled: number
}

export interface Estimate {
  readonly value: number
  readonly low: number
  readonly high: number
  readonly n: number
}

export interface Comparison {
  /** Events that were decided while both ran. */
  readonly events: number
  readonly sides: Readonly<Record<Side, SideCount>>
  /** Precision of all hits of a version by label, with the Wilson interval at 95 %; null without labels. */
  readonly precision: { readonly champion: Estimate | null; readonly challenger: Estimate | null }
}

/** Every event that either version hit while both ran, with the side and what people say of it. */
const pairSql = `WITH hit AS (
    SELECT f.decision_id, d.position, d.logged_at, d.event_id, d.source, d.event_type, d.subject_type, d.subject_id,
      bool_or(f.version = $2) AS champion, bool_or(f.version = $3) AS challenger
    FROM findings f JOIN decisions d USING (decision_id)
    WHERE f.strategy = $1 AND f.version IN ($2, $3) AND d.position >= $4 AND d.position < $5
    GROUP BY ALL),
  said AS (SELECT event_id, source, label FROM labels WHERE event_id IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY event_id, source ORDER BY CASE origin WHEN 'appeal' THEN 0 WHEN 'review' THEN 1 WHEN 'import' THEN 2 ELSE 3 END, recorded_at DESC) = 1),
  pair AS (SELECT hit.*, said.label, CASE WHEN champion AND challenger THEN 'both' WHEN champion THEN 'champion' ELSE 'challenger' END AS side
    FROM hit LEFT JOIN said ON said.event_id = hit.event_id AND said.source = hit.source)`

const endOfTime = Number.MAX_SAFE_INTEGER

const paramsOf = ({ strategy, champion, challenger, since, until }: Pair): (string | number)[] => [
  strategy,
  champion,
  challenger,
  since,
  until ?? endOfTime,
]

/** How two versions of a strategy that ran side by side differ, counted from the facts. */
export async function compareVersions(pair: Pair, rows: Rows): Promise<Comparison> {
  const counted = await rows(
    `${pairSql} SELECT side, count(*) AS hits, count(*) FILTER (WHERE label = 'violation') AS violation, count(*) FILTER (WHERE label = 'ok') AS ok FROM pair GROUP BY 1`,
    paramsOf(pair),
  )
  const [total] = await rows('SELECT count(*) AS n FROM decisions WHERE position >= $1 AND position < $2', [
    pair.since,
    pair.until ?? endOfTime,
  ])
  const sideOf = (side: Side): SideCount => {
    const found = counted.find((row) => row['side'] === side)
    const [hits, violation, ok] = ['hits', 'violation', 'ok'].map((name) => Number(found?.[name] ?? 0)) as [
      number,
      number,
      number,
    ]
    return { hits, violation, ok, unlabelled: hits - violation - ok }
  }
  const counts = { champion: sideOf('champion'), challenger: sideOf('challenger'), both: sideOf('both') }
  return {
    events: Number(total?.['n'] ?? 0),
    sides: counts,
    precision: {
      champion: precisionOf(counts.champion, counts.both),
      challenger: precisionOf(counts.challenger, counts.both),
    },
  }
}

function precisionOf(own: SideCount, both: SideCount): Estimate | null {
  const right = own.violation + both.violation
  const n = right + own.ok + both.ok
  const bounds = wilson(right, n)
  return bounds ? { value: right / n, ...bounds, n } : null
}

export interface PairLine {
  readonly position: number
  readonly decision_id: string
  readonly at: string
  readonly side: Side
  readonly event_type: string
  readonly subject: { readonly type: string; readonly id: string }
  readonly label: string | null
}

/** The events behind a comparison, newest first; `before` is the position of the last one that the caller has. */
export async function comparedEvents(
  pair: Pair,
  { side, limit, before, rows }: { side: Side | null; limit: number; before: number | null; rows: Rows },
): Promise<PairLine[]> {
  const found = await rows(
    `${pairSql} SELECT position, decision_id, strftime(logged_at, '%Y-%m-%dT%H:%M:%S.%fZ') AS logged_at, side, event_type, subject_type, subject_id, label
     FROM pair WHERE ($6 = '' OR side = $6) AND position < $7 ORDER BY position DESC LIMIT $8`,
    [...paramsOf(pair), side ?? '', before ?? endOfTime, limit],
  )
  return found.map((row) => ({
    position: Number(row['position']),
    decision_id: String(row['decision_id']),
    at: String(row['logged_at']),
    side: String(row['side']) as Side,
    event_type: String(row['event_type']),
    subject: { type: String(row['subject_type']), id: String(row['subject_id']) },
    label: row['label'] === null ? null : String(row['label']),
  }))
}
