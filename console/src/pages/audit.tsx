import { useState } from 'react'
import { usePages, withQuery } from '../api.ts'
import { useSay } from '../i18n.ts'
import { useSearchState } from '../paths.ts'
import type { AuditRow } from '../types/people.ts'
import { Button, Id, SearchField, Time } from '../ui/basics.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Status } from '../ui/marks.tsx'
import { Paged } from '../ui/more.tsx'
import { PageFrame } from '../ui/page.tsx'
import { Empty } from '../ui/states.tsx'
import { Table } from '../ui/table.tsx'
import { Facts, Json } from '../ui/text.tsx'

function Rows({ rows, onShow }: { rows: readonly AuditRow[]; onShow: (row: AuditRow) => void }) {
  const say = useSay()
  const { t } = say
  return (
    <Table
      caption={t('nav.audit')}
      tall
      rows={rows}
      rowKey={(row) => `${row.at} ${row.request_id} ${row.operation} ${row.target}`}
      columns={[
        {
          id: 'at',
          title: t('col.at'),
          cell: (row) => (
            <span className="nowrap">{say.time(row.at, { dateStyle: 'short', timeStyle: 'medium' })}</span>
          ),
        },
        { id: 'actor', title: t('col.by'), sort: (row) => row.actor, cell: (row) => row.actor },
        {
          id: 'operation',
          title: t('audit.operation'),
          head: true,
          sort: (row) => row.operation,
          cell: (row) => <code>{row.operation}</code>,
        },
        {
          id: 'target',
          title: t('audit.target'),
          cell: (row) => <span className="clip block says">{row.target ?? '–'}</span>,
        },
        {
          id: 'outcome',
          title: t('audit.outcome'),
          sort: (row) => row.outcome,
          cell: (row) => <Status value={row.outcome} />,
        },
        {
          id: 'request',
          title: t('audit.request'),
          cell: (row) => (row.request_id ? <Id value={row.request_id} /> : '–'),
        },
        {
          id: 'detail',
          title: t('ui.actions'),
          number: true,
          cell: (row) => (
            <Button kind="quiet" onPress={() => onShow(row)}>
              {t('ui.details')}
            </Button>
          ),
        },
      ]}
    />
  )
}

export function AuditPage() {
  const say = useSay()
  const { t } = say
  const [params, set] = useSearchState()
  const [shown, setShown] = useState<AuditRow | null>(null)
  const q = params.get('q') ?? ''
  const pages = usePages<AuditRow>(withQuery('/v1/audit', { limit: 100, q }))
  return (
    <PageFrame title={t('nav.audit')} sub={t('audit.about')}>
      <search className="filters">
        <SearchField label={t('audit.search')} value={q} onChange={(next) => set({ q: next })} />
      </search>
      <Paged
        {...pages}
        empty={<Empty kind={q ? 'filtered' : 'first'} title={t('audit.none')} hint={t('audit.none.hint')} />}
      >
        {(rows) => <Rows rows={rows} onShow={setShown} />}
      </Paged>
      <Dialog title={shown?.operation ?? ''} open={shown !== null} onClose={() => setShown(null)} kind="drawer">
        {shown && (
          <div className="stack wide">
            <Facts
              rows={[
                [t('col.at'), <Time key="t" at={shown.at} />],
                [t('col.by'), shown.actor],
                [t('audit.target'), shown.target ?? '–'],
                [t('audit.outcome'), <Status key="s" value={shown.outcome} />],
              ]}
            />
            <Json value={shown.detail} />
          </div>
        )}
      </Dialog>
    </PageFrame>
  )
}
