import { Link } from 'wouter'
import { useRead } from '../../api.ts'
import { useSay } from '../../i18n.ts'
import { paths } from '../../paths.ts'
import type { DraftRow } from '../../types/rollout.ts'
import type { Page } from '../../types.ts'
import { Card, Time } from '../../ui/basics.tsx'
import { Table } from '../../ui/table.tsx'

/** Drafts that are neither published nor put away; nothing at all when there are none. */
export function DraftsCard() {
  const say = useSay()
  const { t } = say
  const drafts = useRead<Page<DraftRow>>('/v1/drafts').data?.items ?? []
  if (drafts.length === 0) return null
  return (
    <Card title={t('drafts.title')} flush>
      <Table
        caption={t('drafts.title')}
        rows={drafts}
        rowKey={(draft) => draft.draft_id}
        columns={[
          {
            id: 'title',
            title: t('col.strategy'),
            head: true,
            cell: (draft) => (
              <Link href={paths.draft(draft.draft_id)} className="clip block title">
                {say.text(draft.title) || draft.id || draft.draft_id}
              </Link>
            ),
          },
          { id: 'pack', title: t('col.pack'), cell: (draft) => draft.pack },
          { id: 'version', title: t('draft.version'), number: true, cell: (draft) => draft.version ?? '–' },
          { id: 'note', title: t('draft.note'), cell: (draft) => <span className="clip block">{draft.note}</span> },
          { id: 'actor', title: t('draft.by'), cell: (draft) => say.word('actor', draft.actor) },
          { id: 'at', title: t('col.at'), number: true, cell: (draft) => <Time at={draft.at} /> },
        ]}
      />
    </Card>
  )
}
