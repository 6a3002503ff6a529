import { usePages, withQuery } from '../api.ts'
import { useSay } from '../i18n.ts'
import { useSearchState } from '../paths.ts'
import type { AppealRow } from '../types.ts'
import { AppealTable } from '../ui/appeal-table.tsx'
import { Segment } from '../ui/basics.tsx'
import { Paged } from '../ui/more.tsx'
import { PageFrame } from '../ui/page.tsx'
import { Empty } from '../ui/states.tsx'

export function AppealsPage() {
  const { t } = useSay()
  const [params, set] = useSearchState()
  const status = params.get('status') ?? 'open'
  const pages = usePages<AppealRow>(withQuery('/v1/appeals', { status, limit: 50 }), 30_000)
  return (
    <PageFrame
      title={t('nav.appeals')}
      sub={t('appeals.about')}
      aside={
        <Segment
          label={t('col.status')}
          value={status}
          onChange={(next) => set({ status: next === 'open' ? null : next })}
          options={[
            { value: 'open', label: t('queue.status.open') },
            { value: 'decided', label: t('queue.status.decided') },
          ]}
        />
      }
    >
      <Paged
        {...pages}
        empty={
          <Empty
            kind={status === 'open' ? 'done' : 'first'}
            title={t(status === 'open' ? 'appeals.none' : 'appeals.noneDecided')}
            hint={t('appeals.none.hint')}
          />
        }
      >
        {(rows) => <AppealTable rows={rows} keyed />}
      </Paged>
    </PageFrame>
  )
}
