import { useSay } from '../i18n.ts'
import type { Text } from '../types.ts'

/** A formatter for values of a unit: percent closely after the number, other units as a word, a unit of '' without one. */
export function useUnit(unit: Text | ''): (value: number | null | undefined) => string {
  const say = useSay()
  const word = unit === '' ? '' : say.text(unit)
  return (value) => {
    if (value == null) return '–'
    const size = Math.abs(value)
    const number = size >= 10_000 ? say.compact(value) : say.number(value, { maximumFractionDigits: size < 10 ? 2 : 1 })
    if (word === '') return number
    return word === '%' ? `${number}%` : say.t('unit.of', { value: number, unit: word })
  }
}
