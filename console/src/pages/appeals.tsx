import { useState } from 'react'
import { usePages, withQuery } from '../api.ts'
import { useSay } from '../i18n.ts'
import { useSearchState } from '../paths.ts'
import { useMay } from '../session.ts'
import type { AppealRow } from '../types/appeals.ts'
import { AppealTable } from '../ui/appeal-table.tsx'
import { Button, Pick, Segment } from '../ui/basics.tsx'
import { Paged } from '../ui/more.tsx'
import { PageFrame } from '../ui/page.tsx'
import { Empty } from '../ui/states.tsx'
import { BulkDialog } from './appeal/bulk.tsx'

export function AppealsPage() {
  const { t } = useSay()
  const may = useMay('appeal.decide')
  const [params, set] = useSearchState()
  const status = params.get('status') ?? 'open'
  const side = params.get('side') ?? ''
  const pages = usePages<AppealRow>(withQuery('/v1/appeals', { status, side, limit: 50 }), 30_000)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [deciding, setDeciding] = useState(false)
  const ids = pages.items.map((row) => row.appeal_id).filter((id) => chosen.has(id))
  const choose = (id: string, on: boolean) => {
    const next = new Set(chosen)
    if (on) next.add(id)
    else next.delete(id)
    setChosen(next)
  }
  return (
    <PageFrame
      title={t('nav.appeals')}
      sub={t('appeals.about')}
      aside={
        <>
          {ids.length > 0 && (
            <Button kind="primary" onPress={() => setDeciding(true)}>
              {t('appeals.bulk', { n: ids.length })}
            </Button>
          )}
          <Pick
            label={t('appeal.side')}
            value={side}
            any={t('appeal.side.any')}
            onChange={(next) => set({ side: next || null })}
            options={[
              { value: 'subject', label: t('appeal.side.subject') },
              { value: 'reporter', label: t('appeal.side.reporter') },
            ]}
          />
          <Segment
            label={t('col.status')}
            value={status}
            onChange={(next) => set({ status: next === 'open' ? null : next })}
            options={[
              { value: 'open', label: t('queue.status.open') },
              { value: 'overdue', label: t('appeal.overdue') },
              { value: 'decided', label: t('queue.status.decided') },
            ]}
          />
        </>
      }
    >
      <Paged
        {...pages}
        empty={
          <Empty
            kind={status === 'decided' ? 'first' : 'done'}
            title={t(status === 'decided' ? 'appeals.noneDecided' : 'appeals.none')}
            hint={t('appeals.none.hint')}
          />
        }
      >
        {(rows) => (
          <AppealTable rows={rows} keyed {...(may && status !== 'decided' ? { chosen, onChoose: choose } : {})} />
        )}
      </Paged>
      {deciding && (
        <BulkDialog
          ids={ids}
          onClose={() => setDeciding(false)}
          onDone={() => {
            setDeciding(false)
            setChosen(new Set())
          }}
        />
      )}
    </PageFrame>
  )
}
