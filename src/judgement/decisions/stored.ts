import type { ColumnType, Value } from '../../kernel/values.ts'
import type { Decision, Evidence } from './model.ts'

/** Signals whose value depends on what stood on a list at the time, which cannot be computed again later. */
export const listKinds: ReadonlySet<string> = new Set(['list', 'list_match_text', 'brand_authorised'])

/** A value as a decision keeps it: JSON has no NaN and no Infinity, so these are kept as text. */
export function stored(value: Value): Value {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
}

/** The value that `stored` kept, for a column of `type`. */
export function revive(value: Value, type: ColumnType | undefined): Value {
  return typeof value === 'string' && (type === 'DOUBLE' || type === 'BIGINT') ? Number(value) : value
}

/** The list signals of a stored decision with their hits: each hit once, in the order that the signal gave. */
export function givenOf(decision: Decision): (signal: string) => { value: Value; evidence: readonly Evidence[] } {
  return (signal) => {
    const longest = decision.findings
      .map((finding) => finding.evidence.filter((item) => item.signal === signal))
      .reduce((most, items) => (items.length > most.length ? items : most), [])
    return { value: decision.saw[signal] ?? null, evidence: longest }
  }
}
