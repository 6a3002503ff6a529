import type { FactsReader } from '../facts.ts'

export interface LabelledRow {
  readonly position: number
  /** Microseconds. */
  readonly loggedAt: number
  readonly positive: boolean
  readonly policy: string | null
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** What is said of each event: an appeal's word goes before a review's, both before imports; then the newest. */
const said = `(SELECT event_id, source, label, policy FROM labels WHERE event_id IS NOT NULL
  QUALIFY row_number() OVER (PARTITION BY event_id, source ORDER BY CASE origin WHEN 'appeal' THEN 0 WHEN 'review' THEN 1 WHEN 'import' THEN 2 ELSE 3 END, recorded_at DESC) = 1)`

export interface Which {
  readonly type: string
  readonly from: number | null
  readonly to: number | null
  readonly limit: number
}

/** A query of the positions of the newest labelled events. */
export function labelledPositions({ type, from, to, limit }: Which): string {
  const period = [
    ...(from === null ? [] : [`e.logged_at >= make_timestamp(${from}::BIGINT)`]),
    ...(to === null ? [] : [`e.logged_at < make_timestamp(${to}::BIGINT)`]),
  ]
  return `SELECT e.position FROM events e SEMI JOIN ${said} s ON s.event_id = e.id AND s.source = e.source WHERE ${[`e.type = ${quoted(type)}`, ...period].join(' AND ')} ORDER BY e.position DESC LIMIT ${limit}`
}

/** The labelled events, oldest first. A label names what is meant by itself or by the policy or kind of a violation. */
export async function labelledRows(facts: FactsReader, which: string, label: string): Promise<LabelledRow[]> {
  const rows = await facts.rows(
    `SELECT e.position, epoch_us(e.logged_at) AS logged_at, (s.label = $1 OR (s.label = 'violation' AND coalesce(s.policy, '') = $1)) AS positive, s.policy
     FROM events e JOIN ${said} s ON s.event_id = e.id AND s.source = e.source WHERE e.position IN (${which}) ORDER BY e.position`,
    [label],
  )
  return rows.map((row) => ({
    position: Number(row['position']),
    loggedAt: Number(row['logged_at']),
    positive: row['positive'] === true,
    policy: row['policy'] === null ? null : String(row['policy']),
  }))
}

/** Attributes that at least one labelled event in a hundred has. */
export async function attributeNames(facts: FactsReader, which: string): Promise<string[]> {
  const rows = await facts.rows(
    `WITH named AS (SELECT unnest(json_keys(json_extract(data, '$.attributes'))) AS name FROM events WHERE position IN (${which}) AND json_type(data, '$.attributes') = 'OBJECT')
     SELECT name FROM named GROUP BY 1 HAVING count(*) * 100 >= (SELECT count(*) FROM (${which})) ORDER BY count(*) DESC, 1 LIMIT 40`,
  )
  return rows
    .map((row) => String(row['name']))
    .filter((name) => /^[A-Za-z][A-Za-z0-9_]*$/.test(name))
    .map((name) => `attributes.${name}`)
}

/** Events of a type that a strategy which acts has found; what only looks on (shadow) still leaves them to be found. */
export async function knownPositions(facts: FactsReader, type: string): Promise<Set<number>> {
  const rows = await facts.rows(
    "SELECT DISTINCT d.position FROM findings f JOIN decisions d USING (decision_id) WHERE f.event_type = $1 AND f.mode = 'live' ORDER BY 1 DESC",
    [type],
  )
  return new Set(rows.map((row) => Number(row['position'])))
}

/** Event types with labels, and how many of each; most first. */
export async function minableLabels(facts: FactsReader) {
  const rows = await facts.rows(
    `SELECT e.type, s.label, CASE WHEN s.label = 'violation' THEN s.policy END AS policy, count(*) AS n FROM events e JOIN ${said} s ON s.event_id = e.id AND s.source = e.source GROUP BY ALL ORDER BY n DESC, e.type, s.label LIMIT 500`,
  )
  return rows.map((row) => ({
    type: String(row['type']),
    label: String(row['label']),
    policy: row['policy'] === null ? null : String(row['policy']),
    n: Number(row['n']),
  }))
}
