import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { wilson } from '../../kernel/statistics.ts'

const text = Type.Object({ zh: Type.String(), en: Type.String() }, { additionalProperties: false })

/**
 * An indicator: its SQL gives one row an event or a group, with `ts` (when), `n` and `d` (numerator and denominator;
 * a count has d = NULL) and a column for every dimension.
 */
export const indicatorSchema = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z][a-z0-9_]*$' }),
    title: text,
    formula: text,
    kind: Type.Union([Type.Literal('rate'), Type.Literal('count'), Type.Literal('mean')]),
    unit: text,
    scale: Type.Optional(Type.Number()),
    owner: Type.String(),
    direction: Type.Union([Type.Literal('up_is_good'), Type.Literal('down_is_good')]),
    target: Type.Optional(Type.Number()),
    dimensions: Type.Array(Type.String({ pattern: '^[a-z_]+$' })),
    pitfall: Type.Optional(text),
    sql: Type.String(),
  },
  { additionalProperties: false },
)
export type Indicator = Static<typeof indicatorSchema>

/** @throws Error naming file, field and reason. */
export function checkIndicator(raw: unknown, file: string): Indicator {
  const [error] = Value.Errors(indicatorSchema, raw)
  if (error)
    throw new Error(
      `${file}: field ${error.path || '/'} = ${JSON.stringify(error.value)?.slice(0, 80)}: ${error.message}`,
    )
  return raw as Indicator
}

export interface Point {
  readonly at: string
  readonly value: number | null
  readonly low: number | null
  readonly high: number | null
  readonly n: number
  readonly key: string | null
}

/** A point of an indicator from sums of `n` and `d`. */
export function pointOf(
  indicator: Indicator,
  row: { at: string; n: number; d: number; rows: number; key: string | null },
): Point {
  const scale = indicator.scale ?? 1
  if (indicator.kind === 'count')
    return { at: row.at, value: row.n * scale, low: null, high: null, n: row.rows, key: row.key }
  const value = row.d > 0 ? (row.n / row.d) * scale : null
  const bounds = indicator.kind === 'rate' && row.n <= row.d ? wilson(row.n, row.d) : null
  return {
    at: row.at,
    value,
    low: bounds ? bounds.low * scale : null,
    high: bounds ? bounds.high * scale : null,
    n: row.d,
    key: row.key,
  }
}
