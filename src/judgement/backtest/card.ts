import { wilson } from '../../kernel/statistics.ts'
import type { PreparedTrial } from './condition.ts'
import { type Found, mostHits, type Scope } from './model.ts'
import type { Warehouse } from './sql.ts'

/** What a strategy with this condition would have done: everything that a person needs before it is published. */
export interface ImpactCard {
  readonly by_day: readonly { readonly day: string; readonly hits: number }[]
  readonly by_market: readonly { readonly market: string; readonly hits: number }[]
  readonly by_category: readonly { readonly category: string; readonly hits: number }[]
  readonly by_seller: readonly { readonly seller: string; readonly hits: number }[]
  readonly sellers: number
  /** By the level that the shop or creator had when it was hit; '' = never said. */
  readonly by_tier: readonly { readonly tier: string; readonly hits: number; readonly sellers: number }[]
  /** Hits by what people or imports say of them; an appeal's word goes before a review's, both before imports.
   * `overturned` = those of `ok` that an appeal freed. */
  readonly labels: {
    readonly violation: number
    readonly ok: number
    readonly overturned: number
    readonly unlabelled: number
  }
  /** violation / (violation + ok) with the Wilson interval at 95 %; null without labels. */
  readonly precision: { readonly value: number; readonly low: number; readonly high: number; readonly n: number } | null
  /** Per existing strategy: its findings in the period, how many hits it shares, and how many hits it does not see. */
  readonly overlap: readonly {
    readonly strategy: string
    readonly findings: number
    readonly both: number
    readonly increment: number
  }[]
  /** Hits on events that no live strategy acted on. */
  readonly increment: number
  /** Orders of the listings that were hit, from the first hit on, and orders that were hit themselves. */
  readonly blocked_gmv: readonly { readonly currency: string; readonly amount: number; readonly orders: number }[]
  readonly sample: readonly EventLine[]
  readonly nearest_misses: readonly (EventLine & { readonly missing: readonly MissingPart[] })[]
  /** True when the card covers the newest hits only. */
  readonly partial: boolean
}

/** A part that failed, and how far off: `value` is what the event had, `limit` what the part compares it with. */
export interface MissingPart {
  readonly part: string
  readonly value: number | null
  readonly limit: number | null
}

export interface EventLine {
  readonly position: number
  readonly id: string
  readonly type: string
  readonly subject_type: string
  readonly subject_id: string
  readonly logged_at: string
  readonly title: string | null
}

const hitTable = `hit AS (SELECT CAST(unnest(string_split($1, ',')) AS BIGINT) AS position)`
const hitEvents = `${hitTable}, h AS (SELECT e.* FROM events e JOIN hit USING (position))`

/** The card of what an engine found, from the facts. */
export async function impactCard(
  trial: PreparedTrial,
  scope: Scope,
  { found, warehouse }: { found: Found; warehouse: Warehouse },
): Promise<ImpactCard> {
  const positions = found.positions.length > 0 ? found.positions.join(',') : '-1'
  const ask = (sql: string, ...more: (string | number)[]) => warehouse.query(sql, [positions, ...more])
  const days = await ask(
    `WITH ${hitEvents} SELECT strftime(date_trunc('day', logged_at), '%Y-%m-%d') AS day, count(*) FROM h GROUP BY 1 ORDER BY 1`,
  )
  const markets = await ask(
    `WITH ${hitTable} SELECT market, count(*) FROM (SELECT unnest(json_keys(d.markets)) AS market FROM decisions d JOIN hit USING (position)) GROUP BY 1 ORDER BY 2 DESC, 1`,
  )
  const categories = await ask(
    `WITH ${hitEvents} SELECT coalesce(category, ''), count(*) FROM h GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50`,
  )
  const sellers = await ask(
    `WITH ${hitEvents} SELECT party_id, count(*) FROM h WHERE party_id IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50`,
  )
  const [sellerCount] = await ask(`WITH ${hitEvents} SELECT count(DISTINCT party_id) FROM h`)
  const tiers = await ask(tierSql)
  const labels = new Map((await ask(labelSql)).map(([label, n]) => [String(label), Number(n)]))
  const overturned = labels.get('overturned') ?? 0
  const [violation, ok] = [labels.get('violation') ?? 0, overturned + (labels.get('ok') ?? 0)]
  const bounds = wilson(violation, violation + ok)
  const [acted] = await ask(
    `WITH ${hitTable} SELECT count(*) FROM decisions d JOIN hit USING (position) WHERE d.live_findings > 0`,
  )
  return {
    by_day: days.map(([day, hits]) => ({ day: String(day), hits: Number(hits) })),
    by_market: markets.map(([market, hits]) => ({ market: String(market), hits: Number(hits) })),
    by_category: categories.map(([category, hits]) => ({ category: String(category), hits: Number(hits) })),
    by_seller: sellers.map(([seller, hits]) => ({ seller: String(seller), hits: Number(hits) })),
    sellers: Number(sellerCount?.[0] ?? 0),
    by_tier: tiers.map(([tier, hits, n]) => ({ tier: String(tier), hits: Number(hits), sellers: Number(n) })),
    labels: { violation, ok, overturned, unlabelled: labels.get('unlabelled') ?? 0 },
    precision: bounds ? { value: violation / (violation + ok), ...bounds, n: violation + ok } : null,
    overlap: await overlapOf(trial, scope, { found, ask }),
    increment: found.positions.length - Number(acted?.[0] ?? 0),
    blocked_gmv: (await ask(gmvSql)).map(([currency, amount, orders]) => ({
      currency: String(currency),
      amount: Number(amount),
      orders: Number(orders),
    })),
    sample: await linesOf(warehouse, found.positions.slice(0, 10)),
    nearest_misses: await missesOf(trial, found, warehouse),
    partial: found.hits > mostHits,
  }
}

type Ask = (sql: string, ...more: (string | number)[]) => ReturnType<Warehouse['query']>

async function overlapOf(
  trial: PreparedTrial,
  scope: Scope,
  { found, ask }: { found: Found; ask: Ask },
): Promise<ImpactCard['overlap']> {
  const rows = await ask(
    `WITH ${hitTable}, f AS (SELECT f.strategy, d.position FROM findings f JOIN decisions d USING (decision_id) WHERE list_contains(string_split($2, ','), f.event_type) AND f.logged_at > make_timestamp($3::BIGINT) AND f.logged_at <= make_timestamp($4::BIGINT))
     SELECT f.strategy, count(DISTINCT f.position), count(DISTINCT hit.position) FROM f LEFT JOIN hit ON hit.position = f.position GROUP BY 1 HAVING count(hit.position) > 0 ORDER BY 3 DESC, 1`,
    trial.on.join(','),
    scope.since,
    scope.until,
  )
  return rows.map(([strategy, findings, both]) => ({
    strategy: String(strategy),
    findings: Number(findings),
    both: Number(both),
    increment: found.positions.length - Number(both),
  }))
}

const labelSql = `WITH ${hitEvents}, said AS (SELECT event_id, source, CASE WHEN label = 'ok' AND origin = 'appeal' THEN 'overturned' ELSE label END AS label FROM labels WHERE event_id IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY event_id, source ORDER BY CASE origin WHEN 'appeal' THEN 0 WHEN 'review' THEN 1 WHEN 'import' THEN 2 ELSE 3 END, recorded_at DESC) = 1)
  SELECT coalesce(said.label, 'unlabelled'), count(*) FROM h LEFT JOIN said ON said.event_id = h.id AND said.source = h.source GROUP BY 1`

/** The newest level that a party had said of itself by the time of the hit. */
const tierSql = `WITH ${hitEvents}, said AS (SELECT party_id, logged_at, level FROM events WHERE level IS NOT NULL AND party_id IS NOT NULL)
  SELECT coalesce(said.level, ''), count(*), count(DISTINCT h.party_id) FROM h ASOF LEFT JOIN said ON h.party_id = said.party_id AND h.logged_at >= said.logged_at GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50`

const gmvSql = `WITH ${hitEvents}, firsts AS (SELECT subject_id, min(logged_at) AS first_at FROM h WHERE subject_type = 'listing' GROUP BY 1),
  orders AS (SELECT o.position FROM events o JOIN firsts ON o.listing_id = firsts.subject_id AND o.logged_at >= firsts.first_at WHERE o.type = 'order.placed' UNION SELECT position FROM h WHERE type = 'order.placed')
  SELECT coalesce(e.currency, '?'), sum(e.amount), count(*) FROM events e JOIN orders USING (position) GROUP BY 1 ORDER BY 2 DESC NULLS LAST, 1`

async function linesOf(warehouse: Warehouse, positions: readonly number[]): Promise<EventLine[]> {
  if (positions.length === 0) return []
  const rows = await warehouse.query(
    `WITH ${hitTable} SELECT e.position, e.id, e.type, e.subject_type, e.subject_id, strftime(e.logged_at, '%Y-%m-%dT%H:%M:%S.%fZ'), left(coalesce(e.title, e.headline, e.name, e."text"), 160) FROM events e JOIN hit USING (position)`,
    [positions.join(',')],
  )
  const lines = new Map(
    rows.map(([position, id, type, subjectType, subjectId, at, title]) => [
      Number(position),
      {
        position: Number(position),
        id: String(id),
        type: String(type),
        subject_type: String(subjectType),
        subject_id: String(subjectId),
        logged_at: String(at),
        title: title === null ? null : String(title),
      },
    ]),
  )
  return positions.flatMap((position) => lines.get(position) ?? [])
}

async function missesOf(
  trial: PreparedTrial,
  found: Found,
  warehouse: Warehouse,
): Promise<ImpactCard['nearest_misses']> {
  const lines = new Map(
    (
      await linesOf(
        warehouse,
        found.misses.map((miss) => miss.position),
      )
    ).map((line) => [line.position, line]),
  )
  return found.misses.flatMap(({ position, missing }) => {
    const line = lines.get(position)
    const parts = missing.map(({ part, value, limit }) => ({
      part: readable(trial.parts[part]?.text ?? ''),
      value,
      limit,
    }))
    return line ? [{ ...line, missing: parts }] : []
  })
}

/** A part as a person writes it: without quotes around plain names, exponents of plain numbers, and outer parentheses. */
function readable(sql: string): string {
  const plain = sql
    .split(/('(?:[^']|'')*')/)
    .map((piece, index) =>
      index % 2 === 1
        ? piece
        : piece
            .replace(/"([a-z_][a-z0-9_]*(?:\.[a-z0-9_]+)*)"/g, '$1')
            .replace(/\b\d+(?:\.\d+)?e[+-]?\d+\b/g, (number) => String(Number(number)))
            .replace(/CAST\((-?\d+) AS BIGINT\)/g, '$1'),
    )
    .join('')
  const inner = /^\(([^()]*)\)$/.exec(plain)
  return inner?.[1] ?? plain
}
