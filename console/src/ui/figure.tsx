import { isPercent, useAmount, useUnit } from '../chart/unit.ts'
import { useSay } from '../i18n.ts'
import type { IndicatorRow } from '../types/insight.ts'

/** The value of an indicator, large; its unit as a small word; faded when it rests on few observations. */
export function Figure({ row }: { row: Pick<IndicatorRow, 'value' | 'unit' | 'n'> }) {
  const say = useSay()
  const amount = useAmount()
  const whole = useUnit(row.unit)
  const few = row.n !== null && row.n < 30
  return (
    <span className="nowrap">
      <strong className={few ? 'figure muted' : 'figure'}>
        {isPercent(row.unit) ? whole(row.value) : amount(row.value)}
      </strong>
      {!isPercent(row.unit) && <span className="muted"> {say.text(row.unit)}</span>}
    </span>
  )
}
