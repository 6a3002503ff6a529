import { problem } from '../../kernel/problems.ts'
import { type FactsReader, isoTime } from '../facts.ts'
import { type Indicator, type Point, pointOf } from './model.ts'

const grains = new Set(['hour', 'day', 'week'])

export interface SeriesInput {
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly grain?: string | undefined
  readonly by?: string | undefined
}

/** Computes indicators over the facts, from the same SQL that the page shows. */
export function createIndicators({
  facts,
  indicators,
}: {
  facts: FactsReader
  indicators: () => readonly Indicator[]
}) {
  const cache = new Map<string, { at: number; value: Promise<unknown> }>()

  function find(id: string): Indicator {
    const found = indicators().find((indicator) => indicator.id === id)
    if (!found)
      throw problem({
        code: 'not_found',
        field: 'indicator',
        value: id,
        detail: { zh: '没有这个指标', en: 'No such indicator' },
      })
    return found
  }

  async function series(indicator: Indicator, { from, to, grain = 'day', by }: SeriesInput): Promise<Point[]> {
    if (!grains.has(grain))
      throw problem({
        code: 'invalid_input',
        field: 'grain',
        value: grain,
        detail: { zh: 'grain 只能是 hour、day、week', en: 'grain is hour, day or week' },
      })
    if (by !== undefined && !indicator.dimensions.includes(by))
      throw problem({
        code: 'invalid_input',
        field: 'by',
        value: by,
        detail: {
          zh: `可用维度：${indicator.dimensions.join('、')}`,
          en: `Dimensions: ${indicator.dimensions.join(', ')}`,
        },
      })
    const key = by === undefined ? 'NULL' : `"${by}"`
    const rows = await facts.rows(
      `WITH facts AS (${indicator.sql})
       SELECT strftime(date_trunc('${grain}', ts), '%Y-%m-%dT%H:%M:%SZ') AS bucket, CAST(${key} AS VARCHAR) AS key, sum(n)::DOUBLE AS n, coalesce(sum(d), 0)::DOUBLE AS d, count(*) AS rows
       FROM facts WHERE ts IS NOT NULL AND ($1 = '' OR ts >= TRY_CAST($1 AS TIMESTAMP)) AND ($2 = '' OR ts < TRY_CAST($2 AS TIMESTAMP)) GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 20000`,
      [from ?? '', to ?? ''],
    )
    return rows.map((row) =>
      pointOf(indicator, {
        at: String(row['bucket']),
        n: Number(row['n'] ?? 0),
        d: Number(row['d'] ?? 0),
        rows: Number(row['rows'] ?? 0),
        key: row['key'] === null ? null : String(row['key']),
      }),
    )
  }

  /** The last week against the week before, by the newest day that has data. */
  async function summary(indicator: Indicator) {
    const points = await series(indicator, {})
    const last = points.slice(-7)
    const before = points.slice(-14, -7)
    const [now, then] = [total(indicator, last), total(indicator, before)]
    return {
      indicator: indicator.id,
      title: indicator.title,
      unit: indicator.unit,
      owner: indicator.owner,
      direction: indicator.direction,
      target: indicator.target ?? null,
      value: now?.value ?? null,
      low: now?.low ?? null,
      high: now?.high ?? null,
      n: now?.n ?? 0,
      previous: then?.value ?? null,
      at: points.at(-1)?.at ?? null,
      spark: points.slice(-30).map((point) => point.value),
    }
  }

  return {
    series: (id: string, input: SeriesInput) => series(find(id), input),
    find,
    /** All indicators with their last value; kept for 15 s, so that a page of people does not recompute it each time. */
    all(): Promise<unknown> {
      const known = cache.get('all')
      if (known && Date.now() - known.at < 15_000) return known.value
      const value = Promise.all(indicators().map(summary))
      cache.set('all', { at: Date.now(), value })
      value.catch(() => cache.delete('all'))
      return value
    },
    async detail(id: string, input: SeriesInput) {
      const indicator = find(id)
      const points = await series(indicator, input)
      const [fresh] = await facts.rows('SELECT max(logged_at) AS newest FROM decisions')
      return {
        ...(await summary(indicator)),
        formula: indicator.formula,
        kind: indicator.kind,
        sql: indicator.sql.trim(),
        pitfall: indicator.pitfall ?? null,
        dimensions: indicator.dimensions,
        series: points,
        fresh_at: isoTime(fresh?.['newest']),
        annotations: [],
      }
    },
  }
}

function total(indicator: Indicator, points: readonly Point[]): Point | null {
  if (points.length === 0) return null
  const scale = indicator.scale ?? 1
  const d = points.reduce((sum, point) => sum + (indicator.kind === 'count' ? 0 : point.n), 0)
  const n = points.reduce(
    (sum, point) =>
      sum + (indicator.kind === 'count' ? (point.value ?? 0) / scale : ((point.value ?? 0) / scale) * point.n),
    0,
  )
  return pointOf(indicator, {
    at: points.at(-1)?.at ?? '',
    n: Math.round(n * 1e6) / 1e6,
    d,
    rows: points.reduce((sum, point) => sum + point.n, 0),
    key: null,
  })
}

export type Indicators = ReturnType<typeof createIndicators>
