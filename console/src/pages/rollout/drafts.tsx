import { Link } from 'wouter'
import { useRead } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { paths } from '../../paths.ts'
import type { DraftRow } from '../../types/rollout.ts'
import type { Page } from '../../types.ts'
import { Card, Time } from '../../ui/basics.tsx'

/** Drafts that nobody has put away; nothing at all when there are none. */
export function DraftsCard() {
  const say = useSay()
  const { t } = say
  const drafts = useRead<Page<DraftRow>>('/v1/drafts').data?.items ?? []
  if (drafts.length === 0) return null
  return (
    <Card title={t('drafts.title')}>
      <ul className="similar">
        {drafts.map((draft) => (
          <li key={draft.draft_id} className="row">
            <Link href={paths.draft(draft.draft_id)} className="clip">
              {say.text(draft.title) || draft.id || draft.draft_id}
            </Link>
            <span className="muted nowrap">
              {draft.pack} · {t('draft.revision', { n: draft.revision })}
            </span>
            <span className="muted clip grow">{draft.note}</span>
            <span className="muted">{draft.actor}</span>
            <span className="muted">
              <Time at={draft.at} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  )
}
