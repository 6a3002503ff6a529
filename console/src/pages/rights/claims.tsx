import { Link } from 'wouter'
import { useSay } from '../../i18n.ts'
import { paths } from '../../paths.ts'
import type { ClaimRow } from '../../types/rights.ts'
import { ButtonLink, Time } from '../../ui/basics.tsx'
import { Markets } from '../../ui/marks.tsx'
import { Empty } from '../../ui/states.tsx'
import { ClaimState } from './claim.tsx'
import { List } from './list.tsx'

export function Claims() {
  const { t } = useSay()
  return (
    <List<ClaimRow>
      path="/v1/claims"
      caption={t('rights.tab.claims')}
      rowKey={(row) => row.notice_id}
      empty={
        <Empty
          kind="first"
          title={t('rights.claims.none')}
          hint={t('rights.claims.none.hint')}
          action={<ButtonLink to={paths.report}>{t('inbound.form')}</ButtonLink>}
        />
      }
      columns={[
        {
          id: 'subject',
          title: t('inbound.subject'),
          head: true,
          sort: (row) => row.subject.title ?? row.subject.id,
          cell: (row) => (
            <Link href={paths.notice(row.notice_id)} className="clip block title">
              {row.subject.title ?? row.subject.id}
            </Link>
          ),
        },
        {
          id: 'party',
          title: t('col.party'),
          cell: (row) => <span className="clip block narrow">{row.party?.id ?? '–'}</span>,
        },
        {
          id: 'source',
          title: t('inbound.source'),
          cell: (row) => <span className="clip block narrow">{row.source}</span>,
        },
        {
          id: 'status',
          title: t('inbound.state'),
          sort: (row) => row.status,
          cell: (row) => <ClaimState value={row.status} />,
        },
        { id: 'markets', title: t('col.markets'), cell: (row) => <Markets ids={row.markets} /> },
        {
          id: 'timer',
          title: t('rights.timer'),
          number: true,
          sort: (row) => row.timer?.proof_until ?? null,
          cell: (row) =>
            row.status === 'countered' ? <Time at={row.timer?.proof_until} /> : <span className="muted">–</span>,
        },
        {
          id: 'received',
          title: t('inbound.received'),
          number: true,
          sort: (row) => row.received_at,
          cell: (row) => <Time at={row.received_at} />,
        },
      ]}
    />
  )
}
