import { useSay } from '../i18n.ts'
import type { Text } from '../types.ts'

type Format = (value: number | null | undefined) => string

/** The number alone: enough digits to tell two values apart, compact when large. */
export function useAmount(): Format {
  const say = useSay()
  return (value) => {
    if (value == null) return '–'
    const size = Math.abs(value)
    return size >= 10_000 ? say.compact(value) : say.number(value, { maximumFractionDigits: size < 10 ? 2 : 1 })
  }
}

/** Percent stands closely after its number. */
export const isPercent = (unit: Text | ''): boolean => unit !== '' && unit.en === '%'

/** A formatter for values of a unit: `7.66%`, `43 min`, and without a unit the number alone. */
export function useUnit(unit: Text | ''): Format {
  const say = useSay()
  const amount = useAmount()
  const word = unit === '' ? '' : say.text(unit)
  return (value) => {
    if (value == null || word === '') return amount(value)
    return isPercent(unit) ? `${amount(value)}%` : say.t('unit.of', { value: amount(value), unit: word })
  }
}
