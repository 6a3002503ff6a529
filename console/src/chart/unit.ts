import { useSay } from '../i18n.ts'

const shares = new Set(['share', 'ratio', 'percent', 'rate', '%'])

/** A formatter for values of a unit: shares as percent, money and durations with their sign, counts compact. */
export function useUnit(unit: string): (value: number | null | undefined) => string {
  const say = useSay()
  return (value) => {
    if (value == null) return '–'
    if (shares.has(unit)) return say.percent(value, Math.abs(value) < 0.1 ? 2 : 1)
    if (['s', 'seconds', 'ms', 'min', 'minutes', 'h', 'hours', 'days'].includes(unit))
      return say.t('unit.of', { value: say.number(value, { maximumFractionDigits: 1 }), unit: say.word('unit', unit) })
    if (Math.abs(value) >= 10_000) return say.compact(value)
    return say.number(value, { maximumFractionDigits: 2 })
  }
}
