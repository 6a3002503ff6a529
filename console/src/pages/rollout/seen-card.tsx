import { useSay } from '../../i18n.ts'
import type { KeptCard } from '../../types/rollout.ts'
import { Impact } from '../impact.tsx'

/** The impact card that a request rests on: its figures in a line, all of them when opened. */
export function SeenCard({ card }: { card: KeptCard }) {
  const say = useSay()
  const { hits, events, by_day } = card.figures
  const words = { hits, events, ago: say.ago(card.at), n: card.revision }
  return (
    <details>
      <summary>
        {say.t('draft.card', words)}{' '}
        <span className="muted small">
          {say.t('draft.card.hash')} <code>{card.hash}</code>
        </span>
      </summary>
      {by_day && <Impact reply={card.figures} />}
    </details>
  )
}
