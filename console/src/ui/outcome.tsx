import { useSay } from '../i18n.ts'
import type { DeliveryRow } from '../types/enforcement.ts'
import { Mark } from './marks.tsx'

/** What became of one outside call. */
export function Outcome({ value }: { value: DeliveryRow['outcome'] }) {
  const { t } = useSay()
  const shape = { sent: 'check', failed: 'half', dead: 'cross', requeued: 'ring' } as const
  return (
    <Mark shape={shape[value]} tone={value === 'dead' ? 'hurt' : value === 'sent' ? 'muted' : 'plain'}>
      {t(`delivery.${value}`)}
    </Mark>
  )
}
